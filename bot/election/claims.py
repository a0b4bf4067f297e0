"""Claims: what the bot says about a council's control, version by version.

One claim per night and council. Its content is who controlled the council, who does now and what
that makes of it; sources and seats are its evidence, and a change of evidence is no new version.
Notices (`notices`) are claimed in the same way, with a content of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from bot.election.control import Control, Outcome, outcome_of

C = TypeVar("C")


class ClaimState(StrEnum):
    """Where a claim's version stands in the claim's life."""

    DECLARED = "declared"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


class Basis(StrEnum):
    """What a claim rests on."""

    RESULT = "result"
    WARDS = "wards"
    DESK = "desk"
    COMPUTED = "computed"
    """Computed from what was claimed: a notice's."""


class AlertKind(StrEnum):
    """What a claim is to those who asked to be told."""

    CHANGE_OF_HANDS = "change of hands"
    FIRST_ELECTION = "first election"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class ClaimContent:
    """From, to and outcome. `before` is None for a new council."""

    before: Control | None
    after: Control
    outcome: Outcome

    def __post_init__(self) -> None:
        if self.outcome is not outcome_of(self.before, self.after):
            raise ValueError(f"{self.before} to {self.after} is not a {self.outcome}")

    @classmethod
    def of(cls, before: Control | None, after: Control) -> ClaimContent:
        """Return the content whose outcome follows from *before* and *after*."""
        return cls(before, after, outcome_of(before, after))

    @property
    def alert_kind(self) -> AlertKind:
        """What kind of alert this content makes."""
        if self.outcome is Outcome.FIRST_ELECTION:
            return AlertKind.FIRST_ELECTION
        return AlertKind.CHANGE_OF_HANDS if self.outcome.changes_hands else AlertKind.HOLD


@dataclass(frozen=True, slots=True)
class ClaimVersion(Generic[C]):
    """One version of a claim; a retraction has the number of its version and no content."""

    version: int
    state: ClaimState
    content: C | None

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError("a claim's versions count from 1")
        if (self.content is None) is not (self.state is ClaimState.RETRACTED):
            raise ValueError("a retraction alone has no content")


def next_version(latest: ClaimVersion[C] | None, decided: C | None) -> ClaimVersion[C] | None:
    """Return the version that *decided* makes after *latest*, or None where nothing is new.

    The first is declared, other content is a correction, no content a retraction; a claim that
    was retracted is declared again.
    """
    if latest is None or latest.content is None:
        if decided is None:
            return None
        number = 1 if latest is None else latest.version + 1
        return ClaimVersion(number, ClaimState.DECLARED, decided)
    if decided == latest.content:
        return None
    state = ClaimState.RETRACTED if decided is None else ClaimState.CORRECTED
    return ClaimVersion(latest.version + 1, state, decided)
