"""The desk sheet."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.election.parties import WireParty
from bot.election.reports import CouncilResult, PartySeats, Reading
from bot.feeds import sheet as desk_sheet
from bot.feeds.formats import read
from bot.feeds.hints import Hints
from tests.feeds.documents import RECEIVED

NAME = "desk_sheet_2022-05-05.csv"
HEADER = "council,party,seats_won,seats_now,control,declared_at,note\n"
HULL_ROWS = """Hull,Liberal Democrat,10,29,Liberal Democrat,02:14,
Hull,Labour,9,27,,,"Recount, Avenue"
Hull,Independent,0,1,,,
"""
SHEET = HEADER + HULL_ROWS + "Wirral,Labour,,26,NOC,,\nWirral,Conservative,,24,,,\n"


def taken(sheet: str | bytes, name: str = NAME, known: Hints = Hints()) -> Reading:  # noqa: B008
    body = sheet.encode() if isinstance(sheet, str) else sheet
    return read("desk_sheet", name, body, RECEIVED, known=known)


def results(sheet: str | bytes, name: str = NAME) -> list[CouncilResult]:
    found = taken(sheet, name)
    assert found.format == desk_sheet.FORMAT
    assert found.faults == ()
    return [report for report in found.reports if isinstance(report, CouncilResult)]


def seats(**parties: int) -> tuple[PartySeats, ...]:
    return tuple(
        PartySeats(WireParty(name.replace("_", " ")), number) for name, number in parties.items()
    )


def test_a_sheet() -> None:
    hull, wirral = results(SHEET)
    assert hull == CouncilResult(
        night=date(2022, 5, 5),
        council=hull.council,
        revision=None,
        winner=WireParty("Liberal Democrat"),
        sitting=None,
        sitting_given=False,
        gain_or_hold=None,
        elected=seats(Liberal_Democrat=10, Labour=9, Independent=0),
        changes=None,
        composition=seats(Liberal_Democrat=29, Labour=27, Independent=1),
        note="Recount, Avenue",
    )
    assert hull.council.name == "Hull"
    assert (wirral.winner, wirral.winner_given, wirral.elected) == (None, True, None)


def test_a_blank_control_says_nothing() -> None:
    [hull] = results(HEADER + "Hull,Labour,1,29,,,\n")
    assert (hull.winner, hull.winner_given) == (None, False)
    [hull] = results(HEADER + "Hull,Labour,1,29,no overall control,,\n")
    assert (hull.winner, hull.winner_given) == (None, True)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_separate_cells_each_in_its_way(delimiter: str) -> None:
    assert results(SHEET.replace('"Recount, Avenue"', "x").replace(",", delimiter)) == results(
        SHEET.replace('"Recount, Avenue"', "x")
    )


def test_a_byte_order_mark_line_ends_and_blank_lines_do_not_matter() -> None:
    plain = results(SHEET)
    assert results(SHEET.encode("utf-8-sig")) == plain
    assert results(SHEET.replace("\n", "\r\n")) == plain
    assert results("\n" + SHEET.replace("\nWirral", "\n\n,,,,,,\nWirral")) == plain
    assert results(SHEET.rstrip("\n")) == plain


def test_the_header_s_order_and_case_do_not_matter() -> None:
    sheet = "Seats Now,PARTY,Remarks,Council\n29,Labour,ours,Hull\n"
    [hull] = results(sheet)
    assert hull.composition == seats(Labour=29)


def test_rows_may_end_early_but_not_in_the_sheet_s_last_line() -> None:
    [hull] = results(HEADER + "Hull,Labour,9,27\nHull,Conservative,1,2\n")
    assert hull.composition == seats(Labour=27, Conservative=2)
    found = taken(HEADER + "Hull,Labour,9,27\nHull,Conservative,1,2")
    assert found.reports == ()
    assert "breaks off" in found.faults[0]


def test_a_council_without_any_figure_is_passed_over() -> None:
    found = taken(SHEET + "Leeds,Labour,,,,,\nLeeds,Green,,,,,to follow\n")
    assert (len(found.reports), found.passed_over, found.faults) == (2, 1, ())


def test_the_night_is_the_row_s_or_the_feed_s_or_the_file_s() -> None:
    row = "night,council,party,seats_now\n{},Hull,Labour,29\n"
    [hull] = results(row.format("2021-05-06"))
    assert hull.night == date(2021, 5, 6)
    assert "night is blank" in taken(row.format("") + "2021-05-06,Leeds,x,1\n", "x.csv").faults[0]
    [report] = taken(SHEET[: SHEET.index("Wirral")], "pub", Hints(night=date(2023, 5, 4))).reports
    assert report.night == date(2023, 5, 4)
    [fault] = taken(SHEET, "pub").faults
    assert "put the date into the file's name, as in desk_sheet_YYYY-MM-DD.csv" in fault


@pytest.mark.parametrize(
    "said", ["02:14", "2.14", "2022-05-06T02:14+01:00", "2022-05-06 02:14", "06/05/2022 02:14:00"]
)
def test_times_of_declaration(said: str) -> None:
    assert len(results(f"{HEADER}Hull,Labour,1,29,,{said},\n")) == 1


def test_rows_of_one_council_are_of_one_night() -> None:
    rows = "night,council,party,seats_now\n2022-05-05,Hull,Labour,29\n{},Hull,Green,28\n"
    for other, words in (("2023-05-04", "another than"), ("", "night is blank")):
        found = taken(rows.format(other), "x.csv")
        assert found.reports == ()
        assert words in found.faults[0]
    assert len(results(rows.format(""), NAME)) == 1


def test_a_header_may_hold_columns_of_the_desk_s_own() -> None:
    [hull] = results("\u00c5r,council,party,seats_now\n1,Hull,Labour,29\n")
    assert hull.composition == seats(Labour=29)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("Leeds,Labour,1,x,,,\n", "Row 5 ('Leeds'): its seats_now is 'x'"),
        ("Leeds,Labour,1,-3,,,\n", "a whole number from 0 to 1000"),
        ("Leeds,Labour,1,1001,,,\n", "a whole number from 0 to 1000"),
        ("Leeds,Labour,1.5,3,,,\n", "its seats_won is '1.5'"),
        ("Leeds,Labour,1,,,,\n", "seats_now is blank"),
        ("Leeds,Labour,,3,,,\nLeeds,Green,,,,,\n", "Row 6 ('Leeds'): its seats_now is blank"),
        ("Leeds,,1,3,,,\n", "names no party"),
        ("Leeds,NOC,1,3,,,\n", "which is no party"),
        ("Leeds,Labour,1,3,,,\nLeeds,labour,1,4,,,\n", "'labour' appears twice"),
        ("Leeds,Labour,1,3,Labour,,\nLeeds,Green,1,4,Green,,\n", "'Labour' and 'Green'"),
        ("Leeds,Labour,1,3,,2021-05-07,\n", "declared on 2021-05-07, but the polling day is"),
        ("Leeds,Labour,1,3,,,a,b\n", "has 8 cells where the header has 7"),
        ('Leeds,"=HYPERLINK(""x"")",1,3,,,\n', "a formula"),
        ("Leeds,#REF!,1,3,,,\n", "a formula or an error of the spreadsheet"),
        ("@SUM(A1),Labour,1,3,,,\n", "a formula"),
        ("nullNew{}ford,Labour,1,3,,,\n", "is no council's name"),
        ("Leeds,Labour,1,3,,,\n,Green,1,4,,,\n", "Row 6: it names no council"),
        (f"Leeds,{'x' * 300},1,3,,,\n", "300 characters"),
        ("Leeds,Lab\x01our,1,3,,,\n", "U+0001"),
    ],
)
def test_a_faulty_row_is_named_and_loses_its_council_alone(rows: str, words: str) -> None:
    found = taken(HEADER + HULL_ROWS + rows)
    [report] = found.reports
    assert isinstance(report, CouncilResult)
    assert report.council.name == "Hull"
    [fault] = found.faults
    assert words in fault
    assert fault.endswith(".")


PRIOR = "council,party,seats_now,seats_before,before,size\n"


def test_what_the_council_was_before() -> None:
    rows = "Newshire,Lab,29,25,NOC,57\nNewshire,Con,28,30,,57\nNewshire,Green,0,2,noc,\n"
    [newshire] = results(PRIOR + rows)
    assert (newshire.sitting, newshire.sitting_given, newshire.size) == (None, True, 57)
    assert newshire.changes == seats(Lab=4, Con=-2, Green=-2)
    [newshire] = results(PRIOR + rows.replace("NOC", "Conservative").replace("noc", ""))
    assert newshire.sitting == WireParty("Conservative")
    [newshire] = results(PRIOR + "Newshire,Lab,29,,,\n")
    assert (newshire.sitting_given, newshire.size, newshire.changes) == (False, None, None)


def test_changes_need_the_seats_before_of_every_party() -> None:
    [newshire] = results(PRIOR + "Newshire,Lab,29,25,,\nNewshire,Con,28,,,\n")
    assert newshire.changes is None
    assert "seats_before is blank in some of its rows" in newshire.doubts[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("Leeds,Lab,1,1,Lab,3\nLeeds,Con,2,2,Con,3\n", "control before is said to be 'Lab' and"),
        ("Leeds,Lab,1,1,,3\nLeeds,Con,2,2,,4\n", "its size is said to be '3' and '4'"),
        ("Leeds,Lab,1,1,,all\n", "its size is 'all'"),
        ("Leeds,Lab,1,-1,,\n", "its seats_before is '-1'"),
        ("Leeds,Lab,1,1,#N/A,\n", "its before is '#N/A', a formula"),
    ],
)
def test_what_cannot_have_been_before(rows: str, words: str) -> None:
    found = taken(PRIOR + rows + "Hull,Lab,3,3,,\n")
    assert len(found.reports) == 1
    assert words in found.faults[0]


def test_a_row_with_what_was_before_alone_says_nothing_yet() -> None:
    found = taken(PRIOR + "Leeds,Lab,,51,Lab,99\nLeeds,Con,,48,,\n")
    assert (found.reports, found.passed_over, found.faults) == ((), 1, ())


def test_a_formula_in_a_note_is_text() -> None:
    [hull] = results(HEADER + 'Hull,Labour,1,29,,,"=1+1"\n')
    assert hull.note == "=1+1"


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (SHEET.replace("Hull", "H\xfcll").encode("cp1252"), "save it as 'CSV UTF-8'"),
        (SHEET.encode("utf-16"), "save it as 'CSV UTF-8'"),
        ("council,party,seats_won\n", "has no column seats_now"),
        ("council,party,seats_now,Party\n", "has the column party twice"),
        (SHEET.replace('Avenue"', "Avenue"), "quotes in line"),
        (SHEET[: SHEET.index("Avenue")], "quotes in line"),
        (HEADER + "Hull,Labour,1,1,,,\n" * 20_001, "more than 20,000 rows"),
        (HEADER + f'Hull,"{"x" * 200_000}",1,1,,,\n', "quotes in line"),
    ],
)
def test_a_sheet_that_cannot_be_read_at_all(sheet: str | bytes, words: str) -> None:
    found = taken(sheet)
    assert found.reports == ()
    assert words in (found.fault or "")


def test_test_material_is_marked() -> None:
    assert all(hull.test for hull in results(SHEET, "desk_sheet_Test_2022-05-05.csv"))
    [hull] = results(HEADER + "Hull Test,Labour,1,29,,,\n")
    assert hull.test
    [council] = results(HEADER + "Test Valley,Labour,1,29,,,\n")
    assert not council.test


@given(st.text())
def test_any_text_under_the_header_gives_a_reading(text: str) -> None:
    found = taken((HEADER + text).encode("utf-8", "surrogatepass"))
    assert all(fault.endswith(".") for fault in found.faults)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Hull", "Leeds", "", " hull ", "=A1"]),
            st.sampled_from(["Labour", "Green", "NOC", ""]),
            st.sampled_from(["1", "", "-1", "1001", "x"]),
            st.sampled_from(["29", "0", "", "=2"]),
            st.sampled_from(["Labour", "NOC", ""]),
        ),
        max_size=8,
    )
)
@example([("Hull", "Labour", "1", "29", "Labour")] * 2)
def test_a_council_is_taken_whole_or_not_at_all(rows: list[tuple[str, ...]]) -> None:
    found = taken(HEADER + "".join(",".join((*row, "", "")) + "\n" for row in rows))
    for report in found.reports:
        assert isinstance(report, CouncilResult)
        name = report.council.name.casefold()
        own = {row[1:] for row in rows if row[0].strip().casefold() == name}  # a copy adds nothing
        assert len(report.composition) == len(own)
        assert sum(line.seats for line in report.composition) == sum(int(row[2]) for row in own)
