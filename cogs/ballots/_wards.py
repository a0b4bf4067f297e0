"""`/ward`: one ward with its candidates, or all wards of a council."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.wards import Ward, ward_card, wards_card
from bot.chat.client import ElectionNight
from bot.chat.commands import OfferedOption, look_up
from bot.chat.interaction import Interaction
from bot.chat.lookups import council_named, ward_named, wards_like
from bot.chat.options import CouncilName, Night
from bot.chat.questions import (
    Answer,
    CannotAnswer,
    Followable,
    Question,
    by_election_name,
    question_of,
)
from bot.chat.services import Services
from bot.election.alert_kinds import Topic
from bot.election.almanac import WardSeat
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.places import listed_by_election
from bot.election.ward_outcomes import winners_by_party
from bot.pictures.wards import WardCell, wards_picture


def _wards(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the wards of the council that is chosen."""
    services, chosen = interaction.client.services, interaction.namespace
    try:
        on = services.night(getattr(chosen, "night", None))
        found = council_named(services, getattr(chosen, "council", None) or "", on)
    except CannotAnswer:
        return {}
    return wards_like(wards_of(services, on, found), typed)


WardName = Transform[
    str, OfferedOption("The ward's name, or its code; all wards without it", _wards)
]


class WardsCog(commands.Cog, name="Wards"):
    """Answers about the wards of a council."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up("Hull")
    async def ward(
        self,
        council: CouncilName,
        ward: WardName | None = None,
        night: Night | None = None,
        page: int = 1,
    ) -> Answer:
        """A ward's candidates, votes and winners, or all wards of a council.

        Without *ward*, *council* may name both: "Hull University".
        """
        services, on = self.services, self.services.night(night)
        found, rest = (
            (council_named(services, council, on), ward) if ward else self._apart(council, on)
        )
        wards = wards_of(services, on, found)
        about = Followable(Topic.COUNCIL, found.code, found.name)
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
        parties = services.named.parties  # read here: the picture is composed in another thread
        cells = [_cell(one, parties) for one in wards if not _is_by_election(one)]
        feeds = {one.source.feed for one in wards if one.source is not None}
        return Answer.of_page(
            wards_question(found, on),
            shown,
            about=about,
            menu=menu,
            compose=lambda: wards_picture(found, on, cells, parties, feeds),
        )

    def _apart(self, text: str, on: date) -> tuple[Council, str | None]:
        """Split "Hull University" into council and ward; the longest council name counts."""
        words = text.split()
        councils = self.services.almanac.councils
        for length in range(len(words), 0, -1):
            council = councils.resolve(" ".join(words[:length]), on)
            if council.known:
                return council, " ".join(words[length:]) or None
        return council_named(self.services, text, on), None


def _is_by_election(ward: Ward) -> bool:
    """Whether only a by-election is held in a ward."""
    if ward.report is not None:
        return ward.report.by_election
    return ward.seat is not None and ward.name != ward.seat.name


def _cell(ward: Ward, parties: Parties) -> WardCell:
    """Return a ward as its picture shows it."""
    report, seat = ward.report, ward.seat
    seats = report.seats if report is not None else seat.seats if seat else 1
    put_off = report.put_off if report is not None else bool(seat and seat.put_off)
    won = winners_by_party([report], parties) if report is not None and report.declared else None
    previous = seat.previous if seat is not None else None
    vacant = report.vacant if report is not None else 0
    return WardCell(ward.name, seats, None if put_off else won, previous, vacant, put_off)


def wards_of(services: Services, on: date, council: Council) -> Sequence[Ward]:
    """Return the wards of a council on a night by name, from our tables and the feeds."""
    night = services.almanac.night(on)
    standing = services.reader.council(on, council.code)
    whole = standing is not None and standing.declared is not None
    table = {seat.key: seat for seat in night.wards.get(council.code, ())}
    heard: dict[str, Ward] = {}
    found: list[Ward] = []
    to_come = {one.code: one for one in night.by_elections.values() if one.council == council.code}
    for detail in services.reader.wards(on, council.code):
        report = detail.report
        key = detail.standing.ballot_id  # the ward that the report was taken for
        known = table.get(key)
        if report.by_election:
            listed = listed_by_election(council.code, report, night)
            name = by_election_name(listed.area if listed else report.area)
            if listed is not None:
                to_come.pop(listed.code, None)
            source, counts = detail.standing.source, detail.standing.counts_tonight
            found.append(Ward(name, name, council, None, report, source, counts))
            continue
        name = known.name if known else report.area
        code = (known.gss if known else report.gss) or name
        source = detail.standing.source
        heard[key] = Ward(
            name,
            code,
            council,
            known,
            report,
            source,
            council_declared=whole,
            earlier=night.last_votes.get(key),
        )
    silent = [
        Ward(seat.name, seat.gss or seat.name, council, seat, council_declared=whole)
        for seat in table.values()
        if seat.key not in heard
    ]
    silent += [
        Ward(name, name, council, WardSeat(one.code, one.area, one.gss, one.seats))
        for one in to_come.values()
        for name in (by_election_name(one.area),)
    ]
    return sorted((*heard.values(), *found, *silent), key=lambda ward: ward.name)


def wards_question(council: Council, on: date) -> Question:
    """Return the question about all wards of a council."""
    return question_of("ward", on, council=council.code)


def ward_question(ward: Ward, on: date) -> Question:
    """Return the question about one ward."""
    return question_of("ward", on, council=ward.council.code, ward=ward.code)
