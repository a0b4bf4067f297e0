"""`/council`: who controls a council, what changed, and what is known before it declares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.council import council_card, no_council_card
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.lookups import council_on_the_wire, councils_like, nations, options_of, regions
from bot.chat.questions import LONGEST_OPTION, Answer, Question, Subject, answered_by, question_of
from bot.chat.services import Services
from bot.delivery.subscriptions import Topic
from bot.election.councils import Council
from bot.election.headlines import WHOLE_NIGHT, Lens
from bot.election.reports import WardReport
from bot.election.standings import CouncilStanding
from bot.pictures.council import council_picture
from cogs.council._history import history_question


class CouncilCog(commands.Cog, name="Council"):
    """Answers for one council."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer", "Hull"))
    @app_commands.describe(
        name="The council's name, or its code",
        night="The polling date; the night that is followed without it",
        public="Show the answer to everybody in the channel",
    )
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def council(
        self,
        interaction: discord.Interaction[ElectionNight],
        name: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """Who controls a council, before and now, seat by seat."""
        await reply(interaction, await self.answer(name, night), public=public)

    @council.autocomplete("name")
    async def complete_name(
        self, interaction: discord.Interaction[ElectionNight], typed: str
    ) -> Choices:
        """Offer the councils whose name comes near, those that vote on the night first."""
        return choices(councils_like(self.services, typed, self.services.newest_night))

    async def answer(self, name: str, night: str | None = None) -> Answer:
        """Return what is known of the council that *name* means, or the names that come near."""
        services, on = self.services, self.services.night(night)
        found = services.almanac.councils.find(name, on)
        council = council_on_the_wire(name, services.reader.councils(on)) or found.council
        if council is None:
            card = no_council_card(name, found.suggestions)
            suggestions = _asking_for(found.suggestions, on)
            return Answer(Question("council", {"name": name}), (card,), suggestions=suggestions)
        standing = services.reader.council(on, council.code) or CouncilStanding(on, council)
        card = council_card(
            standing,
            services.named,
            services.moment_of(on),
            feeds=services.heard_of(on),
            notes=[
                note for one, note in services.reader.desk_notes(on) if one.code == council.code
            ],
            wards=_ballots(services, standing),
            last=services.reader.last_result(council.code, on),
        )
        heirs = [
            services.almanac.councils.get(code)
            for code, election in services.almanac.night(on).elections.items()
            if council.code in election.predecessors
        ]
        almanac = services.named
        wards = services.almanac.night(on).wards.get(council.code) or standing.wards
        further = [("Wards", question_of("ward", on, council=council.code))] if wards else []
        if services.almanac.history.get(council.code):
            further.append(("History", history_question(council.code, on)))
        further.append(
            ("Map", question_of("night map", on, **options_of(_place(council, services, on))))
        )
        return Answer(
            _question(council, on),
            (card,),
            about=Subject(Topic.COUNCIL, council.code, council.name),
            suggestions=(*further, *_asking_for(heirs, on)),
            compose=lambda: council_picture(standing, almanac),
        )


def _ballots(services: Services, standing: CouncilStanding) -> list[WardReport]:
    """Return the ballots of a council that has declared: before that their votes are not whole."""
    if not standing.is_declared:
        return []
    return [one.report for one in services.reader.wards(standing.night, standing.council.code)]


def _question(council: Council, on: date) -> Question:
    return Question("council", {"name": council.code, "night": on.isoformat()})


def _place(council: Council, services: Services, on: date) -> Lens:
    """Return the region that a council lies in, or its nation, where anything is voted on there."""
    if council.region in regions(services, on):
        return Lens(region=council.region)
    return Lens(nation=council.nation) if council.nation in nations(services, on) else WHOLE_NIGHT


def _asking_for(councils: Iterable[Council], on: date) -> tuple[tuple[str, Question], ...]:
    return tuple((council.name, _question(council, on)) for council in councils)
