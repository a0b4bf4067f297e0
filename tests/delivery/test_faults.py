"""Whatever goes wrong on the way, a destination gets each version once."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest

from bot.clock import SteppedClock
from bot.delivery.rest import Rest
from bot.delivery.service import Alerts, Counts
from bot.delivery.subscriptions import Change, Destination, Subscriptions
from bot.delivery.traffic import Pace
from bot.election.alert_kinds import Topic
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Limits, Permission, Sandbox, Window
from tests.delivery.conftest import (
    FAST,
    IMPATIENT,
    AlertsWith,
    Follow,
    Store,
    Tell,
    all_titles,
    at_work,
    logged_in,
    place,
    titles,
)
from tests.delivery.desk import ALMANAC, MANY, Desk, gain

pytestmark = pytest.mark.usefixtures("quietly")

POST = ("POST", "/channels/*/messages")
UNAVAILABLE: dict[str, Any] = {"message": "Service unavailable", "code": 0}


@pytest.mark.parametrize("fault", ["answer lost", "request lost", "503", "500"])
async def test_a_fault_loses_nothing_and_repeats_nothing(
    fault: str, tell: Tell, follow: Follow, guild: Guild, sandbox: Sandbox
) -> None:
    channels = [guild.add_channel(name) for name in "abc"]
    await follow(*channels)
    match fault:
        case "answer lost":
            sandbox.faults.drop_answer_after_applying(*POST, times=5)
        case "request lost":
            sandbox.faults.drop_before_applying(*POST, times=5)
        case "503":
            sandbox.faults.answer(*POST, 503, UNAVAILABLE, times=5)
        case _:
            sandbox.faults.answer(*POST, 500, UNAVAILABLE, times=1)
    await tell(gain("WND"))
    assert [titles(each) for each in channels] == [
        [["Labour gain Wandsworth from Conservatives"]]
    ] * 3


async def test_a_storm_of_429_only_delays(
    tell: Tell, follow: Follow, guild: Guild, sandbox: Sandbox
) -> None:
    """More refusals in a row than the five after which discord.py gives a message up."""
    channels = [guild.add_channel(name) for name in "abc"]
    await follow(*channels)
    limited = {"message": "You are being rate limited.", "retry_after": 0.01, "global": False}
    sandbox.faults.answer(*POST, 429, limited, headers={"Via": "1.1 google"}, times=20)
    await tell(gain("WND"))
    assert [len(each.messages) for each in channels] == [1, 1, 1]


async def test_an_answer_lost_so_long_ago_that_the_nonce_is_forgotten_is_found_in_the_history(
    alerts_with: AlertsWith, follow: Follow, desk: Desk, channel: Channel, sandbox: Sandbox
) -> None:
    forgetful = replace(IMPATIENT, nonce_memory=timedelta(0))
    await follow(channel)
    sandbox.faults.drop_answer_after_applying(*POST)
    async with alerts_with(patience=forgetful) as alerts:
        await desk.says(gain("WND"))
        await alerts.drained()
        await desk.says(gain("BNE"))
        await alerts.drained()
    assert len(channel.messages) == 2
    posted = [each for each in sandbox.requests if each.route.endswith("/messages")]
    assert Counter(each.method for each in posted)["POST"] == 2


async def test_a_lost_answer_to_an_edit_is_asked_for_again(
    tell: Tell, followed: Channel, sandbox: Sandbox
) -> None:
    await tell(gain("WND"))
    sandbox.faults.drop_answer_after_applying("PATCH", "/channels/*/messages/*", times=2)
    await tell(gain("WND", "Con", "LD"))
    assert all_titles(followed)[0].startswith("WITHDRAWN: ~~")
    assert len(followed.messages) == 2


async def test_a_channel_that_refuses_is_paused_with_the_reason_and_the_others_go_on(
    tell: Tell,
    follow: Follow,
    alerts: Alerts,
    subscriptions: Subscriptions,
    guild: Guild,
    store: Store,
) -> None:
    shut = guild.add_channel("shut", deny_bot=Permission.SEND_MESSAGES)
    open_ = guild.add_channel("open")
    await follow(shut, open_)
    await tell(gain("WND"))
    await tell(gain("BNE"))
    assert (len(shut.messages), len(open_.messages)) == (0, 2)
    paused, working = subscriptions.of_guild(guild.id)
    assert paused.paused == (
        "The bot may not write here. Give it the permissions Send Messages and Embed Links in "
        "this channel, then run /alerts test there."
    )
    assert working.paused is None
    assert await alerts.counts() == Counts(sent=2, refused=2, replaced=0, lost=0)
    failed = await store.rows("SELECT council, reason FROM deliveries_failed")
    assert [tuple(row) for row in failed] == [("WND", paused.paused), ("BNE", paused.paused)]


async def test_a_paused_channel_is_resumed_by_a_test_that_arrives(
    tell: Tell, follow: Follow, alerts: Alerts, guild: Guild, sandbox: Sandbox
) -> None:
    channel = guild.add_channel("results", deny_bot=Permission.SEND_MESSAGES)
    await follow(channel)
    assert await alerts.test(place(channel)) is not None
    await tell(gain("WND"))
    assert channel.messages == []
    channel.set_permissions(sandbox.bot)
    assert await alerts.test(place(channel)) is None
    await alerts.drained()
    assert all_titles(channel) == [
        "This is only a test",
        "Labour gain Wandsworth from Conservatives",
    ]


async def test_a_paused_channel_is_resumed_by_subscribing_again(
    tell: Tell, follow: Follow, subscriptions: Subscriptions, guild: Guild
) -> None:
    channel = guild.add_channel("results", deny_bot=Permission.VIEW_CHANNEL)
    await follow(channel)
    await tell(gain("WND"))
    again = await subscriptions.add(place(channel), Topic.ALL, by=1)
    assert (again.change, again.resumed, again.subscription.paused) == (Change.NOTHING, True, None)


async def test_a_deleted_channel_and_a_closed_direct_message_are_paused(
    tell: Tell, follow: Follow, subscriptions: Subscriptions, guild: Guild, sandbox: Sandbox
) -> None:
    channel, stranger = guild.add_channel("gone"), sandbox.add_user("Bob")
    await follow(channel)
    await subscriptions.add(Destination(stranger.id), Topic.ALL, by=stranger.id)
    channel.delete()
    await tell(gain("WND"))
    (of_guild,) = subscriptions.of_guild(guild.id)
    (of_user,) = subscriptions.of_user(stranger.id)
    assert of_guild.paused == "The channel does not exist any more. Subscribe another one."
    assert of_user.paused is not None


async def test_a_message_that_discord_does_not_take_is_given_up_and_the_next_goes_out(
    tell: Tell, alerts: Alerts, subscriptions: Subscriptions, followed: Channel, sandbox: Sandbox
) -> None:
    refusal = {"message": "Invalid Form Body", "code": 50035}
    sandbox.faults.answer(*POST, 400, refusal, times=3)
    await tell(gain("WND"))
    await tell(gain("BNE"))
    assert all_titles(followed) == ["Labour gain Barnet from Conservatives"]
    assert await alerts.counts() == Counts(sent=1, refused=0, replaced=0, lost=1)
    assert [each.paused for each in subscriptions.of_guild(place(followed).guild_id or 0)] == [None]


async def test_a_revoked_token_does_not_ask_its_way_into_a_ban(
    alerts_with: AlertsWith,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    sandbox: Sandbox,
) -> None:
    """Ten thousand refusals in ten minutes ban an address; 45 a second would be 27,000."""
    patient = replace(IMPATIENT, first=0.3, longest=0.3)
    for number in range(30):
        await subscriptions.add(place(guild.add_channel(f"c{number}")), Topic.ALL, by=1)
    unauthorised = {"message": "401: Unauthorized", "code": 0}
    sandbox.faults.answer("*", "/**", 401, unauthorised, times=1_000)
    async with alerts_with(pace=45, patience=patient) as alerts:
        await desk.says(gain("WND"))
        with suppress(TimeoutError):
            await asyncio.wait_for(alerts.drained(), 1.0)
    assert 1 <= sandbox.invalid_answers < 15


async def test_the_last_token_of_a_bucket_does_not_delay_the_receipt() -> None:
    """discord.py would sleep until the bucket is full before it returns the answer."""
    limits = Limits(buckets={"message-create": Window(1, 3)})
    async with Sandbox(limits=limits) as sandbox, logged_in(sandbox) as client:
        channel = sandbox.add_guild("Newsroom").add_channel("results")
        rest = Rest(client, Pace(FAST))
        began = monotonic()
        await rest.send(channel.id, {"content": "first"})
        assert monotonic() - began < 1
        await rest.send(channel.id, {"content": "second"})
        assert monotonic() - began > 2
        assert sandbox.rate_limited == 0


async def test_a_burst_is_carried_within_a_channel_s_limit(
    writer: Writer, clock: SteppedClock, follow: Follow, desk: Desk
) -> None:
    limits = Limits(buckets={"message-create": Window(5, 1)})
    async with Sandbox(limits=limits) as sandbox, logged_in(sandbox) as client:
        channel = sandbox.add_guild("Newsroom").add_channel("results")
        await follow(channel)
        alerts = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)
        async with at_work(alerts, client):
            for council in MANY[:12]:
                await desk.says(gain(council.code))
                await sandbox.wait_for(lambda: not alerts._behind())
            await alerts.drained()
        assert len(all_titles(channel)) == 12
        assert sandbox.rate_limited == 0


async def test_three_hundred_channels_at_discord_s_limits(
    writer: Writer, clock: SteppedClock, follow: Follow, desk: Desk
) -> None:
    """Ten times Discord's limit and our pace, so that the test is short."""
    limits = Limits(overall=Window(500, 1), buckets=Limits.discord().buckets)
    async with Sandbox(limits=limits) as sandbox, logged_in(sandbox) as client:
        guild = sandbox.add_guild("Newsroom")
        channels = [guild.add_channel(f"c{number}") for number in range(300)]
        await follow(*channels)
        alerts = Alerts(writer, ALMANAC, clock, pace=450, patience=IMPATIENT)
        async with at_work(alerts, client):
            await desk.says(gain("WND"))
            await alerts.drained()
        assert Counter(len(each.messages) for each in channels) == {1: 300}
        assert sandbox.rate_limited == 0
