"""Work that is retried until it succeeds, and jobs that repeat a step for ever."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


def doubled(first: float, longest: float, failures: int) -> float:
    """Return *first* seconds, doubled once for each earlier failure, at most *longest*."""
    return min(longest, first * 2.0 ** min(failures, 16))


@dataclass(slots=True)
class RetryDelay:
    """Real seconds to wait after failures in a row: doubling from `first` to `longest`."""

    first: float = 1.0
    longest: float = 60.0
    failures: int = 0

    def next(self) -> float:
        """Count a failure and return how long to wait after it."""
        wait = doubled(self.first, self.longest, self.failures)
        self.failures += 1
        return wait * random.uniform(0.75, 1.25)

    def reset(self) -> None:
        """Start again from `first`, after a success."""
        self.failures = 0


def being_ended() -> bool:
    """Whether the current task was cancelled: another exception may have replaced that."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def until_done(
    what: str,
    attempt: Callable[[], Awaitable[T]],
    *,
    delay: RetryDelay | None = None,
    ends: tuple[type[Exception], ...] = (),
) -> T:
    """Repeat *attempt* with growing delays until it succeeds; return its result.

    *what* names the failure in the log ("The boards could not be updated"). Exceptions of the
    types *ends* are raised at once.
    """
    delay = delay or RetryDelay()
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            return await attempt()
        except ends:
            raise
        except Exception:  # whatever it is, it must not end other work
            if being_ended():
                raise
            if loop.time() - began > delay.longest:
                delay.reset()  # it worked for a long time
            seconds = delay.next()
            log.exception("%s; next try in %.1f s", what, seconds)
        await asyncio.sleep(seconds)


class Job:
    """Runs a *step* repeatedly: when it is woken, and each time *tick* returns.

    *tick* waits for an interval, in simulated or real time. Between two steps there are at least
    *rest* real seconds. A failed step is retried with a delay; *what* names it in the log.
    """

    def __init__(
        self,
        what: str,
        step: Callable[[], Awaitable[object]],
        tick: Callable[[], Awaitable[object]] | None = None,
        *,
        rest: float = 0.0,
        delay: Callable[[], RetryDelay] = RetryDelay,
    ) -> None:
        self._what = what
        self._step = step
        self._rest = rest
        self._delay = delay
        self._woken = asyncio.Event()
        self._waits = [self._woken.wait, *([tick] if tick else [])]

    def wake(self) -> None:
        """Start a step after any that is running."""
        self._woken.set()

    async def run(self) -> None:
        """Run steps until cancelled."""
        while True:
            self._woken.clear()
            await until_done(self._what, self._step, delay=self._delay())
            await asyncio.sleep(self._rest)
            await until_done(self._what, self._until_due, delay=self._delay())

    async def _until_due(self) -> None:
        """Wait until the job is woken or *tick* returns. Raises what *tick* raises."""
        waits = [asyncio.ensure_future(wait()) for wait in self._waits]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            for wait in waits:
                wait.cancel()
