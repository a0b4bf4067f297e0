"""`/night board`: one message in a channel that shows the night as it goes."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.answering import Choices, choices
from bot.chat.boards import put_board
from bot.chat.client import ElectionNight
from bot.chat.following import ChannelOption
from bot.chat.names import lens_named, nations, places_like, regions
from bot.chat.questions import CannotAnswer, for_admins
from bot.chat.services import Services

Interaction = discord.Interaction[ElectionNight]


class BoardOfTheNight(commands.Cog):
    """The command of the group `/night` that puts up a board."""

    services: Services

    @app_commands.command(extras=for_admins())
    @app_commands.describe(
        channel="The channel to put it up in; this one without it",
        nation="Only this nation",
        region="Only this region",
    )
    async def board(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[app_commands.AppCommandChannel, ChannelOption]
        | None = None,
        nation: str | None = None,
        region: str | None = None,
    ) -> None:
        """Put up, or end, a message that shows the night as it goes."""
        services, on = self.services, self.services.newest_night
        lens = lens_named(services, on, nation=nation, region=region)
        if not lens.councils(services.reader.councils(on)):
            raise CannotAnswer(
                "No council votes there, and a board shows councils: choose another place, or none."
            )
        await put_board(interaction, channel or interaction.channel, lens)

    @board.autocomplete("nation")
    async def complete_nation_of_board(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the nations in which councils vote."""
        services = self.services
        return choices(places_like(nations(services, services.newest_night), typed))

    @board.autocomplete("region")
    async def complete_region_of_board(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the regions in which councils vote."""
        services = self.services
        return choices(places_like(regions(services, services.newest_night), typed))
