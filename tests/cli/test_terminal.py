"""Reading what is typed, and progress that ends no work where nobody reads it."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator

import pytest

from bot.cli import terminal
from bot.cli.terminal import lines_typed


@pytest.fixture
def keyboard() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)
    try:
        os.close(write)
    except OSError:
        return  # a test has ended it


async def test_lines_come_whole_and_end_with_the_input(keyboard: tuple[int, int]) -> None:
    read, write = keyboard
    lines = lines_typed(read)
    os.write(write, b"/council H")
    first = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0.01)
    assert not first.done()
    os.write(write, "ull\n/party Plaid\n−".encode())
    assert await first == "/council Hull"
    os.close(write)
    assert [line async for line in lines] == ["/party Plaid"]


async def test_nobody_waits_for_a_line_that_is_never_typed(keyboard: tuple[int, int]) -> None:
    waiting = asyncio.ensure_future(anext(lines_typed(keyboard[0])))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 1)
    assert not asyncio.get_running_loop().remove_reader(keyboard[0])


class Unread(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


@pytest.mark.parametrize("on_screen", [True, False])
def test_nobody_reading_the_progress_ends_no_work(
    on_screen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Unread()
    monkeypatch.setattr(out, "isatty", lambda: on_screen)
    line = terminal.Progress(out)
    monkeypatch.setattr(terminal.time, "monotonic", lambda: line._began + 60)
    line.say("100 of 200")
    line.clear()
    assert "100 of 200" in out.getvalue()
