"""Which night is followed, and when one belongs to the past."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from bot.election.almanac import LONDON

COUNTED_FOR = timedelta(days=7)
"""How long after polling day a night goes on: the last counts, recounts and corrections."""


def is_past(night: date, now: datetime) -> bool:
    """Tell whether a night is over and what is known of it is history at *now*."""
    return now.astimezone(LONDON).date() >= night + COUNTED_FOR


def night_followed(
    prepared: Collection[date], in_force: Iterable[date], now: datetime
) -> date | None:
    """Return the night that questions are answered for where no setting names it.

    That is the night that is running at *now*, else the next one, of those *prepared* in tables and
    those that reports *in force* are about. Where all of them are past it is the newest that
    something has come in for, else the newest of the tables; None where there is none at all.
    """
    heard = set(in_force)
    ahead = [night for night in {*prepared, *heard} if not is_past(night, now)]
    return min(ahead) if ahead else max(heard or prepared, default=None)
