"""How few votes would have given a council another control.

One vote changes when one that was cast for a candidate is cast for another in the same ward. What
is counted is the least number of such votes after which a party has lost its majority, or has won
one, with certainty: a tie, which a lot decides, is not enough. Where the vote is transferable, who
is elected does not follow from first preferences, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bot.election.parties import VACANT
from bot.election.standings import CouncilStanding, Declared
from bot.election.votes import Votes, WardVotes

FEW_VOTES, _SOME_VOTES = 250, 1_000
"""Votes that decided a council are told up to these numbers, if it missed or kept a majority."""
_Cost = tuple[int, int]
"""Votes, and the wards in which they are."""


@dataclass(frozen=True, slots=True)
class CloseCall:
    """`votes` in `wards` would have cost a party its majority, or with `gained` won it one."""

    party: str
    votes: int
    wards: int
    gained: bool

    @property
    def is_news(self) -> bool:
        """Whether so few votes say something: more say only that it was not close."""
        return self.votes <= (FEW_VOTES if self.gained else _SOME_VOTES)


_FOUND: WeakKeyDictionary[Votes, tuple[CouncilStanding, CloseCall | None]] = WeakKeyDictionary()
"""What was found for votes, which are read again only once something has changed."""


def close_call(standing: CouncilStanding, votes: Votes) -> CloseCall | None:
    """Return the fewest votes that would have changed who controls a council; None if not known.

    It is reckoned once for a council's standing and votes.
    """
    of, found = _FOUND.get(votes, (None, None))
    if of is not standing:
        found = _close_call(standing, votes)
        _FOUND[votes] = (standing, found)
    return found


def _close_call(standing: CouncilStanding, votes: Votes) -> CloseCall | None:
    """Return the fewest votes that would have changed who controls a council.

    Every seat that was up has to be explained by the votes, and none may be vacant, since filled
    and all seats then may give different answers. Of a council under no overall control it is the
    party that missed a majority by the fewest votes.
    """
    declared = standing.declared
    if declared is None or not votes.is_complete or VACANT in declared.now:
        return None
    if any(ward.transferable or ward.margin is None for ward in votes.wards):
        return None
    most_without = declared.now.total // 2
    holder = declared.after.holder
    if holder is not None:
        found = _cost(holder, declared, votes, at_most=most_without)
        return CloseCall(holder, *found, gained=False) if found and found[0] else None
    needed = most_without + 1
    costs = {
        party: cost
        for party in declared.now
        if (cost := _cost(party, declared, votes, at_least=needed)) and cost[0]
    }
    if not costs:
        return None
    party = min(costs, key=lambda one: (costs[one], one))
    return CloseCall(party, *costs[party], gained=True)


def _cost(
    party: str,
    declared: Declared,
    votes: Votes,
    *,
    at_most: int | None = None,
    at_least: int | None = None,
) -> _Cost | None:
    """Return the fewest votes with which a party has at most, or at least, a number of seats."""
    if not votes.parties.get(party).is_one_party or declared.won is None:
        return None
    by_votes = sum(_seats(ward, party) for ward in votes.wards)
    won = by_votes + votes.unopposed.get(party, 0)
    up = sum(ward.seats for ward in votes.wards) + votes.unopposed.total
    if won != declared.won.get(party, 0) or up != declared.won.total:
        return None
    seats = declared.now.get(party, 0)
    if at_most is not None:
        return _least(votes.wards, party, seats - at_most, -1)
    return _least(votes.wards, party, (at_least or 0) - seats, 1)


def _seats(ward: WardVotes, party: str) -> int:
    return sum(one.elected for one in ward.candidates if one.party == party)


def _least(wards: Sequence[WardVotes], party: str, needed: int, step: int) -> _Cost | None:
    """Return the least cost of *needed* seats more, or with a *step* of -1 fewer, of a party.

    A ward that moves the other way only costs votes, so none does; the more seats are given up or
    won in a ward, the more votes it takes.
    """
    costs: dict[int, _Cost] = {0: (0, 0)}
    for ward in wards:
        of_ward = _costs_of(ward, party, needed, step)
        after = dict(costs)
        for seats, (votes, changed) in costs.items():
            for more, moved in of_ward.items():
                total, cost = min(needed, seats + more), (votes + moved, changed + 1)
                if total not in after or cost < after[total]:
                    after[total] = cost
        costs = after
    return costs.get(needed)


def _costs_of(ward: WardVotes, party: str, needed: int, step: int) -> dict[int, int]:
    """Return by a number of seats more or fewer in a ward the fewest votes that make it so.

    For any number, those elected are the best placed of the party's candidates and of all others.
    """
    own = sorted((one.votes for one in ward.candidates if one.party == party), reverse=True)
    rest = sorted((one.votes for one in ward.candidates if one.party != party), reverse=True)
    found, now = {}, _seats(ward, party)
    for more in range(1, min(needed, ward.seats) + 1):
        seats = now + more * step
        others = ward.seats - seats
        if 0 <= seats <= len(own) and 0 <= others <= len(rest):
            elected, beaten = own[:seats] + rest[:others], own[seats:] + rest[others:]
            found[more] = fewest_moved(elected, beaten)
    return found


def fewest_moved(elected: Sequence[int], beaten: Sequence[int]) -> int:
    """Return the fewest votes to move so that each of *elected* has more than each of *beaten*.

    With a mark that all of the beaten are at or below and all of the elected above, as many votes
    move as the elected lack or the beaten have too many, whichever is more. The higher the mark,
    the more the former and the fewer the latter.
    """

    def lacking(mark: int) -> int:
        return sum(max(0, mark + 1 - votes) for votes in elected)

    def too_many(mark: int) -> int:
        return sum(max(0, votes - mark) for votes in beaten)

    low, high = 0, max(beaten, default=0)
    while low < high:
        middle = (low + high) // 2
        if lacking(middle) >= too_many(middle):
            high = middle
        else:
            low = middle + 1
    return min(max(lacking(mark), too_many(mark)) for mark in {low, max(0, low - 1)})
