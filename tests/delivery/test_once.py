"""No post leaves later than its nonce may be forgotten, without a search of the channel before."""

from __future__ import annotations

import time as wall
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery.rest import Rest, Unreachable
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Pace, Traffic
from bot.election.alert_kinds import Topic
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Limits, Permission, Sandbox
from simulation.discord.routes import channels as sandbox_channels
from tests.delivery.conftest import FAST, IMPATIENT, AlertsWith, Follow, all_titles, at_work
from tests.delivery.desk import ALMANAC, Desk, gain

POST = ("POST", "/channels/*/messages")
MEMORY = 0.4
FORGETFUL = replace(IMPATIENT, first=0.15, longest=0.15, nonce_memory=timedelta(seconds=MEMORY))
GAIN = "Labour gain Wandsworth from Conservatives"


@pytest.fixture(autouse=True)
def forgetfully(quietly: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_channels, "NONCE_SECONDS", MEMORY)
    monkeypatch.setattr("bot.delivery.traffic._LEAST_MEMORY", 0.2)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=Limits.none()) as sandbox:
        yield sandbox


def limited(seconds: float, *, everywhere: bool) -> dict[str, Any]:
    return {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}


def payload(reference: str) -> dict[str, Any]:
    embeds = [{"title": "Hull", "footer": {"text": reference}}]
    return {"embeds": embeds, "nonce": f"nonce {reference}", "enforce_nonce": True}


LIMIT = MEMORY + 0.2


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        pytest.param(429, limited(LIMIT, everywhere=True), id="a long global limit"),
        pytest.param(429, limited(LIMIT, everywhere=False), id="a long limit of the channel"),
        pytest.param(502, "<html>Bad gateway</html>", id="a failure, a second's wait"),
    ],
)
async def test_an_alert_whose_answer_was_lost_before_discord_made_us_wait_for_long_comes_once(
    status: int,
    answer: Any,
    alerts_with: AlertsWith,
    desk: Desk,
    followed: Channel,
    sandbox: Sandbox,
) -> None:
    """discord.py itself waits, beyond the memory of the nonce, and posts again."""
    sandbox.faults.drop_answer_after_applying(*POST)
    async with alerts_with(patience=FORGETFUL) as alerts:
        await desk.says(gain("WND"))
        await sandbox.wait_for(lambda: followed.messages)
        sandbox.faults.answer(*POST, status, answer)
        await alerts.drained()
    assert all_titles(followed) == [GAIN]


async def test_a_post_that_waits_for_a_bucket_does_not_leave_late(
    client: discord.Client, channel: Channel, sandbox: Sandbox
) -> None:
    rest = Rest(client, Pace(FAST), FORGETFUL)
    bucket = {"X-RateLimit-Bucket": "b", "X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0"}
    bucket["X-RateLimit-Reset-After"] = str(MEMORY + 0.3)
    sandbox.faults.answer(*POST, 400, {"message": "No", "code": 50035}, headers=bucket)
    with pytest.raises(Exception, match="No"):
        await rest.send(channel.id, {"content": "Hull"})
    with pytest.raises(Unreachable, match="too late"):
        await rest.send_once(channel.id, payload("EN-1"), "EN-1", channel.id, is_new=True)
    assert not channel.messages


async def test_what_anybody_sends_with_a_nonce_is_not_sent_again_late(
    client: discord.Client, channel: Channel, sandbox: Sandbox
) -> None:
    """The desk's messages and welcomes too, which discord.py's own objects send."""
    Rest(client, Pace(FAST), FORGETFUL)
    place = client.get_partial_messageable(channel.id)
    sandbox.faults.answer(*POST, 429, limited(MEMORY + 0.3, everywhere=False))
    with pytest.raises(TimeoutError):
        await place.send("Hull", nonce="desk-1")
    assert not channel.messages


async def test_a_post_of_an_earlier_run_is_looked_for_however_young_it_is(
    client: discord.Client, channel: Channel, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its age is not known: the clock by which it was sealed may have been put right since."""
    monkeypatch.setattr(sandbox_channels, "NONCE_SECONDS", 0.0)
    before = Rest(client, Pace(FAST), IMPATIENT)
    named = before.newest_named(channel.id)
    first = await before.send_once(channel.id, payload("EN-1"), "EN-1", named, is_new=True)
    rest = Rest(client, Pace(FAST), IMPATIENT)
    assert await rest.send_once(channel.id, payload("EN-1"), "EN-1", named, is_new=False) == first
    assert len(channel.messages) == 1


@pytest.mark.parametrize("hours", [2, -2, 1 / 6])
async def test_our_clock_does_not_matter(
    hours: float,
    alerts_with: AlertsWith,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    followed: Channel,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ours is put right between the post and its second try."""
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    direct = sandbox.direct_channel(reader)
    await subscriptions.add(Destination(reader.id), Topic.ALL, by=1)
    time = wall.time
    sandbox.faults.drop_answer_after_applying(*POST, times=2)
    async with alerts_with(patience=FORGETFUL) as alerts:
        with monkeypatch.context() as patch:
            patch.setattr(wall, "time", lambda: time() + hours * 3600)
            await desk.says(gain("WND"))
            await sandbox.wait_for(lambda: followed.messages and direct.messages)
            hold = sandbox.faults.hold("GET", "/channels/*/messages", times=2)
            sandbox.faults.answer(*POST, 429, limited(MEMORY, everywhere=False), times=2)
            await hold.reached.wait()
        hold.release()
        await alerts.drained()
    assert [all_titles(followed), all_titles(direct)] == [[GAIN], [GAIN]]


async def test_the_search_starts_at_the_last_message_that_discord_named(
    writer: Writer,
    clock: SteppedClock,
    client: discord.Client,
    follow: Follow,
    desk: Desk,
    channel: Channel,
    sandbox: Sandbox,
) -> None:
    alerts = Alerts(writer, ALMANAC, clock, pace=FAST, patience=replace(FORGETFUL))
    await follow(channel)
    async with at_work(alerts, client):
        await desk.says(gain("WND"))
        await alerts.drained()
    rows = await writer.transact(lambda tx: tx.rows("SELECT * FROM posts ORDER BY id"))
    assert rows[0]["after_message"] == channel.id
    async with at_work(alerts, client):
        await desk.says(gain("BNE"))
        await alerts.drained()
    rows = await writer.transact(lambda tx: tx.rows("SELECT * FROM posts ORDER BY id"))
    assert rows[1]["after_message"] == rows[0]["message_id"] == channel.messages[0].id


async def test_a_message_is_found_among_many_that_came_since(
    client: discord.Client, channel: Channel, guild: Guild, sandbox: Sandbox
) -> None:
    rest = Rest(client, Pace(FAST), FORGETFUL)
    person = sandbox.add_user("Ann")
    guild.add_member(person)
    before = rest.newest_named(channel.id)
    number = await rest.send(channel.id, payload("EN-1"))
    for _ in range(120):
        sandbox.say(person, channel, "so?")
    assert await rest.find(channel.id, "EN-1", before) == number
    assert await rest.find(channel.id, "EN-2", before) is None


async def test_without_the_history_a_post_is_sent_all_the_same(
    client: discord.Client, guild: Guild, sandbox: Sandbox
) -> None:
    rest = Rest(client, Pace(FAST), FORGETFUL)
    channel = guild.add_channel("blind", deny_bot=Permission.READ_MESSAGE_HISTORY)
    await rest.send_once(channel.id, payload("EN-1"), "EN-1", channel.id, is_new=False)
    assert len(channel.messages) == 1


async def test_an_age_that_is_negative_or_unknown_is_none(client: discord.Client) -> None:
    rest = Rest(client, Pace(FAST), traffic=(traffic := Traffic(IMPATIENT)))
    newest = discord.utils.time_snowflake(discord.utils.utcnow())
    assert rest.age_of(newest) is None
    traffic.clock.heard("Thu, 05 May 2022 23:00:00 GMT")
    assert rest.age_of(newest) is None
    for _ in range(2):
        traffic.clock.heard(discord.utils.utcnow().strftime("%a, %d %b %Y %H:%M:%S GMT"))
    age = rest.age_of(newest)
    assert age is not None
    assert abs(age) < timedelta(seconds=10)
