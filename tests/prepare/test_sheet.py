"""The newsroom's sheet: what its cells may hold, and what is said of those that may not."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.clock import LONDON
from bot.prepare.documents import Document, PrepareError
from bot.prepare.sheet import COLUMNS, from_sheet
from bot.prepare.told import Gathered, Told
from tests.prepare.pages import NIGHT
from tests.support.tables import shipped


def read(*rows: str, header: str = COLUMNS) -> Gathered:
    gathered = Gathered(NIGHT)
    body = "\n".join((header, *rows)).encode()
    from_sheet(Document("s.csv", body), gathered, shipped())
    return gathered


def told(*rows: str, header: str = COLUMNS) -> Told:
    gathered = read(*rows, header=header)
    assert gathered.faults == []
    [[one]] = gathered.told.values()
    return one


def test_every_column_but_the_council_may_be_missing() -> None:
    assert told("Leeds", header="council") == Told(teller=told("Leeds").teller, name="Leeds")
    assert told("Leeds;9", header="Council;Size").size == 9
    assert told("Leeds\t33", header="council\tseats_up").seats_up == 33


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("02:30", datetime(2027, 5, 7, 2, 30, tzinfo=LONDON)),
        ("2.30", datetime(2027, 5, 7, 2, 30, tzinfo=LONDON)),
        ("23:15", datetime(2027, 5, 6, 23, 15, tzinfo=LONDON)),
        ("14:00", datetime(2027, 5, 7, 14, 0, tzinfo=LONDON)),
        ("2027-05-08 12:00", datetime(2027, 5, 8, 12, 0, tzinfo=LONDON)),
        ("02:30:00", datetime(2027, 5, 7, 2, 30, tzinfo=LONDON)),
        ("08/05/2027 12:00:00", datetime(2027, 5, 8, 12, 0, tzinfo=LONDON)),
        ("08/05/2027 12:00", datetime(2027, 5, 8, 12, 0, tzinfo=LONDON)),
    ],
)
def test_an_expected_time_is_as_a_newsroom_writes_it(cell: str, moment: datetime) -> None:
    assert told(f"Leeds,{cell}", header="council,expected_at").expected_at == moment


def test_control_before_may_be_a_party_by_any_name_or_nobody() -> None:
    cells = ("Labour", "lab", "NOC", "No overall control", "Conservative and Unionist Party", "")
    says = [told(f"Leeds,{cell}", header="council,before").control for cell in cells]
    assert says == ["Lab", "Lab", "NOC", "NOC", "Con", None]


@pytest.mark.parametrize(
    ("header", "rows", "sentence"),
    [
        ("council,size", ["Leeds,-1"], "row 2: its size is '-1', not a number of seats."),
        (
            "council,size",
            ["Leeds,9", "Leeds City Council,8"],
            "row 3: its size is '8', and another",
        ),
        ("council,flagship", ["Leeds,maybe"], "its flagship is 'maybe'; write yes or no."),
        ("council,expected_at", ["Leeds,soon"], "its expected_at is 'soon', no time: write it as"),
        ("council,party,seats_before", ["Leeds,,9"], "it has seats but names no party."),
        (
            "council,party,seats_before",
            ["Leeds,Labour,9", ",Green,2"],
            "row 3: it names no council; write it into every row.",
        ),
        (
            "council,party,seats_before",
            ["Leeds,Labour,9", "Leeds,labour,9"],
            "row 3: the council has labour twice.",
        ),
        (
            "council,before",
            ["Leeds,Labour minority"],
            "row 2: its before is 'Labour minority', not a party that we know",
        ),
        (
            "council,party,seats_before,before",
            ["Leeds,Labour,9,Labour", "Leeds,Green,9,"],
            "Labour is given as in control before, and its seats say no overall control",
        ),
        (
            "council,expected_at",
            ["Leeds,06/05/2027 02:00"],
            "its expected_at is '06/05/2027 02:00', not in the weeks after polls close",
        ),
        (
            "council,expected_at",
            ["Leeds,05/07/2027 02:00"],  # the month first
            "its expected_at is '05/07/2027 02:00', not in the weeks after polls close",
        ),
    ],
)
def test_a_faulty_row_is_named_and_loses_its_council_only(
    header: str, rows: list[str], sentence: str
) -> None:
    gathered = read(*rows, "Hull" + "," * header.count(","), header=header)
    [fault] = gathered.faults
    assert sentence in fault
    assert "nothing is taken from the sheet for Leeds" in fault
    assert list(gathered.told) == ["KHL"]


def test_a_party_of_a_place_may_have_controlled_it_where_its_seats_are_given() -> None:
    one = told("Leeds,Leeds First,9,Leeds First", header="council,party,seats_before,before")
    assert one.before is not None
    assert one.control in one.before


def test_rows_that_are_left_out_make_no_smaller_council() -> None:
    assert told("Leeds,Labour,9", header="council,party,seats_before").size is None


def test_a_council_before_its_first_election_is_known_by_its_name() -> None:
    gathered = Gathered(date(2026, 5, 7))
    from_sheet(Document("s.csv", b"council\nEast Surrey\n"), gathered, shipped())
    assert list(gathered.told) == ["ESY"]


def test_a_column_s_name_may_have_spaces_and_a_misspelt_one_is_named() -> None:
    assert told("Leeds,33,99", header="Council, Seats Up ,SIZE").seats_up == 33
    gathered = read("Leeds,9,ours", header="council,seats befor,colour")
    assert gathered.faults == ["s.csv: its column seats_befor is not read. Is seats_before meant?"]


def test_a_column_that_is_there_twice_is_named() -> None:
    with pytest.raises(PrepareError, match="has the column size twice"):
        read("Leeds,99,98", header="council,size,Size")
