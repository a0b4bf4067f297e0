"""Who is told: subscriptions, deliveries, posts and receipts.

Entries for the journal, and the queries of those who match, send and ask why. A *destination* is
a channel or, without a guild, a user's direct messages; its id is Discord's. Times named `…_at` in
an entry are real time, as Discord's own limits and memories are; the journal has the night's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

from sqlite_utils import Database

from bot.store.journal import Entry
from bot.store.numbers import count_to, next_number

Row = sqlite3.Row
_COUNTER = "deliveries"


class DeliveryKind(StrEnum):
    """What a destination is told with a delivery."""

    ALERT = "alert"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    DIGEST = "digest"
    SUMMARY = "summary"

    @property
    def subject(self) -> str:
        """What a delivery is unique on, with the night, the council and the version."""
        return self.value if self in (self.DIGEST, self.SUMMARY) else "claim"


class Edition(IntEnum):
    """The summaries of a night: each is posted once, and stands in a delivery's version."""

    MORNING = 1
    """How the night stands in the morning after polling; what comes later is not for it."""
    FINAL = 2
    """When everything is declared, or its hour has struck; it follows the results from then on."""


class DeliveryState(StrEnum):
    """Where a delivery stands; all but the first two are final.

    *Refused*: by the destination, which is paused for it. *Failed*: by a fault of our own.
    """

    WAITING = "waiting"
    SEALED = "sealed"
    SENT = "sent"
    REPLACED = "replaced"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Subscribed(Entry):
    """A destination asks for a topic; once more with another role changes the role."""

    kind: ClassVar[str] = "subscribed"
    destination: int
    guild_id: int | None
    topic: str
    value: str
    role: int | None
    created_by: int
    after_outbox: int

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the subscription; its id is the entry's number."""
        db.conn.execute(
            "INSERT INTO destinations (id, guild_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (self.destination, self.guild_id),
        )
        db.conn.execute(
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
class Unsubscribed(Entry):
    """A subscription ends."""

    kind: ClassVar[str] = "unsubscribed"
    subscription: int

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Delete the subscription; what was delivered for it stays."""
        db.conn.execute("DELETE FROM subscriptions WHERE id = ?", (self.subscription,))


@dataclass(frozen=True, slots=True)
class DestinationPaused(Entry):
    """A destination refuses: nothing is sent to it until it is resumed."""

    kind: ClassVar[str] = "destination-paused"
    destination: int
    reason: str

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Mark the destination; what waits for it is refused, and what it corrects edited."""
        _want_truth(db, "new.destination = ? AND new.state = 'waiting'", self.destination)
        db.conn.execute(
            "UPDATE destinations SET paused_at = ?, reason = ? WHERE id = ?",
            (at.isoformat(), self.reason, self.destination),
        )
        db.conn.execute(
            "UPDATE deliveries SET state = 'refused', reason = ? "
            "WHERE destination = ? AND state = 'waiting'",
            (self.reason, self.destination),
        )


@dataclass(frozen=True, slots=True)
class DestinationResumed(Entry):
    """A destination is tried again from now on; what failed meanwhile is not sent late."""

    kind: ClassVar[str] = "destination-resumed"
    destination: int

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Take the mark away; edits that failed are wanted again."""
        db.conn.execute(
            "UPDATE destinations SET paused_at = NULL, reason = NULL WHERE id = ?",
            (self.destination,),
        )
        db.conn.execute(
            "UPDATE edits SET wanted = wanted + 1, reason = NULL "
            "WHERE destination = ? AND reason IS NOT NULL",
            (self.destination,),
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox is expanded: every claim up to `outbox`, and of the next, or of the
    seeded run up to `until`, the destinations up to `destination`."""

    outbox: int = 0
    destination: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One delivery to be. `corrects` is the delivery that was wrong, `replaces` the one that
    still waited and is not to be sent. A digest covers the outbox from `version` to `outbox`."""

    destination: int
    guild_id: int | None
    kind: DeliveryKind
    outbox: int
    night: str
    council: str
    version: int
    urgency: int
    roles: tuple[int, ...] = ()
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveriesQueued(Entry):
    """A batch of deliveries, those that they replace, and where the cursor stands after it.

    `restless` are the versions, by outbox number, that those who saw another are not told yet.
    `outdated` are the posts whose messages do not read true any more where nothing new is sent.
    """

    kind: ClassVar[str] = "deliveries-queued"
    first_id: int
    deliveries: tuple[NewDelivery, ...]
    replaced: tuple[int, ...]
    cursor: Cursor
    restless: tuple[int, ...] = ()
    outdated: tuple[int, ...] = ()

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the deliveries, those to a paused destination as refused, and move the cursor."""
        _replace_deliveries(db, self.replaced)
        _insert_deliveries(db, self.first_id, self.deliveries, at)
        db.conn.executemany(
            "INSERT OR REPLACE INTO restless (night, council, outbox, expanded_to) "
            "SELECT night, council, outbox, 0 FROM claims WHERE outbox = ?",
            [(outbox,) for outbox in self.restless],
        )
        _want_edits(db, "SELECT value FROM json_each(?)", (json.dumps(self.outdated),))
        db.conn.execute(
            "UPDATE expansion SET outbox = ?, destination = ?, until = ?",
            (self.cursor.outbox, self.cursor.destination, self.cursor.until),
        )


@dataclass(frozen=True, slots=True)
class RestlessQueued(Entry):
    """A claim is still again: a batch of those who saw another version is told the last word.

    `destination` is the last of the batch, 0 where it is complete.
    """

    kind: ClassVar[str] = "restless-queued"
    outbox: int
    first_id: int
    deliveries: tuple[NewDelivery, ...]
    replaced: tuple[int, ...]
    destination: int
    complete: bool

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the deliveries, and how far the claim is told."""
        _replace_deliveries(db, self.replaced)
        _insert_deliveries(db, self.first_id, self.deliveries, at)
        if self.complete:
            db.conn.execute("DELETE FROM restless WHERE outbox = ?", (self.outbox,))
        else:
            db.conn.execute(
                "UPDATE restless SET expanded_to = ? WHERE outbox = ?",
                (self.destination, self.outbox),
            )


def _replace_deliveries(db: Database, replaced: Sequence[int]) -> None:
    db.conn.executemany(
        "UPDATE deliveries SET state = 'replaced' WHERE id = ?",
        [(delivery,) for delivery in replaced],
    )


def _insert_deliveries(
    db: Database, first_id: int, deliveries: Sequence[NewDelivery], at: datetime
) -> None:
    db.conn.executemany(
        """
        INSERT INTO deliveries
            (id, destination, guild_id, kind, subject, outbox, night, council, version, urgency,
             roles, corrects, queued_at, state, reason)
        SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
               iif(paused_at IS NULL, 'waiting', 'refused'), reason
        FROM destinations WHERE id = ?
        """,
        [
            (
                first_id + position,
                new.destination,
                new.guild_id,
                new.kind,
                new.kind.subject,
                new.outbox,
                new.night,
                new.council,
                new.version,
                new.urgency,
                json.dumps(new.roles),
                new.corrects,
                at.isoformat(),
                new.destination,
            )
            for position, new in enumerate(deliveries)
        ],
    )
    last_id = first_id + len(deliveries) - 1
    count_to(db.conn, _COUNTER, last_id)
    _want_truth(db, "new.id BETWEEN ? AND ? AND new.state = 'refused'", first_id, last_id)


@dataclass(frozen=True, slots=True)
class DeliveryDropped(Entry):
    """A waiting delivery is given up, so that those behind it are not held up."""

    kind: ClassVar[str] = "delivery-dropped"
    delivery: int
    state: DeliveryState
    reason: str

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Mark the delivery."""
        db.conn.execute(
            "UPDATE deliveries SET state = ?, reason = ? WHERE id = ?",
            (self.state, self.reason, self.delivery),
        )
        _want_truth(db, "new.id = ?", self.delivery)


@dataclass(frozen=True, slots=True)
class PostSealed(Entry):
    """One message, as it will be sent and resent: `payload` is its JSON, nonce included."""

    kind: ClassVar[str] = "post-sealed"
    destination: int
    guild_id: int | None
    nonce: str
    payload: str
    deliveries: tuple[int, ...]
    urgency: int
    sealed_at: datetime

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the post under the entry's number and bind its deliveries to it, in order."""
        db.conn.execute(
            """
            INSERT INTO posts
                (id, destination, guild_id, nonce, payload, urgency, state, sealed_at)
            VALUES (?, ?, ?, ?, ?, ?, 'sealed', ?)
            """,
            (
                seq,
                self.destination,
                self.guild_id,
                self.nonce,
                self.payload,
                self.urgency,
                self.sealed_at.isoformat(),
            ),
        )
        db.conn.executemany(
            "UPDATE deliveries SET state = 'sealed', post_id = ?, position = ? WHERE id = ?",
            [(seq, position, delivery) for position, delivery in enumerate(self.deliveries)],
        )


@dataclass(frozen=True, slots=True)
class PostSent(Entry):
    """The receipt: Discord has the post as a message."""

    kind: ClassVar[str] = "post-sent"
    post: int
    channel_id: int
    message_id: int
    sent_at: datetime

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the receipt; what was told of the same claims before is to read true beside it.

        A summary's picture is put in by an edit: the words never wait for it.
        """
        db.conn.execute(
            "UPDATE posts SET state = 'sent', channel_id = ?, message_id = ?, sent_at = ? "
            "WHERE id = ?",
            (self.channel_id, self.message_id, self.sent_at.isoformat(), self.post),
        )
        db.conn.execute("UPDATE deliveries SET state = 'sent' WHERE post_id = ?", (self.post,))
        db.conn.execute(
            """
            UPDATE deliveries SET corrected_by = new.id
            FROM (SELECT id, corrects FROM deliveries WHERE post_id = ?) AS new
            WHERE deliveries.id = new.corrects
            """,
            (self.post,),
        )
        _want_truth(db, "new.post_id = ?", self.post)
        _want_edits(
            db,
            f"SELECT ? WHERE EXISTS ({_SUMMARY_OF_POST} AND picture <> '')",
            (self.post, self.post),
        )


_SUMMARY_OF_POST = """
    SELECT picture FROM deliveries
    JOIN summaries ON summaries.night = deliveries.night AND edition = deliveries.version
    WHERE post_id = ? AND subject = 'summary'
"""


def picture_of(db: sqlite3.Connection, post: int) -> str | None:
    """Return the picture of the summary in a post, "" where it has none; None for other posts."""
    row = db.execute(_SUMMARY_OF_POST, (post,)).fetchone()
    return None if row is None else str(row["picture"])


def _want_edits(db: Database, posts: str, parameters: Sequence[Any]) -> None:
    """Ask for one more edit of each post that the query *posts* returns."""
    db.conn.execute(
        f"""
        INSERT INTO edits (post_id, destination, guild_id, wanted, done)
        SELECT id, destination, guild_id, 1, 0 FROM posts
        WHERE id IN ({posts}) AND state IN ('sealed', 'sent')
        ON CONFLICT (post_id) DO UPDATE SET wanted = wanted + 1
        """,  # noqa: S608 - the queries are our own
        parameters,
    )


def _want_truth(db: Database, which: str, *parameters: Any) -> None:
    """Ask for the edit of the other posts that told of the same claims as the deliveries *which*.

    To the same destinations, in a digest too: what they say may hold no longer, or hold again.
    """
    _want_edits(
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
        """,  # noqa: S608 - the conditions are our own
        (*parameters, *parameters),
    )


@dataclass(frozen=True, slots=True)
class EvidenceFollowed(Entry):
    """A claim's version rests on something else: a batch of the posts that tell it is to show it.

    `destination` is the last of the batch, 0 where it is complete.
    """

    kind: ClassVar[str] = "evidence-followed"
    outbox: int
    posts: tuple[int, ...]
    destination: int
    complete: bool

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Ask for the edits, and write how far they are asked for."""
        _want_edits(db, "SELECT value FROM json_each(?)", (json.dumps(self.posts),))
        db.conn.execute(
            "UPDATE evidence SET to_follow = ?, expanded_to = ? WHERE outbox = ?",
            (not self.complete, self.destination, self.outbox),
        )


@dataclass(frozen=True, slots=True)
class PostFailed(Entry):
    """Discord will not take the post: the destination refuses, or the post is at fault."""

    kind: ClassVar[str] = "post-failed"
    post: int
    state: DeliveryState
    reason: str

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Mark the post and its deliveries."""
        for table, column in (("posts", "id"), ("deliveries", "post_id")):
            db.conn.execute(
                f"UPDATE {table} SET state = ?, reason = ? WHERE {column} = ?",  # noqa: S608
                (self.state, self.reason, self.post),
            )
        _want_truth(db, "new.post_id = ?", self.post)


@dataclass(frozen=True, slots=True)
class PostEdited(Entry):
    """A post has been edited up to the wish number `revision`, or cannot be, for a reason.

    `struck` are those of its deliveries that the message now shows struck through.
    """

    kind: ClassVar[str] = "post-edited"
    post: int
    revision: int
    reason: str | None = None
    struck: tuple[int, ...] = ()

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Mark the wish as done, and what has been seen struck through."""
        db.conn.execute(
            "UPDATE edits SET done = ?, reason = ? WHERE post_id = ?",
            (self.revision, self.reason, self.post),
        )
        db.conn.executemany(
            "UPDATE deliveries SET struck = 1 WHERE id = ?",
            [(delivery,) for delivery in self.struck],
        )


@dataclass(frozen=True, slots=True)
class PostPublished(Entry):
    """A post in an announcement channel was handed to the servers that follow it, or cannot be."""

    kind: ClassVar[str] = "post-published"
    post: int
    published_at: datetime
    reason: str | None = None

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write when; it counts in the channel's hourly budget."""
        db.conn.execute(
            "UPDATE posts SET published_at = ?, reason = ? WHERE id = ?",
            (self.published_at.isoformat(), self.reason, self.post),
        )


@dataclass(frozen=True, slots=True)
class SummaryWritten(Entry):
    """An edition of the night's summary in one message's embeds; a later version edits it.

    `told` is what results it tells, by which it is seen that they have changed; `picture` is what
    its first embed shows once the message stands.
    """

    kind: ClassVar[str] = "summary-written"
    night: str
    edition: Edition
    version: int
    embeds: str
    told: str
    reason: str
    picture: str = ""

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the version and ask for the edit of the earlier ones."""
        db.conn.execute(
            """
            INSERT INTO summaries
                (night, edition, version, embeds, picture, told, reason, written_at, first_seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (night, edition) DO UPDATE SET version = excluded.version,
                embeds = excluded.embeds, picture = excluded.picture, told = excluded.told,
                reason = excluded.reason
            """,
            (
                self.night,
                self.edition,
                self.version,
                self.embeds,
                self.picture,
                self.told,
                self.reason,
                at.isoformat(),
                seq,
            ),
        )
        _want_edits(
            db,
            "SELECT post_id FROM deliveries WHERE subject = 'summary' AND night = ? "
            "AND version = ?",
            (self.night, self.edition),
        )


@dataclass(frozen=True, slots=True)
class SummaryQueued(Entry):
    """A batch of destinations gets an edition of the summary; `until` is the last of them."""

    kind: ClassVar[str] = "summary-queued"
    night: str
    edition: Edition
    first_id: int
    deliveries: tuple[NewDelivery, ...]
    until: int
    complete: bool

    def apply(self, db: Database, seq: int, at: datetime) -> None:
        """Write the deliveries and move the summary's own cursor."""
        _insert_deliveries(db, self.first_id, self.deliveries, at)
        db.conn.execute(
            "UPDATE summaries SET expanded_to = ?, complete = ? WHERE night = ? AND edition = ?",
            (self.until, self.complete, self.night, self.edition),
        )


def next_delivery_id(db: sqlite3.Connection) -> int:
    """Return the id that the next delivery will have, which none has had before.

    It is shown in a message as its reference: a channel's history is searched for it.
    """
    return next_number(db, _COUNTER)


def newest_outbox(db: sqlite3.Connection) -> int:
    """Return the outbox number of the latest claim version, 0 without any."""
    (last,) = db.execute("SELECT COALESCE(MAX(outbox), 0) FROM claims").fetchone()
    return int(last)


def cursor(db: sqlite3.Connection) -> Cursor:
    """Return how far the outbox is expanded."""
    return Cursor(*db.execute("SELECT outbox, destination, until FROM expansion").fetchone())


def claims_after(db: sqlite3.Connection, outbox: int, limit: int) -> list[Row]:
    """Return the next claim versions in the outbox's order."""
    return db.execute(
        "SELECT * FROM claims WHERE outbox > ? ORDER BY outbox LIMIT ?", (outbox, limit)
    ).fetchall()


def claim(db: sqlite3.Connection, outbox: int) -> Row | None:
    """Return one claim version."""
    row: Row | None = db.execute("SELECT * FROM claims WHERE outbox = ?", (outbox,)).fetchone()
    return row


def latest_claims(db: sqlite3.Connection, first: int, last: int) -> list[Row]:
    """Return the latest version of every claim that has one in a stretch of the outbox."""
    return db.execute(
        """
        SELECT * FROM claims AS c
        WHERE (night, council) IN (
            SELECT night, council FROM claims WHERE outbox BETWEEN ? AND ?
        ) AND version = (
            SELECT MAX(version) FROM claims WHERE night = c.night AND council = c.council
        )
        ORDER BY outbox
        """,
        (first, last),
    ).fetchall()


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


def is_asked_for(db: sqlite3.Connection, topic: str) -> bool:
    """Return whether any destination asks for a topic, whatever its value."""
    return bool(
        db.execute("SELECT 1 FROM subscriptions WHERE topic = ? LIMIT 1", (topic,)).fetchone()
    )


def lists_holding(db: sqlite3.Connection, council: str) -> list[str]:
    """Return the values of the topic `list` of the readers' lists that hold a council."""
    rows = db.execute("SELECT list FROM list_councils WHERE council = ? ORDER BY list", (council,))
    return [str(number) for (number,) in rows]


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


def waiting_reminders(db: sqlite3.Connection, night: str, council: str) -> list[int]:
    """Return the reminders of a council that nobody has been sent yet."""
    rows = db.execute(
        "SELECT id FROM deliveries WHERE night = ? AND council = ? AND state = 'waiting'",
        (night, f"due:{council}"),
    )
    return [int(number) for (number,) in rows]


def has_declared(db: sqlite3.Connection, night: str, council: str) -> bool:
    """Return whether a council has a result in force."""
    row = db.execute(
        "SELECT after FROM standings WHERE night = ? AND council = ?", (night, council)
    ).fetchone()
    return row is not None and row[0] is not None


def told_of(
    db: sqlite3.Connection, night: str, council: str, *, after: int, limit: int
) -> list[Row]:
    """Return the deliveries of a claim's versions to the next *limit* destinations, in order."""
    return db.execute(
        """
        SELECT * FROM deliveries
        WHERE night = :night AND council = :council AND subject = 'claim' AND destination IN (
            SELECT DISTINCT destination FROM deliveries
            WHERE night = :night AND council = :council AND subject = 'claim'
              AND destination > :after
            ORDER BY destination LIMIT :limit
        )
        ORDER BY destination, version
        """,
        {"night": night, "council": council, "after": after, "limit": limit},
    ).fetchall()


def evidence_to_follow(db: sqlite3.Connection) -> list[Row]:
    """Return the evidence that posts are still to follow, with its claim's night and version."""
    return db.execute(
        """
        SELECT e.outbox, e.expanded_to, c.night, c.council, c.version
        FROM evidence AS e JOIN claims AS c ON c.outbox = e.outbox
        WHERE e.to_follow ORDER BY e.outbox
        """
    ).fetchall()


def telling(db: sqlite3.Connection, claim: Row, *, after: int, until: int) -> list[Row]:
    """Return the posts to the destinations between that tell what a claim's version says.

    *claim* has its night, council and version. An earlier version may have said the same.
    """
    return db.execute(
        """
        SELECT d.destination, d.post_id FROM deliveries AS d
        JOIN claims AS told ON told.outbox = d.outbox
        JOIN claims AS c
            ON c.night = d.night AND c.council = d.council AND c.version = :version
        WHERE d.night = :night AND d.council = :council AND d.subject = 'claim'
          AND d.destination > :after AND d.destination <= :until
          AND d.post_id IS NOT NULL AND told.before IS c.before AND told.after IS c.after
          AND told.outcome IS c.outcome AND told.notice IS c.notice
        ORDER BY d.destination, d.version
        """,
        {
            "night": claim["night"],
            "council": claim["council"],
            "version": claim["version"],
            "after": after,
            "until": until,
        },
    ).fetchall()


def told_any(db: sqlite3.Connection, claim: Row, *, after: int, limit: int) -> list[int]:
    """Return the next *limit* destinations that were told any version of a claim, or are to be."""
    rows = db.execute(
        """
        SELECT DISTINCT destination FROM deliveries
        WHERE night = ? AND council = ? AND subject = 'claim' AND destination > ?
        ORDER BY destination LIMIT ?
        """,
        (claim["night"], claim["council"], after, limit),
    )
    return [int(destination) for (destination,) in rows]


def digests_of(
    db: sqlite3.Connection, night: str, outbox: int, *, after: int, limit: int
) -> list[Row]:
    """Return the digests that told of a claim's version, to the next *limit* destinations."""
    return db.execute(
        """
        SELECT * FROM deliveries
        WHERE night = ? AND council = '' AND subject = 'digest' AND destination > ?
          AND ? BETWEEN version AND outbox
        ORDER BY destination LIMIT ?
        """,
        (night, after, outbox, limit),
    ).fetchall()


def claim_told(db: sqlite3.Connection, told: Row, council: str) -> Row | None:
    """Return the version of a council's claim that a delivery told of, as a digest may have."""
    row: Row | None = db.execute(
        """
        SELECT * FROM claims WHERE night = ? AND council = ? AND outbox BETWEEN ? AND ?
        ORDER BY version DESC LIMIT 1
        """,
        (
            told["night"],
            council,
            told["version"] if told["subject"] == "digest" else told["outbox"],
            told["outbox"],
        ),
    ).fetchone()
    return row


def claim_version(db: sqlite3.Connection, night: str, council: str, version: int) -> Row | None:
    """Return one version of a council's claim; they count from 1."""
    row: Row | None = db.execute(
        "SELECT * FROM claims WHERE night = ? AND council = ? AND version = ?",
        (night, council, version),
    ).fetchone()
    return row


def latest_version(db: sqlite3.Connection, night: str, council: str) -> Row | None:
    """Return the version of a council's claim that holds now."""
    row: Row | None = db.execute(
        "SELECT * FROM claims WHERE night = ? AND council = ? ORDER BY version DESC LIMIT 1",
        (night, council),
    ).fetchone()
    return row


def told_here(db: sqlite3.Connection, delivery: Row) -> list[Row]:
    """Return what its destination was sent of a delivery's claim, each with its post's message."""
    return db.execute(
        """
        SELECT d.*, p.channel_id, p.message_id
        FROM deliveries AS d JOIN posts AS p ON p.id = d.post_id
        WHERE d.night = ? AND d.council = ? AND d.subject = 'claim' AND d.destination = ?
          AND d.state = 'sent'
        ORDER BY d.version
        """,
        (delivery["night"], delivery["council"], delivery["destination"]),
    ).fetchall()


def tells(db: sqlite3.Connection, night: str, council: str, destination: int) -> bool:
    """Return whether a destination was told of a claim, or is to be."""
    row = db.execute(
        """
        SELECT 1 FROM deliveries WHERE night = ? AND council = ? AND subject = 'claim'
        AND destination = ? AND state IN ('waiting', 'sealed', 'sent')
        """,
        (night, council, destination),
    ).fetchone()
    return row is not None


def is_edit_wanted(db: sqlite3.Connection, post: int) -> bool:
    """Return whether an edit of a post is wanted, or under way."""
    query = "SELECT 1 FROM edits WHERE post_id = ? AND wanted > done"
    return db.execute(query, (post,)).fetchone() is not None


def claim_versions(db: sqlite3.Connection, night: str, council: str) -> list[Row]:
    """Return all versions of a council's claim, oldest first."""
    return db.execute(
        "SELECT * FROM claims WHERE night = ? AND council = ? ORDER BY version", (night, council)
    ).fetchall()


def destinations_of(db: sqlite3.Connection, guild_id: int | None, user_id: int) -> list[Row]:
    """Return what is known of a guild's channels and of a user's direct messages."""
    return db.execute(
        """
        SELECT * FROM destinations WHERE guild_id = ?
        UNION ALL SELECT * FROM destinations WHERE id = ? AND guild_id IS NULL
        """,
        (guild_id, user_id),
    ).fetchall()


def fates_of(db: sqlite3.Connection, claim: Row, destination: int) -> list[Row]:
    """Return what became of all deliveries of a council's claim to a destination, oldest first.

    *claim* is its first version; a digest that told it is among them.
    """
    return db.execute(
        """
        SELECT d.*, p.channel_id, p.message_id, e.wanted, e.done, e.reason AS edit_reason
        FROM deliveries AS d
        LEFT JOIN posts AS p ON p.id = d.post_id
        LEFT JOIN edits AS e ON e.post_id = d.post_id
        WHERE d.id IN (
            SELECT id FROM deliveries WHERE night = :night AND council = :council
            AND subject = 'claim' AND destination = :destination
            UNION ALL
            SELECT id FROM deliveries WHERE night = :night AND council = ''
            AND subject = 'digest' AND destination = :destination
            AND :seeded AND :outbox BETWEEN version AND outbox
        )
        ORDER BY d.id
        """,
        {
            "night": claim["night"],
            "council": claim["council"],
            "destination": destination,
            "seeded": claim["seeded"],
            "outbox": claim["outbox"],
        },
    ).fetchall()


def last_posted(db: sqlite3.Connection, destination: int, limit: int) -> list[Row]:
    """Return the deliveries that a destination got last, the last one first."""
    return db.execute(
        """
        SELECT * FROM deliveries WHERE id IN (
            SELECT d.id FROM posts AS p JOIN deliveries AS d ON d.post_id = p.id
            WHERE p.destination = :destination AND p.published_at IS NULL
              AND p.sent_at IS NOT NULL
            UNION ALL
            SELECT d.id FROM posts AS p JOIN deliveries AS d ON d.post_id = p.id
            WHERE p.destination = :destination AND p.published_at IS NOT NULL
        )
        ORDER BY id DESC LIMIT :limit
        """,
        {"destination": destination, "limit": limit},
    ).fetchall()


def restless(db: sqlite3.Connection) -> list[Row]:
    """Return the claim versions whose last word is not yet told to all, oldest first.

    `expanded_to` is the last destination told; `outdated` says that there is a newer version.
    """
    return db.execute(
        """
        SELECT c.*, r.expanded_to, EXISTS (
            SELECT 1 FROM claims AS newer WHERE newer.night = c.night
            AND newer.council = c.council AND newer.version > c.version
        ) AS outdated
        FROM restless AS r JOIN claims AS c ON c.outbox = r.outbox ORDER BY r.outbox
        """
    ).fetchall()


def waiting(db: sqlite3.Connection, destination: int, limit: int) -> list[Row]:
    """Return what waits for a destination, corrections first, then in the order of queueing."""
    return db.execute(
        """
        SELECT * FROM deliveries WHERE destination = ? AND state = 'waiting'
        ORDER BY urgency, id LIMIT ?
        """,
        (destination, limit),
    ).fetchall()


def all_waiting(db: sqlite3.Connection) -> list[Row]:
    """Return every destination that something waits for, with the most urgent of it."""
    return db.execute(
        """
        SELECT destination, MIN(urgency) AS urgency, MIN(id) AS id FROM deliveries
        WHERE state = 'waiting' GROUP BY destination
        """
    ).fetchall()


def all_sealed(db: sqlite3.Connection) -> list[Row]:
    """Return the posts that were sealed and have no receipt, oldest first."""
    return db.execute("SELECT * FROM posts WHERE state = 'sealed' ORDER BY id").fetchall()


def delivery(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one delivery."""
    row: Row | None = db.execute("SELECT * FROM deliveries WHERE id = ?", (number,)).fetchone()
    return row


def deliveries_of(db: sqlite3.Connection, post: int) -> list[Row]:
    """Return a post's deliveries in the order of its embeds."""
    return db.execute(
        "SELECT * FROM deliveries WHERE post_id = ? ORDER BY position", (post,)
    ).fetchall()


def post(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one post."""
    row: Row | None = db.execute("SELECT * FROM posts WHERE id = ?", (number,)).fetchone()
    return row


def channel_used(db: sqlite3.Connection, destination: int) -> int | None:
    """Return the channel that earlier posts to a destination went to, if there are any."""
    row = db.execute(
        """
        SELECT channel_id FROM posts
        WHERE destination = ? AND published_at IS NULL AND channel_id IS NOT NULL LIMIT 1
        """,
        (destination,),
    ).fetchone()
    return None if row is None else int(row["channel_id"])


def wanted_edits(db: sqlite3.Connection, destination: int | None = None) -> list[Row]:
    """Return the edits that are still to be made to messages that are there."""
    return db.execute(
        """
        SELECT e.post_id, e.destination, e.wanted
        FROM edits AS e JOIN posts AS p ON p.id = e.post_id
        WHERE e.wanted > e.done AND p.state = 'sent'
          AND (:destination IS NULL OR e.destination = :destination)
        ORDER BY e.post_id
        """,
        {"destination": destination},
    ).fetchall()


def summary(db: sqlite3.Connection, night: str, edition: Edition) -> Row | None:
    """Return the latest version of an edition of a night's summary."""
    row: Row | None = db.execute(
        "SELECT * FROM summaries WHERE night = ? AND edition = ?", (night, edition)
    ).fetchone()
    return row


def summaries_to_expand(db: sqlite3.Connection) -> list[Row]:
    """Return the summaries that some destinations are still to get."""
    return db.execute(
        "SELECT * FROM summaries WHERE complete = 0 ORDER BY night, edition"
    ).fetchall()


def unpublished(db: sqlite3.Connection, destination: int, since: datetime) -> Row | None:
    """Return the post to publish next: sent since *since*, a correction first, else the oldest."""
    row: Row | None = db.execute(
        """
        SELECT * FROM posts
        WHERE destination = ? AND state = 'sent' AND published_at IS NULL AND sent_at > ?
        ORDER BY urgency > 0, id LIMIT 1
        """,
        (destination, since.isoformat()),
    ).fetchone()
    return row


def all_unpublished(db: sqlite3.Connection, since: datetime) -> list[int]:
    """Return the destinations of posts that were sent since *since* and are not published."""
    found = db.execute(
        """
        SELECT DISTINCT destination FROM posts
        WHERE state = 'sent' AND published_at IS NULL AND sent_at > ? AND guild_id IS NOT NULL
        """,
        (since.isoformat(),),
    )
    return [destination for (destination,) in found]


def published_since(db: sqlite3.Connection, destination: int, since: datetime) -> list[datetime]:
    """Return when posts of a channel were published since *since*, oldest first."""
    found: Iterable[tuple[str]] = db.execute(
        "SELECT published_at FROM posts WHERE destination = ? AND published_at > ? "
        "ORDER BY published_at",
        (destination, since.isoformat()),
    )
    return [datetime.fromisoformat(at) for (at,) in found]


def subscription_rows(
    db: sqlite3.Connection, *, guild_id: int | None = None, destination: int | None = None
) -> list[Row]:
    """Return a guild's subscriptions, or one destination's, with why it is paused, if it is."""
    column, wanted = (
        ("s.destination", destination) if guild_id is None else ("s.guild_id", guild_id)
    )
    return db.execute(
        f"""
        SELECT s.*, d.paused_at, d.reason FROM subscriptions AS s
        JOIN destinations AS d ON d.id = s.destination
        WHERE {column} = ? ORDER BY s.destination, s.id
        """,  # noqa: S608 - the column is one of two
        (wanted,),
    ).fetchall()


def subscription_row(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one subscription with why its destination is paused, if it is."""
    row: Row | None = db.execute(
        "SELECT s.*, d.paused_at, d.reason FROM subscriptions AS s "
        "JOIN destinations AS d ON d.id = s.destination WHERE s.id = ?",
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


def destination_row(db: sqlite3.Connection, number: int) -> Row | None:
    """Return what is known of a destination."""
    row: Row | None = db.execute("SELECT * FROM destinations WHERE id = ?", (number,)).fetchone()
    return row


def fates(db: sqlite3.Connection) -> dict[DeliveryState, int]:
    """Return the number of deliveries in each state."""
    found = db.execute("SELECT state, COUNT(*) FROM deliveries GROUP BY state")
    return {DeliveryState(state): number for state, number in found}
