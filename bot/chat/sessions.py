"""When a new gateway session may begin.

Discord allows a thousand sessions a day and one every five seconds; the token of a bot that begins
more is reset, which only a person can put right. discord.py keeps to the five seconds alone, and
begins seventeen thousand a day if every session is invalidated. All clients of the process share
one count. https://discord.com/developers/docs/events/gateway#rate-limiting
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from bot.jobs import doubled

log = logging.getLogger(__name__)

_SPACING = 5.0
_LONGEST = 300.0
_LONGEST_TO_RESUME = 60.0
_SCARCE = 0.1
"""With less than this share of the day's sessions left, they are spread over the rest of the day.
"""
_LONG_WAIT = 30.0
"""Waits longer than this many seconds are logged."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many sessions may still begin until the count is reset, in `reset_after` seconds."""

    total: int
    remaining: int
    reset_after: float

    @classmethod
    def told(cls, limit: Any) -> Self:
        """Return the values of `session_start_limit`. Raises for anything malformed."""
        return cls(
            int(limit["total"]), int(limit["remaining"]), float(limit["reset_after"]) / 1_000
        )

    @property
    def spacing(self) -> float:
        """The seconds that must lie between two sessions, so that they last until the reset."""
        if self.remaining > self.total * _SCARCE:
            return 0.0
        return self.reset_after / max(self.remaining, 1)


@dataclass(slots=True)
class _Row:
    """How many attempts of a shard followed in quick succession, and when the last one was."""

    first: float
    longest: float
    count: int = 0
    last: float = 0.0

    def due(self, now: float) -> float:
        """Return the earliest moment for the next attempt; the second may follow at once."""
        if not self.count or now - self.last > 2 * self.longest:
            self.count = 0
            return now
        if self.count == 1:
            return now
        back_off = doubled(self.first, self.longest, self.count - 2)
        return self.last + back_off * random.uniform(1.0, 1.25)

    def take(self, now: float) -> None:
        """Count an attempt."""
        self.last = now
        self.count += 1


class SessionStarts:
    """Gives turns to begin a session, or to resume one.

    Attempts of a shard in quick succession wait longer and longer, up to *longest* seconds; the
    count is reset once a session lasts twice as long. Any two sessions are *spacing* seconds apart.
    Discord does not count resuming, which waits less.
    """

    def __init__(
        self,
        *,
        spacing: float = _SPACING,
        longest: float = _LONGEST,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = spacing
        self._longest = longest
        self._now = now
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._last: float | None = None
        self._begun: dict[int, _Row] = {}
        self._resumed: dict[int, _Row] = {}

    async def turn(self, shard: int, ask: Callable[[], Awaitable[Allowance | None]]) -> None:
        """Wait until a shard may begin a session, and take the turn.

        *ask* returns Discord's session limit, None if it does not answer.
        """
        async with self._lock:
            row = self._begun.setdefault(shard, _Row(2 * self._spacing, self._longest))
            due = row.due(self._now())
            if self._last is not None:
                due = max(due, self._last + self._spacing)
            await self._wait(due - self._now(), "sessions end as soon as they begin")
            while (allowance := await ask()) is not None:
                due = self._now() if self._last is None else self._last + allowance.spacing
                if allowance.remaining <= 0:
                    due = self._now() + allowance.reset_after
                if due <= self._now():
                    break
                left = f"Discord allows {max(allowance.remaining, 0)} more sessions"
                await self._wait(min(due - self._now(), 3_600.0), left)
            self._last = self._now()
            row.take(self._last)

    async def resume(self, shard: int) -> None:
        """Wait until a shard may resume its session; discord.py would retry at once."""
        longest = min(_LONGEST_TO_RESUME, self._longest)
        row = self._resumed.setdefault(shard, _Row(min(1.0, self._spacing), longest))
        await self._wait(row.due(self._now()) - self._now(), "it ends as soon as it is resumed")
        row.take(self._now())

    async def _wait(self, seconds: float, why: str) -> None:
        if seconds > _LONG_WAIT:
            log.warning("The next session with Discord begins in %.0f s: %s", seconds, why)
        if seconds > 0:
            await self._sleep(seconds)
