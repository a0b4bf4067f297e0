"""Who is told: destinations and what they subscribe to.

A *destination* is a channel or, without a guild, a user's direct messages; its id is Discord's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.journal import Entry

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class Subscribed(Entry, kind="subscribed"):
    """A destination asks for a topic; once more with another role changes the role."""

    destination: int
    guild_id: int | None
    topic: str
    value: str
    role: int | None
    created_by: int
    after_outbox: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the subscription; its id is the entry's number."""
        db.execute(
            "INSERT INTO destinations (id, guild_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (self.destination, self.guild_id),
        )
        db.execute(
            """
            INSERT INTO subscriptions
                (id, destination, guild_id, topic, value, role, created_by, created_at,
                 after_outbox)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (topic, value, destination) DO UPDATE SET role = excluded.role
            """,
            (
                seq,
                self.destination,
                self.guild_id,
                self.topic,
                self.value,
                self.role,
                self.created_by,
                at.isoformat(),
                self.after_outbox,
            ),
        )


@dataclass(frozen=True, slots=True)
class Unsubscribed(Entry, kind="unsubscribed"):
    """A subscription ends."""

    subscription: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Delete the subscription; what was delivered for it stays."""
        db.execute("DELETE FROM subscriptions WHERE id = ?", (self.subscription,))


def subscribers(
    db: sqlite3.Connection,
    topic: str,
    value: str,
    *,
    older_than: int,
    after: int,
    limit: int,
) -> list[Row]:
    """Return the subscriptions to one topic that are older than an outbox number, by destination.

    An index scan: it costs what it returns.
    """
    return db.execute(
        """
        SELECT id, destination, guild_id, role FROM subscriptions
        WHERE topic = ? AND value = ? AND destination > ? AND after_outbox < ?
        ORDER BY destination LIMIT ?
        """,
        (topic, value, after, older_than, limit),
    ).fetchall()


def topics_of(db: sqlite3.Connection, destination: int) -> set[tuple[str, str]]:
    """Return the topics, each with its value, that a destination asks for."""
    found = db.execute(
        "SELECT topic, value FROM subscriptions WHERE destination = ?", (destination,)
    )
    return {(topic, value) for topic, value in found}


def is_asked_for(db: sqlite3.Connection, topic: str) -> bool:
    """Return whether any destination asks for a topic, whatever its value."""
    return bool(
        db.execute("SELECT 1 FROM subscriptions WHERE topic = ? LIMIT 1", (topic,)).fetchone()
    )


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
    return db.execute(
        """
        SELECT r.id, r.destination, r.guild_id, r.role FROM subscriptions AS r
        WHERE r.topic = 'reminders' AND r.value = '' AND r.destination > :after
          AND r.after_outbox < :older_than AND EXISTS (
            SELECT 1 FROM subscriptions AS f WHERE f.destination = r.destination
              AND ((f.topic = 'council' AND f.value = :council)
                OR (f.topic = 'list' AND f.value IN (SELECT value FROM json_each(:lists)))))
        ORDER BY r.destination LIMIT :limit
        """,
        {
            "council": council,
            "lists": json.dumps(list(lists)),
            "older_than": older_than,
            "after": after,
            "limit": limit,
        },
    ).fetchall()


def lists_holding(db: sqlite3.Connection, council: str) -> list[str]:
    """Return the values of the topic `list` of the readers' lists that hold a council."""
    rows = db.execute("SELECT list FROM list_councils WHERE council = ? ORDER BY list", (council,))
    return [str(number) for (number,) in rows]


def destinations_of(db: sqlite3.Connection, guild_id: int | None, user_id: int) -> list[Row]:
    """Return what is known of a guild's channels and of a user's direct messages."""
    return db.execute(
        """
        SELECT * FROM destinations WHERE guild_id = ?
        UNION ALL SELECT * FROM destinations WHERE id = ? AND guild_id IS NULL
        """,
        (guild_id, user_id),
    ).fetchall()


_SUBSCRIPTION = """
    SELECT s.*, d.paused_at, d.reason, f.reason AS failed, f.queued_at AS failed_at
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
    column, wanted = (
        ("s.destination", destination) if guild_id is None else ("s.guild_id", guild_id)
    )
    return db.execute(
        f"""
        {_SUBSCRIPTION}
        WHERE {column} = ? ORDER BY s.destination, s.id
        """,
        (wanted,),
    ).fetchall()


def subscription_row(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one subscription with why its destination is paused, if it is."""
    row: Row | None = db.execute(
        f"{_SUBSCRIPTION} WHERE s.id = ?",
        (number,),
    ).fetchone()
    return row


def same_subscription(
    db: sqlite3.Connection, destination: int, topic: str, value: str
) -> Row | None:
    """Return the subscription of a destination to a topic, if there is one."""
    row: Row | None = db.execute(
        "SELECT id, role FROM subscriptions WHERE topic = ? AND value = ? AND destination = ?",
        (topic, value, destination),
    ).fetchone()
    return row


def count_subscriptions(
    db: sqlite3.Connection, destination: int, guild_id: int | None
) -> tuple[int, int]:
    """Return how many subscriptions a destination has, and all channels of its guild."""
    (there,) = db.execute(
        "SELECT count(*) FROM subscriptions WHERE destination = ?", (destination,)
    ).fetchone()
    (of_guild,) = db.execute(
        "SELECT count(*) FROM subscriptions WHERE guild_id = ?", (guild_id,)
    ).fetchone()
    return int(there), int(of_guild)
