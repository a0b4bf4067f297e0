"""`/party`: a party's councils and seats, its gains and losses by name."""

from __future__ import annotations

from discord.ext import commands

from bot.cards.party import how_a_party_is_known, party_card
from bot.chat.client import ElectionNight
from bot.chat.commands import look_up
from bot.chat.lookups import party_named
from bot.chat.options import Night, PartyName, Show
from bot.chat.questions import HOW_WE_KNOW, Answer, Followable, how_we_know, question_of
from bot.election.alert_kinds import Topic
from bot.pictures.party import party_picture


class PartyCog(commands.Cog, name="Party"):
    """Answers about one party."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up("Labour")
    async def party(
        self, name: PartyName, show: Show | None = None, night: Night | None = None
    ) -> Answer:
        """A party's councils and seats, its gains and losses."""
        services, on = self.services, self.services.night(night)
        view = services.view_of(on)
        party = party_named(view.almanac, name)
        question = question_of("party", on, name=party.code)
        if show == HOW_WE_KNOW:
            return how_we_know(question, how_a_party_is_known(party, view))
        return Answer(
            question,
            (party_card(party, view),),
            about=Followable(Topic.PARTY, party.code, party.name),
            sources=True,
            compose=lambda: party_picture(party, view),
        )


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(PartyCog(client))
