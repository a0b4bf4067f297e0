"""The filters under an answer: the same question about one place or party, or about everything.

They follow from the options of the command, so that no command has to name them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from bot.chat.lookups import places
from bot.chat.questions import Command, Question
from bot.chat.services import Services
from bot.election.almanac import Almanac
from bot.election.parties import Party, PartyKind
from bot.election.standings import CouncilStanding

_PLACE: tuple[str, ...] = ("nation", "region")
_PARTY: tuple[str, ...] = ("party",)
_ONE_AT_A_TIME = "council"
"""A command with this option takes one filter at a time: a party or a place, not both."""
_LENS: tuple[str, ...] = (*_PLACE, *_PARTY, _ONE_AT_A_TIME)
_MOST = 24
"""A menu has 25 options, one of which is everything."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A menu that asks the same question about one *what* ("party", "place"), or about everything.

    `base` is the question about everything, labelled `everything`; `offered` are labels with
    options as questions write them ("region:Wales"). `chosen` is the current option, empty for
    everything, None for one that is not offered.
    """

    what: str
    base: Question
    everything: str
    offered: tuple[tuple[str, str], ...]
    chosen: str | None


def filters_of(command: Command, question: Question, services: Services) -> list[Filter]:
    """Return the menus by which a *question* of this *command* can be narrowed."""
    options = {parameter.display_name for parameter in command.parameters}
    if not options.issuperset(_PLACE):
        return []
    on, almanac = services.night(question.options.get("night")), services.almanac
    alone = _ONE_AT_A_TIME in options
    dropped = _LENS if alone else _PLACE
    found = [_filter("place", "The whole night", question, dropped, places_of(services, on))]
    if options.issuperset(_PARTY):
        parties = (
            national_parties(almanac)
            if alone
            else _in_control(services.reader.councils(on), almanac)
        )
        offered = [(party.name, f"party:{party.code}") for party in parties]
        dropped = _LENS if alone else _PARTY
        found.append(_filter("party", "Every party", question, dropped, offered))
    return [each for each in found if each.offered]


def _filter(
    what: str,
    everything: str,
    question: Question,
    dropped: Collection[str],
    offered: Iterable[tuple[str, str]],
) -> Filter:
    kept = {name: value for name, value in question.options.items() if name not in dropped}
    base = Question(question.command, kept)
    given = [f"{name}:{value}" for name, value in question.options.items() if name in dropped]
    shown = tuple(offered)[:_MOST]
    options = [option for _, option in shown]
    chosen = next((one for one in given if one in options), None)
    return Filter(what, base, everything, shown, chosen if given else "")


def places_of(services: Services, on: date) -> list[tuple[str, str]]:
    """Return the nations and regions that vote, as options; each name only once."""
    whole = places(services, on, "nation", ballots=True)
    parts = [name for name in places(services, on, "region", ballots=True) if name not in whole]
    offered = [(name, f"nation:{name}") for name in whole]
    return offered + [(name, f"region:{name}") for name in parts]


def _in_control(standings: Iterable[CouncilStanding], almanac: Almanac) -> list[Party]:
    """Return the parties that control a council now or did before, in the order of our table."""
    found = {
        control.holder
        for one in standings
        for control in (one.before, one.declared.after if one.declared else None)
        if control is not None
    }
    return [party for party in almanac.parties.rows if party.code in found]


def national_parties(almanac: Almanac) -> list[Party]:
    """Return the parties of our table, the largest first, without the local ones.

    A local party has its seats on one council, whose own answer names it.
    """
    kinds = (PartyKind.PARTY, PartyKind.BUCKET)
    return [party for party in almanac.parties.rows if party.kind in kinds]
