"""`/night`: the summary, the changes of hands, the latest results and what declares next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.card import Page
from bot.cards.night import CHANGES, changes_card, latest_card, next_card
from bot.cards.summary import headline_card, summary_cards
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.lookups import (
    councils_like,
    lens_named,
    nations,
    options_of,
    parties_like,
    party_named,
    places_like,
    regions,
)
from bot.chat.questions import Answer, Question, answered_by
from bot.election.control import Outcome
from bot.election.standings import CouncilStanding
from bot.pictures.night import picture_through
from bot.wording.night import NightView
from cogs.night._pictures import PicturesOfTheNight, to_look_at

Interaction = discord.Interaction[ElectionNight]

_KINDS = {
    "changes of hands": ("changes", CHANGES),
    "gained from another party": ("gain", {Outcome.GAIN}),
    "gained from no overall control": ("noc-gain", {Outcome.GAIN_FROM_NOC}),
    "lost to no overall control": ("noc-loss", {Outcome.LOSS_TO_NOC}),
    "first elections": ("first", {Outcome.FIRST_ELECTION}),
    "held": ("hold", {Outcome.HOLD}),
    "stays under no overall control": ("noc-stay", {Outcome.STAYS_NOC}),
    "every result": ("all", set(Outcome)),
}
"""By the words that are chosen, the code that a button remembers, and what they mean."""
_OUTCOMES = dict(_KINDS.values())
_NIGHT = "The polling date; the night that is followed without it"
_LENS = {
    "party": "Only what concerns this party",
    "nation": "Only this nation",
    "region": "Only this region",
    "council": "Only this council",
}
_PLACE = {name: _LENS[name] for name in ("nation", "region")}
_PUBLIC = "Show the answer to everybody in the channel"


@lookup
class NightCog(PicturesOfTheNight, commands.GroupCog, name="Night", group_name="night"):
    """The night as a whole."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer_headline"))
    @app_commands.describe(**_LENS, night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    async def headline(
        self,
        interaction: Interaction,
        *,
        party: str | None = None,
        nation: str | None = None,
        region: str | None = None,
        council: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """What is happening, in a few sentences: the biggest stories so far."""
        answer = await self.answer_headline(
            party=party, nation=nation, region=region, council=council, night=night
        )
        await reply(interaction, answer, public=public)

    @app_commands.command(extras=answered_by("answer_summary"))
    @app_commands.describe(**_LENS, night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    async def summary(
        self,
        interaction: Interaction,
        *,
        party: str | None = None,
        nation: str | None = None,
        region: str | None = None,
        council: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """The state of the night: who gained, who lost, seats and councils by party."""
        answer = await self.answer_summary(
            party=party, nation=nation, region=region, council=council, night=night
        )
        await reply(interaction, answer, public=public)

    @app_commands.command(extras=answered_by("answer_changes"))
    @app_commands.describe(
        party="Only this party's gains and losses",
        kind="What became of the councils; changes of hands without it",
        **_PLACE,
        night=_NIGHT,
        public=_PUBLIC,
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=kind, value=code) for kind, (code, _) in _KINDS.items()]
    )
    @app_commands.autocomplete(night=complete_night)
    async def changes(
        self,
        interaction: Interaction,
        *,
        party: str | None = None,
        kind: str | None = None,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """The councils that changed hands, newest first."""
        answer = await self.answer_changes(
            party=party, kind=kind, nation=nation, region=region, night=night
        )
        await reply(interaction, answer, public=public)

    @app_commands.command(extras=answered_by("answer_latest"))
    @app_commands.describe(**_PLACE, night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    async def latest(
        self,
        interaction: Interaction,
        *,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """Every result so far, newest first."""
        answer = await self.answer_latest(nation=nation, region=region, night=night)
        await reply(interaction, answer, public=public)

    @app_commands.command(name="next", extras=answered_by("answer_next"))
    @app_commands.describe(**_PLACE, night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    async def next_(
        self,
        interaction: Interaction,
        *,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """The timetable: what is still to declare, what is late, when each nation counts."""
        answer = await self.answer_next(nation=nation, region=region, night=night)
        await reply(interaction, answer, public=public)

    @headline.autocomplete("party")
    @summary.autocomplete("party")
    @changes.autocomplete("party")
    async def complete_party(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the parties whose name comes near."""
        return choices(parties_like(self.services.almanac_of(self.services.newest_night), typed))

    @headline.autocomplete("nation")
    @summary.autocomplete("nation")
    @changes.autocomplete("nation")
    @latest.autocomplete("nation")
    @next_.autocomplete("nation")
    async def complete_nation(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the nations that vote."""
        return choices(self.nations_like(typed))

    @headline.autocomplete("region")
    @summary.autocomplete("region")
    @changes.autocomplete("region")
    @latest.autocomplete("region")
    @next_.autocomplete("region")
    async def complete_region(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the regions that vote."""
        return choices(self.regions_like(typed))

    @headline.autocomplete("council")
    @summary.autocomplete("council")
    async def complete_council(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the councils whose name comes near."""
        return choices(councils_like(self.services, typed, self.services.newest_night))

    def nations_like(self, typed: str) -> dict[str, str]:
        """Return the nations that vote whose name contains *typed*."""
        services = self.services
        return places_like(nations(services, services.newest_night, ballots=True), typed)

    def regions_like(self, typed: str) -> dict[str, str]:
        """Return the regions that vote whose name contains *typed*."""
        services = self.services
        return places_like(regions(services, services.newest_night, ballots=True), typed)

    async def answer_headline(
        self,
        *,
        party: str | None = None,
        nation: str | None = None,
        region: str | None = None,
        council: str | None = None,
        night: str | None = None,
    ) -> Answer:
        """Return the running headline, of the whole night or of a part of it."""
        on, standings, now = self._night(night)
        lens = lens_named(
            self.services, on, party=party, nation=nation, region=region, council=council
        )
        shown = headline_card(
            NightView(
                standings,
                self.services.almanac_of(on),
                now,
                ballots=self.services.reader.ballots(on),
                lens=lens,
                feeds=self.services.heard_of(on),
            ),
            notes=self.services.reader.desk_notes(on),
        )
        question = Question("night headline", {**options_of(lens), "night": on.isoformat()})
        return Answer(question, (shown,), suggestions=to_look_at(on, lens))

    async def answer_summary(
        self,
        *,
        party: str | None = None,
        nation: str | None = None,
        region: str | None = None,
        council: str | None = None,
        night: str | None = None,
    ) -> Answer:
        """Return the summary of the night as it stands, or of a part of it."""
        on, standings, now = self._night(night)
        lens = lens_named(
            self.services, on, party=party, nation=nation, region=region, council=council
        )
        cards = summary_cards(
            NightView(
                standings,
                self.services.almanac_of(on),
                now,
                ballots=self.services.reader.ballots(on),
                lens=lens,
                feeds=self.services.heard_of(on),
            ),
            reconciled=self.services.is_reconciled(on),
            notes=self.services.reader.desk_notes(on),
            paused=self.services.reader.desk_pause() is not None,
        )
        almanac = self.services.almanac_of(on)
        return Answer(
            Question("night summary", {**options_of(lens), "night": on.isoformat()}),
            cards,
            suggestions=to_look_at(on, lens),
            compose=lambda: picture_through(lens, standings, almanac),
        )

    async def answer_changes(
        self,
        *,
        party: str | None = None,
        kind: str | None = None,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        page: int = 1,
    ) -> Answer:
        """Return a page of the results of a *kind* that concern a *party*, in a place."""
        on, standings, now = self._night(night)
        lens = lens_named(self.services, on, nation=nation, region=region)
        almanac = self.services.almanac_of(on)
        whose = None if party is None else party_named(almanac, party)
        outcomes = _OUTCOMES[kind] if kind else CHANGES
        shown = changes_card(
            NightView(standings, almanac, now, lens=lens, feeds=self.services.heard_of(on)),
            party=whose,
            outcomes=outcomes,
            page=page,
        )
        options = {"party": whose.code if whose else None, "kind": kind, **options_of(lens)}
        given = {name: value for name, value in options.items() if value is not None}
        return _paged(Question("night changes", {**given, "night": on.isoformat()}), shown)

    async def answer_latest(
        self,
        *,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        page: int = 1,
    ) -> Answer:
        """Return a page of the results in force, of the whole night or of a place."""
        on, standings, now = self._night(night)
        lens = lens_named(self.services, on, nation=nation, region=region)
        shown = latest_card(
            NightView(
                standings,
                self.services.almanac_of(on),
                now,
                lens=lens,
                feeds=self.services.heard_of(on),
            ),
            page=page,
        )
        return _paged(
            Question("night latest", {**options_of(lens), "night": on.isoformat()}), shown
        )

    async def answer_next(
        self,
        *,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        page: int = 1,
    ) -> Answer:
        """Return a page of the timetable, of the whole night or of a place."""
        on, standings, now = self._night(night)
        lens = lens_named(self.services, on, nation=nation, region=region)
        shown = next_card(
            NightView(
                standings,
                self.services.almanac_of(on),
                now,
                ballots=self.services.reader.ballots(on),
                lens=lens,
                feeds=self.services.heard_of(on),
            ),
            page=page,
        )
        return _paged(Question("night next", {**options_of(lens), "night": on.isoformat()}), shown)

    def _night(self, chosen: str | None) -> tuple[date, Sequence[CouncilStanding], datetime]:
        on = self.services.night(chosen)
        return on, self.services.reader.councils(on), self.services.moment_of(on)


class TimetableCog(commands.Cog, name="Timetable"):
    """The timetable by the name that people type; `/night next` is the same."""

    def __init__(self, night: NightCog) -> None:
        self.night = night

    @app_commands.command(extras=answered_by("answer"))
    @app_commands.describe(**_PLACE, night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def timetable(
        self,
        interaction: Interaction,
        *,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """What declares next, what is late, and when each nation begins to count."""
        answer = await self.answer(nation=nation, region=region, night=night)
        await reply(interaction, answer, public=public)

    @timetable.autocomplete("nation")
    async def complete_nation(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the nations that vote."""
        return choices(self.night.nations_like(typed))

    @timetable.autocomplete("region")
    async def complete_region(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the regions that vote."""
        return choices(self.night.regions_like(typed))

    async def answer(
        self,
        *,
        nation: str | None = None,
        region: str | None = None,
        night: str | None = None,
        page: int = 1,
    ) -> Answer:
        """Return a page of the timetable, of the whole night or of a place."""
        return await self.night.answer_next(nation=nation, region=region, night=night, page=page)


def _paged(question: Question, shown: Page) -> Answer:
    return Answer(question, (shown.card,), shown.number, shown.pages)
