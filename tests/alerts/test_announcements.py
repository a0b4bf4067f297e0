"""Announcement channels publish to those who follow them, within their hour."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.alerts import secondlook
from bot.alerts.service import Alerts
from bot.alerts.subscriptions import Subscriptions, Topic
from bot.clock import SteppedClock
from bot.sandbox import Channel, Guild, Sandbox
from bot.store.writer import Writer
from tests.alerts.conftest import FAST, IMPATIENT, at_work, place
from tests.alerts.desk import ALMANAC, MANY, Desk, gain
from tests.sandbox.conftest import QuickBot
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
    monkeypatch.setattr(secondlook, "_AT_LONGEST", 0)  # it has refused for long
    refusal = {"message": "Missing Permissions", "code": 50013}
    sandbox.faults.answer("POST", "/channels/*/messages/*/crosspost", 403, refusal)
    await subscriptions.add(place(news), Topic.ALL, by=1)
    for council in MANY[:2]:
        await desk.says(gain(council.code))
        await following.drained()
    await sandbox.wait_for(lambda: news.messages[1].crossposted)
    assert not news.messages[0].crossposted
