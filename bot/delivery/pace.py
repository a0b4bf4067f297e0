"""Pace, patience and back-off: how fast requests go, and how long they wait after failures."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import timedelta

from bot.schedule.loops import doubled

log = logging.getLogger(__name__)

_MOST_SAVED = 3
"""Requests that may follow at once after a pause: 45 a second and these stay below 50."""
_ONE_OFF = 2
"""So many failures in a row, whoever's they are, make nobody else wait."""

_LONGEST_TOLD = 600.0
"""Seconds for which a page is believed that says how long to wait, as a ban of the address does."""
_LEAST_MEMORY = 1.0
"""Seconds in which a post may leave after a search, however short the memory."""


def _now() -> float:
    """Return the loop's time: no clock that somebody can set."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Patience:
    """How a request that failed is tried again.

    Waits double from `first` to `longest` seconds. `nonce_memory` is how long Discord is sure to
    remember a nonce ("the past few minutes"): an older post is looked for before it is resent.
    `deadline` is how many seconds a request may take.
    """

    first: float = 1.0
    longest: float = 60.0
    nonce_memory: timedelta = timedelta(minutes=2)
    deadline: float = 20.0

    @property
    def nonce_leaves_within(self) -> float:
        """Return how many seconds after it was sent first a message with a nonce may leave."""
        return max(self.nonce_memory.total_seconds(), _LEAST_MEMORY)

    def before(self, attempt: int) -> float:
        """Return the seconds to wait before the try number *attempt* (0: the first again)."""
        return doubled(self.first, self.longest, attempt) * random.uniform(0.75, 1.25)


class Backoff:
    """Holds everything back while whatever is asked fails, longer with each failure in a row.

    Any answer that is Discord's ends it, so that the trouble of one channel is not that of all.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0
        self._until = 0.0
        self._trial_at = 0.0
        self._well_since: float | None = None

    def left(self) -> float:
        """Return for how many seconds nothing is to be asked."""
        return max(0.0, self._until - _now())

    def before_turn(self) -> float:
        """Return how many seconds to wait before a request, 0 where it may leave.

        After a wait one request at a time tries whether Discord answers again.
        """
        now = _now()
        if self._failures > _ONE_OFF and self._until <= now:
            if self._trial_at <= now:
                self._trial_at = now + self._patience.first
                return 0.0
            return self._trial_at - now
        return self.left()

    async def over(self) -> None:
        """Wait until something may be asked."""
        while (left := self.left()) > 0:  # noqa: ASYNC110 - it may be prolonged meanwhile
            await asyncio.sleep(left)

    def hold(self, seconds: float) -> None:
        """Hold everything back for so long."""
        self._until = max(self._until, _now() + seconds)

    def answered(self) -> None:
        """Take note of an answer that is Discord's."""
        self._failures = 0
        if self._well_since is None:
            self._well_since = _now()

    def well_for(self) -> float:
        """Return for how many seconds Discord has answered, whatever single requests met."""
        return 0.0 if self._well_since is None else _now() - self._well_since

    def failed(self, began: float, told: float = 0.0) -> None:
        """Take note of a failure that says nothing about what was asked for.

        A page may have *told* how many seconds to wait. What *began* before the last wait was over
        failed for the same reason and counts once.
        """
        if began < self._until:
            return
        self._failures += 1
        if self._failures > _ONE_OFF:
            self._well_since = None
            wait = self._patience.before(self._failures - _ONE_OFF - 1)
            wait = max(wait, min(told, _LONGEST_TOLD))
            log.warning("Discord fails whatever is asked of it; all wait for %.1f s", wait)
            self.hold(wait)


class Pace:
    """At most so many requests a second, evenly; the time is the wall's, as Discord's limit is."""

    def __init__(self, per_second: float, backoff: Backoff | None = None) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._backoff = backoff

    async def take(self) -> None:
        """Wait for the turn of one request; while the back-off holds, nobody has one."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            turn = max(self._next, now - _MOST_SAVED * self._interval)
            self._next = turn + self._interval
            if turn > now:
                await asyncio.sleep(turn - now)
            wait = 0.0 if self._backoff is None else self._backoff.before_turn()
            if wait <= 0:
                return
            await asyncio.sleep(wait)
