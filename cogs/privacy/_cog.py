"""`/privacy` and `/mydata`: what is kept of people and servers, to be seen and to be deleted."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.cards.privacy import privacy_card
from bot.chat.client import ElectionNight
from bot.chat.commands import command, everywhere, look_up
from bot.chat.questions import Answer, Question
from cogs.privacy._views import ask_before_deleting, show_kept

Interaction = discord.Interaction[ElectionNight]


class PrivacyCog(commands.Cog, name="Privacy"):
    """Says what is kept."""

    @look_up()
    async def privacy(self) -> Answer:
        """What is kept of you and of a server, why, and how to delete it."""
        return Answer(Question("privacy"), (privacy_card(),))


@everywhere
class MyDataCog(commands.GroupCog, name="My data", group_name="mydata"):
    """What is kept of you: see it, delete it."""

    @command()
    async def show(self, interaction: Interaction) -> None:
        """Everything that is kept of you, also as a file."""
        await show_kept(interaction, of_server=False)

    @command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete everything that is kept of you; it asks first."""
        await ask_before_deleting(interaction, of_server=False)

    @command(name="show-server", for_admins=True)
    async def show_server(self, interaction: Interaction) -> None:
        """Everything that is kept of this server, for its admins."""
        await show_kept(interaction, of_server=True)

    @command(name="delete-server", for_admins=True)
    async def delete_server(self, interaction: Interaction) -> None:
        """Delete everything that is kept of this server, for its admins; it asks first."""
        await ask_before_deleting(interaction, of_server=True)
