"""The mark of a database that a replay has filled: its time is the night's, not ours."""

from __future__ import annotations

import sqlite3

_MARK = 0x2022_0505
"""In SQLite's `user_version`, which nothing else here uses."""


def mark_replayed(connection: sqlite3.Connection) -> None:
    """Mark the open database."""
    connection.execute(f"PRAGMA user_version = {_MARK}")


def is_replayed(connection: sqlite3.Connection) -> bool:
    """Return whether a replay has filled the open database."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(version == _MARK)
