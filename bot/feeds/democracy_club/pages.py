"""What Democracy Club's two feeds have in common: pages that are read until nothing new comes.

Stamps are somebody else's, so they are not trusted, and a server that answers the same whatever is
asked is not asked on and on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, timedelta
from functools import partial
from typing import Generic, TypeVar

from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds.faults import DocumentFault
from bot.feeds.feed import FeedUnavailable, Fetch, State, Validators, off_the_loop
from bot.feeds.http import PoliteClient
from bot.feeds.reading import read

_Page = TypeVar("_Page")

CLOCKS_MAY_DIFFER = timedelta(minutes=5)
"""A stamp that is further ahead of our clock is wrong, and somebody is told so."""


class Walk(ABC, Generic[_Page]):
    """Where one fetch stands among the pages; made of a state and turned into the next."""

    most_pages = 500

    def __init__(self, fault: str | None) -> None:
        self.fault = fault
        self.troubles: list[str | None] = []
        self.is_over = False

    @property
    @abstractmethod
    def url(self) -> URL:
        """The address of the page at hand."""

    @property
    @abstractmethod
    def called(self) -> str:
        """What the reading of the page at hand is called."""

    @property
    @abstractmethod
    def validators(self) -> Validators:
        """What makes the request for the page at hand conditional."""

    @property
    @abstractmethod
    def has_moved(self) -> bool:
        """Whether a page was taken in this fetch."""

    @abstractmethod
    def parse(self, body: bytes) -> _Page:
        """Return a page; raises `DocumentFault`."""

    @abstractmethod
    def fresh(self, page: _Page, body: bytes) -> bytes | None:
        """Return a page with none but what was not taken before; None where that is nothing."""

    @abstractmethod
    def take(self, page: _Page, validators: Validators) -> None:
        """Go on behind a page."""

    @abstractmethod
    def pass_by(self) -> None:
        """Go on behind a page that has not changed."""

    def ends_at(self, refusal: FeedUnavailable) -> bool:
        """Return whether a refusal says that there are no more pages; go on from there if so."""
        return False

    @property
    @abstractmethod
    def trouble(self) -> str | None:
        """What is wrong with what the server answers, None where nothing is."""

    @abstractmethod
    def state(self) -> State:
        """Return what the next fetch begins with."""

    def is_new_fault(self, sha256: str) -> bool:
        """Remember a page that cannot be read; return whether it is another than the last one."""
        is_new = sha256 != self.fault
        self.fault = sha256
        return is_new


class PagedFeed(ABC, Generic[_Page]):
    """The changes of one polling day, page by page. *url* is the site's or the feed's address.

    A fetch that breaks off goes on at that page the next time.
    """

    def __init__(
        self, name: str, url: str, night: date, client: PoliteClient, clock: Clock
    ) -> None:
        self.name = name
        self._url = URL(url)
        self._night = night
        self._client = client
        self._clock = clock

    @abstractmethod
    def walk(self, state: State) -> Walk[_Page]:
        """Return a walk that begins with *state*."""

    async def fetch(self, state: State) -> Fetch:
        """Return the pages of what is new; raises `FeedUnavailable`."""
        walk = self.walk(state)
        readings: list[Reading] = []
        trouble: str | None = None
        retry_after: float | None = None
        for _ in range(walk.most_pages):
            try:
                answer = await self._client.get(walk.url, walk.validators)
            except FeedUnavailable as refusal:
                if walk.ends_at(refusal):
                    break
                if not walk.has_moved:
                    raise
                trouble, retry_after = str(refusal), refusal.retry_after
                break
            walk.troubles.append(answer.trouble)
            if answer.body is None:
                walk.pass_by()
            else:
                try:
                    page = await off_the_loop(answer.body, walk.parse)
                except DocumentFault as fault:
                    reading = await self._read(answer.body, walk.called)
                    trouble = reading.fault or str(fault)
                    if walk.is_new_fault(reading.sha256):
                        readings.append(reading)
                    break
                if (fresh := walk.fresh(page, answer.body)) is not None:
                    readings.append(await self._read(fresh, walk.called))
                walk.take(page, answer.validators)
            if walk.is_over:
                break
        return Fetch(
            self.name,
            tuple(readings),
            walk.state(),
            complete=walk.is_over,
            trouble=trouble or walk.trouble,
            retry_after=retry_after,
        )

    async def _read(self, body: bytes, name: str) -> Reading:
        take = partial(read, self.name, name, max_bytes=self._client.max_bytes)
        now = self._clock.now()
        return await off_the_loop(body, lambda body: take(body, now))


def repeats_itself(server: str) -> str:
    """Return what is wrong with a *server* whose further pages are one that was seen before."""
    return (
        f"{server} answers the same page whatever is asked, so that what stands behind it cannot be"
        " had: a cache before it probably ignores the query."
    )
