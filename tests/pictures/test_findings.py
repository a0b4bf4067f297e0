"""What pictures of a night are titled with: the finding, as a newspaper would put it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.election.control import NOC, Control
from bot.election.flows import council_flows
from bot.election.standings import CouncilStanding
from bot.election.tally import by_region, state_of_parties
from bot.wording.councils import Moves
from bot.wording.night_findings import (
    control_found,
    count_found,
    flow_found,
    movers_found,
    party_found,
)
from tests.cards.nights import PARTIES, standing

LAB, CON, HUNG = {"Lab": 20, "Con": 10}, {"Con": 20, "Lab": 10}, {"Lab": 15, "Con": 15}


def of(before: str | Control, now: Mapping[str, int], many: int) -> list[CouncilStanding]:
    return [standing("KHL", before, now) for _ in range(many)]


@pytest.mark.parametrize(
    ("night", "found"),
    [
        ([standing("KHL", "Con", LAB)], "Labour control the only council"),
        (
            [standing("KHL", "Con", LAB), standing("STH")],
            "Labour control the first council declared",
        ),
        (
            [standing("KHL", "Con", LAB), standing("STH", "Lab", LAB)],
            "Labour control all councils, 2 (up 1)",
        ),
        (
            [standing("KHL", "Lab", LAB), standing("STH", "Lab", LAB), standing("WOR", NOC, HUNG)],
            "Labour control the most councils, 2 (unchanged)",
        ),
        (
            [standing("KHL", "Con", LAB), standing("STH", "Lab", LAB), standing("WOR")],
            "Labour control all councils declared, 2 (up 1)",
        ),
        (
            [standing("KHL", None, LAB), standing("STH", "Lab", LAB)],
            "Labour control all councils, 2",
        ),
        (
            [standing("KHL", None, LAB, new=True), standing("STH", None, LAB, new=True)],
            "Labour control all councils, 2",
        ),
        (
            [
                standing("KHL", "Lab", LAB),
                standing("STH", "Con", CON),
                standing("CAS", NOC, {"Ind": 9}),
            ],
            "3 holders level on 1 council each",
        ),
        (
            [standing("KHL", "Lab", LAB), standing("STH", "Con", CON)],
            "Conservatives and Labour level on 1 council each",
        ),
        (
            [*of("Lab", LAB, 2), *of("Con", CON, 1), *of(NOC, HUNG, 2)],
            "Labour control the most councils, 2 (unchanged)",
        ),
        (
            [*of("Lab", LAB, 1), *of("Con", HUNG, 1), *of(NOC, HUNG, 2)],
            "3 of 4 councils hung, up 1",
        ),
        ([standing("KHL", NOC, HUNG)], "No party wins a majority in 1 of 1 council declared"),
        (
            [standing("KHL", "Ind", {"Ind": 5}), standing("STH", "Ind", {"Ind": 4})],
            "Independents and others together control all councils, 2 (unchanged)",
        ),
    ],
)
def test_who_controls_most(night: list[CouncilStanding], found: str) -> None:
    state = state_of_parties(night)
    assert control_found(state, PARTIES) == found


@pytest.mark.parametrize(
    ("moved", "found"),
    [
        ({}, "No party is up or down a seat net"),
        ({"Lab": 0}, "No party is up or down a seat net"),
        ({"Lab": 1}, "Labour up 1 seat"),
        ({"Con": -402, "LD": 146}, "Conservatives down 402 seats, Lib Dems up 146"),
        ({"Lab": 1_200, "Con": -3, "LD": 5}, "Labour up 1,200 seats, Conservatives down 3"),
        ({"Con": -2, "Lab": -1}, "Conservatives down 2 seats"),
    ],
)
def test_who_moved_most(moved: dict[str, int], found: str) -> None:
    assert movers_found(moved, "seat", PARTIES) == found


def test_the_largest_flow() -> None:
    assert flow_found(council_flows([]), PARTIES) == "No council has changed hands"
    night = [standing("KHL", "Lab", HUNG), standing("STH", "Con", LAB), standing("WOR", NOC, LAB)]
    assert flow_found(council_flows(night), PARTIES) == "Labour take 1 council from Conservatives"
    assert flow_found(council_flows(night[:1]), PARTIES) == (
        "Labour lose 1 council to no overall control"
    )
    assert flow_found(council_flows(night[2:]), PARTIES) == (
        "Labour gain 1 council from no overall control"
    )


def test_a_flow_is_told_with_what_came_back() -> None:
    swap = [*of("Lab", HUNG, 1), *of(NOC, LAB, 1)]
    assert flow_found(council_flows(swap), PARTIES) == (
        "Labour gain 1 council from no overall control and lose 1"
    )
    night = [*of("Lab", CON, 1), *of("Con", LAB, 2)]
    told = "Labour take 2 councils from Conservatives"
    assert flow_found(council_flows(night), PARTIES) == f"{told} and lose 1 to them"
    assert flow_found(council_flows([*night, *of("Con", LAB, 1)]), PARTIES) == (
        "Labour take 3 councils from Conservatives"
    )
    more = [*of("Lab", HUNG, 2), *of(NOC, LAB, 1)]
    assert flow_found(council_flows(more), PARTIES) == (
        "Labour lose 2 councils to no overall control and gain 1"
    )


def test_how_far_the_count_is() -> None:
    night = [standing("KHL", "Lab", LAB), standing("WSM"), standing("TOW")]
    open_ = state_of_parties(night)
    assert count_found(open_, by_region(night), 0) == (
        "2 councils still to declare, 2 of them in London"
    )
    done = state_of_parties(night[:1])
    assert count_found(done, by_region(night[:1]), 0) == (
        "The only council has declared, none changed hands"
    )
    unknown = [standing("KHL", None, LAB)]
    assert count_found(state_of_parties(unknown), by_region(unknown), 0) == (
        "The only council has declared, none is known to have changed hands"
    )


@pytest.mark.parametrize(
    ("night", "found"),
    [
        ([standing("KHL", "Con", LAB)], "Labour gain 1 council"),
        ([standing("KHL", "Lab", CON)], "Labour lose 1 council"),
        ([standing("KHL", "Lab", LAB)], "Labour hold 1 council"),
        ([standing("KHL", None, LAB, new=True)], "Labour win 1 new council"),
        ([standing("KHL", None, LAB)], "Labour: 1 council"),
        ([standing("KHL", "Con", CON, won={"Lab": 3})], "Labour win 3 seats, control no council"),
        ([standing("KHL", "Con", CON)], "Labour win no seats"),
    ],
)
def test_what_became_of_a_party(night: list[CouncilStanding], found: str) -> None:
    line = state_of_parties(night).line("Lab")
    assert party_found("Labour", line, Moves.of(PARTIES.get("Lab"), night), None) == found


def test_seats_won_are_not_told_where_a_council_does_not_say() -> None:
    night = [standing("KHL", "Con", CON, won={"Con": 3}), standing("STH", "Con", CON)]
    state = state_of_parties(night)
    assert state.without_won == 1
    moves = Moves.of(PARTIES.get("Lab"), night)
    told = party_found("Labour", state.line("Lab"), moves, None, all_won=not state.without_won)
    assert told == "Labour control no council"
