"""When the night's summary is due, and what it says then."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from datetime import date, datetime, time, timedelta

from bot.alerts.service import Alerts
from bot.cards.summary import is_settled, summary_cards
from bot.chat.services import Services
from bot.clock import LONDON

log = logging.getLogger(__name__)

_LOOKS_EVERY = 30.0
"""Seconds of the night between two looks: a summary is due on the minute, not on the second."""


class NightWatch:
    """Posts the summary once when it is due, and keeps what was posted right after that.

    It is due when every council has declared and nothing waits for the desk, or at the hour that
    the settings name on the day after polling. What was posted is edited when the results are no
    longer those that it tells.
    """

    def __init__(self, services: Services, alerts: Alerts) -> None:
        self._services = services
        self._alerts = alerts
        self._told: Hashable = None

    async def run(self) -> None:
        """Watch the night until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # a summary that fails may not end the bot
                log.exception("The summary could not be made; next try in %.0f s", _LOOKS_EVERY)
            await self._services.clock.sleep(_LOOKS_EVERY)

    async def look(self) -> None:
        """Post what is due, or what has changed of what was posted."""
        night = self._services.newest_night
        due = self.reason(night, self._services.clock.now())
        if due is not None and self._results(night) != self._told:
            await self.post(night, due)

    def reason(self, night: date, now: datetime) -> str | None:
        """Return why the summary of *night* is due at *now*, or None where it is not."""
        services = self._services
        standings = services.reader.councils(night)
        if not any(standing.is_declared for standing in standings):
            return None
        if is_settled(standings, services.almanac_of(night)):
            return "every council has declared"
        hour = services.settings.summary_hour
        if now >= datetime.combine(night + timedelta(days=1), time(hour), LONDON):
            return f"it is past {hour:02}:00 on the day after polling"
        return None

    async def post(self, night: date, reason: str) -> bool:
        """Post the summary, or edit what was posted; return whether it says anything new."""
        services = self._services
        results = self._results(night)
        cards = summary_cards(
            services.reader.councils(night),
            services.almanac_of(night),
            services.clock.now(),
            reconciled=services.is_reconciled(night),
        )
        written = await self._alerts.post_summary(night, cards, reason)
        self._told = results
        return written

    def _results(self, night: date) -> Hashable:
        """Return what a summary tells, without the time that it is told at."""
        return (
            night,
            self._services.is_reconciled(night),
            self._services.reader.told_total(night),
            tuple(
                (one.council.code, bool(one.awaiting_desk))
                + ((one.declared.version, one.declared.now) if one.declared else ())
                for one in self._services.reader.councils(night)
            ),
        )
