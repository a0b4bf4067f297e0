"""Databases filled by a replay, marked as such: their time is the night's, not the real one.

A replay writes to a file of its own only; a live run and `ingest` never write to a replay's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings
from bot.store.errors import StoreError
from bot.store.opening import (
    explained,
    lock_for_writing,
    open_for_reading,
    open_for_writing,
    read_only_uri,
    refuse_folder,
)

# The mark is SQLite's `user_version`, which nothing else here uses: the replay's simulated time in
# seconds since 1970; any other file has 0.

_FIRST_MARK = 100_000_000
"""Three years of seconds: no replayed night is older, and other programs count versions from 1."""


def mark_replayed(connection: sqlite3.Connection, until: datetime) -> None:
    """Mark the open database as filled by a replay up to *until*."""
    connection.execute(f"PRAGMA user_version = {int(until.timestamp())}")


def replayed_until(connection: sqlite3.Connection) -> datetime | None:
    """Return the simulated time up to which a replay filled the open database, None without one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return datetime.fromtimestamp(version, UTC) if version >= _FIRST_MARK else None


def demo_file(database: Path) -> Path:
    """Return the demo's own file, beside the *database* of the settings."""
    return database.with_stem(f"{database.stem}-demo")


def database_meant(given: argparse.Namespace, settings: Settings) -> Path:
    """Return the demo's file where `--demo` is given or there is no other, else the settings'.

    Raises `StoreError` where `--demo` is given before any demo.
    """
    live, demo = settings.database, demo_file(settings.database)
    if given.demo:
        if not demo.exists():
            raise StoreError(f"There is no {demo} yet: `election-night demo` makes it.")
        return demo
    if given.db is not None or live.exists() or not demo.exists():
        return live
    print(f"From the demo, {demo}: there is no {live}.", file=sys.stderr)  # noqa: T201
    return demo


def is_replayed(database: Path) -> bool:
    """Return whether a file exists and is a replay's. Raises `StoreError` for no database."""
    refuse_folder(database)
    if not database.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(read_only_uri(database), uri=True)) as connection:
            return replayed_until(connection) is not None
    except sqlite3.Error as error:
        raise explained(database, error) from error


def left_at(database: Path) -> datetime | None:
    """Return the simulated time at which a replay's file was left; None for any other file.

    Raises `StoreError` for a file that cannot be read.
    """
    with contextlib.closing(open_for_reading(database)) as connection:
        until = replayed_until(connection)
        if until is None:
            return None
        # A replay that runs or was killed still has the mark of its start.
        rows = connection.execute("SELECT max(fetched_at) FROM feeds").fetchall()
    fetched = [datetime.fromisoformat(told) for (told,) in rows if told]
    return max([until, *fetched])


def refuse_replayed(database: Path, command: str) -> None:
    """Raise `StoreError` if *command* was given a replay's file."""
    if is_replayed(database):
        raise StoreError(
            f"{database} is a demo's or a rehearsal's file, which `{command}` leaves alone: name "
            "another one by --db or ELECTION_NIGHT_DATABASE."
        )


def refuse_to_replace(database: Path) -> None:
    """Raise `StoreError` if the file exists and is not a replay's."""
    if database.exists() and not is_replayed(database):
        raise StoreError(
            f"{database} is no demo's file, so that no demo may replace it: leave --db out, or "
            "name a file that is not there yet."
        )


def refuse_of_the_other_kind(copy: Path, readable: Path, database: Path) -> None:
    """Raise `StoreError` if a replay's *copy* would replace a live file, or the reverse.

    The copy is read at *readable*. A missing or unreadable database counts as a live file.
    """
    try:
        replays = is_replayed(database)
    except StoreError:
        replays = False
    if is_replayed(readable) and not replays:
        raise StoreError(
            f"{copy} is a demo's or a rehearsal's file, and no copy of {database}: name one."
        )
    if replays and not is_replayed(readable):
        refuse_replayed(database, "restore")


def make_room_for_replay(database: Path, start: datetime) -> None:
    """Create *database*, marked as a replay's at *start*.

    It replaces an earlier replay's file in one step, so that a failure leaves that one as it was.
    Raises `StoreError` for any other file, and for one in use.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(lock_for_writing(database)):
        refuse_to_replace(database)
        fresh = database.with_name(f"{database.name}.new")
        for left in (fresh, *(fresh.with_name(f"{fresh.name}-{end}") for end in ("wal", "shm"))):
            left.unlink(missing_ok=True)
        with contextlib.closing(open_for_writing(fresh)) as db:
            mark_replayed(db.conn, start)
        if database.exists():
            _empty_log_of(database)
        os.replace(fresh, database)  # noqa: PTH105 - in one step


def _empty_log_of(database: Path) -> None:
    """Empty the file's write-ahead log, which its successor would otherwise take over.

    Raises `StoreError` while another program reads it.
    """
    try:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise explained(database, error) from error
    if busy:
        raise StoreError(f"Another program reads {database}: end that one and try again.")
