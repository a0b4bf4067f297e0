"""Work that is done again: with growing waits while it fails, until it is told to end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from unittest.mock import AsyncMock

import pytest

from bot.jobs import Job, RetryDelay, until_done


class _Enough(BaseException):
    """Ends a job, as being cancelled does."""


async def forever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "loop",
    [lambda step: Job("It failed", step).run(), lambda step: until_done("It failed", step)],
    ids=["job", "until done"],
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


def test_waits_double_while_it_fails() -> None:
    delay = RetryDelay(first=1.0, longest=60.0)
    waits = [delay.next() for _ in range(9)]
    for wait, middle in zip(waits, (1, 2, 4, 8, 16, 32, 60, 60, 60), strict=True):
        assert 0.75 * middle <= wait <= 1.25 * middle
    delay.reset()
    assert delay.next() <= 1.25


async def test_a_step_that_fails_is_taken_again() -> None:
    steps = AsyncMock(side_effect=[KeyError("one"), None, OSError("two"), None, _Enough])
    soon = partial(RetryDelay, 0.001, 0.001)
    with pytest.raises(_Enough):
        await Job("It failed", steps, AsyncMock(), delay=soon).run()
    assert steps.await_count == 5


async def test_a_tick_that_fails_makes_no_step_and_is_waited_for_again() -> None:
    """Else a fault of the machine would have a job take steps without a pause."""
    steps, ticks = AsyncMock(), AsyncMock(side_effect=[MemoryError, OSError, None, _Enough])
    soon = partial(RetryDelay, 0.001, 0.001)
    with pytest.raises(_Enough):
        await Job("It failed", steps, ticks, delay=soon).run()
    assert steps.await_count == 2


async def test_a_job_is_woken_also_while_it_takes_a_step() -> None:
    steps = list[int]()

    async def step() -> None:
        steps.append(len(steps))
        if len(steps) == 1:
            job.wake()

    job = Job("It failed", step)
    running = asyncio.create_task(job.run())
    while len(steps) < 2:
        await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    assert steps == [0, 1]
    running.cancel()
    await asyncio.wait([running])
