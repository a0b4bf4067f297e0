"""Flapping: a claim that changes again and again is told again when it has been still.

The first declaration, the first change and the desk's word are told at once; so is, to those who
have seen nothing yet, whatever holds now. Only who saw another version waits for the last word.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.clock import is_within
from bot.store import desk, outbox
from bot.store.codec import Row

FLAPPING_WITHIN = timedelta(minutes=10)
"""A second change within this time of the night is no news yet: two sources, or a feed and its
correction, are likely to be at odds."""
DEBOUNCE = timedelta(minutes=5)
"""Some looks of the slowest feed, and time for the desk to speak. A destination so hears of a
restless council once in five minutes at most."""

_FIRST_THAT_CAN_FLAP = 3


def is_flapping(db: sqlite3.Connection, claim: Row) -> bool:
    """Return whether those who saw another version are not told of this one yet."""
    if claim["version"] < _FIRST_THAT_CAN_FLAP or is_the_desks(db, claim):
        return False
    before = outbox.claim_version(db, claim["night"], claim["council"], claim["version"] - 1)
    return before is not None and is_within(_made_at(claim) - _made_at(before), FLAPPING_WITHIN)


def is_the_desks(db: sqlite3.Connection, claim: Row) -> bool:
    """Return whether the desk made a version, if only by taking something back."""
    return bool(claim["by_desk"]) or desk.action(db, claim["outbox"] - 1) is not None


def settles_at(claim: Row) -> datetime:
    """Return when a restless claim's version is told if it stays the last."""
    return _made_at(claim) + DEBOUNCE


def settled_flapping(db: sqlite3.Connection, at: datetime) -> list[Row]:
    """Return the restless versions that have been still for long enough, or are not the last."""
    return [
        row
        for row in outbox.debounced(db)
        if row["outdated"] or not is_within(at - _made_at(row), DEBOUNCE)
    ]


def _made_at(claim: Row) -> datetime:
    return datetime.fromisoformat(claim["made_at"])
