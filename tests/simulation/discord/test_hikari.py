"""hikari, a second and unrelated client library, unchanged against the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import hikari
import pytest

from simulation.discord import Choice, Intent, Limits, Permission, Sandbox
from tests.simulation.discord.conftest import Newsroom, settle
from tests.support.sandbox import checked


@asynccontextmanager
async def running(
    sandbox: Sandbox, intents: hikari.Intents = hikari.Intents.GUILDS
) -> AsyncIterator[hikari.GatewayBot]:
    """Run hikari's bot; only its REST address is ours, the gateway comes from there."""
    bot = hikari.GatewayBot(
        sandbox.token, banner=None, intents=intents, rest_url=sandbox.api_base, logs=None
    )
    await bot.start(check_for_updates=False)
    try:
        yield bot
    finally:
        await bot.close()


async def register(bot: hikari.GatewayBot, sandbox: Sandbox) -> None:
    command = bot.rest.slash_command_builder("council", "Who controls a council")
    command.add_option(
        hikari.CommandOption(
            type=hikari.OptionType.STRING,
            name="name",
            description="Its name",
            is_required=True,
            autocomplete=True,
        )
    )
    await bot.rest.set_application_commands(sandbox.bot.id, [command])


async def test_a_shard_connects_and_knows_its_guilds(sandbox: Sandbox, newsroom: Newsroom) -> None:
    async with running(sandbox) as bot:
        await sandbox.wait_for(lambda: bot.cache.get_guild(newsroom.guild.id))
        guild = bot.cache.get_guild(newsroom.guild.id)
        assert guild is not None
        assert guild.name == "Newsroom"
        assert guild.get_channel(newsroom.channel.id) is not None
        me = guild.get_my_member()
        assert me is not None
        assert bot.get_me() is not None
        fetched = await bot.rest.fetch_guild(newsroom.guild.id)
        application = await bot.rest.fetch_application()
        role = newsroom.guild.add_role("watchers")
        await sandbox.wait_for(lambda: bot.cache.get_role(role.id))
    assert fetched.owner_id == newsroom.guild.owner.id
    assert application.id == sandbox.bot.id


async def test_a_command_is_set_and_answered(sandbox: Sandbox, newsroom: Newsroom) -> None:
    async with running(sandbox) as bot:
        await register(bot, sandbox)

        @bot.listen()
        async def answer(event: hikari.InteractionCreateEvent) -> None:
            interaction = event.interaction
            if isinstance(interaction, hikari.CommandInteraction):
                row = bot.rest.build_message_action_row()
                row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "follow", label="Follow")
                await interaction.create_initial_response(
                    hikari.ResponseType.MESSAGE_CREATE,
                    f"{interaction.options[0].value}: Liberal Democrat",
                    embed=hikari.Embed(title="Hull", colour=0xFAA61A),
                    component=row,
                )
                await interaction.execute("a follow-up", flags=hikari.MessageFlag.EPHEMERAL)
            elif isinstance(interaction, hikari.ComponentInteraction):
                await interaction.create_initial_response(
                    hikari.ResponseType.MESSAGE_UPDATE, "followed", components=[]
                )

        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "council", {"name": "Hull"})
        await sandbox.wait_for(lambda: reply.followups)
        pressed = await sandbox.press(newsroom.reader, reply.message, "follow")
    assert reply.message.versions[0].content == "Hull: Liberal Democrat"
    assert reply.followups[0].ephemeral
    assert pressed.failure is None
    assert reply.content == "followed"


async def test_autocomplete_reaches_a_person(sandbox: Sandbox, newsroom: Newsroom) -> None:
    async with running(sandbox) as bot:
        await register(bot, sandbox)

        @bot.listen()
        async def suggest(event: hikari.InteractionCreateEvent) -> None:
            interaction = event.interaction
            assert isinstance(interaction, hikari.AutocompleteInteraction)
            choice = hikari.impl.AutocompleteChoiceBuilder(name="Hull", value="E06000010")
            await interaction.create_response([choice])

        choices = await sandbox.autocomplete(
            newsroom.reader, newsroom.channel, "council", "name", "hu"
        )
    assert choices == [Choice("Hull", "E06000010")]


async def test_a_deferred_reply_is_edited(sandbox: Sandbox, newsroom: Newsroom) -> None:
    async with running(sandbox) as bot:
        await register(bot, sandbox)

        @bot.listen()
        async def answer(event: hikari.InteractionCreateEvent) -> None:
            interaction = event.interaction
            assert isinstance(interaction, hikari.CommandInteraction)
            await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
            await interaction.edit_initial_response(
                "in the end", attachment=hikari.Bytes(b"a,b", "seats.csv")
            )

        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "council", {"name": "Hull"})
    assert reply.content == "in the end"
    assert [each.content for each in reply.message.attachments] == [b"a,b"]


async def test_messages_are_posted_edited_read_and_deleted(
    sandbox: Sandbox, newsroom: Newsroom
) -> None:
    async with running(sandbox) as bot:
        channel = newsroom.channel.id
        posted = await bot.rest.create_message(channel, "first", nonce="n1")
        await bot.rest.edit_message(channel, posted, "second")
        history = await bot.rest.fetch_messages(channel)
        single = await bot.rest.fetch_message(channel, posted)
        with pytest.raises(hikari.ForbiddenError):
            await bot.rest.pin_message(channel, posted)
        newsroom.channel.set_permissions(sandbox.bot, allow=Permission.PIN_MESSAGES)
        await bot.rest.pin_message(channel, posted)
        pins = await bot.rest.fetch_pins(channel)
        await bot.rest.delete_message(channel, posted)
        with pytest.raises(hikari.NotFoundError):
            await bot.rest.fetch_message(channel, posted)
    assert [message.content for message in history] == ["second"]
    assert single.content == "second"
    assert [pin.message.id for pin in pins] == [posted.id]


async def test_a_direct_message_arrives(sandbox: Sandbox, newsroom: Newsroom) -> None:
    async with running(sandbox) as bot:
        direct = await bot.rest.create_dm_channel(newsroom.reader.id)
        await direct.send("Hull has changed hands")
    received = sandbox.direct_channel(newsroom.reader).messages
    assert [message.content for message in received] == ["Hull has changed hands"]


async def test_messages_are_heard_with_their_intents() -> None:
    held = Intent.MESSAGE_CONTENT
    sandbox = Sandbox(limits=Limits.none(), privileged_intents=held)
    async with sandbox, checked(sandbox):
        room = settle(sandbox)
        heard: list[str | None] = []
        intents = hikari.Intents.GUILD_MESSAGES | hikari.Intents.MESSAGE_CONTENT
        async with running(sandbox, intents) as bot:

            @bot.listen()
            async def hear(event: hikari.GuildMessageCreateEvent) -> None:
                heard.append(event.content)

            sandbox.say(room.reader, room.channel, "Hull?")
            await sandbox.wait_for(lambda: heard)
    assert heard == ["Hull?"]


async def test_a_connection_that_drops_is_resumed(
    sandbox: Sandbox, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hikari.impl.rate_limits.ExponentialBackOff.__next__", lambda self: 0.01)
    resumed: list[hikari.ShardResumedEvent] = []
    async with running(sandbox) as bot:
        bot.subscribe(hikari.ShardResumedEvent, _appending(resumed))
        sandbox.gateway_control.close(4000)
        channel = newsroom.guild.add_channel("made-in-between")
        await sandbox.wait_for(lambda: resumed)
        await sandbox.wait_for(lambda: bot.cache.get_guild_channel(channel.id))
    assert sandbox.gateway_control.identified == 1


def _appending(events: list[hikari.ShardResumedEvent]):
    async def append(event: hikari.ShardResumedEvent) -> None:
        events.append(event)

    return append


async def test_threads_are_begun_archived_and_found(sandbox: Sandbox, newsroom: Newsroom) -> None:
    created: list[hikari.GuildThreadCreateEvent] = []
    async with running(sandbox) as bot:

        @bot.listen()
        async def begun(event: hikari.GuildThreadCreateEvent) -> None:
            created.append(event)

        await sandbox.wait_for(lambda: bot.cache.get_guild(newsroom.guild.id))
        thread = await bot.rest.create_thread(
            newsroom.channel.id, hikari.ChannelType.GUILD_PUBLIC_THREAD, "Elections: Wales"
        )
        await thread.send("Newport")
        await sandbox.wait_for(lambda: created)
        active = await bot.rest.fetch_active_threads(newsroom.guild.id)
        await bot.rest.edit_channel(thread.id, archived=True)
        archived = await bot.rest.fetch_public_archived_threads(newsroom.channel.id)
    assert [one.id for one in active] == [thread.id] == [one.id for one in archived]
    assert created[0].thread.name == "Elections: Wales"
    assert [message.content for message in newsroom.channel.threads[0].messages] == ["Newport"]
