"""Faults on demand: cut connections, errors, delays and requests that stand still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from simulation.discord import Moment, Sandbox
from tests.simulation.discord.conftest import Newsroom, QuickBot
from tests.simulation.discord.raw import Raw, raw_client

POSTS = ("POST", "/channels/*/messages")


@pytest.fixture
async def raw(sandbox: Sandbox) -> AsyncIterator[Raw]:
    async with raw_client(sandbox) as raw:
        yield raw


async def post(raw: Raw, newsroom: Newsroom, content: str = "x") -> int:
    path = f"/channels/{newsroom.channel.id}/messages"
    return (await raw("POST", path, json={"content": content})).status


async def test_an_answer_is_lost_after_the_message_was_made(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw
) -> None:
    sandbox.faults.drop_answer_after_applying(*POSTS)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(raw, newsroom)
    assert len(newsroom.channel.messages) == 1
    assert sandbox.requests[-1].status == 0
    assert await post(raw, newsroom) == 200


async def test_a_request_is_lost_before_anything_was_done(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw
) -> None:
    sandbox.faults.drop_before_applying(*POSTS, times=2)
    for _ in range(2):
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await post(raw, newsroom)
    assert newsroom.channel.messages == []
    assert await post(raw, newsroom) == 200


async def test_a_lost_answer_is_an_error_in_discord_py_and_the_nonce_settles_it(
    sandbox: Sandbox, newsroom: Newsroom, online: QuickBot
) -> None:
    channel = online.get_channel(newsroom.channel.id)
    assert isinstance(channel, discord.TextChannel)
    sandbox.faults.drop_answer_after_applying(*POSTS)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("Hull", nonce="hull-1")
    again = await channel.send("Hull", nonce="hull-1")
    assert [message.id for message in newsroom.channel.messages] == [again.id]


async def test_other_answers_in_place_of_discords(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw
) -> None:
    sandbox.faults.answer(*POSTS, 503, "<html>upstream</html>")
    sandbox.faults.answer(*POSTS, 500, {"message": "500", "code": 0}, headers={"X-Why": "test"})
    sandbox.faults.answer(*POSTS, 429, {"message": "slow down", "retry_after": 1, "global": False})
    path = f"/channels/{newsroom.channel.id}/messages"
    page = await raw("POST", path, json={"content": "x"})
    error = await raw("POST", path, json={"content": "x"})
    assert (page.status, page.body) == (503, "<html>upstream</html>")
    assert (error.status, error.headers["X-Why"]) == (500, "test")
    limited = await raw("POST", path, json={"content": "x"})
    assert (limited.status, "Via" in limited.headers) == (429, True)
    assert newsroom.channel.messages == []


async def test_a_request_waits(sandbox: Sandbox, newsroom: Newsroom, raw: Raw) -> None:
    sandbox.faults.delay(*POSTS, 0.1)
    started = time.monotonic()
    assert await post(raw, newsroom) == 200
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize(
    ("moment", "made"), [(Moment.BEFORE_APPLYING, 0), (Moment.AFTER_APPLYING, 1)]
)
async def test_a_request_stands_still_until_released(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw, moment: Moment, made: int
) -> None:
    hold = sandbox.faults.hold(*POSTS, moment)
    task = asyncio.create_task(post(raw, newsroom))
    await hold.reached.wait()
    assert len(newsroom.channel.messages) == made
    hold.release()
    assert await task == 200


async def test_a_pattern_fits_its_own_route_only(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw
) -> None:
    sandbox.faults.answer("PATCH", "/channels/*/messages/*", 500, {})
    sandbox.faults.answer("*", "/users/**", 502, {})
    assert await post(raw, newsroom) == 200
    assert (await raw("GET", "/users/@me/guilds")).status == 502
    sandbox.faults.clear()
    path = f"/channels/{newsroom.channel.id}/messages/{newsroom.channel.messages[0].id}"
    assert (await raw("PATCH", path, json={"content": "y"})).status == 200


async def test_what_passed_is_remembered_with_its_bodies(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw
) -> None:
    await post(raw, newsroom, "Hull")
    exchange = sandbox.requests[-1]
    assert (exchange.method, exchange.route) == ("POST", "/channels/{channel_id}/messages")
    assert exchange.path == f"/channels/{newsroom.channel.id}/messages"
    assert exchange.request == {"content": "Hull"}
    assert exchange.response["content"] == "Hull"
    assert exchange.status == 200
    assert exchange.seconds < 1
