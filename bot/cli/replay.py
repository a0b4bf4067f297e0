"""Drives a bot through a recorded night: from event to event, or on a clock that runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.app import App
from bot.clock import Clock, SteppedClock
from bot.desk import Editor
from bot.election.dossier import RulingAction
from bot.rehearsal.server import Rehearsal
from bot.store.desk import DeskAction
from bot.tables import DeskRow, control

_LOOKS_EVERY = 5.0
"""Seconds of the night between two looks at the clock of a replay that runs."""


@dataclass
class Replay:
    """A night's replay up to *until*, or to its end.

    `tell` hears after each step how far the night is. The desk's recorded decisions are taken at
    their time; one whose report is not held is left out, for then there is nothing to decide.
    """

    app: App
    rehearsal: Rehearsal
    clock: Clock
    until: datetime | None
    tell: Callable[[], None]
    _decided: set[DeskRow] = field(default_factory=set)

    async def run(self) -> None:
        """Replay the night; at the end everything is filed and delivered."""
        if isinstance(self.clock, SteppedClock):
            await self._step(self.clock)
        else:
            await self._follow()

    @property
    def _moments(self) -> list[datetime]:
        """The moments at which something happens, the desk's and the summary's too, and the end."""
        desk = (row.at for row in self.rehearsal.night.tables.desk)
        morning = self.app.watch.morning(date.fromisoformat(self.rehearsal.night.date))
        moments = sorted({*self.rehearsal.moments, *desk, morning})
        if self.until is None:
            return moments
        return [*(moment for moment in moments if moment < self.until), self.until]

    async def _step(self, clock: SteppedClock) -> None:
        """Go from event to event, each fetched, committed and delivered before the next.

        At the night's end what still waits to be still is given its time.
        """
        for moment in self._moments:
            await clock.move_to(moment)
            await self._take_in()
            await self.app.notices.look()
            await self.app.watch.look()
            await self.app.alerts.drained()
            self.tell()
        while self.until is None and (due := self.app.alerts.next_due()) and due > clock.now():
            await clock.move_to(due)
            await self.app.alerts.drained()

    async def _follow(self) -> None:
        """Let the feeds be polled as in a live night until the clock has reached the end."""
        end = self._moments[-1]
        polling = [asyncio.create_task(poller.run()) for poller in self.app.pollers]
        try:
            while self.clock.now() < end:
                await self.clock.sleep(_LOOKS_EVERY)
                await self._decide()
                await self.app.notices.look()
                await self.app.watch.look()
                self.tell()
        finally:
            for task in polling:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*polling)
        await self._take_in()
        await self.app.notices.look()
        await self.app.alerts.drained()
        self.tell()

    async def _take_in(self) -> None:
        await self.app.poll_once()
        await self._decide()

    async def _decide(self) -> None:
        """Take the desk's decisions that are due."""
        night = date.fromisoformat(self.rehearsal.night.date)
        for row in self.rehearsal.night.tables.desk:
            if row in self._decided or row.at > self.clock.now():
                continue
            self._decided.add(row)
            if row.action == DeskAction.NOTE:
                await self._note(row, night)
                continue
            held = await self.app.newsroom.find_held(row.code, row.revision, night)
            if held is not None:
                action = RulingAction(row.action)
                await self.app.desk.rule(held.report_id, action, Editor(row.who), row.why)

    async def _note(self, row: DeskRow, night: date) -> None:
        """Write down what the desk told readers of a council."""
        council = self.app.services.almanac.councils.get(row.code)
        said = None if row.control is None else control(row.control)
        await self.app.desk.note(night, council, row.why, Editor(row.who), control=said)
