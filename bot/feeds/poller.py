"""Polls one feed, delivers what it brings, and knows how healthy the feed is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from random import Random

from bot.clock import Clock
from bot.feeds.feed import Feed, FeedUnavailable, Fetch, State
from bot.jobs import doubled

_log = logging.getLogger(__name__)

_LONGEST_BACK_OFF = 300.0
_JITTER = 0.1
_WHOLE_TRIES = 3
"""After more failures in a row a fetch is delivered document by document."""
_MOST_FAIL = 3
"""So many documents that fail in a row point to the machine, not to a document."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How healthy a feed is: for answers ("feed's age"), for the desk and for `doctor`.

    `heard_at` is when the feed last answered, `changed_at` when it last had something new;
    `trouble` is what went wrong last, None once all is well again.
    """

    feed: str
    stale_after: timedelta
    heard_at: datetime | None = None
    changed_at: datetime | None = None
    trouble: str | None = None
    failures: int = 0

    def age(self, now: datetime) -> timedelta | None:
        """Return how long ago the feed last answered, None if it never has."""
        return None if self.heard_at is None else now - self.heard_at

    def is_stale(self, now: datetime) -> bool:
        """Return whether the feed has not answered for too long, or never has.

        An answer from the future was stamped before the clock was corrected, so it is stale.
        """
        age = self.age(now)
        return age is None or not timedelta() <= age <= self.stale_after


class Poller:
    """Asks a feed every *interval* seconds of simulated time and delivers what is new.

    *deliver* commits a fetch, its state included; only then does the next fetch begin from that
    state. *called* is the feed's name in the log. *state* is the last committed one, None for a
    feed that was never committed: its first answer is delivered even if it is empty, so that what
    comes later is known to be news and no backlog. *trouble* is the last committed one. *random*
    spreads the waits, so that many bots do not ask in step. A feed is stale after *stale_after*
    (ten intervals by default, and at least the longest wait after a failure).
    """

    def __init__(
        self,
        feed: Feed,
        clock: Clock,
        interval: float,
        deliver: Callable[[Fetch], Awaitable[None]],
        *,
        called: str | None = None,
        state: State | None = None,
        trouble: str | None = None,
        random: Random | None = None,
        stale_after: timedelta | None = None,
    ) -> None:
        if interval <= 0:
            raise ValueError(f"a feed's interval must be positive, not {interval}")
        self._feed = feed
        self.called = called or feed.name
        self._clock = clock
        self._interval = interval
        self._deliver = deliver
        self._state = state
        self._told = trouble
        self._was_nothing_there = False
        self._refused = 0
        self._taken_alone: set[tuple[str, str]] = set()
        self._asking = asyncio.Lock()
        self._random = random or Random()
        self._health = FeedHealth(
            feed.name, stale_after or timedelta(seconds=max(_LONGEST_BACK_OFF, 10 * interval))
        )

    @property
    def health(self) -> FeedHealth:
        """How the feed is."""
        return self._health

    async def poll_once(self) -> Fetch | None:
        """Ask once and deliver what is new; return it, or None where the feed gave no answer.

        A fetch that changes nothing is not delivered, unless it is a feed's first; a change of
        trouble is a change. Whatever *deliver* raises goes through, and the next fetch begins from
        the same state as this one. While `run` asks, this waits for its turn.
        """
        fetch, _ = await self._ask()
        return fetch

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            asked: float | None = None
            try:
                _, asked = await self._ask()
            except Exception:
                _log.exception("what %s brought could not be taken in", self.called)
                self._failed("What the feed brought could not be stored: see the log.")
            await self._clock.sleep(self._wait(asked))

    async def _ask(self) -> tuple[Fetch | None, float | None]:
        """Return what was fetched, and how long the server asked to be left alone."""
        async with self._asking:
            try:
                fetch = await self._feed.fetch(self._state or {})
            except FeedUnavailable as refusal:
                self._was_nothing_there |= refusal.status == HTTPStatus.NOT_FOUND
                self._failed(str(refusal))
                return None, refusal.retry_after
            if self._state is None and self._was_nothing_there:
                # Not committed when it was found: the address may have been mistyped.
                await self._commit(Fetch(self._feed.name, (), {}))
            if fetch.readings or (fetch.state, fetch.trouble) != (self._state, self._told):
                await self._commit(fetch)
            self._succeeded(fetch)
            return fetch, fetch.retry_after

    async def _commit(self, fetch: Fetch) -> None:
        try:
            await self._deliver(fetch)
        except Exception:
            self._refused += 1
            if self._refused > _WHOLE_TRIES:
                await self._take_alone(fetch)
            raise
        self._state, self._told = fetch.state, fetch.trouble
        self._refused = 0
        self._taken_alone.clear()

    async def _take_alone(self, fetch: Fetch) -> None:
        """Deliver each document that can be: one that cannot be holds no other back.

        The state stays as it was, so all of them are fetched again.
        """
        failed = 0
        for reading in sorted(fetch.readings, key=lambda each: each.received_at):
            key = (reading.name, reading.sha256)
            if key in self._taken_alone:
                continue
            one = Fetch(fetch.feed, (reading,), self._state or {}, False, self._told)
            try:
                await self._deliver(one)
            except Exception as error:
                failed += 1
                _log.error("%s, %s cannot be taken in: %r", self.called, reading.name, error)
                if failed == _MOST_FAIL:
                    return
            else:
                failed = 0
                self._taken_alone.add(key)

    def _succeeded(self, fetch: Fetch) -> None:
        now = self._clock.now()
        self._log_trouble(fetch.trouble)
        self._health = replace(
            self._health,
            heard_at=now,
            changed_at=now if fetch.readings else self._health.changed_at,
            trouble=fetch.trouble,
            failures=0 if fetch.complete else self._health.failures + 1,
        )

    def _failed(self, trouble: str) -> None:
        self._log_trouble(trouble)
        self._health = replace(self._health, trouble=trouble, failures=self._health.failures + 1)

    def _log_trouble(self, trouble: str | None) -> None:
        """Log a new trouble once, and its end."""
        if trouble == self._health.trouble:
            return
        if trouble:
            _log.warning("feed %s: %s", self.called, trouble)
        else:
            _log.info("feed %s is well again", self.called)

    def _wait(self, asked: float | None) -> float:
        """Return how long to wait: longer after failures, at least what the server *asked*."""
        longest = max(_LONGEST_BACK_OFF, self._interval)
        wait = doubled(self._interval, longest, self._health.failures)
        return max(wait * (1 + self._random.uniform(-_JITTER, _JITTER)), asked or 0.0)
