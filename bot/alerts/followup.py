"""New evidence for what was told: the posts that stand are edited, and nobody is disturbed."""

from __future__ import annotations

from datetime import datetime

from bot.store import delivery as store
from bot.store.delivery import EvidenceFollowed
from bot.store.writer import Transaction

_BATCH = 500
"""Posts in one commit; a row each, of which a newsroom waits for some milliseconds."""


def follow_evidence(tx: Transaction, at: datetime) -> tuple[tuple[int, ...], bool]:
    """Ask for the edits of the next batch of posts.

    Returns the destinations whose messages are to be edited, and whether nothing is left.
    """
    due = store.evidence_to_follow(tx.db.conn)
    if not due:
        return (), True
    row = due[0]
    posted = store.telling(
        tx.db.conn,
        row["night"],
        row["council"],
        row["version"],
        after=row["expanded_to"],
        limit=_BATCH,
    )
    complete = len(posted) < _BATCH
    entry = EvidenceFollowed(
        row["outbox"],
        tuple(each["post_id"] for each in posted),
        0 if complete else posted[-1]["destination"],
        complete,
    )
    tx.append(entry, at)
    return tuple(each["destination"] for each in posted), complete and len(due) == 1
