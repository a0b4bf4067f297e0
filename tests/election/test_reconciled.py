"""What keeps a night from agreeing with the wire's own table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.election.councils import Council, Councils
from bot.election.parties import WireParty
from bot.election.reconciliation import differences_from, not_comparable, reconcile
from bot.election.reports import PartyState, SourceKind, StateOfPartiesReport, WireCouncil
from bot.election.standings import CouncilStanding, Voice
from tests.cards.nights import ALMANAC, HULL, NIGHT, standing

STILL_TO_COME = standing("WOR", "Con")
NOT_YET = replace(HULL, declared=None)


def told(results: int, region: str | None = None) -> StateOfPartiesReport:
    """A table of the wire without a line."""
    return StateOfPartiesReport(NIGHT, results, 2, (), (), region=region)


def found(standings: Sequence[CouncilStanding], *messages: StateOfPartiesReport) -> tuple[str, ...]:
    councils: Councils = ALMANAC.councils
    return differences_from(messages, standings, ALMANAC.parties, councils)


def by_wire(one: CouncilStanding) -> CouncilStanding:
    assert one.declared is not None
    voice = Voice(SourceKind.PA, one.declared.after, True)
    return replace(one, declared=replace(one.declared, voices=(voice,)))


def test_a_table_that_never_came_is_missed_at_the_end_where_the_wire_has_told_results() -> None:
    assert found([by_wire(HULL)]) == ("PA has sent no state of parties",)
    assert found([by_wire(HULL), STILL_TO_COME]) == ()
    assert found([HULL]) == ()


def test_a_table_that_lags_is_a_difference_at_the_end_only() -> None:
    assert found([HULL, STILL_TO_COME], told(7)) == ()
    (sentence,) = found([HULL], told(7))
    assert sentence.startswith("PA's last state of parties, of 7 results,")


def test_a_table_that_can_be_compared_differs_at_once() -> None:
    differences = found([HULL, STILL_TO_COME], told(1))
    assert "Liberal Democrat: councils 0 by PA, 1 by our count" in differences


def test_each_regions_table_is_compared_with_that_region() -> None:
    differences = found([HULL], told(1, "Yorkshire and The Humber"))
    assert "Yorkshire and The Humber: Liberal Democrat: councils 0 by PA, 1 by our count" in (
        differences
    )
    assert found([HULL], told(0, "Wales")) == ()


# --- the wire's words for the whole, for places that we know and for others

NOWHERE = replace(
    HULL, council=Council("wire:Oakmere", "Oakmere", known=False), declared=by_wire(HULL).declared
)


def agreeing(standings: Sequence[CouncilStanding], region: str | None) -> StateOfPartiesReport:
    """The table that the wire would send of just these councils, in its own convention."""
    lines: dict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in standings:
        assert one.declared is not None
        before = one.before.holder if one.before else None
        after = one.declared.after.holder
        lines[after][0] += 1
        lines[after][1] += before != after
        lines[before][1] -= before != after
        for column, seats in ((2, one.declared.won), (3, one.declared.changes)):
            for party, number in (seats or {}).items():
                lines[party][column] += number
    return StateOfPartiesReport(
        NIGHT,
        len(standings),
        len(standings),
        tuple(
            PartyState(None if code is None else WireParty(code), a, b, c, d)
            for code, (a, b, c, d) in lines.items()
        ),
        (),
        region=region,
    )


def test_a_region_that_nobody_knows_is_said_to_be_unknown_and_not_compared() -> None:
    told_of = agreeing([HULL], "Mercia")
    compared = reconcile(told_of, [HULL], ALMANAC.parties, ALMANAC.councils)
    assert (compared.comparable, compared.agrees, compared.differences) == (False, False, ())
    assert compared.why == "no council in our tables is in a region or nation of that name"


def test_a_table_that_cannot_be_placed_keeps_no_night_open_where_that_of_the_whole_agrees() -> None:
    whole, strange = agreeing([HULL], None), agreeing([HULL], "Mercia")
    assert found([HULL], whole, strange) == ()
    assert not_comparable([whole, strange], [HULL], ALMANAC.parties, ALMANAC.councils) == (
        "Mercia: not compared, no council in our tables is in a region or nation of that name",
    )
    (sentence,) = found([HULL], strange)
    assert sentence.startswith("Mercia: PA's last state of parties, of 1 result,")


@pytest.mark.parametrize(
    "region", ["England", "Yorkshire and The Humber", "yorkshire and the humber"]
)
def test_a_table_of_a_place_leaves_nobody_out_whose_place_is_not_known(region: str) -> None:
    both = [HULL, NOWHERE]
    for told_of in (agreeing(both, region), agreeing([HULL], region)):
        assert reconcile(told_of, both, ALMANAC.parties, ALMANAC.councils).agrees
    unlike = replace(agreeing(both, region), results=1)
    compared = reconcile(unlike, both, ALMANAC.parties, ALMANAC.councils)
    assert not compared.comparable
    assert compared.why == "it is not known which of these are there: Oakmere"


def test_a_council_of_another_nation_is_no_question_for_a_regions_table() -> None:
    cardiff = replace(NOWHERE, council=Council("wire:Cwm", "Cwm", nation="Wales", known=False))
    region = "Yorkshire and The Humber"
    wrong = replace(agreeing([HULL], region), results=1, parties=())
    compared = reconcile(wrong, [HULL, cardiff], ALMANAC.parties, ALMANAC.councils)
    assert compared.comparable
    assert compared.differences


def test_a_table_that_lists_its_councils_is_compared_over_them_wherever_they_lie() -> None:
    listed = replace(
        agreeing([HULL, NOWHERE], "Mercia"),
        included=(WireCouncil("Kingston upon Hull"), WireCouncil("Oakmere")),
    )
    strange = replace(NOWHERE, council=ALMANAC.councils.resolve("Oakmere", NIGHT))
    assert reconcile(listed, [HULL, strange], ALMANAC.parties, ALMANAC.councils).agrees
