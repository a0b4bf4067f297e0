"""Transactions are all or nothing, and one process writes."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.store.errors import StoreError
from bot.store.journal import Entry, entry_of
from bot.store.readings import FeedFetched
from bot.store.writer import Transaction, Writer
from tests.support.small_night import AFTER_CLOSE


@dataclass(frozen=True, slots=True)
class Breaks(Entry, kind="test: breaks"):
    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        raise ArithmeticError("half way")


def fetched(feed: str) -> FeedFetched:
    return FeedFetched(feed, {}, caught_up=True)


def journal(tx: Transaction) -> list[str]:
    return [row["kind"] for row in tx.rows("SELECT kind FROM journal ORDER BY seq")]


async def test_what_raises_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def half(tx: Transaction) -> None:
        tx.append(fetched("pa"), AFTER_CLOSE)
        tx.append(Breaks(), AFTER_CLOSE)

    async with Writer(tmp_path / "night.db") as writer:
        with pytest.raises(ArithmeticError):
            await writer.transact(half)
        assert await writer.transact(journal) == []
        assert await writer.transact(lambda tx: tx.rows("SELECT * FROM feeds")) == []


async def test_a_savepoint_undoes_itself_alone(tmp_path: Path) -> None:
    def work(tx: Transaction) -> list[int]:
        first = tx.append(fetched("pa"), AFTER_CLOSE)
        with pytest.raises(ArithmeticError), tx.savepoint():
            tx.append(fetched("dc"), AFTER_CLOSE)
            tx.append(Breaks(), AFTER_CLOSE)
        return [first, tx.append(fetched("desk"), AFTER_CLOSE)]

    async with Writer(tmp_path / "night.db") as writer:
        assert await writer.transact(work) == [1, 2]
        feeds = await writer.transact(lambda tx: tx.rows("SELECT name FROM feeds ORDER BY name"))
    assert [row["name"] for row in feeds] == ["desk", "pa"]


async def test_listeners_hear_of_commits_alone_and_on_the_loop(tmp_path: Path) -> None:
    heard: list[threading.Thread] = []
    async with Writer(tmp_path / "night.db") as writer:
        writer.on_commit(lambda: heard.append(threading.current_thread()))
        await writer.transact(lambda tx: tx.append(fetched("pa"), AFTER_CLOSE))
        with pytest.raises(ArithmeticError):
            await writer.transact(lambda tx: tx.append(Breaks(), AFTER_CLOSE))
    assert heard == [threading.current_thread()]


async def test_a_transaction_outlives_the_one_who_asked_for_it(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    heard: list[int] = []

    def slow(tx: Transaction) -> None:
        begun.set()
        go_on.wait(10)
        tx.append(fetched("pa"), AFTER_CLOSE)

    async with Writer(tmp_path / "night.db") as writer:
        writer.on_commit(lambda: heard.append(1))
        asking = asyncio.create_task(writer.transact(slow))
        await asyncio.to_thread(begun.wait, 10)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        go_on.set()
        assert await writer.transact(journal) == ["feed-fetched"]
    assert len(heard) == 2


async def test_a_closed_store_takes_nothing_in(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "night.db")
    async with writer:
        pass
    with pytest.raises(RuntimeError):
        await writer.transact(journal)


async def test_a_second_writer_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    async with Writer(path):
        with pytest.raises(StoreError, match="Another election-night is writing"):
            async with Writer(path):
                pass
        other = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from bot.store.opening import lock_for_writing;"
                "lock_for_writing(sys.argv[1])",
                str(path),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "StoreError: Another election-night" in other.stderr
    async with Writer(path) as writer:
        assert await writer.transact(journal) == []


async def test_a_broken_file_gives_its_lock_back(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    path.write_bytes(b"not a database at all, whatever its name says" * 50)
    with pytest.raises(StoreError):
        async with Writer(path):
            pass
    path.unlink()
    async with Writer(path) as writer:
        assert await writer.transact(journal) == []


async def test_a_commit_that_fails_leaves_the_writer_usable(tmp_path: Path) -> None:
    def dangling(tx: Transaction) -> None:
        tx.db.conn.execute("PRAGMA defer_foreign_keys = ON")
        tx.db.conn.execute("INSERT INTO desk_told VALUES (99, 1, 1)")

    async with Writer(tmp_path / "night.db") as writer:
        with pytest.raises(sqlite3.IntegrityError):
            await writer.transact(dangling)
        assert await writer.transact(lambda tx: tx.rows("SELECT * FROM desk_told")) == []


async def test_a_file_that_another_program_keeps_locked_is_named(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    async with Writer(path) as writer:
        await writer.transact(lambda tx: tx.db.conn.execute("PRAGMA busy_timeout = 0"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            await writer.transact(journal)
        other.close()
        assert await writer.transact(journal) == []


def test_an_entry_of_a_newer_version_is_named() -> None:
    with pytest.raises(ValueError, match="'telepathy'"):
        entry_of("telepathy", "{}")
