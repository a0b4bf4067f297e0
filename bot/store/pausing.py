"""Pausing: a destination that refuses gets nothing until it is resumed, and loses nothing.

What is due meanwhile waits. When the destination is resumed, what has become old is marked as
*late*: it is told in one digest, the rest as it is.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.codec import Row, exists, row, rows, stored, update, value
from bot.store.deliveries import next_delivery_id
from bot.store.edits import request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.service_notices import (
    DeskChannel,
    NoticeTarget,
    edit_pause_notices,
    move_to_desk,
    queue_notice,
    subscriber_of,
)
from bot.store.writer import Transaction

LATE = timedelta(minutes=15)
"""What has waited for longer, in simulated time, is told in a digest."""


@dataclass(frozen=True, slots=True)
class DestinationPaused(Entry, kind="destination-paused"):
    """A destination refuses: nothing is sent to it until it is resumed.

    `notice` says who is told of it; `desk` is the channel that gets the service notices which the
    destination was to get. `again`: a trial has failed, which is no new pause. `by_trial`: no look
    at a channel shows what it refuses, only another try.
    """

    destination: int
    reason: str
    again: bool = False
    notice: NoticeTarget | None = None
    desk: DeskChannel | None = None
    by_trial: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the destination; what a waiting correction corrects is edited meanwhile."""
        if self.desk is not None:
            move_to_desk(db, self.destination, self.desk)
        unsent = "new.destination = ? AND new.state IN ('waiting', 'sealed')"
        request_edits_of_same_claims(db, unsent, self.destination)
        marks = {"reason": self.reason, "trial": False, "by_trial": self.by_trial}
        if not self.again:
            marks["pause"] = seq
        update(db, "destinations", {"id": self.destination}, paused_at=at, **marks)
        queue_notice(db, self.notice, seq, at)


@dataclass(frozen=True, slots=True)
class DestinationResumed(Entry, kind="destination-resumed"):
    """A destination is tried again from now on; `late` are the deliveries for a digest.

    `trial`: nothing but sending can show whether it takes anything.
    """

    destination: int
    late: tuple[int, ...] = ()
    trial: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Take the mark away; edits that failed are requested again."""
        marks = {"paused_at": None, "reason": None, "resumed": seq, "trial": self.trial}
        update(db, "destinations", {"id": self.destination}, **marks)
        if not self.trial:
            edit_pause_notices(db, "destinations", self.destination)
        for delivery in self.late:
            update(db, "deliveries", {"id": delivery}, late=True)
        db.execute(
            "UPDATE edits SET requested = requested + 1, reason = NULL "
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
        update(db, "posts", {"id": self.post}, state="returned")
        parted = {"post_id": None, "position": None}
        for replaced in self.replaced:
            update(db, "deliveries", {"id": replaced}, state="replaced", **parted)
        db.execute(
            "UPDATE deliveries SET kind = 'alert', corrects = NULL WHERE kind = 'correction' "
            "AND state = 'waiting' AND corrects IN (SELECT id FROM deliveries "
            "WHERE corrects IS NULL AND id IN (SELECT value FROM json_each(?)))",
            (stored(self.replaced),),
        )
        bound = {"post_id": self.post}
        update(db, "deliveries", bound, state="waiting", alone=self.alone, **parted)


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
    known = destination_row(db, destination)
    if known is None or known["paused_at"] is not None:
        return False
    if desk is not None and desk.destination == destination:
        desk = None
    again, notice = bool(known["trial"]), None
    subscriber = subscriber_of(db, destination)
    if not again and subscriber is not None:
        notice = notice_target(db, None if known["guild_id"] is None else subscriber, desk)
    tx.append(DestinationPaused(destination, reason, again, notice, desk, by_trial), at)
    return True


def notice_target(
    db: sqlite3.Connection, person: int | None, desk: DeskChannel | None
) -> NoticeTarget | None:
    """Return where a notice goes: to a *person*, or to the desk if they cannot be reached."""
    number = next_delivery_id(db)
    if person is not None and not is_paused(db, person):
        return NoticeTarget(number, person, None)
    return None if desk is None else NoticeTarget(number, desk.destination, desk.guild_id)


def resume(tx: Transaction, destination: int, at: datetime, *, trial: bool = False) -> bool:
    """Resume a destination, on *trial* if only sending can tell; False where it is not paused."""
    if not is_paused(tx.db.conn, destination):
        return False
    waited = tx.rows(
        "SELECT id, queued_at FROM deliveries WHERE destination = ? AND subject = 'claim' "
        "AND state IN ('waiting', 'sealed') ORDER BY id",
        (destination,),
    )
    late = [one["id"] for one in waited if datetime.fromisoformat(one["queued_at"]) < at - LATE]
    tx.append(DestinationResumed(destination, tuple(late), trial), at)
    return True


def destination_row(db: sqlite3.Connection, number: int) -> Row | None:
    """Return what is known of a destination."""
    return row(db, "SELECT * FROM destinations WHERE id = ?", number)


def is_paused(db: sqlite3.Connection, destination: int) -> bool:
    """Return whether a destination is paused."""
    paused = "SELECT 1 FROM destinations WHERE id = ? AND paused_at IS NOT NULL"
    return exists(db, paused, destination)


def resumed_after(db: sqlite3.Connection, seq: int) -> list[tuple[int, int]]:
    """Return the numbers of resumptions after the journal's *seq*, each with its destination."""
    last = "SELECT resumed, id FROM destinations WHERE resumed > ? ORDER BY resumed"
    return [(number, destination) for number, destination in rows(db, last, seq)]


def last_resumption(db: sqlite3.Connection) -> int:
    """Return the number of the last resumption, 0 without any."""
    return int(value(db, "SELECT COALESCE(MAX(resumed), 0) FROM destinations"))


def paused_places(db: sqlite3.Connection) -> list[Row]:
    """Return the paused destinations: `id`, `guild_id`, `by_trial`, and whether it `waits`."""
    return rows(
        db,
        """
        SELECT id, guild_id, by_trial, EXISTS (
            SELECT 1 FROM deliveries WHERE destination = d.id AND state = 'waiting'
        ) OR EXISTS (
            SELECT 1 FROM posts WHERE purpose = 'deliveries' AND destination = d.id
            AND state = 'sealed'
        ) AS waits
        FROM destinations AS d WHERE paused_at IS NOT NULL ORDER BY id
        """,
    )


def has_paused(db: sqlite3.Connection, guild: int) -> bool:
    """Return whether a guild has a channel or a board that is paused."""
    return exists(
        db,
        """
        SELECT 1 FROM destinations WHERE guild_id = :guild AND paused_at IS NOT NULL
        UNION ALL
        SELECT 1 FROM boards WHERE guild_id = :guild AND paused IS NOT NULL AND NOT ended
        """,
        guild=guild,
    )


def late_of(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return what waits for a destination and is to be told in a digest, in order."""
    return rows(
        db,
        "SELECT * FROM deliveries WHERE destination = ? AND state = 'waiting' AND late ORDER BY id",
        destination,
    )
