"""Which subscriptions a claim's version concerns, and how urgent it is."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from bot.delivery.subscriptions import EVERY, Topic
from bot.election.claims import AlertKind, ClaimContent
from bot.election.councils import Council
from bot.election.notices import (
    ContestDeclared,
    Due,
    LargestParty,
    Milestone,
    MilestoneKind,
    Notice,
)
from bot.election.reports import ContestKind

Wish = tuple[Topic, str]
Told = ClaimContent | Notice
"""What a claim's version can say."""


class Urgency(IntEnum):
    """The order in which what waits for a channel is told."""

    CORRECTION = 0
    CHANGE_OF_HANDS = 1
    OTHER = 2


def urgency_of(content: Told) -> Urgency:
    """Return how urgent an ordinary alert of *content* is."""
    if not isinstance(content, ClaimContent):
        return Urgency.OTHER
    changes = content.alert_kind is AlertKind.CHANGE_OF_HANDS
    return Urgency.CHANGE_OF_HANDS if changes else Urgency.OTHER


def wishes_met(content: Told, council: Council) -> tuple[Wish, ...]:
    """Return the topics whose subscribers are told of *content*, each once.

    *council* is what the claim is about; a notice says that itself. A hold concerns only those who
    follow the council. A party hears of its gains, its losses and the
    first elections that it wins.
    """
    if isinstance(content, ClaimContent):
        return tuple(dict.fromkeys(_wishes_met(content, council)))
    return tuple(_wishes_of_notice(content))


def _wishes_of_notice(notice: Notice) -> Iterator[Wish]:
    match notice:
        case ContestDeclared():
            yield Topic.CONTEST, notice.contest
            yield Topic.CONTESTS, notice.contest_kind.value
            yield Topic.CONTESTS, EVERY
        case LargestParty():
            yield Topic.CONTESTS, ContestKind.ASSEMBLY.value
            yield Topic.CONTESTS, EVERY
        case Milestone():
            yield Topic.MILESTONES, notice.milestone.value
            if notice.milestone is not MilestoneKind.CERTAIN:  # no result: opt-in, by itself
                yield Topic.MILESTONES, EVERY
        case Due():
            return  # who is reminded follows the council besides: the expansion asks for both


def _wishes_met(content: ClaimContent, council: Council) -> Iterator[Wish]:
    yield Topic.COUNCIL, council.code
    if content.alert_kind is AlertKind.HOLD:
        return
    yield Topic.ALL, ""
    for control in (content.before, content.after):
        if control is not None and control.holder is not None:
            yield Topic.PARTY, control.holder
    if council.region:
        yield Topic.REGION, council.region
    if council.nation:
        yield Topic.NATION, council.nation
