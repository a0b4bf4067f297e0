"""What is kept about a server or a person, and its erasure: from the tables and from the journal.

Erasure is the one exception to the journal's only growing: whoever asks for it is to be gone from
there too. A stand-in takes the place of their number, so that the journal, replayed, makes and
deletes the stand-in's rows and all tables are the same.

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
from bot.store.calm import CalmSet, HeldReleased
from bot.store.codec import delete, exists, rows, update, value
from bot.store.deliveries import DebouncedQueued, DeliveriesQueued
from bot.store.destinations import Subscribed, Welcomed
from bot.store.edits import EvidenceFollowed
from bot.store.journal import Entry
from bot.store.pausing import DestinationPaused, DestinationResumed
from bot.store.posts import PostFailed, PostSealed, PostSent
from bot.store.summaries import SummaryQueued
from bot.store.threads import ThreadGivenUp, ThreadsChosen, ThreadWanted
from bot.store.unrecorded import HistoryCompared, MessageFound
from bot.store.watch_lists import ListMade, delete_lists
from bot.store.writer import Transaction

_LISTED = 500
"""Rows of a kind that are listed, the newest: with their payloads they fit into one upload."""
_OF_DESTINATIONS = (
    "edits",
    "unrecorded_embeds",
    "deliveries",
    "posts",
    "threads",
    "subscriptions",
    "calm",
)
"""The tables with a `destination` and a `guild_id`, in the order in which they are emptied."""


class StillSending(Exception):  # noqa: N818 - a moment's state, no fault
    """A batch of deliveries is under way and ends at this person: erase them after it."""


@dataclass(frozen=True, slots=True)
class GuildErased(Entry, kind="guild-erased"):
    """A guild's destinations, boards, welcomes and lists are deleted."""

    guild_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the rows of every table that knows destinations or boards, and the lists."""
        delete_lists(db, "guild_id = ?", self.guild_id)
        of_guild = "post_id IN (SELECT id FROM posts WHERE guild_id = ?)"
        for table in ("desk_told", "desk_told_councils"):
            db.execute(f"DELETE FROM {table} WHERE {of_guild}", (self.guild_id,))  # noqa: S608
        for table in ("boards", *_OF_DESTINATIONS, "destinations", "welcomes"):
            delete(db, table, guild_id=self.guild_id)


@dataclass(frozen=True, slots=True)
class PersonErased(Entry, kind="person-erased"):
    """A person's data is deleted; what they set up for servers stays, without their id."""

    person: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the rows of their direct messages and lists; put the stand-in elsewhere."""
        delete_lists(db, "guild_id IS NULL AND owner = ?", self.person)
        theirs = dict.fromkeys(_OF_DESTINATIONS, "destination") | {"destinations": "id"}
        for table, name in theirs.items():
            db.execute(
                f"DELETE FROM {table} WHERE {name} = ? AND guild_id IS NULL",  # noqa: S608
                (self.person,),
            )
        for table, name in (
            ("subscriptions", "created_by"),
            ("boards", "created_by"),
            ("lists", "owner"),
            ("summaries", "expanded_to"),
        ):
            update(db, table, {name: self.person}, **{name: -seq})


def erase_guild(tx: Transaction, guild: int, at: datetime) -> StoredData:
    """Delete what is kept of a guild, the journal's too; return what that was."""
    db = tx.db.conn
    kept = kept_of_guild(db, guild)
    erased = tx.append(GuildErased(guild), at)
    for kind, blank in (
        (Subscribed.kind, "'$.created_by', 0, '$.role', NULL"),
        (BoardPut.kind, "'$.created_by', 0"),
    ):
        _blank(db, kind, blank, "json_extract(data, '$.guild_id') = ?", guild)
    _blank_lists(db, erased, "json_extract(data, '$.guild_id') = ?", guild)
    _replace(db, ("guild_id",), guild, -erased)
    return kept


def erase_person(tx: Transaction, person: int, at: datetime) -> StoredData:
    """Delete what is kept of a person, the journal's too; return what that was.

    Raises `StillSending` where it has to wait for a moment.
    """
    db = tx.db.conn
    if _is_in_the_middle(db, person):
        raise StillSending
    kept = kept_of_person(db, person)
    no_message = "'$.channel_id', 0, '$.message_id', 0"
    alone = "json_extract(data, '$.guild_id') IS NULL"
    theirs = "SELECT id FROM posts WHERE destination = ? AND guild_id IS NULL"
    _blank(db, PostSent.kind, no_message, f"json_extract(data, '$.post') IN ({theirs})", person)
    to_them = f"json_extract(data, '$.destination') = ? AND {alone}"
    _blank(db, MessageFound.kind, no_message, to_them, person)
    erased = tx.append(PersonErased(person), at)
    _blank_lists(db, erased, f"json_extract(data, '$.owner') = ? AND {alone}", person)
    keys = ("destination", "created_by", "owner", "until", "after", "person")
    _replace(db, keys, person, -erased)
    return kept


def _blank(db: sqlite3.Connection, kind: str, blank: str, which: str, number: int) -> None:
    """Overwrite members of the entries of a kind; *which* is a condition on a *number*."""
    db.execute(
        f"UPDATE journal SET data = json_set(data, {blank}) WHERE kind = ? AND {which}",  # noqa: S608
        (kind, number),
    )


def _blank_lists(db: sqlite3.Connection, erased: int, which: str, number: int) -> None:
    """Take owner and name out of the entries that made lists; each keeps a key of its own.

    A person's lists for a server are the server's.
    """
    blank = f"'$.owner', {-erased}, '$.name', '', '$.key', CAST(seq AS TEXT)"
    _blank(db, ListMade.kind, blank, which, number)


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
        CalmSet,
        HeldReleased,
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
        ThreadsChosen,
        ThreadWanted,
        ThreadGivenUp,
    )
]
"""The kinds of entry that name a server or a person. The desk's are not among them."""


def _is_in_the_middle(db: sqlite3.Connection, person: int) -> bool:
    """Return whether the cursor of an unfinished batch is this person's id."""
    return exists(
        db,
        """
        SELECT 1 FROM expansion WHERE destination = :person
        UNION ALL SELECT 1 FROM debounced WHERE expanded_to = :person
        UNION ALL SELECT 1 FROM evidence WHERE to_follow AND expanded_to = :person
        UNION ALL SELECT 1 FROM summaries WHERE NOT complete AND expanded_to = :person
        """,
        person=person,
    )


@dataclass(frozen=True, slots=True)
class StoredData:
    """What is stored about somebody: the newest rows of each kind, and how many there are."""

    rows: Mapping[str, list[dict[str, Any]]]
    totals: Mapping[str, int]


_LISTS = (
    "SELECT *, (SELECT group_concat(council, ' ') FROM (SELECT council FROM list_councils "
    "WHERE list = lists.id ORDER BY position)) AS councils FROM lists"
)
_OF_GUILD = {
    "subscriptions": "SELECT * FROM subscriptions WHERE guild_id = :id",
    "calm": "SELECT destination AS id, * FROM calm WHERE guild_id = :id",
    "channels": "SELECT * FROM destinations WHERE guild_id = :id",
    "deliveries": "SELECT * FROM deliveries WHERE guild_id = :id",
    "posts": "SELECT * FROM posts WHERE guild_id = :id",
    "edits": "SELECT post_id AS id, * FROM edits WHERE guild_id = :id",
    "threads": "SELECT * FROM threads WHERE guild_id = :id",
    "lists": f"{_LISTS} WHERE guild_id = :id",
    "boards": "SELECT * FROM boards WHERE guild_id = :id",
    "welcomes": "SELECT channel_id AS id, * FROM welcomes WHERE guild_id = :id",
}
_OF_PERSON = {
    "subscriptions": "SELECT * FROM subscriptions WHERE destination = :id AND guild_id IS NULL",
    "calm": "SELECT destination AS id, * FROM calm WHERE destination = :id AND guild_id IS NULL",
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
    """Return what is stored about a guild. It scans whole tables: not for the event loop."""
    return _kept(db, _OF_GUILD, guild, ("guild_id",))


def kept_of_person(db: sqlite3.Connection, person: int) -> StoredData:
    """Return what is stored about a person. It scans whole tables: not for the event loop."""
    return _kept(db, _OF_PERSON, person, ("destination", "created_by", "owner"))


def _kept(
    db: sqlite3.Connection, queries: Mapping[str, str], number: int, keys: tuple[str, ...]
) -> StoredData:
    parameters = {
        "id": number,
        "kinds": json.dumps(_NAMING),
        "names": json.dumps([f'"{key}":{number}{end}' for key in keys for end in ",}"]),
    }
    kept, totals = {}, {}
    for what, query in {**queries, "journal": _IN_JOURNAL}.items():
        newest = rows(db, f"{query} ORDER BY id DESC LIMIT {_LISTED}", **parameters)
        kept[what] = [dict(row) for row in newest]
        totals[what] = len(newest)
        if totals[what] == _LISTED:
            totals[what] = value(db, f"SELECT count(*) FROM ({query})", **parameters)  # noqa: S608
    return StoredData(kept, totals)
