"""Rebuilding: every table is derived from the journal again, and compared.

The verdicts that are recorded are trusted; `bot.ingest.rejudge` says what today's rules would say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.store.codec import column, value
from bot.store.errors import UnusableEntryError
from bot.store.journal import replay_entry
from bot.store.opening import explained, new_file, open_for_reading, read_only_uri

Progress = Callable[[int, int], None]
"""Called with how many steps are done, of how many."""
STEPS_A_CALL = 200


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What rebuilding showed; `differences` are sentences, none where all tables are the same."""

    entries: int
    tables: int
    differences: tuple[str, ...]


def silent(done: int, total: int) -> None:
    """Say nothing of the progress."""


def rebuild(
    path: Path | str, into: Path | str | None = None, progress: Progress = silent
) -> Rebuilt:
    """Derive every table of the database at *path* from its journal, and compare.

    The tables are made *into* a new file, or in memory only; the old file is not changed. Raises
    `StoreError` where a file cannot be used, the new one exists, or an entry cannot be applied.
    """
    path = Path(path)
    open_for_reading(path).close()
    try:
        with new_file(into) as fresh:
            db = fresh.conn
            db.execute("ATTACH ? AS old", (read_only_uri(path),))
            with fresh.atomic():
                entries = _replay(db, progress)
                mark = value(db, "PRAGMA old.user_version")
                db.execute(f"PRAGMA main.user_version = {mark}")  # a replay's stays one
                tables = _tables(db)
                differences = [each for table in tables for each in _differences(db, table)]
    except sqlite3.Error as error:
        raise explained(path, error) from error
    return Rebuilt(entries, len(tables), tuple(differences))


def _replay(fresh: sqlite3.Connection, progress: Progress) -> int:
    fresh.execute("INSERT INTO main.bodies SELECT * FROM old.bodies")
    total = int(value(fresh, "SELECT count(*) FROM old.journal"))
    entries = fresh.execute("SELECT seq, at, kind, data FROM old.journal ORDER BY seq")
    for done, (seq, at, kind, data) in enumerate(entries):
        if done % STEPS_A_CALL == 0:
            progress(done, total)
        try:
            replay_entry(fresh, seq, at, kind, data)
        except (ValueError, LookupError, TypeError, sqlite3.Error) as error:
            raise UnusableEntryError(
                f"Entry {seq} of the journal ({kind}) cannot be applied: {error}. Use the version "
                "that wrote it, or put a copy of the file back."
            ) from error
    progress(total, total)
    return total


def _tables(db: sqlite3.Connection) -> list[str]:
    return column(
        db,
        "SELECT name FROM main.sqlite_master WHERE type = 'table' "
        r"AND name NOT LIKE 'sqlite\_%' ESCAPE '\' "
        r"AND name NOT LIKE '\_sqlite\_%' ESCAPE '\' ORDER BY name",
    )


def _differences(db: sqlite3.Connection, table: str) -> Iterator[str]:
    for here, there, meaning in (
        ("old", "main", "rows in the file that do not follow from the journal"),
        ("main", "old", "rows that follow from the journal and are not in the file"),
    ):
        count = value(
            db,
            f"SELECT count(*) FROM (SELECT * FROM {here}.[{table}] "  # noqa: S608 - our own names
            f"EXCEPT SELECT * FROM {there}.[{table}])",
        )
        if count:
            yield f"{table}: {meaning}: {count}."
