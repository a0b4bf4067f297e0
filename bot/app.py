"""The wiring: the parts of a running bot, created and opened in the right order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from bot.chat.client import ElectionNight
from bot.chat.connection import Connection
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.clock import Clock, RealClock
from bot.delivery.boards import Boards
from bot.delivery.checkpoints import Pass, unwatched
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions, Welcomes
from bot.delivery.traffic import Patience
from bot.delivery.watch_lists import WatchLists
from bot.desk import Desk
from bot.election.almanac import Almanac
from bot.election.policy import Policy
from bot.errors import is_of_the_machine
from bot.feeds.feed import Fetch
from bot.feeds.http import PoliteClient
from bot.feeds.poller import Poller
from bot.ingest.ingest import Ingest
from bot.ingest.retake import Retake
from bot.jobs import until_done
from bot.pictures.renderer import PictureRenderer
from bot.pollers import Pollers
from bot.schedule.boards import BoardJob
from bot.schedule.damage import DamageJob
from bot.schedule.desk import DeskJob
from bot.schedule.night_log import NightLog
from bot.schedule.nights import NightsJob
from bot.schedule.notices import NoticeJob
from bot.schedule.summaries import SummaryJob
from bot.settings import Settings
from bot.sources import asked_about_the_past, client_of, sources_of
from bot.store.errors import DamagedError
from bot.store.integrity import IntegrityMonitor
from bot.store.reader import Reader
from bot.store.service_notices import DeskChannel
from bot.store.writer import Writer

log = logging.getLogger(__name__)

_WAIT_FOR_TIME = 5.0
"""Real seconds that the feeds wait at the start for the time that Discord tells."""


@dataclass(frozen=True)
class App:
    """The open parts of a bot. `pollers` fetch the configured feeds and file what they return."""

    services: Services
    ingest: Ingest
    desk: Desk
    subscriptions: Subscriptions
    alerts: Alerts
    connection: Connection
    summaries: SummaryJob
    notices: NoticeJob
    retake: Retake
    damage: IntegrityMonitor
    pollers: Pollers
    nights: NightsJob
    nightlog: NightLog

    @property
    def client(self) -> ElectionNight:
        """The present client: another replaces it when it ends."""
        return self.connection.client

    async def poll_once(self) -> None:
        """Fetch every feed once and file what is new."""
        for poller in self.pollers:
            await poller.poll_once()

    async def deliver(self) -> None:
        """Connect to Discord and deliver until cancelled. Raises `ClientStopped`.

        No part that fails ends another; only a connection that stops for good ends all.
        """
        token = self.services.settings.token
        if token is None:
            raise ValueError("there is no token to connect with")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.connection.run(token.get_secret_value()))
            desk = DeskJob(self.services, self.desk, self.connection)
            boards = BoardJob(self.services, self.alerts, self.summaries, self.connection)
            tasks.create_task(until_done("Delivery broke off", self._deliver))
            tasks.create_task(until_done("The desk's channel broke off", desk.run))
            tasks.create_task(until_done("The boards broke off", boards.run))

    async def run(self) -> None:
        """Follow the feeds and deliver until cancelled.

        Raises `ClientStopped`, and `DamagedError` where the file is damaged.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.deliver())
            channel = self.services.settings.desk_channel
            file = DamageJob(self.damage, self.alerts, self.connection, channel)
            tasks.create_task(
                until_done("The file check broke off", file.run, ends=(DamagedError,))
            )
            await self._wait_for_time()
            tasks.create_task(until_done("Retaking broke off", self._take_again))
            tasks.create_task(until_done("The summaries broke off", self.summaries.run))
            tasks.create_task(until_done("The notices broke off", self.notices.run))
            tasks.create_task(until_done("The log of the night broke off", self.nightlog.run))
            tasks.create_task(until_done("The nights broke off", self.nights.run))
            tasks.create_task(until_done("The feeds broke off", self.pollers.run))

    async def _take_again(self) -> None:
        """Retake what an earlier version failed on. Raises faults of the machine."""
        try:
            await self.retake.after_an_update()
        except Exception as error:  # the night does not wait for it
            if is_of_the_machine(error):
                raise
            log.exception("What was turned away could not be taken again; `retake` does it by hand")

    async def _wait_for_time(self) -> None:
        """Wait a little for Discord's time, so that no report is judged by a wrong clock."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_FOR_TIME):
                await self.connection.logged_in.wait()

    async def _deliver(self) -> None:
        await self.connection.logged_in.wait()
        await self.alerts.run(self.connection)


@asynccontextmanager
async def opened(
    settings: Settings,
    almanac: Almanac,
    clock: Clock,
    *,
    seed_backlog: bool = False,
    patience: Patience | None = None,
    passed: Pass = unwatched,
) -> AsyncIterator[App]:
    """Open the database and the feeds and yield the app; close all of it at the end.

    *seed_backlog* is for a live run, which may begin in the middle of a night. *patience* says how
    failed requests to Discord are retried. Raises `StoreError` for an unusable database.
    """
    # Longer than other functions: a list of parts in the order in which they need each other.
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    async with Writer(settings.database) as writer, client_of(settings) as http:
        with (
            Reader(settings.database, almanac) as reader,
            closing(PictureRenderer()) as picture_renderer,
        ):
            damage = IntegrityMonitor(settings.database)
            writer.on_failure(damage.suspect)
            ingest = Ingest(
                writer,
                almanac,
                clock,
                policy=policy_of(settings),
                seed_backlog=seed_backlog,
            )
            desk = Desk(writer, ingest, almanac, clock, two_persons=settings.desk_two_person)
            subscriptions = Subscriptions(writer, clock)
            alerts = Alerts(
                writer,
                almanac,
                clock,
                pace=settings.pace,
                patience=patience,
                picture_renderer=picture_renderer,
                desk=desk_room(settings),
                passed=passed,
            )
            if isinstance(clock, RealClock):
                clock.follow(alerts.traffic.clock.now)
            services = Services(
                settings=settings,
                clock=clock,
                almanac=almanac,
                reader=reader,
                subscriptions=subscriptions,
                alerts=alerts,
                desk=desk,
                lists=WatchLists(writer, almanac, clock),
                picture_renderer=picture_renderer,
                boards=Boards(writer, clock, desk_room(settings)),
                welcomes=Welcomes(writer, clock),
                suspect=damage.suspect,
            )
            pollers = Pollers(partial(_pollers, services, ingest, http), _night_to_ask(services))
            services = replace(services, pollers=pollers)
            yield App(
                services=services,
                ingest=ingest,
                desk=desk,
                subscriptions=subscriptions,
                alerts=alerts,
                connection=Connection(services),
                summaries=SummaryJob(services, alerts),
                notices=NoticeJob(services, writer),
                retake=Retake(writer, ingest, almanac, clock),
                damage=damage,
                pollers=pollers,
                nights=NightsJob(services, ingest, pollers.follow),
                nightlog=NightLog(writer, reader),
            )


def policy_of(settings: Settings) -> Policy:
    """Return the policy by which reports from the feeds are judged."""
    return Policy(
        allow_test=settings.allow_test,
        claims_need=settings.claims_need,
        late_nominations_wait=True,
    )


def desk_room(settings: Settings) -> DeskChannel | None:
    """Return the channel in which the desk is told of trouble with posting, if there is one."""
    if settings.desk_channel is None or settings.desk_guild is None:
        return None
    return DeskChannel(settings.desk_channel, settings.desk_guild)


def _night_to_ask(services: Services) -> date:
    """Return the night that feeds are asked about: the one followed, or today where none is."""
    try:
        return services.newest_night
    except CannotAnswer:
        return services.clock.now().date()


def _pollers(services: Services, ingest: Ingest, http: PoliteClient, night: date) -> list[Poller]:
    """Return a poller for each configured feed, which continues from its last commit."""

    async def file(fetch: Fetch) -> None:
        await ingest.file(fetch)

    clock, reader = services.clock, services.reader
    if (warning := asked_about_the_past(services.settings, night, clock)) is not None:
        log.warning(warning)
    troubles = {feed.name: feed.trouble for feed in reader.feeds()}
    return [
        Poller(
            source.feed,
            clock,
            source.interval,
            file,
            called=source.called,
            state=reader.feed_state(source.feed.name),
            trouble=troubles.get(source.feed.name),
        )
        for source in sources_of(services.settings, night, clock, http)
    ]
