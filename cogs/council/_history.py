"""`/history`: who controlled a council, what changed, and its seats year by year."""

from __future__ import annotations

from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.history import history_card
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.lookups import council_named, councils_like
from bot.chat.questions import LONGEST_OPTION, Answer, Question, Subject, answered_by
from bot.delivery.subscriptions import Topic
from bot.election.standings import CouncilStanding


class HistoryCog(commands.Cog, name="History"):
    """Answers for a council's past."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer", "Hull"))
    @app_commands.describe(
        council="The council's name, or its code",
        night="The polling date; the night that is followed without it",
        public="Show the answer to everybody in the channel",
    )
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def history(
        self,
        interaction: discord.Interaction[ElectionNight],
        council: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """Who controlled a council since 1973, and its seats year by year."""
        await reply(interaction, await self.answer(council, night), public=public)

    @history.autocomplete("council")
    async def complete_council(
        self, interaction: discord.Interaction[ElectionNight], typed: str
    ) -> Choices:
        """Offer the councils whose name comes near."""
        return choices(councils_like(self.services, typed, self.services.newest_night))

    async def answer(self, council: str, night: str | None = None, page: int = 1) -> Answer:
        """Return a page of a council's past. Raises `CannotAnswer` for a name that is none."""
        services, on = self.services, self.services.night(night)
        found = council_named(services, council, on)
        standing = services.reader.council(on, found.code) or CouncilStanding(on, found)
        shown = history_card(
            standing,
            services.named,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
            last=services.reader.last_result(found.code, on),
        )
        election = services.almanac.night(on).elections.get(found.code)
        others = (*(election.predecessors if election else ()), *found.successors)
        menu = tuple(
            (other.name, history_question(other.code, on))
            for other in map(services.almanac.councils.get, others)
        )
        return Answer(
            history_question(found.code, on),
            (shown.card,),
            shown.number,
            shown.pages,
            Subject(Topic.COUNCIL, found.code, found.name),
            menu=menu,
        )


def history_question(council: str, on: date) -> Question:
    """Return the question after the past of a council, by its code."""
    return Question("history", {"council": council, "night": on.isoformat()})
