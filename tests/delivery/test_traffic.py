"""What all requests to Discord share: nothing hangs, nothing leads into a ban, limits end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import Route

from bot.delivery import traffic as module
from bot.delivery.http import UnreadableAnswer
from bot.delivery.rest import Rest, Unreachable
from bot.delivery.subscriptions import Subscriptions
from bot.delivery.traffic import (
    Backoff,
    DiscordClock,
    InvalidRequests,
    Pace,
    Patience,
    RequestsHeld,
    Traffic,
)
from simulation.discord import Channel, Guild, Limits, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT, AlertsWith, Follow, logged_in
from tests.delivery.desk import Desk, gain

pytestmark = pytest.mark.usefixtures("quietly")

POST = ("POST", "/channels/*/messages")
BODY = {"content": "Hull"}
PAGE = "<html><body>Access denied</body></html>"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Discord whose answers here are not what its schema says."""
    async with Sandbox(limits=Limits.none()) as sandbox:
        yield sandbox


class Time:
    """The loop's time, which a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(module, "_now", lambda: self.now)
        monkeypatch.setattr("bot.delivery.traffic._now", lambda: self.now)
        monkeypatch.setattr("bot.delivery.traffic.elapsed", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def limited(seconds: Any, *, everywhere: bool = True) -> dict[str, Any]:
    return {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}


async def test_a_request_that_hangs_is_given_up_at_its_deadline(
    client: discord.Client, channel: Channel, sandbox: Sandbox
) -> None:
    rest = Rest(client, Pace(FAST), replace(IMPATIENT, deadline=0.1))
    hold = sandbox.faults.hold(*POST)
    with pytest.raises(Unreachable):
        await rest.send(channel.id, BODY)
    hold.release()


async def test_an_answer_to_a_person_has_a_deadline_too(
    client: discord.Client, sandbox: Sandbox
) -> None:
    """Replies go past `HTTPClient.request`, through the same session."""
    Rest(client, Pace(FAST), replace(IMPATIENT, deadline=0.1))
    await client.http.get_user(client.application_id or 0)
    assert client.http._HTTPClient__session.timeout.total == 0.1  # type: ignore[attr-defined]


@pytest.mark.parametrize("seconds", [0.2, "0.2"], ids=["a number", "text"])
async def test_a_global_limit_ends_though_the_request_that_met_it_broke_off(
    seconds: Any, client: discord.Client, guild: Guild, sandbox: Sandbox
) -> None:
    """discord.py clears its lock without `finally`: nothing would ever leave again."""
    rest = Rest(client, Pace(FAST), IMPATIENT)
    first, second = guild.add_channel("a"), guild.add_channel("b")
    sandbox.faults.answer(*POST, 429, limited(seconds))
    sending = asyncio.create_task(rest.send(first.id, BODY))
    await sandbox.wait_for(lambda: sandbox.rate_limited)
    await asyncio.sleep(0.02)
    sending.cancel()
    with suppress(asyncio.CancelledError, Unreachable):
        await sending
    async with asyncio.timeout(5):
        await rest.send(second.id, BODY)
    assert len(second.messages) == 1


async def test_nothing_leaves_while_a_global_limit_lasts(
    client: discord.Client, guild: Guild, sandbox: Sandbox
) -> None:
    """Else all that waits would leave at its end at once, and too fast again."""
    traffic = Traffic(IMPATIENT)
    pace = Pace(FAST, traffic.backoff)
    rest = Rest(client, pace, traffic=traffic)
    sandbox.faults.answer(*POST, 429, limited(0.2))
    sending = asyncio.create_task(rest.send(guild.add_channel("a").id, BODY))
    await sandbox.wait_for(lambda: sandbox.rate_limited)
    await asyncio.sleep(0.02)
    turn = asyncio.create_task(pace.take())
    await asyncio.sleep(0.02)
    assert not turn.done()
    await sending
    await turn


@pytest.mark.parametrize("seconds", [1e9, -1, None, "soon", float("nan")])
async def test_a_limit_that_nobody_could_wait_for_is_trouble_everywhere(
    seconds: Any, client: discord.Client, channel: Channel, sandbox: Sandbox
) -> None:
    rest = Rest(client, Pace(FAST), IMPATIENT)
    sandbox.faults.answer(*POST, 429, limited(seconds))
    with pytest.raises(Unreachable) as raised:
        await rest.send(channel.id, BODY)
    assert raised.value.everywhere
    await rest.send(channel.id, BODY)


async def test_a_page_in_place_of_an_answer_is_a_failure_for_whoever_asks(
    client: discord.Client, sandbox: Sandbox
) -> None:
    Rest(client, Pace(FAST), IMPATIENT)
    sandbox.faults.answer("GET", "/users/@me", 200, PAGE)
    with pytest.raises(UnreadableAnswer):
        await client.http.request(Route("GET", "/users/@me"))


async def test_a_few_failures_are_nobody_else_s_and_a_row_of_them_holds_all(time: Time) -> None:
    backoff = Backoff(Patience(first=1.0, longest=60.0))
    for _ in range(2):
        backoff.failed(time.now)
    assert backoff.left() == 0
    backoff.answered()
    for _ in range(3):
        backoff.failed(time.now)
    first = backoff.left()
    assert 0.5 < first < 1.5
    backoff.failed(time.now)
    assert backoff.left() == first, "what was under way failed for the same reason"
    time.now += 2
    backoff.failed(time.now)
    assert 1.4 < backoff.left() < 2.6
    time.now += 3
    backoff.answered()
    backoff.failed(time.now)
    assert backoff.left() == 0


async def test_a_ban_lasts_as_long_as_its_page_says_but_one_page_alone_holds_nobody(
    time: Time,
) -> None:
    backoff = Backoff(Patience())
    backoff.failed(time.now, 300.0)
    assert backoff.left() == 0
    for _ in range(2):
        backoff.failed(time.now, 300.0)
    assert backoff.left() == 300
    time.now += 301
    backoff.failed(time.now, 1e9)
    assert backoff.left() == 600


async def test_after_a_wait_one_request_at_a_time_tries_whether_discord_answers_again(
    time: Time,
) -> None:
    backoff = Backoff(Patience(first=1.0))
    for _ in range(3):
        backoff.failed(time.now)
    time.now += backoff.left()
    assert [backoff.before_turn() for _ in range(3)] == [0.0, 1.0, 1.0]
    time.now += 1
    assert [backoff.before_turn() for _ in range(2)] == [0.0, 1.0]
    backoff.answered()
    assert [backoff.before_turn() for _ in range(3)] == [0.0] * 3


@pytest.fixture
async def bad_and_good(guild: Guild, follow: Follow, sandbox: Sandbox) -> tuple[Channel, Channel]:
    """Two channels in which all is told: from the first only pages answer."""
    bad, good = guild.add_channel("bad"), guild.add_channel("good")
    await follow(bad, good)
    sandbox.faults.answer("POST", f"/channels/{bad.id}/messages", 403, PAGE, times=100_000)
    return bad, good


async def test_trouble_of_one_channel_does_not_hold_the_others(
    alerts_with: AlertsWith,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    bad_and_good: tuple[Channel, Channel],
    sandbox: Sandbox,
) -> None:
    bad, good = bad_and_good
    async with alerts_with(patience=replace(IMPATIENT, first=0.05)):
        for number in range(5):
            await desk.says(gain(("WND", "BNE", "WSM", "CRO", "HAV")[number]))
            await sandbox.wait_for(lambda count=number + 1: len(good.messages) == count)
    assert not bad.messages
    assert [each.paused for each in subscriptions.of_guild(guild.id)] == [None, None]


async def test_a_channel_in_which_only_pages_answer_for_long_does_not_stop_silently(
    alerts_with: AlertsWith,
    client: discord.Client,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    bad_and_good: tuple[Channel, Channel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.delivery.refusals._BELIEVED_AFTER", 0.3)
    _, good = bad_and_good

    async def others_are_answered() -> None:
        while True:
            await client.http.request(Route("GET", "/users/@me"))
            await asyncio.sleep(0.01)

    async with alerts_with() as alerts:
        others = asyncio.create_task(others_are_answered())
        await desk.says(gain("WND"))
        await alerts.drained()
        others.cancel()
    reasons = [each.paused or "" for each in subscriptions.of_guild(guild.id)]
    assert reasons[0].startswith("Discord has taken nothing here for half an hour")
    assert (reasons[1], len(good.messages)) == ("", 1)


async def test_after_an_outage_no_channel_is_taken_for_the_one_that_fails(time: Time) -> None:
    backoff = Backoff(Patience())
    assert backoff.well_for() == 0
    backoff.answered()
    time.now += 100
    backoff.failed(time.now)
    assert backoff.well_for() == 100
    for _ in range(2):
        backoff.failed(time.now)
    assert backoff.well_for() == 0
    time.now += 3_600
    backoff.answered()
    assert backoff.well_for() == 0


async def test_the_bound_of_invalid_requests_is_never_crossed(time: Time) -> None:
    requests = InvalidRequests(most=10, in_all=20)
    for _ in range(6):
        requests.begin(for_somebody=False)
        requests.end(invalid=True)
        time.now += 1
    for _ in range(4):
        requests.begin(for_somebody=False)
    with pytest.raises(RequestsHeld):
        requests.begin(for_somebody=False)
    for _ in range(4):
        requests.end(invalid=True)
    with pytest.raises(RequestsHeld) as held:
        requests.begin(for_somebody=False)
    requests.begin(for_somebody=True)
    requests.end(invalid=False)
    assert requests.count == 10
    time.now += held.value.after
    requests.begin(for_somebody=False)


async def test_delivery_stops_below_the_bound_whatever_is_refused(
    client: discord.Client, guild: Guild, sandbox: Sandbox
) -> None:
    traffic = Traffic(Patience(first=0.0, longest=0.0))
    traffic.invalid = InvalidRequests(most=30)
    rest = Rest(client, Pace(FAST), traffic=traffic)
    sandbox.faults.answer(*POST, 403, {"message": "Missing Access", "code": 50001}, times=100)
    sandbox.faults.answer(*POST, 401, {"message": "401: Unauthorized", "code": 0}, times=100)
    channels = [guild.add_channel(f"c{number}") for number in range(10)]

    async def insist(channel: Channel) -> None:
        while True:
            with suppress(Exception):
                await rest.send(channel.id, BODY)

    tasks = [asyncio.create_task(insist(each)) for each in channels]
    await asyncio.sleep(0.3)
    for task in tasks:
        task.cancel()
    assert sandbox.invalid_answers == 30
    assert traffic.backoff.left() > 0


async def test_answers_to_people_are_counted(client: discord.Client, sandbox: Sandbox) -> None:
    traffic = Traffic(IMPATIENT)
    Rest(client, Pace(FAST), traffic=traffic)
    session: aiohttp.ClientSession = client.http._HTTPClient__session  # type: ignore[attr-defined]
    sandbox.faults.answer("POST", "/interactions/**", 403, {"message": "No", "code": 50001})
    async with session.post(f"{sandbox.api_base}/interactions/1/token/callback"):
        assert traffic.invalid.count == 1


async def test_people_are_still_heard_and_answered_when_delivery_has_to_stop(
    client: discord.Client, channel: Channel, sandbox: Sandbox
) -> None:
    traffic = Traffic(IMPATIENT)
    traffic.invalid = InvalidRequests(most=0)
    rest = Rest(client, Pace(FAST), traffic=traffic)
    with pytest.raises(Unreachable):
        await rest.send(channel.id, BODY)
    session: aiohttp.ClientSession = client.http._HTTPClient__session  # type: ignore[attr-defined]
    async with session.post(f"{sandbox.api_base}/interactions/1/token/callback") as answer:
        assert answer.status == 404
    async with session.ws_connect(sandbox.gateway) as socket:
        assert not socket.closed


async def test_discord_s_clock_is_its_own_whatever_ours_says(time: Time) -> None:
    clock = DiscordClock()
    assert clock.now() is None
    clock.heard("Thu, 05 May 2022 23:00:00 GMT")
    clock.heard("yesterday")
    clock.heard(None)
    time.now += 90
    assert clock.now() == datetime(2022, 5, 5, 23, 1, 30, tzinfo=UTC)


async def test_discord_s_clock_is_heard_in_its_answers(
    client: discord.Client, channel: Channel
) -> None:
    traffic = Traffic(IMPATIENT)
    await Rest(client, Pace(FAST), traffic=traffic).send(channel.id, BODY)
    now = traffic.clock.now()
    assert now is not None
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=10)


async def test_every_client_of_the_process_can_share_the_traffic(sandbox: Sandbox) -> None:
    traffic = Traffic(IMPATIENT)
    async with logged_in(sandbox) as one, logged_in(sandbox) as other:
        for client in (one, other, one):
            Rest(client, Pace(FAST), traffic=traffic)
            sandbox.faults.answer("GET", "/users/@me", 401, {"message": "No", "code": 0})
            with pytest.raises(discord.HTTPException):
                await client.http.request(Route("GET", "/users/@me"))
    assert traffic.invalid.count == 3
