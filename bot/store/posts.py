"""Posts: one message to one destination, from its sealing to its receipt and publication."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.store.deliveries import DeliveryState
from bot.store.edits import request_edits, request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.pausing import end_trial
from bot.store.service_notices import About, NoticeTarget, tell

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class DeliveryDropped(Entry, kind="delivery-dropped"):
    """A waiting delivery is given up, so that those behind it are not held up.

    `tell` is who is told of it.
    """

    delivery: int
    state: DeliveryState
    reason: str
    tell: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the delivery, and have who is to know told."""
        db.execute(
            "UPDATE deliveries SET state = ?, reason = ? WHERE id = ?",
            (self.state, self.reason, self.delivery),
        )
        request_edits_of_same_claims(db, "new.id = ?", self.delivery)
        tell(db, self.tell, seq, at, of=About.DELIVERY, number=self.delivery)


@dataclass(frozen=True, slots=True)
class PostSealed(Entry, kind="post-sealed"):
    """One message, as it will be sent and resent: `payload` is its JSON, nonce included.

    It will stand after the message `after`, the newest that Discord named in its channel before.
    `digest`: all its deliveries are told in one list, as they are late.
    """

    destination: int
    guild_id: int | None
    nonce: str
    payload: str
    deliveries: tuple[int, ...]
    urgency: int
    after: int
    digest: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the post under the entry's number and bind its deliveries to it, in order."""
        db.execute(
            """
            INSERT INTO posts
                (id, destination, guild_id, nonce, payload, urgency, digest, state, after_message)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'sealed', ?)
            """,
            (
                seq,
                self.destination,
                self.guild_id,
                self.nonce,
                self.payload,
                self.urgency,
                self.digest,
                self.after,
            ),
        )
        db.executemany(
            "UPDATE deliveries SET state = 'sealed', post_id = ?, position = ? WHERE id = ?",
            [(seq, position, delivery) for position, delivery in enumerate(self.deliveries)],
        )


@dataclass(frozen=True, slots=True)
class PostSent(Entry, kind="post-sent"):
    """The receipt: Discord has the post as a message."""

    post: int
    channel_id: int
    message_id: int
    sent_at: datetime

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the receipt; what was told of the same claims before is to read true beside it.

        A summary's picture is put in by an edit: the words never wait for it.
        """
        db.execute(
            "UPDATE posts SET state = 'sent', channel_id = ?, message_id = ?, sent_at = ? "
            "WHERE id = ?",
            (self.channel_id, self.message_id, self.sent_at.isoformat(), self.post),
        )
        db.execute("UPDATE deliveries SET state = 'sent' WHERE post_id = ?", (self.post,))
        db.execute(
            """
            UPDATE deliveries SET corrected_by = new.id
            FROM (SELECT id, corrects FROM deliveries WHERE post_id = ?) AS new
            WHERE deliveries.id = new.corrects
            """,
            (self.post,),
        )
        request_edits_of_same_claims(db, "new.post_id = ?", self.post)
        (destination,) = db.execute(
            "SELECT destination FROM posts WHERE id = ?", (self.post,)
        ).fetchone() or (0,)
        end_trial(db, destination)
        request_edits(
            db,
            f"SELECT ? WHERE EXISTS ({_SUMMARY_OF_POST} AND picture <> '')",
            (self.post, self.post),
        )


@dataclass(frozen=True, slots=True)
class PostFailed(Entry, kind="post-failed"):
    """Discord will not take the post, whenever it is sent."""

    post: int
    reason: str
    tell: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the post and its deliveries, and have who is to know told."""
        for table, column in (("posts", "id"), ("deliveries", "post_id")):
            db.execute(
                f"UPDATE {table} SET state = 'failed', reason = ? WHERE {column} = ?",  # noqa: S608
                (self.reason, self.post),
            )
        request_edits_of_same_claims(db, "new.post_id = ?", self.post)
        tell(db, self.tell, seq, at, number=self.post)


@dataclass(frozen=True, slots=True)
class PostPublished(Entry, kind="post-published"):
    """A post in an announcement channel was handed to the servers that follow it, or cannot be."""

    post: int
    published_at: datetime
    reason: str | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write when; it counts in the channel's hourly budget."""
        db.execute(
            "UPDATE posts SET published_at = ?, reason = ? WHERE id = ?",
            (self.published_at.isoformat(), self.reason, self.post),
        )


def is_list(db: sqlite3.Connection, post: int) -> bool:
    """Return whether a post tells what came late in a list, as it held when that was sealed."""
    found = db.execute("SELECT 1 FROM posts WHERE id = ? AND digest", (post,)).fetchone()
    return found is not None


def all_sealed(db: sqlite3.Connection) -> list[int]:
    """Return the destinations of posts that were sealed and have no receipt, and are not paused."""
    found = db.execute(
        """
        SELECT p.destination FROM posts AS p JOIN destinations AS place ON place.id = p.destination
        WHERE p.state = 'sealed' AND paused_at IS NULL ORDER BY p.id
        """
    )
    return [destination for (destination,) in found]


def sealed_for(db: sqlite3.Connection, destination: int) -> Row | None:
    """Return the post to a destination that was sealed and has no receipt; `late`: it is old.

    None where the destination is paused.
    """
    row: Row | None = db.execute(
        """
        SELECT p.*, EXISTS (
            SELECT 1 FROM deliveries WHERE post_id = p.id AND late AND NOT p.digest
        ) AS late
        FROM posts AS p JOIN destinations AS place ON place.id = p.destination
        WHERE p.destination = ? AND p.state = 'sealed' AND paused_at IS NULL
        ORDER BY p.id LIMIT 1
        """,
        (destination,),
    ).fetchone()
    return row


def post(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one post."""
    row: Row | None = db.execute("SELECT * FROM posts WHERE id = ?", (number,)).fetchone()
    return row


def last_receipt(db: sqlite3.Connection, destination: int) -> Row | None:
    """Return the newest message (`message_id`) of ours in a destination, and its `channel_id`."""
    row: Row | None = db.execute(
        """
        SELECT channel_id, message_id FROM posts
        WHERE destination = ? AND message_id IS NOT NULL ORDER BY message_id DESC LIMIT 1
        """,
        (destination,),
    ).fetchone()
    return row


def unpublished(
    db: sqlite3.Connection, destination: int, since: datetime, until: datetime
) -> Row | None:
    """Return the post to publish next: sent in between, a correction first, else the oldest."""
    row: Row | None = db.execute(
        """
        SELECT * FROM posts
        WHERE destination = ? AND state = 'sent' AND published_at IS NULL
          AND sent_at > ? AND sent_at <= ?
          AND NOT EXISTS (SELECT 1 FROM deliveries WHERE post_id = posts.id AND kind = 'service')
        ORDER BY urgency > 0, id LIMIT 1
        """,
        (destination, since.isoformat(), until.isoformat()),
    ).fetchone()
    return row


def all_unpublished(db: sqlite3.Connection, since: datetime, until: datetime) -> list[int]:
    """Return the destinations of posts that were sent in between and are not published."""
    found = db.execute(
        """
        SELECT DISTINCT destination FROM posts
        WHERE state = 'sent' AND published_at IS NULL AND guild_id IS NOT NULL
          AND sent_at > ? AND sent_at <= ?
        """,
        (since.isoformat(), until.isoformat()),
    )
    return [destination for (destination,) in found]


def published_between(
    db: sqlite3.Connection, destination: int, since: datetime, until: datetime
) -> list[datetime]:
    """Return when posts of a channel were published in between, oldest first."""
    found: Iterable[tuple[str]] = db.execute(
        "SELECT published_at FROM posts WHERE destination = ? AND published_at > ? "
        "AND published_at <= ? ORDER BY published_at",
        (destination, since.isoformat(), until.isoformat()),
    )
    return [datetime.fromisoformat(at) for (at,) in found]


_SUMMARY_OF_POST = """
    SELECT picture FROM deliveries
    JOIN summaries ON summaries.night = deliveries.night AND edition = deliveries.version
    WHERE post_id = ? AND subject = 'summary'
"""


def picture_of(db: sqlite3.Connection, post: int) -> str | None:
    """Return the picture of the summary in a post, "" where it has none; None for other posts."""
    row = db.execute(_SUMMARY_OF_POST, (post,)).fetchone()
    return None if row is None else str(row["picture"])
