"""The night's clock: everything that asks the time or waits is given one.

A live run uses the real time; a rehearsal runs the whole bot on the recorded night's own time.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Tells the night's time and waits in it."""

    def now(self) -> datetime:
        """Return the night's time, aware, in Europe/London."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of the night."""
        ...


class RealClock:
    """The time on the wall."""

    def now(self) -> datetime:
        """Return the present time in Europe/London."""
        return datetime.now(UTC).astimezone(LONDON)

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        await asyncio.sleep(seconds)


class ScaledClock:
    """A night that starts at *start* and runs *speed* times as fast as the wall."""

    def __init__(self, start: datetime, speed: float) -> None:
        if speed <= 0:
            raise ValueError(f"the night's speed must be positive, not {speed}")
        self._start = start.astimezone(LONDON)
        self._speed = speed
        self._began = time.monotonic()
        self._ended: float | None = None

    def stop(self) -> None:
        """Let the night stand still from now on; waits in it are as long as before."""
        self._ended = time.monotonic()

    def now(self) -> datetime:
        """Return the night's time."""
        elapsed = ((self._ended or time.monotonic()) - self._began) * self._speed
        return (self._start.astimezone(UTC) + timedelta(seconds=elapsed)).astimezone(LONDON)

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of the night."""
        await asyncio.sleep(seconds / self._speed)


class SteppedClock:
    """A night that stands still until it is moved: the replay at full speed, and the tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(LONDON)
        self._moved = asyncio.Condition()

    def now(self) -> datetime:
        """Return the night's time."""
        return self._now

    async def move_to(self, moment: datetime) -> None:
        """Move the night forward to *moment* and wake those whose wait is over; never back."""
        async with self._moved:
            self._now = max(self._now, moment.astimezone(LONDON))
            self._moved.notify_all()

    async def sleep(self, seconds: float) -> None:
        """Wait until the night has been moved *seconds* on."""
        until = self._now.astimezone(UTC) + timedelta(seconds=seconds)
        async with self._moved:
            await self._moved.wait_for(lambda: self._now >= until)
