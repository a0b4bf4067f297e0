"""`/help`, made from the commands themselves."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.card import FIELD_VALUE, Card, Field
from bot.cards.text import paged
from bot.chat.answering import lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.questions import Answer, Command, Question, answered_by, commands_of

_INTRODUCTION = (
    "Results of the night, council by council: who controls it, what changed and what is still "
    "to come. Answers are private unless you ask with `public`."
)


class Help(commands.Cog):
    """Says what the bot can be asked."""

    def __init__(self, client: ElectionNight) -> None:
        self.client = client

    @app_commands.command(name="help", extras=answered_by("answer"))
    @app_commands.describe(public="Show the answer to everybody in the channel")
    @lookup
    async def help(
        self, interaction: discord.Interaction[ElectionNight], public: bool = False
    ) -> None:
        """What the bot can be asked, command by command."""
        await reply(interaction, await self.answer(), public=public)

    async def answer(self) -> Answer:
        """Return every command with its description and options."""
        fields = [
            Field(f"/{command.qualified_name}", text)
            for command in commands_of(self.client.tree)
            for text in paged(_lines(command), FIELD_VALUE)
        ]
        return Answer(Question("help"), (Card("What you can ask", _INTRODUCTION, tuple(fields)),))


def _lines(command: Command) -> list[str]:
    options = [
        f"`{parameter.display_name}`{'' if parameter.required else ' (optional)'}: "
        f"{parameter.description}"
        for parameter in command.parameters
        if parameter.name != "public"
    ]
    return [command.description, *options]


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(Help(client))
