"""`/council`: who controls a council, what changed, and what is known before it declares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from discord.ext import commands

from bot.cards.council import council_card, no_council_card
from bot.cards.how_we_know import how_a_council_is_known
from bot.chat.client import ElectionNight
from bot.chat.commands import look_up
from bot.chat.lookups import council_on_the_wire, followable, options_of, places
from bot.chat.options import CouncilName, Night, Show
from bot.chat.questions import HOW_WE_KNOW, Answer, Question, how_we_know, question_of
from bot.chat.services import Services
from bot.election.councils import Council
from bot.election.standings import CouncilStanding
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.pictures.council import council_picture
from bot.wording.councils import names_apart


class CouncilCog(commands.Cog, name="Council"):
    """Answers about one council."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up("Hull")
    async def council(
        self, name: CouncilName, show: Show | None = None, night: Night | None = None
    ) -> Answer:
        """Who controls a council, before and now, seat by seat."""
        services, on = self.services, self.services.night(night)
        found = services.almanac.councils.find(name, on)
        stranger = council_on_the_wire(services, name, on)
        # A council that several took over from is answered itself, with buttons to them.
        council = stranger or found.council or found.former
        if council is None:
            card = no_council_card(name, found.suggestions)
            suggestions = _asking_for(found.suggestions, on)
            return Answer(Question("council", {"name": name}), (card,), suggestions=suggestions)
        standing = services.reader.council(on, council.code) or CouncilStanding(on, council)
        question = _question(council, on)
        votes = services.reader.votes(on, council.code) if standing.is_declared else None
        if show == HOW_WE_KNOW:
            card = how_a_council_is_known(
                standing,
                services.named,
                services.moment_of(on),
                feeds=services.heard_of(on),
                ward_votes=votes,
            )
            return how_we_know(question, card)
        by_elections = services.reader.by_elections(on, council.code)
        card = council_card(
            standing,
            services.named,
            services.moment_of(on),
            feeds=services.heard_of(on),
            notes=[
                note for one, note in services.reader.desk_notes(on) if one.code == council.code
            ],
            ward_votes=votes,
            last=services.reader.last_result(council.code, on),
            former=None if stranger or found.council is None else found.former,
            by_elections=by_elections,
        )
        heirs = _heirs(council, services, on)
        almanac = services.named
        wards = services.almanac.night(on).wards.get(council.code) or standing.wards or by_elections
        further = list(_asking_for(heirs, on))
        if wards:
            further.append(("Wards", question_of("ward", on, council=council.code)))
            further.append(("Votes", question_of("votes", on, council=council.code)))
        if services.almanac.history.get(council.code):
            further.append(("History", question_of("history", on, council=council.code)))
        further.append(
            ("Map", question_of("night map", on, **options_of(_place(council, services, on))))
        )
        return Answer(
            question,
            (card,),
            about=followable(council, on),
            suggestions=tuple(further),
            sources=True,
            compose=lambda: council_picture(standing, almanac),
        )


def _heirs(council: Council, services: Services, on: date) -> list[Council]:
    """Return the councils that take over a council's area, as soon as they are elected."""
    councils = services.almanac.councils
    elected = (
        councils.get(code)
        for code, election in services.almanac.night(on).elections.items()
        if council.code in election.predecessors
    )
    followed = councils.heirs(council, on) if council.has_ended(on) else ()
    awaiting = (one for one in map(councils.get, council.successors) if one.exists(on))
    return list(dict.fromkeys((*elected, *followed, *awaiting)))


def _question(council: Council, on: date) -> Question:
    return question_of("council", on, name=council.code)


def _place(council: Council, services: Services, on: date) -> Lens:
    """Return the lens of a council's region, else of its nation, if anything votes there."""
    if council.region in places(services, on, "region"):
        return Lens(region=council.region)
    return (
        Lens(nation=council.nation)
        if council.nation in places(services, on, "nation")
        else WHOLE_NIGHT
    )


def _asking_for(councils: Iterable[Council], on: date) -> tuple[tuple[str, Question], ...]:
    listed = tuple(councils)
    questions = (_question(council, on) for council in listed)
    return tuple(zip(names_apart(listed), questions, strict=True))
