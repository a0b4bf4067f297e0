"""A rate limit of discord.py that gives a bucket's last answer back at once.

discord.py (2.7.1, `discord.http.Ratelimit.__aexit__`) lets the request that took a bucket's last
token sleep until the bucket is full again, and only then returns the answer, up to an hour late
for a publication. A receipt cannot wait for that: here the sleep goes on in the background and
whoever comes next waits for it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from discord.http import HTTPClient, Ratelimit


class PromptRatelimit(Ratelimit):
    """Sleeps on an empty bucket in the background."""

    async def __aexit__(self, *raised: Any) -> None:
        if self.remaining - self.outgoing >= 0:
            await super().__aexit__(*raised)
        else:
            # A task that nobody refers to may be collected before it ends.
            self._refill = asyncio.create_task(super().__aexit__(*raised))


def answer_promptly(http: HTTPClient) -> None:
    """Let *http* return every answer when it is there; to be called before the first request."""
    plain = http.get_ratelimit

    def prompt(key: str) -> Ratelimit:
        if key not in http._buckets:
            plain(key)  # clears old ones away where there are many
            http._buckets[key] = PromptRatelimit(http.max_ratelimit_timeout)
        return http._buckets[key]

    http.get_ratelimit = prompt  # type: ignore[method-assign]
