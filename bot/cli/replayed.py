"""The mark of a database that a replay has filled: its time is the night's, not ours."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import RealClock
from bot.store.opening import lock_for_writing, open_for_writing

# The mark stands in SQLite's `user_version`, which nothing else here uses: the seconds since 1970
# at which the replay stands, 0 for a file of any other making.


def mark_replayed(connection: sqlite3.Connection, until: datetime) -> None:
    """Mark the open database as one that a replay has filled as far as *until*."""
    connection.execute(f"PRAGMA user_version = {int(until.timestamp())}")


def unmark(connection: sqlite3.Connection) -> None:
    """Take the mark off: the open database gets something that is no replay's."""
    connection.execute("PRAGMA user_version = 0")


def replayed_until(connection: sqlite3.Connection) -> datetime | None:
    """Return the time at which a replay has left the open database, None without one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return datetime.fromtimestamp(version, UTC) if version else None


def make_room_for_replay(database: Path, start: datetime) -> Path | None:
    """Make *database* a new file, marked as a replay's that stands at *start*.

    An earlier replay's file is removed; any other is moved out of the way, and its new path is
    returned. Raises `StoreError` for a file that is not ours or in use.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    kept = None
    with contextlib.closing(lock_for_writing(database)):
        if database.exists():
            if _is_replays(database):
                database.unlink()
            else:
                kept = _moved_aside(database)
        with contextlib.closing(open_for_writing(database)) as db:
            mark_replayed(db.conn, start)
    return kept


def make_room_for_live(database: Path) -> Path | None:
    """Move a replay's file out of the way, and return its new path; None where there is none.

    Raises `StoreError` for a file that is not ours or in use.
    """
    if not database.exists():
        return None
    with contextlib.closing(lock_for_writing(database)):
        return _moved_aside(database) if _is_replays(database) else None


def _is_replays(database: Path) -> bool:
    """Whether the file is a replay's; all of it stands in the one file afterwards."""
    with contextlib.closing(open_for_writing(database)) as db:
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return replayed_until(db.conn) is not None


def _moved_aside(database: Path) -> Path:
    kept = database.with_stem(f"{database.stem}-{RealClock().now():%Y%m%d-%H%M%S}")
    database.rename(kept)
    return kept
