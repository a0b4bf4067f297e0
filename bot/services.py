"""What the client and its cogs work with, put together by the wiring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from bot.cards.text import escape
from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.election.reconciliation import reconcile
from bot.questions import CannotAnswer
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.alerts.service import Alerts
    from bot.alerts.subscriptions import Subscriptions
    from bot.newsroom import Newsroom
    from bot.store.reader import Reader


T = TypeVar("T")


def running(service: T | None) -> T:
    """Return a *service* that is there. Raises `CannotAnswer` where this process runs without."""
    if service is None:
        raise CannotAnswer("That is not running here: ask the bot on Discord.")
    return service


@dataclass(frozen=True, slots=True)
class Services:
    """The night as the cogs see it. At the terminal nothing but the first four is there."""

    settings: Settings
    clock: Clock
    almanac: Almanac
    reader: Reader
    subscriptions: Subscriptions | None = None
    alerts: Alerts | None = None
    newsroom: Newsroom | None = None

    @property
    def newest_night(self) -> date:
        """The night that questions are answered for unless they name another."""
        night = self.settings.night or self.reader.newest_night()
        if night is None:
            raise CannotAnswer("No election night is known here yet: its tables are missing.")
        return night

    @property
    def heard_at(self) -> datetime | None:
        """When a feed was last heard from."""
        return max((feed.fetched_at for feed in self.reader.feeds()), default=None)

    def night(self, chosen: str | None = None) -> date:
        """Return the night that a reader has *chosen* by its date, else the newest.

        Raises `CannotAnswer` for a date on which nothing that we know was voted on.
        """
        if chosen is None:
            return self.newest_night
        known = {night.isoformat(): night for night in self.reader.nights()}
        night = known.get(chosen.strip())
        if night is None:
            raise CannotAnswer(
                f"There is no election night “{escape(chosen)}” here. "
                f"Choose one of these: {', '.join(known)}."
            )
        return night

    def is_reconciled(self, night: date) -> bool:
        """Tell whether the wire's last state of parties, if there is one, agrees with our tally."""
        return all(
            reconcile(
                told.report,
                self.reader.councils(night),
                self.almanac.parties,
                self.almanac.councils,
            ).agrees
            for told in self.reader.states_of_parties(night, limit=1)
        )
