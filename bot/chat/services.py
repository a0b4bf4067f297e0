"""What the client and its cogs work with, put together by `bot.app`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from bot.chat.questions import CannotAnswer
from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.election.councils import Councils
from bot.election.nights import is_past, night_followed
from bot.election.parties import Parties
from bot.election.reconciliation import differences_from, not_comparable
from bot.election.reports import StateOfPartiesReport
from bot.election.standings import CouncilStanding
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.settings import Settings
from bot.wording.night import NightView
from bot.wording.sources import FeedAges
from bot.wording.text import escape, listed

if TYPE_CHECKING:
    from bot.delivery.boards import Boards
    from bot.delivery.service import Alerts
    from bot.delivery.subscriptions import Subscriptions, Welcomes
    from bot.delivery.watch_lists import KnownLists
    from bot.desk import Desk
    from bot.feeds.poller import Poller
    from bot.pictures.renderer import PictureRenderer
    from bot.store.reader import Reader


T = TypeVar("T")

_LONGEST_LIST = 300


def running(service: T | None) -> T:
    """Return a *service*. Raises `CannotAnswer` if this process runs without it."""
    if service is None:
        raise CannotAnswer("That is not running here: ask the bot on Discord.")
    return service


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the cogs use. At the terminal only the first four and `lists` are set."""

    settings: Settings
    clock: Clock
    almanac: Almanac
    reader: Reader
    subscriptions: Subscriptions | None = None
    alerts: Alerts | None = None
    pollers: Sequence[Poller] = ()
    desk: Desk | None = None
    lists: KnownLists | None = None
    picture_renderer: PictureRenderer | None = None
    boards: Boards | None = None
    welcomes: Welcomes | None = None
    suspect: Callable[[BaseException], None] | None = None
    """Called with errors that may come from a damaged database file."""

    @property
    def newest_night(self) -> date:
        """The night that questions are about unless they name another.

        It is the setting's, else the prepared one that runs or comes next, else the feeds' own.
        """
        almanac, now = self.almanac, self.clock.now()
        night = self.settings.night or night_followed(
            almanac.nights.keys(), self.reader.nights_in_force(), now, almanac.prepared
        )
        if night is None:
            raise CannotAnswer(
                "No election night is known here yet: its tables are missing. The bot’s operator "
                "can run `election-night doctor`."
            )
        return night

    @property
    def nights_at_the_desk(self) -> list[date]:
        """The night that is followed and every other recent one of which a report is held.

        A night's first report may be held, or have a mistyped date.
        """
        followed, now = self.newest_night, self.clock.now()
        held = self.reader.nights_held()
        return [followed, *(n for n in held if n != followed and not is_past(n, now))]

    @property
    def heard(self) -> FeedAges:
        """When the feeds were last heard from: by this process's pollers, else by the store."""
        if not self.pollers:
            news = [feed.changed_at for feed in self.reader.feeds() if feed.changed_at is not None]
            return FeedAges(max(news, default=None), followed=False)
        now = self.clock.now()
        found = [poller.health for poller in self.pollers]
        answered = [health.heard_at for health in found if health.heard_at is not None]
        silent = tuple(
            (health.feed, health.heard_at)
            for health in found
            if health.is_stale(now) and (health.heard_at or health.failures)
        )
        named = {feed for feed, _ in silent}
        faulty = tuple(
            health.feed
            for health in found
            if health.trouble and not health.failures and health.feed not in named
        )
        return FeedAges(max(answered, default=None), silent, faulty=faulty)

    def night(self, chosen: str | None = None) -> date:
        """Return the night that was *chosen* by its date, else the newest.

        Raises `CannotAnswer` for a date that is no known night.
        """
        if chosen is None:
            return self.newest_night
        known = {night.isoformat(): night for night in self.reader.nights()}
        night = known.get(chosen.strip())
        if night is None:
            raise CannotAnswer(
                f"There is no election night “{escape(chosen)}” here. "
                f"Choose one of these: {listed([*known], _LONGEST_LIST, ', ')}."
            )
        return night

    def last_news(self, night: date) -> datetime | None:
        """Return when the last report of a night came in, None where none has."""
        return self.reader.last_received(night)

    def moment_of(self, night: date) -> datetime:
        """Return the moment as of which an answer about *night* is given.

        That is now or, for a night long past, when its last report came in: years later nothing is
        late or still to come.
        """
        now = self.clock.now()
        if not is_past(night, now):
            return now
        news = self.last_news(night)
        if news is None:
            return self.almanac.night(night).polls_close
        return now if is_past(night, news) else news

    def heard_of(self, night: date) -> FeedAges | None:
        """Return when the feeds were last heard from, None if that was not about *night*.

        That is so for a night long past and, without pollers, before its first report.
        """
        if is_past(night, self.clock.now()) or not (self.pollers or self.last_news(night)):
            return None
        return self.heard

    def unreconciled(self, night: date) -> tuple[str, ...]:
        """Return in sentences how our state of parties differs from the wire's.

        What the desk has explained is left out.
        """
        found = differences_from(*self._tables(night))
        explained = self.reader.explained(night) if found else frozenset()
        return tuple(sentence for sentence in found if sentence not in explained)

    def not_compared(self, night: date) -> tuple[str, ...]:
        """Return in sentences which of the wire's tables cannot be compared with ours."""
        return not_comparable(*self._tables(night))

    def _tables(
        self, night: date
    ) -> tuple[list[StateOfPartiesReport], Sequence[CouncilStanding], Parties, Councils]:
        return (
            [told.report for told in self.reader.last_states_of_parties(night)],
            self.reader.councils(night),
            self.reader.parties(night),
            self.almanac.councils,
        )

    @property
    def named(self) -> Almanac:
        """The almanac with the names of parties that only documents know."""
        parties = self.reader.named_parties
        return replace(self.almanac, parties=parties)

    def almanac_of(self, night: date) -> Almanac:
        """Return the almanac with what the wire has told of *night*.

        That is how many councils vote, and parties that our tables do not know.
        """
        told = self.almanac.told(night, self.reader.told_total(night))
        return replace(told, parties=self.reader.parties(night))

    def view_of(self, night: date, lens: Lens = WHOLE_NIGHT) -> NightView:
        """Return the view of *night* through a *lens*."""
        return NightView(
            self.reader.councils(night),
            self.almanac_of(night),
            self.moment_of(night),
            ballots=self.reader.ballots(night),
            lens=lens,
            feeds=self.heard_of(night),
            changed_too=self.reader.changed_by_by_elections(night),
        )

    def is_reconciled(self, night: date) -> bool:
        """Tell whether our tally agrees with the wire's, or the desk has explained why not."""
        return not self.unreconciled(night)
