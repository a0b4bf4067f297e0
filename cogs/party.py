"""`/party`: a party's councils and seats, its gains and losses by name."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.party import party_card
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.lookups import parties_like, party_named
from bot.chat.questions import LONGEST_OPTION, Answer, Question, Subject, answered_by
from bot.delivery.subscriptions import Topic
from bot.pictures.party import party_picture
from bot.wording.night import NightView


class PartyCog(commands.Cog, name="Party"):
    """Answers for one party."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer", "Labour"))
    @app_commands.describe(
        name="The party's name or abbreviation",
        night="The polling date; the night that is followed without it",
        public="Show the answer to everybody in the channel",
    )
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def party(
        self,
        interaction: discord.Interaction[ElectionNight],
        name: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """A party's councils and seats, its gains and losses."""
        await reply(interaction, await self.answer(name, night), public=public)

    @party.autocomplete("name")
    async def complete_name(
        self, interaction: discord.Interaction[ElectionNight], typed: str
    ) -> Choices:
        """Offer the parties whose name comes near."""
        return choices(parties_like(self.services.almanac_of(self.services.newest_night), typed))

    async def answer(self, name: str, night: str | None = None) -> Answer:
        """Return how the party that *name* means does. Raises `CannotAnswer`."""
        services, on = self.services, self.services.night(night)
        standings, almanac = services.reader.councils(on), services.almanac_of(on)
        party = party_named(almanac, name)
        card = party_card(
            party,
            NightView(
                standings,
                almanac,
                services.moment_of(on),
                ballots=services.reader.ballots(on),
                feeds=services.heard_of(on),
            ),
        )
        question = Question("party", {"name": party.code, "night": on.isoformat()})
        return Answer(
            question,
            (card,),
            about=Subject(Topic.PARTY, party.code, party.name),
            compose=lambda: party_picture(party, standings, almanac),
        )


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(PartyCog(client))
