"""Debounce: a flapping claim is told again only once it has settled.

The first declaration, the first change and the desk's rulings are told at once. Those who have seen
nothing are told at once what holds. Only those who saw another version wait.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.clock import is_within
from bot.election.claims import ClaimState
from bot.store import desk, outbox
from bot.store.codec import Row

FLAPPING_WITHIN = timedelta(minutes=10)
"""A second change within this simulated time is not told yet: probably two sources, or a feed and
its correction, disagree."""
DEBOUNCE = timedelta(minutes=5)
"""Time for a few polls of the slowest feed, and for the desk. A destination therefore hears of a
flapping claim at most once in five minutes."""

_FIRST_THAT_CAN_FLAP = 3


def is_flapping(db: sqlite3.Connection, claim: Row) -> bool:
    """Return whether those who were told another version have to wait for this one.

    A version that completes the one before changes nothing that was said: it waits if that did, and
    is no change that the next would be the second to.
    """
    versions = outbox.claim_versions(db, claim["night"], claim["council"])[: claim["version"]]
    changes = [one for one in versions if one["state"] != ClaimState.COMPLETED]
    if len(changes) < _FIRST_THAT_CAN_FLAP or is_the_desks(db, claim):
        return False
    *_, before, last = changes
    return is_within(_made_at(last) - _made_at(before), FLAPPING_WITHIN)


def is_the_desks(db: sqlite3.Connection, claim: Row) -> bool:
    """Return whether the desk made a version, also by undoing something."""
    return bool(claim["by_desk"]) or desk.action(db, claim["outbox"] - 1) is not None


def settles_at(claim: Row) -> datetime:
    """Return when a flapping claim's version is told if no newer one follows."""
    return _made_at(claim) + DEBOUNCE


def settled_flapping(db: sqlite3.Connection, at: datetime) -> list[Row]:
    """Return the flapping versions that have settled, or that a newer one replaced."""
    return [
        row
        for row in outbox.debounced(db)
        if row["outdated"] or not is_within(at - _made_at(row), DEBOUNCE)
    ]


def _made_at(claim: Row) -> datetime:
    return datetime.fromisoformat(claim["made_at"])
