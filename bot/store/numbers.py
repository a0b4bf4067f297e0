"""Numbers that are given out once: a counter never falls, whatever rows are deleted.

A row's number may be shown to people, or stand in a message, long after the row was forgotten:
counting on from the rows that are left would give it to another. Entries name the numbers that
they use, so replaying the journal counts to the same.
"""

from __future__ import annotations

import sqlite3


def next_number(db: sqlite3.Connection, counter: str) -> int:
    """Return the next number of a *counter*; it is given out when `count_to` has been told."""
    row = db.execute("SELECT last FROM counters WHERE name = ?", (counter,)).fetchone()
    return 1 if row is None else int(row[0]) + 1


def count_to(db: sqlite3.Connection, counter: str, number: int) -> None:
    """Let a *counter* go on behind *number*; it never goes back."""
    db.execute(
        "INSERT INTO counters (name, last) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
        (counter, number),
    )
