"""The kinds of alert: what is announced, and the topics under which people follow it."""

from __future__ import annotations

from enum import StrEnum

from bot.election.reports import BallotKind

EVERY = "all"
"""The value of a topic that stands for all its kinds."""


class AlertKind(StrEnum):
    """The kind of alert that a claim of a council's control makes."""

    CHANGE_OF_HANDS = "change of hands"
    FIRST_ELECTION = "first election"
    BEFORE_NOT_KNOWN = "before not known"
    """It may be a change of hands: it is told like one, and completed once that is known."""
    HOLD = "hold"


class MilestoneKind(StrEnum):
    """The kinds of milestone that can be followed."""

    HALF_DECLARED = "half declared"
    """Half of the councils have declared."""
    NET_SEATS = "net seats"
    """A party has passed a round figure of net seats, up or down."""
    FIRST_IN_DECADES = "first in decades"
    """A party controls a council for the first time in decades, or has lost it after decades."""
    FLAGSHIP = "flagship"
    """A council on one of the shipped lists of flagships has changed hands."""
    CERTAIN = "certain"
    """Control is certain before the last ward declares. This does not claim control."""


class Level(StrEnum):
    """How much a subscription is told of; `bot.election.levels` says what is on which."""

    EVERYTHING = "everything"
    """Every declaration, holds too, and everything below."""
    CHANGES = "changes"
    """What changes hands or may have, first elections, and the headlines among them."""
    HEADLINES = "headlines"
    """What a front page would carry."""

    @property
    def heard_at(self) -> frozenset[Level]:
        """The levels of the subscriptions that are told of what is on this level."""
        return _HEARD_AT[self]

    @property
    def rank(self) -> int:
        """The higher, the fewer alerts are on it."""
        return list(Level).index(self)


_HEARD_AT = {level: frozenset(list(Level)[: number + 1]) for number, level in enumerate(Level)}


class Topic(StrEnum):
    """What a destination can follow."""

    ALL = "all"
    """The whole night: by default each change of hands and first election, and what may be one."""
    PARTY = "party"
    """A party's gains and losses, also in by-elections, and the first elections that it wins."""
    COUNCIL = "council"
    """Every declaration of one council and of its by-elections, including holds."""
    REGION = "region"
    """Changes of hands and first elections in a region, and of by-elections all but the holds."""
    NATION = "nation"
    """Changes of hands and first elections in a nation."""
    SUMMARY = "summary"
    """The summary's breakfast and final editions; on the level of everything all four."""
    LIST = "list"
    """Every declaration of a council on a watch list and of its by-elections, including holds."""
    CONTEST = "contest"
    """The result of one ballot."""
    CONTESTS = "contests"
    """The results of all ballots of one kind (`mayor`, `assembly`, `referendum`; `ward` for the
    by-elections of wards), or of `all`."""
    MILESTONES = "milestones"
    """Milestones of one kind, or `all` of them except `MilestoneKind.CERTAIN`."""
    REMINDERS = "reminders"
    """A reminder shortly before a council that the destination follows is due."""

    @property
    def takes_value(self) -> bool:
        """Whether the topic needs a value: which council, which party."""
        return self not in (Topic.ALL, Topic.SUMMARY, Topic.REMINDERS)

    @property
    def has_levels(self) -> bool:
        """Whether a subscription to it can be told more or less."""
        return self not in (Topic.MILESTONES, Topic.REMINDERS)

    @property
    def usual_level(self) -> Level:
        """The level of a subscription that names none.

        Who names a council, a list or a contest wants its result, whatever it is.
        """
        wide = (Topic.ALL, Topic.PARTY, Topic.REGION, Topic.NATION, Topic.SUMMARY)
        return Level.CHANGES if self in wide else Level.EVERYTHING


KINDS = {
    Topic.CONTESTS: frozenset({EVERY, *(kind.value for kind in BallotKind)}),
    Topic.MILESTONES: frozenset({EVERY, *(kind.value for kind in MilestoneKind)}),
}
"""The values that topics with kinds accept; no other value could match an alert."""
