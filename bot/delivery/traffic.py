"""What all requests of the process to Discord share: a back-off, a count, and Discord's clock.

Times are the event loop's: no clock that somebody can set.
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
"""Requests that may follow at once after a pause: 45 a second and these stay below 50."""
_ONE_OFF = 2
"""So many failures in a row, of whatever requests, hold no others back."""

_LONGEST_TOLD = 600.0
"""The longest wait in seconds that a page in place of Discord's answer can ask for."""
_LEAST_MEMORY = 1.0
"""Seconds in which a post may leave after a search, however short the memory."""


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

    def delay(self) -> RetryDelay:
        """Return what tells how long to wait after each failure in a row."""
        return RetryDelay(self.first, self.longest)


class Backoff:
    """Holds all requests back while they fail, longer with each failure in a row.

    Any answer that is Discord's ends it, so that one channel's failures hold no others back.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0
        self._delay = patience.delay()
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
        """Note an answer of Discord's."""
        self._failures = 0
        self._delay.reset()
        if self._well_since is None:
            self._well_since = _now()

    def well_for(self) -> float:
        """Return for how many seconds Discord has answered, single requests apart."""
        return 0.0 if self._well_since is None else _now() - self._well_since

    def failed(self, began: float, told: float = 0.0) -> None:
        """Note a failure that says nothing about what was asked for.

        A page may have *told* how many seconds to wait. What *began* before the last wait was over
        failed for the same reason and counts once.
        """
        if began < self._until:
            return
        self._failures += 1
        if self._failures > _ONE_OFF:
            self._well_since = None
            wait = max(self._delay.next(), min(told, _LONGEST_TOLD))
            log.warning("Discord fails whatever is asked of it; all wait for %.1f s", wait)
            self.hold(wait)


class Pace:
    """At most so many requests a second, evenly, in real time as Discord's limit is."""

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


WINDOW = 600.0
"""Seconds over which Discord counts invalid requests; 10,000 ban an address."""
MOST_INVALID = 900
"""As many are made for delivery and the start…"""
MOST_INVALID_IN_ALL = 5_000
"""…and with answers to people."""


_NO_DIFFERENCE = timedelta(seconds=2)
"""An answer's time has no fractions and was a while under way: the time shall not jump by that."""
_DISCORD_BEGAN, _NO_YEAR = 2015, 2200
"""No answer of Discord's is of another year."""


class RequestsHeld(aiohttp.ClientError):
    """No request may leave for `after` seconds: too many were invalid."""

    def __init__(self, reason: str, after: float) -> None:
        super().__init__(reason)
        self.after = after


def _now() -> float:
    return asyncio.get_running_loop().time()


class InvalidRequests:
    """Counts the answers of the last ten minutes that count towards a ban of the address.

    What is under way may become one, so that the bound is never crossed.
    """

    def __init__(self, most: int = MOST_INVALID, in_all: int = MOST_INVALID_IN_ALL) -> None:
        self._most = most
        self._in_all = in_all
        self._times: deque[float] = deque()
        self._under_way = 0
        self._said_at = -WINDOW

    @property
    def count(self) -> int:
        """How many there were in the last ten minutes."""
        while self._times and self._times[0] <= _now() - WINDOW:
            self._times.popleft()
        return len(self._times)

    def begin(self, *, for_somebody: bool) -> None:
        """Count a request as under way; raise `RequestsHeld` where it could cross the bound.

        *for_somebody*: it answers a person who waits, or lets people ask, and has a higher bound.
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
        """Return the seconds until the count is below its bound, and say so once a minute."""
        beyond = len(self._times) - most
        if beyond < 0:
            return 1.0  # what is under way is soon answered
        left = self._times[beyond] + WINDOW - _now()
        if _now() - self._said_at > 60:
            self._said_at = _now()
            log.error(
                "Discord turned %d requests away in ten minutes (401, 403 or 429); 10,000 ban this "
                "address. Nothing is asked for %.0f s. Look above for what is refused.",
                len(self._times),
                left,
            )
        return left


class DiscordClock:
    """Discord's time, from the `Date` of its answers and the time that has gone by since.

    To be asked from any thread. One answer alone, of which a proxy may have made the time, does not
    turn the clock: the next has to say the same.
    """

    def __init__(self) -> None:
        self._known: tuple[datetime, float] | None = None
        self._doubted: tuple[datetime, float] | None = None

    def heard(self, date: str | None) -> None:
        """Take the time of an answer's header; one that cannot be read changes nothing."""
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
        """Return the real time: Discord's, this machine's before that was heard."""
        return self.clock.now() or datetime.now(UTC)
