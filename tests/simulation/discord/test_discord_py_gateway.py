"""discord.py against the sandbox: sessions that drop, resume, end and begin again."""

from __future__ import annotations

import asyncio

import discord
import pytest

from simulation.discord import Intent, Limits, Permission, Sandbox
from tests.simulation.discord.conftest import Newsroom, QuickBot, settle
from tests.support.sandbox import pointed_at, running


def ping(bot: QuickBot) -> None:
    @bot.tree.command(name="ping", description="Ping")
    async def _ping(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong")


async def works(sandbox: Sandbox, newsroom: Newsroom) -> bool:
    reply = await sandbox.slash(newsroom.reader, newsroom.channel, "ping")
    return reply.failure is None


async def test_a_dropped_connection_is_resumed_with_what_was_missed(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    ping(bot)
    async with running(bot, sandbox):
        sandbox.gateway_control.close(4000)
        missed = newsroom.guild.add_channel("made-in-between")
        await sandbox.wait_for(lambda: "RESUMED" in bot.seen)
        assert bot.get_channel(missed.id) is not None
        assert await works(sandbox, newsroom)
    assert bot.seen.count("READY") == 1
    assert sandbox.gateway_control.identified == 1


async def test_a_reconnect_that_is_asked_for_resumes(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    ping(bot)
    async with running(bot, sandbox):
        sandbox.gateway_control.reconnect()
        await sandbox.wait_for(lambda: "RESUMED" in bot.seen)
        assert await works(sandbox, newsroom)


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_anew(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot, resumable: bool
) -> None:
    ping(bot)
    async with running(bot, sandbox):
        before = len(bot.seen)
        sandbox.gateway_control.invalidate(resumable=resumable)
        again = "RESUMED" if resumable else "READY"
        await sandbox.wait_for(lambda: again in bot.seen[before:])
        await sandbox.wait_for(lambda: bot.get_channel(newsroom.channel.id) is not None)
        assert await works(sandbox, newsroom)
    assert sandbox.gateway_control.identified == (1 if resumable else 2)


async def test_a_gateway_that_is_down_is_found_again(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda self: 0.01)
    ping(bot)
    async with running(bot, sandbox):
        sandbox.faults.gateway_down = True
        sandbox.gateway_control.close(4000)
        await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 0)
        await asyncio.sleep(0.05)
        sandbox.faults.gateway_down = False
        await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1)
        assert await works(sandbox, newsroom)


async def test_the_world_is_followed_as_it_changes(
    sandbox: Sandbox, newsroom: Newsroom, online: QuickBot
) -> None:
    guild = newsroom.guild
    new = sandbox.add_guild("Late")
    role = guild.add_role("watchers")
    channel = guild.add_channel("made-late")
    channel.rename("renamed")
    cached = online.get_guild(guild.id)
    assert cached is not None
    await sandbox.wait_for(lambda: online.get_guild(new.id))
    await sandbox.wait_for(lambda: getattr(online.get_channel(channel.id), "name", "") == "renamed")
    assert cached.get_role(role.id) is not None
    channel.set_permissions(guild.world.bot, deny=Permission.SEND_MESSAGES)
    await sandbox.wait_for(
        lambda: not online.get_channel(channel.id).permissions_for(cached.me).send_messages
    )
    guild.remove_role(role)
    channel.delete()
    new.remove_bot()
    await sandbox.wait_for(lambda: online.get_guild(new.id) is None)
    assert cached.get_role(role.id) is None
    assert online.get_channel(channel.id) is None


async def test_messages_come_only_with_the_intents_for_them() -> None:
    held = Intent.MESSAGE_CONTENT
    async with Sandbox(limits=Limits.none(), privileged_intents=held) as sandbox:
        room = settle(sandbox)
        deaf = QuickBot()
        listening = QuickBot(intents=discord.Intents(guilds=True, messages=True))
        reading = QuickBot(
            intents=discord.Intents(guilds=True, messages=True, message_content=True)
        )
        for bot, expected in ((deaf, []), (listening, [""]), (reading, ["Hull?"])):
            heard: list[str] = []

            @bot.listen("on_message")
            async def note(message: discord.Message, heard: list[str] = heard) -> None:
                heard.append(message.content)

            async with running(bot, sandbox):
                sandbox.say(room.reader, room.channel, "Hull?")
                marker = room.guild.add_channel("marker")
                await sandbox.wait_for(lambda b=bot, m=marker: b.get_channel(m.id))
                await asyncio.sleep(0)
            assert heard == expected


async def test_shards_see_their_own_guilds() -> None:
    async with Sandbox(limits=Limits.none(), shards=3) as sandbox:
        rooms = [settle(sandbox)]
        while {(room.guild.id >> 22) % 3 for room in rooms} != {0, 1, 2}:
            await asyncio.sleep(0.001)
            rooms.append(settle(sandbox))
        bot = QuickBot()
        ping(bot)
        async with running(bot, sandbox):
            assert set(bot.shards) == {0, 1, 2}
            assert len(bot.guilds) == len(rooms)
            for room in rooms:
                assert await works(sandbox, room)
        shards = {guild.shard_id for guild in bot.guilds}
    assert shards == {0, 1, 2}


async def test_a_wrong_token_does_not_log_in(sandbox: Sandbox) -> None:
    bot = QuickBot()
    with pointed_at(sandbox):
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")
        await bot.close()
    assert sandbox.invalid_answers == 1


async def test_a_privileged_intent_that_is_not_held_ends_the_start(sandbox: Sandbox) -> None:
    bot = QuickBot(intents=discord.Intents(guilds=True, members=True))
    with pointed_at(sandbox):
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(sandbox.token)
        await bot.close()


async def test_a_plain_client_works_as_the_sharded_bot_does(
    sandbox: Sandbox, newsroom: Newsroom
) -> None:
    client = discord.Client(intents=discord.Intents(guilds=True), guild_ready_timeout=0.01)
    async with running(client, sandbox):
        channel = client.get_channel(newsroom.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("plain")
    assert [message.content for message in newsroom.channel.messages] == ["plain"]
