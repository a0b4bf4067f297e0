"""Pausing: a destination that refuses gets nothing until it is resumed, and loses nothing.

What is due meanwhile waits. When the destination is resumed, what has become old is marked as
*late*: it is told in one digest, the rest as it is.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlite_utils import Database

from bot.store.edits import want_truth
from bot.store.journal import Entry
from bot.store.writer import Transaction

Row = sqlite3.Row

LATE = timedelta(minutes=15)
"""What has waited for longer, of the night's time, is told in a digest."""


@dataclass(frozen=True, slots=True)
class DestinationPaused(Entry):
    """A destination refuses: nothing is sent to it until it is resumed."""

    kind: ClassVar[str] = "destination-paused"
    destination: int
    reason: str

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Mark the destination; what a waiting correction corrects is edited meanwhile."""
        unsent = "new.destination = ? AND new.state IN ('waiting', 'sealed')"
        want_truth(db, unsent, self.destination)
        db.conn.execute(
            "UPDATE destinations SET paused_at = ?, reason = ? WHERE id = ?",
            (at.isoformat(), self.reason, self.destination),
        )


@dataclass(frozen=True, slots=True)
class DestinationResumed(Entry):
    """A destination is tried again from now on; `late` are the deliveries for a digest."""

    kind: ClassVar[str] = "destination-resumed"
    destination: int
    late: tuple[int, ...] = ()

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Take the mark away; edits that failed are wanted again."""
        db.conn.execute(
            "UPDATE destinations SET paused_at = NULL, reason = NULL, resumed = ? WHERE id = ?",
            (seq, self.destination),
        )
        db.conn.execute(
            "UPDATE deliveries SET late = 1 WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(self.late),),
        )
        db.conn.execute(
            "UPDATE edits SET wanted = wanted + 1, reason = NULL "
            "WHERE destination = ? AND reason IS NOT NULL",
            (self.destination,),
        )


@dataclass(frozen=True, slots=True)
class PostReturned(Entry):
    """A sealed post never arrived and is not sent any more: its deliveries wait again."""

    kind: ClassVar[str] = "post-returned"
    post: int

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Part the post from its deliveries."""
        db.conn.execute("UPDATE posts SET state = 'returned' WHERE id = ?", (self.post,))
        db.conn.execute(
            "UPDATE deliveries SET state = 'waiting', post_id = NULL, position = NULL "
            "WHERE post_id = ?",
            (self.post,),
        )


def pause(tx: Transaction, destination: int, reason: str, at: datetime) -> bool:
    """Pause a destination; return False where it is paused already, or not known."""
    row = destination_row(tx.db.conn, destination)
    if row is None or row["paused_at"] is not None:
        return False
    tx.append(DestinationPaused(destination, reason), at)
    return True


def resume(tx: Transaction, destination: int, at: datetime) -> bool:
    """Resume a destination; return False where it is not paused."""
    row = destination_row(tx.db.conn, destination)
    if row is None or row["paused_at"] is None:
        return False
    waited = tx.rows(
        "SELECT id, queued_at FROM deliveries WHERE destination = ? AND subject = 'claim' "
        "AND state IN ('waiting', 'sealed') ORDER BY id",
        (destination,),
    )
    late = [one["id"] for one in waited if datetime.fromisoformat(one["queued_at"]) < at - LATE]
    tx.append(DestinationResumed(destination, tuple(late)), at)
    return True


def destination_row(db: sqlite3.Connection, number: int) -> Row | None:
    """Return what is known of a destination."""
    row: Row | None = db.execute("SELECT * FROM destinations WHERE id = ?", (number,)).fetchone()
    return row


def is_paused(db: sqlite3.Connection, destination: int) -> bool:
    """Return whether a destination is paused."""
    row = destination_row(db, destination)
    return row is not None and row["paused_at"] is not None


def resumed_after(db: sqlite3.Connection, seq: int) -> list[tuple[int, int]]:
    """Return the numbers of resumptions after the journal's *seq*, each with its destination."""
    found = db.execute(
        "SELECT resumed, id FROM destinations WHERE resumed > ? ORDER BY resumed", (seq,)
    )
    return [(number, destination) for number, destination in found]


def last_resumption(db: sqlite3.Connection) -> int:
    """Return the number of the last resumption, 0 without any."""
    (last,) = db.execute("SELECT COALESCE(MAX(resumed), 0) FROM destinations").fetchone()
    return int(last)


def late_of(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return what waits for a destination and is to be told in a digest, in order."""
    return db.execute(
        "SELECT * FROM deliveries WHERE destination = ? AND state = 'waiting' AND late ORDER BY id",
        (destination,),
    ).fetchall()
