"""A council's dossier: everything that has come in about it on a night, and the desk's say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from bot.election.almanac import CouncilElection, NightAlmanac, WardSeat
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.policy import USUAL, Policy
from bot.election.reports import (
    CouncilResult,
    Nominations,
    SourceKind,
    WardReport,
    WinnerStatement,
)
from bot.election.seats import Composition
from bot.election.standings import Source

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Filed(Generic[R_co]):
    """A report as it lies in a dossier.

    Ids grow in order of arrival; `content` is a hash of what the report says. `settled` is False
    for a report of a source without revisions that only one look has shown so far. Reports of one
    document have its number as `reading`.
    """

    id: int
    report: R_co
    content: str
    source: Source
    settled: bool = True
    reading: int = 0

    @property
    def kind(self) -> SourceKind:
        """Who says so."""
        return self.source.kind


class RulingAction(StrEnum):
    """What the desk can decide about one report."""

    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The desk's decision about one report; the last one about it counts."""

    report_id: int
    action: RulingAction
    who: str
    why: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class DeskWord:
    """What the desk itself says of a council: its control, or that nothing is to be claimed.

    It pins: a report that comes in later and contradicts it waits for the desk. `control` is None
    where the desk withdraws what was claimed. `seats` may be left out where a report gives them.
    """

    id: int
    at: datetime
    who: str
    why: str
    control: Control | None
    seats: Composition | None = None

    def __post_init__(self) -> None:
        if self.control is None and self.seats is not None:
            raise ValueError("a withdrawal has no seats")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything that has come in about one council on one night. `words` are those in force.

    `misdirected` are the reports whose council has another council's code: a sentence by their ids.
    """

    council: Council
    night: NightAlmanac
    election: CouncilElection | None = None
    nominations: Nominations | None = None
    results: tuple[Filed[CouncilResult], ...] = ()
    wards: tuple[Filed[WardReport], ...] = ()
    statements: tuple[Filed[WinnerStatement], ...] = ()
    rulings: tuple[Ruling, ...] = ()
    words: tuple[DeskWord, ...] = ()
    misdirected: Mapping[int, str] = field(default_factory=dict)
    policy: Policy = USUAL

    @property
    def ward_table(self) -> Sequence[WardSeat]:
        """The council's wards by our table, none where no table lists them."""
        return self.night.wards.get(self.council.code, ())

    def ruling_on(self, report_id: int) -> RulingAction | None:
        """Return what the desk has decided about a report."""
        decided = [ruling.action for ruling in self.rulings if ruling.report_id == report_id]
        return decided[-1] if decided else None

    @property
    def word(self) -> DeskWord | None:
        """The desk's word in force: its last, unless it has confirmed a result since."""
        if not self.words:
            return None
        last = max(self.words, key=lambda word: (word.at, word.id))
        results = {filed.id for filed in self.results}
        confirmed = (
            ruling
            for ruling in self.rulings
            if ruling.action is RulingAction.CONFIRM and ruling.report_id in results
        )
        since = any((ruling.at, ruling.id) > (last.at, last.id) for ruling in confirmed)
        return None if since else last


class VerdictStatus(StrEnum):
    """What became of a report."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A report's fate, why it is not believed, and what looked odd all the same."""

    status: VerdictStatus
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


TEST_MATERIAL = "it is marked as test material, which a live night does not take in"
REJECTED_BY_DESK = "the desk rejected it"


def refusal(ruling: RulingAction | None, *, test: bool, allow_test: bool) -> Verdict | None:
    """Return the verdict on a report that is not looked into, None for one that is."""
    if test and not allow_test:
        return Verdict(VerdictStatus.REJECTED, (TEST_MATERIAL,))
    if ruling is RulingAction.REJECT:
        return Verdict(VerdictStatus.REJECTED, (REJECTED_BY_DESK,))
    return None
