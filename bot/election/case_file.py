"""Case files: all reports about a council or ballot on one night, with the desk's decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from bot.election.almanac import Almanac, CouncilElection, NightAlmanac, WardSeat, YearOfControl
from bot.election.ballots import Ballot
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.history import control_before
from bot.election.parties import folded
from bot.election.places import listed, listed_by_election
from bot.election.policy import USUAL, Policy
from bot.election.reports import (
    BallotReport,
    CouncilResult,
    Nominations,
    SourceKind,
    VotingSystem,
    WardReport,
    WinnerStatement,
    WireCouncil,
)
from bot.election.seats import Composition
from bot.election.standings import Source

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Subject = Council | Ballot
"""What a report is about, and what a decision is made on."""


@dataclass(frozen=True, slots=True)
class Filed(Generic[R_co]):
    """A report in a case file.

    Ids grow in order of arrival; `content` is a hash of what the report says. `settled` is False
    for a report from a source without revisions until a second fetch has shown the same. `reading`
    is the number of its document.
    """

    id: int
    report: R_co
    content: str
    source: Source
    settled: bool = True
    reading: int = 0

    @property
    def kind(self) -> SourceKind:
        """The kind of source that it comes from."""
        return self.source.kind


class RulingAction(StrEnum):
    """What the desk can decide about one report."""

    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The desk's decision about one report; the latest about a report counts."""

    report_id: int
    action: RulingAction
    who: str
    why: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """The desk's own statement of a council's control, or its withdrawal of a claim.

    A later report that contradicts it is held. `control` is None for a withdrawal. `seats` may be
    omitted where a report gives them, and `before`, who controlled the council until then.
    """

    id: int
    at: datetime
    who: str
    why: str
    control: Control | None
    seats: Composition | None = None
    before: Control | None = None

    def __post_init__(self) -> None:
        if self.control is None and self.seats is not None:
            raise ValueError("a withdrawal has no seats")


class VerdictStatus(StrEnum):
    """What became of a report."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a report, with the reasons against it and the warnings about it.

    `held_by` names the rule behind each reason. Verdicts with the same reasons are the same.
    """

    status: VerdictStatus
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    held_by: tuple[str, ...] = field(default=(), compare=False)


TEST_MATERIAL = "it is marked as test material, which a live night does not take in"
REJECTED_BY_DESK = "the desk rejected it"
CONTRADICTION = "contradicts another report"
"""Behind the reasons of reports of which only one can be right; the name of no check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What the case files of councils and ballots have in common.

    `recorded` holds the verdicts stored so far, by report id. `party_names` maps each party name
    that the desk has assigned to the party's code.
    """

    night: NightAlmanac
    rulings: tuple[Ruling, ...] = ()
    policy: Policy = USUAL
    recorded: Mapping[int, Verdict] = field(default_factory=dict)
    party_names: Mapping[str, str] = field(default_factory=dict)

    def ruling_on(self, report_id: int) -> Ruling | None:
        """Return the desk's latest ruling on a report, or None."""
        return next((one for one in reversed(self.rulings) if one.report_id == report_id), None)

    def confirms(self, report_id: int) -> bool:
        """Whether the desk's latest ruling on a report confirms it."""
        ruling = self.ruling_on(report_id)
        return ruling is not None and ruling.action is RulingAction.CONFIRM

    def refusal(self, filed: Filed[Any]) -> Verdict | None:
        """Return the verdict on a report that is rejected without checks, None for any other."""
        if filed.report.test and not self.policy.allow_test:
            return Verdict(VerdictStatus.REJECTED, (TEST_MATERIAL,))
        ruling = self.ruling_on(filed.id)
        if ruling is not None and ruling.action is RulingAction.REJECT:
            return Verdict(VerdictStatus.REJECTED, (REJECTED_BY_DESK,))
        return None

    def new(self, verdicts: Mapping[int, Verdict]) -> tuple[tuple[int, Verdict], ...]:
        """Return the *verdicts* that differ from the recorded ones."""
        return tuple(one for one in verdicts.items() if self.recorded.get(one[0]) != one[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilCase(CaseFile):
    """Everything received about one council, and the desk's `overrides` that are not undone.

    `nominated` holds the nominations in force, which `decide` chooses from `nominations`.
    `last_known` is the control history's last word before the night, unless the council may have
    voted since. `misdirected` maps the id of each report that names this council but carries the
    code of another one to a sentence that says so. `near` is the name of the council that is
    probably meant if no table has this one.
    """

    council: Council
    election: CouncilElection | None = None
    nominated: Nominations | None = None
    nominations: tuple[Filed[Nominations], ...] = ()
    results: tuple[Filed[CouncilResult], ...] = ()
    wards: tuple[Filed[WardReport], ...] = ()
    statements: tuple[Filed[WinnerStatement], ...] = ()
    overrides: tuple[Override, ...] = ()
    last_known: YearOfControl | None = None
    misdirected: Mapping[int, str] = field(default_factory=dict)
    near: str | None = None

    @property
    def name(self) -> str:
        """The council's name."""
        return self.council.name

    @property
    def filed(self) -> tuple[Filed[Any], ...]:
        """All reports."""
        return (*self.nominations, *self.results, *self.wards, *self.statements)

    @property
    def ward_table(self) -> Sequence[WardSeat]:
        """The council's wards in our table; empty where no table lists them."""
        return self.night.wards.get(self.council.code, ())

    @property
    def override(self) -> Override | None:
        """The latest override, unless the desk has confirmed a result since."""
        if not self.overrides:
            return None
        last = max(self.overrides, key=lambda override: (override.at, override.id))
        results = {filed.id for filed in self.results}
        confirmed = (
            ruling
            for ruling in self.rulings
            if ruling.action is RulingAction.CONFIRM and ruling.report_id in results
        )
        since = any((ruling.at, ruling.id) > (last.at, last.id) for ruling in confirmed)
        return None if since else last


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotCase(CaseFile):
    """Everything received about a mayor, a constituency or a referendum.

    `known` says whether the ballot is in our tables; any other has the name that the wire gives it.
    """

    ballot: Ballot
    known: bool = True
    filed: tuple[Filed[BallotReport], ...] = ()

    @property
    def name(self) -> str:
        """The ballot's name."""
        return self.ballot.name

    def confirmed_since(self, report_id: int, moment: datetime) -> bool:
        """Whether the desk's latest ruling on a report confirms it, and is not before *moment*."""
        ruling = self.ruling_on(report_id)
        if ruling is None or ruling.action is not RulingAction.CONFIRM:
            return False
        return ruling.at >= moment

    @property
    def introduced(self) -> bool:
        """Whether our tables or nominations list the ballot.

        A list of candidates that came before polls closed, and told nothing else, is as good as
        nominations.
        """
        return self.known or any(
            self._lists_candidates(filed) and self.refusal(filed) is None for filed in self.filed
        )

    def _lists_candidates(self, filed: Filed[BallotReport]) -> bool:
        report = filed.report
        early = filed.source.received_at < self.night.polls_close
        told = bool(report.winners) or report.counts > 0 or report.rush or report.recount
        return report.nominations or (early and bool(report.candidates) and not told)

    @property
    def may_have_two_rounds(self) -> bool:
        """Whether the supplementary vote may apply: by our tables or by any report."""
        told = {self.ballot.system, *(filed.report.system for filed in self.filed)}
        return VotingSystem.SUPPLEMENTARY in told


def council_case(
    council: Council,
    night: date,
    filed: Sequence[Filed[Any]],
    almanac: Almanac,
    *,
    overrides: Iterable[Override] = (),
    strangers: Iterable[str] = (),
    **common: Any,
) -> CouncilCase:
    """Return a council's case file from all reports *filed* about it.

    *strangers* are the names of other councils that no table has and of which a report came before.
    """

    def of_type(kind: type[R]) -> tuple[Filed[R], ...]:
        return tuple(one for one in filed if isinstance(one.report, kind))

    known = almanac.night(night)
    wards = of_type(WardReport)
    statements = tuple(_as_listed(one, council, known) for one in of_type(WinnerStatement))
    return CouncilCase(
        council=council,
        night=known,
        election=known.election_of(council),
        nominations=of_type(Nominations),
        results=of_type(CouncilResult),
        wards=wards,
        statements=statements,
        overrides=tuple(overrides),
        last_known=control_before(council, night, almanac),
        misdirected=_misdirected(council, night, (*wards, *statements), almanac),
        near=None if council.known else almanac.councils.misspelt(council.name, night, strangers),
        **common,
    )


def _as_listed(
    filed: Filed[WinnerStatement], council: Council, night: NightAlmanac
) -> Filed[WinnerStatement]:
    """Return a statement as one of a by-election if the night's table lists one in the ward alone.

    A statement has the id of the council's election, which does not tell a by-election.
    """
    said = filed.report
    if said.by_election or listed_by_election(council.code, said, night) is None:
        return filed
    if listed(said.gss, said.area or "", night.wards.get(council.code, ())) is not None:
        return filed  # the ward votes anyway
    return replace(filed, report=replace(said, by_election=True))


def _misdirected(
    council: Council, night: date, filed: Iterable[Filed[Any]], almanac: Almanac
) -> dict[int, str]:
    """Return a sentence, by report id, for each report that carries another council's code."""
    found: dict[int, str] = {}
    for one in filed:
        named: WireCouncil = one.report.council
        if named.code is None or folded(named.code) == folded(named.name):
            continue
        coded = almanac.councils.resolve(named.code, night)
        if coded.known and coded.code != council.code:
            found[one.id] = (
                f"its council's code is that of {coded.name}, its name that of "
                f"{council.name}: confirming counts it for {council.name}"
            )
    return found
