"""Who took what from whom: only what is clear is counted, and what is not is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac, WardSeat
from bot.election.control import NOC
from bot.election.flows import Counted, Flow, council_flows, seat_flows
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, WardStanding
from tests.cards.nights import ALMANAC, NIGHT, PA, standing
from tests.pictures.nights import any_night

LAB, NONE = {"Lab": 20, "Con": 10}, {"Lab": 15, "Con": 15}


def test_councils_go_from_holder_to_holder() -> None:
    night = [
        standing("KHL", "Con", LAB),
        standing("STH", "Con", LAB),
        standing("CRW", NOC, LAB),
        standing("WOC", "Lab", NONE),
        standing("HAL", "Lab", LAB),
        standing("TWH", None, LAB),
        standing("WLV", "Con"),
    ]
    flows = council_flows(night)
    assert flows.moves == (Flow("Con", "Lab", 2), Flow(None, "Lab", 1), Flow("Lab", None, 1))
    assert (flows.counted, flows.known, flows.of, flows.total) == (Counted.CONTROL, 5, 6, 4)


def test_a_first_election_takes_a_council_from_nobody() -> None:
    flows = council_flows([standing("KHL", None, LAB, new=True)])
    assert (flows.moves, flows.known, flows.of) == ((), 0, 1)


def wards(
    one: CouncilStanding, *told: tuple[Mapping[str, int], Mapping[str, int] | None]
) -> tuple[CouncilStanding, Almanac]:
    """Return a council with wards, each with its winners and who held it."""
    stood = [
        WardStanding(f"w{n}", f"Ward {n}", None, 1, True, True, Composition(won), PA)
        for n, (won, _) in enumerate(told)
    ]
    seats = [
        WardSeat(f"w{n}", f"Ward {n}", None, 1, Composition(before) if before else None)
        for n, (_, before) in enumerate(told)
    ]
    night = replace(ALMANAC.night(NIGHT), wards={one.council.code: seats})
    return replace(one, wards=tuple(stood)), replace(ALMANAC, nights={NIGHT: night})


def test_seats_are_followed_ward_by_ward() -> None:
    council, almanac = wards(
        standing("KHL", "Con", LAB, held=NONE),
        ({"Lab": 1}, {"Con": 1}),
        ({"Lab": 2, "LD": 1}, {"Con": 3}),
        ({"Lab": 1}, {"Lab": 1}),
        ({"Lab": 1}, None),
        ({"Lab": 1}, {"Con": 2}),
        ({"Lab": 1, "LD": 1}, {"Con": 1, "Green": 1}),
    )
    flows = seat_flows([council], almanac)
    assert flows.moves == (Flow("Con", "Lab", 3), Flow("Con", "LD", 1))
    assert (flows.counted, flows.known, flows.of) == (Counted.WARDS, 3, 6)


@pytest.mark.parametrize(
    "change", [{"declared": False}, {"by_election": True}, {"counts_tonight": False}]
)
def test_a_ward_that_is_not_part_of_the_result_does_not_count(change: dict[str, bool]) -> None:
    council, almanac = wards(
        standing("KHL", "Con", LAB, held=NONE), ({"Lab": 1}, {"Con": 1}), ({"LD": 1}, {"Con": 1})
    )
    first, second = council.wards
    flows = seat_flows([replace(council, wards=(replace(first, **change), second))], almanac)
    assert (flows.moves, flows.known, flows.of) == ((Flow("Con", "LD", 1),), 1, 1)


def test_wards_of_a_council_without_a_result_do_not_count() -> None:
    council, almanac = wards(standing("KHL", "Con"), ({"Lab": 1}, {"Con": 1}))
    flows = seat_flows([council], almanac)
    assert (flows.moves, flows.of) == ((), 0)


def test_independents_under_another_name_have_taken_nothing() -> None:
    council, almanac = wards(
        standing("KHL", "Con", LAB, held=NONE), ({"Asp": 1}, {"Ind": 1}), ({"Lab": 1}, {"Con": 1})
    )
    assert seat_flows([council], almanac).moves == (Flow("Con", "Lab", 1),)


def test_where_no_ward_is_known_before_councils_tell_what_is_clear() -> None:
    night = [
        standing("KHL", "Con", {"Lab": 20, "Con": 10}, held={"Lab": 12, "Con": 16, "LD": 2}),
        standing("STH", "Con", {"Lab": 20, "LD": 10}, held={"Con": 15, "Green": 15}),
        standing("CRW", "Con", {"Lab": 20, "Con": 11}, held={"Lab": 15, "Con": 15}),
    ]
    flows = seat_flows(night, ALMANAC)
    assert flows.moves == (Flow("Con", "Lab", 6), Flow("LD", "Lab", 2))
    assert (flows.counted, flows.known, flows.of) == (Counted.COUNCILS, 1, 3)


def test_nothing_is_taken_over_new_boundaries() -> None:
    one = replace(standing("KHL", "Con", LAB, held=NONE), boundary_change=True)
    assert seat_flows([one], ALMANAC).moves == ()


@given(any_night(), st.data())
def test_flows_of_any_night_add_up(
    night: tuple[list[CouncilStanding], Almanac], data: st.DataObject
) -> None:
    standings, almanac = night
    councils, seats = council_flows(standings), seat_flows(standings, almanac)
    changed = sum(
        one.declared is not None and one.declared.outcome.changes_hands for one in standings
    )
    assert councils.total == changed
    for flows in (councils, seats):
        assert 0 <= flows.known <= flows.of == sum(one.is_declared for one in standings)
        assert all(move.many > 0 and move.source != move.target for move in flows.moves)
        assert [move.many for move in flows.moves] == sorted(
            (move.many for move in flows.moves), reverse=True
        )
    order = data.draw(st.permutations(standings))
    assert (council_flows(order), seat_flows(order, almanac)) == (councils, seats)
