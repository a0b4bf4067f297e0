"""`/mayor`, `/referendum`, `/constituency`, `/assembly`, `/contests`: what else is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.assembly import assembly_card
from bot.cards.ballots import ballot_card, ballots_card, constituency_card
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.lookups import ballot_named, ballots_like
from bot.chat.questions import LONGEST_OPTION, Answer, CannotAnswer, Question, Subject, answered_by
from bot.delivery.subscriptions import Topic
from bot.election.ballots import Ballot, BallotStanding
from bot.election.claims import ClaimState
from bot.election.notices import LargestParty
from bot.election.reports import BallotKind
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.wording.phrases import day

Interaction = discord.Interaction[ElectionNight]

_ASKED_BY = {
    BallotKind.MAYOR: ("mayor", "area"),
    BallotKind.REFERENDUM: ("referendum", "area"),
    BallotKind.ASSEMBLY: ("constituency", "name"),
}
_NIGHT = "The polling date; the night that is followed without it"
_PUBLIC = "Show the answer to everybody in the channel"
_LARGEST = LargestParty("").key
_ELSEWHERE = "`/contests` lists what is; another night is chosen with `night`."


class ContestsCog(commands.Cog, name="Contests"):
    """Answers for what is decided beside the councils."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer_mayor", "Croydon"))
    @app_commands.describe(area="Whose mayor: the place's name", night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def mayor(
        self,
        interaction: Interaction,
        area: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """The election of a mayor: both rounds, turnout, who held the post before."""
        await reply(interaction, await self.answer_mayor(area, night), public=public)

    @app_commands.command(extras=answered_by("answer_referendum", "Bristol"))
    @app_commands.describe(area="Where it is held: the place's name", night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def referendum(
        self,
        interaction: Interaction,
        area: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """A referendum: the question, the votes, what follows."""
        await reply(interaction, await self.answer_referendum(area, night), public=public)

    @app_commands.command(extras=answered_by("answer_constituency", "Belfast East"))
    @app_commands.describe(name="The constituency's name", night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def constituency(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """A constituency of the Assembly: who is elected, count by count."""
        await reply(interaction, await self.answer_constituency(name, night), public=public)

    @app_commands.command(extras=answered_by("answer_assembly"))
    @app_commands.describe(night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def assembly(
        self, interaction: Interaction, night: str | None = None, public: bool = False
    ) -> None:
        """The Northern Ireland Assembly: seats, votes and the race for largest party."""
        await reply(interaction, await self.answer_assembly(night), public=public)

    @app_commands.command(extras=answered_by("answer_contests"))
    @app_commands.describe(night=_NIGHT, public=_PUBLIC)
    @app_commands.autocomplete(night=complete_night)
    @lookup
    async def contests(
        self, interaction: Interaction, night: str | None = None, public: bool = False
    ) -> None:
        """Everything that is decided beside the councils."""
        await reply(interaction, await self.answer_contests(night), public=public)

    @mayor.autocomplete("area")
    async def complete_mayor(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the places that elect a mayor."""
        return self._like(BallotKind.MAYOR, typed)

    @referendum.autocomplete("area")
    async def complete_referendum(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the places that hold a referendum."""
        return self._like(BallotKind.REFERENDUM, typed)

    @constituency.autocomplete("name")
    async def complete_constituency(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the constituencies whose name comes near."""
        return self._like(BallotKind.ASSEMBLY, typed)

    def _like(self, kind: BallotKind, typed: str) -> Choices:
        return choices(ballots_like(self._ballots_of(kind, self.services.newest_night), typed))

    def _ballots_of(self, kind: BallotKind, on: date) -> list[Ballot]:
        every = self.services.reader.ballots(on)
        return [one.ballot for one in every if one.ballot.kind is kind]

    async def answer_mayor(self, area: str, night: str | None = None) -> Answer:
        """Return what is known of a mayor's election. Raises `CannotAnswer`."""
        return self._answer(BallotKind.MAYOR, "election of a mayor", area, night)

    async def answer_referendum(self, area: str, night: str | None = None) -> Answer:
        """Return what is known of a referendum. Raises `CannotAnswer`."""
        return self._answer(BallotKind.REFERENDUM, "referendum", area, night)

    async def answer_constituency(
        self, name: str, night: str | None = None, page: int = 1
    ) -> Answer:
        """Return a page of what is known of a constituency. Raises `CannotAnswer`."""
        services, on = self.services, self.services.night(night)
        standing = self._standing(BallotKind.ASSEMBLY, "constituency", name, on)
        shown = constituency_card(
            standing,
            services.named,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
        )
        return Answer(
            _question(standing.ballot, on),
            (shown.card,),
            shown.number,
            shown.pages,
            _subject(standing.ballot),
            suggestions=(("The Assembly", Question("assembly", {"night": on.isoformat()})),),
        )

    async def answer_assembly(self, night: str | None = None) -> Answer:
        """Return how the Assembly stands. Raises `CannotAnswer` where none is elected."""
        services, on = self.services, self.services.night(night)
        found = [
            one for one in services.reader.ballots(on) if one.ballot.kind is BallotKind.ASSEMBLY
        ]
        if not found:
            raise CannotAnswer(
                f"No constituency of an Assembly is known for {day(on)}. {_ELSEWHERE}"
            )
        card = assembly_card(
            found,
            services.named,
            services.moment_of(on),
            settled_at=self._settled_at(on),
            feeds=services.heard_of(on),
        )
        question = Question("assembly", {"night": on.isoformat()})
        about = Subject(Topic.CONTESTS, BallotKind.ASSEMBLY, "the Assembly")
        almanac = services.named
        return Answer(
            question,
            (card,),
            about=about,
            menu=_menu(found, on),
            compose=lambda: assembly_picture(found, almanac),
        )

    async def answer_contests(self, night: str | None = None, page: int = 1) -> Answer:
        """Return a page of all contests of a night."""
        services, on = self.services, self.services.night(night)
        shown, here = ballots_card(
            services.reader.ballots(on),
            services.named,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
            not_followed=services.reader.not_followed(on),
        )
        question = Question("contests", {"night": on.isoformat()})
        return Answer(question, (shown.card,), shown.number, shown.pages, menu=_menu(here, on))

    def _answer(self, kind: BallotKind, what: str, area: str, night: str | None) -> Answer:
        services, on = self.services, self.services.night(night)
        standing = self._standing(kind, what, area, on)
        almanac = services.named  # read here: the picture is composed in another thread
        card = ballot_card(standing, almanac, services.moment_of(on), feeds=services.heard_of(on))
        ballot = standing.ballot
        return Answer(
            _question(ballot, on),
            (card,),
            about=_subject(ballot),
            suggestions=(("All contests", Question("contests", {"night": on.isoformat()})),),
            compose=lambda: ballot_picture(standing, almanac),
        )

    def _standing(self, kind: BallotKind, what: str, name: str, on: date) -> BallotStanding:
        found = self._ballots_of(kind, on)
        if not found:
            raise CannotAnswer(f"No {what} is known for {day(on)}. {_ELSEWHERE}")
        ballot = ballot_named(found, what, name)
        standing = self.services.reader.ballot(on, ballot.code)
        return standing or BallotStanding(on, ballot)

    def _settled_at(self, on: date) -> datetime | None:
        """Return when the largest party was told for certain, None while that is not so."""
        told = [one for one in self.services.reader.notices(on) if one.key == _LARGEST]
        if not told or told[-1].version.state is ClaimState.RETRACTED:
            return None
        return told[-1].made_at


def _question(ballot: Ballot, on: date) -> Question:
    command, option = _ASKED_BY[ballot.kind]
    return Question(command, {option: ballot.code, "night": on.isoformat()})


def _menu(standings: Iterable[BallotStanding], on: date) -> tuple[tuple[str, Question], ...]:
    return tuple((one.ballot.name, _question(one.ballot, on)) for one in standings)


def _subject(ballot: Ballot) -> Subject:
    return Subject(Topic.CONTEST, ballot.code, ballot.name)
