"""The night's superlatives over all councils that can be compared, and what had to be left out.

Councils with new boundaries are included and marked, so that no card shows a bigger change than the
"biggest" one. Changes counted from different baselines are never compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.election.almanac import Almanac
from bot.election.baselines import Baseline
from bot.election.facts import Fact, FactBasis, sweep_of
from bot.election.history import COLUMNS
from bot.election.parties import Parties, PartyKind
from bot.election.standings import CouncilStanding, Declared

_RARE_FACTOR = 10
"""Baselines are left out if the most common one has over this many times as many councils."""


@dataclass(frozen=True, slots=True)
class SeatMove(Fact):
    """A party's gain (`change` above 0) or loss of seats in one council.

    `redrawn` is set if the boundaries or the council's size have changed. If the seats before do
    not list the party separately, its change lies between `change` and `up_to`; otherwise they are
    equal.
    """

    party: str
    change: int
    up_to: int
    baseline: Baseline
    redrawn: bool


@dataclass(frozen=True, slots=True)
class NotCompared(Fact):
    """What the superlatives leave out: `councils` without changes, and `unclear` changes.

    `otherwise` is the number of councils with a baseline that too few others share.
    """

    councils: int
    unclear: tuple[SeatMove, ...]
    otherwise: int = 0


def change_range(
    standing: CouncilStanding, party: str, change: int, parties: Parties
) -> tuple[int, int]:
    """Return the least and the greatest possible change; both are *change* if it is known."""
    declared, before = standing.declared, standing.held
    if declared is None or not before:
        return change, change
    if change != declared.now.get(party, 0) - before.get(party, 0):
        return change, change  # counted from another baseline
    return range_of_change(party, before, declared.now, declared.baseline, parties)


def range_of_change(
    party: str,
    before: Mapping[str, int],
    now: Mapping[str, int],
    baseline: Baseline,
    parties: Parties,
) -> tuple[int, int]:
    """Return the least and the greatest possible change of a party, from *before* to *now*.

    A table counts local and small parties among the others, so one that it does not name may have
    had up to that many seats (as Aspire in Tower Hamlets), and the others as many fewer. A source's
    own changes are taken as exact.
    """
    kind, change = parties.get(party).kind, now.get(party, 0) - before.get(party, 0)
    if baseline in (Baseline.WIRES, Baseline.SHEETS):
        return change, change
    if kind is PartyKind.BUCKET and any(
        _may_be_among_the_others(code, parties) and not before.get(code) for code in now
    ):
        return change, change + before.get(party, 0)
    if before.get(party) or not _may_be_among_the_others(party, parties):
        return change, change
    others = sum(
        seats for code, seats in before.items() if parties.get(code).kind is PartyKind.BUCKET
    )
    return change - others, change


def _may_be_among_the_others(party: str, parties: Parties) -> bool:
    """Whether tables of seats before count a party among the others."""
    kind = parties.get(party).kind
    return kind is PartyKind.LOCAL or (kind is PartyKind.PARTY and party not in COLUMNS)


def inexact_parties(standings: Iterable[CouncilStanding], parties: Parties) -> frozenset[str]:
    """Return the parties whose net seats are not known exactly, by `change_range`."""
    return frozenset(
        party
        for one in standings
        if one.declared is not None
        for party, change in (one.declared.counted_changes or {}).items()
        if change_range(one, party, change, parties) != (change, change)
    )


def night_facts(standings: Iterable[CouncilStanding], almanac: Almanac) -> list[Fact]:
    """Return the night's biggest gains and losses of seats by one party, and its clean sweeps.

    Equal changes are all included. Each baseline has its own, the one with most councils first.
    What could not be compared follows.
    """
    declared = [(one, one.declared) for one in standings if one.declared is not None]
    moves = [move for one, result in declared for move in _seat_moves(one, result, almanac.parties)]
    found: list[Fact] = []
    unclear: list[SeatMove] = []
    for baseline in _common_baselines(declared):
        counted = [move for move in moves if move.baseline == baseline]
        gains = [move for move in counted if move.change > 0]
        losses = [move for move in counted if move.up_to < 0]
        best = max((move.change for move in gains), default=0)
        worst = min((move.change for move in losses), default=0)
        level = [move for move in (*gains, *losses) if move.change in (best, worst)]
        level.sort(key=lambda move: (move.change < 0, move.council, move.party))
        found += level
        unclear += [
            move
            for move in counted
            if move.change < best < move.up_to or move.change < worst < move.up_to
        ]
    used = _common_baselines(declared)
    otherwise = sum(
        result.counted_changes is not None and result.baseline.family not in used
        for _, result in declared
    )
    without = sum(result.counted_changes is None for _, result in declared)
    if found and (without or unclear or otherwise):
        found.append(NotCompared("", FactBasis.RESULT, 0, without, tuple(unclear), otherwise))
    sweeps = [
        sweep
        for one, result in declared
        if (sweep := sweep_of(one, result, almanac.parties)) and sweep.whole_council
    ]
    return found + sorted(sweeps, key=lambda sweep: (-sweep.seats, sweep.council))


def _common_baselines(declared: Sequence[tuple[CouncilStanding, Declared]]) -> list[Baseline]:
    """Return the baselines that changes are counted from, the most common first.

    Those of only a few councils are left out, since a change there is not the night's biggest.
    """
    used = [result.baseline.family for _, result in declared if result.counted_changes is not None]
    ranked = sorted(dict.fromkeys(used), key=lambda one: -used.count(one))
    return [one for one in ranked if _RARE_FACTOR * used.count(one) >= used.count(ranked[0])]


def _seat_moves(standing: CouncilStanding, declared: Declared, parties: Parties) -> list[SeatMove]:
    """Return each party's change of seats; none for a first election."""
    held = standing.held
    resized = held is not None and 0 < held.total != declared.now.total
    found = []
    for party, change in (declared.counted_changes or {}).items():
        if change and parties.get(party).is_one_party:
            least, most = change_range(standing, party, change, parties)
            found.append(
                SeatMove(
                    standing.council.code,
                    FactBasis.RESULT,
                    0,
                    party,
                    least,
                    most,
                    declared.baseline.family,
                    standing.boundary_change or resized,
                )
            )
    return found
