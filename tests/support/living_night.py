"""The whole bot on an arbitrary night, followed in a channel of the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App, opened
from bot.clock import SteppedClock
from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from bot.election.reports import Report, WardReport
from bot.settings import Settings
from simulation.demo.servers import DemoServers
from simulation.discord import Sandbox
from tests.election.build import NIGHT
from tests.support.any_night import DECLARED, AnyNight
from tests.support.demo_settings import at_home_in
from tests.support.small_night import document, fetch


@asynccontextmanager
async def running(
    folder: Path, sandbox: Sandbox, night: AnyNight
) -> AsyncIterator[tuple[App, DemoServers]]:
    """Run the whole bot; everything is followed in one channel, for which many roles are called."""
    chat = DemoServers.furnished(sandbox)
    chosen = at_home_in(chat, sandbox, Settings(database=folder / "night.sqlite", night=NIGHT))
    async with opened(chosen, night.almanac, SteppedClock(DECLARED)) as app:
        running = asyncio.create_task(app.deliver())
        try:
            await sandbox.wait_for(app.client.is_ready)
            await _follow_everything(app, chat)
            yield app, chat
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _follow_everything(app: App, chat: DemoServers) -> None:
    place = Destination(chat.channels[0].id, chat.guild.id)
    wishes = [(Topic.ALL, ""), (Topic.SUMMARY, ""), (Topic.CONTESTS, "all")]
    wishes += [(Topic.MILESTONES, "all"), (Topic.REMINDERS, "")]
    wishes += [(Topic.COUNCIL, one.code) for one in app.services.almanac.councils.rows]
    wishes += [(Topic.PARTY, one.code) for one in app.services.almanac.parties.rows]
    for topic, value in wishes:
        role = chat.guild.add_role(f"{topic} {value}", mentionable=True)
        await app.subscriptions.add(place, topic, value, role=role.id, by=chat.admin.id)


async def file_all(app: App, reports: Sequence[Report]) -> None:
    """Let reports come in, and have all that follows from them told."""
    for feed, ours in (
        ("democracy_club", [one for one in reports if isinstance(one, WardReport)]),
        ("pa", [one for one in reports if not isinstance(one, WardReport)]),
    ):
        readings = (document(one, feed=feed, at=DECLARED) for one in ours)
        await app.ingest.file(fetch(*readings, feed=feed))
    await app.notices.look()
    await app.alerts.drained()
