"""The command `/night board`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.client import ElectionNight
from bot.chat.commands import command
from bot.chat.lookups import lens_named
from bot.chat.options import CouncilsNation, CouncilsRegion, PostableChannel
from bot.chat.questions import CannotAnswer
from cogs.boards._views import put_board


def board_command() -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command, to be added to the group `/night` of one client."""

    @command(for_admins=True, channel="The channel to put it up in; this one without it")
    async def board(
        interaction: discord.Interaction[ElectionNight],
        channel: PostableChannel | None = None,
        nation: CouncilsNation | None = None,
        region: CouncilsRegion | None = None,
    ) -> None:
        """Put up, or end, a message that shows the night as it goes."""
        services, on = interaction.client.services, interaction.client.services.newest_night
        lens = lens_named(services, on, nation=nation, region=region)
        if not lens.councils(services.reader.councils(on)):
            raise CannotAnswer(
                "No council votes there, and a board shows councils: choose another place, or none."
            )
        await put_board(interaction, channel or interaction.channel, lens)

    return board
