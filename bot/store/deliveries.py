"""Deliveries: one claim version, digest or summary to one destination, each once.

Entries for the journal, and the queries of those who expand, send and ask why. Times named `…_at`
in an entry are real time, as Discord's own limits and memories are; the journal has the night's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.store.edits import request_edits, request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.numbers import count_to, next_number
from bot.store.references import delivery_reference

Row = sqlite3.Row
_COUNTER = "deliveries"
CLAIM = "claim"
"""The subject of alerts, corrections and retractions."""


class DeliveryKind(StrEnum):
    """What a destination is told with a delivery."""

    ALERT = "alert"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    DIGEST = "digest"
    SUMMARY = "summary"
    SERVICE_NOTICE = "service"
    """That alerts or a board are paused, or that a message was not taken: for who can mend it."""

    @property
    def subject(self) -> str:
        """What a delivery is unique on, with the night, the council and the version."""
        return self.value if self in (self.DIGEST, self.SUMMARY, self.SERVICE_NOTICE) else CLAIM


class Edition(IntEnum):
    """The summaries of a night: each is posted once, and stands in a delivery's version."""

    MORNING = 1
    """How the night stands in the morning after polling; what comes later is not for it."""
    FINAL = 2
    """When everything is declared, or its hour has struck; it follows the results from then on."""


class DeliveryState(StrEnum):
    """Where a delivery stands; all but the first two are final.

    What is due to a paused destination waits. *Failed*: Discord does not take it, or a fault of
    our own keeps it from being written.
    """

    WAITING = "waiting"
    SEALED = "sealed"
    SENT = "sent"
    REPLACED = "replaced"
    FAILED = "failed"


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
class DeliveriesQueued(Entry, kind="deliveries-queued"):
    """A batch of deliveries, those that they replace, and where the cursor stands after it.

    `debounced` are the versions, by outbox number, that those who saw another are not told yet.
    `outdated` are the posts whose messages do not read true any more where nothing new is sent.
    """

    first_id: int
    deliveries: tuple[NewDelivery, ...]
    replaced: tuple[int, ...]
    cursor: Cursor
    debounced: tuple[int, ...] = ()
    outdated: tuple[int, ...] = ()

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the deliveries and move the cursor."""
        _replace_deliveries(db, self.replaced)
        insert_deliveries(db, self.first_id, self.deliveries, at)
        db.executemany(
            "INSERT OR REPLACE INTO debounced (night, council, outbox, expanded_to) "
            "SELECT night, council, outbox, 0 FROM claims WHERE outbox = ?",
            [(outbox,) for outbox in self.debounced],
        )
        request_edits(db, "SELECT value FROM json_each(?)", (json.dumps(self.outdated),))
        db.execute(
            "UPDATE expansion SET outbox = ?, destination = ?, until = ?",
            (self.cursor.outbox, self.cursor.destination, self.cursor.until),
        )


@dataclass(frozen=True, slots=True)
class DebouncedQueued(Entry, kind="debounced-queued"):
    """A claim is still again: a batch of those who saw another version is told the last word.

    `destination` is the last of the batch, 0 where it is complete.
    """

    outbox: int
    first_id: int
    deliveries: tuple[NewDelivery, ...]
    replaced: tuple[int, ...]
    destination: int
    complete: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the deliveries, and how far the claim is told."""
        _replace_deliveries(db, self.replaced)
        insert_deliveries(db, self.first_id, self.deliveries, at)
        if self.complete:
            db.execute("DELETE FROM debounced WHERE outbox = ?", (self.outbox,))
        else:
            db.execute(
                "UPDATE debounced SET expanded_to = ? WHERE outbox = ?",
                (self.destination, self.outbox),
            )


def _replace_deliveries(db: sqlite3.Connection, replaced: Sequence[int]) -> None:
    db.executemany(
        "UPDATE deliveries SET state = 'replaced' WHERE id = ?",
        [(delivery,) for delivery in replaced],
    )


def insert_deliveries(
    db: sqlite3.Connection, first_id: int, deliveries: Sequence[NewDelivery], at: datetime
) -> None:
    """Write deliveries under the numbers from *first_id* on.

    What cannot be sent at present, as its destination is paused, is edited where it stands.
    """
    said: dict[int, str] = {}
    for new in deliveries:
        if new.outbox not in said:
            said[new.outbox] = claim_content(db, new.outbox)
    db.executemany(
        """
        INSERT INTO deliveries
            (id, reference, destination, guild_id, kind, subject, outbox, night, council, version,
             urgency, roles, corrects, queued_at, state)
        SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting' FROM destinations WHERE id = ?
        """,
        [
            (
                first_id + position,
                delivery_reference(
                    new.destination,
                    new.night,
                    new.council,
                    new.kind.subject,
                    new.version,
                    said=said[new.outbox] if new.kind.subject == CLAIM else "",
                ),
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
    count_to(db, _COUNTER, last_id)
    unsent = (
        "new.id BETWEEN ? AND ? AND new.destination IN "
        "(SELECT id FROM destinations WHERE paused_at IS NOT NULL)"
    )
    request_edits_of_same_claims(db, unsent, first_id, last_id)


def next_delivery_id(db: sqlite3.Connection) -> int:
    """Return the id that the next delivery will have, which none has had before.

    Entries name it for what became of the delivery, also when its row is gone.
    """
    return next_number(db, _COUNTER)


def skip_numbers(db: sqlite3.Connection, many: int) -> None:
    """Leave out so many ids of deliveries."""
    count_to(db, _COUNTER, next_number(db, _COUNTER) + many)


def cursor(db: sqlite3.Connection) -> Cursor:
    """Return how far the outbox is expanded."""
    return Cursor(*db.execute("SELECT outbox, destination, until FROM expansion").fetchone())


def waiting_reminders(db: sqlite3.Connection, night: str, council: str) -> list[int]:
    """Return the reminders of a council that nobody has been sent yet."""
    rows = db.execute(
        "SELECT id FROM deliveries WHERE night = ? AND council = ? AND state = 'waiting'",
        (night, f"due:{council}"),
    )
    return [int(number) for (number,) in rows]


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


def waiting(db: sqlite3.Connection, destination: int, limit: int) -> list[Row]:
    """Return what waits for a destination, corrections first, then in the order of queueing.

    Nothing does where it is paused.
    """
    return db.execute(
        """
        SELECT * FROM deliveries WHERE destination = :destination AND state = 'waiting'
        AND NOT EXISTS (
            SELECT 1 FROM destinations WHERE id = :destination AND paused_at IS NOT NULL
        )
        ORDER BY urgency, id LIMIT :limit
        """,
        {"destination": destination, "limit": limit},
    ).fetchall()


def wrong_told(db: sqlite3.Connection, row: Row) -> Row | None:
    """Return what a delivery corrects or takes back: the last before it that was really sent.

    One between the two may have failed, or never have arrived.
    """
    number = row["corrects"]
    while number is not None:
        wrong = delivery(db, number)
        if wrong is None or wrong["state"] == DeliveryState.SENT:
            return wrong
        number = wrong["corrects"]
    return None


def is_to_be_told(db: sqlite3.Connection, claim: Row, destination: int) -> bool:
    """Return whether a destination has a delivery of a claim's version, or may get one yet.

    It may where the version is not expanded, or waits until the claim is still.
    """
    at = cursor(db)
    found = db.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM deliveries WHERE night = :night AND council = :council
            AND subject = 'claim' AND destination = :destination AND version = :version
        ) OR EXISTS (SELECT 1 FROM debounced WHERE outbox = :outbox)
        OR (SELECT COUNT(*) FROM claims WHERE outbox > :expanded AND outbox <= :outbox)
            > :under_way
        """,
        {
            "night": claim["night"],
            "council": claim["council"],
            "destination": destination,
            "version": claim["version"],
            "outbox": claim["outbox"],
            "expanded": at.outbox,
            "under_way": int(at.destination >= destination),
        },
    ).fetchone()
    return bool(found[0])


def newer_waits(db: sqlite3.Connection, row: Row) -> bool:
    """Return whether a later version of a delivery's claim waits for the same destination."""
    found = db.execute(
        """
        SELECT 1 FROM deliveries WHERE night = ? AND council = ? AND subject = 'claim'
        AND destination = ? AND version > ? AND state = 'waiting'
        """,
        (row["night"], row["council"], row["destination"], row["version"]),
    ).fetchone()
    return found is not None


def all_waiting(db: sqlite3.Connection) -> list[Row]:
    """Return every destination that something waits for, with the most urgent of it."""
    return db.execute(
        """
        SELECT destination, MIN(urgency) AS urgency, MIN(d.id) AS id
        FROM deliveries AS d JOIN destinations AS place ON place.id = destination
        WHERE state = 'waiting' AND paused_at IS NULL GROUP BY destination
        """
    ).fetchall()


def claim_content(db: sqlite3.Connection, outbox: int) -> str:
    """Return what a claim's version says, as the last letters of references are made from it."""
    row = db.execute(
        "SELECT before, after, outcome, notice FROM claims WHERE outbox = ?", (outbox,)
    ).fetchone()
    return json.dumps(None if row is None else tuple(row))


def by_reference(db: sqlite3.Connection, reference: str) -> Row | None:
    """Return the delivery that a reference stands for."""
    row: Row | None = db.execute(
        "SELECT * FROM deliveries WHERE reference = ?", (reference,)
    ).fetchone()
    return row


def delivery(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one delivery."""
    row: Row | None = db.execute("SELECT * FROM deliveries WHERE id = ?", (number,)).fetchone()
    return row


def deliveries_of(db: sqlite3.Connection, post: int) -> list[Row]:
    """Return a post's deliveries in the order of its embeds."""
    return db.execute(
        "SELECT * FROM deliveries WHERE post_id = ? ORDER BY position", (post,)
    ).fetchall()


def fates_of(db: sqlite3.Connection, claim: Row, destination: int) -> list[Row]:
    """Return what became of all deliveries of a council's claim to a destination, oldest first.

    *claim* is its first version; a digest that told it is among them.
    """
    return db.execute(
        """
        SELECT d.*, p.channel_id, p.message_id, p.digest, e.wanted, e.done,
               e.reason AS edit_reason, replacing.reference AS corrected_by_reference
        FROM deliveries AS d
        LEFT JOIN posts AS p ON p.id = d.post_id
        LEFT JOIN deliveries AS replacing ON replacing.id = d.corrected_by
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


def fates(db: sqlite3.Connection) -> dict[str, int]:
    """Return the number of deliveries in each state; "paused" is what waits for such a place."""
    found = db.execute(
        """
        SELECT iif(state IN ('waiting', 'sealed') AND paused_at IS NOT NULL, 'paused', state)
            AS fate, COUNT(*)
        FROM deliveries AS d JOIN destinations AS place ON place.id = destination
        WHERE kind <> 'service' GROUP BY fate
        """
    )
    return {str(state): number for state, number in found}
