"""`/ward`: one ward with its candidates, or all wards of a council."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.wards import Ward, ward_card, wards_card
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.lookups import (
    council_named,
    councils_like,
    ward_named,
    wards_like,
)
from bot.chat.questions import LONGEST_OPTION, Answer, CannotAnswer, Question, Subject, answered_by
from bot.chat.services import Services
from bot.delivery.subscriptions import Topic
from bot.election.councils import Council


class WardsCog(commands.Cog, name="Wards"):
    """Answers for the wards of a council."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer", "Hull"))
    @app_commands.describe(
        council="The council's name, or its code",
        ward="The ward's name, or its code; all wards without it",
        night="The polling date; the night that is followed without it",
        public="Show the answer to everybody in the channel",
    )
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def ward(
        self,
        interaction: discord.Interaction[ElectionNight],
        council: app_commands.Range[str, 1, LONGEST_OPTION],
        ward: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """A ward's candidates, votes and winners, or all wards of a council."""
        await reply(interaction, await self.answer(council, ward, night), public=public)

    @ward.autocomplete("council")
    async def complete_council(
        self, interaction: discord.Interaction[ElectionNight], typed: str
    ) -> Choices:
        """Offer the councils whose name comes near."""
        return choices(councils_like(self.services, typed, self.services.newest_night))

    @ward.autocomplete("ward")
    async def complete_ward(
        self, interaction: discord.Interaction[ElectionNight], typed: str
    ) -> Choices:
        """Offer the wards of the council that is chosen."""
        try:
            on = self.services.night(getattr(interaction.namespace, "night", None))
            found = self._council(getattr(interaction.namespace, "council", None) or "", on)
        except CannotAnswer:
            return []
        return choices(wards_like(wards_of(self.services, on, found), typed))

    async def answer(
        self, council: str, ward: str | None = None, night: str | None = None, page: int = 1
    ) -> Answer:
        """Return a ward, or a page of all wards of a council. Raises `CannotAnswer`.

        Without *ward*, *council* may name both: "Hull University".
        """
        services, on = self.services, self.services.night(night)
        found, rest = (self._council(council, on), ward) if ward else self._apart(council, on)
        wards = wards_of(services, on, found)
        about = Subject(Topic.COUNCIL, found.code, found.name)
        if rest:
            chosen = ward_named(found, wards, rest)
            card = ward_card(
                chosen,
                services.named.parties,
                services.moment_of(on),
                feeds=services.heard_of(on),
            )
            further = ((f"All wards of {found.name}", wards_question(found, on)),)
            return Answer(ward_question(chosen, on), (card,), about=about, suggestions=further)
        shown, here = wards_card(
            found,
            wards,
            services.named.parties,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
        )
        menu = tuple((one.name, ward_question(one, on)) for one in here)
        question = wards_question(found, on)
        return Answer(question, (shown.card,), shown.number, shown.pages, about, menu=menu)

    def _council(self, name: str, on: date) -> Council:
        return council_named(self.services, name, on)

    def _apart(self, text: str, on: date) -> tuple[Council, str | None]:
        """Return the council of "Hull University" and the ward's name: the longest name counts."""
        words = text.split()
        councils = self.services.almanac.councils
        for length in range(len(words), 0, -1):
            council = councils.resolve(" ".join(words[:length]), on)
            if council.known:
                return council, " ".join(words[length:]) or None
        return self._council(text, on), None


def wards_of(services: Services, on: date, council: Council) -> Sequence[Ward]:
    """Return the wards of a council on a night by name: our table's and those of the feeds."""
    table = {seat.key: seat for seat in services.almanac.night(on).wards.get(council.code, ())}
    heard: dict[str, Ward] = {}
    found: list[Ward] = []
    for detail in services.reader.wards(on, council.code):
        report = detail.report
        key = detail.standing.ballot_id  # the ward that the report was taken for
        known = table.get(key)
        if report.by_election:
            name = f"{report.ward} (by-election)"
            source, counts = detail.standing.source, detail.standing.counts_tonight
            found.append(Ward(name, name, council, None, report, source, counts))
            continue
        name = known.name if known else report.ward
        code = (known.gss if known else report.ward_gss) or name
        heard[key] = Ward(name, code, council, known, report, detail.standing.source)
    silent = [
        Ward(seat.name, seat.gss or seat.name, council, seat)
        for seat in table.values()
        if seat.key not in heard
    ]
    return sorted((*heard.values(), *found, *silent), key=lambda ward: ward.name)


def wards_question(council: Council, on: date) -> Question:
    """Return the question after all wards of a council."""
    return Question("ward", {"council": council.code, "night": on.isoformat()})


def ward_question(ward: Ward, on: date) -> Question:
    """Return the question after one ward."""
    options = {"council": ward.council.code, "ward": ward.code, "night": on.isoformat()}
    return Question("ward", options)
