"""Many small changes, few commits: what is asked for while one runs goes into the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from bot.machine import is_of_the_machine
from bot.store.writer import Transaction, Writer

T = TypeVar("T")
Work = Callable[[Transaction], Any]


class GroupCommit:
    """Runs pieces of work in shared transactions; each is durable when it returns."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, work: Callable[[Transaction], T]) -> T:
        """Return what *work* returns, committed. What it raises undoes it alone.

        A fault of the machine undoes the whole group, and is raised to each of it.
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
