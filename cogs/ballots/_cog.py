"""`/mayor`, `/referendum`, `/constituency`, `/assembly`, `/contests`: what else is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.assembly import assembly_card, how_the_assembly_is_known
from bot.cards.ballots import (
    ballot_card,
    ballots_card,
    constituency_card,
    how_a_ballot_is_known,
)
from bot.cards.card import Card
from bot.chat.client import ElectionNight
from bot.chat.commands import NameOption, Offer, look_up
from bot.chat.lookups import ballot_named, ballots_like
from bot.chat.options import Night, Show, of_newest_night
from bot.chat.questions import (
    HOW_WE_KNOW,
    Answer,
    CannotAnswer,
    Followable,
    Question,
    how_we_know,
    question_about,
    question_of,
)
from bot.chat.services import Services
from bot.election.alert_kinds import Topic
from bot.election.ballots import Ballot, BallotStanding
from bot.election.claims import ClaimState, LargestParty
from bot.election.reports import BallotKind
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.wording.phrases import day

_LARGEST = LargestParty("").key
_ELSEWHERE = "See `/contests` for what we cover, or choose another night with the `night` option."


def _unknown(what: str, on: date) -> str:
    """Return the answer where nothing is known of a kind of ballot on a night."""
    return f"We have no information on any {what} of {day(on)}. {_ELSEWHERE}"


def _offer(kind: BallotKind) -> Offer:
    """Return an offer of the ballots of a *kind* on the night that is followed."""
    return of_newest_night(
        lambda services, typed, on: ballots_like(_ballots_of(services, kind, on), typed)
    )


MayorArea = Transform[str, NameOption("The place, for example Croydon", _offer(BallotKind.MAYOR))]
ReferendumArea = Transform[
    str, NameOption("The place, for example Bristol", _offer(BallotKind.REFERENDUM))
]
Constituency = Transform[str, NameOption("The constituency's name", _offer(BallotKind.ASSEMBLY))]


class ContestsCog(commands.Cog, name="Contests"):
    """Answers about mayors, referendums and the Assembly."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up("Croydon")
    async def mayor(
        self, area: MayorArea, show: Show | None = None, night: Night | None = None
    ) -> Answer:
        """A mayor's election: winner, majority, both rounds, turnout."""
        return self._answer(BallotKind.MAYOR, "mayoral election", area, show, night)

    @look_up("Bristol")
    async def referendum(
        self, area: ReferendumArea, show: Show | None = None, night: Night | None = None
    ) -> Answer:
        """A referendum: the answer, the votes, what happens next."""
        return self._answer(BallotKind.REFERENDUM, "referendum", area, show, night)

    @look_up("Belfast East")
    async def constituency(
        self,
        name: Constituency,
        show: Show | None = None,
        night: Night | None = None,
        page: int = 1,
    ) -> Answer:
        """An Assembly constituency: who is elected, count by count."""
        services, on = self.services, self.services.night(night)
        standing = self._standing(BallotKind.ASSEMBLY, "constituency", name, on)
        question = question_about(standing.ballot, on)
        if show == HOW_WE_KNOW:
            return how_we_know(question, self._how(standing, on))
        shown = constituency_card(
            standing,
            services.named,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
        )
        return Answer.of_page(
            question,
            shown,
            about=_followable(standing.ballot),
            suggestions=(("The Assembly", question_of("assembly", on)),),
            sources=True,
        )

    @look_up()
    async def assembly(self, show: Show | None = None, night: Night | None = None) -> Answer:
        """The Northern Ireland Assembly: seats, votes, largest party."""
        services, on = self.services, self.services.night(night)
        found = [
            one for one in services.reader.ballots(on) if one.ballot.kind is BallotKind.ASSEMBLY
        ]
        if not found:
            raise CannotAnswer(_unknown("Assembly election", on))
        question, almanac = question_of("assembly", on), services.named
        now, feeds = services.moment_of(on), services.heard_of(on)
        if show == HOW_WE_KNOW:
            return how_we_know(
                question, how_the_assembly_is_known(found, almanac, now, feeds=feeds)
            )
        card = assembly_card(found, almanac, now, settled_at=self._settled_at(on), feeds=feeds)
        about = Followable(Topic.CONTESTS, BallotKind.ASSEMBLY, "the Assembly")
        return Answer(
            question,
            (card,),
            about=about,
            menu=_menu(found, on),
            sources=True,
            compose=lambda: assembly_picture(found, almanac),
        )

    @look_up()
    async def contests(self, night: Night | None = None, page: int = 1) -> Answer:
        """Mayors, referendums, by-elections and the Assembly."""
        services, on = self.services, self.services.night(night)
        shown, here = ballots_card(
            services.reader.ballots(on),
            services.named,
            services.moment_of(on),
            page=page,
            feeds=services.heard_of(on),
            not_followed=services.reader.not_followed(on),
        )
        return Answer.of_page(question_of("contests", on), shown, menu=_menu(here, on))

    def _answer(
        self, kind: BallotKind, what: str, area: str, show: str | None, night: str | None
    ) -> Answer:
        services, on = self.services, self.services.night(night)
        standing = self._standing(kind, what, area, on)
        ballot = standing.ballot
        if show == HOW_WE_KNOW:
            return how_we_know(question_about(ballot, on), self._how(standing, on))
        almanac = services.named  # read here, as the picture is composed in another thread
        card = ballot_card(standing, almanac, services.moment_of(on), feeds=services.heard_of(on))
        return Answer(
            question_about(ballot, on),
            (card,),
            about=_followable(ballot),
            suggestions=(("All contests", question_of("contests", on)),),
            sources=True,
            compose=lambda: ballot_picture(standing, almanac),
        )

    def _how(self, standing: BallotStanding, on: date) -> Card:
        services = self.services
        moment, feeds = services.moment_of(on), services.heard_of(on)
        return how_a_ballot_is_known(standing, moment, feeds=feeds)

    def _standing(self, kind: BallotKind, what: str, name: str, on: date) -> BallotStanding:
        found = _ballots_of(self.services, kind, on)
        if not found:
            raise CannotAnswer(_unknown(what, on))
        ballot = ballot_named(found, what, name)
        standing = self.services.reader.ballot(on, ballot.code)
        return standing or BallotStanding(on, ballot)

    def _settled_at(self, on: date) -> datetime | None:
        """Return when the largest party was announced as certain, None if it was not."""
        told = [one for one in self.services.reader.notices(on) if one.key == _LARGEST]
        if not told or told[-1].version.state is ClaimState.RETRACTED:
            return None
        return told[-1].made_at


def _ballots_of(services: Services, kind: BallotKind, on: date) -> list[Ballot]:
    return [one.ballot for one in services.reader.ballots(on) if one.ballot.kind is kind]


def _menu(standings: Iterable[BallotStanding], on: date) -> tuple[tuple[str, Question], ...]:
    return tuple((one.ballot.name, question_about(one.ballot, on)) for one in standings)


def _followable(ballot: Ballot) -> Followable:
    return Followable(Topic.CONTEST, ballot.code, ballot.name)
