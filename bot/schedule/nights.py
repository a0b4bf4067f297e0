"""Nights that are prepared or changed while the bot runs, and the night that the feeds follow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date
from functools import partial

from bot.almanac.nights import Nights
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.election.nights import is_past
from bot.ingest.ingest import Ingest
from bot.jobs import Job

log = logging.getLogger(__name__)

_LOOKS_EVERY = 5.0
"""Real seconds between two looks into the folder of nights."""


class NightsJob:
    """Takes up what changes in the operator's folder of nights.

    What was reported of a changed night is decided on again, unless the night is over. *follow* is
    told which night is followed.
    """

    def __init__(
        self, services: Services, ingest: Ingest, follow: Callable[[date], object]
    ) -> None:
        self._services = services
        self._ingest = ingest
        self._follow = follow
        nights = services.almanac.nights
        self._nights = nights if isinstance(nights, Nights) else None
        # A folder may have changed while the bot did not run.
        self._to_decide = set(services.almanac.prepared)
        self._told: tuple[str, ...] = ()
        tick = partial(asyncio.sleep, _LOOKS_EVERY)
        self._job = Job("The folder of nights could not be followed", self.look, tick)

    async def run(self) -> None:
        """Look at intervals until cancelled."""
        await self._job.run()

    async def look(self) -> None:
        """Take up what has changed since the last look."""
        if self._nights is not None:
            in_force = self._services.reader.nights_in_force()
            changed = await asyncio.to_thread(self._nights.renew, in_force)
            self._log(changed)
            if changed:
                self._to_decide |= changed
                self._services.reader.forget_tables()
        now = self._services.clock.now()
        for night in sorted(self._to_decide):
            if not is_past(night, now):
                await self._ingest.decide_again(night)
            self._to_decide.discard(night)
        try:
            self._follow(self._services.newest_night)
        except CannotAnswer:
            return  # no night is known yet

    def _log(self, changed: frozenset[date]) -> None:
        assert self._nights is not None  # noqa: S101 - the caller has asked
        for night in sorted(changed):
            what = "taken up" if night in self._nights else "gone"
            log.info("The tables of the night %s are %s", night, what)
        for fault in self._nights.faults:
            if fault not in self._told:
                log.warning("%s", fault)
        self._told = self._nights.faults
