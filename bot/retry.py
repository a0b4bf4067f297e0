"""Work that goes on for ever: what goes wrong in it is logged and tried again with back-off."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


def doubled(first: float, longest: float, failures: int) -> float:
    """Return *first* seconds, doubled once for each of *failures* before, at most *longest*."""
    return min(longest, first * 2.0 ** min(failures, 16))


@dataclass(slots=True)
class RetryDelay:
    """Seconds of the wall to wait after failures in a row: doubling from `first` to `longest`."""

    first: float = 1.0
    longest: float = 60.0
    failures: int = 0

    def next(self) -> float:
        """Count a failure and return how long to wait after it."""
        wait = doubled(self.first, self.longest, self.failures)
        self.failures += 1
        return wait * random.uniform(0.75, 1.25)

    def reset(self) -> None:
        """Begin anew: it went well."""
        self.failures = 0


def being_ended() -> bool:
    """Whether the present task was cancelled: a failure may have come in the place of that."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def keep_on(
    what: str,
    step: Callable[[], Awaitable[object]],
    pause: Callable[[], Awaitable[None]],
    *,
    delay: RetryDelay | None = None,
) -> None:
    """Take step after step, with a *pause* between two, until cancelled.

    *what* names it in the log ("the boards could not be looked at"). A step that raises costs only
    itself; what follows waits for a delay besides, which doubles while it goes on failing.
    """
    wait = delay or RetryDelay()
    while True:
        try:
            await step()
        except Exception:  # whatever it is, the others go on, and so does this
            if being_ended():
                raise
            seconds = wait.next()
            log.exception("%s; next try in %.1f s", what, seconds)
        else:
            wait.reset()
            seconds = 0.0
        await asyncio.gather(asyncio.sleep(seconds), pause())
