"""Rate limits: how many requests Discord accepts, and how it refuses more.

Source: Discord's documentation, "Rate Limits"; the limit per channel is what clients see.
"""

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from simulation.discord.errors import JSON

VIA = {"Via": "1.1 google"}
"""Marks a 429 of Discord's own API; clients take one without it for an IP ban."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `requests` in each stretch of `seconds` that begins with a request."""

    requests: int
    seconds: float


_DISCORD = MappingProxyType(
    {
        "message-create": Window(5, 5),
        "message-edit": Window(5, 5),
        "message-delete": Window(5, 1),
        "messages-read": Window(5, 1),
        "crosspost": Window(10, 3_600),
        "pin": Window(5, 4),
        "webhook": Window(5, 2),
        "direct-channel": Window(10, 10),
        "thread-create": Window(50, 300),
        "channel-edit": Window(5, 5),
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force: over all routes, and by the bucket that a route belongs to.

    A bucket counts apart for each channel, guild or webhook. `identifies` is the pace at which
    a gateway session may begin, `gateway_sends` what one connection may send.
    """

    overall: Window | None = None
    buckets: Mapping[str, Window] = field(default_factory=lambda: MappingProxyType({}))
    identifies: Window | None = None
    gateway_sends: Window | None = Window(120, 60)

    @classmethod
    def discord(cls) -> "Limits":
        """Return the limits that Discord has."""
        return cls(overall=Window(50, 1), buckets=_DISCORD, identifies=Window(1, 5))

    @classmethod
    def none(cls) -> "Limits":
        """Return no limits, except for what a gateway connection may send."""
        return cls()


class Meter:
    """Counts the requests in one window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._ends = 0.0
        self._used = 0

    def take(self) -> bool:
        """Count one request; returns whether it is within the limit."""
        now = time.monotonic()
        if now >= self._ends:
            self._ends, self._used = now + self.window.seconds, 0
        self._used += 1
        return self._used <= self.window.requests

    @property
    def reset_after(self) -> float:
        """Seconds until the window ends, in whole milliseconds and never too few."""
        return math.ceil(max(0.0, self._ends - time.monotonic()) * 1_000) / 1_000

    @property
    def remaining(self) -> int:
        """Requests that the window still takes."""
        return max(0, self.window.requests - self._used)


@dataclass(slots=True)
class Verdict:
    """Whether a request is let through, the headers of its answer, and the body of a 429."""

    headers: dict[str, str]
    refusal: JSON | None = None


class RateLimiter:
    """Applies limits to requests."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = Meter(limits.overall) if limits.overall else None
        self._buckets: dict[tuple[str, str], Meter] = {}

    def judge(self, bucket: str | None, major: str, *, exempt_overall: bool) -> Verdict:
        """Count a request to a route of `bucket` for the channel, guild or webhook `major`."""
        if self._overall and not exempt_overall and not self._overall.take():
            return _refuse(self._overall, {}, scope="global")
        window = self._limits.buckets.get(bucket or "")
        if window is None or bucket is None:
            return Verdict({})
        if len(self._buckets) > 10_000:
            self._buckets = {k: m for k, m in self._buckets.items() if m.reset_after > 0}
        meter = self._buckets.setdefault((bucket, major), Meter(window))
        within = meter.take()
        headers = _headers(meter, bucket)
        return Verdict(headers) if within else _refuse(meter, headers, scope="user")


def _headers(meter: Meter, bucket: str) -> dict[str, str]:
    after = meter.reset_after
    return {
        "X-RateLimit-Bucket": hashlib.md5(bucket.encode(), usedforsecurity=False).hexdigest(),
        "X-RateLimit-Limit": str(meter.window.requests),
        "X-RateLimit-Remaining": str(meter.remaining),
        "X-RateLimit-Reset": f"{time.time() + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
    }


def _refuse(meter: Meter, headers: dict[str, str], *, scope: str) -> Verdict:
    is_global = scope == "global"
    after = meter.reset_after
    extra = {"Retry-After": str(int(after) + 1), "X-RateLimit-Scope": scope} | VIA
    if is_global:
        extra["X-RateLimit-Global"] = "true"
    body: JSON = {
        "message": "You are being rate limited.",
        "retry_after": after,
        "global": is_global,
    }
    return Verdict(headers | extra, body)
