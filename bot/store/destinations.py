"""Who is told: destinations, what they subscribe to, and whose they are.

A *destination* is a channel or, without a guild, a user's direct messages; its id is Discord's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.election.alert_kinds import Level, Topic
from bot.store.codec import Row, column, delete, exists, insert, row, row_of, rows, value
from bot.store.journal import Entry


class NotTheirs(Exception):  # noqa: N818 - a refusal, not an error of the program
    """The channel belongs to another server; the message is for the person who asked."""


def check_owner(db: sqlite3.Connection, place: int, guild: int | None) -> None:
    """Raise `NotTheirs` where a channel is known as another guild's than *guild*."""
    owners = column(
        db,
        """
        SELECT guild_id FROM destinations WHERE id = :place
        UNION ALL SELECT guild_id FROM boards WHERE channel_id = :place
        UNION ALL SELECT guild_id FROM welcomes WHERE channel_id = :place
        """,
        place=place,
    )
    if any(owner != guild for owner in owners):
        raise NotTheirs("That channel is another server's: choose one of this server.")


@dataclass(frozen=True, slots=True)
class Welcomed(Entry, kind="welcomed"):
    """A channel was sent the message that explains how to ask."""

    channel_id: int
    guild_id: int
    message_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down; of two at once the first counts."""
        insert(db, "welcomes", row_of(self), verb="INSERT OR IGNORE")


def is_welcomed(db: sqlite3.Connection, channel: int) -> bool:
    """Return whether a channel was told how to ask."""
    return exists(db, "SELECT 1 FROM welcomes WHERE channel_id = ?", channel)


@dataclass(frozen=True, slots=True)
class Subscribed(Entry, kind="subscribed"):
    """A destination subscribes to a topic; once more changes the role and the level."""

    destination: int
    guild_id: int | None
    topic: str
    value: str
    role: int | None
    created_by: int
    after_outbox: int
    level: Level = Level.EVERYTHING

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the subscription; its id is the entry's number."""
        known = {"id": self.destination, "guild_id": self.guild_id}
        insert(db, "destinations", known, then="ON CONFLICT DO NOTHING")
        insert(
            db,
            "subscriptions",
            {"id": seq, **row_of(self), "created_at": at},
            then="ON CONFLICT (topic, value, destination) "
            "DO UPDATE SET role = excluded.role, level = excluded.level",
        )


@dataclass(frozen=True, slots=True)
class Unsubscribed(Entry, kind="unsubscribed"):
    """A subscription ends."""

    subscription: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the subscription; what was delivered for it stays."""
        delete(db, "subscriptions", id=self.subscription)


def subscribers(
    db: sqlite3.Connection,
    topic: str,
    value: str,
    level: Level,
    *,
    older_than: int,
    after: int,
    limit: int,
) -> list[Row]:
    """Return the subscriptions to one topic on one level, by destination.

    They are older than an outbox number.

    An index scan: it costs what it returns.
    """
    return rows(
        db,
        """
        SELECT id, destination, guild_id, role FROM subscriptions
        WHERE topic = ? AND value = ? AND level = ? AND destination > ? AND after_outbox < ?
        ORDER BY destination LIMIT ?
        """,
        topic,
        value,
        level.value,
        after,
        older_than,
        limit,
    )


def topics_of(db: sqlite3.Connection, destination: int) -> dict[tuple[str, str], Level]:
    """Return the topics, each with its value, that a destination subscribes to, with the level."""
    query = "SELECT topic, value, level FROM subscriptions WHERE destination = ?"
    return {(topic, value): Level(level) for topic, value, level in rows(db, query, destination)}


def is_asked_for(db: sqlite3.Connection, topic: str) -> bool:
    """Return whether any destination subscribes to a topic, whatever its value."""
    return exists(db, "SELECT 1 FROM subscriptions WHERE topic = ? LIMIT 1", topic)


def reminded(
    db: sqlite3.Connection,
    council: str,
    lists: Sequence[str],
    *,
    older_than: int,
    after: int,
    limit: int,
) -> list[Row]:
    """Return who asks for reminders and follows a council, itself or by one of *lists*."""
    return rows(
        db,
        """
        SELECT r.id, r.destination, r.guild_id, r.role FROM subscriptions AS r
        WHERE r.topic = :reminders AND r.value = '' AND r.destination > :after
          AND r.after_outbox < :older_than AND EXISTS (
            SELECT 1 FROM subscriptions AS f WHERE f.destination = r.destination
              AND ((f.topic = :one AND f.value = :council)
                OR (f.topic = :listed AND f.value IN (SELECT value FROM json_each(:lists)))))
        ORDER BY r.destination LIMIT :limit
        """,
        reminders=Topic.REMINDERS,
        one=Topic.COUNCIL,
        listed=Topic.LIST,
        council=council,
        lists=json.dumps(list(lists)),
        older_than=older_than,
        after=after,
        limit=limit,
    )


def destinations_of(db: sqlite3.Connection, guild_id: int | None, user_id: int) -> list[Row]:
    """Return what is known of a guild's channels and of a user's direct messages."""
    return rows(
        db,
        """
        SELECT * FROM destinations WHERE guild_id = ?
        UNION ALL SELECT * FROM destinations WHERE id = ? AND guild_id IS NULL
        """,
        guild_id,
        user_id,
    )


_SUBSCRIPTION = """
    SELECT s.*, d.paused_at, d.reason, d.threads, d.forum,
        f.reason AS failed, f.queued_at AS failed_at
    FROM subscriptions AS s JOIN destinations AS d ON d.id = s.destination
    LEFT JOIN deliveries AS f ON f.id = (
        SELECT MAX(id) FROM deliveries
        WHERE destination = s.destination AND state = 'failed' AND kind <> 'service'
    )
"""


def subscription_rows(
    db: sqlite3.Connection, *, guild_id: int | None = None, destination: int | None = None
) -> list[Row]:
    """Return a guild's subscriptions, or one destination's, with why it is paused, if it is."""
    of, wanted = ("destination", destination) if guild_id is None else ("guild_id", guild_id)
    return rows(db, f"{_SUBSCRIPTION} WHERE s.{of} = ? ORDER BY s.destination, s.id", wanted)


def subscription_row(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one subscription with why its destination is paused, if it is."""
    return row(db, f"{_SUBSCRIPTION} WHERE s.id = ?", number)


def same_subscription(
    db: sqlite3.Connection, destination: int, topic: str, value: str
) -> Row | None:
    """Return the subscription of a destination to a topic, if there is one."""
    return row(
        db,
        "SELECT id, role, level FROM subscriptions "
        "WHERE topic = ? AND value = ? AND destination = ?",
        topic,
        value,
        destination,
    )


def count_subscriptions(
    db: sqlite3.Connection, destination: int, guild_id: int | None
) -> tuple[int, int]:
    """Return how many subscriptions a destination has, and all channels of its guild."""
    count = "SELECT count(*) FROM subscriptions WHERE"
    there = value(db, f"{count} destination = ?", destination)
    return int(there), int(value(db, f"{count} guild_id = ?", guild_id))
