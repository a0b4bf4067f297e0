"""`run` on a machine that fails as it is told to on standard input: `-m tests.troubled_bot`.

A line is a trouble and for how many seconds. What can be had is the real thing: the kernel limits
descriptors and the size of files. Memory fails by `MemoryError` in a third of the calls of the
functions that do the work, and the machine's clock is moved by two hours. The feeds are asked five
times a second, whatever comes of it, so that each trouble meets some work.
"""

from __future__ import annotations

import random
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

import bot.clock
import bot.delivery.expansion
import bot.delivery.traffic
import bot.feeds.formats
import bot.ingest.decider
import bot.ingest.ingest
import bot.store.journal
from bot.__main__ import main
from bot.delivery.render import Renderer
from bot.feeds.poller import Poller
from bot.store.reader import Reader
from bot.store.writer import Transaction

_STANDARD = 3
"""Descriptors that are always there; with no more allowed, nothing further can be opened."""
_AHEAD = timedelta(hours=2)
_SHARE = 0.3
_ASKED_AGAIN = 0.2


class Trouble(StrEnum):
    """What the machine can run out of, or get wrong."""

    DESCRIPTORS = "descriptors"
    DISK = "disk"
    MEMORY = "memory"
    CLOCK = "clock"


@contextmanager
def limited(which: int, to: int) -> Iterator[None]:
    """Let the kernel limit a resource inside."""
    soft, hard = resource.getrlimit(which)
    resource.setrlimit(which, (to, hard))
    try:
        yield
    finally:
        resource.setrlimit(which, (soft, hard))


class Memory:
    """Runs out while it is told to, at random in the calls of what it is put into."""

    def __init__(self) -> None:
        self.out = False
        self._fate = random.Random(0)

    def put_into(self, owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def short_of_it(*given: Any, **named: Any) -> Any:
            if self.out and self._fate.random() < _SHARE:
                raise MemoryError
            return real(*given, **named)

        setattr(owner, name, short_of_it)

    @contextmanager
    def running_out(self) -> Iterator[None]:
        self.out = True
        try:
            yield
        finally:
            self.out = False


class Wall(datetime):
    """The machine's clock."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + cls.ahead

    @classmethod
    @contextmanager
    def wrong(cls) -> Iterator[None]:
        cls.ahead = _AHEAD
        try:
            yield
        finally:
            cls.ahead = timedelta()


def suffer(memory: Memory) -> None:
    """Do as standard input says, one after the other."""
    for line in sys.stdin:
        trouble, seconds = line.split()
        match Trouble(trouble):
            case Trouble.DESCRIPTORS:
                suffering = limited(resource.RLIMIT_NOFILE, _STANDARD)
            case Trouble.DISK:
                suffering = limited(resource.RLIMIT_FSIZE, 0)
            case Trouble.MEMORY:
                suffering = memory.running_out()
            case Trouble.CLOCK:
                suffering = Wall.wrong()
        with suffering:
            time.sleep(float(seconds))


def soon(poller: Poller, asked: float | None) -> float:
    """Return when a feed is asked again; say on standard output that it was."""
    print(flush=True)
    return _ASKED_AGAIN


if __name__ == "__main__":
    memory = Memory()
    for owner, name in (
        (bot.ingest.decider, "decide"),
        (bot.ingest.ingest, "encode"),
        (bot.feeds.formats, "_parsed"),
        (bot.delivery.expansion, "_expand_claim"),
        (Renderer, "embeds"),
        (Renderer, "edited"),
        (Reader, "_refresh"),
        (Transaction, "append"),
    ):
        memory.put_into(owner, name)
    for module in (bot.clock, bot.delivery.traffic):
        module.datetime = Wall  # type: ignore[attr-defined]
    Poller._wait = soon  # type: ignore[method-assign]
    threading.Thread(target=suffer, args=(memory,), daemon=True).start()
    sys.exit(main(["run"]))
