"""What Democracy Club's two feeds have in common: they are read page by page.

Their time stamps are not trusted, and a server that answers every request with the same page does
not keep a fetch going for ever.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, timedelta
from functools import partial

from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds.faults import DocumentFault
from bot.feeds.feed import FeedUnavailable, Fetch, State, Validators, off_the_loop
from bot.feeds.http import PoliteClient, WebFeed

CLOCKS_MAY_DIFFER = timedelta(minutes=5)
"""A stamp that is further ahead of our clock is reported as wrong."""


class Walk(ABC):
    """The progress of one fetch through the pages: it begins with one state and ends with the next.

    `fault` is the hash of the last page that could not be read, `troubles` is what is wrong with
    the server although it answers.
    """

    most_pages = 500

    def __init__(self, fault: str | None) -> None:
        self.fault = fault
        self.troubles: list[str | None] = []
        self.is_over = False

    @abstractmethod
    def request(self) -> tuple[URL, Validators, str]:
        """Return the next page's address, the validators for it, and its reading's name."""

    @abstractmethod
    def take(self, body: bytes, validators: Validators) -> bytes | None:
        """Move on to the next page; return this one with only what is new, None where nothing is.

        Raises `DocumentFault`, without moving on.
        """

    @abstractmethod
    def pass_by(self) -> None:
        """Move on from a page that has not changed."""

    def ends_at(self, refusal: FeedUnavailable) -> bool:
        """Return whether a refusal says that there are no more pages; the walk is over if so."""
        return False

    @abstractmethod
    def trouble(self) -> str | None:
        """Return what is wrong with what the server answers, None where nothing is."""

    @abstractmethod
    def state(self) -> State:
        """Return what the next fetch begins with."""


class PagedFeed(WebFeed, ABC):
    """The changes of one polling day, page by page. *url* is the site's or the feed's address.

    The next fetch resumes at the page where one broke off.
    """

    def __init__(
        self, name: str, url: str, night: date, client: PoliteClient, clock: Clock
    ) -> None:
        super().__init__(name, url, client, clock)
        self._night = night

    @abstractmethod
    def walk(self, state: State) -> Walk:
        """Return a walk that begins with *state*."""

    async def fetch(self, state: State) -> Fetch:
        """Return the pages of what is new; raises `FeedUnavailable`."""
        walk = self.walk(state)
        readings: list[Reading] = []
        trouble: str | None = None
        retry_after: float | None = None
        for number in range(walk.most_pages):
            url, validators, called = walk.request()
            try:
                answer = await self._client.get(url, validators)
            except FeedUnavailable as refusal:
                if walk.ends_at(refusal):
                    break
                if number == 0:
                    raise
                trouble, retry_after = str(refusal), refusal.retry_after
                break
            walk.troubles.append(answer.trouble)
            if answer.body is None:
                walk.pass_by()
            else:
                try:
                    take = partial(walk.take, validators=answer.validators)
                    fresh = await off_the_loop(answer.body, take)
                except DocumentFault as fault:
                    reading = await self._read(answer.body, called)
                    trouble = reading.fault or str(fault)
                    if reading.sha256 != walk.fault:
                        readings.append(reading)
                    walk.fault = reading.sha256
                    break
                walk.fault = None
                if fresh is not None:
                    readings.append(await self._read(fresh, called))
            if walk.is_over:
                break
        return Fetch(
            self.name,
            tuple(readings),
            walk.state(),
            complete=walk.is_over,
            trouble=trouble or walk.trouble(),
            retry_after=retry_after,
        )


def repeats_itself(server: str) -> str:
    """Return what is wrong with a *server* whose further pages were all seen before."""
    return (
        f"{server} answers the same page whatever is asked, so that what stands behind it cannot be"
        " had: a cache before it probably ignores the query."
    )
