"""Rate limits of discord.py: a bucket's last answer comes at once, and the global lock opens again.

discord.py (2.7.1, `discord.http.HTTPClient.request`) clears its global lock, sleeps and sets it,
without `finally`: a request that is cancelled or fails meanwhile leaves it shut, and nothing leaves
any more.

discord.py (2.7.1, `discord.http.Ratelimit.__aexit__`) lets the request that took a bucket's last
token sleep until the bucket is full again, and only then returns the answer, up to an hour late
for a publication. A receipt cannot wait for that: here the sleep goes on in the background and
whoever comes next waits for it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from discord.http import HTTPClient, Ratelimit

_SLACK = 0.05
"""Seconds by which a timer may come early."""


class PromptRatelimit(Ratelimit):
    """Sleeps on an empty bucket in the background."""

    async def __aexit__(self, *raised: Any) -> None:
        if self.remaining - self.outgoing >= 0:
            await super().__aexit__(*raised)
        else:
            # A task that nobody refers to may be collected before it ends.
            self._refill = asyncio.create_task(super().__aexit__(*raised))


class GlobalLimit(asyncio.Event):
    """Discord's limit over all routes: shut by whoever hears of it, it opens when that is over."""

    def __init__(self) -> None:
        super().__init__()
        self._until = 0.0
        self.set()

    def lasts(self, seconds: float) -> None:
        """Take note of how long the limit lasts from now; the longest that was said holds."""
        loop = asyncio.get_running_loop()
        self._until = max(self._until, loop.time() + seconds)
        loop.call_at(self._until, self.set)

    def set(self) -> None:
        """Open, where the limit is over; discord.py's first sleeper may wake before."""
        if self._until <= asyncio.get_running_loop().time() + _SLACK:
            super().set()


def answer_promptly(http: HTTPClient) -> None:
    """Let *http* return every answer when it is there; to be called before the first request."""
    plain = http.get_ratelimit

    def prompt(key: str) -> Ratelimit:
        if key not in http._buckets:
            plain(key)  # clears old ones away where there are many
            http._buckets[key] = PromptRatelimit(http.max_ratelimit_timeout)
        return http._buckets[key]

    http.get_ratelimit = prompt  # type: ignore[method-assign]
