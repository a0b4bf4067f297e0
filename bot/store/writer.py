"""The one writing connection, on a thread of its own.

Everybody else reads. A transaction is one function that runs on the writer's thread: it may read
what is there, decides, and appends entries; either all of it is committed or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from bot.store.journal import Entry
from bot.store.schema import migrations

T = TypeVar("T")
Row = sqlite3.Row
Parameters = Sequence[Any] | Mapping[str, Any]


class Transaction:
    """An open transaction: reads see what it has written."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a query."""
        return list(self.db.conn.execute(sql, parameters))

    def next_seq(self) -> int:
        """Return the number that the next entry will have in the journal."""
        (last,) = self.db.conn.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()
        return int(last) + 1

    def append(self, entry: Entry, at: datetime) -> int:
        """Write *entry* to the journal and its rows to the tables; return its number."""
        seq = self.next_seq()
        write_entry(self.db, seq, entry, at)
        entry.apply(self.db, seq, at)
        return seq

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside, and only that, if it raises."""
        with self.db.atomic():
            yield


def write_entry(db: Database, seq: int, entry: Entry, at: datetime) -> None:
    """Write one row of the journal."""
    db.conn.execute(
        "INSERT INTO journal (seq, at, kind, data) VALUES (?, ?, ?, ?)",
        (seq, at.isoformat(), entry.kind, entry.to_json()),
    )


def open_for_writing(path: Path | str) -> Database:
    """Open the database file at *path* (made where it is missing) with its schema up to date."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "busy_timeout = 5000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    db = Database(connection)
    migrations.apply(db)
    return db


class Writer:
    """The only writer of a database file."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._db: Database | None = None
        self._listeners: list[Callable[[], None]] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._db = await loop.run_in_executor(self._thread, open_for_writing, self.path)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        db, self._db = self._db, None
        if db is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, db.close)
        self._thread.shutdown()

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call *listener* on the event loop after every commit."""
        self._listeners.append(listener)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run *work* in one transaction on the writer's thread and return what it returns.

        What *work* raises undoes everything and is raised here. Once begun, a transaction runs to
        its end, also when the caller is cancelled.
        """
        loop = asyncio.get_running_loop()
        result = await asyncio.shield(loop.run_in_executor(self._thread, self._run, work))
        for listener in self._listeners:
            listener()
        return result

    def _run(self, work: Callable[[Transaction], T]) -> T:
        if self._db is None:
            raise RuntimeError("the store is closed")
        connection = self._db.conn
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(Transaction(self._db))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result
