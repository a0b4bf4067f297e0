"""How loudly a destination is told: quiet hours, silent posts, pings, joined posts and spoilers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.election.calm import USUAL, Calm
from bot.store.codec import Row, exists, insert, read, row, row_of, rows, value
from bot.store.journal import Entry


class Gathered(StrEnum):
    """Why a delivery is held back for a list with others."""

    MORNING = "morning"
    """The destination's quiet hours."""
    TOGETHER = "together"
    """Others of the same minutes."""


@dataclass(frozen=True, slots=True)
class CalmSet(Entry, kind="calm-set"):
    """How loudly a destination is told from now on.

    `ends` is when what is held for the morning is due by the new quiet hours.
    """

    destination: int
    guild_id: int | None
    calm: Calm
    ends: datetime

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it, and when what is held is due."""
        known = {"id": self.destination, "guild_id": self.guild_id}
        insert(db, "destinations", known, then="ON CONFLICT DO NOTHING")
        chosen = row_of(self.calm)
        there = {"destination": self.destination, "guild_id": self.guild_id, **chosen}
        names = ", ".join(f"{name} = excluded.{name}" for name in chosen)
        insert(db, "calm", there, then=f"ON CONFLICT (destination) DO UPDATE SET {names}")
        db.execute(
            "UPDATE deliveries SET held_until = ? "
            "WHERE destination = ? AND state = 'held' AND gathered = ?",
            (as_utc(self.ends), self.destination, Gathered.MORNING.value),
        )


@dataclass(frozen=True, slots=True)
class HeldReleased(Entry, kind="held-released"):
    """What was held for a destination until some moment, by their ids, is told now in a list."""

    destination: int
    deliveries: tuple[int, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Let them wait for their turn."""
        db.executemany(
            "UPDATE deliveries SET state = 'waiting' WHERE id = ? AND state = 'held'",
            [(number,) for number in self.deliveries],
        )


def calm_of(db: sqlite3.Connection, destination: int) -> Calm:
    """Return how loudly a destination is told."""
    found = row(db, "SELECT * FROM calm WHERE destination = ?", destination)
    return USUAL if found is None else read(Calm, found)


def has_chosen(db: sqlite3.Connection, destination: int) -> bool:
    """Return whether a destination has settings of its own."""
    return exists(db, "SELECT 1 FROM calm WHERE destination = ?", destination)


def told_at(db: sqlite3.Connection, destination: int) -> datetime | None:
    """Return when a destination with settings was told last, or is to be told by a list."""
    found = value(db, "SELECT told_at FROM calm WHERE destination = ?", destination)
    return datetime.fromisoformat(found) if found else None


def note_told(db: sqlite3.Connection, told: Iterable[tuple[int, datetime]]) -> None:
    """Write when destinations are told, those that have settings."""
    db.executemany(
        "UPDATE calm SET told_at = max(coalesce(told_at, ''), ?) WHERE destination = ?",
        [(as_utc(at), destination) for destination, at in told],
    )


def as_utc(at: datetime) -> str:
    """Return a moment as text that sorts as moments do, whatever the time zone was."""
    return at.astimezone(UTC).isoformat()


def list_due(db: sqlite3.Connection, destination: int) -> datetime | None:
    """Return when the list is due that gathers for a destination, None if none does."""
    found = value(
        db,
        "SELECT MIN(held_until) FROM deliveries "
        "WHERE destination = ? AND state = 'held' AND gathered = ?",
        destination,
        Gathered.TOGETHER.value,
    )
    return datetime.fromisoformat(found) if found else None


def held_due(db: sqlite3.Connection, at: datetime, limit: int) -> list[Row]:
    """Return all that is held and due at a moment for the next few destinations, by destination.

    The first *limit* that are due say which: so a destination's list is never told in two parts.
    """
    return rows(
        db,
        """
        SELECT destination, guild_id, id, urgency FROM deliveries
        WHERE state = 'held' AND held_until <= :at AND destination IN (
            SELECT destination FROM deliveries
            WHERE state = 'held' AND held_until <= :at ORDER BY held_until LIMIT :limit
        )
        ORDER BY destination, id
        """,
        at=as_utc(at),
        limit=limit,
    )


def next_due(db: sqlite3.Connection) -> datetime | None:
    """Return when the next held delivery is due, None if none is held."""
    found = value(db, "SELECT MIN(held_until) FROM deliveries WHERE state = 'held'")
    return datetime.fromisoformat(found) if found else None


def gathered_of(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return what waits for a destination and is to be told in a list, the morning's first."""
    return rows(
        db,
        """
        SELECT * FROM deliveries
        WHERE destination = ? AND state = 'waiting' AND gathered IS NOT NULL AND NOT late
          AND NOT alone
        ORDER BY gathered, urgency, id
        """,
        destination,
    )
