"""The shipped tables agree with themselves and with the published figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import combinations
from pathlib import Path

import pytest

from bot.election.almanac import Almanac
from bot.election.control import NOC, Control, Outcome, control_of, control_of_filled, outcome_of
from bot.election.councils import Council
from bot.election.parties import VACANT, folded
from bot.election.seats import Composition
from tests.support.tables import shipped
from bot.almanac.recorded_nights import TimeBasis, TimetableEvent, WardStatus
from bot.almanac.tables import NightTables, Tables, data_folder, load_almanac, load_night

NIGHT = date(2022, 5, 5)
NEW_COUNCILS = {"CBD", "NYE", "SMT", "WAF"}
MORNING = datetime.fromisoformat("2022-05-06T09:00+01:00")


@pytest.fixture(scope="module")
def night() -> NightTables:
    return load_night("2022-05-05")


@pytest.fixture(scope="module")
def almanac() -> Almanac:
    return shipped()


@pytest.fixture(scope="module")
def nations() -> dict[str, str]:
    return {council.code: council.nation for council in Tables().councils}


@pytest.fixture(scope="module")
def seats_now(night: NightTables) -> dict[str, Composition]:
    seats: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in night.composition:
        seats[row.code].append((row.party, row.now))
    return {code: Composition(rows) for code, rows in seats.items()}


@pytest.fixture(scope="module")
def controls(seats_now: dict[str, Composition]) -> dict[str, Control]:
    """Control after the night by the rule; Crawley as the desk confirmed it."""
    by_rule = {code: control_of(seats) for code, seats in seats_now.items()}
    return by_rule | {"CRW": Control("Lab")}


@pytest.fixture(scope="module")
def sitting(night: NightTables) -> dict[str, Control]:
    return {row.code: Control.from_code(row.sitting) for row in night.councils if row.sitting}


@pytest.fixture(scope="module")
def declared_at(night: NightTables) -> dict[str, datetime]:
    return {row.code: row.at for row in night.timetable if row.event is TimetableEvent.RESULT}


# Parties and councils


def test_no_name_of_a_party_stands_for_two() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for party in Tables().parties:
        for name in (party.code, party.name, party.full_name, party.abbreviation, *party.aliases):
            owners[folded(name)].add(party.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


def test_no_electoral_commission_id_stands_for_two_parties() -> None:
    ids = Counter(ec_id for party in Tables().parties for ec_id in party.ec_ids)
    assert {ec_id: count for ec_id, count in ids.items() if count > 1} == {}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("Lab", "Labour"),
        ("Con", "Conservative"),
        ("LD", "Liberal Democrat"),
        ("Green", "Green"),
        ("PC", "Plaid Cymru"),
        ("SNP", "Scottish National Party"),
        ("Ind", "Independent/Other"),
        ("Vac", "Vacant"),
    ],
)
def test_display_names_are_the_documented_keys(almanac: Almanac, code: str, name: str) -> None:
    assert almanac.parties.get(code).name == name


@pytest.mark.parametrize(
    ("wire_name", "code"),
    [
        ("C", "Con"),
        ("Conservative and Unionist Party", "Con"),
        ("Labour and Co-operative Party", "Lab"),
        ("LDem", "LD"),
        ("Green Party", "Green"),
        ("Scottish Green Party", "Green"),
        ("UK Independence Party", "UKIP"),
        ("United Kingdom Independence Party", "UKIP"),
        ("Independents", "Ind"),
        ("Vacant", "Vac"),
    ],
)
def test_wire_names_find_their_party(almanac: Almanac, wire_name: str, code: str) -> None:
    found = almanac.parties.find(wire_name)
    assert found is not None
    assert found.code == code


def test_no_name_of_a_council_stands_for_two_in_office_at_one_time() -> None:
    owners: dict[str, set[Council]] = defaultdict(set)
    for council in Tables().councils:
        for name in (council.name, council.official_name, *council.aliases):
            owners[folded(name)].add(council)
        for gss in (council.gss, *council.former_gss):
            owners[gss or ""].add(council)
    del owners[""]
    ever = (date.min, date.max)
    together = {
        name
        for name, found in owners.items()
        for one, other in combinations(found, 2)
        if (one.starts or ever[0]) < (other.ends or ever[1])
        and (other.starts or ever[0]) < (one.ends or ever[1])
    }
    assert together == set()


def test_aliases_are_lower_case() -> None:
    aliases = [alias for council in Tables().councils for alias in council.aliases]
    assert [alias for alias in aliases if alias != alias.lower()] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Hull", "KHL"),
        ("hull city council", "KHL"),
        ("kingston-upon-hull", "KHL"),
        ("KHL", "KHL"),
        ("E06000010", "KHL"),
        ("Somerset", "SMT"),
        ("Somerset County Council", "SOM"),
        ("North Yorkshire", "NYE"),
        ("Fife", "FIF"),
        ("S12000015", "FIF"),
        ("Western Isles", "ELS"),
    ],
)
def test_readers_names_find_the_council(almanac: Almanac, words: str, code: str) -> None:
    found = almanac.councils.find(words, NIGHT).council
    assert found is not None
    assert found.code == code


def test_every_wire_name_is_known_exactly(almanac: Almanac, night: NightTables) -> None:
    resolved = {row.code: almanac.councils.resolve(row.wire_name, NIGHT) for row in night.councils}
    assert {code for code, council in resolved.items() if council.code != code} == set()


def test_who_took_over_is_listed() -> None:
    councils = {council.code: council for council in Tables().councils}
    successors = {after for council in councils.values() for after in council.successors}
    assert successors <= councils.keys()
    assert all(not council.successors or council.ends for council in councils.values())


def test_every_council_of_the_night_has_a_place_on_the_map(night: NightTables) -> None:
    hexes = Tables().hexes
    places = {(row.q, row.r): row.code for row in hexes}
    assert len(places) == len(hexes) == 361
    assert {row.code for row in night.councils} <= set(places.values())


# History


def test_history_sums_and_has_one_row_a_council_and_year(almanac: Almanac) -> None:
    rows = Tables().history
    keys = Counter((row.code, row.year, row.basis) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []
    assert {row.year for row in rows} == set(range(1973, 2027))
    assert [row for row in rows if row.seats("SNP").total != row.total] == []
    years = [year for council in almanac.history.values() for year in council]
    assert [year for year in years if control_of(year.seats) != year.control] == []


@pytest.mark.parametrize(
    ("code", "years", "holder"),
    [
        ("WSM", range(1973, 2022), "Con"),
        ("WND", range(1978, 2022), "Con"),
        ("KHL", range(2007, 2011), "LD"),
        ("KHL", range(2011, 2022), "Lab"),
        ("TWH", range(1986, 1994), "LD"),
        ("DUR", range(1973, 2021), "Lab"),
    ],
)
def test_history_knows_long_reigns(almanac: Almanac, code: str, years: range, holder: str) -> None:
    reign = {row.year: row.control for row in almanac.history[code]}
    assert {reign[year] for year in years} == {Control(holder)}


# The eve


def test_two_hundred_councils_vote(night: NightTables, nations: dict[str, str]) -> None:
    assert Counter(nations[row.code] for row in night.councils) == {
        "England": 146,
        "Scotland": 32,
        "Wales": 22,
    }
    assert {row.code for row in night.councils if row.new_council} == NEW_COUNCILS


def test_only_new_councils_have_no_sitting_control(night: NightTables) -> None:
    without = {row.code for row in night.councils if row.sitting is None}
    assert without == NEW_COUNCILS
    assert all(row.predecessors for row in night.councils if row.new_council)


def test_the_eve_fills_the_council_and_the_contest(
    night: NightTables, seats_now: dict[str, Composition]
) -> None:
    held: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    for row in night.nominations:
        assert row.seats_held >= row.seats_offered >= 0, row
        held[row.code] += row.seats_held
        offered[row.code] += row.seats_offered
    for council in night.councils:
        if council.new_council:
            assert held[council.code] == offered[council.code] == 0
        elif council.proportion == "all":
            assert offered[council.code] == held[council.code]
            assert council.boundary_change or held[council.code] == council.seats
        else:
            assert held[council.code] == council.seats
            assert offered[council.code] == council.seats_up


def test_sitting_is_the_majority_of_the_eve_unless_cited(night: NightTables) -> None:
    eve: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in night.nominations:
        eve[row.code].append((row.party, row.seats_held))
    differing = {
        row.code
        for row in night.councils
        if row.sitting and Control.from_code(row.sitting) != control_of(Composition(eve[row.code]))
    }
    assert differing == {"BAI"}
    assert {row.code for row in night.councils if row.sitting_source == "cited"} == {"BAI"}


def test_hull_on_the_eve(night: NightTables) -> None:
    hull = {row.party: row.seats_held for row in night.nominations if row.code == "KHL"}
    assert {party: seats for party, seats in hull.items() if seats} == {
        "Lab": 30,
        "LD": 26,
        "Ind": 1,
    }


# The result


def test_every_composition_fills_its_council(
    night: NightTables, seats_now: dict[str, Composition]
) -> None:
    sizes = {row.code: row.seats for row in night.councils}
    assert {code: seats.total for code, seats in seats_now.items()} == sizes
    elected = {
        row.code: row.total for row in Tables().history if row.on == NIGHT and row.basis == "elected"
    }
    assert elected == sizes


def test_fifteen_seats_stand_empty(seats_now: dict[str, Composition]) -> None:
    assert {code: seats.vacant for code, seats in seats_now.items() if seats.vacant} == {
        "CRW": 1,
        "ELS": 2,
        "HYN": 1,
        "KTT": 3,
        "MIK": 1,
        "NTL": 2,
        "RDB": 3,
        "SND": 1,
        "ZET": 1,
    }


def test_changes_are_counted_from_the_eve(night: NightTables) -> None:
    held = {(row.code, row.party): row.seats_held for row in night.nominations}
    for row in night.composition:
        eve = held.get((row.code, row.party), 0)
        expected = None if row.code in NEW_COUNCILS else row.now - eve
        assert row.change == expected, row


def test_seats_not_up_stay_where_they_were(night: NightTables) -> None:
    partial = {row.code for row in night.councils if row.proportion != "all"}
    not_up = {
        (row.code, row.party): row.seats_held - row.seats_offered
        for row in night.nominations
        if row.code in partial
    }
    for row in night.composition:
        if row.code in partial:
            assert row.now - row.won == not_up.get((row.code, row.party), 0), row


def test_seats_won_in_england_are_the_published_ones(
    night: NightTables, nations: dict[str, str]
) -> None:
    won: Counter[str] = Counter()
    for row in night.composition:
        if nations[row.code] == "England":
            won[row.party] += row.won
    assert {party: won[party] for party in ("Con", "Lab", "LD", "Green")} == {
        "Con": 1_078,
        "Lab": 2_265 + 1,  # Rochdale is put right; why the published total is one less: not known
        "LD": 712,
        "Green": 116,
    }


def test_seats_in_scotland_and_wales_are_the_published_ones(
    night: NightTables, nations: dict[str, str]
) -> None:
    won: dict[str, Counter[str]] = defaultdict(Counter)
    for row in night.composition:
        won[nations[row.code]][row.party] += row.won
    assert won["Scotland"] == Counter(
        {"SNP": 453, "Con": 214, "Lab": 282, "LD": 87, "Green": 35, "Ind": 152}
    )
    parties = ("Lab", "PC", "Con", "LD", "Green")
    assert {party: won["Wales"][party] for party in parties} == {
        "Lab": 526,
        "PC": 202,
        "Con": 111,
        "LD": 69,
        "Green": 8,
    }


def test_control_of_great_britain(controls: dict[str, Control]) -> None:
    holders = Counter(control.holder for control in controls.values())
    assert holders == {
        "Lab": 74,
        None: 64,
        "Con": 35,
        "LD": 16,
        "Ind": 5,
        "PC": 4,
        "SNP": 1,
        "Asp": 1,
    }


def test_control_of_england(controls: dict[str, Control], nations: dict[str, str]) -> None:
    holders = Counter(c.holder for code, c in controls.items() if nations[code] == "England")
    assert (holders["Lab"], holders["Con"], holders["LD"]) == (65, 35, 16)


def test_net_change_of_councils(controls: dict[str, Control], sitting: dict[str, Control]) -> None:
    net: Counter[str | None] = Counter()
    for code, before in sitting.items():
        net[controls[code].holder] += 1
        net[before.holder] -= 1
    assert (net["Lab"], net["Con"], net["LD"], net["PC"], net["SNP"]) == (4, -11, 3, 3, 1)


def test_crawley_alone_hangs_on_its_empty_seat(seats_now: dict[str, Composition]) -> None:
    hanging = {
        code for code, seats in seats_now.items() if control_of(seats) != control_of_filled(seats)
    }
    assert hanging == {"CRW"}
    assert seats_now["CRW"] == {"Lab": 18, "Con": 17, VACANT: 1}
    assert control_of(seats_now["CRW"]) == NOC


def test_basildon_is_a_hold(controls: dict[str, Control], sitting: dict[str, Control]) -> None:
    assert outcome_of(sitting["BAI"], controls["BAI"]) is Outcome.HOLD


def test_the_first_elections(controls: dict[str, Control]) -> None:
    assert {code: controls[code].holder for code in NEW_COUNCILS} == {
        "CBD": "Lab",
        "NYE": "Con",
        "SMT": "LD",
        "WAF": "LD",
    }


# Wards


def test_wards_elect_what_the_composition_says(night: NightTables) -> None:
    council_parties = {row.party for row in night.composition}
    wards = {row.ward_id: row for row in night.wards}
    elected: dict[str, Counter[str]] = defaultdict(Counter)
    for candidate in night.candidates:
        if candidate.elected:
            party = candidate.party if candidate.party in council_parties else "Ind"
            elected[wards[candidate.ward_id].code][party] += 1
    won: dict[str, Counter[str]] = defaultdict(Counter)
    for row in night.composition:
        if row.code in elected and row.won:
            won[row.code][row.party] = row.won
    assert elected == won


def test_each_ward_fills_its_seats_and_keeps_its_status(night: NightTables) -> None:
    standing: dict[int, list[tuple[bool | None, int | None]]] = defaultdict(list)
    for row in night.candidates:
        standing[row.ward_id].append((row.elected, row.votes))
    for ward in night.wards:
        elected = sum(outcome is True for outcome, _ in standing[ward.ward_id])
        match ward.status:
            case WardStatus.CONTESTED:
                assert elected == ward.seats_up < len(standing[ward.ward_id]), ward
                assert all(votes is not None for _, votes in standing[ward.ward_id]), ward
            case WardStatus.UNCONTESTED:
                assert elected == ward.seats_up == len(standing[ward.ward_id]), ward
            case WardStatus.COUNTERMANDED:
                assert all(cells == (None, None) for cells in standing[ward.ward_id]), ward


def test_wards_of_the_night_are_counted(night: NightTables) -> None:
    assert Counter(row.status for row in night.wards) == {
        WardStatus.CONTESTED: 3_532,
        WardStatus.UNCONTESTED: 75,
        WardStatus.COUNTERMANDED: 3,
    }
    assert len(night.candidates) == 18_481
    assert len({row.ballot_id for row in night.wards}) == len(night.wards)
    assert len({(row.code, row.gss) for row in night.wards}) == len(night.wards)


def test_winners_have_the_most_votes(night: NightTables) -> None:
    contested = {row.ward_id for row in night.wards if row.status is WardStatus.CONTESTED}
    fewest: dict[int, int] = {}
    most: dict[int, int] = {}
    for row in night.candidates:
        if row.ward_id not in contested:
            continue
        assert row.votes is not None
        if row.elected:
            fewest[row.ward_id] = min(fewest.get(row.ward_id, row.votes), row.votes)
        else:
            most[row.ward_id] = max(most.get(row.ward_id, 0), row.votes)
    assert [ward for ward in contested if fewest[ward] < most[ward]] == []


def test_parties_of_the_night_are_known(night: NightTables) -> None:
    known = {party.code for party in Tables().parties}
    used = {row.party for row in (*night.candidates, *night.composition, *night.nominations)}
    assert used <= known


# The timetable


def test_everything_is_said_once_and_in_order(night: NightTables) -> None:
    said = Counter((row.event, row.code, row.ward_id) for row in night.timetable)
    with_result = {row.ward_id for row in night.wards if row.status != "countermanded"}
    assert max(said.values()) == 1
    assert [row.at for row in night.timetable] == sorted(row.at for row in night.timetable)
    assert {row.ward_id for row in night.timetable if row.ward_id} == with_result
    voting = {row.code for row in night.councils}
    for event in (TimetableEvent.NOMINATIONS, TimetableEvent.RESULT):
        assert {row.code for row in night.timetable if row.event is event} == voting


def test_only_nominations_and_unopposed_returns_come_before_polls_close(
    night: NightTables,
) -> None:
    unopposed = {row.ward_id for row in night.wards if row.status is WardStatus.UNCONTESTED}
    for row in night.timetable:
        early = row.event is TimetableEvent.NOMINATIONS or row.ward_id in unopposed
        assert (row.at < night.night.polls_close) is early, row


def test_no_ward_comes_after_its_council(
    night: NightTables, declared_at: dict[str, datetime]
) -> None:
    late = [row for row in night.timetable if row.ward_id and row.at > declared_at[row.code]]
    assert late == []


def test_every_time_says_how_it_is_known(night: NightTables) -> None:
    assert all(row.source for row in night.timetable)
    expected = {row.code: row.expected_at for row in night.expected}
    for row in night.timetable:
        if row.basis is TimeBasis.EXPECTED:
            assert row.event is TimetableEvent.RESULT
            assert expected[row.code] == row.at


def test_declared_by_nine_in_the_morning(
    declared_at: dict[str, datetime],
    controls: dict[str, Control],
    sitting: dict[str, Control],
    nations: dict[str, str],
) -> None:
    declared = {code for code, at in declared_at.items() if at <= MORNING}
    lost = {
        code
        for code in declared
        if sitting.get(code) == Control("Con") and controls[code] != Control("Con")
    }
    won = {
        (code, controls[code].holder)
        for code in declared & sitting.keys()
        if controls[code] not in (sitting[code], NOC)
    }
    assert {nations[code] for code in declared} == {"England"}
    assert len(declared) == 75
    assert lost == {"WND", "WSM", "BNE", "STH", "WOC", "WOX"}
    assert won == {("KHL", "LD"), ("WND", "Lab"), ("WSM", "Lab"), ("BNE", "Lab"), ("STH", "Lab")}
    assert "CBD" in declared
    # The BBC's count at about 09:00.
    assert sum(controls[code] == Control("Lab") for code in declared) == 37


# fmt: off
DECLARED_BY_0844 = [
    "AMB", "BDG", "BNE", "BNS", "BAI", "BOL", "BEN", "BRW", "BRX", "CMD", "CHO", "COL", "COV",
    "CBD", "DER", "DUD", "EAL", "ENF", "EPP", "EXE", "FAR", "HAL", "HMF", "HAR", "HAT", "HPL",
    "HIL", "HNS", "IPS", "KEC", "KHL", "LIC", "NET", "NEL", "NTY", "OLD", "OXO", "PTE", "PLY",
]
# fmt: on


@pytest.mark.parametrize(
    ("code", "not_before", "by"),
    [
        *((code, "05T22:00", "06T08:44") for code in DECLARED_BY_0844),
        ("BNE", "06T07:33", "06T08:44"),
        ("WSM", "06T06:28", "06T07:13"),
        ("WND", "05T22:00", "06T06:28"),
        ("WOX", "05T22:00", "06T06:00"),
        ("CMD", "05T22:00", "06T06:00"),
        ("KHL", "06T02:32", "06T02:40"),
        ("CBD", "06T02:40", "06T02:45"),
        ("SND", "06T01:25", "06T01:44"),
        ("NUN", "06T02:10", "06T02:15"),
        ("GOS", "06T17:34", "06T17:34"),
        ("TWH", "07T00:00", "07T23:59"),
    ],
)
def test_what_was_reported_that_night_holds(
    declared_at: dict[str, datetime], code: str, not_before: str, by: str
) -> None:
    earliest = datetime.fromisoformat(f"2022-05-{not_before}+01:00")
    latest = datetime.fromisoformat(f"2022-05-{by}+01:00")
    assert earliest <= declared_at[code] <= latest


def test_labour_was_certain_of_coventry_after_two_seats(night: NightTables) -> None:
    labour_wins = {row.ward_id for row in night.candidates if row.elected and row.party == "Lab"}
    not_up = sum(
        row.now - row.won for row in night.composition if (row.code, row.party) == ("COV", "Lab")
    )
    at = datetime.fromisoformat("2022-05-06T01:58+01:00")
    early = [row.ward_id for row in night.timetable if row.code == "COV" and row.at <= at]
    wards = [ward for ward in early if ward]
    assert len(wards) == 2
    assert 2 * (not_up + len(labour_wins & set(wards))) > 54


def test_the_desk_releases_crawley_after_its_result(
    night: NightTables, declared_at: dict[str, datetime]
) -> None:
    note, decision = night.desk
    assert (note.code, note.action, note.control) == ("RUT", "note", "NOC")
    assert "RUT" not in declared_at
    assert (decision.code, decision.revision, decision.action) == ("CRW", 1, "confirm")
    assert decision.at > declared_at["CRW"]
    assert decision.why


def test_the_tables_stay_small() -> None:
    size = sum(path.stat().st_size for path in data_folder().rglob("*") if path.is_file())
    assert size < 6_000_000


def test_every_column_is_described() -> None:
    described = (data_folder() / "README.md").read_text(encoding="utf-8")
    for path in sorted(Path(data_folder()).rglob("*.csv")):
        assert f"`{path.relative_to(data_folder()).as_posix()}`" in described
        header = path.read_text(encoding="utf-8").partition("\n")[0]
        for column in header.split(","):
            assert f"`{column}`" in described, f"{path.name}: {column}"


def test_what_is_older_than_our_table_is_cited() -> None:
    cited = shipped().cited
    told = {
        (fact.council, str(fact.kind), fact.party, fact.year, fact.night)
        for facts in cited.values()
        for fact in facts
        if fact.source
    }
    assert told == {
        ("WSM", "never since", "Lab", 1964, NIGHT),
        ("WND", "since", "Con", 1978, NIGHT),
        ("DND", "since", "NOC", 2017, NIGHT),
        ("HAV", "since", "NOC", 2014, NIGHT),
        ("KIR", "since", "NOC", 2020, NIGHT),
        ("HRW", "since", "Lab", 2014, NIGHT),
        ("NEC", "by defections", "Con", 2021, NIGHT),
    }
