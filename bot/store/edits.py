"""Edits of messages that were sent: which are requested, and which of those are done."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.codec import Row, exists, rows, stored, update
from bot.store.journal import Entry


def request_edits(db: sqlite3.Connection, posts: str, parameters: Sequence[Any]) -> None:
    """Request one more edit of each post that the query *posts* returns."""
    db.execute(
        f"""
        INSERT INTO edits (post_id, destination, guild_id, requested, done)
        SELECT id, destination, guild_id, 1, 0 FROM posts
        WHERE id IN ({posts}) AND state IN ('sealed', 'sent')
        ON CONFLICT (post_id) DO UPDATE SET requested = requested + 1
        """,  # noqa: S608 - the queries are our own
        parameters,
    )


def request_edits_of(db: sqlite3.Connection, posts: Sequence[int]) -> None:
    """Request one more edit of each of these posts."""
    request_edits(db, "SELECT value FROM json_each(?)", (stored(posts),))


def request_edits_of_same_claims(db: sqlite3.Connection, which: str, *parameters: Any) -> None:
    """Request edits of other posts and digests that told the claims of the deliveries *which*.

    To the same destinations: what they say may no longer be true, or be true again.
    """
    request_edits(
        db,
        f"""
        SELECT told.post_id FROM deliveries AS new JOIN deliveries AS told
            ON told.night = new.night AND told.council = new.council
            AND told.subject = 'claim' AND told.destination = new.destination
        WHERE {which} AND new.subject = 'claim' AND new.version > 1
            AND told.post_id IS NOT NULL AND told.post_id IS NOT new.post_id
        UNION
        SELECT digest.post_id FROM deliveries AS new JOIN claims AS first
            ON first.night = new.night AND first.council = new.council
            AND first.version = 1 AND first.seeded
        JOIN deliveries AS digest
            ON digest.night = new.night AND digest.council = '' AND digest.subject = 'digest'
            AND digest.destination = new.destination
            AND first.outbox BETWEEN digest.version AND digest.outbox
        WHERE {which} AND new.subject = 'claim' AND new.version > 1
            AND digest.post_id IS NOT NULL
        UNION
        SELECT found.post_id FROM deliveries AS new JOIN unrecorded_embeds AS found
            ON found.destination = new.destination AND found.night = new.night
            AND found.council = new.council
        WHERE {which} AND new.subject = 'claim'
        """,  # noqa: S608 - the conditions are our own
        (*parameters, *parameters, *parameters),
    )


@dataclass(frozen=True, slots=True)
class EvidenceFollowed(Entry, kind="evidence-followed"):
    """A claim's evidence has changed: a batch of the posts that tell the claim is edited.

    `destination` is the last of the batch, 0 where it is complete.
    """

    outbox: int
    posts: tuple[int, ...]
    destination: int
    complete: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Request the edits, and write how far they are requested."""
        request_edits_of(db, self.posts)
        progress = {"to_follow": not self.complete, "expanded_to": self.destination}
        update(db, "evidence", {"outbox": self.outbox}, **progress)


@dataclass(frozen=True, slots=True)
class PostEdited(Entry, kind="post-edited"):
    """A post has been edited up to the request number `revision`, or cannot be, for a reason.

    `struck` are those of its deliveries that the message now shows struck through.
    """

    post: int
    revision: int
    reason: str | None = None
    struck: tuple[int, ...] = ()

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the request as done, and what the message shows struck through."""
        update(db, "edits", {"post_id": self.post}, done=self.revision, reason=self.reason)
        for delivery in self.struck:
            update(db, "deliveries", {"id": delivery}, struck=True)


def evidence_to_follow(db: sqlite3.Connection) -> list[Row]:
    """Return the evidence whose posts are to be edited, with its claim's night and version."""
    return rows(
        db,
        """
        SELECT e.outbox, e.expanded_to, c.night, c.council, c.version
        FROM evidence AS e JOIN claims AS c ON c.outbox = e.outbox
        WHERE e.to_follow ORDER BY e.outbox
        """,
    )


def is_edit_pending(db: sqlite3.Connection, post: int) -> bool:
    """Return whether an edit of a post is requested, or under way."""
    return exists(db, "SELECT 1 FROM edits WHERE post_id = ? AND requested > done", post)


_PENDING = """
    SELECT e.post_id, e.destination, e.requested
    FROM edits AS e JOIN posts AS p ON p.id = e.post_id
    WHERE e.requested > e.done AND p.state = 'sent'
"""


def pending_edits(db: sqlite3.Connection, destination: int | None = None) -> list[Row]:
    """Return the edits that are still to be made to messages that are there."""
    if destination is None:
        return rows(db, f"{_PENDING} ORDER BY e.post_id")
    return rows(db, f"{_PENDING} AND e.destination = ? ORDER BY e.post_id", destination)
