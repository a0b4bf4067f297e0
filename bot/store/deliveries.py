"""Deliveries: one claim version, digest, summary or service notice to one destination, each once.

Entries for the journal, and the queries of those who expand, send and ask why. Times named `…_at`
in an entry are real time, as Discord's own limits and memories are; the journal has the simulated
time of a replay.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.calm import Gathered, as_utc, note_told
from bot.store.codec import Row, column, exists, insert, row, rows, stored, update, value
from bot.store.edits import request_edits_of, request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.outbox import claim_content
from bot.store.references import delivery_reference

_COUNTER = "deliveries"
CLAIM = "claim"
"""The subject of alerts, corrections and retractions."""


class DeliveryKind(StrEnum):
    """What sort of message a delivery is."""

    ALERT = "alert"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    DIGEST = "digest"
    SUMMARY = "summary"
    SERVICE_NOTICE = "service"
    """That alerts or a board are paused, or a message was not taken: for those who can fix it."""

    @property
    def subject(self) -> str:
        """The part of a delivery's unique key beside night, council, destination and version."""
        return self.value if self in (self.DIGEST, self.SUMMARY, self.SERVICE_NOTICE) else CLAIM


class DeliveryState(StrEnum):
    """The state of a delivery; all but the first three are final.

    *Held*: for the morning, or for others of the same minutes. What is due to a paused destination
    waits. *Failed*: Discord does not take it, or a fault of our own keeps it from being written.
    """

    HELD = "held"
    WAITING = "waiting"
    SEALED = "sealed"
    SENT = "sent"
    REPLACED = "replaced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox is expanded: every claim up to `outbox`; of the next one, or of the
    seeded claims up to `until`, the destinations up to `destination`."""

    outbox: int = 0
    destination: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to queue. `corrects` is the delivery that was wrong, `replaces` the one that
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
    gathered: Gathered | None = None
    held_until: datetime | None = None

    @property
    def is_alert(self) -> bool:
        """Whether alerts of the next minutes may be joined to it."""
        return self.kind is DeliveryKind.ALERT and self.gathered is not Gathered.MORNING

    def reference(self, content: str) -> str:
        """Return the reference that its embeds end in; *content* is what its claim says."""
        subject = self.kind.subject
        said = content if subject == CLAIM else ""
        of = (self.destination, self.night, self.council, subject, self.version)
        return delivery_reference(*of, said=said)


@dataclass(frozen=True, slots=True)
class DeliveriesQueued(Entry, kind="deliveries-queued"):
    """A batch of deliveries, those that they replace, and where the cursor stands after it.

    `debounced` are the versions, by outbox number, held back from those who saw another version.
    `outdated` are the posts that are no longer true where nothing new is sent.
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
        request_edits_of(db, self.outdated)
        db.execute(
            "UPDATE expansion SET outbox = ?, destination = ?, until = ?",
            (self.cursor.outbox, self.cursor.destination, self.cursor.until),
        )


@dataclass(frozen=True, slots=True)
class DebouncedQueued(Entry, kind="debounced-queued"):
    """A debounced claim has settled: a batch of those who saw another version is told the last one.

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
            update(db, "debounced", {"outbox": self.outbox}, expanded_to=self.destination)


def _replace_deliveries(db: sqlite3.Connection, replaced: Sequence[int]) -> None:
    for delivery in replaced:
        update(db, "deliveries", {"id": delivery}, state=DeliveryState.REPLACED)


def insert_deliveries(
    db: sqlite3.Connection, first_id: int, deliveries: Sequence[NewDelivery], at: datetime
) -> None:
    """Write deliveries, numbered from *first_id* on.

    Where the destination is paused, posts that told the same claim are edited instead.
    """
    contents = {outbox: claim_content(db, outbox) for outbox in {new.outbox for new in deliveries}}
    db.executemany(
        """
        INSERT INTO deliveries
            (id, reference, destination, guild_id, kind, subject, outbox, night, council, version,
             urgency, roles, corrects, gathered, held_until, queued_at, state)
        SELECT ?, ?, id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
        FROM destinations WHERE id = ?
        """,
        [
            (
                number,
                new.reference(contents[new.outbox]),
                new.guild_id,
                new.kind,
                new.kind.subject,
                new.outbox,
                new.night,
                new.council,
                new.version,
                new.urgency,
                stored(new.roles),
                new.corrects,
                stored(new.gathered),
                new.held_until and as_utc(new.held_until),
                at.isoformat(),
                DeliveryState.HELD if new.held_until else DeliveryState.WAITING,
                new.destination,
            )
            for number, new in enumerate(deliveries, start=first_id)
        ],
    )
    note_told(db, [(new.destination, new.held_until or at) for new in deliveries if new.is_alert])
    last_id = first_id + len(deliveries) - 1
    _count_to(db, last_id)
    unsent = (
        "new.id BETWEEN ? AND ? AND new.destination IN "
        "(SELECT id FROM destinations WHERE paused_at IS NOT NULL)"
    )
    request_edits_of_same_claims(db, unsent, first_id, last_id)


def next_delivery_id(db: sqlite3.Connection) -> int:
    """Return the id that the next delivery will have, which none has had before.

    The counter never falls, whatever rows are deleted: a number may stand in a message or an entry
    long after its row is gone. Entries name the numbers they use, so a replay counts to the same.
    """
    return int(value(db, "SELECT last FROM counters WHERE name = ?", _COUNTER) or 0) + 1


def skip_numbers(db: sqlite3.Connection, many: int) -> None:
    """Skip *many* ids of deliveries."""
    _count_to(db, next_delivery_id(db) + many)


def _count_to(db: sqlite3.Connection, number: int) -> None:
    insert(
        db,
        "counters",
        {"name": _COUNTER, "last": number},
        then="ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
    )


def cursor(db: sqlite3.Connection) -> Cursor:
    """Return how far the outbox is expanded."""
    (at,) = rows(db, "SELECT outbox, destination, until FROM expansion")
    return Cursor(*at)


def waiting_reminders(db: sqlite3.Connection, night: str, council: str) -> list[int]:
    """Return the reminders of a council that nobody has been sent yet."""
    reminders = (
        "SELECT id FROM deliveries WHERE night = ? AND council = ? AND state IN ('held', 'waiting')"
    )
    return column(db, reminders, night, f"due:{council}")


def of_claim(
    db: sqlite3.Connection, night: str, council: str, *, after: int, limit: int
) -> list[Row]:
    """Return the deliveries of a claim's versions to the next *limit* destinations, in order."""
    return rows(
        db,
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
        night=night,
        council=council,
        after=after,
        limit=limit,
    )


def posts_telling(db: sqlite3.Connection, claim: Row, *, after: int, until: int) -> list[Row]:
    """Return the posts to the destinations between that tell what a claim's version says.

    *claim* has its night, council and version. An earlier one may have said the same, or less.
    """
    return rows(
        db,
        """
        SELECT d.destination, d.post_id FROM deliveries AS d
        JOIN claims AS told ON told.outbox = d.outbox
        JOIN claims AS c
            ON c.night = d.night AND c.council = d.council AND c.version = :version
        WHERE d.night = :night AND d.council = :council AND d.subject = 'claim'
          AND d.destination > :beyond AND d.destination <= :until
          AND d.post_id IS NOT NULL AND told.notice IS c.notice AND told.after IS c.after
          AND (told.before IS c.before OR told.outcome = 'before not known')
        ORDER BY d.destination, d.version
        """,
        **claim,
        beyond=after,
        until=until,
    )


def destinations_told(db: sqlite3.Connection, claim: Row, *, after: int, limit: int) -> list[int]:
    """Return the next *limit* destinations that were told any version of a claim, or are to be."""
    return column(
        db,
        """
        SELECT DISTINCT destination FROM deliveries
        WHERE night = :night AND council = :council AND subject = 'claim'
          AND destination > :beyond
        ORDER BY destination LIMIT :limit
        """,
        **claim,
        beyond=after,
        limit=limit,
    )


def digests_of(
    db: sqlite3.Connection, night: str, outbox: int, *, after: int, limit: int
) -> list[Row]:
    """Return the digests that told of a claim's version, to the next *limit* destinations."""
    return rows(
        db,
        """
        SELECT * FROM deliveries
        WHERE night = ? AND council = '' AND subject = 'digest' AND destination > ?
          AND ? BETWEEN version AND outbox
        ORDER BY destination LIMIT ?
        """,
        night,
        after,
        outbox,
        limit,
    )


def sent_of_claim(db: sqlite3.Connection, delivery: Row) -> list[Row]:
    """Return what its destination was sent of a delivery's claim, each with its post's message."""
    return rows(
        db,
        """
        SELECT d.*, p.channel_id, p.message_id
        FROM deliveries AS d JOIN posts AS p ON p.id = d.post_id
        WHERE d.night = :night AND d.council = :council AND d.subject = 'claim'
          AND d.destination = :destination AND d.state = 'sent'
        ORDER BY d.version
        """,
        **delivery,
    )


def is_told(db: sqlite3.Connection, night: str, council: str, destination: int) -> bool:
    """Return whether a destination was told of a claim, or is to be."""
    return exists(
        db,
        """
        SELECT 1 FROM deliveries WHERE night = ? AND council = ? AND subject = 'claim'
        AND destination = ? AND state IN ('held', 'waiting', 'sealed', 'sent')
        """,
        night,
        council,
        destination,
    )


def waiting(db: sqlite3.Connection, destination: int, limit: int) -> list[Row]:
    """Return what waits for a destination, corrections first, then in the order of queueing.

    Nothing does where it is paused.
    """
    return rows(
        db,
        """
        SELECT * FROM deliveries WHERE destination = :destination AND state = 'waiting'
        AND NOT EXISTS (
            SELECT 1 FROM destinations WHERE id = :destination AND paused_at IS NOT NULL
        )
        ORDER BY urgency, id LIMIT :limit
        """,
        destination=destination,
        limit=limit,
    )


def what_it_corrects(db: sqlite3.Connection, correction: Row) -> Row | None:
    """Return what a delivery corrects or takes back: the last before it that was really sent.

    One between the two may have failed, or never have arrived.
    """
    number = correction["corrects"]
    while number is not None:
        wrong = delivery(db, number)
        if wrong is None or wrong["state"] == DeliveryState.SENT:
            return wrong
        number = wrong["corrects"]
    return None


def is_to_be_told(db: sqlite3.Connection, claim: Row, destination: int) -> bool:
    """Return whether a destination has a delivery of a claim's version, or may get one yet.

    It may where the version is not expanded, or is debounced.
    """
    at = cursor(db)
    told = value(
        db,
        """
        SELECT EXISTS (
            SELECT 1 FROM deliveries WHERE night = :night AND council = :council
            AND subject = 'claim' AND destination = :destination AND version = :version
        ) OR EXISTS (SELECT 1 FROM debounced WHERE outbox = :outbox)
        OR (SELECT COUNT(*) FROM claims WHERE outbox > :expanded AND outbox <= :outbox)
            > :under_way
        """,
        **claim,
        destination=destination,
        expanded=at.outbox,
        under_way=at.destination >= destination,
    )
    return bool(told)


def is_newer_waiting(db: sqlite3.Connection, delivery: Row) -> bool:
    """Return whether a later version of a delivery's claim waits for the same destination."""
    return exists(
        db,
        """
        SELECT 1 FROM deliveries
        WHERE night = :night AND council = :council AND subject = 'claim'
          AND destination = :destination AND version > :version
          AND state IN ('held', 'waiting')
        """,
        **delivery,
    )


def all_waiting(db: sqlite3.Connection) -> list[Row]:
    """Return every destination that something waits for, with the most urgent of it."""
    return rows(
        db,
        """
        SELECT destination, MIN(urgency) AS urgency, MIN(d.id) AS id
        FROM deliveries AS d JOIN destinations AS place ON place.id = destination
        WHERE state = 'waiting' AND paused_at IS NULL GROUP BY destination
        """,
    )


def by_reference(db: sqlite3.Connection, reference: str) -> Row | None:
    """Return the delivery with a reference."""
    return row(db, "SELECT * FROM deliveries WHERE reference = ?", reference)


def delivery(db: sqlite3.Connection, number: int) -> Row | None:
    """Return one delivery."""
    return row(db, "SELECT * FROM deliveries WHERE id = ?", number)


def deliveries_of(db: sqlite3.Connection, post: int) -> list[Row]:
    """Return a post's deliveries in the order of its embeds."""
    return rows(db, "SELECT * FROM deliveries WHERE post_id = ? ORDER BY position", post)


def count_by_state(db: sqlite3.Connection) -> dict[str, int]:
    """Return the number of deliveries in each state; "paused" is what waits for such a place."""
    found = rows(
        db,
        """
        SELECT iif(state IN ('waiting', 'sealed') AND paused_at IS NOT NULL, 'paused', state)
            AS fate, COUNT(*)
        FROM deliveries AS d JOIN destinations AS place ON place.id = destination
        WHERE kind <> 'service' GROUP BY fate
        """,
    )
    return dict(map(tuple, found))
