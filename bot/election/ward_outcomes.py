"""The outcome of a ward: who won, seats held and gained, at which count each was elected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.election.councils import Council
from bot.election.parties import INDEPENDENT, Parties, PartyKind
from bot.election.reports import BallotReport, Candidate, WardReport
from bot.election.seats import Composition
from bot.election.stv import Course, courses, quota

_TRANSFERABLE = frozenset({"Scotland", "Northern Ireland"})


@dataclass(frozen=True, slots=True)
class SeatsGained:
    """Seats that a party has gained; `source` is the party that lost them, None if unclear."""

    party: str
    seats: int
    source: str | None


@dataclass(frozen=True, slots=True)
class SeatOutcome:
    """The seats of a ward or constituency compared with when it was last contested.

    `lost` is given only if `gained` does not say from whom.
    """

    gained: tuple[SeatsGained, ...]
    held: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, int], ...] = ()


def seat_outcome(won: Composition, previous: Composition | None) -> SeatOutcome | None:
    """Return the outcome of the seats; None if their number has changed or nothing is known.

    With one loser, or one gainer, it is clear who gained from whom; with several of both it is not.
    """
    if not previous or won.total != previous.total:
        return None
    held = tuple((code, min(now, previous[code])) for code, now in won.items() if code in previous)
    changes = won.changes_from(previous)
    gainers = [(code, change) for code, change in changes.items() if change > 0]
    losers = [(code, -change) for code, change in changes.items() if change < 0]
    if len(losers) == 1:
        gained = [SeatsGained(code, seats, losers[0][0]) for code, seats in gainers]
    elif len(gainers) == 1:
        gained = [SeatsGained(gainers[0][0], seats, code) for code, seats in losers]
    else:
        gained = [SeatsGained(code, seats, None) for code, seats in gainers]
        return SeatOutcome(tuple(gained), held, tuple(losers))
    return SeatOutcome(tuple(gained), held)


def ward_outcome(
    report: WardReport, previous: Composition | None, parties: Parties
) -> SeatOutcome | None:
    """Return the outcome of a ward's seats, None until all have their winners.

    None too where a local party may have held its seats before among independents and others, or
    now hold them so: one source names it, the other does not.
    """
    if not report.declared or report.by_election or report.cancelled:
        return None
    won, before = winners_by_party([report], parties), previous or Composition()
    for ours, theirs in ((won, before), (before, won)):
        local = (code for code in ours if code != INDEPENDENT and code not in theirs)
        if theirs.get(INDEPENDENT) and any(may_be_same(c, INDEPENDENT, parties) for c in local):
            return None
    return seat_outcome(won, previous)


def winners_by_party(reports: Iterable[BallotReport], parties: Parties) -> Composition:
    """Return the number of winners of each party in several ballots."""
    return Composition(
        (parties.resolve(one.party).code, 1)
        for report in reports
        for one in report.winners
        if one.party is not None
    )


def same_winners(one: WardReport, other: WardReport, parties: Parties) -> bool:
    """Whether two reports on a ward name winners of the same parties.

    A local party's winner may be an independent in one of them; that counts as the same.
    """
    first, second = (Counter(winners_by_party([ward], parties)) for ward in (one, other))
    ours, theirs = first - second, second - first
    if ours.total() != theirs.total():
        return False
    return all(may_be_same(here, there, parties) for here in ours for there in theirs)


def may_be_same(one: str, other: str, parties: Parties) -> bool:
    """Whether one of two codes is the bucket and the other is not a national party."""
    codes = {one, other}
    if INDEPENDENT not in codes:
        return False
    return all(parties.get(code).kind is not PartyKind.PARTY for code in codes)


def is_transferable(council: Council) -> bool:
    """Whether a council is elected by single transferable vote.

    Local Governance (Scotland) Act 2004; Electoral Law Act (Northern Ireland) 1962 as amended.
    """
    return council.nation in _TRANSFERABLE


def told_courses(
    candidates: Sequence[Candidate], seats: int, valid: int | None = None
) -> tuple[Course, ...]:
    """Return how each candidate in a single transferable vote fared, as far as is known.

    As `courses`, but if only first preferences are known, `elected_at` is None for those who did
    not reach the quota with them.
    """
    found = courses(candidates, seats, valid)
    if any(len(one.votes) > 1 for one in found):
        return found
    first = [int(one.votes[0] or 0) for one in found if one.votes]
    needed = quota(valid or sum(first), seats)
    return tuple(
        one if one.votes and (one.votes[0] or 0) >= needed else replace(one, elected_at=None)
        for one in found
    )
