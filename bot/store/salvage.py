"""Salvaging a damaged file: what can be read of its journal is replayed into a new one.

Entries that depend on lost ones are left out too. The new file is marked as a restored copy:
channels are compared before anything is posted, and the feeds are asked for all documents again.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from sqlite_utils import Database

from bot.errors import is_of_the_machine
from bot.store.errors import StoreError
from bot.store.journal import entry_of, replay_entry
from bot.store.opening import explained, new_file, open_once_more
from bot.store.rebuild import STEPS_A_CALL, Progress
from bot.store.sqlite_pages import Value, rows_in
from bot.store.unrecorded import SKIPPED, CopyRestored, mark_restored
from bot.store.writer import Transaction

Entry = tuple[int, str, str, str]
"""The number of an entry, its time, its kind and what it says."""
_HASH = re.compile(r"[0-9a-f]{64}")
_FURTHEST = 1 << 62
"""Beyond any number of an entry."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: `lost` entries are missing between others, `left_out` could not be applied.

    `end_is_open`: whether entries at the end are lost too is not known.
    """

    entries: int
    lost: int
    left_out: int
    documents: int
    end_is_open: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is known to be missing."""
        return not (self.lost or self.left_out or self.end_is_open)


@dataclass(slots=True)
class _Found:
    """What could be read of a file, and whether any of it could not."""

    entries: dict[int, Entry] = field(default_factory=dict)
    bodies: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    damaged: bool = False
    end_is_open: bool = True


def salvage(path: Path, into: Path | None, progress: Progress) -> Saved:
    """Save what can be read of the file at *path* into a new file, or see how much that is.

    Raises `StoreError` where nothing can be read, or the new file exists.
    """
    try:
        with new_file(into) as fresh:
            found = _read(path)
            if not found.entries:
                raise StoreError(f"Nothing of a journal can be read in {path}: put a copy back.")
            with fresh.atomic():
                saved = _replayed(fresh, found, progress)
                if not saved.whole:
                    last = max(found.entries)
                    at = datetime.fromisoformat(found.entries[last][1])
                    after = _known_before(found.entries)
                    mark_restored(Transaction(fresh), at, after=after, lacking=True)
            fresh.conn.execute(f"PRAGMA user_version = {_version_of(path)}")
    except sqlite3.Error as error:
        if into is None:
            raise
        raise explained(into, error) from error
    return saved


def _replayed(fresh: Database, found: _Found, progress: Progress) -> Saved:
    fresh.conn.executemany(
        "INSERT INTO bodies VALUES (?, ?, ?)",
        [(sha256, size, body) for sha256, (size, body) in found.bodies.items()],
    )
    left_out = 0
    for done, number in enumerate(sorted(found.entries)):
        if done % STEPS_A_CALL == 0:
            progress(done, len(found.entries))
        try:
            with fresh.atomic():
                replay_entry(fresh.conn, *found.entries[number])
        except Exception as error:  # whatever an entry does that is not what it was
            if is_of_the_machine(error):
                raise
            left_out += 1
    progress(len(found.entries), len(found.entries))
    return Saved(
        entries=len(found.entries) - left_out,
        lost=_missing(found.entries),
        left_out=left_out,
        documents=len(found.bodies),
        end_is_open=found.end_is_open,
    )


def _read(path: Path) -> _Found:
    """Read the journal and the documents, by SQLite where it can and page by page for the rest."""
    found = _Found()
    try:
        with contextlib.closing(open_once_more(path)) as db:
            for entry in _walked(db, found):
                if _is_sound(*entry):
                    found.entries[entry[0]] = entry
                else:
                    found.damaged = True
            for row in db.execute("SELECT sha256, size, body FROM bodies"):
                if (kept := _body_in(tuple(row))) is not None:
                    found.bodies[kept[0]] = kept[1]
    except sqlite3.Error:
        found.damaged = True
    if _lacks_its_end(path):  # SQLite takes what is missing of the last page for zeros
        found.damaged = found.end_is_open = True
    if found.damaged:
        for number, values in rows_in(path):
            if (saved := _entry_in(number, values)) is not None:
                found.entries.setdefault(number, saved)
            elif (body := _body_in(values)) is not None:
                found.bodies.setdefault(body[0], body[1])
    return found


def _lacks_its_end(path: Path) -> bool:
    """Return whether a file is shorter than its header says."""
    with path.open("rb") as file:
        head = file.read(100)
    size, pages = int.from_bytes(head[16:18]), int.from_bytes(head[28:32])
    return path.stat().st_size < pages * (65_536 if size == 1 else size)


def _is_sound(number: object, at: object, kind: object, data: object) -> bool:
    """Return whether a row is a well-formed entry: SQLite does not check contents."""
    try:
        datetime.fromisoformat(at)  # type: ignore[arg-type]
        return isinstance(kind, str) and isinstance(json.loads(data), dict)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _walked(db: sqlite3.Connection, found: _Found) -> Iterator[Entry]:
    """Yield entries in order; where one cannot be read, go on with the next that can be."""
    after = 0
    while True:
        try:
            for row in db.execute(
                "SELECT seq, at, kind, data FROM journal WHERE seq > ? ORDER BY seq", (after,)
            ):
                after = row["seq"]
                yield tuple(row)
            found.end_is_open = False
            return
        except sqlite3.DatabaseError:
            found.damaged = True
        step = 1
        while not _can_be_read(db, after + step):
            step *= 2
            if after + step > _FURTHEST:
                return
        after += step  # what is passed over is looked for page by page


def _can_be_read(db: sqlite3.Connection, number: int) -> bool:
    try:
        db.execute(
            "SELECT seq, data FROM journal WHERE seq > ? ORDER BY seq LIMIT 1", (number,)
        ).fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _entry_in(number: int, values: tuple[Value, ...]) -> Entry | None:
    match values:
        case (None, str(at), str(kind), str(data)):
            try:
                datetime.fromisoformat(at)
                entry_of(kind, data)
            except ValueError:
                return None
            return number, at, kind, data
    return None


def _body_in(values: tuple[Value, ...]) -> tuple[str, tuple[int, bytes]] | None:
    match values:
        case (str(sha256), int(size), bytes(body)) if _HASH.fullmatch(sha256):
            return sha256, (size, body)
    return None


def _missing(entries: dict[int, Entry]) -> int:
    """Return how many numbers are missing that were given out; those that were skipped were not."""
    missing = 0
    for before, number in pairwise([0, *sorted(entries)]):
        gap = number - before - 1
        skipped = gap >= SKIPPED or entries[number][2] == CopyRestored.kind
        missing += max(0, gap - SKIPPED) if skipped else gap
    return missing


def _known_before(entries: dict[int, Entry]) -> int:
    """Return the id of a message older than any whose entry may be lost."""
    known = 0
    for before, number in pairwise([0, *sorted(entries)]):
        if number - before > 1:
            break
        message = json.loads(entries[number][3]).get("message_id")
        known = max(known, message) if isinstance(message, int) else known
    return known


def _version_of(path: Path) -> int:
    """Return the file's `user_version`, which marks a replay; 0 where it cannot be read."""
    try:
        with contextlib.closing(open_once_more(path)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error:
        return 0
    return int(version)
