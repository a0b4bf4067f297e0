"""Which subscriptions a claim's version concerns, and how urgent it is."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from bot.alerts.subscriptions import Topic
from bot.election.claims import AlertKind, ClaimContent
from bot.election.councils import Council

Wish = tuple[Topic, str]


class Urgency(IntEnum):
    """The order in which what waits for a channel is told."""

    CORRECTION = 0
    CHANGE_OF_HANDS = 1
    OTHER = 2


def urgency_of(content: ClaimContent) -> Urgency:
    """Return how urgent an ordinary alert of *content* is."""
    changes = content.alert_kind is AlertKind.CHANGE_OF_HANDS
    return Urgency.CHANGE_OF_HANDS if changes else Urgency.OTHER


def wishes_met(content: ClaimContent, council: Council) -> tuple[Wish, ...]:
    """Return the topics whose subscribers are told of *content*, each once.

    A hold concerns only those who follow the council. A party hears of its gains, its losses and
    the first elections that it wins.
    """
    return tuple(dict.fromkeys(_wishes_met(content, council)))


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
