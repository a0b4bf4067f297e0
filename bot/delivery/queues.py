"""Queues of destinations by urgency, serial tasks for each, and grouped commits."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from bot.errors import is_of_the_machine
from bot.jobs import RetryDelay, until_done
from bot.store.writer import Transaction, Writer

log = logging.getLogger(__name__)

Rank = tuple[int, int]
"""Urgency, then the number in the order of arrival."""


class DestinationQueue:
    """The destinations with work to do. One that is being served is not taken again."""

    def __init__(self) -> None:
        self._heap: list[tuple[Rank, int]] = []
        self._ranks: dict[int, Rank] = {}
        self._busy: set[int] = set()
        self._ready = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._ranks or self._busy)

    def add(self, destination: int, rank: Rank) -> None:
        """Queue a destination, or move it forward if it is queued already."""
        if destination in self._ranks and self._ranks[destination] <= rank:
            return
        self._ranks[destination] = rank
        if destination not in self._busy:
            self._push(destination)

    async def wait(self) -> None:
        """Wait until a destination can be taken."""
        await self._ready.wait()

    def take(self) -> int | None:
        """Return the destination to serve next, which is busy until `release`; None if none is."""
        while self._heap:
            rank, destination = heapq.heappop(self._heap)
            if destination not in self._busy and self._ranks.get(destination) == rank:
                del self._ranks[destination]
                self._busy.add(destination)
                return destination
        self._ready.clear()
        return None

    def release(self, destination: int) -> None:
        """End serving a destination; it is served again if it was queued meanwhile."""
        self._busy.discard(destination)
        if destination in self._ranks:
            self._push(destination)

    def _push(self, destination: int) -> None:
        heapq.heappush(self._heap, (self._ranks[destination], destination))
        self._ready.set()


class SerialTasks:
    """Runs *work* for each destination that is called, and again if it is called meanwhile.

    For one destination it never runs twice at a time. Failed work is retried with growing delays,
    for its destination alone.
    """

    def __init__(
        self,
        work: Callable[[int], Awaitable[None]],
        on_end: Callable[[], None] = lambda: None,
        delay: Callable[[], RetryDelay] = RetryDelay,
    ) -> None:
        self._work = work
        self._on_end = on_end
        self._delay = delay
        self._running: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()

    def __bool__(self) -> bool:
        return any(not task.done() for task in self._running.values())

    def call(self, destination: int, tasks: asyncio.TaskGroup) -> None:
        """Do the work for a destination, in a task of *tasks*."""
        running = self._running.get(destination)
        # A task that is cancelled before it begins ends without a word.
        if running is not None and not running.done():
            self._again.add(destination)
            return
        self._running[destination] = tasks.create_task(self._run(destination))

    async def _run(self, destination: int) -> None:
        try:
            await self._run_until_done(destination)
            while destination in self._again:
                self._again.discard(destination)
                await self._run_until_done(destination)
        finally:
            self._again.discard(destination)
            self._running.pop(destination, None)
            self._on_end()

    async def _run_until_done(self, destination: int) -> None:
        what = f"Destination {destination} could not be served"
        await until_done(what, partial(self._work, destination), delay=self._delay())


T = TypeVar("T")
Work = Callable[[Transaction], Any]


class GroupCommit:
    """Runs pieces of work in shared transactions; each is durable when it returns."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, work: Callable[[Transaction], T]) -> T:
        """Return what *work* returns, committed. An exception rolls back this work alone.

        A fault of the machine rolls back the whole group and is raised in each caller.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._commit_all())
        return await done

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                results = await self._writer.transact(
                    lambda tx, group=group: [_run(tx, work) for work, _ in group]  # type: ignore[misc]
                )
            except Exception as error:
                results = [(None, error)] * len(group)
            for (_, done), (result, failure) in zip(group, results, strict=True):
                if done.cancelled():
                    continue
                if failure is None:
                    done.set_result(result)
                else:
                    done.set_exception(failure)


def _run(tx: Transaction, work: Work) -> tuple[Any, Exception | None]:
    try:
        with tx.savepoint():
            return work(tx), None
    except Exception as error:
        if is_of_the_machine(error):
            raise
        return None, error
