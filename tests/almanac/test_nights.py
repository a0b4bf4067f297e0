"""The operator's folder of nights: read beside the shipped ones, and again when it changes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.almanac.nights import Nights
from bot.almanac.tables import load_almanac

MAY, JUNE = date(2027, 5, 6), date(2027, 6, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "nights", MAY)
    return tmp_path / "nights"


def write(folder: Path, night: date, name: str = "elections", *, called: str | None = None) -> Path:
    path = folder / (called or night.isoformat())
    path.mkdir(parents=True, exist_ok=True)
    hours = f"{night}T07:00+01:00,{night}T22:00+01:00"
    (path / "night.csv").write_text(
        f"night,name,polls_open,polls_close\n{night},{name},{hours}\n", encoding="utf-8"
    )
    (path / "councils.csv").write_text("code,seats\nLDS,99\n", encoding="utf-8")
    return path


def nights_of(folder: Path) -> Nights:
    nights = load_almanac(prepared=folder).nights
    assert isinstance(nights, Nights)
    return nights


def renewed(nights: Nights) -> frozenset[date]:
    """Look twice: a folder counts once it has stayed as it is."""
    assert nights.renew() == frozenset()
    return nights.renew()


def test_a_prepared_night_stands_beside_the_shipped_ones(folder: Path) -> None:
    nights = nights_of(folder)
    assert [night for night in nights if nights[night].prepared] == [MAY]
    assert len(nights) > 1
    assert nights[MAY].elections["LDS"].seats == 99
    assert nights.faults == ()
    assert nights.renew() == nights.renew() == frozenset()


def test_it_takes_the_place_of_a_shipped_night_of_its_date(folder: Path) -> None:
    shipped = max(load_almanac().nights)
    write(folder, shipped, "ours")
    assert nights_of(folder)[shipped].name == "ours"


def test_a_new_a_changed_and_a_removed_folder_are_taken_up(folder: Path) -> None:
    nights = nights_of(folder)
    write(folder, JUNE)
    assert renewed(nights) == {JUNE}
    write(folder, MAY, "by another name")
    assert renewed(nights) == {MAY}
    assert nights[MAY].name == "by another name"
    shutil.rmtree(folder / MAY.isoformat())
    assert renewed(nights) == {MAY}
    assert MAY not in nights


def test_a_folder_that_is_being_written_is_not_taken_up_yet(folder: Path) -> None:
    nights = nights_of(folder)
    for step in range(4):
        write(folder, MAY, "x" * (step + 1))
        assert nights.renew() == frozenset()
    assert nights[MAY].name == "elections"
    assert nights.renew() == {MAY}


def test_a_broken_folder_is_named_and_stops_nothing(folder: Path) -> None:
    path = write(folder, JUNE)
    (path / "councils.csv").write_text("code,seats\nLDS,many\n", encoding="utf-8")
    write(folder, JUNE, called="spring")
    (folder / "notes.txt").write_text("not a night", encoding="utf-8")
    (folder / "empty").mkdir()
    nights = nights_of(folder)
    assert [night for night in nights if nights[night].prepared] == [MAY]
    broken, misnamed = nights.faults
    assert "councils.csv, row 2, column seats: 'many' is not a whole number" in broken
    assert broken.endswith("; it is left out until then.")
    assert "spring says in its night.csv that it is of 2027-06-03" in misnamed


def test_a_night_that_breaks_stays_as_it_was_read_before(folder: Path) -> None:
    nights = nights_of(folder)
    (folder / MAY.isoformat() / "councils.csv").write_text("code\n\xff", encoding="latin-1")
    assert renewed(nights) == frozenset()
    assert nights[MAY].elections["LDS"].seats == 99
    [fault] = nights.faults
    assert "the night stays as it was read before" in fault
    write(folder, MAY, "mended")
    assert renewed(nights) == {MAY}
    assert nights.faults == ()


def test_a_folder_of_nights_that_is_not_there_keeps_what_was_read(folder: Path) -> None:
    nights = nights_of(folder)
    folder.rename(folder.with_name("elsewhere"))
    assert nights.renew() == nights.renew() == frozenset()
    assert MAY in nights
    [fault] = nights.faults
    assert "There is no folder of nights " in fault


def test_a_night_s_own_lists_are_known_on_that_night_only(folder: Path) -> None:
    (folder / MAY.isoformat() / "watch_list.csv").write_text(
        "council,why,flagship\nLDS,Labour since 2011.,\nKHL,Close.,false\n", encoding="utf-8"
    )
    almanac = load_almanac(prepared=folder)
    assert almanac.flagships(MAY) == {"LDS"}
    assert [one.name for one in almanac.lists_of(MAY) if one.night == MAY] == [
        "Flagships of 6 May 2027",
        "Councils to watch of 6 May 2027",
    ]
    assert "LDS" not in almanac.flagships(JUNE)


def test_a_party_that_no_table_knows_keeps_the_code_that_prepare_wrote(folder: Path) -> None:
    lines = ("code,party,seats_held,seats_offered", "LDS,wire:harbour voice,60,20", "LDS,Lab,39,13")
    (folder / MAY.isoformat() / "nominations.csv").write_text("\n".join(lines), encoding="utf-8")
    leeds = nights_of(folder)[MAY].elections["LDS"]
    assert leeds.staying == {"wire:harbour voice": 40, "Lab": 26}


def test_a_party_that_a_table_knows_by_now_has_its_code(folder: Path) -> None:
    lines = ("code,party,seats_held,seats_offered", "LDS,wire:liberal democrats,99,33")
    (folder / MAY.isoformat() / "nominations.csv").write_text("\n".join(lines), encoding="utf-8")
    assert nights_of(folder)[MAY].elections["LDS"].staying == {"LD": 66}


def test_what_is_taken_away_during_a_night_leaves_it_as_it_was(folder: Path) -> None:
    nights = nights_of(folder)
    before, path = nights[MAY], folder / MAY.isoformat()
    (path / "councils.csv").unlink()
    assert renewed(nights) == frozenset()
    (path / "councils.csv").write_text('code,seats\n"LD', encoding="utf-8")  # cut short
    assert renewed(nights) == frozenset()
    [fault] = nights.faults
    assert "councils.csv is not CSV" in fault
    shutil.rmtree(path)
    assert nights.renew({MAY}) == nights.renew({MAY}) == frozenset()
    assert nights[MAY] == before
    [fault] = nights.faults
    assert "is gone, and results of that night are in; the night stays as it was" in fault
    write(folder, MAY)
    assert renewed(nights) == frozenset()
    assert nights.faults == ()
