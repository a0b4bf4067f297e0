"""The parties that a night moves most: their councils and seats, gained and lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.election.baselines import merged
from bot.election.control import Outcome
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding
from bot.election.superlatives import inexact_parties
from bot.election.tally import state_of_parties

_SEATS_AS_A_COUNCIL = 50
"""A net change of this many seats weighs as much as one of a council."""
_FEWEST_SEATS = 10
_SHARE_OF_MOST = 20
"""A change of seats is big from one in this many of the night's biggest."""
_FEWEST_COUNCILS = 2
"""A single council is its own news, and does not make its party a mover."""
_MOST_UNKNOWN = 10
"""Seats are summed up while no more than one council in this many has no known changes."""


@dataclass(frozen=True, slots=True)
class Mover:
    """A party's councils `gained` and `lost`, and its net change of `seats`.

    `seats` is 0 if it is not known. `defended` are the councils that it had before, of those that
    have declared and of which that is known.
    """

    party: str
    gained: int
    lost: int
    seats: int
    defended: int

    @property
    def councils(self) -> int:
        """The net change of councils."""
        return self.gained - self.lost

    @property
    def weight(self) -> int:
        """How big the move is, in seats."""
        return _SEATS_AS_A_COUNCIL * abs(self.councils) + abs(self.seats)


def moves(standings: Iterable[CouncilStanding], parties: Parties) -> dict[str, Mover]:
    """Return what became of each party of the results in force, the biggest move first.

    Independents together are not one party and have none. First elections move nothing.
    """
    declared = [one for one in standings if one.declared is not None]
    known = net_seats(declared, parties)
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    defended: Counter[str] = Counter()
    for one in declared:
        result, before = one.declared, one.before.holder if one.before else None
        if result is None or result.outcome in (Outcome.FIRST_ELECTION, Outcome.BEFORE_NOT_KNOWN):
            continue
        after = result.after.holder
        if before is not None:
            defended[before] += 1
        if before == after:
            continue
        if after is not None:
            gained[after] += 1
        if before is not None:
            lost[before] += 1
    found = [
        Mover(code, gained[code], lost[code], known.get(code, 0), defended[code])
        for code in {*gained, *defended, *known}
        if parties.get(code).is_one_party
    ]
    found.sort(key=lambda one: (-one.weight, one.party))
    return {one.party: one for one in found}


def movers(of_parties: Iterable[Mover]) -> list[Mover]:
    """Return the big moves among those *of_parties*, in their order."""
    every = list(of_parties)
    most = max((abs(one.seats) for one in every), default=0)
    enough = max(_FEWEST_SEATS, most / _SHARE_OF_MOST)
    return [
        one for one in every if abs(one.councils) >= _FEWEST_COUNCILS or abs(one.seats) >= enough
    ]


def net_seats(standings: Sequence[CouncilStanding], parties: Parties) -> dict[str, int]:
    """Return the net change of seats of each party of which it is known exactly.

    It is empty if too many councils' changes are not known, or if they cannot be added up.
    """
    declared = [one.declared for one in standings if one.declared is not None]
    old = [one for one in declared if one.outcome is not Outcome.FIRST_ELECTION]
    counted = [one for one in old if one.counted_changes is not None]
    if _MOST_UNKNOWN * (len(old) - len(counted)) > len(old):
        return {}
    together = merged(one.baseline for one in counted)
    if together is None or not together.of_seats:
        return {}
    inexact = inexact_parties(standings, parties)
    return {
        line.party: line.seat_change
        for line in state_of_parties(standings).parties
        if line.party and line.seat_change and line.party not in inexact
    }
