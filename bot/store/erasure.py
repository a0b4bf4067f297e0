"""What is kept of a server or a person, and forgetting it: in the tables and in the journal.

Forgetting is the one exception to the journal's only growing: whoever asks for it is to be
forgotten there too. A stand-in takes the place of their number, so that the journal, replayed,
makes and deletes the stand-in's rows and all tables are the same.

The desk's own log stays, whoever is in it: it says who decided what the bot told everybody.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.boards import BoardPaused, BoardPut
from bot.store.deliveries import DebouncedQueued, DeliveriesQueued
from bot.store.destinations import Subscribed, Welcomed
from bot.store.edits import EvidenceFollowed
from bot.store.journal import Entry
from bot.store.pausing import DestinationPaused, DestinationResumed
from bot.store.posts import PostFailed, PostSealed, PostSent
from bot.store.summaries import SummaryQueued
from bot.store.unrecorded import HistoryCompared, MessageFound
from bot.store.watch_lists import ListMade
from bot.store.writer import Transaction

_LISTED = 500
"""Rows of a kind that are listed, the newest: with their payloads they fit into one upload."""


class StillSending(Exception):  # noqa: N818 - a moment's state, no fault
    """A batch of deliveries ends at just this person: they can be forgotten when it is through."""


@dataclass(frozen=True, slots=True)
class GuildErased(Entry, kind="forgotten"):
    """Everything kept of a guild's destinations, boards, welcomes and lists is to go."""

    guild_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the rows of every table that knows destinations or boards, and the lists."""
        _delete_lists(db, "guild_id = ?", self.guild_id)
        for table in (
            "edits",
            "unrecorded_embeds",
            "deliveries",
            "posts",
            "subscriptions",
            "destinations",
            "boards",
            "welcomes",
        ):
            db.execute(f"DELETE FROM {table} WHERE guild_id = ?", (self.guild_id,))  # noqa: S608


@dataclass(frozen=True, slots=True)
class PersonErased(Entry, kind="person-forgotten"):
    """Everything kept of a person is to go; what they did for servers stays, without their name."""

    person: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the rows of their direct messages and lists; put the stand-in elsewhere."""
        _delete_lists(db, "guild_id IS NULL AND owner = ?", self.person)
        for table, column in (
            ("edits", "destination"),
            ("unrecorded_embeds", "destination"),
            ("deliveries", "destination"),
            ("posts", "destination"),
            ("subscriptions", "destination"),
            ("destinations", "id"),
        ):
            db.execute(
                f"DELETE FROM {table} WHERE {column} = ? AND guild_id IS NULL",  # noqa: S608
                (self.person,),
            )
        for table, column in (
            ("subscriptions", "created_by"),
            ("boards", "created_by"),
            ("lists", "owner"),
            ("summaries", "expanded_to"),
        ):
            db.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608
                (-seq, self.person),
            )


def _delete_lists(db: sqlite3.Connection, whose: str, number: int) -> None:
    """Delete lists, and the subscriptions of everybody who follows them."""
    lists = f"SELECT id FROM lists WHERE {whose}"  # noqa: S608 - two conditions of our own
    for statement in (
        f"DELETE FROM list_councils WHERE list IN ({lists})",  # noqa: S608
        f"DELETE FROM subscriptions WHERE topic = 'list' AND CAST(value AS INTEGER) IN ({lists})",  # noqa: S608
        f"DELETE FROM lists WHERE {whose}",  # noqa: S608
    ):
        db.execute(statement, (number,))


def erase_guild(tx: Transaction, guild: int, at: datetime) -> StoredData:
    """Delete what is kept of a guild, the journal's too; return what that was."""
    kept = kept_of_guild(tx.db.conn, guild)
    forgotten = tx.append(GuildErased(guild), at)
    db = tx.db.conn
    db.execute(
        "UPDATE journal SET data = json_set(data, '$.created_by', 0, '$.role', NULL) "
        "WHERE kind = ? AND json_extract(data, '$.guild_id') = ?",
        (Subscribed.kind, guild),
    )
    db.execute(
        "UPDATE journal SET data = json_set(data, '$.created_by', 0) "
        "WHERE kind = ? AND json_extract(data, '$.guild_id') = ?",
        (BoardPut.kind, guild),
    )
    _blot_lists(db, "guild_id", guild, forgotten)
    _replace(db, ("guild_id",), guild, -forgotten)
    return kept


def erase_person(tx: Transaction, person: int, at: datetime) -> StoredData:
    """Delete what is kept of a person, the journal's too; return what that was.

    Raises `StillSending` where it has to wait for a moment.
    """
    db = tx.db.conn
    if _is_in_the_middle(db, person):
        raise StillSending
    kept = kept_of_person(db, person)
    db.execute(
        "UPDATE journal SET data = json_set(data, '$.channel_id', 0, '$.message_id', 0) "
        "WHERE kind = ? AND json_extract(data, '$.post') IN "
        "(SELECT id FROM posts WHERE destination = ? AND guild_id IS NULL)",
        (PostSent.kind, person),
    )
    db.execute(
        "UPDATE journal SET data = json_set(data, '$.channel_id', 0, '$.message_id', 0) "
        "WHERE kind = ? AND json_extract(data, '$.destination') = ? "
        "AND json_extract(data, '$.guild_id') IS NULL",
        (MessageFound.kind, person),
    )
    forgotten = tx.append(PersonErased(person), at)
    _blot_lists(db, "owner", person, forgotten)
    keys = ("destination", "created_by", "owner", "until", "after", "person")
    _replace(db, keys, person, -forgotten)
    return kept


def _blot_lists(db: sqlite3.Connection, key: str, number: int, forgotten: int) -> None:
    """Take the names out of the entries that made a guild's (`guild_id`) or an `owner`'s lists.

    A person's lists for a server are the server's. No two lists of a stand-in have one key.
    """
    db.execute(
        """
        UPDATE journal
        SET data = json_set(data, '$.owner', :nobody, '$.name', '', '$.key', CAST(seq AS TEXT))
        WHERE kind = :kind AND json_extract(data, :path) = :number
          AND (:of_guild OR json_extract(data, '$.guild_id') IS NULL)
        """,
        {
            "kind": ListMade.kind,
            "path": f"$.{key}",
            "of_guild": key == "guild_id",
            "number": number,
            "nobody": -forgotten,
        },
    )


def _replace(db: sqlite3.Connection, keys: tuple[str, ...], old: int, new: int) -> None:
    """Put *new* wherever one of *keys* has the number *old* in the journal.

    By text, as one entry may have hundreds of deliveries in it.
    """
    for key in keys:
        for end in ",}":
            db.execute(
                "UPDATE journal SET data = replace(data, :old, :new) "
                "WHERE kind IN (SELECT value FROM json_each(:kinds)) AND instr(data, :old)",
                {
                    "old": f'"{key}":{old}{end}',
                    "new": f'"{key}":{new}{end}',
                    "kinds": json.dumps(_NAMING),
                },
            )


_NAMING = [
    entry.kind
    for entry in (
        Subscribed,
        GuildErased,
        PersonErased,
        DestinationPaused,
        DestinationResumed,
        BoardPaused,
        PostFailed,
        DeliveriesQueued,
        DebouncedQueued,
        EvidenceFollowed,
        SummaryQueued,
        PostSealed,
        MessageFound,
        HistoryCompared,
        ListMade,
        BoardPut,
        Welcomed,
    )
]
"""The kinds of entry that name a server or a person. The desk's are not among them."""


def _is_in_the_middle(db: sqlite3.Connection, person: int) -> bool:
    """Return whether a batch goes on behind this very person, so that their number is needed."""
    (found,) = db.execute(
        """
        SELECT EXISTS (SELECT 1 FROM expansion WHERE destination = :person)
            OR EXISTS (SELECT 1 FROM debounced WHERE expanded_to = :person)
            OR EXISTS (SELECT 1 FROM evidence WHERE to_follow AND expanded_to = :person)
            OR EXISTS (SELECT 1 FROM summaries WHERE NOT complete AND expanded_to = :person)
        """,
        {"person": person},
    ).fetchone()
    return bool(found)


@dataclass(frozen=True, slots=True)
class StoredData:
    """What is kept of somebody, by what it is: the newest rows, and how many there are in all."""

    rows: Mapping[str, list[dict[str, Any]]]
    totals: Mapping[str, int]


_LISTS = (
    "SELECT *, (SELECT group_concat(council, ' ') FROM (SELECT council FROM list_councils "
    "WHERE list = lists.id ORDER BY position)) AS councils FROM lists"
)
_OF_GUILD = {
    "subscriptions": "SELECT * FROM subscriptions WHERE guild_id = :id",
    "channels": "SELECT * FROM destinations WHERE guild_id = :id",
    "deliveries": "SELECT * FROM deliveries WHERE guild_id = :id",
    "posts": "SELECT * FROM posts WHERE guild_id = :id",
    "edits": "SELECT post_id AS id, * FROM edits WHERE guild_id = :id",
    "lists": f"{_LISTS} WHERE guild_id = :id",
    "boards": "SELECT * FROM boards WHERE guild_id = :id",
    "welcomes": "SELECT channel_id AS id, * FROM welcomes WHERE guild_id = :id",
}
_OF_PERSON = {
    "subscriptions": "SELECT * FROM subscriptions WHERE destination = :id AND guild_id IS NULL",
    "direct_messages": "SELECT * FROM destinations WHERE id = :id AND guild_id IS NULL",
    "deliveries": "SELECT * FROM deliveries WHERE destination = :id AND guild_id IS NULL",
    "posts": "SELECT * FROM posts WHERE destination = :id AND guild_id IS NULL",
    "edits": "SELECT post_id AS id, * FROM edits WHERE destination = :id AND guild_id IS NULL",
    "lists": f"{_LISTS} WHERE guild_id IS NULL AND owner = :id",
    "subscriptions_made_for_servers": (
        "SELECT * FROM subscriptions WHERE created_by = :id AND guild_id IS NOT NULL"
    ),
    "lists_made_for_servers": f"{_LISTS} WHERE guild_id IS NOT NULL AND owner = :id",
    "boards_made_for_servers": "SELECT * FROM boards WHERE created_by = :id",
    "desk_log": "SELECT * FROM desk_actions WHERE person = :id",
}
_IN_JOURNAL = """
    SELECT seq AS id, at, kind FROM journal WHERE kind IN (SELECT value FROM json_each(:kinds))
    AND EXISTS (SELECT 1 FROM json_each(:names) AS named WHERE instr(data, named.value))
"""


def kept_of_guild(db: sqlite3.Connection, guild: int) -> StoredData:
    """Return what is kept of a guild. It looks through whole tables: not for the event loop."""
    return _kept(db, _OF_GUILD, guild, ("guild_id",))


def kept_of_person(db: sqlite3.Connection, person: int) -> StoredData:
    """Return what is kept of a person. It looks through whole tables: not for the event loop."""
    return _kept(db, _OF_PERSON, person, ("destination", "created_by", "owner"))


def _kept(
    db: sqlite3.Connection, queries: Mapping[str, str], number: int, keys: tuple[str, ...]
) -> StoredData:
    parameters = {
        "id": number,
        "kinds": json.dumps(_NAMING),
        "names": json.dumps([f'"{key}":{number}{end}' for key in keys for end in ",}"]),
    }
    rows, totals = {}, {}
    for what, query in {**queries, "journal": _IN_JOURNAL}.items():
        cursor = db.execute(f"{query} ORDER BY id DESC LIMIT {_LISTED}", parameters)
        names = [column[0] for column in cursor.description]
        rows[what] = [dict(zip(names, row, strict=True)) for row in cursor]
        totals[what] = len(rows[what])
        if totals[what] == _LISTED:
            (totals[what],) = db.execute(f"SELECT count(*) FROM ({query})", parameters).fetchone()  # noqa: S608
    return StoredData(rows, totals)
