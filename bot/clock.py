"""The clock: everything that asks the time or waits is given one.

A live run uses the real time; a rehearsal or replay runs the whole bot on the simulated time of a
recorded night.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_BOOT_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class Clock(Protocol):
    """Tells the time of the night, and waits in it."""

    def now(self) -> datetime:
        """Return the time, aware, in Europe/London."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of that time."""
        ...


class RealClock:
    """The real time: of a better clock that it is told to `follow`, else of this machine."""

    def __init__(self) -> None:
        self._better: Callable[[], datetime | None] = lambda: None

    def follow(self, better: Callable[[], datetime | None]) -> None:
        """Use another clock from when it first tells the time; it is called from any thread.

        This machine's may be wrong, and may be corrected in the middle of a night.
        """
        self._better = better

    def now(self) -> datetime:
        """Return the present time in Europe/London."""
        return (self._better() or datetime.now(UTC)).astimezone(LONDON)

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        await asyncio.sleep(seconds)


def elapsed() -> float:
    """Return seconds since an arbitrary start, which no clock change affects. Thread-safe.

    Time during which the machine was suspended counts.
    """
    return time.monotonic() if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)


def is_within(age: timedelta, bound: timedelta) -> bool:
    """Return whether an *age* is below its *bound*; a negative age is unknown, and is not.

    Otherwise what was written while this machine's clock was ahead would count as recent until that
    time comes again.
    """
    return timedelta() <= age < bound


class ScaledClock:
    """Simulated time from *start* on, *speed* times as fast as real time.

    It can be paused, run at another speed and moved forward. It never goes back, and never past its
    `limit`. Sleepers wake once simulated time arrives, whether it ran there or was moved.
    *monotonic* returns real seconds since an arbitrary start.
    """

    def __init__(
        self, start: datetime, speed: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._speed = _positive(speed)
        self._now = start.astimezone(UTC)
        self._sleep_time = self._now
        """The time that sleepers wait for: it runs on when the clock is stopped."""
        self._settled_at = monotonic()
        self._paused = False
        self._stopped = False
        self._changed = asyncio.Event()
        self.limit: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether time and sleepers are paused."""
        return self._paused

    @property
    def speed(self) -> float:
        """How many times as fast as real time it runs when it runs."""
        return self._speed

    def now(self) -> datetime:
        """Return the simulated time."""
        passed = timedelta() if self._stopped else self._passed()
        return self._limited(self._now + passed).astimezone(LONDON)

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of simulated time."""
        until = self._sleep_time + self._passed() + timedelta(seconds=seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
        while (left := (until - self._sleep_time - self._passed()).total_seconds()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if self._paused else left / self._speed):
                    await self._changed.wait()

    def pause(self) -> None:
        """Stop time, and keep sleepers waiting."""
        self._settle()
        self._paused = True

    def stop(self) -> None:
        """Stop time because the night is over; sleepers go on waiting in real time, scaled."""
        self._settle()
        self._stopped, self._paused = True, False

    def resume(self) -> None:
        """Let time go on after `pause` or `stop`."""
        self._settle()
        self._paused = self._stopped = False

    def run_at(self, speed: float) -> None:
        """Run *speed* times as fast as real time. Raises `ValueError`."""
        self._settle()
        self._speed = _positive(speed)

    async def move_to(self, moment: datetime) -> None:
        """Move the time forward to *moment*, never back, and wake the sleepers it reaches."""
        self._settle()
        by = max(self._limited(moment.astimezone(UTC)) - self._now, timedelta())
        self._now += by
        self._sleep_time += by

    def _passed(self, real: float | None = None) -> timedelta:
        """Return the simulated time since `_settle`, at *real* seconds or now."""
        if self._paused:
            return timedelta()
        seconds = (self._monotonic() if real is None else real) - self._settled_at
        return timedelta(seconds=seconds * self._speed)

    def _limited(self, moment: datetime) -> datetime:
        return moment if self.limit is None else min(moment, self.limit.astimezone(UTC))

    def _settle(self) -> None:
        """Add the time that has passed before its course changes, and wake the sleepers to look."""
        real = self._monotonic()
        passed = self._passed(real)
        self._settled_at = real
        self._sleep_time += passed
        if not self._stopped:
            self._now = self._limited(self._now + passed)
        self._changed.set()
        self._changed = asyncio.Event()


class SteppedClock(ScaledClock):
    """Simulated time that moves only when told: for the replay at full speed, and the tests."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start, 1.0)
        self._paused = True  # `pause` would come some microseconds after the start


def _positive(speed: float) -> float:
    if not 0 < speed < math.inf:
        raise ValueError(f"the night's speed must be positive, not {speed}")
    return speed
