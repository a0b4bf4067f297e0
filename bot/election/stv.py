"""The single transferable vote: the quota, and the counts at which candidates came in and went out.

Source of the rules: Scottish Local Government Elections Order 2011, schedule 1, rules 46 to 52; the
Assembly's are alike (Northern Ireland Assembly (Elections) Order 2001, schedule 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.reports import Candidate


@dataclass(frozen=True, slots=True)
class Course:
    """How one candidate fared: counts are numbered from 1, None where it is not known or not so."""

    name: str
    votes: tuple[int | float | None, ...]
    elected: bool | None
    elected_at: int | None
    excluded_at: int | None


def quota(valid: int, seats: int) -> int:
    """Return the votes that elect (Droop's quota): the least that only *seats* can reach."""
    if seats < 1:
        raise ValueError("a contest fills one seat at least")
    return valid // (seats + 1) + 1


def courses(
    candidates: Sequence[Candidate], seats: int, valid: int | None = None
) -> tuple[Course, ...]:
    """Return how each candidate fared, in the order given.

    Who reaches the quota is elected at that count. Who is elected without it was elected at the
    last count, when as many were left as there was to fill. Who has no votes at the next count
    was excluded. *valid* is the number of valid papers, without it the sum of the first
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
