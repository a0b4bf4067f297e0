"""A figure with its baseline and target, and how the event loop fares meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """What was measured, what it is compared with, both in words, and whether it is in bounds."""

    what: str
    measured: str
    baseline: str
    compared: str
    target: str
    met: bool


def milliseconds(seconds: float) -> str:
    """Return "12.3 ms"."""
    return f"{seconds * 1000:.1f} ms"


async def seconds_of(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long *work* takes."""
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def nothing() -> None:
    """Do nothing."""


async def medians(
    times: int,
    *works: Callable[[], Awaitable[object]],
    settle: Callable[[], Awaitable[object]] = nothing,
) -> list[float]:
    """Return the median time of each of *works*, done in turns so that all meet the same load.

    *settle* lets end what a work leaves behind; its time is not counted.
    """
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(times):
        for place in range(len(works)):
            chosen = (turn + place) % len(works)
            taken[chosen].append(await seconds_of(works[chosen]))
            await settle()
    return [statistics.median(one) for one in taken]


@dataclass
class Stalls:
    """How long the event loop kept others waiting, in seconds."""

    found: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The longest wait."""
        return max(self.found, default=0.0)


@contextlib.asynccontextmanager
async def watching_the_loop(every: float = 0.005) -> AsyncIterator[Stalls]:
    """Note how late a task wakes that sleeps *every* so many seconds."""
    stalls = Stalls()

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(every)
            stalls.found.append(time.perf_counter() - began - every)

    task = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        task.cancel()


def table(figures: Sequence[Figure]) -> str:
    """Return the figures in columns."""
    head = ("", "measured", "baseline", "compared", "target", "")
    rows = [head] + [
        (f.what, f.measured, f.baseline, f.compared, f.target, "met" if f.met else "MISSED")
        for f in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
