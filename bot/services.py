"""What the client and its cogs work with, put together by the wiring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.cards.text import escape
from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.questions import CannotAnswer
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.alerts.subscriptions import Subscriptions
    from bot.newsroom import Newsroom
    from bot.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Services:
    """The night as the cogs see it; `newsroom` is the desk's alone and absent at the terminal."""

    settings: Settings
    clock: Clock
    almanac: Almanac
    reader: Reader
    subscriptions: Subscriptions
    newsroom: Newsroom | None = None

    def night(self, chosen: str | None = None) -> date:
        """Return the night that a reader has *chosen* by its date, else the newest one.

        Raises `CannotAnswer` for a date on which nothing that we know was voted on.
        """
        known = sorted(self.almanac.nights, reverse=True)
        if chosen is None:
            return self.settings.night or known[0]
        for night in known:
            if night.isoformat() == chosen.strip():
                return night
        nights = ", ".join(night.isoformat() for night in known)
        raise CannotAnswer(
            f"There is no election night “{escape(chosen)}” here. Choose one of these: {nights}."
        )
