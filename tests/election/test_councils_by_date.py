"""What a council's name means on a date: bodies elected, in office, ended, and what followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.election.almanac import Almanac, CouncilElection, NightAlmanac
from bot.election.case_file import council_case
from bot.election.control import Outcome
from bot.election.councils import Council, Councils
from bot.election.decide_council import decide
from bot.election.prior import Prior
from bot.election.reports import GainOrHold
from tests.election.build import HULL, NIGHT, PARTIES, filed, result

ELECTED, VESTED = date(2031, 5, 1), date(2032, 4, 1)
AGAIN = date(2040, 4, 1)
DAY = timedelta(days=1)
BEFORE, BETWEEN, AFTER = ELECTED - DAY, VESTED - DAY, VESTED
"""Before new bodies are elected, the last day of the old ones in office, and the first after."""

COUNCILS = Councils(
    [
        # A county and three districts; two new councils take over, one with the county's name.
        Council(
            "CTY",
            "Wessex County Council",
            type="County",
            ends=VESTED,
            successors=("NEW", "EST"),
            aliases=("wessex",),
        ),
        Council("PLA", "Plainham", type="Non-Met", ends=VESTED, successors=("EST",)),
        Council("NEW", "Wessex", type="Unitary", elected=ELECTED, starts=VESTED),
        Council("EST", "East Plain", type="Unitary", elected=ELECTED, starts=VESTED),
        # A shadow authority is in office before anybody is elected to it; it ends in turn.
        Council("OLD", "Mere Vale", ends=date(2025, 4, 1), successors=("MID",), aliases=("mere",)),
        Council(
            "MID",
            "Hill and Mere",
            elected=date(2025, 5, 1),
            starts=date(2025, 4, 1),
            ends=AGAIN,
            successors=("FIN",),
            aliases=("mere",),
        ),
        Council("FIN", "Three Hills", elected=date(2039, 5, 5), starts=AGAIN),
        # A county and a district of the same plain name, both in office.
        Council("DCO", "Dunmore", type="County"),
        Council("DDI", "Dunmore", type="Non-Met"),
        Council("DUN", "Dunmore Heath", type="Non-Met"),
        # One that ended without anything known to follow, and two of one name that ended together.
        Council("GON", "Lostford", ends=date(2020, 4, 1)),
        Council("TW1", "Twinley", type="County", ends=date(2020, 4, 1), successors=("DCO",)),
        Council("TW2", "Twinley", type="Non-Met", ends=date(2020, 4, 1), successors=("DDI",)),
        # Ended before there were codes, and with a code: a longer name of today begins with both.
        Council("HB1", "Heathby", ends=date(1996, 4, 1), successors=("HBV",)),
        Council("HBV", "Heathby and Vale"),
        Council("MB1", "Moorby", gss="E07000999", ends=date(2020, 4, 1), successors=("DUN",)),
        Council("MBV", "Moorby and Vale"),
        # Successors that are each other's must not go on for ever.
        Council("LP1", "Loopham", ends=date(2020, 4, 1), successors=("LP2",)),
        Council("LP2", "Loopford", ends=date(2020, 4, 1), successors=("LP1",)),
    ]
)


def found(text: str, on: date) -> tuple[str | None, str | None, list[str]]:
    match = COUNCILS.find(text, on)
    return (
        match.council and match.council.code,
        match.former and match.former.code,
        [one.code for one in match.suggestions],
    )


@pytest.mark.parametrize(
    ("on", "code"), [(BEFORE, "CTY"), (ELECTED, "NEW"), (BETWEEN, "NEW"), (AFTER, "NEW")]
)
def test_a_plain_name_is_the_countys_until_its_successor_of_that_name_is_elected(
    on: date, code: str
) -> None:
    assert COUNCILS.resolve("Wessex", on).code == code
    assert found("wessex", on) == (code, None, [])


@pytest.mark.parametrize("on", [BEFORE, ELECTED, BETWEEN])
def test_the_body_in_office_is_found_by_its_own_name_until_its_last_day(on: date) -> None:
    assert COUNCILS.resolve("Wessex County Council", on).code == "CTY"
    assert found("Plainham", on) == ("PLA", None, [])


def test_a_name_that_is_no_more_finds_who_followed_and_a_feed_finds_nothing() -> None:
    assert found("Plainham", AFTER) == ("EST", "PLA", [])
    assert found("Wessex County Council", AFTER) == (None, "CTY", ["NEW", "EST"])
    assert not COUNCILS.resolve("Plainham", AFTER).known
    assert found("Plainhma", AFTER) == ("EST", "PLA", []), "a slip in it too"
    assert found("Lostford", AFTER) == ("GON", None, [])
    assert found("Twinley", AFTER) == (None, None, ["TW1", "TW2"])
    assert found("Loopham", AFTER)[0] == "LP1"


def test_a_name_of_long_ago_is_meant_only_where_none_of_today_begins_with_it() -> None:
    assert found("Heathby", AFTER) == ("HBV", None, [])
    assert found("Moorby", AFTER) == ("DUN", "MB1", [])
    assert found("Twinley", AFTER)[2] == ["TW1", "TW2"]


def test_a_slip_in_a_shared_name_means_the_council_that_has_it_on_the_date() -> None:
    assert found("Wesex", BEFORE) == ("CTY", None, [])
    assert found("Wesex", ELECTED) == ("NEW", None, [])


def test_a_council_is_not_resolved_before_its_first_election_and_a_reader_finds_it() -> None:
    assert not COUNCILS.resolve("East Plain", BEFORE).known
    assert found("East Plain", BEFORE) == ("EST", None, [])
    assert COUNCILS.resolve("East Plain", ELECTED).code == "EST"


@pytest.mark.parametrize(
    ("on", "meant"),
    [
        (date(2025, 3, 31), ("OLD", None, [])),
        (date(2025, 4, 1), ("MID", None, [])),
        (date(2039, 5, 5), ("MID", None, [])),
        (AGAIN, ("FIN", "MID", [])),
    ],
)
def test_a_name_of_two_that_followed_each_other_is_that_of_the_one_there_is(
    on: date, meant: tuple[str | None, str | None, list[str]]
) -> None:
    assert found("Mere", on) == meant
    assert found("Mere Vale", AGAIN) == ("FIN", "OLD", []), "its successor's successor"


def test_a_county_and_a_district_of_one_name_are_told_by_what_the_feed_calls_them() -> None:
    assert not COUNCILS.resolve("Dunmore", ELECTED).known
    assert COUNCILS.resolve("Dunmore", ELECTED, "County").code == "DCO"
    assert COUNCILS.resolve("Dunmore", ELECTED, "non-met").code == "DDI"
    assert not COUNCILS.resolve("Dunmore", ELECTED, "London").known
    assert found("Dunmore", ELECTED) == (None, None, ["DCO", "DDI"])
    assert COUNCILS.resolve("Wessex", ELECTED, "County").code == "NEW", "the one that is elected"


@pytest.mark.parametrize(
    ("typed", "on", "codes"),
    [
        ("wess", BEFORE, ["CTY"]),
        ("wess", ELECTED, ["NEW", "CTY"]),
        ("wess", AFTER, ["NEW", "EST"]),
        ("plainh", AFTER, ["EST"]),
        ("east", BEFORE, []),
        ("mere v", AGAIN, ["FIN"]),
    ],
)
def test_completion_offers_what_there_is_on_the_date(
    typed: str, on: date, codes: list[str]
) -> None:
    assert [one.code for one in COUNCILS.complete(typed, on)][: len(codes) or 9] == codes


def test_a_body_is_elected_in_office_or_awaits_office() -> None:
    new, shadow = COUNCILS.get("NEW"), COUNCILS.get("MID")
    assert [new.exists(on) for on in (BEFORE, ELECTED, BETWEEN, AFTER)] == [False, True, True, True]
    assert [new.awaits_office(on) for on in (BEFORE, ELECTED, BETWEEN, AFTER)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert shadow.exists(date(2025, 4, 15)) and not shadow.awaits_office(date(2025, 4, 15))
    assert {one.code for one in COUNCILS.living(ELECTED)} >= {"CTY", "PLA", "NEW", "EST"}
    assert "CTY" not in {one.code for one in COUNCILS.living(AFTER)}


def test_predecessors_are_those_that_end_when_a_council_takes_office() -> None:
    assert [one.code for one in COUNCILS.predecessors(COUNCILS.get("EST"))] == ["CTY", "PLA"]
    assert COUNCILS.predecessors(COUNCILS.get("DCO")) == (), "it was there before"


def test_a_council_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Council("X", "Nowhere", elected=VESTED, ends=ELECTED)


# A first election is known from the table of councils, also where the night's has nothing.


def test_a_first_election_is_one_whatever_the_nights_table_says() -> None:
    east = COUNCILS.get("EST")
    alone = NightAlmanac(ELECTED, "a night").election_of(east)
    assert alone is not None and alone.new_council and alone.sitting is None
    listed = CouncilElection("EST", None, 30, 30, False, False, None)
    told = NightAlmanac(ELECTED, "a night", elections={"EST": listed}).election_of(east)
    assert told is not None and (told.new_council, told.seats) == (True, 30)
    assert NightAlmanac(AGAIN, "another").election_of(east) is None
    assert NightAlmanac(ELECTED, "a night").election_of(COUNCILS.get("DCO")) is None
    undated = Council("UND", "Undated", starts=VESTED)
    first = NightAlmanac(ELECTED, "a night").election_of(undated)
    assert first is not None and first.new_council, "of what is not yet in office"
    assert NightAlmanac(AFTER, "a night").election_of(undated) is None


def test_a_first_election_is_nobodys_gain_on_a_night_that_only_the_wire_tells_of() -> None:
    said = result({"LD": 29, "Lab": 28}, "LD", GainOrHold.GAIN, sitting="Lab")
    for elected, prior in ((NIGHT, Prior(new_council=True)), (NIGHT - DAY, None)):
        council = replace(HULL, elected=elected, starts=NIGHT + DAY)
        almanac = Almanac(PARTIES, Councils([council]))
        decision = decide(council_case(council, NIGHT, [filed(said)], almanac), PARTIES)
        assert decision.content is not None
        first = decision.content.outcome is Outcome.FIRST_ELECTION
        assert first is (elected == NIGHT)
        assert prior is None or decision.prior == prior
