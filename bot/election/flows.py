"""Who took what from whom: councils and seats that went from one holder to another.

Only what is clear is counted. Where several parties lost and several gained in one ward, nobody can
say who took which seat from whom, and the ward is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.election.almanac import Almanac
from bot.election.parties import VACANT, Parties
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared
from bot.election.superlatives import change_range
from bot.election.ward_outcomes import SeatsGained, may_be_same, seat_outcome


class Counted(StrEnum):
    """What a flow was counted over."""

    CONTROL = "control of councils"
    WARDS = "wards"
    COUNCILS = "councils"
    """Seats, by the net changes of whole councils: where nothing is known of wards before."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one holder took from another; None is no overall control."""

    source: str | None
    target: str | None
    many: int

    @property
    def pair(self) -> tuple[str | None, str | None]:
        """Who lost and who gained."""
        return self.source, self.target


@dataclass(frozen=True, slots=True)
class Flows:
    """The flows, the largest first, of `known` wards or councils `of` those that have declared."""

    moves: tuple[Flow, ...]
    counted: Counted
    known: int
    of: int

    @property
    def total(self) -> int:
        """All that has moved."""
        return sum(flow.many for flow in self.moves)


def council_flows(standings: Iterable[CouncilStanding]) -> Flows:
    """Return which holders took councils from which.

    First elections, and councils of which it is not known who controlled them before, are not among
    the known.
    """
    moved: Counter[tuple[str | None, str | None]] = Counter()
    known = declared = 0
    for one in standings:
        if one.declared is None:
            continue
        declared += 1
        if one.before is None or one.new_council:
            continue
        known += 1
        if one.declared.outcome.changes_hands:
            moved[one.before.holder, one.declared.after.holder] += 1
    return _flows(moved, Counted.CONTROL, known, declared)


def seat_flows(standings: Iterable[CouncilStanding], almanac: Almanac) -> Flows:
    """Return which parties took seats from which, over the councils that have declared.

    Seats are followed ward by ward, where it is known who held them when they were last contested
    on the same boundaries; on a night where that is known of no ward, council by council.
    """
    everyone = [(one, one.declared) for one in standings if one.declared is not None]
    moved: Counter[tuple[str | None, str | None]] = Counter()
    known = wards = 0
    for one, _ in everyone:
        seats = almanac.night(one.night).wards.get(one.council.code, ())
        before = {seat.key: seat.previous for seat in seats}
        for ward in one.wards:
            if not ward.declared or ward.by_election or not ward.counts_tonight:
                continue
            wards += 1
            gained = _clear(ward.won, before.get(ward.ballot_id), almanac.parties)
            if gained is not None:
                known += 1
                _add(moved, gained)
    if known:
        return _flows(moved, Counted.WARDS, known, wards)
    for one, declared in everyone:
        gained = _clear(declared.now, _before(one, declared, almanac.parties), almanac.parties)
        if gained is not None:
            known += 1
            _add(moved, gained)
    return _flows(moved, Counted.COUNCILS, known, len(everyone))


def _clear(
    won: Composition, before: Composition | None, parties: Parties
) -> tuple[SeatsGained, ...] | None:
    """Return the seats gained and from whom, None where that is not clear."""
    outcome = seat_outcome(won, before)
    if outcome is None:
        return None
    for one in outcome.gained:
        if one.source is None or VACANT in (one.source, one.party):
            return None
        if may_be_same(one.source, one.party, parties):
            return None  # the same people under another name
    return outcome.gained


def _before(standing: CouncilStanding, declared: Declared, parties: Parties) -> Composition | None:
    """Return a council's seats before, None unless every party's change is known exactly."""
    changes: Mapping[str, int] | None = declared.counted_changes
    if changes is None or standing.boundary_change:
        return None
    for code, change in changes.items():
        if change_range(standing, code, change, parties) != (change, change):
            return None
    before = {
        code: declared.now.get(code, 0) - changes.get(code, 0) for code in {*declared.now, *changes}
    }
    if min(before.values(), default=0) < 0:
        return None
    return Composition(before.items())


def _add(moved: Counter[tuple[str | None, str | None]], gained: Iterable[SeatsGained]) -> None:
    for one in gained:
        moved[one.source, one.party] += one.seats


def _flows(
    moved: Counter[tuple[str | None, str | None]], counted: Counted, known: int, of: int
) -> Flows:
    # Of as many, what one party took from another comes first.
    ranked = sorted(
        moved.items(),
        key=lambda item: (-item[1], None in item[0], item[0][0] or "", item[0][1] or ""),
    )
    moves = tuple(Flow(source, target, many) for (source, target), many in ranked)
    return Flows(moves, counted, known, of)
