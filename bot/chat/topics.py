"""The topics that can be followed, their values, and their wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from bot.chat.lookups import (
    any_place,
    ballot_named,
    ballots_like,
    containing,
    council_meant,
    councils_like,
    kind_named,
    list_named,
    parties_like,
    party_named,
    place_named,
    places,
)
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.delivery.watch_lists import Keeper
from bot.election.alert_kinds import EVERY, MilestoneKind, Topic
from bot.election.ballots import Ballot, ballot_of
from bot.wording.phrases import name_of, the_members
from bot.wording.text import escape

_WORDS = {
    Topic.ALL: "every change of hands and first election",
    Topic.SUMMARY: "the summary, at breakfast and at the end",
    Topic.REMINDERS: "reminders before councils followed here are due",
}
KINDS_OF_BALLOT = {
    EVERY: "everything beside the councils",
    "mayor": "every mayor",
    "assembly": "the Northern Ireland Assembly",
    "referendum": "every referendum",
    "ward": "every by-election of a ward",
}
KINDS_OF_MILESTONE = {
    EVERY: "every milestone in declared results",
    MilestoneKind.HALF_DECLARED.value: "half of the councils declared",
    MilestoneKind.NET_SEATS.value: "parties past round figures of net seats",
    MilestoneKind.FIRST_IN_DECADES.value: "firsts in decades",
    MilestoneKind.FLAGSHIP.value: "councils of the night that change hands",
    MilestoneKind.CERTAIN.value: "certain results, before the last wards declare",
}


def topic_words(topic: Topic, value: str, services: Services) -> str:
    """Return what a subscription is about, in words that are safe to show."""
    almanac = services.named
    words = _WORDS.get(topic, "")
    match topic:
        case Topic.COUNCIL:
            words = f"the result in {name_of(services.reader.council_of(value))}"
        case Topic.PARTY:
            party = almanac.parties.get(value)
            whose = the_members(party) if party.known else escape(services.reader.party_name(value))
            words = f"gains and losses of {whose}"
        case Topic.REGION | Topic.NATION:
            words = f"changes of hands in {escape(value)}"
        case Topic.LIST:
            found = services.lists.by_value(value) if services.lists else None
            words = f"the list “{escape(found.name)}”" if found else "a list that is gone"
        case Topic.CONTEST:
            night = services.newest_night
            standing = services.reader.ballot(night, value)
            known = almanac.night(night).ballots
            ballot = standing.ballot if standing else ballot_of(value, known)
            words = f"the result: {escape(ballot.name)}" if ballot else escape(value)
        case Topic.CONTESTS:
            words = KINDS_OF_BALLOT.get(value, escape(value))
        case Topic.MILESTONES:
            words = KINDS_OF_MILESTONE.get(value, escape(value))
    return words


def topic_value(services: Services, keeper: Keeper, topic: Topic, which: str) -> str:
    """Return the value of a topic that *which* means, for a *keeper* of watch lists.

    The value of a button goes the same way: it gives nobody more than typing does. Raises
    `CannotAnswer` for what does not exist, or not for them, and for a topic without values.
    """
    if topic not in _VALUES:
        raise CannotAnswer("That is followed as a whole: `/alerts subscribe` does it.")
    named, _ = _VALUES[topic]
    return named(services, keeper, services.newest_night, which)


def values_like(services: Services, keeper: Keeper, topic: Topic, typed: str) -> Mapping[str, str]:
    """Return the values of a topic by name, for what was *typed*."""
    if topic not in _VALUES:
        return {}
    _, like = _VALUES[topic]
    return like(services, keeper, services.newest_night, typed)


def _council(services: Services, keeper: Keeper, on: date, name: str) -> str:
    """Return the code of a council: by code any in our tables, by name one that exists."""
    known = services.almanac.councils.get(name)
    return (known if known.known else council_meant(services, name, on)).code


def _ballot(services: Services, keeper: Keeper, on: date, name: str) -> str:
    """Return the code of a ballot: by code one of any night, by name one of this night."""
    reader = services.reader
    every = (one.ballot.code for night in reader.nights() for one in reader.ballots(night))
    return name if name in every else ballot_named(_ballots(services, on), "contest", name).code


def _ballots(services: Services, on: date) -> list[Ballot]:
    return [one.ballot for one in services.reader.ballots(on)]


def _lists_like(services: Services, keeper: Keeper, on: date, typed: str) -> dict[str, str]:
    known = services.lists.all(keeper, on) if services.lists else []
    near = containing((one.name for one in known), typed)
    return {one.name: one.value for one in known if one.name in near}


def _kinds_like(kinds: Mapping[str, str], typed: str) -> dict[str, str]:
    near = containing(kinds.values(), typed)
    return {words: kind for kind, words in kinds.items() if words in near}


_Named = Callable[[Services, Keeper, date, str], str]
_Like = Callable[[Services, Keeper, date, str], Mapping[str, str]]
_VALUES: dict[Topic, tuple[_Named, _Like]] = {
    Topic.PARTY: (
        lambda services, _, on, name: party_named(services.almanac_of(on), name).code,
        lambda services, _, on, typed: parties_like(services.almanac_of(on), typed),
    ),
    Topic.COUNCIL: (_council, lambda services, _, on, typed: councils_like(services, typed, on)),
    Topic.REGION: (
        lambda services, _, on, name: place_named(
            any_place(services, on, "region"), "region", name
        ),
        lambda services, _, on, typed: containing(places(services, on, "region"), typed),
    ),
    Topic.NATION: (
        lambda services, _, on, name: place_named(
            any_place(services, on, "nation"), "nation", name
        ),
        lambda services, _, on, typed: containing(places(services, on, "nation"), typed),
    ),
    Topic.CONTEST: (
        _ballot,
        lambda services, _, on, typed: ballots_like(_ballots(services, on), typed),
    ),
    Topic.CONTESTS: (
        lambda _, __, ___, name: kind_named(KINDS_OF_BALLOT, "contest", name),
        lambda _, __, ___, typed: _kinds_like(KINDS_OF_BALLOT, typed),
    ),
    Topic.MILESTONES: (
        lambda _, __, ___, name: kind_named(KINDS_OF_MILESTONE, "milestone", name),
        lambda _, __, ___, typed: _kinds_like(KINDS_OF_MILESTONE, typed),
    ),
    Topic.LIST: (
        lambda services, keeper, _, name: list_named(services, keeper, name).value,
        _lists_like,
    ),
}
"""By topic: what returns the value that a name means, and what returns matching values."""
