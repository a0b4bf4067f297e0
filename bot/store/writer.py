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
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from bot.store.errors import StoreError
from bot.store.journal import Entry, insert_entry
from bot.store.opening import explained, lock_for_writing, open_for_writing, open_once_more

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

    def append(self, entry: Entry, at: datetime, *, skipping: int = 0) -> int:
        """Write *entry* to the journal and its rows to the tables; return its number.

        So many numbers as *skipping* says are left out before it. Raises `StoreError` where SQLite
        has undone the transaction, as a full disk makes it do: whatever is written then would be
        committed by itself.
        """
        if not self.db.conn.in_transaction:
            raise StoreError("The transaction was undone by a fault of the disk or of memory.")
        seq = self.next_seq() + skipping
        insert_entry(self.db.conn, seq, at.isoformat(), entry.kind, entry.to_json())
        entry.apply(self.db.conn, seq, at)
        return seq

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside, and only that, if it raises."""
        with self.db.atomic():
            yield


class Writer:
    """The only writer of a database file: an async context manager, which takes its lock.

    Entering raises `StoreError` where the file cannot be used or another process writes to it.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._db: Database | None = None
        self._lock: sqlite3.Connection | None = None
        self._reads: sqlite3.Connection | None = None
        self._listeners: list[Callable[[], None]] = []
        self._failure_listeners: list[Callable[[BaseException], None]] = []

    async def __aenter__(self) -> Self:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reads is not None:
            self._reads.close()
            self._reads = None
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    @property
    def reads(self) -> sqlite3.Connection:
        """A read-only connection for look-ups by key on the event loop, some microseconds each.

        They do not queue behind what is written, and see what is committed.
        """
        if self._reads is None:
            self._reads = open_once_more(self.path)
        return self._reads

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call *listener* on the event loop after every commit."""
        self._listeners.append(listener)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run *work* in one transaction on the writer's thread and return what it returns.

        What *work* raises undoes everything and is raised here. Once begun, a transaction runs to
        its end, also when the caller is cancelled. Raises `StoreError` where another program keeps
        the file locked or the disk is full.
        """
        done = asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)
        done.add_done_callback(self._tell_listeners)
        return await asyncio.shield(done)

    def on_failure(self, listener: Callable[[BaseException], None]) -> None:
        """Call *listener* on the event loop with what a transaction has raised."""
        self._failure_listeners.append(listener)

    def _tell_listeners(self, done: asyncio.Future[T]) -> None:
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            for told in self._failure_listeners:
                told(error)
            return
        for listener in self._listeners:
            listener()

    def _open(self) -> None:
        self._lock = lock_for_writing(self.path)
        try:
            self._db = open_for_writing(self.path)
        except BaseException:
            self._lock.close()
            raise

    def _close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()
        if self._lock is not None:
            self._lock.close()

    def _run(self, work: Callable[[Transaction], T]) -> T:
        if self._db is None:
            raise RuntimeError("the store is closed")
        connection = self._db.conn
        self._execute(connection, "BEGIN IMMEDIATE")
        try:
            result = work(Transaction(self._db))
            self._execute(connection, "COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have undone it already
                connection.execute("ROLLBACK")
            raise
        return result

    def _execute(self, connection: sqlite3.Connection, statement: str) -> None:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            raise explained(self.path, error) from error
