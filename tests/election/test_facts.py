"""Facts are computed from what they name, and left out where that is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.election.almanac import Almanac, CouncilElection
from bot.election.control import NOC, Control
from bot.election.facts import (
    CouldNotChange,
    LargestShort,
    LastTime,
    Lot,
    Majority,
    SettledEarly,
    Sweep,
    could_not_change,
    council_facts,
    settled_early,
)
from bot.election.reports import Proportion
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, WardStanding
from bot.election.superlatives import night_facts
from bot.wording.facts import fact_sentence, facts_with_basis, night_fact_lines
from tests.cards.nights import ALMANAC, AT_0232, HULL, NIGHT, PA, PARTIES, seats, standing
from tests.election.polls import polled


def of_kind(found: list, kind: type) -> list:
    return [fact for fact in found if isinstance(fact, kind)]


def test_a_narrow_majority_matters_and_a_wide_one_does_not():
    narrow, wide = (
        of_kind(council_facts(standing("KHL", "Lab", seats(now)), ALMANAC), Majority)[0]
        for now in ("LD 29 Lab 28", "LD 40 Lab 17")
    )
    assert (narrow.ahead, wide.ahead) == (1, 23)
    assert "majority of 1: 29 of 57" in facts_with_basis([narrow], PARTIES)[0]
    assert facts_with_basis([wide], PARTIES) == []


def test_the_largest_party_without_a_majority_and_what_it_lacks():
    noc = standing("WOR", "Con", seats("Con 16 Lab 13 Green 6"))
    (fact,) = of_kind(council_facts(noc, ALMANAC), LargestShort)
    assert (fact.party, fact.seats, fact.short) == ("Con", 16, 2)
    assert fact_sentence(fact, PARTIES) == (
        "The Conservatives are the largest party with 16 of 35, 2 seats short."
    )
    level = standing("WOR", "Con", seats("Con 15 Lab 15 Green 5"))
    together = standing("WOR", "Con", seats("Ind 15 Lab 12 Green 8"))
    decided = standing("WOR", "Con", seats("Con 18 Lab 17"))
    assert decided.declared is not None
    decided = replace(decided, declared=replace(decided.declared, after=NOC))
    for other in (level, together, decided):
        assert not of_kind(council_facts(other, ALMANAC), LargestShort)


def test_a_clean_sweep_of_what_was_up_and_of_a_whole_council():
    tonight = standing("KHL", "Lab", seats("Lab 50 LD 7"), won=seats("Lab 19"), seats_up=19)
    (fact,) = of_kind(council_facts(tonight, ALMANAC), Sweep)
    assert (fact.seats, fact.whole_council) == (19, False)
    everything = standing("KHL", "Lab", seats("Lab 57"), won=seats("Lab 57"))
    (fact,) = of_kind(council_facts(everything, ALMANAC), Sweep)
    assert fact.whole_council
    assert night_fact_lines(night_facts([everything], ALMANAC), ALMANAC) == [
        "Labour hold all 57 seats of Kingston upon Hull."
    ]
    shared = standing("KHL", "Lab", seats("Lab 50 LD 7"), won=seats("Lab 18 LD 1"))
    assert not of_kind(council_facts(shared, ALMANAC), Sweep)


def up(held: str, offered: str, candidates: str, before: Control = NOC, **more) -> CouncilStanding:
    return standing(
        "KHL",
        before,
        held=seats(held),
        offered=seats(offered),
        candidates=seats(candidates),
        seats_up=sum(seats(offered).values()),
        **more,
    )


@pytest.mark.parametrize(
    ("held", "offered", "candidates", "before", "stuck"),
    [
        ("Lab 50 LD 7", "Lab 17 LD 2", "Lab 19 LD 19", Control("Lab"), True),  # 33 of 57 stay
        ("Lab 45 LD 12", "Lab 17 LD 2", "Lab 19 LD 19", Control("Lab"), False),  # 28 stay
        ("Lab 20 LD 19 Con 18", "Lab 7 LD 6 Con 6", "Lab 15 LD 15 Con 10", NOC, True),
        ("Lab 20 LD 19 Con 18", "Lab 7 LD 6 Con 6", "Lab 19 LD 15 Con 10", NOC, False),
        ("Lab 50 LD 7", "Lab 17 LD 2", "Lab 19 LD 19", NOC, False),  # the tables disagree
    ],
)
def test_control_that_could_not_change(held, offered, candidates, before, stuck):
    fact = could_not_change(up(held, offered, candidates, before))
    assert (fact is not None) is stuck
    if fact is not None:
        assert (fact.control, fact.up, fact.total) == (before, 19, 57)
        stuck = "Labour could not lose control" if before.holder else "no party could win control"
        assert f"With only 19 of 57 seats up, {stuck}." == fact_sentence(fact, PARTIES)


def test_where_all_seats_are_up_everything_can_change():
    everything = up("Lab 57", "Lab 57", "Lab 57", Control("Lab"), proportion=Proportion.ALL)
    assert could_not_change(everything) is None


def wards_of(*winners: str, together: bool = False) -> tuple[WardStanding, ...]:
    return tuple(
        WardStanding(
            f"w{place}",
            f"Ward {place}",
            None,
            1,
            True,
            True,
            Composition({party: 1}),
            replace(PA, received_at=AT_0232 + timedelta(minutes=0 if together else place)),
        )
        for place, party in enumerate(winners)
    )


def test_control_settled_before_the_last_ward():
    counted = up("Lab 5 LD 4", "Lab 2 LD 1", "Lab 3 LD 3", wards=wards_of("Lab", "Lab", "LD"))
    fact = settled_early(counted)
    assert fact is not None
    assert (fact.control, fact.wards, fact.of_wards) == (Control("Lab"), 2, 3)
    assert fact_sentence(fact, PARTIES) == "Labour's majority was certain after 2 of 3 wards."
    last = up("Lab 5 LD 4", "Lab 2 LD 1", "Lab 3 LD 3", wards=wards_of("Lab", "LD", "Lab"))
    assert settled_early(last) is None
    at_once = replace(counted, wards=wards_of("Lab", "Lab", "LD", together=True))
    assert settled_early(at_once) is None


@pytest.mark.parametrize(("last", "told"), [("Lab 15 LD 4", True), ("Lab 15 LD 5", False)])
def test_last_time_is_told_only_of_the_same_number_of_seats(last, told):
    election = CouncilElection(
        "KHL",
        Proportion.THIRD,
        57,
        19,
        new_council=False,
        boundary_change=False,
        sitting=Control("Lab"),
        last_fought_on=date(2018, 5, 3),
        last_fought=Composition(seats(last)),
    )
    night = replace(ALMANAC.nights[NIGHT], elections={"KHL": election})
    almanac: Almanac = replace(ALMANAC, nights={NIGHT: night})
    found = of_kind(council_facts(HULL, almanac), LastTime)
    assert bool(found) is told
    if found:
        assert (found[0].party, found[0].won, found[0].then) == ("LD", 12, 4)


def test_the_most_telling_come_first_and_each_names_its_basis():
    found = council_facts(HULL, ALMANAC, polled({"Lab": (600, True), "LD": (600, False)}))
    assert [fact.weight for fact in found] == sorted((f.weight for f in found), reverse=True)
    lines = facts_with_basis(found, PARTIES)
    assert 1 <= len(lines) <= 3
    assert any("from the wards' votes)" in line for line in lines)
    assert not any(") (" in line for line in lines)
    assert isinstance(found[0], Lot)


def test_settled_early_is_told_for_noc_too():
    counted = up(
        "Lab 3 LD 3 Con 3",
        "Lab 1 LD 1 Con 1",
        "Lab 3 LD 3 Con 3",
        wards=wards_of("Lab", "LD", "Con"),
    )
    fact = settled_early(counted)
    assert isinstance(fact, SettledEarly)
    assert fact.control == NOC
    assert isinstance(
        could_not_change(up("Lab 50 LD 7", "Lab 1", "Lab 1", Control("Lab"))), CouldNotChange
    )
