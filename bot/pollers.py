"""The pollers of the configured feeds, which follow another night when that is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import overload

from bot.feeds.poller import Poller
from bot.jobs import until_done


class Pollers(Sequence[Poller]):
    """A poller for each feed, for one night at a time; *make* returns those for a night."""

    def __init__(self, make: Callable[[date], Sequence[Poller]], night: date) -> None:
        self._make = make
        self._night = self._wanted = night
        self._pollers = tuple(make(night))
        self._other_night = asyncio.Event()

    @overload
    def __getitem__(self, index: int) -> Poller: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Poller]: ...
    def __getitem__(self, index: int | slice) -> Poller | Sequence[Poller]:
        return self._pollers[index]

    def __len__(self) -> int:
        return len(self._pollers)

    def follow(self, night: date) -> None:
        """Let the feeds be asked about *night* from now on."""
        if night != self._wanted:
            self._wanted = night
            self._other_night.set()

    async def run(self) -> None:
        """Poll until cancelled; for another night, the feeds begin from their last commit again."""
        while True:
            self._other_night.clear()
            if self._night != self._wanted:
                self._pollers, self._night = tuple(self._make(self._wanted)), self._wanted
            async with asyncio.TaskGroup() as tasks:
                polling = [
                    tasks.create_task(until_done(f"Feed {one.health.feed} broke off", one.run))
                    for one in self._pollers
                ]
                await self._other_night.wait()
                for task in polling:
                    task.cancel()
