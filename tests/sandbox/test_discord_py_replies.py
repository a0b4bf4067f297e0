"""discord.py against the sandbox: commands, and every way of replying to them."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.sandbox import Choice, Sandbox
from tests.sandbox.conftest import Newsroom, QuickBot
from tests.support.sandbox import running


def with_council(bot: QuickBot) -> None:
    @bot.tree.command(description="Who controls a council")
    async def council(interaction: discord.Interaction, name: str) -> None:
        await interaction.response.send_message(f"{name}: Liberal Democrat", ephemeral=True)

    @council.autocomplete("name")
    async def names(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        known = ("Hull", "Huntingdonshire", "Barnet")
        return [
            app_commands.Choice(name=each, value=each.lower())
            for each in known
            if each.lower().startswith(current)
        ]


async def test_a_command_is_registered_and_answered_ephemerally(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    with_council(bot)
    async with running(bot, sandbox):
        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "council", {"name": "Hull"})
    assert reply.failure is None
    assert reply.content == "Hull: Liberal Democrat"
    assert reply.ephemeral
    assert newsroom.channel.messages == []


async def test_autocomplete_gives_the_bots_choices(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    with_council(bot)
    async with running(bot, sandbox):
        choices = await sandbox.autocomplete(
            newsroom.reader, newsroom.channel, "council", "name", "hu"
        )
    assert choices == [Choice("Hull", "hull"), Choice("Huntingdonshire", "huntingdonshire")]
