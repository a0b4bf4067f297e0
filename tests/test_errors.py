"""Faults of the machine are told from faults of what was being worked on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.almanac.csv_rows import TablesError
from bot.errors import is_of_the_machine
from bot.store.errors import StoreError
from bot.store.opening import explained


def _full(folder: Path) -> None:
    db = sqlite3.connect(folder / "full.db", isolation_level=None)
    db.executescript("CREATE TABLE t (a UNIQUE); PRAGMA max_page_count = 3")
    db.execute("INSERT INTO t VALUES (zeroblob(100000))")


def _locked(folder: Path) -> None:
    one, other = (
        sqlite3.connect(folder / "locked.db", isolation_level=None, timeout=0) for _ in range(2)
    )
    one.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")


def _damaged(folder: Path) -> None:
    (folder / "no.db").write_bytes(b"no database at all" * 100)
    sqlite3.connect(folder / "no.db").execute("SELECT * FROM sqlite_master")


def _not_to_be_opened(folder: Path) -> None:
    sqlite3.connect(folder / "nowhere" / "no.db")


def _closed(folder: Path) -> None:
    db = sqlite3.connect(folder / "closed.db")
    db.close()
    db.execute("SELECT 1")


def _interrupted(folder: Path) -> None:
    db = sqlite3.connect(folder / "some.db")
    db.set_progress_handler(lambda: 1, 1)
    db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT max(i) FROM n")


def _explained(folder: Path) -> None:
    try:
        _full(folder)
    except sqlite3.Error as error:
        raise explained(folder, error) from error


def _raises(error: BaseException) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        raise error

    return work


def _in_a_fault_of_ours(folder: Path) -> None:
    try:
        raise OSError(errno.EMFILE, "Too many open files")
    except OSError:
        {}["a table that could not be loaded"]


MACHINE: dict[str, Callable[[Path], None]] = {
    "the disk is full": _full,
    "the file is locked": _locked,
    "the file is damaged": _damaged,
    "the file cannot be opened": _not_to_be_opened,
    "the store is closed": _closed,
    "SQLite was interrupted": _interrupted,
    "explained to people": _explained,
    "too many open files": _raises(OSError(errno.EMFILE, "Too many open files")),
    "no memory": _raises(MemoryError()),
    "the tables are gone": _raises(TablesError("councils.csv is missing")),
    "the store says so": _raises(StoreError("The transaction was undone.")),
    "no thread can start": _raises(RuntimeError("can't start new thread")),
    "a library cannot be opened": _raises(ImportError("cannot open shared object file")),
    "one of several": _raises(ExceptionGroup("", [ValueError(), MemoryError()])),
    "behind another": _in_a_fault_of_ours,
}


def _of_the_values(statement: str, *values: object) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        db = sqlite3.connect(folder / "some.db")
        db.execute("CREATE TABLE t (a UNIQUE)")
        db.execute("INSERT INTO t VALUES (1)")
        db.execute(statement, values)

    return work


OURS: dict[str, Callable[[Path], None]] = {
    "a bug": _raises(TypeError("no seats")),
    "a value that cannot be": _raises(ValueError("-1 seats")),
    "bottomless": _raises(RecursionError("maximum recursion depth exceeded")),
    "another runtime error": _raises(RuntimeError("dictionary changed size during iteration")),
    "a module that is not there": _raises(ModuleNotFoundError("No module named 'seats'")),
    "a row that is there already": _of_the_values("INSERT INTO t VALUES (1)"),
    "a column that is not there": _of_the_values("SELECT b FROM t"),
    "a number that is too large": _of_the_values("SELECT ?", 1 << 70),
    "a value of no type": _of_the_values("SELECT ?", object()),
}


@pytest.mark.parametrize("fault", MACHINE.values(), ids=MACHINE)
def test_the_machines(fault: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(BaseException) as raised:
        fault(tmp_path)
    assert is_of_the_machine(raised.value)


@pytest.mark.parametrize("fault", OURS.values(), ids=OURS)
def test_ours_or_the_reports(fault: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(Exception) as raised:
        fault(tmp_path)
    assert not is_of_the_machine(raised.value)


def test_what_was_suppressed_says_nothing() -> None:
    with pytest.raises(ValueError, match="no number") as raised:
        try:
            raise OSError
        except OSError:
            raise ValueError("no number") from None
    assert not is_of_the_machine(raised.value)
