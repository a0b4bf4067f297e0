"""Opening the database file, for the one writer and for readers, and what its errors mean."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from bot.store.errors import DamagedError, OtherTablesError, StoreError
from bot.store.schema import migrations

IN_MEMORY = ":memory:"
BESIDE = ("-wal", "-shm")
"""How the files are called that SQLite keeps beside a database in use: its log and its index."""
_BUSY_MILLISECONDS = 5000


def open_for_writing(path: Path | str) -> Database:
    """Open the database file at *path* (made where it is missing) with its schema up to date.

    `:memory:` is a database that no file holds. Raises `StoreError` for a file that is no database
    of ours, a newer version's, damaged, locked or not writable.
    """
    path = Path(path)
    in_memory = str(path) == IN_MEMORY
    if not in_memory:
        refuse_empty(path)
    was_there = in_memory or _found(path) is not None
    try:
        connection = sqlite3.connect(
            f"file:{IN_MEMORY}" if in_memory else f"{path.resolve().as_uri()}?mode=rwc",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            return _prepared(connection, path)
        except BaseException:
            connection.close()
            if not was_there:  # an empty file would be refused from now on
                remove(path)
            raise
    except sqlite3.Error as error:
        raise explained(path, error) from error


@contextlib.contextmanager
def new_file(path: Path | str | None) -> Iterator[Database]:
    """Yield a new database, in memory where *path* is None; one that breaks off leaves no file.

    Raises `StoreError` where the file exists.
    """
    if path is not None and Path(path).exists():
        raise StoreError(f"{path} exists already: name a file that does not.")
    db = open_for_writing(IN_MEMORY if path is None else path)
    try:
        yield db
    except BaseException:
        db.close()
        if path is not None:
            remove(Path(path))
        raise
    db.close()


def open_for_reading(path: Path | str) -> sqlite3.Connection:
    """Open the database file at *path* read-only; raises `StoreError` as `open_for_writing` does.

    A file that an older version made is refused too: the writer brings it up to date.
    """
    path = Path(path)
    if not path.exists():
        raise StoreError(
            f"There is no database at {path} yet: `election-night run` or `ingest` makes it, and "
            "`demo` one of its own, which `ask` finds too."
        )
    refuse_empty(path)
    try:
        connection = sqlite3.connect(read_only_uri(path), uri=True, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            db = Database(connection)
            _refuse_foreign(db, path)
            if migrations.pending(db):
                raise StoreError(
                    f"{path} was made by an older version: start the bot on it once, which brings "
                    "it up to date."
                )
            _refuse_other_tables(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise explained(path, error) from error
    return connection


def remove(path: Path) -> None:
    """Remove an unfinished file and what SQLite keeps beside it."""
    for suffix in ("", *BESIDE):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def refuse_folder(path: Path) -> None:
    """Raise `StoreError` where a folder stands at *path*."""
    found = _found(path)
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise StoreError(f"{path} is a folder: name a file in it, as {path / 'night.sqlite'}.")


def refuse_empty(path: Path) -> None:
    """Raise `StoreError` for a file of no bytes, and for a folder.

    SQLite would take an empty file for a new database and hide that the old one was lost.
    """
    refuse_folder(path)
    found = _found(path)
    if found is not None and found.st_size == 0:
        raise StoreError(
            f"{path} is empty, so it is no database: put a copy back with `election-night restore "
            "COPY`, or remove it to begin anew."
        )


def _found(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # it is not there, or SQLite will say why it cannot be opened
        return None


def open_once_more(path: Path | str) -> sqlite3.Connection:
    """Open a file that this process has open for writing, read-only and without the checks."""
    connection = sqlite3.connect(read_only_uri(Path(path)), uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    return connection


def read_only_uri(path: Path) -> str:
    """Return the address by which SQLite opens or attaches a file read-only."""
    return f"{path.resolve().as_uri()}?mode=ro"


def lock_for_writing(path: Path | str) -> sqlite3.Connection:
    """Take the file's write lock until the returned connection is closed or its process ends.

    SQLite would let two processes take turns, each acting on what it alone knows. The lock is on a
    file beside the database, so that it keeps no reader out.
    Raises `StoreError` where another process holds it.
    """
    path = Path(path)
    refuse_folder(path)
    try:
        lock = sqlite3.connect(
            f"{path.resolve()}.lock", isolation_level=None, timeout=0, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise explained(path, error) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if "locked" in str(error):
            raise StoreError(
                f"Another election-night is writing to {path}: stop that one first, or give this "
                "one another file."
            ) from error
        raise explained(path, error) from error
    return lock


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """Return what an error of SQLite means for the file at *path*, and what to do."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return DamagedError(path, text)
    if "locked" in text:
        return StoreError(f"{path} is locked by another program: close that one and try again.")
    if "readonly" in text or "unable to open" in text:
        return StoreError(
            f"{path} cannot be opened: check that its folder exists, and that this user may read "
            "and write the file and the folder."
        )
    if "full" in text:
        return StoreError(f"There is no room for {path}: make some on its disk and start again.")
    return StoreError(f"{path} cannot be used ({text}): check the file and its disk.")


def _prepared(connection: sqlite3.Connection, path: Path) -> Database:
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    db = Database(connection)
    _refuse_foreign(db, path)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    migrations.apply(db)
    _refuse_other_tables(connection, path)
    return db


def _refuse_foreign(db: Database, path: Path) -> None:
    """Raise for another program's database, and for one with other migrations than ours."""
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied and db.table_names():
        raise StoreError(f"{path} is another program's database: give the bot a file of its own.")
    ours = _names_of_ours()
    if applied - ours and not ours <= applied:
        raise StoreError(
            f"{path} was made by another build of election-night, before the first release, and "
            "cannot be read by this one: use the build that made it, or give this one another file."
        )
    if applied - ours:
        raise StoreError(
            f"{path} was made by a newer version of election-night: update this one, or give it "
            "another file."
        )


def _refuse_other_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Raise for a file whose tables differ from ours; what somebody added to it may stay."""
    theirs = _schema_of(connection)
    differing = sorted(name for name, sql in _our_schema().items() if theirs.get(name) != sql)
    if differing:
        raise OtherTablesError(
            f"{path} was made by another build of election-night, whose tables differ "
            f"({', '.join(differing)}): use the build that made it, or derive the tables anew with "
            f"`election-night rebuild --db {path} --into FILE`."
        )


_COMMENT = re.compile(r"--[^\n]*")


def _schema_of(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the SQL of each table, index and view, without comments and layout."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(_COMMENT.sub("", sql).split()) for name, sql in found}


@functools.cache
def _our_schema() -> dict[str, str]:
    with contextlib.closing(Database(memory=True)) as empty:
        migrations.apply(empty)
        schema = _schema_of(empty.conn)
    return {name: sql for name, sql in schema.items() if not name.startswith("_sqlite_")}


@functools.cache
def _names_of_ours() -> frozenset[str]:
    with contextlib.closing(Database(memory=True)) as empty:
        return frozenset(migration.name for migration in migrations.pending(empty))
