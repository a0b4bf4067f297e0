"""Watch lists: what readers have put together, in the journal and in the tables."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.election.alert_kinds import Topic
from bot.store.codec import Row, column, delete, insert, insert_all, row, row_of, rows, update
from bot.store.journal import Entry


@dataclass(frozen=True, slots=True)
class ListMade(Entry, kind="list-made"):
    """A list was made; its id is the entry's number. `key` is the name as it is looked for."""

    guild_id: int | None
    owner: int
    name: str
    key: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the list."""
        insert(db, "lists", {"id": seq, **row_of(self), "created_at": at})


@dataclass(frozen=True, slots=True)
class ListChanged(Entry, kind="list-changed"):
    """A list's councils were set, in this order."""

    list: int
    councils: tuple[str, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the list's councils."""
        delete(db, "list_councils", list=self.list)
        insert_all(
            db,
            "list_councils",
            [
                {"list": self.list, "council": code, "position": place}
                for place, code in enumerate(self.councils)
            ],
        )


@dataclass(frozen=True, slots=True)
class ListShared(Entry, kind="list-shared"):
    """Others may find a list by a word; None: no more."""

    list: int
    word: str | None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the word."""
        update(db, "lists", {"id": self.list}, shared=self.word)


@dataclass(frozen=True, slots=True)
class ListRemoved(Entry, kind="list-removed"):
    """A list was deleted, and the subscriptions to it."""

    list: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the list, its councils and the subscriptions to it."""
        delete_lists(db, "id = ?", self.list)


def delete_lists(db: sqlite3.Connection, which: str, number: int) -> None:
    """Delete the lists *which*, a condition of SQL, and everybody's subscriptions to them."""
    lists = f"SELECT id FROM lists WHERE {which}"  # noqa: S608 - conditions of our own
    db.execute(f"DELETE FROM list_councils WHERE list IN ({lists})", (number,))  # noqa: S608
    db.execute(
        f"DELETE FROM subscriptions WHERE topic = ? AND CAST(value AS INTEGER) IN ({lists})",  # noqa: S608
        (Topic.LIST, number),
    )
    db.execute(f"DELETE FROM lists WHERE {which}", (number,))  # noqa: S608


def lists_of(db: sqlite3.Connection, guild_id: int | None, owner: int) -> list[Row]:
    """Return a guild's lists, or without one a person's own, by name."""
    if guild_id is None:
        own = "SELECT * FROM lists WHERE guild_id IS NULL AND owner = ? ORDER BY key"
        return rows(db, own, owner)
    return rows(db, "SELECT * FROM lists WHERE guild_id = ? ORDER BY key", guild_id)


def lists_holding(db: sqlite3.Connection, council: str) -> list[str]:
    """Return the values of the topic `list` of the readers' lists that hold a council."""
    holding = "SELECT list FROM list_councils WHERE council = ? ORDER BY list"
    return list(map(str, column(db, holding, council)))


def list_by_id(db: sqlite3.Connection, number: int) -> Row | None:
    """Return a list."""
    return row(db, "SELECT * FROM lists WHERE id = ?", number)


def list_by_word(db: sqlite3.Connection, word: str) -> Row | None:
    """Return a list that is shared by a word."""
    return row(db, "SELECT * FROM lists WHERE shared = ?", word)


def councils_of(db: sqlite3.Connection, number: int) -> list[str]:
    """Return the codes of a list's councils, in its order."""
    return column(db, "SELECT council FROM list_councils WHERE list = ? ORDER BY position", number)
