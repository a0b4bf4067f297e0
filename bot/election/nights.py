"""Which night is followed, and when a night is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from bot.election.almanac import LONDON

COUNTED_FOR = timedelta(days=7)
"""How long after polling day a night lasts, for late counts, recounts and corrections."""


def is_past(night: date, now: datetime) -> bool:
    """Whether a night is over at *now*."""
    return now.astimezone(LONDON).date() >= night + COUNTED_FOR


def night_followed(
    known: Collection[date],
    in_force: Iterable[date],
    now: datetime,
    prepared: Iterable[date] = (),
) -> date | None:
    """Return the night that is followed if no setting names one, or None if there is none.

    Of the nights that the operator has *prepared* it is the one running at *now* (of two, as with
    polls on a Tuesday and a Thursday, the one begun last), or else the next. If there is none
    ahead, it is the running or next one of those *known* from any table and those with reports
    *in force*. If all are over, it is the latest one with reports, or else the latest in the
    tables.
    """
    with_reports = set(in_force)
    ahead = [night for night in prepared if not is_past(night, now)]
    if begun := [night for night in ahead if night <= now.astimezone(LONDON).date()]:
        return max(begun)
    ahead = ahead or [night for night in {*known, *with_reports} if not is_past(night, now)]
    if ahead:
        return min(ahead)
    return max(with_reports or known, default=None)
