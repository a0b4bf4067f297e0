"""The rows of a recorded night: its results and their times. Only a replay reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.election.alert_kinds import Topic


class TimetableEvent(StrEnum):
    """What is said of a council at a time."""

    NOMINATIONS = "nominations"
    WARD = "ward"
    RESULT = "result"


class BallotEvent(StrEnum):
    """What is said of a ballot at a time: its winner alone, its result, or one count more."""

    RUSH = "rush"
    RESULT = "result"
    COUNT = "count"


class TimeBasis(StrEnum):
    """How a time is known."""

    OBSERVED = "observed"
    EXPECTED = "expected"
    MODELLED = "modelled"


class WardStatus(StrEnum):
    """How a ward stood on the night; a countermanded poll is held later."""

    CONTESTED = "contested"
    UNCONTESTED = "uncontested"
    COUNTERMANDED = "countermanded"


@dataclass(frozen=True, slots=True)
class CompositionRow:
    """What one party won and has now; `change` is None in a new council."""

    code: str
    party: str
    won: int
    now: int
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WardRow:
    """A ward of England or Wales; turnout in per cent. Only recorded nights number their wards."""

    ward_id: int = 0
    ballot_id: str
    code: str
    name: str
    gss: str = ""
    seats_up: int
    electorate: int | None = None
    turnout: float | None = None
    status: WardStatus = WardStatus.CONTESTED


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """Who stood in a ward; `elected` is None where the poll is held later."""

    ward_id: int
    name: str
    party: str
    party_name: str
    votes: int | None = None
    elected: bool | None = None


@dataclass(frozen=True, slots=True)
class StvWardRow:
    """A ward of Scotland; `ward` is its ballot's id, turnout in per cent.

    Figures that no source gives are None.
    """

    ward: str
    code: str
    name: str
    gss: str
    seats_up: int
    electorate: int | None
    turnout: float | None
    valid: int | None
    status: WardStatus
    note: str


@dataclass(frozen=True, slots=True)
class StvCandidateRow:
    """Who stood in a ward of Scotland; `votes` are those after each count, up to exclusion."""

    ward: str
    name: str
    party: str
    party_name: str
    votes: tuple[str, ...]
    elected: bool

    @property
    def counted(self) -> tuple[int | float | None, ...]:
        """The votes as numbers, None where the source has none."""
        return tuple(_votes(one) if one else None for one in self.votes)


@dataclass(frozen=True, slots=True)
class BallotCandidateRow:
    """A candidate, or a referendum's answer (no party); `votes` are those after each count."""

    ballot: str
    name: str
    party: str
    party_name: str
    votes: tuple[str, ...]
    elected: bool
    sitting: bool
    consequence: str
    headline: str

    @property
    def counted(self) -> tuple[int | float, ...]:
        """The votes as numbers; parts of votes where they are transferred."""
        return tuple(map(_votes, self.votes))


@dataclass(frozen=True, slots=True)
class BallotTimeRow:
    """When something is said of a ballot; `count` is which count."""

    at: datetime
    ballot: str
    event: BallotEvent
    count: int | None


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """Something that is said of a council at a time, and how that time is known."""

    at: datetime
    event: TimetableEvent
    code: str
    ward_id: int | None
    basis: TimeBasis
    source: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    """What the desk did: a ruling on one revision of a council's result, or a note.

    A note may say the `control` of a council that does not vote.
    """

    at: datetime
    action: str
    code: str
    revision: int | None
    control: str | None
    who: str
    why: str


class DemoPlace(StrEnum):
    """Where a demo shows what is followed."""

    CHANNEL = "channel"
    """A channel of its own."""
    ANNOUNCEMENTS = "announcements"
    """The one announcement channel."""
    READER = "reader"
    """The reader's direct messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChannelRow:
    """Something that is followed in a demo of the night: by a channel, with what it is about."""

    place: DemoPlace
    name: str = ""
    topic: Topic
    value: str = ""
    about: str = ""


def _votes(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
