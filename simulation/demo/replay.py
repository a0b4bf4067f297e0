"""Runs a bot through a recorded night: from event to event, or on a running clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.almanac.recorded_nights import DeskRow
from bot.app import App
from bot.clock import ScaledClock
from bot.desk import Editor
from bot.election.case_file import RulingAction
from bot.election.control import Control
from bot.store.desk import DeskAction
from simulation.wire.server import Rehearsal

log = logging.getLogger(__name__)

_CHECK_INTERVAL = 5.0
"""Simulated seconds between two checks for what is due."""
_LONGEST_CHECK_INTERVAL = 0.5
"""Real seconds: the desk may act while the night is paused."""


@dataclass
class Replay:
    """A night's replay up to *until*, or to its end.

    `tell` is called after each step. The desk's recorded rulings are made *desk_waits* after their
    time, its notes at their time. A ruling on a report that is no longer held is left out.
    """

    app: App
    rehearsal: Rehearsal
    clock: ScaledClock
    until: datetime | None
    tell: Callable[[], None]
    desk_waits: timedelta = timedelta()
    _decided: set[DeskRow] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _paused: bool = field(init=False)
    _heading_for: datetime | None = None
    _halted: bool = False
    _ended: bool = False

    def __post_init__(self) -> None:
        self._paused = self.clock.paused
        self.clock.limit = self.until

    @property
    def end(self) -> datetime:
        """When the last event happens, or where the replay is to stop."""
        return self._moments[-1]

    @property
    def ended(self) -> bool:
        """Whether it has reached its end, and all is filed and delivered."""
        return self._ended

    @property
    def paused(self) -> bool:
        """Whether it was paused; a jump under way still goes on."""
        return self._paused

    @property
    def heading_for(self) -> datetime | None:
        """The target of the jump under way."""
        return self._heading_for

    async def run(self) -> None:
        """Replay the night; at the end everything is filed and delivered.

        On a stopped clock it goes from event to event, on a running one the feeds are polled as in
        a live night.
        """
        if self._paused:
            await self.jump(self.end)
            return
        async with self._polled():
            while not self._ended:
                await self._pass_time()
                await self._check()

    async def stay(self) -> None:
        """Replay the night, following pauses, speeds and jumps, until cancelled."""
        async with self._polled():
            while True:
                try:
                    await self._check()
                except Exception:  # one failure does not end the demo
                    log.exception("A step of the replay failed; it goes on")
                await self._pass_time()

    def pause(self) -> None:
        """Pause the night, also in a jump."""
        self._paused = True
        self.clock.pause()
        self.halt()

    def resume(self) -> None:
        """Resume it."""
        self._paused = False
        if self._heading_for is None and not self._ended:
            self.clock.resume()

    def halt(self) -> None:
        """End a jump under way where it is."""
        self._halted = True

    async def jump(self, to: datetime) -> None:
        """Go to *to*, or the end if that is earlier, and continue from there as before.

        It goes from event to event, each fetched, committed and delivered before the next. A past
        moment leaves the night where it is.
        """
        async with self._turn:
            self._heading_for, self._halted = (to := min(to, self.end)), False
            self.clock.pause()
            try:
                await self._step()
                now = self.clock.now()
                for moment in [*(one for one in self._moments if now < one < to), to]:
                    if self._halted:
                        break
                    await self.clock.move_to(moment)
                    await self._step()
                await self._end_if_there()
                if self._paused and not self._ended:
                    # Wake the jobs that check every few simulated seconds.
                    seen = self.clock.now() + timedelta(seconds=_CHECK_INTERVAL)
                    await self.clock.move_to(seen)
            finally:
                self._heading_for = None
                if not (self._paused or self._ended):
                    self.clock.resume()

    def prolong(self, until: datetime) -> None:
        """Let the replay go on until then, even if it had ended."""
        if self.until is not None:
            self.clock.limit = self.until = max(self.until, until)
        if self._ended and self.clock.now() < self.end:
            self._ended = False
            if not self._paused:
                self.clock.resume()

    @property
    def _moments(self) -> list[datetime]:
        """The moments of all events, including the desk's and the summary's, and the end."""
        desk = (self._at(row) for row in self.rehearsal.night.tables.desk)
        editions = self.app.summaries.hours(self.rehearsal.night.polling_day).values()
        moments = sorted({*self.rehearsal.moments, *desk, *editions})
        if self.until is None:
            return moments
        return [*(moment for moment in moments if moment < self.until), self.until]

    async def _step(self) -> None:
        """Take in what there is now, and deliver all that follows from it."""
        await self._take_in()
        await self._follow_up()
        await self.app.alerts.drained()
        self.tell()

    async def _check(self) -> None:
        """Run what has become due while the pollers run."""
        async with self._turn:
            await self._decide()
            await self._follow_up()
            await self._end_if_there()
            self.tell()

    async def _follow_up(self) -> None:
        await self.app.notices.look()
        await self.app.summaries.look()
        if self._ended:
            # The summary includes what the desk does after the end.
            await self._post_summary()

    async def _end_if_there(self) -> None:
        """At the night's end, take in the last documents and deliver what was debounced."""
        if self._ended or self.clock.now() < self.end:
            return
        await self._step()
        while self.until is None and (due := self.app.alerts.next_due()) and due > self.clock.now():
            await self.clock.move_to(due)
            await self.app.alerts.drained()
        self.clock.stop()
        await self._post_summary()
        await self.app.alerts.drained()
        if self.clock.now() >= self.end:
            self._ended, self._paused = True, False
        elif not self._paused:  # prolonged meanwhile
            self.clock.resume()

    async def _post_summary(self) -> None:
        await self.app.summaries.post(self.app.services.newest_night, "the replay has ended")

    async def _pass_time(self) -> None:
        """Wait until the next check."""
        if self._ended:
            await asyncio.sleep(_LONGEST_CHECK_INTERVAL)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_CHECK_INTERVAL):
                await self.clock.sleep(_CHECK_INTERVAL)

    @contextlib.asynccontextmanager
    async def _polled(self) -> AsyncIterator[None]:
        """Poll the feeds as in a live night."""
        polling = [asyncio.create_task(poller.run()) for poller in self.app.pollers]
        try:
            yield
        finally:
            for task in polling:
                task.cancel()
            await asyncio.gather(*polling, return_exceptions=True)

    async def _take_in(self) -> None:
        await self.app.poll_once()
        await self._decide()

    def _at(self, row: DeskRow) -> datetime:
        """Return when a recorded ruling or note is made."""
        return row.at if row.action == DeskAction.NOTE else row.at + self.desk_waits

    async def _decide(self) -> None:
        """Make the desk's rulings and notes that are due."""
        night = self.rehearsal.night.polling_day
        for row in self.rehearsal.night.tables.desk:
            if row in self._decided or self._at(row) > self.clock.now():
                continue
            self._decided.add(row)
            if row.action == DeskAction.NOTE:
                await self._note(row, night)
                continue
            held = await self.app.ingest.find_held(row.code, row.revision, night)
            if held is not None:
                action = RulingAction(row.action)
                await self.app.desk.rule(held.report_id, action, Editor(row.who), row.why)

    async def _note(self, row: DeskRow, night: date) -> None:
        """Make a recorded note on a council."""
        council = self.app.services.almanac.councils.get(row.code)
        said = None if row.control is None else Control.from_code(row.control)
        await self.app.desk.note(night, council, row.why, Editor(row.who), control=said)
