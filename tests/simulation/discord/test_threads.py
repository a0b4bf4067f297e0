"""Threads and forums, as discord.py and hikari see them, and what is refused there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest

from simulation.discord import Permission, Sandbox
from simulation.discord.routes import threads as sandbox_threads
from simulation.discord.routes.threads import close_thread
from tests.simulation.discord.conftest import Newsroom, QuickBot
from tests.simulation.discord.raw import Raw, raw_client

EMBED = {"title": "Labour gain Hull"}


@pytest.fixture
async def raw(sandbox: Sandbox) -> AsyncIterator[Raw]:
    async with raw_client(sandbox) as raw:
        yield raw


async def seen(bot: QuickBot, name: str) -> None:
    async with asyncio.timeout(5):
        while name not in bot.seen:
            await asyncio.sleep(0.005)


async def test_a_client_starts_a_thread_writes_archives_and_finds_it_again(
    online: QuickBot, newsroom: Newsroom
) -> None:
    channel = online.get_channel(newsroom.channel.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await channel.create_thread(
        name="Elections: Wales", type=discord.ChannelType.public_thread
    )
    await seen(online, "THREAD_CREATE")
    assert thread.owner_id == online.user.id if online.user else False
    assert newsroom.channel.messages[-1].thread is newsroom.channel.threads[0]
    message = await thread.send("Newport")
    assert [one.id async for one in thread.history()] == [message.id]

    await thread.edit(archived=True)
    await seen(online, "THREAD_UPDATE")
    with pytest.raises(discord.HTTPException) as refused:
        await message.edit(content="Cardiff")
    assert refused.value.code == 50083
    assert [one.id async for one in channel.archived_threads()] == [thread.id]
    assert await channel.guild.active_threads() == []

    await thread.send("It is open again")
    assert [one.id for one in await channel.guild.active_threads()] == [thread.id]


async def test_a_forum_has_posts_whose_first_message_has_their_own_id(
    online: QuickBot, newsroom: Newsroom
) -> None:
    councils = newsroom.guild.add_channel("councils", "forum", tags=["Labour"])
    await seen(online, "CHANNEL_CREATE")
    forum = online.get_channel(councils.id)
    assert isinstance(forum, discord.ForumChannel)
    (tag,) = forum.available_tags
    post = await forum.create_thread(
        name="Hull", embed=discord.Embed.from_dict(EMBED), applied_tags=[tag]
    )
    assert post.message.id == post.thread.id
    assert [one.name for one in post.thread.applied_tags] == ["Labour"]
    assert [one.id async for one in post.thread.history()] == [post.thread.id]


async def test_what_threads_are_refused(
    raw: Raw, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    guild, place = newsroom.guild, f"/channels/{newsroom.channel.id}/threads"
    named = {"name": "Elections: Wales", "type": 11}
    too_long = await raw("POST", place, json=named | {"name": "x" * 101})
    assert too_long.error_at("name") == "BASE_TYPE_BAD_LENGTH"
    begun = await raw("POST", place, json=named)
    (thread,) = newsroom.channel.threads
    assert (begun.status, int(begun.body["id"])) == (201, thread.id)

    monkeypatch.setattr(sandbox_threads, "MOST_ACTIVE", 1)
    assert (await raw("POST", place, json=named)).code == 160006
    monkeypatch.undo()

    bot = guild.world.bot
    newsroom.channel.set_permissions(bot, deny=Permission.CREATE_PUBLIC_THREADS)
    assert (await raw("POST", place, json=named)).code == 50013
    newsroom.channel.set_permissions(bot, deny=Permission.SEND_MESSAGES_IN_THREADS)
    said = {"content": "Newport"}
    assert (await raw("POST", f"/channels/{thread.id}/messages", json=said)).code == 50013
    newsroom.channel.set_permissions(bot, deny=Permission.SEND_MESSAGES)
    assert (await raw("POST", f"/channels/{thread.id}/messages", json=said)).status == 200

    close_thread(thread, locked=True)
    assert (await raw("POST", f"/channels/{thread.id}/messages", json=said)).code == 160005
    thread.delete()
    assert (await raw("POST", f"/channels/{thread.id}/messages", json=said)).code == 10003

    forum = guild.add_channel("councils", "forum")
    assert (await raw("POST", f"/channels/{forum.id}/messages", json=said)).code == 50008
    empty = {"name": "Hull", "message": {}}
    assert (await raw("POST", f"/channels/{forum.id}/threads", json=empty)).code == 50006


async def test_people_write_in_threads_and_ask_there(
    online: QuickBot, sandbox: Sandbox, newsroom: Newsroom
) -> None:
    thread = sandbox_threads.start_thread(newsroom.channel, "Hull", newsroom.reader)
    close_thread(thread)
    sandbox.say(newsroom.reader, thread, "What happens here?")
    assert thread.thread is not None
    assert not thread.thread.archived
