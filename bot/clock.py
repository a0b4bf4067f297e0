"""The night's clock: everything that asks the time or waits is given one.

A live run uses the real time; a rehearsal runs the whole bot on the recorded night's own time.
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
_ALSO_SUSPENDED: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class Clock(Protocol):
    """Tells the night's time and waits in it."""

    def now(self) -> datetime:
        """Return the night's time, aware, in Europe/London."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of the night."""
        ...


class RealClock:
    """The real time: a better clock's where it `follows` one that is known, else this machine's."""

    def __init__(self) -> None:
        self._better: Callable[[], datetime | None] = lambda: None

    def follow(self, better: Callable[[], datetime | None]) -> None:
        """Go by another clock as soon as it tells the time; it is asked from any thread.

        This machine's may be wrong, and may be put right in the middle of a night.
        """
        self._better = better

    def now(self) -> datetime:
        """Return the present time in Europe/London."""
        return (self._better() or datetime.now(UTC)).astimezone(LONDON)

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        await asyncio.sleep(seconds)


def elapsed() -> float:
    """Return seconds from anywhere on, which nobody can set; also while the machine is suspended.

    To be asked from any thread.
    """
    return time.monotonic() if _ALSO_SUSPENDED is None else time.clock_gettime(_ALSO_SUSPENDED)


def is_within(age: timedelta, bound: timedelta) -> bool:
    """Return whether an *age* is below its *bound*. A negative one is not: it is of unknown size.

    What was written while this machine's clock was ahead would else be young until that time has
    come again.
    """
    return timedelta() <= age < bound


class ScaledClock:
    """A night that starts at *start* and runs *speed* times as fast as the wall.

    It can be paused and go on, run at another speed, and be moved forward; it never goes back, and
    no further than its `limit` where it has one, however late it is asked. Who waits in it wakes
    when the night is there, however it came there. *wall* tells the seconds of the wall, from
    anywhere on.
    """

    def __init__(
        self, start: datetime, speed: float, wall: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._speed = _positive(speed)
        self._now = start.astimezone(UTC)
        self._waited = self._now
        """The time that waits go by: the night's, and on from there once the night is stopped."""
        self._since = wall()
        self._paused = False
        self._stopped = False
        self._changed = asyncio.Event()
        self.limit: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether the night stands still and who waits in it too."""
        return self._paused

    @property
    def speed(self) -> float:
        """How many times as fast as the wall the night runs when it runs."""
        return self._speed

    def now(self) -> datetime:
        """Return the night's time."""
        gone = timedelta() if self._stopped else self._gone()
        return self._within(self._now + gone).astimezone(LONDON)

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of the night."""
        until = self._waited + self._gone() + timedelta(seconds=seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
        while (left := (until - self._waited - self._gone()).total_seconds()) > 0:
            in_time = None if self._paused else left / self._speed
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(in_time):
                    await self._changed.wait()

    def pause(self) -> None:
        """Let the night stand still; who waits in it waits on."""
        self._settle()
        self._paused = True

    def stop(self) -> None:
        """Let the night stand still, for it is over; waits in it go on, also if it was paused."""
        self._settle()
        self._stopped, self._paused = True, False

    def resume(self) -> None:
        """Let the night go on after `pause` or `stop`."""
        self._settle()
        self._paused = self._stopped = False

    def run_at(self, speed: float) -> None:
        """Let the night run *speed* times as fast as the wall. Raises `ValueError`."""
        self._settle()
        self._speed = _positive(speed)

    async def move_to(self, moment: datetime) -> None:
        """Move the night forward to *moment* and wake those whose wait is over; never back."""
        self._settle()
        by = max(self._within(moment.astimezone(UTC)) - self._now, timedelta())
        self._now += by
        self._waited += by

    def _gone(self, wall: float | None = None) -> timedelta:
        """Return how far the night has run since it was last settled, by *wall* or by now."""
        if self._paused:
            return timedelta()
        seconds = (self._wall() if wall is None else wall) - self._since
        return timedelta(seconds=seconds * self._speed)

    def _within(self, moment: datetime) -> datetime:
        return moment if self.limit is None else min(moment, self.limit.astimezone(UTC))

    def _settle(self) -> None:
        """Begin a new stretch of the night here; all who wait look again how long they have to."""
        wall = self._wall()
        gone = self._gone(wall)
        self._since = wall
        self._waited += gone
        if not self._stopped:
            self._now = self._within(self._now + gone)
        self._changed.set()
        self._changed = asyncio.Event()


class SteppedClock(ScaledClock):
    """A night that stands still until it is moved: the replay at full speed, and the tests."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start, 1.0)
        self._paused = True  # from the very start: `pause` would be some microseconds after it


def _positive(speed: float) -> float:
    if not 0 < speed < math.inf:
        raise ValueError(f"the night's speed must be positive, not {speed}")
    return speed
