"""Boards: one message in a channel that is edited in place as a night goes.

A channel has one board at most. Times named `…_at` in an entry are real time; the journal has the
simulated time of a replay.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.codec import Row, column, delete, insert, row, row_of, rows, update
from bot.store.journal import Entry
from bot.store.service_notices import NoticeTarget, edit_pause_notices, end_trial, queue_notice


@dataclass(frozen=True, slots=True)
class BoardPut(Entry, kind="board-put"):
    """A board of a night, or of one nation or region that night, is put in a channel."""

    channel_id: int
    guild_id: int
    night: str
    nation: str | None
    region: str | None
    created_by: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Put the board in the place of the one before; its id is the entry's number."""
        delete(db, "boards", channel_id=self.channel_id)
        insert(db, "boards", {"id": seq, **row_of(self), "created_at": at})


@dataclass(frozen=True, slots=True)
class BoardTurned(Entry, kind="board-turned"):
    """A board is to show another nation or region; with neither, the whole night."""

    board: int
    nation: str | None
    region: str | None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the place."""
        update(db, "boards", {"id": self.board}, nation=self.nation, region=self.region)


@dataclass(frozen=True, slots=True)
class BoardPosted(Entry, kind="board-posted"):
    """A board's message is sealed: from here on it has the life of every other."""

    board: int
    post_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write which post it is."""
        update(db, "boards", {"id": self.board}, post_id=self.post_id)


@dataclass(frozen=True, slots=True)
class BoardPinned(Entry, kind="board-pinned"):
    """A board's message was pinned, or cannot be."""

    board: int
    pinned: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write which."""
        update(db, "boards", {"id": self.board}, pinned=self.pinned)


@dataclass(frozen=True, slots=True)
class BoardShown(Entry, kind="board-shown"):
    """A board's message shows something else now.

    `told` is a hash of its text, `picture` its picture's file name, `attachment_id` Discord's id of
    that file.
    """

    board: int
    told: str
    picture: str | None
    attachment_id: int | None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write what it shows, and since when."""
        shown = row_of(self, "board")
        update(db, "boards", {"id": self.board}, **shown, told_at=moment_text(at))
        end_trial(db, "boards", self.board)


@dataclass(frozen=True, slots=True)
class BoardPaused(Entry, kind="board-paused"):
    """A board's channel refuses it; with `reason` None the board is resumed.

    `notice` says who is told. `by_trial`: only another try can show whether it is taken. `trial`:
    this is such a try; `again`: one has failed, which is no new pause.
    """

    board: int
    reason: str | None
    notice: NoticeTarget | None = None
    by_trial: bool = False
    trial: bool = False
    again: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the reason; where it is taken up again, so is a pin that was not allowed."""
        which = {"id": self.board}
        update(db, "boards", which, paused=self.reason, by_trial=self.by_trial, trial=self.trial)
        if self.reason is not None and not self.again:
            update(db, "boards", which, pause=seq)
        queue_notice(db, self.notice, seq, at)
        if self.reason is None:
            if not self.trial:
                edit_pause_notices(db, "boards", self.board)
            update(db, "boards", {**which, "pinned": False}, pinned=None)


@dataclass(frozen=True, slots=True)
class BoardEnded(Entry, kind="board-ended"):
    """A board is to end (`done` False) or has ended: its message is no longer edited."""

    board: int
    reason: str
    done: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the reason, and whether it is done."""
        update(db, "boards", {"id": self.board}, ending=self.reason, ended=self.done, paused=None)


def moment_text(at: datetime) -> str:
    """Return a moment as UTC text, so that moments compare as text."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


_BOARDS = "SELECT b.*, p.message_id FROM boards AS b LEFT JOIN posts AS p ON p.id = b.post_id WHERE"


def board(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one board, with its `message_id` once that is known."""
    return row(db, f"{_BOARDS} b.id = ?", number)


def has_ended(db: sqlite3.Connection, number: int) -> bool:
    """Return whether a board has ended or was forgotten."""
    found = board(db, number)
    return found is None or bool(found["ended"])


def board_in(db: sqlite3.Connection, channel: int) -> Row | None:
    """Return a channel's board."""
    return row(db, f"{_BOARDS} b.channel_id = ?", channel)


def paused_boards(db: sqlite3.Connection) -> list[Row]:
    """Return the boards that are paused, the oldest first."""
    return rows(db, "SELECT * FROM boards WHERE paused IS NOT NULL AND NOT ended ORDER BY id")


def boards_of(db: sqlite3.Connection, guild: int) -> list[Row]:
    """Return a guild's boards, the oldest first."""
    return rows(db, f"{_BOARDS} b.guild_id = ? ORDER BY b.id", guild)


def views(db: sqlite3.Connection) -> list[Row]:
    """Return the nights and places (`night`, `nation`, `region`) that boards are to show."""
    return rows(
        db, "SELECT DISTINCT night, nation, region FROM boards WHERE NOT ended AND paused IS NULL"
    )


def behind(
    db: sqlite3.Connection, view: Row, told: str, dated_within: tuple[datetime, datetime] | None
) -> list[int]:
    """Return the boards of a view whose message is not sent, or does not show *told*.

    Also those that are to end, and those last edited outside *dated_within*, where given.
    """
    since, until = map(moment_text, dated_within) if dated_within else (None, None)
    return column(
        db,
        """
        SELECT b.id FROM boards AS b LEFT JOIN posts AS p ON p.id = b.post_id
        WHERE NOT ended AND paused IS NULL
          AND night = :night AND nation IS :nation AND region IS :region
          AND (message_id IS NULL OR pinned IS NULL OR ending IS NOT NULL
               OR told IS NOT :told OR told_at NOT BETWEEN :since AND :until)
        ORDER BY b.id
        """,
        **{key: view[key] for key in ("night", "nation", "region")},
        told=told,
        since=since,
        until=until,
    )
