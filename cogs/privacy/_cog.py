"""`/privacy` and `/mydata`: what is kept of people and servers, to be seen and to be deleted."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.privacy import privacy_card
from bot.chat.answering import lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.questions import Answer, Question, answered_by, for_admins
from cogs.privacy._views import ask_before_deleting, show_kept

Interaction = discord.Interaction[ElectionNight]


class PrivacyCog(commands.Cog, name="Privacy"):
    """Says what is kept."""

    @app_commands.command(extras=answered_by("answer"))
    @app_commands.describe(public="Show the answer to everybody in the channel")
    @lookup
    async def privacy(self, interaction: Interaction, public: bool = False) -> None:
        """What is kept of you and of a server, why, and how to delete it."""
        await reply(interaction, await self.answer(), public=public)

    async def answer(self) -> Answer:
        """Return what is kept, of whomever."""
        return Answer(Question("privacy"), (privacy_card(),))


@lookup
class MyDataCog(commands.GroupCog, name="My data", group_name="mydata"):
    """What is kept of you: see it, delete it."""

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Everything that is kept of you, also as a file."""
        await show_kept(interaction, of_server=False)

    @app_commands.command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete everything that is kept of you; it asks first."""
        await ask_before_deleting(interaction, of_server=False)

    @app_commands.command(name="show-server", extras=for_admins())
    async def show_server(self, interaction: Interaction) -> None:
        """Everything that is kept of this server, for its admins."""
        await show_kept(interaction, of_server=True)

    @app_commands.command(name="delete-server", extras=for_admins())
    async def delete_server(self, interaction: Interaction) -> None:
        """Delete everything that is kept of this server, for its admins; it asks first."""
        await ask_before_deleting(interaction, of_server=True)
