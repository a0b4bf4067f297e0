"""Rate limits: counted, told in headers, and refused as Discord refuses."""

from __future__ import annotations

import time
from types import MappingProxyType

import discord
import pytest

from simulation.discord import Limits, Sandbox, Window
from tests.simulation.discord.conftest import QuickBot, settle
from tests.simulation.discord.raw import raw_client
from tests.support.sandbox import checked, running


def per_channel(requests: int, seconds: float) -> Limits:
    return Limits(buckets=MappingProxyType({"message-create": Window(requests, seconds)}))


async def test_a_bucket_is_told_in_headers_and_refused_when_empty() -> None:
    async with Sandbox(limits=Limits.discord()) as sandbox, raw_client(sandbox) as raw:
        room = settle(sandbox)
        other = room.guild.add_channel("other")
        path = f"/channels/{room.channel.id}/messages"
        answers = [await raw("POST", path, json={"content": "x"}) for _ in range(6)]
        elsewhere = await raw("POST", f"/channels/{other.id}/messages", json={"content": "x"})
    remaining = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert remaining == ["4", "3", "2", "1", "0", "0"]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.headers["X-RateLimit-Limit"] == "5"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Via"]
    assert refused.headers["X-RateLimit-Bucket"] == elsewhere.headers["X-RateLimit-Bucket"]
    assert refused.body["global"] is False
    assert 0 < refused.body["retry_after"] <= 5
    assert elsewhere.status == 200
    assert (sandbox.rate_limited, sandbox.invalid_answers) == (1, 1)
    assert len(room.channel.messages) == 5


async def test_the_limit_over_all_routes_spares_interactions() -> None:
    limits = Limits(overall=Window(50, 30))
    async with Sandbox(limits=limits) as sandbox, raw_client(sandbox) as raw:
        answers = [await raw("GET", "/users/@me") for _ in range(51)]
        callback = await raw("POST", "/interactions/1/unknown/callback", json={"type": 4})
    refused = answers[-1]
    assert [answer.status for answer in answers[:50]] == [200] * 50
    assert refused.status == 429
    assert refused.body["global"] is True
    assert refused.headers["X-RateLimit-Global"] == "true"
    assert "Retry-After" in refused.headers
    assert callback.code == 10062


async def test_discord_py_waits_for_the_bucket_and_loses_nothing() -> None:
    sandbox = Sandbox(limits=per_channel(2, 0.2))
    async with sandbox, checked(sandbox):
        room = settle(sandbox)
        bot = QuickBot()
        async with running(bot, sandbox):
            channel = bot.get_channel(room.channel.id)
            assert isinstance(channel, discord.TextChannel)
            started = time.monotonic()
            for number in range(5):
                await channel.send(str(number))
            spent = time.monotonic() - started
    assert [message.content for message in room.channel.messages] == list("01234")
    assert spent >= 0.39
    assert sandbox.rate_limited == 0


async def test_discord_py_takes_a_429_and_tries_again() -> None:
    async with Sandbox(limits=per_channel(1, 0.1)) as sandbox, raw_client(sandbox) as raw:
        room = settle(sandbox)
        bot = QuickBot()
        async with running(bot, sandbox):
            path = f"/channels/{room.channel.id}/messages"
            assert (await raw("POST", path, json={"content": "by another"})).status == 200
            channel = bot.get_channel(room.channel.id)
            assert isinstance(channel, discord.TextChannel)
            await channel.send("mine")
    assert [message.content for message in room.channel.messages] == ["by another", "mine"]
    assert sandbox.rate_limited == 1


@pytest.mark.parametrize("limits", [Limits.none()])
async def test_without_limits_there_are_no_headers(limits: Limits) -> None:
    async with Sandbox(limits=limits) as sandbox, raw_client(sandbox) as raw:
        room = settle(sandbox)
        path = f"/channels/{room.channel.id}/messages"
        answers = [await raw("POST", path, json={"content": "x"}) for _ in range(60)]
    assert {answer.status for answer in answers} == {200}
    assert not any("X-RateLimit-Limit" in answer.headers for answer in answers)
