"""What a feed is to whoever follows it: something that can be asked what is new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from bot.election.reports import Reading

_LARGE = 32 * 1024

CLOCKS_MAY_DIFFER = timedelta(minutes=5)
"""A stamp that is further ahead of our clock is wrong, and somebody is told so."""

_T = TypeVar("_T")

State = Mapping[str, object]
"""What a feed has to remember (validators, cursors): JSON-able, and nobody else's business."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What one asking brought.

    `state` belongs into the same commit as the readings: who asks again with a committed state
    gets exactly what was not committed. `complete` is False where the feed has more and the asking
    broke off; `trouble` says why, or what else is wrong with the feed although it answers; and
    `retry_after` how many seconds the server wants to be left alone. A first fetch is the backlog
    as far as it is complete.
    """

    feed: str
    readings: tuple[Reading, ...]
    state: State
    complete: bool = True
    trouble: str | None = None
    retry_after: float | None = None


class Feed(Protocol):
    """A source of results that is asked again and again."""

    @property
    def name(self) -> str:
        """What the feed is called in readings, settings and answers."""
        ...

    async def fetch(self, state: State) -> Fetch:
        """Return what is new since *state*, which is empty at first.

        Raises `FeedUnavailable` where nothing could be had.
        """
        ...


async def beside_the_loop(body: bytes, work: Callable[[bytes], _T]) -> _T:
    """Return what *work* makes of a body; a large one is worked on in a thread.

    The event loop must not wait for a document: what is small is done sooner than a thread starts.
    """
    return work(body) if len(body) < _LARGE else await asyncio.to_thread(work, body)


def sentences(found: Iterable[str | None]) -> str | None:
    """Return what was *found* to be wrong as one text, each sentence once; None for nothing."""
    return " ".join(dict.fromkeys(filter(None, found))) or None


def repeats_itself(server: str) -> str:
    """Return what is wrong with a *server* whose further pages are one that was seen before."""
    return (
        f"{server} answers the same page whatever is asked, so that what stands behind it cannot be"
        " had: a cache before it probably ignores the query."
    )
