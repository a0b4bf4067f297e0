"""New evidence for what was told: the posts that stand are edited, and nobody is disturbed."""

from __future__ import annotations

from datetime import datetime

from bot.store import deliveries as delivery
from bot.store import edits
from bot.store.edits import EvidenceFollowed
from bot.store.writer import Transaction

_BATCH = 500
"""Destinations in one commit; a newsroom waits for some milliseconds meanwhile."""


def follow_evidence(tx: Transaction, at: datetime) -> tuple[tuple[int, ...], bool]:
    """Ask for the edits of the next batch of posts.

    Returns the destinations whose messages are to be edited, and whether nothing is left.
    """
    due = edits.evidence_to_follow(tx.db.conn)
    if not due:
        return (), True
    row = due[0]
    db, after = tx.db.conn, row["expanded_to"]
    told = delivery.told_any(db, row, after=after, limit=_BATCH)
    posted = delivery.telling(db, row, after=after, until=told[-1]) if told else []
    complete = len(told) < _BATCH
    entry = EvidenceFollowed(
        row["outbox"],
        tuple(each["post_id"] for each in posted),
        0 if complete else told[-1],
        complete,
    )
    tx.append(entry, at)
    return tuple(each["destination"] for each in posted), complete and len(due) == 1
