"""Pace and patience: how fast the courier goes, and how long it waits before it tries again."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

_MOST_SAVED = 3
"""Requests that may follow at once after a pause: 45 a second and these stay below 50."""


class Pace:
    """At most so many requests a second, evenly; the time is the wall's, as Discord's limit is."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._held_until = 0.0

    async def take(self) -> None:
        """Wait for the turn of one request."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            turn = max(self._next, now - _MOST_SAVED * self._interval)
            self._next = turn + self._interval
            if turn > now:
                await asyncio.sleep(turn - now)
            if loop.time() >= self._held_until:
                return

    def hold(self, seconds: float) -> None:
        """Let nobody have a turn for so long: Discord refuses everything that we ask."""
        self._held_until = asyncio.get_running_loop().time() + seconds
        self._next = max(self._next, self._held_until)


@dataclass(frozen=True, slots=True)
class Patience:
    """How a request that failed is tried again.

    Waits double from `first` to `longest` seconds. `nonce_memory` is how long Discord is sure to
    remember a nonce ("the past few minutes"): an older post is looked for before it is resent.
    """

    first: float = 1.0
    longest: float = 60.0
    nonce_memory: timedelta = timedelta(minutes=2)

    def before(self, attempt: int) -> float:
        """Return the seconds to wait before the try number *attempt* (0: the first again)."""
        return min(self.longest, self.first * 2.0 ** min(attempt, 16)) * random.uniform(0.75, 1.25)
