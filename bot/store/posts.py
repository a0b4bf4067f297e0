"""Posts: one message to one destination, from its sealing to its receipt and publication."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.codec import Row, column, exists, insert, row, rows, update, value
from bot.store.deliveries import DeliveryState
from bot.store.edits import request_edits_of, request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.service_notices import About, NoticeTarget, end_trial, queue_notice


class Purpose(StrEnum):
    """What a message is for."""

    DELIVERIES = "deliveries"
    BOARD = "board"
    DESK = "desk"
    """What waits for the desk, in its channel."""


@dataclass(frozen=True, slots=True)
class DeliveryDropped(Entry, kind="delivery-dropped"):
    """A waiting delivery is given up, so that those behind it are not held up.

    `notice` says who is told of it.
    """

    delivery: int
    state: DeliveryState
    reason: str
    notice: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the delivery and queue the notice."""
        update(db, "deliveries", {"id": self.delivery}, state=self.state, reason=self.reason)
        request_edits_of_same_claims(db, "new.id = ?", self.delivery)
        queue_notice(db, self.notice, seq, at, about=About.DELIVERY, number=self.delivery)


@dataclass(frozen=True, slots=True)
class PostSealed(Entry, kind="post-sealed"):
    """A message, ready to send and resend: `payload` is its JSON, nonce included.

    `after` is the newest message in the channel before it. `digest`: its deliveries are late or
    gathered, and told in one list. `reference` finds a message that holds no deliveries. `said` are
    its embeds where the payload hides them. `thread`: where it goes.
    """

    destination: int
    guild_id: int | None
    nonce: str
    payload: str
    deliveries: tuple[int, ...]
    urgency: int
    after: int
    digest: bool = False
    purpose: Purpose = Purpose.DELIVERIES
    reference: str | None = None
    said: str | None = None
    thread: int | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the post under the entry's number and bind its deliveries to it, in order."""
        insert(
            db,
            "posts",
            {
                "id": seq,
                "purpose": self.purpose,
                "destination": self.destination,
                "guild_id": self.guild_id,
                "nonce": self.nonce,
                "payload": self.payload,
                "said": self.said,
                "reference": self.reference,
                "urgency": self.urgency,
                "digest": self.digest,
                "state": "sealed",
                "after_message": self.after,
                "thread": self.thread,
            },
        )
        for position, delivery in enumerate(self.deliveries):
            bound = {"post_id": seq, "position": position}
            update(db, "deliveries", {"id": delivery}, state=DeliveryState.SEALED, **bound)


@dataclass(frozen=True, slots=True)
class PostSent(Entry, kind="post-sent"):
    """The receipt: Discord has the post as a message."""

    post: int
    channel_id: int
    message_id: int
    sent_at: datetime

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the receipt; earlier posts about the same claims are to be edited.

        A summary's picture is put in by an edit: the words never wait for it.
        """
        receipt = {"channel_id": self.channel_id, "message_id": self.message_id}
        update(db, "posts", {"id": self.post}, state="sent", sent_at=self.sent_at, **receipt)
        update(db, "deliveries", {"post_id": self.post}, state=DeliveryState.SENT)
        mark_corrected(db, "post_id = ?", self.post)
        request_edits_of_same_claims(db, "new.post_id = ?", self.post)
        alerted = "SELECT destination FROM posts WHERE id = ? AND purpose = 'deliveries'"
        end_trial(db, "destinations", value(db, alerted, self.post))
        if picture_of(db, self.post):
            request_edits_of(db, [self.post])


def mark_corrected(db: sqlite3.Connection, which: str, number: int) -> None:
    """Set `corrected_by` in what the deliveries *which*, a condition of SQL, correct."""
    db.execute(
        f"""
        UPDATE deliveries SET corrected_by = new.id
        FROM (SELECT id, corrects FROM deliveries WHERE {which}) AS new
        WHERE deliveries.id = new.corrects
        """,  # noqa: S608 - the conditions are our own
        (number,),
    )


@dataclass(frozen=True, slots=True)
class PostFailed(Entry, kind="post-failed"):
    """Discord will not take the post, whenever it is sent."""

    post: int
    reason: str
    notice: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the post and its deliveries, and queue the notice."""
        for table, name in (("posts", "id"), ("deliveries", "post_id")):
            update(db, table, {name: self.post}, state="failed", reason=self.reason)
        for table in ("desk_told", "desk_told_councils"):  # it is told in another message
            db.execute(f"DELETE FROM {table} WHERE post_id = ?", (self.post,))  # noqa: S608
        request_edits_of_same_claims(db, "new.post_id = ?", self.post)
        queue_notice(db, self.notice, seq, at, number=self.post)


@dataclass(frozen=True, slots=True)
class PostPublished(Entry, kind="post-published"):
    """A post in an announcement channel was handed to the servers that follow it, or cannot be."""

    post: int
    published_at: datetime
    reason: str | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write when; it counts in the channel's hourly budget."""
        update(db, "posts", {"id": self.post}, published_at=self.published_at, reason=self.reason)


def is_list(db: sqlite3.Connection, post: int) -> bool:
    """Return whether a post is a digest of late deliveries, true as of its sealing."""
    return exists(db, "SELECT 1 FROM posts WHERE id = ? AND digest", post)


def all_sealed(db: sqlite3.Connection) -> list[int]:
    """Return the destinations of posts that were sealed and have no receipt, and are not paused."""
    return column(
        db,
        """
        SELECT p.destination FROM posts AS p JOIN destinations AS place ON place.id = p.destination
        WHERE p.purpose = 'deliveries' AND p.state = 'sealed' AND paused_at IS NULL ORDER BY p.id
        """,
    )


def sealed_for(db: sqlite3.Connection, destination: int) -> Row | None:
    """Return the post to a destination that was sealed and has no receipt; `late`: it is old.

    None where the destination is paused.
    """
    return row(
        db,
        """
        SELECT p.*, EXISTS (
            SELECT 1 FROM deliveries WHERE post_id = p.id AND late AND NOT p.digest
        ) AS late
        FROM posts AS p JOIN destinations AS place ON place.id = p.destination
        WHERE p.purpose = 'deliveries' AND p.destination = ? AND p.state = 'sealed'
          AND paused_at IS NULL
        ORDER BY p.id LIMIT 1
        """,
        destination,
    )


def sealed_as(db: sqlite3.Connection, purpose: Purpose) -> list[Row]:
    """Return the posts for a purpose that were sealed and have no receipt, oldest first."""
    query = "SELECT * FROM posts WHERE purpose = ? AND state = 'sealed' ORDER BY id"
    return rows(db, query, purpose)


def post(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one post."""
    return row(db, "SELECT * FROM posts WHERE id = ?", number)


def last_receipt(
    db: sqlite3.Connection, destination: int, purpose: Purpose | None = None
) -> Row | None:
    """Return the newest message (`message_id`) of ours in a destination, and its `channel_id`.

    With a *purpose* only among the messages for that.
    """
    return row(
        db,
        """
        SELECT channel_id, message_id FROM posts
        WHERE destination = :destination AND message_id IS NOT NULL
          AND purpose = coalesce(:purpose, purpose)
        ORDER BY message_id DESC LIMIT 1
        """,
        destination=destination,
        purpose=purpose,
    )


def unpublished(
    db: sqlite3.Connection, destination: int, since: datetime, until: datetime
) -> Row | None:
    """Return the post to publish next: sent in between, a correction first, else the oldest."""
    return row(
        db,
        """
        SELECT * FROM posts
        WHERE purpose = 'deliveries' AND destination = ? AND state = 'sent'
          AND channel_id = destination AND published_at IS NULL AND sent_at > ? AND sent_at <= ?
          AND NOT EXISTS (SELECT 1 FROM deliveries WHERE post_id = posts.id AND kind = 'service')
        ORDER BY urgency > 0, id LIMIT 1
        """,
        destination,
        since.isoformat(),
        until.isoformat(),
    )


def all_unpublished(db: sqlite3.Connection, since: datetime, until: datetime) -> list[int]:
    """Return the destinations of posts that were sent in between and are not published."""
    return column(
        db,
        """
        SELECT DISTINCT destination FROM posts
        WHERE purpose = 'deliveries' AND state = 'sent' AND published_at IS NULL
          AND channel_id = destination
          AND sent_at > ? AND sent_at <= ?
        """,
        since.isoformat(),
        until.isoformat(),
    )


def published_between(
    db: sqlite3.Connection, destination: int, since: datetime, until: datetime
) -> list[datetime]:
    """Return when posts of a channel were published in between, oldest first."""
    found = column(
        db,
        "SELECT published_at FROM posts WHERE destination = ? AND published_at > ? "
        "AND published_at <= ? ORDER BY published_at",
        destination,
        since.isoformat(),
        until.isoformat(),
    )
    return [datetime.fromisoformat(at) for at in found]


def picture_of(db: sqlite3.Connection, post: int) -> str | None:
    """Return the picture of the summary in a post, "" where it has none; None for other posts."""
    picture: str | None = value(
        db,
        """
        SELECT picture FROM deliveries
        JOIN summaries ON summaries.night = deliveries.night AND edition = deliveries.version
        WHERE post_id = ? AND subject = 'summary'
        """,
        post,
    )
    return picture
