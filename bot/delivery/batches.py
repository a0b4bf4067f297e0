"""Batches of what is queued for destinations: summaries, what was held, and edits that are due.

Each moves a stored cursor or a state, so that a process that stops at any moment resumes there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.delivery.calm import calmly
from bot.delivery.matching import Audience, Urgency, summary_topics
from bot.election.alert_kinds import Level
from bot.store import calm, deliveries, edits, summaries
from bot.store.calm import HeldReleased
from bot.store.codec import Row
from bot.store.deliveries import DeliveryKind, NewDelivery
from bot.store.edits import EvidenceFollowed
from bot.store.summaries import SummaryQueued
from bot.store.writer import Transaction

BATCH = 100
"""Deliveries in one commit: few, so that sending starts and other writers get a turn."""
_ANY_OUTBOX = 1 << 62
_EDITS_IN_A_BATCH = 500
"""Destinations in one commit; ingest waits for some milliseconds meanwhile."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A destination with a new delivery, and how urgent that is."""

    destination: int
    urgency: int
    delivery: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The result of one step; `finished` if nothing is left to expand.

    `outdated` are the destinations with messages to edit.
    """

    queued: tuple[Queued, ...]
    outbox: int
    finished: bool
    outdated: tuple[int, ...] = ()


def queued_of(first: int, deliveries: Sequence[NewDelivery]) -> tuple[Queued, ...]:
    """Return the destinations of new deliveries, numbered from *first* on, that are not held."""
    return tuple(
        Queued(new.destination, new.urgency, number)
        for number, new in enumerate(deliveries, first)
        if new.held_until is None
    )


def unique_in_order(roles: dict[int, int]) -> tuple[int, ...]:
    """Return roles in the order of their subscriptions, each once."""
    return tuple(dict.fromkeys(roles[number] for number in sorted(roles)))


def expand_summaries(tx: Transaction, at: datetime) -> Batch:
    """Queue the next batch of deliveries of a night's summary."""
    db = tx.db.conn
    pending = summaries.summaries_to_expand(db)
    if not pending:
        return Batch((), 0, finished=True)
    summary = pending[0]
    audience, edition = Audience(), summaries.Edition(summary["edition"])
    audience.add_subscribers(
        db,
        summary_topics(edition),
        older_than=_ANY_OUTBOX,
        after=summary["expanded_to"],
        limit=BATCH,
        made_before=summary["first_seq"],
    )
    recipients = audience.up_to_bound(BATCH)
    queued = [
        calmly(
            db,
            NewDelivery(
                destination=destination,
                guild_id=each.guild_id,
                kind=DeliveryKind.SUMMARY,
                outbox=0,
                night=summary["night"],
                council="",
                version=edition,
                urgency=Urgency.OTHER,
                roles=unique_in_order(each.roles),
            ),
            Level.HEADLINES,
            at,
        )
        for destination, each in recipients
    ]
    first, complete = deliveries.next_delivery_id(db), audience.bound is None
    until = summary["expanded_to"] if audience.bound is None else audience.bound
    tx.append(SummaryQueued(summary["night"], edition, first, tuple(queued), until, complete), at)
    return Batch(queued_of(first, queued), 0, finished=complete and len(pending) == 1)


def release_held(tx: Transaction, at: datetime) -> Batch:
    """Let the next batch of what was held, and is due, wait for its turn."""
    due = calm.held_due(tx.db.conn, at, BATCH)
    by_place: dict[int, list[Row]] = {}
    for row in due:
        by_place.setdefault(row["destination"], []).append(row)
    for destination, rows in by_place.items():
        tx.append(HeldReleased(destination, tuple(row["id"] for row in rows)), at)
    queued = tuple(Queued(row["destination"], row["urgency"], row["id"]) for row in due)
    return Batch(queued, 0, finished=len(due) < BATCH)


def follow_evidence(tx: Transaction, at: datetime) -> tuple[tuple[int, ...], bool]:
    """Mark for editing the next batch of posts whose claim has new evidence.

    Returns the destinations of these posts, and whether nothing is left.
    """
    due = edits.evidence_to_follow(tx.db.conn)
    if not due:
        return (), True
    row = due[0]
    db, after = tx.db.conn, row["expanded_to"]
    told = deliveries.destinations_told(db, row, after=after, limit=_EDITS_IN_A_BATCH)
    posted = deliveries.posts_telling(db, row, after=after, until=told[-1]) if told else []
    complete = len(told) < _EDITS_IN_A_BATCH
    entry = EvidenceFollowed(
        row["outbox"],
        tuple(each["post_id"] for each in posted),
        0 if complete else told[-1],
        complete,
    )
    tx.append(entry, at)
    return tuple(each["destination"] for each in posted), complete and len(due) == 1
