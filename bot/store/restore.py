"""Restoring a copy of the database: in its place safely, and marked as a copy."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.store.codec import row, rows, value
from bot.store.errors import DamagedError, StoreError
from bot.store.opening import (
    BESIDE,
    explained,
    lock_for_writing,
    open_for_reading,
    open_for_writing,
    remove,
)
from bot.store.unrecorded import mark_restored
from bot.store.writer import Transaction


@dataclass(frozen=True, slots=True)
class JournalExtent:
    """How far a file goes: its number of entries, and the number and time of the newest.

    0 and None without any.
    """

    entries: int
    newest: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What putting a copy back would do.

    `present` is None where no file is there or it cannot be read, which `unreadable` then tells.
    `newer` counts the entries that the copy lacks, by kind; None where the copy is no earlier state
    of the present file.
    """

    copy: JournalExtent
    present: JournalExtent | None
    unreadable: str | None
    newer: Counter[str] | None


@contextlib.contextmanager
def examined(database: Path, copy: Path) -> Iterator[tuple[Plan, Restoration]]:
    """Examine a *copy*, and yield what putting it back would do, and what does it.

    Nothing is changed before that is called; the lock of the *database* is held inside. Raises
    `StoreError` where the copy cannot be used, or the database is in use, and `OSError` where it
    cannot be copied.
    """
    database = database.resolve()  # a link stays one: what it leads to is replaced
    _refuse_unusable(database, copy)
    database.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(lock_for_writing(database)):
        fresh = database.with_name(f"{database.name}.restoring")
        try:
            _copied(copy, fresh)
            _refuse_damaged(copy, fresh)
            plan = _planned(database, fresh)
            yield plan, Restoration(database, fresh, plan)
        finally:
            remove(fresh)


class Restoration:
    """Puts an examined copy in its place."""

    def __init__(self, database: Path, fresh: Path, plan: Plan) -> None:
        self._database = database
        self.fresh = fresh
        """The examined copy, which stands beside the database until it is put in its place."""
        self._readable = plan.present is not None
        self._given_out = 0 if plan.present is None else plan.present.newest

    def __call__(self, at: datetime) -> Path | None:
        """Put it there, and return where the file before is kept; None where there was none.

        At any moment either the one or the other is in its place.
        """
        with contextlib.closing(open_for_writing(self.fresh)) as db:
            with db.atomic():
                tx = Transaction(db)
                mark_restored(tx, at)
                while tx.next_seq() <= self._given_out:  # by a copy that was restored before
                    mark_restored(tx, at)
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _synced(self.fresh)
        if self._readable:
            with contextlib.closing(sqlite3.connect(self._database)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = _kept_aside(self._database, at)
        self.fresh.replace(self._database)
        _synced(self._database.parent)
        return kept


def _refuse_unusable(database: Path, copy: Path) -> None:
    if not copy.is_file():
        raise StoreError(f"There is no file {copy}: name the copy that is to be put back.")
    if not copy.stat().st_size:
        raise StoreError(f"{copy} is empty: name a copy that is whole.")
    if database.exists() and database.samefile(copy):
        raise StoreError(f"{copy} is the database itself: name a copy of it.")


def _copied(copy: Path, fresh: Path) -> None:
    """Copy a file with its write-ahead log; the copy itself may be on a read-only disk."""
    remove(fresh)
    shutil.copyfile(copy, fresh)
    log = Path(f"{copy}-wal")
    if log.exists():
        shutil.copyfile(log, f"{fresh}-wal")


def _refuse_damaged(copy: Path, fresh: Path) -> None:
    try:
        with contextlib.closing(open_for_writing(fresh)) as db:
            (sound,) = db.conn.execute("PRAGMA integrity_check(1)").fetchone()
    except DamagedError as error:
        sound = error.what
    except sqlite3.Error as error:
        sound = str(error)
    except StoreError as refusal:
        raise StoreError(str(refusal).replace(str(fresh), str(copy))) from refusal
    if sound != "ok":
        raise StoreError(
            f"{copy} is damaged ({sound}): take another copy, or save what can be read of it with "
            f"`election-night rebuild --db {copy} --into FILE` and put that back."
        )


def _planned(database: Path, fresh: Path) -> Plan:
    with contextlib.closing(open_for_reading(fresh)) as copy:
        extent = _extent(copy)
        if not database.exists():
            return Plan(extent, None, None, None)
        try:
            with contextlib.closing(open_for_reading(database)) as present:
                newer = _newer(copy, present)
                return Plan(extent, _extent(present), None, newer)
        except (StoreError, sqlite3.Error) as error:
            fault = error if isinstance(error, StoreError) else explained(database, error)
            what = fault.what if isinstance(fault, DamagedError) else str(fault)
            return Plan(extent, None, what, None)


def _extent(db: sqlite3.Connection) -> JournalExtent:
    entries = int(value(db, "SELECT count(*) FROM journal"))
    last = row(db, "SELECT seq, at FROM journal ORDER BY seq DESC LIMIT 1")
    if last is None:
        return JournalExtent(entries, 0, None)
    return JournalExtent(entries, last["seq"], datetime.fromisoformat(last["at"]))


def _newer(copy: sqlite3.Connection, present: sqlite3.Connection) -> Counter[str] | None:
    """Count what the present file has and the copy lacks; None where they are not one journal.

    Erasure changes what earlier entries say, never when and of which kind they were.
    """
    last = row(copy, "SELECT seq, at, kind FROM journal ORDER BY seq DESC LIMIT 1")
    seq = 0 if last is None else last["seq"]
    if last is not None:
        same = row(present, "SELECT seq, at, kind FROM journal WHERE seq = ?", seq)
        if same is None or tuple(same) != tuple(last):
            return None
    kinds = "SELECT kind, count(*) FROM journal WHERE seq > ? GROUP BY kind"
    return Counter(dict(map(tuple, rows(present, kinds, seq))))


def _kept_aside(database: Path, at: datetime) -> Path | None:
    """Keep the file, with its write-ahead log, under another name.

    SQLite would discard the log of a damaged file.
    """
    kept = database.with_stem(f"{database.stem}-{at:%Y%m%d-%H%M%S}")
    if kept.exists():
        raise StoreError(f"{kept} exists already: try again in a second.")
    for suffix in BESIDE:  # also where its file is gone: SQLite would read it into the copy
        beside = Path(f"{database}{suffix}")
        if beside.exists():
            beside.rename(f"{kept}{suffix}")
    if not database.exists():
        return None
    try:
        os.link(database, kept)
    except OSError:  # the file system has no second names
        database.rename(kept)
    return kept


def _synced(path: Path) -> None:
    """Flush a file, or a folder's entries, to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
