"""Running `prepare` again: what people changed by hand stays, what the sources changed comes in."""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import date
from pathlib import Path

import pytest

from bot.almanac.nights import Nights
from bot.almanac.tables import NightTables
from tests.prepare.conftest import Prepare
from tests.prepare.pages import NIGHT, ballot, page, save

HEADER = "council,party,size,note,flagship\n"


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    """Return the arguments for two councils, of which the sheet gives the sizes."""
    ballots = [ballot(council, f"Ward {n}") for council in ("Adur", "Leeds") for n in range(3)]
    save(tmp_path / "b.json", page(ballots))
    save(tmp_path / "s.csv", HEADER + "Adur,,3,,\nLeeds,,9,Close,yes\n")
    return ["--ballots", str(tmp_path / "b.json"), "--sheet", str(tmp_path / "s.csv")]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_same_again_changes_no_byte(prepare: Prepare, sources: list[str]) -> None:
    folder = prepare(*sources).folder
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")}
    again = prepare(*sources)
    assert again.status == 0
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")} == before
    assert "made by hand" not in again.said
    assert [path for path in folder.rglob("*") if path.suffix == ".new"] == []


def test_a_cell_changed_by_hand_stays_while_others_follow_the_sources(
    prepare: Prepare, sources: list[str], tmp_path: Path
) -> None:
    folder = prepare(*sources).folder
    edit(folder / "councils.csv", "LDS,Leeds,Metro,third,9,", "LDS,Leeds,Metro,third,99,")
    edit(tmp_path / "s.csv", "Adur,,3,", "Adur,,4,")
    again = prepare(*sources)
    assert again.status == 0
    elections = again.night.elections
    assert (elections["LDS"].seats, elections["ADU"].seats) == (99, 4)
    assert "1 change made by hand stays." in again.said
    assert prepare(*sources).night.elections["LDS"].seats == 99


def test_a_cell_that_both_changed_stays_and_is_listed(
    prepare: Prepare, sources: list[str], tmp_path: Path
) -> None:
    folder = prepare(*sources).folder
    edit(folder / "councils.csv", "third,9,", "third,99,")
    edit(tmp_path / "s.csv", "Leeds,,9,", "Leeds,,12,")
    again = prepare(*sources)
    assert again.status == 1
    assert again.night.elections["LDS"].seats == 99
    assert (
        "Changed by hand and by the sources: councils.csv, LDS, seats: 99 by hand, 12 by the"
        " sources; what was written by hand stays."
    ) in again.said
    third = prepare(*sources)
    assert third.status == 0  # nothing has changed since
    assert third.night.elections["LDS"].seats == 99
    edit(tmp_path / "s.csv", "Leeds,,12,", "Leeds,,99,")
    assert prepare(*sources).status == 0  # they agree


def test_rows_taken_out_and_put_in_by_hand_stay_so(
    prepare: Prepare, sources: list[str], tmp_path: Path
) -> None:
    folder = prepare(*sources).folder
    edit(folder / "wards.csv", f"local.adur.ward-2.{NIGHT},ADU,Ward 2,,1,contested\n", "")
    edit(
        folder / "wards.csv",
        "ballot_id,code,name,gss,seats_up,status\n",
        "ballot_id,code,name,gss,seats_up,status\nlocal.adur.other,ADU,Other,,2,contested\n",
    )
    again = prepare(*sources)
    assert [ward.name for ward in again.night.wards["ADU"]] == ["Other", "Ward 0", "Ward 1"]
    save(tmp_path / "b.json", page([ballot("Leeds", f"Ward {n}") for n in range(4)]))
    again = prepare(*sources)
    assert [ward.name for ward in again.night.wards["ADU"]] == ["Other"]
    assert len(again.night.wards["LDS"]) == 4


def test_what_no_source_has_any_more_goes_unless_it_was_changed_by_hand(
    prepare: Prepare, sources: list[str], tmp_path: Path
) -> None:
    folder = prepare(*sources).folder
    edit(folder / "wards.csv", "ADU,Ward 0", "ADU,Ward Nought")
    save(tmp_path / "b.json", page([ballot("Leeds", f"Ward {n}") for n in range(3)]))
    again = prepare(*sources)
    assert [ward.name for ward in again.night.wards["ADU"]] == ["Ward Nought"]
    assert f"wards.csv, local.adur.ward-0.{NIGHT}: no source has it any more" in again.said


def test_a_spreadsheet_s_habits_are_no_changes(prepare: Prepare, sources: list[str]) -> None:
    folder = prepare(*sources).folder
    councils = folder / "councils.csv"
    text = councils.read_text(encoding="utf-8").replace("false", "FALSE").replace("\n", "\r\n")
    councils.write_text("\ufeff" + text + ",,,,,,,,,,,\r\n", encoding="utf-8", newline="")
    again = prepare(*sources)
    assert again.status == 0
    assert "made by hand" not in again.said


def test_columns_of_one_s_own_and_files_of_one_s_own_stay(
    prepare: Prepare, sources: list[str]
) -> None:
    folder = prepare(*sources).folder
    lines = (folder / "councils.csv").read_text(encoding="utf-8").splitlines()
    marked = [lines[0] + ",who asks", *(line + ",Jo" for line in lines[1:])]
    (folder / "councils.csv").write_text("\n".join(marked) + "\n", encoding="utf-8")
    (folder / "counts_begin.csv").write_text("nation,at\nEngland,2027-05-06T22:00+01:00\n")
    again = prepare(*sources)
    assert again.cells("councils.csv").count(",Jo\n") == 2
    assert list(again.night.counts_begin) == ["England"]


def test_a_folder_made_by_hand_is_renewed_too(prepare: Prepare, sources: list[str]) -> None:
    folder = prepare(*sources).folder
    for path in (folder / ".prepared").iterdir():
        path.unlink()
    edit(folder / "councils.csv", "third,9,", "third,99,")
    again = prepare(*sources)
    assert again.night.elections["LDS"].seats == 99
    assert "councils.csv, LDS, seats: 99 by hand, 9 by the sources" in again.said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,seats\n", "has no column code, by which its rows are told apart"),
        ("code,seats\nLDS,9\nLDS,8\n", "has LDS twice: take one of the rows out"),
        ('code,seats\n"LDS,9\n', "is not a CSV file"),
    ],
)
def test_a_table_that_cannot_be_read_stops_all_before_anything_is_written(
    text: str, sentence: str, prepare: Prepare, sources: list[str]
) -> None:
    folder = prepare(*sources).folder
    (folder / "councils.csv").write_text(text, encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*.csv")}
    again = prepare(*sources)
    assert again.status == 2
    assert sentence in again.complained
    assert {path: path.read_bytes() for path in folder.rglob("*.csv")} == before


def test_a_word_where_a_number_belongs_is_named_with_its_place(
    prepare: Prepare, sources: list[str]
) -> None:
    folder = prepare(*sources).folder
    edit(folder / "councils.csv", "third,9,", "third,nine,")
    again = prepare(*sources)
    assert again.status == 2
    assert "councils.csv, row 3, column seats: 'nine' is not a whole number" in again.complained
    assert "third,nine," in again.cells("councils.csv")


def test_a_table_is_never_half_written(
    prepare: Prepare, sources: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in the middle leaves each file as it was or as it will be, and no false conflict."""
    folder = prepare(*sources).folder
    edit(tmp_path / "s.csv", "Adur,,3,", "Adur,,4,")
    synced = 0
    real = os.fsync

    def crash(number: int) -> None:
        nonlocal synced
        real(number)
        synced += 1
        if synced == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    assert prepare(*sources).status == 130
    monkeypatch.setattr(os, "fsync", real)
    assert (folder / "councils.csv").read_text(encoding="utf-8").endswith("\n")
    again = prepare(*sources)
    assert again.status == 0
    assert again.night.elections["ADU"].seats == 4
    assert "made by hand" not in again.said


def test_the_night_itself_is_that_of_the_folder(prepare: Prepare, sources: list[str]) -> None:
    night = prepare(*sources).night
    assert night.night == NIGHT == date(2027, 5, 6)
    assert night.name == "Elections, 6 May 2027"
    assert night.polls_close.isoformat() == "2027-05-06T22:00:00+01:00"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_s_form_is_no_change(
    prepare: Prepare, sources: list[str], delimiter: str
) -> None:
    folder = prepare(*sources).folder
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    for path in folder.glob("*.csv"):
        header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerow(f" {name.title()}" for name in header)
        writer.writerows([as_saved(cell) for cell in row] for row in rows)
        path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    assert Nights({}, folder.parent, lambda path: NightTables(path).almanac()).faults == ()
    assert prepare(*sources).status == 0
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} == before


def as_saved(cell: str) -> str:
    """Return a cell as a British spreadsheet saves it."""
    if (day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", cell)) is not None:
        return "/".join(day.group(3, 2, 1))
    return f"{cell}.0 " if cell.isdecimal() else cell.upper() if cell in ("true", "false") else cell


def test_capitals_changed_by_hand_stay(prepare: Prepare, sources: list[str]) -> None:
    path = prepare(*sources).folder / "wards.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Ward 1", "WARD 1"), encoding="utf-8")
    assert "WARD 1" in prepare(*sources).cells("wards.csv")


def test_a_folder_of_another_night_is_not_written_into(
    prepare: Prepare, sources: list[str]
) -> None:
    path = prepare(*sources).folder / "night.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{NIGHT},", "05/06/2027,"), encoding="utf-8")
    again = prepare(*sources)
    assert again.status == 2
    assert f"night.csv is of 05/06/2027, and the folder of {NIGHT}: mend it" in again.complained
    path.write_text(text.partition("\n")[0], encoding="utf-8")
    assert prepare(*sources).cells("night.csv") == text


def test_a_code_that_no_council_has_is_named(prepare: Prepare, sources: list[str]) -> None:
    edit(prepare(*sources).folder / "councils.csv", "ADU,", "ADX,")
    again = prepare(*sources)
    assert again.status == 1
    assert "councils.csv has ADX, which no council has as its code. Mend" in again.said
    assert "wards.csv has wards of Adur, which councils.csv does not have." in again.said


def test_a_source_that_was_left_out_is_asked_about(
    prepare: Prepare, sources: list[str], tmp_path: Path
) -> None:
    folder = prepare(*sources).folder
    before = {path: path.read_bytes() for path in folder.rglob("*.csv")}
    again = prepare(*sources[:2])
    assert again.status == 2
    assert "Last time this night was prepared with --sheet too: give that again" in again.complained
    assert {path: path.read_bytes() for path in folder.rglob("*.csv")} == before
    save(tmp_path / "s.csv", HEADER + "Adur,,3,,\n")
    less = prepare(*sources)
    assert less.status == 1
    assert "no source has 1 row of watch_list.csv any more" in less.said
