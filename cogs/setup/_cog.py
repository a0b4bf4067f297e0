"""`/setup`: a wizard that asks an admin where alerts are posted, and what."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.client import ElectionNight
from cogs.setup._wizard import begin


class SetupCog(commands.Cog, name="Setup"):
    """Sets a server up."""

    @app_commands.command(name="setup")
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    async def setup_(self, interaction: discord.Interaction[ElectionNight]) -> None:
        """Choose what is posted where in this server; it checks permissions and posts a test."""
        await begin(interaction)
