"""A cog whose commands fail in every way that a command can, for the error handler's tests."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.card import Card
from bot.chat.client import ElectionNight
from bot.chat.commands import look_up
from bot.chat.questions import Answer, CannotAnswer, Question

SECRET = "a detail that belongs into the log"
Interaction = discord.Interaction[ElectionNight]


class Faulty(commands.Cog):
    @app_commands.command(description="Fails before it answers")
    async def breaks(self, interaction: Interaction) -> None:
        raise RuntimeError(SECRET)

    @app_commands.command(description="Fails after it asked for time")
    async def breaks_later(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        raise RuntimeError(SECRET)

    @app_commands.command(description="Fails after it answered")
    async def breaks_after(self, interaction: Interaction) -> None:
        await interaction.response.send_message("An answer", ephemeral=True)
        raise RuntimeError(SECRET)

    @app_commands.command(description="Cannot answer")
    async def refuses(self, interaction: Interaction) -> None:
        raise CannotAnswer("Not this one. Ask for another.")

    @app_commands.command(description="For those who manage the server")
    @app_commands.checks.has_permissions(manage_guild=True)
    async def guarded(self, interaction: Interaction) -> None:
        raise AssertionError("nobody who may not comes here")

    @app_commands.command(description="Writes where it may not")
    async def oversteps(self, interaction: Interaction) -> None:
        assert isinstance(interaction.channel, discord.TextChannel)
        await interaction.channel.send("not allowed")

    @look_up()
    async def turns(self, page: int = 1) -> Answer:
        """Has a second page that fails"""
        if getattr(self, "was_asked", False):
            raise RuntimeError(SECRET)
        self.was_asked = True
        return Answer(Question("turns"), (Card(f"Page {page}"),), page, 2)


async def setup(client: ElectionNight) -> None:
    await client.add_cog(Faulty())
