"""Watch lists: what readers have put together, in the journal and in the tables."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.store.journal import Entry

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class ListMade(Entry, kind="list made"):
    """A list was made; its id is the entry's number. `key` is the name as it is looked for."""

    guild_id: int | None
    owner: int
    name: str
    key: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the list."""
        db.execute(
            "INSERT INTO lists VALUES (?, ?, ?, ?, ?, NULL, ?)",
            (seq, self.guild_id, self.owner, self.name, self.key, at.isoformat()),
        )


@dataclass(frozen=True, slots=True)
class ListChanged(Entry, kind="list changed"):
    """The councils of a list are these now, in this order."""

    list: int
    councils: tuple[str, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the list's councils."""
        db.execute("DELETE FROM list_councils WHERE list = ?", (self.list,))
        db.executemany(
            "INSERT INTO list_councils VALUES (?, ?, ?)",
            [(self.list, code, place) for place, code in enumerate(self.councils)],
        )


@dataclass(frozen=True, slots=True)
class ListShared(Entry, kind="list shared"):
    """Others may find a list by a word; None: no more."""

    list: int
    word: str | None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the word."""
        db.execute("UPDATE lists SET shared = ? WHERE id = ?", (self.word, self.list))


@dataclass(frozen=True, slots=True)
class ListRemoved(Entry, kind="list removed"):
    """A list is no more, and nobody follows it."""

    list: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the list, its councils and the subscriptions to it."""
        db.execute("DELETE FROM list_councils WHERE list = ?", (self.list,))
        db.execute(
            "DELETE FROM subscriptions WHERE topic = 'list' AND value = ?", (str(self.list),)
        )
        db.execute("DELETE FROM lists WHERE id = ?", (self.list,))


def lists_of(db: sqlite3.Connection, guild_id: int | None, owner: int) -> list[Row]:
    """Return a guild's lists, or without one a person's own, by name."""
    if guild_id is None:
        return db.execute(
            "SELECT * FROM lists WHERE guild_id IS NULL AND owner = ? ORDER BY key", (owner,)
        ).fetchall()
    return db.execute("SELECT * FROM lists WHERE guild_id = ? ORDER BY key", (guild_id,)).fetchall()


def list_by_id(db: sqlite3.Connection, number: int) -> Row | None:
    """Return a list."""
    row: Row | None = db.execute("SELECT * FROM lists WHERE id = ?", (number,)).fetchone()
    return row


def list_by_word(db: sqlite3.Connection, word: str) -> Row | None:
    """Return a list that is shared by a word."""
    row: Row | None = db.execute("SELECT * FROM lists WHERE shared = ?", (word,)).fetchone()
    return row


def councils_of(db: sqlite3.Connection, number: int) -> list[str]:
    """Return the codes of a list's councils, in its order."""
    rows = db.execute(
        "SELECT council FROM list_councils WHERE list = ? ORDER BY position", (number,)
    )
    return [str(code) for (code,) in rows]
