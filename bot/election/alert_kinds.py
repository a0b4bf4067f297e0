"""The kinds of alert: what is announced, and the topics under which people follow it."""

from __future__ import annotations

from enum import StrEnum

from bot.election.reports import BallotKind

EVERY = "all"
"""All kinds of a topic that has kinds."""


class AlertKind(StrEnum):
    """What a claim is to those who asked to be told."""

    CHANGE_OF_HANDS = "change of hands"
    FIRST_ELECTION = "first election"
    HOLD = "hold"


class MilestoneKind(StrEnum):
    """What can be asked to be told as the night goes on."""

    HALF_DECLARED = "half declared"
    """Half of the councils have declared."""
    NET_SEATS = "net seats"
    """A party has passed a round figure of net seats, up or down."""
    FIRST_IN_DECADES = "first in decades"
    """A party controls a council for the first time in decades, or has lost it after decades."""
    FLAGSHIP = "flagship"
    """A council that the shipped list names has changed hands."""
    CERTAIN = "certain"
    """Control is certain before the last ward; said so, and no claim of control."""


class Topic(StrEnum):
    """What can be asked for."""

    ALL = "all"
    """Every change of hands and every first election."""
    PARTY = "party"
    """A party's gains, its losses and the first elections that it wins."""
    COUNCIL = "council"
    """Any declaration of one council, holds too."""
    REGION = "region"
    """Changes of hands and first elections in a region."""
    NATION = "nation"
    """Changes of hands and first elections in a nation."""
    SUMMARY = "summary"
    """The summaries of the night: in the morning and at its end."""
    LIST = "list"
    """Any declaration of a council on a watch list."""
    CONTEST = "contest"
    """One contest: its result."""
    CONTESTS = "contests"
    """All contests of a kind (`mayor`, `assembly`, `referendum`), or `all` of them."""
    MILESTONES = "milestones"
    """Milestones of one kind, or `all` of them but what is certain before it is a result."""
    REMINDERS = "reminders"
    """A reminder shortly before a council that is followed here is due."""

    @property
    def takes_value(self) -> bool:
        """Whether the topic is one of many: which council, which party."""
        return self not in (Topic.ALL, Topic.SUMMARY, Topic.REMINDERS)


KINDS = {
    Topic.CONTESTS: frozenset({EVERY, *(kind.value for kind in BallotKind)} - {BallotKind.WARD}),
    Topic.MILESTONES: frozenset({EVERY, *(kind.value for kind in MilestoneKind)}),
}
"""The values that a topic of kinds can have: no other would ever match anything."""
