"""A night that runs faster than the wall."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.clock import ScaledClock

START = datetime(2022, 5, 5, 21, 0, tzinfo=UTC)


async def test_a_night_that_is_stopped_stands_still() -> None:
    clock = ScaledClock(START, speed=3600)
    await asyncio.sleep(0.005)
    clock.stop()
    stood = clock.now()
    assert stood > START
    await asyncio.sleep(0.005)
    assert clock.now() == stood
    await asyncio.wait_for(clock.sleep(36), 1)
