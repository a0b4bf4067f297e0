"""What all requests of the process share: a back-off, a count of invalid ones, Discord's clock.

Times are the event loop's, as the machine's clock may be set.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.clock import elapsed
from bot.jobs import RetryDelay

log = logging.getLogger(__name__)

_MOST_SAVED = 3
"""Requests that may be made at once after an idle time: with 45 a second they stay below 50."""
_ONE_OFF = 2
"""Up to this many failures in a row, of any requests, no others are held back."""

_LONGEST_TOLD = 600.0
"""The longest wait in seconds that a page in place of Discord's answer can demand."""
_LEAST_MEMORY = 1.0
"""Seconds in which a post may be sent after a search, however short `nonce_memory` is."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How failed requests are retried.

    Delays double from `first` to `longest` seconds. `nonce_memory` is how long Discord certainly
    remembers a nonce ("the past few minutes"): an older post is searched for before it is resent.
    `deadline` is how many seconds a request may take. A request without a nonce that was given up
    is certainly done, or never will be, after `settles` seconds.
    """

    first: float = 1.0
    longest: float = 60.0
    nonce_memory: timedelta = timedelta(minutes=2)
    deadline: float = 20.0
    settles: float = 5.0

    @property
    def nonce_leaves_within(self) -> float:
        """Return for how many seconds after the first attempt a nonce may be used."""
        return max(self.nonce_memory.total_seconds(), _LEAST_MEMORY)

    def delay(self) -> RetryDelay:
        """Return a fresh delay between attempts."""
        return RetryDelay(self.first, self.longest)


class Backoff:
    """Holds all requests back while they fail, longer with each failure in a row.

    Any answer from Discord ends it, so that failures in one channel do not hold others back.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0
        self._delay = patience.delay()
        self._until = 0.0
        self._trial_at = 0.0
        self._well_since: float | None = None

    def left(self) -> float:
        """Return for how many more seconds no request may be made."""
        return max(0.0, self._until - _now())

    def before_turn(self) -> float:
        """Return how many seconds to wait before a request, 0 if it may be made now.

        After a wait, one request at a time tests whether Discord answers again.
        """
        now = _now()
        if self._failures > _ONE_OFF and self._until <= now:
            if self._trial_at <= now:
                self._trial_at = now + self._patience.first
                return 0.0
            return self._trial_at - now
        return self.left()

    async def over(self) -> None:
        """Wait until requests may be made."""
        while (left := self.left()) > 0:  # noqa: ASYNC110 - the wait may be prolonged meanwhile
            await asyncio.sleep(left)

    def hold(self, seconds: float) -> None:
        """Hold all requests back for at least *seconds* from now."""
        self._until = max(self._until, _now() + seconds)

    def answered(self) -> None:
        """Note an answer from Discord."""
        self._failures = 0
        self._delay.reset()
        if self._well_since is None:
            self._well_since = _now()

    def well_for(self) -> float:
        """Return for how many seconds Discord has answered, apart from one-off failures."""
        return 0.0 if self._well_since is None else _now() - self._well_since

    def failed(self, began: float, told: float = 0.0) -> None:
        """Note a failure that says nothing about the request itself.

        *told* is how many seconds the answer said to wait. A request that *began* before the last
        wait was over failed for the same reason and is not counted again.
        """
        if began < self._until:
            return
        self._failures += 1
        if self._failures > _ONE_OFF:
            self._well_since = None
            wait = max(self._delay.next(), min(told, _LONGEST_TOLD))
            log.warning("All requests to Discord fail; none is made for %.1f s", wait)
            self.hold(wait)


class Pace:
    """At most *per_second* requests, evenly spaced, in real time as Discord's limit is."""

    def __init__(self, per_second: float, backoff: Backoff | None = None) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._backoff = backoff

    async def take(self) -> None:
        """Wait until one request may be made; the back-off holds all of them."""
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


WINDOW = 600.0
"""Seconds over which Discord counts invalid requests; 10,000 ban an IP address."""
MOST_INVALID = 900
"""The bot's own requests stop at this count…"""
MOST_INVALID_IN_ALL = 5_000
"""…and answers to people at this one."""


_NO_DIFFERENCE = timedelta(seconds=2)
"""An answer's time is in whole seconds and arrives late: the clock ignores such differences."""
_DISCORD_BEGAN, _NO_YEAR = 2015, 2200
"""A time outside these years is not Discord's."""


class RequestsHeld(aiohttp.ClientError):
    """No request may be made for `after` seconds: too many were invalid."""

    def __init__(self, reason: str, after: float) -> None:
        super().__init__(reason)
        self.after = after


def _now() -> float:
    return asyncio.get_running_loop().time()


class InvalidRequests:
    """Counts the answers of the last ten minutes that count towards a ban of the IP address.

    Requests under way are counted as if they were invalid, so the limit is never exceeded.
    """

    def __init__(self, most: int = MOST_INVALID, in_all: int = MOST_INVALID_IN_ALL) -> None:
        self._most = most
        self._in_all = in_all
        self._times: deque[float] = deque()
        self._under_way = 0
        self._said_at = -WINDOW

    @property
    def count(self) -> int:
        """The number of invalid requests in the last ten minutes."""
        while self._times and self._times[0] <= _now() - WINDOW:
            self._times.popleft()
        return len(self._times)

    def begin(self, *, for_somebody: bool) -> None:
        """Count a request as under way; raise `RequestsHeld` if it could exceed the limit.

        *for_somebody*: it answers a person, or connects to the gateway; its limit is higher.
        """
        most = self._in_all if for_somebody else self._most
        if self.count + self._under_way >= most:
            raise RequestsHeld("too many requests were turned away", self._left(most))
        self._under_way += 1

    def end(self, *, invalid: bool) -> None:
        """Count a request as answered or failed."""
        self._under_way -= 1
        if invalid:
            self._times.append(_now())

    def _left(self, most: int) -> float:
        """Return the seconds until the count is below its limit; log it at most once a minute."""
        beyond = len(self._times) - most
        if beyond < 0:
            return 1.0  # requests under way are answered soon
        left = self._times[beyond] + WINDOW - _now()
        if _now() - self._said_at > 60:
            self._said_at = _now()
            log.error(
                "Discord refused %d requests in ten minutes (401, 403 or 429); 10,000 ban this IP "
                "address. No request is made for %.0f s. The log above says what is refused.",
                len(self._times),
                left,
            )
        return left


class DiscordClock:
    """Discord's time: the `Date` of its answers plus the time elapsed since.

    Any thread may use it. One answer alone does not change the clock, as a proxy may have written
    its time: the next answer has to agree.
    """

    def __init__(self) -> None:
        self._known: tuple[datetime, float] | None = None
        self._doubted: tuple[datetime, float] | None = None

    def heard(self, date: str | None) -> None:
        """Note the time in an answer's `Date` header; an unreadable one changes nothing."""
        try:
            said = parsedate_to_datetime(date or "")
        except ValueError:
            return
        said = said if said.tzinfo else said.replace(tzinfo=UTC)
        known, doubted = self.now(), _by_now(self._doubted)
        self._doubted = None
        if not _DISCORD_BEGAN <= said.year < _NO_YEAR:
            return
        if known is not None and abs(said - known) <= _NO_DIFFERENCE:
            return
        if known is None or (doubted is not None and abs(said - doubted) <= _NO_DIFFERENCE):
            self._known = (said, elapsed())
        else:
            self._doubted = (said, elapsed())

    def now(self) -> datetime | None:
        """Return Discord's time, None before any answer."""
        return _by_now(self._known)


def _by_now(heard: tuple[datetime, float] | None) -> datetime | None:
    if heard is None:
        return None
    said, at = heard
    return said + timedelta(seconds=elapsed() - at)


class Traffic:
    """What all requests of the process share."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self.backoff = Backoff(self.patience)
        self.invalid = InvalidRequests()
        self.clock = DiscordClock()

    def now(self) -> datetime:
        """Return the real time: Discord's if it is known, else this machine's."""
        return self.clock.now() or datetime.now(UTC)
