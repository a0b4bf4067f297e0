"""Boards: one message in a channel that is edited in place as a night goes.

Entries for the journal, and the queries of who keeps them up to date. A channel has one board at
most. Times named `…_at` in an entry are real time; the journal has the night's.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.journal import Entry
from bot.store.service_notices import NoticeTarget, ended, tell

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class BoardPut(Entry, kind="board-put"):
    """A channel is to have a board of a night, or of a nation or a region on it."""

    channel_id: int
    guild_id: int
    night: str
    nation: str | None
    region: str | None
    created_by: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the board in the place of the one before; its id is the entry's number."""
        db.execute("DELETE FROM boards WHERE channel_id = ?", (self.channel_id,))
        db.execute(
            """
            INSERT INTO boards
                (id, channel_id, guild_id, night, nation, region, created_by, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                seq,
                self.channel_id,
                self.guild_id,
                self.night,
                self.nation,
                self.region,
                self.created_by,
                at.isoformat(),
            ),
        )


@dataclass(frozen=True, slots=True)
class BoardTurned(Entry, kind="board-turned"):
    """A board is to show another place, or with neither the whole night."""

    board: int
    nation: str | None
    region: str | None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the place."""
        db.execute(
            "UPDATE boards SET nation = ?, region = ? WHERE id = ?",
            (self.nation, self.region, self.board),
        )


@dataclass(frozen=True, slots=True)
class BoardSealed(Entry, kind="board-sealed"):
    """A board's message as it will be sent and resent: `payload` is its JSON, nonce included.

    It will stand after the message `after`, the newest that Discord named in its channel before.
    """

    board: int
    payload: str
    after: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the body."""
        db.execute(
            "UPDATE boards SET payload = ?, after_message = ? WHERE id = ?",
            (self.payload, self.after, self.board),
        )


@dataclass(frozen=True, slots=True)
class BoardSent(Entry, kind="board-sent"):
    """The receipt: the board stands in its channel as a message."""

    board: int
    message_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the message; its body is needed no more."""
        db.execute(
            "UPDATE boards SET message_id = ?, payload = NULL WHERE id = ?",
            (self.message_id, self.board),
        )
        _passed_trial(db, self.board)


@dataclass(frozen=True, slots=True)
class BoardPinned(Entry, kind="board-pinned"):
    """A board's message was pinned or, for whatever reason, cannot be."""

    board: int
    pinned: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write which."""
        db.execute("UPDATE boards SET pinned = ? WHERE id = ?", (self.pinned, self.board))


@dataclass(frozen=True, slots=True)
class BoardShown(Entry, kind="board-shown"):
    """A board's message shows something else now.

    `told` is a hash of what it says, `picture` its picture's file name, `attachment_id` Discord's
    number of that.
    """

    board: int
    told: str
    picture: str | None
    attachment_id: int | None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write what it shows, and since when."""
        db.execute(
            "UPDATE boards SET told = ?, told_at = ?, picture = ?, attachment_id = ? WHERE id = ?",
            (self.told, moment_text(at), self.picture, self.attachment_id, self.board),
        )
        _passed_trial(db, self.board)


@dataclass(frozen=True, slots=True)
class BoardPaused(Entry, kind="board-paused"):
    """A board's channel refuses it for a reason; without one it is tried again from now on.

    `tell` is who is told of it. `by_trial`: only another try can show whether it is taken. `trial`:
    this is such a try; `again`: one has failed, which is no new pause.
    """

    board: int
    reason: str | None
    tell: NoticeTarget | None = None
    by_trial: bool = False
    trial: bool = False
    again: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the reason; where it is taken up again, so is a pin that was not allowed."""
        db.execute(
            "UPDATE boards SET paused = ?, by_trial = ?, trial = ?, "
            "pause = iif(? IS NULL OR ?, pause, ?) WHERE id = ?",
            (self.reason, self.by_trial, self.trial, self.reason, self.again, seq, self.board),
        )
        tell(db, self.tell, seq, at)
        if self.reason is None:
            if not self.trial:
                _say_that_it_goes_on(db, self.board)
            db.execute("UPDATE boards SET pinned = NULL WHERE id = ? AND NOT pinned", (self.board,))


@dataclass(frozen=True, slots=True)
class BoardEnded(Entry, kind="board-ended"):
    """A board is to end, for a reason, or has ended: its message is edited no more."""

    board: int
    reason: str
    done: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the reason, and whether it is done."""
        db.execute(
            "UPDATE boards SET ending = ?, ended = ?, paused = NULL WHERE id = ?",
            (self.reason, self.done, self.board),
        )


def _passed_trial(db: sqlite3.Connection, board: int) -> None:
    """Let a board that was tried again go on: its channel has taken it."""
    found = db.execute(
        "UPDATE boards SET trial = 0 WHERE id = ? AND trial RETURNING id", (board,)
    ).fetchall()
    if found:
        _say_that_it_goes_on(db, board)


def _say_that_it_goes_on(db: sqlite3.Connection, board: int) -> None:
    (number,) = db.execute("SELECT pause FROM boards WHERE id = ?", (board,)).fetchone() or (None,)
    ended(db, number)


def moment_text(at: datetime) -> str:
    """Return a moment as the tables have it where moments are compared."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def board(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one board."""
    row: Row | None = db.execute("SELECT * FROM boards WHERE id = ?", (number,)).fetchone()
    return row


def board_in(db: sqlite3.Connection, channel: int) -> Row | None:
    """Return a channel's board."""
    row: Row | None = db.execute("SELECT * FROM boards WHERE channel_id = ?", (channel,)).fetchone()
    return row


def paused_boards(db: sqlite3.Connection) -> list[Row]:
    """Return the boards that are paused, the oldest first."""
    return db.execute(
        "SELECT * FROM boards WHERE paused IS NOT NULL AND NOT ended ORDER BY id"
    ).fetchall()


def boards_of(db: sqlite3.Connection, guild: int) -> list[Row]:
    """Return a guild's boards, the oldest first."""
    return db.execute("SELECT * FROM boards WHERE guild_id = ? ORDER BY id", (guild,)).fetchall()


def views(db: sqlite3.Connection) -> list[Row]:
    """Return the nights and places (`night`, `nation`, `region`) that boards are to show."""
    return db.execute(
        "SELECT DISTINCT night, nation, region FROM boards WHERE NOT ended AND paused IS NULL"
    ).fetchall()


def behind(
    db: sqlite3.Connection, view: Row, told: str, dated_within: tuple[datetime, datetime] | None
) -> list[int]:
    """Return the boards of a view whose message does not stand, or does not show *told*.

    Those too that are to end, and whose own time is not within *dated_within*, where given.
    """
    since, until = map(moment_text, dated_within) if dated_within else (None, None)
    found = db.execute(
        """
        SELECT id FROM boards
        WHERE NOT ended AND paused IS NULL
          AND night = :night AND nation IS :nation AND region IS :region
          AND (message_id IS NULL OR pinned IS NULL OR ending IS NOT NULL
               OR told IS NOT :told OR told_at NOT BETWEEN :since AND :until)
        ORDER BY id
        """,
        {
            "night": view["night"],
            "nation": view["nation"],
            "region": view["region"],
            "told": told,
            "since": since,
            "until": until,
        },
    )
    return [number for (number,) in found]
