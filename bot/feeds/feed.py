"""What a feed is: something that can be asked for what is new."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pydantic import BaseModel

from bot.election.reports import Reading

_T = TypeVar("_T")

_LARGE = 32 * 1024

State = Mapping[str, object]
"""What a feed remembers (validators, cursors), as JSON that `Remembered` reads and writes."""


class Remembered(BaseModel):
    """What one kind of feed remembers from one fetch to the next."""

    def as_state(self) -> State:
        """Return it as JSON without default values; `model_validate` reads it again."""
        return self.model_dump(mode="json", exclude_defaults=True)


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional: what the server said of the copy that we have."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the request headers."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
        return {name: value for name, value in pairs if value}


class FeedUnavailable(Exception):  # noqa: N818 - the feed's state, not an error of the program
    """A feed gave no answer that could be used.

    The message is a sentence for the desk; `retry_after` is what the server asked for, in seconds;
    `only_this` says that the trouble is with this address, not with the whole server; `status` is
    the HTTP status, if there was a response.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        only_this: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.only_this = only_this
        self.status = status


@dataclass(frozen=True, slots=True)
class Fetch:
    """What one request to a feed brought.

    `state` is committed together with the readings, so that the next fetch brings exactly what was
    not committed. `complete` is False where the feed has more and the fetch broke off; `trouble`
    says why, or what else is wrong with the feed although it answers; `retry_after` is how many
    seconds the server asks to be left alone. A complete first fetch is the backlog.
    """

    feed: str
    readings: tuple[Reading, ...]
    state: State
    complete: bool = True
    trouble: str | None = None
    retry_after: float | None = None


class Feed(Protocol):
    """A source of results that is polled."""

    @property
    def name(self) -> str:
        """What the feed is called in readings, settings and answers."""
        ...

    async def fetch(self, state: State) -> Fetch:
        """Return what is new since *state*, which is empty at first.

        Raises `FeedUnavailable` where nothing could be had.
        """
        ...


class Addressed:
    """A *feed* that starts again where *address* is not the one that its state belongs to.

    Feeds are named by their position in the settings, so a new address may get an old name; with
    the old validators its server would answer that nothing is new.
    """

    def __init__(self, feed: Feed, address: str) -> None:
        self._feed = feed
        # An address may hold a key, which must not be stored.
        self._address = hashlib.sha256(address.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What the feed is called."""
        return self._feed.name

    async def fetch(self, state: State) -> Fetch:
        """Return what is new since *state* at this address; raises `FeedUnavailable`."""
        known = state if state.get("address") == self._address else {}
        fetch = await self._feed.fetch(known)
        return replace(fetch, state={**fetch.state, "address": self._address})


async def off_the_loop(body: bytes, work: Callable[[bytes], _T]) -> _T:
    """Return what *work* makes of a body, in a thread unless the body is small.

    The event loop must not wait for a document; a small one takes less time than a thread.
    """
    return work(body) if len(body) < _LARGE else await asyncio.to_thread(work, body)


def sentences(found: Iterable[str | None]) -> str | None:
    """Return what was *found* to be wrong as one text, each sentence once; None for nothing."""
    return " ".join(dict.fromkeys(filter(None, found))) or None
