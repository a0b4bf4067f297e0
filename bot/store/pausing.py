"""Pausing: a destination that refuses gets nothing until it is resumed, and loses nothing.

What is due meanwhile waits. When the destination is resumed, what has become old is marked as
*late*: it is told in one digest, the rest as it is.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import service_notices
from bot.store.deliveries import next_delivery_id
from bot.store.edits import request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.service_notices import DeskChannel, NoticeTarget
from bot.store.writer import Transaction

Row = sqlite3.Row

LATE = timedelta(minutes=15)
"""What has waited for longer, of the night's time, is told in a digest."""


@dataclass(frozen=True, slots=True)
class DestinationPaused(Entry, kind="destination-paused"):
    """A destination refuses: nothing is sent to it until it is resumed.

    `tell` is who is told of it, `desk` the channel that is told what the destination was to be
    told of others. `again`: it was only tried whether it takes anything, which is no new pause.
    `by_trial`: no look at a channel shows what it refuses, only another try.
    """

    destination: int
    reason: str
    again: bool = False
    tell: NoticeTarget | None = None
    desk: DeskChannel | None = None
    by_trial: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the destination; what a waiting correction corrects is edited meanwhile."""
        if self.desk is not None:
            service_notices.move(db, self.destination, self.desk)
        unsent = "new.destination = ? AND new.state IN ('waiting', 'sealed')"
        request_edits_of_same_claims(db, unsent, self.destination)
        db.execute(
            "UPDATE destinations SET paused_at = ?, reason = ?, trial = 0, by_trial = ?, "
            "pause = iif(?, pause, ?) WHERE id = ?",
            (at.isoformat(), self.reason, self.by_trial, self.again, seq, self.destination),
        )
        service_notices.tell(db, self.tell, seq, at)


@dataclass(frozen=True, slots=True)
class DestinationResumed(Entry, kind="destination-resumed"):
    """A destination is tried again from now on; `late` are the deliveries for a digest.

    `trial`: nothing but sending can show whether it takes anything.
    """

    destination: int
    late: tuple[int, ...] = ()
    trial: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Take the mark away; edits that failed are wanted again."""
        db.execute(
            "UPDATE destinations SET paused_at = NULL, reason = NULL, resumed = ?, trial = ? "
            "WHERE id = ?",
            (seq, self.trial, self.destination),
        )
        if not self.trial:
            _say_that_it_goes_on(db, self.destination)
        db.execute(
            "UPDATE deliveries SET late = 1 WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(self.late),),
        )
        db.execute(
            "UPDATE edits SET wanted = wanted + 1, reason = NULL "
            "WHERE destination = ? AND reason IS NOT NULL",
            (self.destination,),
        )


@dataclass(frozen=True, slots=True)
class PostReturned(Entry, kind="post-returned"):
    """A sealed post never arrived and is not sent any more: its deliveries wait again.

    `alone`: each for a message of its own, as Discord does not take all of them together.
    `replaced` are those that do not hold any more: what holds is told in their place, and
    corrects nothing.
    """

    post: int
    alone: bool = False
    replaced: tuple[int, ...] = ()

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Part the post from its deliveries."""
        db.execute("UPDATE posts SET state = 'returned' WHERE id = ?", (self.post,))
        db.execute(
            "UPDATE deliveries SET state = 'replaced', post_id = NULL, position = NULL "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(self.replaced),),
        )
        db.execute(
            "UPDATE deliveries SET kind = 'alert', corrects = NULL WHERE kind = 'correction' "
            "AND state = 'waiting' AND corrects IN (SELECT id FROM deliveries "
            "WHERE corrects IS NULL AND id IN (SELECT value FROM json_each(?)))",
            (json.dumps(self.replaced),),
        )
        db.execute(
            "UPDATE deliveries SET state = 'waiting', post_id = NULL, position = NULL, alone = ? "
            "WHERE post_id = ?",
            (self.alone, self.post),
        )


def pause(
    tx: Transaction,
    destination: int,
    reason: str,
    at: datetime,
    *,
    desk: DeskChannel | None = None,
    by_trial: bool = False,
) -> bool:
    """Pause a destination; return False where it is paused already, or not known.

    Who subscribed it is told once, or else the *desk*. *by_trial*: only another try can show
    whether it takes anything again.
    """
    db = tx.db.conn
    row = destination_row(db, destination)
    if row is None or row["paused_at"] is not None:
        return False
    if desk is not None and desk.destination == destination:
        desk = None
    again, told = bool(row["trial"]), None
    keeper = service_notices.subscriber_of(db, destination)
    if not again and keeper is not None:
        told = notice_target(db, None if row["guild_id"] is None else keeper, desk)
    tx.append(DestinationPaused(destination, reason, again, told, desk, by_trial), at)
    return True


def notice_target(
    db: sqlite3.Connection, person: int | None, desk: DeskChannel | None
) -> NoticeTarget | None:
    """Return where a trouble is told: to a *person*, or to the desk if they cannot be reached."""
    number = next_delivery_id(db)
    if person is not None and not is_paused(db, person):
        return NoticeTarget(number, person, None)
    return None if desk is None else NoticeTarget(number, desk.destination, desk.guild_id)


def resume(tx: Transaction, destination: int, at: datetime, *, trial: bool = False) -> bool:
    """Resume a destination, on *trial* if only sending can tell; False where it is not paused."""
    row = destination_row(tx.db.conn, destination)
    if row is None or row["paused_at"] is None:
        return False
    waited = tx.rows(
        "SELECT id, queued_at FROM deliveries WHERE destination = ? AND subject = 'claim' "
        "AND state IN ('waiting', 'sealed') ORDER BY id",
        (destination,),
    )
    late = [one["id"] for one in waited if datetime.fromisoformat(one["queued_at"]) < at - LATE]
    tx.append(DestinationResumed(destination, tuple(late), trial), at)
    return True


def end_trial(db: sqlite3.Connection, destination: int) -> None:
    """Let a destination that was resumed on trial go on: it has taken something."""
    found = db.execute(
        "UPDATE destinations SET trial = 0 WHERE id = ? AND trial RETURNING id", (destination,)
    ).fetchall()
    if found:
        _say_that_it_goes_on(db, destination)


def _say_that_it_goes_on(db: sqlite3.Connection, destination: int) -> None:
    (number,) = db.execute(
        "SELECT pause FROM destinations WHERE id = ?", (destination,)
    ).fetchone() or (None,)
    service_notices.ended(db, number)


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


def paused_places(db: sqlite3.Connection) -> list[Row]:
    """Return the paused destinations: `id`, `guild_id`, `by_trial`, and whether it `waits`."""
    return db.execute(
        """
        SELECT id, guild_id, by_trial, EXISTS (
            SELECT 1 FROM deliveries WHERE destination = d.id AND state = 'waiting'
        ) OR EXISTS (
            SELECT 1 FROM posts WHERE destination = d.id AND state = 'sealed'
        ) AS waits
        FROM destinations AS d WHERE paused_at IS NOT NULL ORDER BY id
        """
    ).fetchall()


def has_paused(db: sqlite3.Connection, guild: int) -> bool:
    """Return whether a guild has a channel or a board that is paused."""
    (found,) = db.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM destinations WHERE guild_id = :guild AND paused_at IS NOT NULL
        ) OR EXISTS (
            SELECT 1 FROM boards WHERE guild_id = :guild AND paused IS NOT NULL AND NOT ended
        )
        """,
        {"guild": guild},
    ).fetchone()
    return bool(found)


def late_of(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return what waits for a destination and is to be told in a digest, in order."""
    return db.execute(
        "SELECT * FROM deliveries WHERE destination = ? AND state = 'waiting' AND late ORDER BY id",
        (destination,),
    ).fetchall()
