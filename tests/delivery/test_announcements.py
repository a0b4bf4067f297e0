"""Announcement channels publish to those who follow them, within their hour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from discord.abc import Snowflake

from bot.clock import SteppedClock
from bot.delivery import courier, refusals
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT, at_work, place
from tests.delivery.desk import ALMANAC, MANY, Desk, gain
from tests.simulation.discord.conftest import QuickBot
from tests.support.sandbox import running


@pytest.fixture
def news(guild: Guild) -> Channel:
    return guild.add_channel("news", "announcement")


@pytest.fixture
async def following(
    writer: Writer, clock: SteppedClock, sandbox: Sandbox, news: Channel
) -> AsyncIterator[Alerts]:
    """Alerts at work through a bot that knows its channels."""
    bot = QuickBot()
    async with running(bot, sandbox):
        service = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)
        async with at_work(service, bot):
            yield service


class Unready:
    """A bot that posts by REST while the gateway has not told it of its channels."""

    def __init__(self, bot: QuickBot) -> None:
        self._bot = bot
        self.http = bot.http
        self.ready = False

    @property
    def user(self) -> Snowflake | None:
        return self._bot.user

    def is_ready(self) -> bool:
        return self.ready

    def get_guild(self, number: int, /) -> Any:
        return self._bot.get_guild(number) if self.ready else None

    def get_channel(self, number: int, /) -> Any:
        return self._bot.get_channel(number) if self.ready else None


async def test_what_was_posted_before_the_gateway_told_of_the_channel_is_published_then(
    writer: Writer,
    clock: SteppedClock,
    sandbox: Sandbox,
    desk: Desk,
    subscriptions: Subscriptions,
    news: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier, "_UNTIL_READY", timedelta())
    await subscriptions.add(place(news), Topic.ALL, by=1)
    bot = QuickBot()
    async with running(bot, sandbox):
        service = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)
        connection = Unready(bot)
        async with at_work(service, connection):
            await desk.says(gain("KHL"))
            await service.drained()
            assert [each.crossposted for each in news.messages] == [False]
            connection.ready = True
            await sandbox.wait_for(lambda: news.messages[0].crossposted)


async def test_an_hour_takes_eight_alerts_and_two_corrections_more(
    following: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    news: Channel,
    sandbox: Sandbox,
) -> None:
    plain = guild.add_channel("plain")
    await subscriptions.add(place(news), Topic.ALL, by=1)
    await subscriptions.add(place(plain), Topic.ALL, by=1)
    for council in MANY[:12]:
        await desk.says(gain(council.code))
        await following.drained()
    await sandbox.wait_for(lambda: sum(each.crossposted for each in news.messages) == 8)
    for council in MANY[:3]:
        await desk.says(gain(council.code, "Con", "LD"))
        await following.drained()
    await sandbox.wait_for(lambda: sum(each.crossposted for each in news.messages) == 10)
    assert [each.crossposted for each in news.messages] == [True] * 8 + [False] * 4 + [
        True,
        True,
        False,
    ]
    assert not any(each.crossposted for each in plain.messages)
    assert sum(each.route.endswith("/crosspost") for each in sandbox.requests) == 10


async def test_a_channel_that_may_not_publish_still_gets_its_alerts(
    following: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    news: Channel,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusals, "_BELIEVED_AFTER", 0)  # it has refused for long
    refusal = {"message": "Missing Permissions", "code": 50013}
    sandbox.faults.answer("POST", "/channels/*/messages/*/crosspost", 403, refusal)
    await subscriptions.add(place(news), Topic.ALL, by=1)
    for council in MANY[:2]:
        await desk.says(gain(council.code))
        await following.drained()
    await sandbox.wait_for(lambda: news.messages[1].crossposted)
    assert not news.messages[0].crossposted
