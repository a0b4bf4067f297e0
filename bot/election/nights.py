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
    prepared: Collection[date], in_force: Iterable[date], now: datetime
) -> date | None:
    """Return the night that is followed if no setting names one, or None if there is none.

    Of the nights *prepared* in tables it is the one running at *now*, or else the next; if all of
    them are over, it is the running or next one of those with reports *in force*. If these are over
    too, it is the latest one with reports, or else the latest in the tables.
    """
    with_reports = set(in_force)
    for nights in (prepared, with_reports):
        if ahead := [night for night in nights if not is_past(night, now)]:
            return min(ahead)
    return max(with_reports or prepared, default=None)
