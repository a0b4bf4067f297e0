"""`/history`: who controlled a council, what changed, and its seats year by year."""

from __future__ import annotations

from discord.ext import commands

from bot.cards.history import history_card
from bot.chat.client import ElectionNight
from bot.chat.commands import look_up
from bot.chat.lookups import council_of_the_past, followable
from bot.chat.options import CouncilName, Night
from bot.chat.questions import Answer, question_of
from bot.election.standings import CouncilStanding


class HistoryCog(commands.Cog, name="History"):
    """Answers about a council's past."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up("Hull")
    async def history(
        self, council: CouncilName, night: Night | None = None, page: int = 1
    ) -> Answer:
        """Who controlled a council over the years, and its seats year by year."""
        services, on = self.services, self.services.night(night)
        found = council_of_the_past(services, council, on)
        standing = services.reader.council(on, found.code) or CouncilStanding(on, found)
        shown = history_card(
            standing,
            services.named,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
            last=services.reader.last_result(found.code, on),
        )
        councils, election = (
            services.almanac.councils,
            services.almanac.night(on).elections.get(found.code),
        )
        others = (
            *map(councils.get, election.predecessors if election else ()),
            *councils.predecessors(found),
            *map(councils.get, found.successors),
        )
        menu = tuple(
            (other.name, question_of("history", on, council=other.code))
            for other in dict.fromkeys(others)
        )
        return Answer.of_page(
            question_of("history", on, council=found.code),
            shown,
            about=followable(found, on),
            menu=menu,
        )
