"""The shipped councils and their history, by date: what began, ended, followed and was elected."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from bot.almanac.rows import HistoryBasis
from bot.almanac.tables import Tables
from bot.election.control import NOC, Control, control_of
from bot.election.history import history_before
from bot.election.parties import VACANT
from tests.support.tables import shipped

COUNCILS = shipped().councils
ELECTED, VESTED = date(2026, 5, 7), date(2027, 4, 1)


@pytest.mark.parametrize(
    ("code", "gss", "seats", "predecessors"),
    [
        ("ESY", "E06000067", 72, {"SRY", "ELM", "EPS", "MOL", "REI", "TAN"}),
        ("WSY", "E06000068", 90, {"SRY", "GRT", "RUN", "SPE", "SUR", "WAE", "WOI"}),
    ],
)
def test_the_two_that_take_over_from_surrey(
    code: str, gss: str, seats: int, predecessors: set[str]
) -> None:
    council = COUNCILS.get(code)
    assert (council.gss, council.seats, council.type) == (gss, seats, "Unitary")
    assert (council.elected, council.starts) == (ELECTED, VESTED)
    assert {one.code for one in COUNCILS.predecessors(council)} == predecessors
    assert {one.ends for one in COUNCILS.predecessors(council)} == {VESTED}


@pytest.mark.parametrize(
    ("on", "kinds"),
    [
        (date(2022, 5, 5), {"County": 24, "Unitary": 63, "Non-Met": 181, "Metro": 36}),
        (date(2023, 4, 1), {"County": 21, "Unitary": 63, "Non-Met": 164, "Metro": 36}),
        (date(2026, 6, 1), {"County": 21, "Unitary": 65, "Non-Met": 164, "Metro": 36}),
        (date(2027, 4, 1), {"County": 20, "Unitary": 65, "Non-Met": 153, "Metro": 36}),
    ],
)
def test_how_many_councils_there_are_on_a_date(on: date, kinds: dict[str, int]) -> None:
    living = Counter(one.type for one in COUNCILS.living(on))
    assert {kind: living[kind] for kind in kinds} == kinds
    others = {kind: living[kind] for kind in ("London", "Scotland", "Wales", "NI")}
    assert others == {"London": 33, "Scotland": 32, "Wales": 22, "NI": 11}


def test_every_successor_is_listed_and_there_when_its_predecessor_ends() -> None:
    for council in COUNCILS.rows:
        assert bool(council.ends) >= bool(council.successors), council
        for code in council.successors:
            heir = COUNCILS.get(code)
            assert heir.known, code
            assert council.ends is not None and heir.exists(council.ends), (council, heir)


def test_every_council_that_ended_has_followers_to_this_day() -> None:
    today = date(2027, 5, 6)
    for council in COUNCILS.rows:
        if council.has_ended(today):
            heirs = COUNCILS.heirs(council, today)
            assert heirs and all(one.exists(today) for one in heirs), council


def test_a_feeds_name_is_that_of_the_body_elected_on_its_night() -> None:
    night = date(2022, 5, 5)
    named = {name: COUNCILS.resolve(name, night).code for name in ("Somerset", "North Yorkshire")}
    assert named == {"Somerset": "SMT", "North Yorkshire": "NYE"}
    assert COUNCILS.resolve("Somerset", date(2021, 5, 6)).code == "SOM"
    assert COUNCILS.resolve("Somerset", night, "County").code == "SMT", "whatever it calls its type"
    surreys = [COUNCILS.resolve(name, ELECTED).code for name in ("East Surrey", "West Surrey")]
    assert surreys == ["ESY", "WSY"]


@pytest.mark.parametrize(
    ("asked", "meant", "former"),
    [
        ("Somerse", "SMT", None),
        ("North Yorkshir", "NYE", None),
        ("Central", "CBF", None),  # and not the region of Scotland that ended in 1996
        ("Bath", "BAS", None),
        ("Derry", "DRS", None),
        ("Northampton", "WNT", "NOR"),
        ("Salisbury", "WIL", "salisbury"),
        ("Carrickfergus", "MEA", "NIR-V"),
    ],
)
def test_what_a_reader_means_on_the_night_of_2022(
    asked: str, meant: str, former: str | None
) -> None:
    found = COUNCILS.find(asked, date(2022, 5, 5))
    assert found.council is not None and found.council.code == meant
    assert (found.former and found.former.code) == former


@pytest.mark.parametrize("nation", ["England", "Scotland", "Wales"])
def test_every_council_of_great_britain_has_a_composition_after_may_2026(nation: str) -> None:
    history = shipped().history
    for council in COUNCILS.living(date(2026, 9, 1)):
        if council.nation != nation or council.code == "IOS":
            continue
        [*_, last] = history_before(history[council.code], date(2026, 9, 1))
        assert last.year == 2026, council
        assert last.seats.total == council.seats, council


def test_no_majority_is_made_up_where_parties_are_not_told_apart() -> None:
    northern = [one for one in COUNCILS.living(ELECTED) if one.nation == "Northern Ireland"]
    assert all(one.seats for one in northern)
    assert not any(shipped().history.get(one.code) for one in northern)


def last(code: str, on: date) -> Control:
    return history_before(shipped().history[code], on)[-1].control


@pytest.mark.parametrize(
    ("code", "on", "control"),
    [
        ("WND", date(2026, 5, 7), Control("Lab")),
        ("WND", date(2026, 5, 8), NOC),  # Conservatives 29 of 58
        ("KHL", date(2026, 9, 1), NOC),  # Liberal Democrats 26 of 57
        ("CRY", date(2027, 5, 6), NOC),  # said to be run by a Conservative mayor
        ("SRY", date(2026, 5, 7), Control("Con")),
        ("SRY", date(2027, 3, 1), NOC),  # 38 of 81
        ("KEN", date(2026, 9, 1), Control("Reform")),
        ("TWH", date(2026, 6, 1), Control("Asp")),
        ("TWH", date(2027, 5, 6), Control("Asp")),  # the snapshot counts it among the others
        ("HCK", date(2026, 6, 1), Control("Green")),
    ],
)
def test_control_is_computed_from_the_seats_known_on_a_date(
    code: str, on: date, control: Control
) -> None:
    assert last(code, on) == control


def test_elected_results_are_whole_councils_and_told_apart_from_snapshots() -> None:
    rows = [row for row in Tables().history if row.basis is HistoryBasis.ELECTED]
    assert Counter(row.on for row in rows) == {date(2022, 5, 5): 200, ELECTED: 57}
    years = {
        (code, one.year): one
        for code, found in shipped().history.items()
        for one in found
        if one.elected and one.elected.on == ELECTED
    }
    croydon = years["CRY", 2026]
    assert croydon.elected is not None
    assert (croydon.elected.seats["Green"], croydon.seats["Green"]) == (8, 7)
    for (code, _), one in years.items():
        assert one.elected is not None
        assert control_of(one.elected.seats) == one.elected.control, code
        assert one.elected.seats.get(VACANT, 0) == 0
    reform = Counter[str]()
    for one in years.values():
        reform.update(one.elected.seats if one.elected else {})
    assert reform.total() == sum(row.total for row in rows if row.on == ELECTED)


@pytest.mark.parametrize(
    ("code", "year", "voted"),
    [
        ("DNC", 2025, True),
        ("ROT", 2025, False),
        ("KEN", 2025, True),
        ("ESS", 2025, False),
        ("ESS", 2026, True),
        ("KEN", 2026, False),
        ("SRY", 2025, False),
        ("SRY", 2026, False),
        ("CRF", 2026, False),
        ("CRF", 2027, True),
        ("BFS", 2023, True),
        ("BFS", 2026, False),
        ("CRY", 2025, False),
        ("CRY", 2026, True),
    ],
)
def test_the_years_in_which_councils_voted(code: str, year: int, voted: bool) -> None:
    assert shipped().election_years.may_have_voted(COUNCILS.get(code), year) is voted


@pytest.mark.parametrize(
    ("former", "code"), [("Shepway", "SHE"), ("Newbury", "WBK"), ("the Wrekin", "TFW")]
)
def test_a_council_is_found_by_the_name_that_it_had(former: str, code: str) -> None:
    found = COUNCILS.find(former, date(2027, 5, 6)).council
    assert found is not None and found.code == code
    assert shipped().former_names[code].name.casefold() == former.casefold()


def test_every_party_of_the_history_is_in_the_table_of_parties() -> None:
    stated = [
        one
        for years in shipped().history.values()
        for year in years
        for one in (year, *filter(None, (year.elected,)))
    ]
    codes = {code for one in stated for code in (*one.seats, one.control.holder) if code}
    assert "Reform" in codes
    assert all(shipped().parties.get(code).known for code in codes)


def test_a_county_is_in_the_region_of_its_districts() -> None:
    districts = shipped().county_districts
    assert COUNCILS.get("DBY").region == COUNCILS.get("LIN").region == "East Midlands"
    assert {
        (county, code): COUNCILS.get(code).region
        for county, codes in districts.items()
        for code in codes
        if COUNCILS.get(code).region != COUNCILS.get(county).region
    } == {}


def test_a_district_lies_in_one_county_with_what_took_over_from_it() -> None:
    county_of = {code: c for c, codes in shipped().county_districts.items() for code in codes}
    assert county_of["FOR"] == county_of["WSK"] == "SFK"
    followed = [
        (one.code, successor)
        for one in map(COUNCILS.get, county_of)
        for successor in one.successors
        if county_of.get(successor, county_of[one.code]) != county_of[one.code]
    ]
    assert followed == []


@pytest.mark.parametrize(
    ("code", "year", "holder", "seats"),
    [
        ("PEM", 1999, "Ind", 39),  # the source has the columns exchanged
        ("ENO", 1995, "Lab", 25),  # of 36; the source has 5 of 16
        ("THA", 2015, "UKIP", 33),
        ("THA", 2017, "UKIP", 30),
        ("WAR", 2025, None, 0),  # the source has the council of before the election
    ],
)
def test_rows_of_the_history_that_are_put_right(
    code: str, year: int, holder: str | None, seats: int
) -> None:
    [row] = (row for row in shipped().history[code] if row.year == year)
    assert row.control == Control(holder)
    assert holder is None or row.seats[holder] == seats


@pytest.mark.parametrize(
    ("code", "year", "voted"),
    [
        ("lothian", 1986, True),
        ("lothian", 1984, False),
        ("FIF", 1982, True),
        ("FIF", 1984, False),
        ("FIF", 1995, True),
        ("GLG", 1984, True),  # a district then
        ("ORK", 1995, False),
        ("ORK", 1999, True),
        ("gwent", 1977, True),
        ("GWN", 1979, False),
        ("CRF", 1979, True),
        ("AGY", 2012, False),
        ("AGY", 2013, True),
        ("AGY", 2017, True),
    ],
)
def test_regions_counties_and_islands_voted_in_years_of_their_own(
    code: str, year: int, voted: bool
) -> None:
    assert shipped().election_years.may_have_voted(COUNCILS.get(code), year) is voted


def test_no_council_changes_by_a_fifth_in_a_year_without_an_election() -> None:
    """As Lothian did in 1986, before our table knew when regions voted."""
    years, found = shipped().election_years, []
    for code, history in shipped().history.items():
        council = COUNCILS.get(code)
        by_year = {row.year: row for row in history if row.year < 1997}
        for year, row in by_year.items():
            before = by_year.get(year - 1)
            if before and not years.may_have_voted(council, year):
                parties = row.seats.keys() | before.seats.keys()
                moved = sum(abs(row.seats.get(p, 0) - before.seats.get(p, 0)) for p in parties)
                if moved * 5 > row.seats.total * 2:
                    found.append((code, year))
    assert found == [("rhondda", 1994)], "of which the source says so in that one year"
