"""When the night's summary is due, and what it says then."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.alerts.service import Alerts
from bot.cards.summary import summary_cards
from bot.clock import LONDON, Clock
from bot.services import Services

_LOOKS_EVERY = 30.0
"""Seconds of the night between two looks: a summary is due on the minute, not on the second."""


class NightWatch:
    """Posts the summary once when it is due, and keeps what was posted right after that.

    It is due when every council has declared and nothing waits for the desk, or at the hour that
    the settings name on the day after polling. What was posted is edited when it is no longer
    what the night says.
    """

    def __init__(self, services: Services, alerts: Alerts) -> None:
        self._services = services
        self._alerts = alerts

    async def run(self, clock: Clock) -> None:
        """Watch the night until cancelled."""
        posted: date | None = None
        while True:
            night = self._services.newest_night
            due = self.reason(night, clock.now())
            if due is not None or posted == night:
                await self.post(night, due or "what was posted has changed")
                posted = night
            await clock.sleep(_LOOKS_EVERY)

    def reason(self, night: date, now: datetime) -> str | None:
        """Return why the summary of *night* is due at *now*, or None where it is not."""
        standings = self._services.reader.councils(night)
        if not any(standing.is_declared for standing in standings):
            return None
        if all(one.is_declared and not one.awaiting_desk for one in standings):
            return "every council has declared"
        hour = self._services.settings.summary_hour
        if now >= datetime.combine(night + timedelta(days=1), time(hour), LONDON):
            return f"it is past {hour:02}:00 on the day after polling"
        return None

    async def post(self, night: date, reason: str) -> bool:
        """Post the summary, or edit what was posted; return whether it says anything new."""
        services = self._services
        cards = summary_cards(
            services.reader.councils(night),
            services.almanac,
            services.clock.now(),
            reconciled=services.is_reconciled(night),
            heard_at=services.heard_at,
        )
        return await self._alerts.post_summary(night, cards, reason)
