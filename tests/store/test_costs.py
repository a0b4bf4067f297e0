"""What is asked again and again on a night reads an index, not a table that grows with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

import pytest

from bot.election.alert_kinds import Level, Topic
from bot.store import (
    calm,
    deliveries,
    destinations,
    edits,
    outbox,
    pausing,
    posts,
    service_notices,
    summaries,
    threads,
)
from bot.store.opening import IN_MEMORY, open_for_writing

AT = datetime(2031, 5, 2, 3, tzinfo=UTC)
DELIVERY = {"id": 1, "night": "", "council": "", "destination": 1, "version": 1, "outbox": 1}


@pytest.fixture
def db() -> Iterator[Connection]:
    base = open_for_writing(IN_MEMORY)
    yield base.conn
    base.conn.close()


QUESTIONS: dict[str, Callable[[Connection], Any]] = {
    "threads to close": threads.to_close,
    "threads to close in one": lambda db: threads.to_close_in(db, 1),
    "where a claim was told": lambda db: threads.place_told(db, DELIVERY),
    "uses threads": lambda db: threads.uses_threads(db, 1),
    "held and due": lambda db: calm.held_due(db, AT, 100),
    "next held": calm.next_due,
    "list due": lambda db: calm.list_due(db, 1),
    "gathered": lambda db: calm.gathered_of(db, 1),
    "waiting": lambda db: deliveries.waiting(db, 1, 10),
    "late": lambda db: pausing.late_of(db, 1),
    "sealed": lambda db: posts.sealed_for(db, 1),
    "edits in one": lambda db: edits.pending_edits(db, 1),
    "told of": lambda db: deliveries.of_claim(db, "", "", after=0, limit=10),
    "subscribers": lambda db: destinations.subscribers(
        db, Topic.ALL, "", Level.EVERYTHING, older_than=1, after=0, limit=10
    ),
    "summaries": summaries.summaries_to_expand,
    "service notices": service_notices.to_be_told,
    "outbox": outbox.newest_outbox,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_that_grows_is_read_through(question: str, db: Connection) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    QUESTIONS[question](db)
    db.set_trace_callback(None)
    assert asked
    for sql in asked:
        plan = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert not [step for step in plan if step.startswith("SCAN") and not _is_partial(step)]


def _is_partial(step: str) -> bool:
    """Whether a step reads through an index of what is open, or one row an edition."""
    return step.endswith(("INDEX threads_open", "INDEX deliveries_waiting")) or (
        step.startswith("SCAN summaries")
    )
