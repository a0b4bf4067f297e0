"""The fewest votes that would have changed a council, held against every way votes could fall."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from bot.election.control import NOC, Control
from bot.election.seats import Composition
from bot.election.vote_changes import CloseCall, close_call, fewest_moved
from bot.wording.votes import close_call_words
from tests.cards.nights import PARTIES, seats, standing
from tests.election.polls import SCOTTISH, Stand, votes, ward

MANY = {"Lab": (900, True), "Con": (10, False)}


def falls(total: int, candidates: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which *total* votes can fall on candidates."""
    if candidates == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in falls(total - first, candidates - 1):
            yield (first, *rest)


def moved(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    return sum(max(0, new - old) for old, new in zip(before, after, strict=True))


def elects(fall: tuple[int, ...], elected: set[int]) -> bool:
    """Whether a fall of votes elects these candidates with certainty."""
    beaten = [votes for place, votes in enumerate(fall) if place not in elected]
    return min(fall[place] for place in elected) > max(beaten, default=-1)


@pytest.mark.parametrize("seed", range(60))
def test_as_few_votes_move_as_in_the_best_of_all_ways(seed):
    chance = random.Random(seed)
    size = chance.randint(2, 4)
    before = tuple(chance.randint(0, 7) for _ in range(size))
    elected = set(chance.sample(range(size), chance.randint(1, size - 1)))
    if sum(before) < len(elected):
        return
    best = min(moved(before, fall) for fall in falls(sum(before), size) if elects(fall, elected))
    ours = [before[place] for place in elected]
    theirs = [votes for place, votes in enumerate(before) if place not in elected]
    assert fewest_moved(ours, theirs) == best


def made_up_council(chance: random.Random) -> list[tuple[list[str], tuple[int, ...], int]]:
    """Return wards: the candidates' parties, their votes, and the number of seats."""
    wards = []
    for _ in range(chance.randint(1, 3)):
        size = chance.randint(2, 3)
        names = [chance.choice(("Lab", "Con", "LD")) for _ in range(size)]
        fall = tuple(chance.sample(range(1, 8), size))
        wards.append((names, fall, chance.randint(1, size - 1)))
    return wards


def seats_of(names: list[str], fall: tuple[int, ...], up: int) -> Composition | None:
    """Return who is elected; None where a tie decides."""
    order = sorted(range(len(fall)), key=lambda place: -fall[place])
    if fall[order[up - 1]] == fall[order[up]]:
        return None
    return Composition((names[place], 1) for place in order[:up])


def cheapest(wards, staying: Composition, holds) -> int | None:
    """Return the fewest votes that give seats of which *holds* is true, by trying every fall."""
    ways = []
    for names, fall, up in wards:
        costs: dict[Composition, int] = {}
        for other in falls(sum(fall), len(fall)):
            if (won := seats_of(names, other, up)) is not None:
                costs[won] = min(costs.get(won, 99), moved(fall, other))
        ways.append(list(costs.items()))
    found = [
        sum(cost for _, cost in way)
        for way in itertools.product(*ways)
        if holds(Composition([*staying.items(), *(seat for won, _ in way for seat in won.items())]))
    ]
    return min(found, default=None)


@pytest.mark.parametrize("seed", range(80))
def test_the_fewest_votes_are_those_of_every_way_that_votes_could_fall(seed):
    chance = random.Random(1_000 + seed)
    wards = made_up_council(chance)
    staying = Composition((party, chance.randint(0, 2)) for party in ("Lab", "Con", "LD"))
    won = Composition(
        seat
        for names, fall, up in wards
        for seat in (seats_of(names, fall, up) or Composition()).items()
    )
    now = Composition([*staying.items(), *won.items()])
    reports = []
    for place, (names, fall, up) in enumerate(wards):
        top = sorted(range(len(fall)), key=lambda one: -fall[one])[:up]
        stand = {
            f"{name} {number}": (fall[number], number in top) for number, name in enumerate(names)
        }
        reports.append(ward(stand, f"Ward {place}"))
    council = standing("KHL", NOC, now, won=won)
    call = close_call(council, votes(*reports))

    def has_majority(party: str, of: Composition) -> bool:
        return 2 * of.get(party, 0) > of.total

    assert council.declared is not None
    holder = council.declared.after.holder
    if holder is not None:
        expected = cheapest(wards, staying, lambda of: not has_majority(holder, of))
        assert (call and call.votes) == expected
        assert call is None or (call.party, call.gained) == (holder, False)
        return
    costs = {
        party: cost
        for party in now
        if (cost := cheapest(wards, staying, lambda of, who=party: has_majority(who, of)))
    }
    assert (call and call.votes) == min(costs.values(), default=None)
    assert call is None or costs[call.party] == call.votes


def council_of(now: str, won: str, *stands: Stand, before: Control = NOC, **more):
    wards = [ward(stand, f"Ward {place}") for place, stand in enumerate(stands)]
    return close_call(standing("KHL", before, seats(now), won=seats(won)), votes(*wards, **more))


def test_a_majority_that_hung_on_few_votes():
    call = council_of("Lab 5 Con 4", "Lab 2", {"Lab": (510, True), "Con": (500, False)}, MANY)
    assert call == CloseCall("Lab", 6, 1, gained=False)
    assert close_call_words(call, PARTIES) == (
        "A switch of 6 votes in 1 ward would have ended Labour's majority"
    )


def test_a_majority_that_was_missed_by_few_votes():
    close = {"Con": (505, True), "LD": (500, False), "Lab": (300, False)}
    call = council_of("Con 4 LD 4 Lab 2", "Con 2", close, {"Con": (90, True), "LD": (80, False)})
    assert call == CloseCall("LD", 9, 2, gained=True)
    assert close_call_words(call, PARTIES) == (
        "A switch of 9 votes in 2 wards would have given the Liberal Democrats a majority"
    )


def test_a_lot_is_no_certainty_and_costs_one_vote():
    tied = {"Lab": (500, True), "Con": (500, False)}
    assert council_of("Lab 5 Con 4", "Lab 1", tied) == CloseCall("Lab", 1, 1, gained=False)


@pytest.mark.parametrize(
    ("now", "won", "stand"),
    [
        ("Ind 5 Con 4", "Ind 1", {"Ind": (510, True), "Con": (500, False)}),  # no one party
        ("Lab 5 Con 3 Vac 1", "Lab 1", {"Lab": (510, True), "Con": (500, False)}),  # vacant
        ("Lab 5 Con 4", "Lab 2", {"Lab": (510, True), "Con": (500, False)}),  # a seat unexplained
        ("Lab 5 Con 4", "Con 1", {"Lab": (510, True), "Con": (500, False)}),  # another's seat
        ("Lab 5 Con 4", "Lab 1", {"Lab": (None, True), "Con": (500, False)}),  # votes missing
        ("Lab 5 Con 4", "Lab 1", {"Lab": (10, True), "Con": (500, False)}),  # not by the votes
        ("Lab 8 Con 1", "Lab 1", {"Lab": (510, True), "Con": (500, False)}),  # could not change
    ],
)
def test_nothing_is_said_where_it_does_not_follow(now, won, stand):
    assert council_of(now, won, stand) is None


def test_nothing_is_said_where_the_vote_is_transferable_or_a_ward_is_to_come():
    close = {"Lab": (510, True), "Con": (500, False)}
    assert council_of("Lab 5 Con 4", "Lab 1", close, council=SCOTTISH) is None
    assert council_of("Lab 5 Con 4", "Lab 1", close, listed=1) is None


def test_seats_won_without_a_poll_stay():
    alone = ward({"Lab": (None, True)}, "Alone", uncontested=True)
    close = ward({"Lab": (510, True), "Con": (500, False)})
    council = standing("KHL", NOC, seats("Lab 5 Con 4"), won=seats("Lab 2"))
    assert close_call(council, votes(close, alone)) == CloseCall("Lab", 6, 1, gained=False)
