"""Claims: what the bot says, version by version, of a council's control and in notices.

There is one claim per night and council. Its content is who controlled the council before, who
controls it now, and the outcome. Sources and seats are its evidence; a change of evidence makes no
new version.

A notice is a claim that is not about a council's control. It too has versions, can be corrected and
retracted, and each version is delivered once. Its `key` takes the place of a council's code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from bot.election.alert_kinds import AlertKind, MilestoneKind
from bot.election.control import Control, Outcome, outcome_of
from bot.election.parties import folded
from bot.election.reports import BallotKind

C = TypeVar("C")


class ClaimState(StrEnum):
    """Whether a version of a claim declares, completes, corrects or retracts."""

    DECLARED = "declared"
    COMPLETED = "completed"
    """What was said stays true, and more is known: who controlled the council, or sat, before."""
    CORRECTED = "corrected"
    RETRACTED = "retracted"


class Basis(StrEnum):
    """What a claim rests on."""

    RESULT = "result"
    WARDS = "wards"
    BY_ELECTION = "by-election"
    """The seats before the night, and who has won those that were vacant."""
    DESK = "desk"
    COMPUTED = "computed"
    """Computed from other claims; for notices only."""


@dataclass(frozen=True, slots=True)
class ClaimContent:
    """The control before and after, and the outcome.

    `before` is None for a new council, and where it is not known; the outcome tells which.
    """

    before: Control | None
    after: Control
    outcome: Outcome

    def __post_init__(self) -> None:
        new_council = self.outcome is Outcome.FIRST_ELECTION
        if self.outcome is not outcome_of(self.before, self.after, new_council=new_council):
            raise ValueError(f"{self.before} to {self.after} is not a {self.outcome}")

    @classmethod
    def of(
        cls, before: Control | None, after: Control, *, new_council: bool = False
    ) -> ClaimContent:
        """Return the content whose outcome follows from *before* and *after*."""
        return cls(before, after, outcome_of(before, after, new_council=new_council))

    @property
    def alert_kind(self) -> AlertKind:
        """What kind of alert this content makes."""
        if self.outcome is Outcome.FIRST_ELECTION:
            return AlertKind.FIRST_ELECTION
        if self.outcome is Outcome.BEFORE_NOT_KNOWN:
            return AlertKind.BEFORE_NOT_KNOWN
        return AlertKind.CHANGE_OF_HANDS if self.outcome.changes_hands else AlertKind.HOLD

    def completes(self, said: object) -> bool:
        """Whether this says more than *said*, and nothing else: who had control before."""
        return (
            isinstance(said, ClaimContent)
            and said.outcome is Outcome.BEFORE_NOT_KNOWN
            and self.outcome is not Outcome.BEFORE_NOT_KNOWN
            and self.after == said.after
        )


@dataclass(frozen=True, slots=True)
class ClaimVersion(Generic[C]):
    """One version of a claim, numbered from 1; a retraction has no content."""

    version: int
    state: ClaimState
    content: C | None

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError("a claim's versions count from 1")
        if (self.content is None) is not (self.state is ClaimState.RETRACTED):
            raise ValueError("a retraction alone has no content")


def next_version(latest: ClaimVersion[C] | None, decided: C | None) -> ClaimVersion[C] | None:
    """Return the version after *latest* with the content *decided*, or None if nothing changes.

    The first content is declared, different content completes or corrects it, and None retracts
    it; new content after a retraction is declared again.
    """
    if latest is None or latest.content is None:
        if decided is None:
            return None
        number = 1 if latest is None else latest.version + 1
        return ClaimVersion(number, ClaimState.DECLARED, decided)
    if decided == latest.content:
        return None
    if decided is None:
        state = ClaimState.RETRACTED
    elif isinstance(decided, ClaimContent | BallotDeclared) and decided.completes(latest.content):
        state = ClaimState.COMPLETED
    else:
        state = ClaimState.CORRECTED
    return ClaimVersion(latest.version + 1, state, decided)


SEPARATOR = ":"
"""In the key of a notice; otherwise only in the codes of councils that only the wire knows."""


@dataclass(frozen=True, slots=True)
class Elected:
    """Who was elected: a name and a party's code, or the answer chosen and None."""

    name: str
    party: str | None


@dataclass(frozen=True, slots=True)
class BallotDeclared:
    """A ballot's result. `before` is the party that held the post, None where not known.

    `council` (its code) and `area` are given for a by-election of a ward.
    """

    ballot: str
    ballot_kind: BallotKind
    elected: tuple[Elected, ...]
    before: str | None = None
    council: str | None = None
    area: str = ""
    kind: Literal["contest"] = "contest"

    @property
    def key(self) -> str:
        """What the claim is filed under."""
        return self.key_of(self.ballot)

    @property
    def holds(self) -> bool:
        """Whether everybody elected is of the party that is known to have held the post."""
        return self.before is not None and {one.party for one in self.elected} == {self.before}

    def completes(self, said: object) -> bool:
        """Whether this says more than *said*, and nothing else: who held the post or seat."""
        return (
            isinstance(said, BallotDeclared)
            and said.before is None
            and self.before is not None
            and self == replace(said, before=self.before)
        )

    def elects_the_same(self, other: BallotDeclared) -> bool:
        """Whether the same people are elected, compared by surname and party.

        Of a by-election the parties are told, and a source of winners alone has no names.
        """
        if self.ballot_kind is BallotKind.WARD:
            return _parties(self.elected) == _parties(other.elected)
        return _surnames(self.elected) == _surnames(other.elected)

    @staticmethod
    def key_of(ballot: str) -> str:
        """Return what the claim about the ballot with this code is filed under."""
        return f"contest:{ballot}"


def _parties(elected: tuple[Elected, ...]) -> list[str]:
    return sorted(one.party or "" for one in elected)


def _surnames(elected: tuple[Elected, ...]) -> list[tuple[str, str]]:
    return sorted((folded(one.name).rpartition(" ")[2], one.party or "") for one in elected)


@dataclass(frozen=True, slots=True)
class LargestParty:
    """A party is certain to be the Assembly's largest. It is never said to control it."""

    party: str
    kind: Literal["largest party"] = "largest party"

    @property
    def key(self) -> str:
        """What the claim is filed under."""
        return "assembly:largest"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone. `council` and `party` are codes; `figure` is the round number that was passed.

    `since` is the code of the baseline that net seats are counted from. A milestone is retracted
    only if a result that it was based on is corrected.
    """

    milestone: MilestoneKind
    council: str | None = None
    party: str | None = None
    figure: int | None = None
    since: str | None = None
    kind: Literal["milestone"] = "milestone"

    @property
    def key(self) -> str:
        """What the claim is filed under."""
        about = (self.milestone, self.council, self.party, self.figure, self.since)
        return SEPARATOR.join(["milestone", *(str(part) for part in about if part is not None)])


def same_news(notice: Notice, night: date) -> tuple[str, ...]:
    """Return the keys of the other claims about the change of hands that a milestone is about.

    They are the council's own claim and the other kind of milestone; there are none for other
    notices.
    """
    if not isinstance(notice, Milestone) or notice.council is None:
        return ()
    code, party = notice.council, notice.party
    told = (
        Milestone(MilestoneKind.FIRST_IN_DECADES, code, party, night.year),
        Milestone(MilestoneKind.FLAGSHIP, code, party),
    )
    if notice not in told:
        return ()
    return (code, *(other.key for other in told if other != notice))


@dataclass(frozen=True, slots=True)
class Due:
    """A council is expected to declare soon."""

    council: str
    expected_at: datetime
    kind: Literal["due"] = "due"

    @property
    def key(self) -> str:
        """What the claim is filed under."""
        return f"due:{self.council}"


Notice = BallotDeclared | LargestParty | Milestone | Due
