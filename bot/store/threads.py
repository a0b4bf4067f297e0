"""Threads: in which thread of a channel, or post of a forum, a night's alerts go.

A destination is the channel or forum; which of its threads a post goes to is the post's. A thread
is written down before Discord is asked for it, and has its number once Discord has made it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.codec import Row, column, exists, insert, row, row_of, rows, update
from bot.store.journal import Entry
from bot.store.service_notices import About, NoticeTarget, queue_notice


class Grouping(StrEnum):
    """What has a thread of its own."""

    NIGHT = "night"
    REGION = "region"
    PARTY = "party"
    COUNCIL = "council"


@dataclass(frozen=True, slots=True)
class ThreadsChosen(Entry, kind="threads-chosen"):
    """A channel's alerts go to threads from now on, or to the channel itself.

    In a `forum` there is nothing but posts. What was given up before is tried again.
    """

    destination: int
    guild_id: int
    grouping: Grouping | None
    forum: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the destination."""
        known = {"id": self.destination, "guild_id": self.guild_id}
        insert(db, "destinations", known, then="ON CONFLICT DO NOTHING")
        chosen = {"threads": self.grouping, "forum": self.forum}
        update(db, "destinations", {"id": self.destination}, **chosen)
        update(db, "threads", {"destination": self.destination}, given_up=None, refused=False)


@dataclass(frozen=True, slots=True)
class ThreadWanted(Entry, kind="thread-wanted"):
    """A thread is due: Discord is asked for it, or it is found in the channel by its name.

    `about` is what it is for: a region, a party's or a council's code, empty for the night.
    """

    destination: int
    guild_id: int
    night: str
    about: str
    name: str
    tag: str | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the thread under the entry's number."""
        insert(db, "threads", {"id": seq, **row_of(self)})


@dataclass(frozen=True, slots=True)
class ThreadOpened(Entry, kind="thread-opened"):
    """The receipt: the thread is there, as Discord's channel of this number."""

    thread: int
    channel_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the receipt."""
        update(db, "threads", {"id": self.thread}, channel_id=self.channel_id)


@dataclass(frozen=True, slots=True)
class ThreadGivenUp(Entry, kind="thread-given-up"):
    """Discord refuses a thread: what is for it goes to its channel instead.

    `refused`: so would every other thread of the night be there. `notice` is who is told. Without a
    `reason` it was a forum's post that is gone: the next alert begins another.
    """

    thread: int
    reason: str | None
    refused: bool = False
    notice: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the thread and queue the notice."""
        marks = {"given_up": self.reason, "refused": self.refused, "channel_id": None}
        update(db, "threads", {"id": self.thread}, **marks)
        queue_notice(db, self.notice, seq, at, about=About.THREAD, number=self.thread)


@dataclass(frozen=True, slots=True)
class ThreadClosed(Entry, kind="thread-closed"):
    """The night is over: a thread was archived, or Discord does not let the bot do that."""

    thread: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the thread; a correction opens it again by itself."""
        update(db, "threads", {"id": self.thread}, closed=True)


def thread(db: sqlite3.Connection, number: int) -> Row | None:
    """Return a thread, with whether its destination is a `forum`."""
    return row(
        db,
        "SELECT t.*, d.forum FROM threads AS t JOIN destinations AS d ON d.id = t.destination "
        "WHERE t.id = ?",
        number,
    )


def thread_about(db: sqlite3.Connection, destination: int, night: str, about: str) -> Row | None:
    """Return a destination's thread of a night for something."""
    return row(
        db,
        "SELECT * FROM threads WHERE destination = ? AND night = ? AND about = ?",
        destination,
        night,
        about,
    )


def are_refused(db: sqlite3.Connection, destination: int, night: str) -> bool:
    """Return whether Discord lets the bot make no thread of a night in a destination."""
    refused = "SELECT 1 FROM threads WHERE destination = ? AND night = ? AND refused"
    return exists(db, refused, destination, night)


def is_given_up_in(db: sqlite3.Connection, destination: int) -> bool:
    """Return whether a destination has a thread that was given up."""
    given_up = "SELECT 1 FROM threads WHERE destination = ? AND given_up IS NOT NULL"
    return exists(db, given_up, destination)


def place_told(db: sqlite3.Connection, delivery: Row) -> Row | None:
    """Return the last post (its `thread` or none) that told a delivery's claim there before.

    One that was found in a thread after a restore does not say which that is.
    """
    return row(
        db,
        """
        SELECT p.thread FROM deliveries AS d JOIN posts AS p ON p.id = d.post_id
        WHERE d.night = :night AND d.council = :council AND d.subject = 'claim'
          AND d.destination = :destination AND d.version < :version AND d.id <> :id
          AND (p.thread IS NOT NULL OR p.channel_id IS NULL OR p.channel_id = p.destination)
        ORDER BY d.version DESC LIMIT 1
        """,
        **delivery,
    )


def uses_threads(db: sqlite3.Connection, destination: int) -> bool:
    """Return whether a destination has threads, or is to have."""
    return exists(
        db,
        "SELECT 1 FROM destinations WHERE id = :id AND threads IS NOT NULL "
        "UNION ALL SELECT 1 FROM threads WHERE destination = :id",
        id=destination,
    )


_TO_CLOSE = """
    FROM threads AS t JOIN destinations AS d ON d.id = t.destination
    WHERE t.channel_id IS NOT NULL AND NOT t.closed AND d.paused_at IS NULL
      AND EXISTS (SELECT 1 FROM summaries WHERE night = t.night AND edition = 2 AND complete)
      AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE destination = t.destination AND state = 'held'
        UNION ALL
        SELECT 1 FROM deliveries WHERE destination = t.destination AND state = 'waiting'
        UNION ALL
        SELECT 1 FROM posts
        WHERE purpose = 'deliveries' AND destination = t.destination AND state = 'sealed'
        UNION ALL
        SELECT 1 FROM edits WHERE destination = t.destination AND requested > done)
"""


def to_close(db: sqlite3.Connection) -> list[int]:
    """Return the destinations with threads of nights that are over and fully told."""
    return column(db, f"SELECT DISTINCT +t.destination {_TO_CLOSE}")


def to_close_in(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return a destination's threads that are to be archived."""
    found = f"SELECT t.id, t.channel_id, t.guild_id {_TO_CLOSE} AND t.destination = ? ORDER BY t.id"
    return rows(db, found, destination)


def grouping_of(db: sqlite3.Connection, destination: int) -> tuple[Grouping | None, bool]:
    """Return what has a thread of its own in a destination, and whether that is a forum."""
    found = row(db, "SELECT threads, forum FROM destinations WHERE id = ?", destination)
    if found is None or found["threads"] is None:
        return None, False
    return Grouping(found["threads"]), bool(found["forum"])
