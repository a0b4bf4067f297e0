"""Work that goes on for ever, and ends when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.app import _kept_up
from bot.retry import keep_on


async def forever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "loop",
    [
        lambda step: keep_on("It failed", step, forever),
        lambda step: _kept_up("A part", step),
    ],
    ids=["step by step", "as a part"],
)
async def test_work_that_fails_while_it_is_ended_is_not_taken_up_again(
    loop: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]],
) -> None:
    async def fails_at_its_end() -> None:
        try:
            await forever()
        finally:
            raise RuntimeError("the file is closed already")

    working = asyncio.ensure_future(loop(fails_at_its_end))
    await asyncio.sleep(0)
    working.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(RuntimeError, match="closed already"):
            await working
