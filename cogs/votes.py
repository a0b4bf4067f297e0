"""`/votes`: shares of the vote, turnout and swing, the closest results and biggest majorities."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Unpack

from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.votes import (
    CouncilVotes,
    calls_card,
    margins_card,
    night_votes_card,
    no_election_card,
    votes_card,
)
from bot.chat.client import ElectionNight
from bot.chat.commands import Option, look_up
from bot.chat.lookups import lens_named, options_of
from bot.chat.options import CouncilsPlace, Night, OneCouncil
from bot.chat.questions import Answer, Followable, Question, question_of
from bot.election.alert_kinds import Topic
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.election.vote_changes import close_call
from bot.election.votes import Margin, together
from bot.pictures.votes import votes_picture

_SHARES, _CLOSEST, _BIGGEST, _SAFEST, _COUNCILS = (
    "shares",
    "closest",
    "biggest",
    "safest",
    "councils",
)
_KINDS = {
    "shares of the vote": _SHARES,
    "closest wards": _CLOSEST,
    "biggest majorities": _BIGGEST,
    "biggest majorities by share": _SAFEST,
    "closest councils": _COUNCILS,
}
_ORDERS: dict[str, tuple[str, Callable[[Margin], float]]] = {
    _CLOSEST: ("closest ward", lambda margin: margin.votes),
    _BIGGEST: ("biggest majority", lambda margin: -margin.votes),
    _SAFEST: ("biggest majority by share", lambda margin: -margin.per_cent),
}
KindOfVotes = Transform[
    str, Option("What to show; the shares of the vote without it", choices=_KINDS)
]


class VotesCog(commands.Cog, name="Votes"):
    """Answers about votes."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up()
    async def votes(
        self,
        council: OneCouncil | None = None,
        kind: KindOfVotes | None = None,
        night: Night | None = None,
        page: int = 1,
        **place: Unpack[CouncilsPlace],
    ) -> Answer:
        """Shares of the vote, turnout and swing; closest results and biggest majorities."""
        services, on = self.services, self.services.night(night)
        lens = lens_named(services, on, council=council, **place)
        kind = kind or _SHARES
        found = await self._of(on, lens)
        question = votes_question(on, lens, kind)
        others = tuple(
            (label.capitalize(), votes_question(on, lens, one))
            for label, one in _KINDS.items()
            if one != kind and (one != _COUNCILS or lens.council is None)
        )
        now, feeds = services.moment_of(on), services.heard_of(on)
        if lens.council is not None and not _elects(services.reader.councils(on), lens, found):
            card = no_election_card(found[0].council, on, now, feeds=feeds)
            return Answer(
                question, (card,), suggestions=(("Votes of the night", votes_question(on, Lens())),)
            )
        parties = services.named.parties
        about = None
        if lens.council is not None:
            chosen = services.reader.council_of(lens.council)
            about = Followable(Topic.COUNCIL, chosen.code, chosen.name)
        if kind == _SHARES:
            answer = await self._shares(on, lens, found, question)
            return replace(answer, about=about, suggestions=others)
        if kind == _COUNCILS:
            shown = calls_card(found, parties, now, page=page, feeds=feeds)
        else:
            what, order = _ORDERS[kind]
            margins = sorted((m for one in found for m in one.votes.margins), key=order)
            shown = margins_card(margins, found, what, parties, now, page=page, feeds=feeds)
        return Answer.of_page(question, shown, about=about, suggestions=others)

    async def _shares(
        self, on: date, lens: Lens, found: Sequence[CouncilVotes], question: Question
    ) -> Answer:
        """Return the votes of the one council of a lens, or of all whose votes are known."""
        services = self.services
        now, feeds, parties = services.moment_of(on), services.heard_of(on), services.named.parties
        if lens.council is not None:
            (one,) = found
            card = votes_card(one, parties, now, feeds=feeds)
            votes = one.votes
        else:
            known = [one for one in found if one.votes.is_complete]
            votes = together((one.votes for one in known), parties)
            place = lens.nation or lens.region or ""
            # Adding up thousands of wards takes a moment, so it is done in a thread.
            card = await asyncio.to_thread(
                night_votes_card,
                known,
                votes,
                len(found),
                parties,
                now,
                place=place,
                feeds=feeds,
            )
        return Answer(
            question, (card,), compose=lambda: votes_picture(card.title, votes, parties, on)
        )

    async def _of(self, on: date, lens: Lens) -> list[CouncilVotes]:
        """Return the councils of a lens with their votes; others have their turn in between."""
        reader, found = self.services.reader, []
        standings = reader.councils(on)
        if lens.council is not None and not lens.councils(standings):
            council = reader.council_of(lens.council)
            standings = (CouncilStanding(on, council),)
        for standing in lens.councils(standings):
            votes = reader.votes(on, standing.council.code)
            found.append(CouncilVotes(standing.council, votes, close_call(standing, votes)))
            await asyncio.sleep(0)
        return found


def _elects(
    standings: Sequence[CouncilStanding], lens: Lens, found: Sequence[CouncilVotes]
) -> bool:
    """Return whether the council of a lens, or a ward of it, votes in this night."""
    return bool(lens.councils(standings)) or any(
        one.votes.polls or one.votes.uncontested for one in found
    )


def votes_question(on: date, lens: Lens, kind: str = _SHARES) -> Question:
    """Return the question for the votes of a lens."""
    given = None if kind == _SHARES else kind
    return question_of("votes", on, kind=given, **options_of(lens))


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(VotesCog(client))
