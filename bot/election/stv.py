"""The single transferable vote: the quota, and when candidates were elected or excluded.

Source of the rules: Scottish Local Government Elections Order 2011, schedule 1, rules 46 to 52. The
Assembly's are similar (Northern Ireland Assembly (Elections) Order 2001, schedule 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.reports import Candidate


@dataclass(frozen=True, slots=True)
class Course:
    """How one candidate fared. Counts are numbered from 1, None if unknown or not applicable."""

    name: str
    votes: tuple[int | float | None, ...]
    elected: bool | None
    elected_at: int | None
    excluded_at: int | None


def quota(valid: int, seats: int) -> int:
    """Return the Droop quota: the least number of votes that only *seats* candidates can reach."""
    if seats < 1:
        raise ValueError("a contest fills one seat at least")
    return valid // (seats + 1) + 1


def courses(
    candidates: Sequence[Candidate], seats: int, valid: int | None = None
) -> tuple[Course, ...]:
    """Return how each candidate fared, in the order given.

    A candidate who reaches the quota is elected at that count. One elected without it was elected
    at the last count, when no more candidates than seats were left. One without votes at the next
    count was excluded. *valid* is the number of valid papers, by default the sum of the first
    preferences.
    """
    counts = max((len(one.votes) for one in candidates), default=0)
    first = [one.votes[0] for one in candidates if one.votes]
    if not counts or any(one is None for one in first):
        return tuple(Course(one.name, one.votes, one.elected, None, None) for one in candidates)
    needed = quota(valid or int(sum(one or 0 for one in first)), seats)
    return tuple(_course(one, counts, needed) for one in candidates)


def _course(one: Candidate, counts: int, needed: int) -> Course:
    elected_at = excluded_at = None
    if one.elected:
        reached = (place for place, held in enumerate(one.votes, 1) if (held or 0) >= needed)
        elected_at = next(reached, counts)
    else:
        after = [place for place, held in enumerate(one.votes, 1) if held]
        if after and after[-1] < counts:
            excluded_at = after[-1]
    return Course(one.name, one.votes, one.elected, elected_at, excluded_at)
