"""Reading tables: what a row becomes, and what is said of a broken one."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.almanac.csv_rows import TablesError
from bot.almanac.tables import Tables, data_folder, load_almanac, load_night
from bot.election.history import history_before
from bot.election.reports import Proportion


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_folder(), tmp_path / "data"))


def altered(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_council_of_the_night() -> None:
    [hull] = [row for row in load_night("2022-05-05").councils if row.code == "KHL"]
    assert hull.wire_name == "Kingston-upon-Hull"
    assert hull.proportion is Proportion.THIRD
    assert (hull.seats, hull.seats_up, hull.sitting) == (57, 19, "Lab")
    assert not hull.boundary_change


def test_seats_that_are_not_up_stay_as_they_were_held(copy: Path) -> None:
    """Hull elects a third, Wandsworth all on new boundaries; Cumberland is new."""
    elections = load_almanac(copy).night(date(2022, 5, 5)).elections
    assert elections["KHL"].staying == {"LD": 19, "Lab": 18, "Ind": 1}
    assert elections["WND"].staying == elections["CBD"].staying == {}


@pytest.mark.parametrize("held_and_offered", [",12", "30,", "11,12"])
def test_seats_that_are_not_up_are_unknown_unless_all_parties_are_known(
    copy: Path, held_and_offered: str
) -> None:
    path = copy / "nights/2022-05-05/nominations.csv"
    altered(path, "KHL,Lab,30,12", f"KHL,Lab,{held_and_offered}")
    assert load_almanac(copy).night(date(2022, 5, 5)).elections["KHL"].staying is None


def test_blank_cells_of_a_council_are_not_known(copy: Path) -> None:
    altered(
        copy / "nights/2022-05-05/councils.csv",
        "third,57,19,false,false,,Lab,",
        ",,,false,false,,,",
    )
    hull = load_almanac(copy).night(date(2022, 5, 5)).elections["KHL"]
    assert (hull.proportion, hull.seats, hull.seats_up, hull.sitting) == (None, None, None, None)
    assert not hull.new_council


def test_times_carry_their_offset() -> None:
    closing = load_night("2022-05-05").night.polls_close
    assert closing == datetime.fromisoformat("2022-05-05T21:00+00:00")
    assert closing.utcoffset() == timedelta(hours=1)


def test_the_almanac_holds_what_is_known_before_the_night() -> None:
    almanac = load_almanac()
    night = almanac.night(date(2022, 5, 5))
    assert len(night.elections) == 200
    assert night.elections["CBD"].sitting is None
    assert night.elections["CRW"].expected_at is None
    assert night.elections["KHL"].expected_at == datetime.fromisoformat("2022-05-06T03:30+01:00")
    [*_, last] = history_before(almanac.history["KHL"], night.night)
    assert last.seats == {"Lab": 30, "LD": 26, "Con": 1}


def test_an_altered_copy_is_what_is_read(copy: Path) -> None:
    altered(copy / "nights/2022-05-05/composition.csv", "KHL,LD,10,29,3", "KHL,LD,9,28,2")
    changed = {(row.code, row.party): row for row in load_night("2022-05-05", copy).composition}
    assert changed["KHL", "LD"].now == 28


def test_nights_are_found_by_folder(copy: Path) -> None:
    assert Tables(copy).nights == ["2022-05-05", "2026-05-07"]


def test_an_unknown_night_says_which_there_are() -> None:
    with pytest.raises(
        TablesError, match=r"no night 2021-05-06 in .*: give one of these: 2022-05-05"
    ):
        load_night("2021-05-06")


def test_a_missing_table_is_named(copy: Path) -> None:
    (copy / "hexes.csv").unlink()
    with pytest.raises(TablesError, match=r"hexes\.csv is missing"):
        _ = Tables(copy).hexes


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("composition.csv", "KHL,LD,10,29,3", "KHL,LD,ten,29,3", r"row \d+, column won: 'ten' is"),
        ("councils.csv", ",third,", ",quarter,", r"column proportion: 'quarter' is none of all"),
        ("councils.csv", ",false,false,", ",no,false,", r"column boundary_change: 'no' is neither"),
        ("desk.csv", "+01:00,", ",", r"row 2, column at: .* has no offset from UTC"),
        ("wards.csv", ",seats_up,", ",seats,", r"row 1: there is no column seats_up"),
    ],
)
def test_a_broken_cell_is_named(copy: Path, name: str, old: str, new: str, complaint: str) -> None:
    altered(copy / "nights/2022-05-05" / name, old, new)
    tables = load_night("2022-05-05", copy)
    with pytest.raises(TablesError, match=rf"{name}, {complaint}|{name}, row \d+, {complaint}"):
        getattr(tables, name.removesuffix(".csv"))


def test_a_row_that_its_class_refuses_is_named(copy: Path) -> None:
    altered(copy / "parties.csv", "#E4003B", "crimson")
    with pytest.raises(TablesError, match=r"parties\.csv, row 2: the colour of Labour"):
        _ = Tables(copy).parties


def test_a_ward_is_no_row_of_the_ballots(copy: Path) -> None:
    altered(copy / "nights/2022-05-05/ballots.csv", ",mayor,", ",ward,")
    with pytest.raises(TablesError, match=r"ballots\.csv, row \d+: a ward is no ballot"):
        _ = load_night("2022-05-05", copy).ballots


def test_bytes_that_are_no_utf8_are_named(copy: Path) -> None:
    (copy / "councils.csv").write_bytes(b"code,name\n\xff\xfe,x\n")
    with pytest.raises(TablesError, match=r"councils\.csv"):
        _ = Tables(copy).councils


def test_a_night_is_one_row(copy: Path) -> None:
    path = copy / "nights/2022-05-05/night.csv"
    path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    with pytest.raises(TablesError, match=r"night\.csv has 0 rows, not one"):
        _ = load_night("2022-05-05", copy).night


def test_a_night_is_one_file_at_least(copy: Path) -> None:
    folder = copy / "nights/2022-05-05"
    for path in folder.glob("*.csv"):
        if path.name != "night.csv":
            path.unlink()
    night = load_night("2022-05-05", copy).almanac()
    assert (night.night, night.elections, night.ballots) == (date(2022, 5, 5), {}, {})
    (folder / "night.csv").unlink()
    with pytest.raises(TablesError, match=r"night\.csv is missing"):
        _ = load_night("2022-05-05", copy).night


def test_columns_with_defaults_may_be_missing_and_their_cells_blank(copy: Path) -> None:
    folder = copy / "nights/2022-05-05"
    folder.joinpath("councils.csv").write_text(
        "code,note,proportion,seats,seats_up,new_council\nKHL,,third,57,19,\n", encoding="utf-8-sig"
    )
    [hull] = load_night("2022-05-05", copy).councils
    assert (hull.seats, hull.new_council, hull.predecessors, hull.sitting) == (57, False, (), None)


def test_a_year_of_the_history_has_a_snapshot_or_what_was_elected_or_both(copy: Path) -> None:
    path = copy / "control_history.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    rows = (
        # code, year, basis, on, total, con, lab, ld, green, reform, nat, local, vacant, other, …
        "KHL,2030,elected,2030-05-02,57,0,20,8,0,0,0,29,0,0,Asp,Asp,Hull",
        "KHL,2030,snapshot,2030-08-31,57,0,20,8,0,0,0,0,0,29,Ind,,Hull",
        "KHL,2031,snapshot,2031-08-31,57,0,21,8,0,0,0,0,0,28,NOC,,Hull",
        "KHL,2032,elected,2032-05-06,57,0,30,8,0,0,0,0,1,18,Lab,,Hull",
        "BFS,2032,snapshot,2032-08-31,60,0,0,0,3,0,0,0,0,57,,,Belfast",
        "CRF,2032,snapshot,2032-08-31,79,0,30,8,0,0,41,0,0,0,PC,,Cardiff",
        "durham-district,2008,snapshot,2008-08-31,50,0,20,29,,,0,0,0,1,LD,,Durham (district)",
    )
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    history = load_almanac(copy).history
    first, second, third = history["KHL"]
    assert (first.seats["Asp"], first.control.holder) == (29, "Asp"), "the others are one party"
    assert first.otherwise_elected is None
    assert first.taken_by == date(2030, 8, 31)
    assert (second.elected, second.control.holder) == (None, None)
    assert third.elected is not None and third.taken_by == date(2032, 5, 6)
    assert third.seats == {"Lab": 30, "Ind": 18, "LD": 8, "Vac": 1}
    assert "BFS" not in history, "nothing tells its parties apart"
    assert history["CRF"][0].seats == {"PC": 41, "Lab": 30, "LD": 8}
    assert history["durham-district"][0].control.holder == "LD"


def test_a_council_that_ends_before_it_begins_is_named_with_its_row(copy: Path) -> None:
    altered(copy / "councils.csv", "2026-05-07,2027-04-01,,", "2026-05-07,2027-04-01,2026-01-01,")
    with pytest.raises(TablesError, match=r"councils\.csv, row \d+: East Surrey ends before"):
        load_almanac(copy)
