"""`demo` as a newcomer starts it: a process with a page, that stays until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli.replay_files import replayed_until
from tests.support import demo_process
from tests.support.demo_process import ADDRESS, Demo, free_port
from tests.support.night_at_hand import at, small_tables

README = Path(__file__).resolve().parents[3] / "README.md"


@contextlib.asynccontextmanager
async def demo(folder: Path, *arguments: str, stdin: int | None = None) -> AsyncIterator[Demo]:
    """Start a demo of a few councils."""
    tables = folder / "tables"
    if not tables.exists():
        small_tables(folder)
    async with demo_process.demo(folder, *arguments, tables=tables, stdin=stdin) as started:
        yield started


async def status_of(address: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_prints_the_page_s_address_and_stays_until_told_to_end(
    tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    async with demo(tmp_path, f"--port={port}") as started:
        address = await started.says(ADDRESS)
        assert address == f"http://127.0.0.1:{port}/"
        assert await status_of(address) == 200
        # Two seconds and a half after it opens, the first council declares.
        await started.says("1 of 200 councils declared")
        started.process.send_signal(number)
        assert await started.ends() == 0
        assert "Traceback" not in started.printed
    with contextlib.closing(sqlite3.connect(tmp_path / "night.sqlite")) as database:
        stood = replayed_until(database)
    assert stood is not None
    assert at(6, 0, 3) < stood < at(6, 3)


async def test_a_night_without_a_page_is_stopped_as_cleanly(tmp_path: Path) -> None:
    async with demo(tmp_path, "--headless") as started:
        await started.says("posts")
        started.process.send_signal(signal.SIGTERM)
        assert await started.ends() == 130
    assert "The night is kept" in started.printed
    assert "Traceback" not in started.printed


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with demo(tmp_path, f"--port={taken.getsockname()[1]}") as refused:
            assert await refused.ends() == 2
            await asyncio.sleep(0.1)
            assert "is taken by another program: end that one, or give" in refused.printed


async def test_two_demos_have_each_a_page_of_their_own(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    async with demo(one) as first:
        address = await first.says(ADDRESS)
        async with demo(other) as second:
            assert await second.says(ADDRESS) != address


async def test_at_full_speed_it_ends_with_the_summary_and_stays_for_questions(
    tmp_path: Path,
) -> None:
    terminal, end = pty.openpty()
    try:
        async with demo(tmp_path, "--port=0", "--speed=max", stdin=end) as started:
            address = await started.says(ADDRESS)
            os.write(terminal, b"\n")  # before the end that is nothing
            await started.says("The night is over, the page stays")
            assert await status_of(address) == 200
            _shows_the_channels_as_they_fill(started.printed)
            os.write(terminal, b"/council Hull\n/nonsense\n")
            await started.says("29 of 57")
            os.write(terminal, b"\n")
            assert await started.ends() == 0
            assert "Traceback" not in started.printed
    finally:
        os.close(terminal)
        os.close(end)


def _shows_the_channels_as_they_fill(printed: str) -> None:
    """Check the terminal by the README: each change of hands with its time, then the summary.

    The welcomes, and the channels that repeat what stands in the first, are not read aloud.
    """
    posts = re.findall(r"^── (\w+ \d\d:\d\d) #([\w-]+)(, edited)?\n(.+)$", printed, re.MULTILINE)
    told = [(when, title) for when, channel, _, title in posts if channel == "changes-of-hands"]
    example = re.search(r"^── .*? #changes-of-hands\n[^`]*", README.read_text(), re.MULTILINE)
    assert example is not None
    assert f"{example.group().rstrip()}\n\n" in printed
    assert len(told) > 2
    assert [title for _, title in told] == list(dict.fromkeys(title for _, title in told))
    assert {channel for _, channel, _, _ in posts} == {"changes-of-hands", "summary"}
    assert posts[0][1] == "changes-of-hands"
    assert posts[-1][1] == "summary"
    assert "\nElections of 5 May 2022 · " in printed
    assert "Find a council" not in printed
    assert "\\*" not in printed and "**" not in printed


@pytest.mark.parametrize("how", [["--headless"], ["--port=0"]])
async def test_it_ends_when_nobody_reads_on(tmp_path: Path, how: list[str]) -> None:
    async with demo(tmp_path, *how) as started:
        await started.says("." if how == ["--port=0"] else "posts")
        transport: Any = started.process._transport  # type: ignore[attr-defined]
        transport.get_pipe_transport(1).close()
        assert await started.ends() == 0
        await asyncio.sleep(0.1)
        assert "Traceback" not in started.printed
        assert "BrokenPipe" not in started.printed


@pytest.mark.parametrize("how", [["--headless"], ["--json"]])
async def test_without_a_page_it_ends_by_itself(tmp_path: Path, how: list[str]) -> None:
    async with demo(tmp_path, "--speed=max", "--until=2022-05-06T03:00", *how) as started:
        assert await started.ends() == 0
        await asyncio.sleep(0.1)
    shown = "#changes-of-hands" if how == ["--headless"] else '"lost": 0'
    assert shown in started.printed
    assert not ADDRESS.search(started.printed)
