"""The command `/night board`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.answering import Choices, choices
from bot.chat.client import ElectionNight
from bot.chat.following import ChannelOption
from bot.chat.lookups import lens_named, nations, places_like, regions
from bot.chat.questions import CannotAnswer, for_admins
from cogs.boards._views import put_board

Interaction = discord.Interaction[ElectionNight]


def board_command() -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command, to be added to the group `/night` of one client."""

    @app_commands.command(extras=for_admins())
    @app_commands.describe(
        channel="The channel to put it up in; this one without it",
        nation="Only this nation",
        region="Only this region",
    )
    async def board(
        interaction: Interaction,
        channel: app_commands.Transform[app_commands.AppCommandChannel, ChannelOption]
        | None = None,
        nation: str | None = None,
        region: str | None = None,
    ) -> None:
        """Put up, or end, a message that shows the night as it goes."""
        services, on = interaction.client.services, interaction.client.services.newest_night
        lens = lens_named(services, on, nation=nation, region=region)
        if not lens.councils(services.reader.councils(on)):
            raise CannotAnswer(
                "No council votes there, and a board shows councils: choose another place, or none."
            )
        await put_board(interaction, channel or interaction.channel, lens)

    @board.autocomplete("nation")
    async def complete_nation(interaction: Interaction, typed: str) -> Choices:
        """Offer the nations in which councils vote."""
        services = interaction.client.services
        return choices(places_like(nations(services, services.newest_night), typed))

    @board.autocomplete("region")
    async def complete_region(interaction: Interaction, typed: str) -> Choices:
        """Offer the regions in which councils vote."""
        services = interaction.client.services
        return choices(places_like(regions(services, services.newest_night), typed))

    return board
