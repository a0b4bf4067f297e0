"""From everything known of a council to what is believed and claimed of it.

`decide` looks at the whole dossier every time, so the order in which reports came in makes no
difference to where a council ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from bot.election.almanac import Contest, NightAlmanac
from bot.election.claims import Basis, ClaimContent
from bot.election.control import Control, control_of
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.reports import CouncilResult, Nominations, WardReport
from bot.election.seats import Composition
from bot.election.standings import PriorSource, Source
from bot.election.verification import ResultFacts, facts_of, faults, held_of

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Filed(Generic[R_co]):
    """A report as it lies in a dossier.

    Ids grow in order of arrival; `content` is a hash of what the report says.
    """

    id: int
    report: R_co
    content: str
    source: Source


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


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that has come in about one council on one night."""

    council: Council
    night: NightAlmanac
    contest: Contest | None = None
    nominations: Nominations | None = None
    results: tuple[Filed[CouncilResult], ...] = ()
    wards: tuple[Filed[WardReport], ...] = ()
    rulings: tuple[Ruling, ...] = ()
    allow_test: bool = False


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


@dataclass(frozen=True, slots=True)
class Outturn:
    """What the result in force says, with our party codes."""

    after: Control
    won: Composition | None
    now: Composition
    changes: Mapping[str, int] | None
    basis: Basis
    by_desk: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on every report of the dossier, and what follows for the council."""

    verdicts: Mapping[int, Verdict]
    in_force: int | None
    content: ClaimContent | None
    before: Control | None
    before_source: PriorSource | None
    result: Outturn | None


TEST_MATERIAL = "it is marked as test material, which a live night does not take in"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A report of its own (no duplicate) with what the checks and the desk say of it."""

    filed: Filed[CouncilResult]
    facts: ResultFacts
    reasons: tuple[str, ...]
    confirmed: bool

    @property
    def believed(self) -> bool:
        return self.confirmed or not self.reasons

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The higher revision counts; of one revision the desk's choice, else the first in."""
        return (self.filed.report.revision, self.confirmed, -self.filed.id)


def decide(dossier: Dossier, parties: Parties) -> Decision:
    """Return the verdicts on a dossier's results, and the claim that follows from them.

    The result in force is the believed one of the highest revision, where a report is believed
    when no check holds it or the desk has confirmed it. A lower revision is superseded, whichever
    came first. Of one revision with two contents the first in stays and the other is held. A
    confirmed report speaks with its own winner: the desk has decided what the seats left open.
    """
    verdicts: dict[int, Verdict] = {}
    rulings = {ruling.report_id: ruling.action for ruling in dossier.rulings}
    judged: list[_Judged] = []
    for filed in _first_copies(dossier, rulings, verdicts):
        facts = facts_of(
            filed.report,
            council=dossier.council,
            contest=dossier.contest,
            nominations=dossier.nominations,
            received_at=filed.source.received_at,
            polls_close=dossier.night.polls_close,
            parties=parties,
        )
        confirmed = rulings.get(filed.id) is RulingAction.CONFIRM
        judged.append(_Judged(filed, facts, faults(facts, holding=True), confirmed))

    believed = [report for report in judged if report.believed]
    in_force = max(believed, key=lambda report: report.rank, default=None)
    for report in judged:
        verdicts[report.filed.id] = _verdict(report, in_force)

    before, before_source = _before(dossier, in_force, parties)
    if in_force is None:
        return Decision(verdicts, None, None, before, before_source, None)
    result = _outturn(in_force)
    return Decision(
        verdicts=verdicts,
        in_force=in_force.filed.id,
        content=ClaimContent.of(before, result.after),
        before=before,
        before_source=before_source,
        result=result,
    )


def _first_copies(
    dossier: Dossier, rulings: Mapping[int, RulingAction], verdicts: dict[int, Verdict]
) -> Iterable[Filed[CouncilResult]]:
    """Yield the reports to judge; give the refused ones and the repeated ones their verdicts."""
    seen: set[tuple[int, str]] = set()
    for filed in sorted(dossier.results, key=lambda filed: filed.id):
        copy = (filed.report.revision, filed.content)
        if filed.report.test and not dossier.allow_test:
            verdicts[filed.id] = Verdict(VerdictStatus.REJECTED, (TEST_MATERIAL,))
        elif rulings.get(filed.id) is RulingAction.REJECT:
            verdicts[filed.id] = Verdict(VerdictStatus.REJECTED, ("the desk rejected it",))
            seen.add(copy)
        elif copy in seen:
            verdicts[filed.id] = Verdict(VerdictStatus.DUPLICATE)
        else:
            seen.add(copy)
            yield filed


def _verdict(report: _Judged, in_force: _Judged | None) -> Verdict:
    warnings = faults(report.facts, holding=False)
    revision = report.filed.report.revision
    if report is in_force:
        return Verdict(VerdictStatus.ACCEPTED, (), (*report.reasons, *warnings))
    if in_force is not None:
        in_force_revision = in_force.filed.report.revision
        if revision < in_force_revision or (revision == in_force_revision and in_force.confirmed):
            return Verdict(VerdictStatus.SUPERSEDED, (), warnings)
        if revision == in_force_revision:
            contradiction = (
                f"it says something else than the revision {revision} that came in before it"
            )
            return Verdict(VerdictStatus.HELD, (contradiction, *report.reasons), warnings)
    return Verdict(VerdictStatus.HELD, report.reasons, warnings)


def _before(
    dossier: Dossier, in_force: _Judged | None, parties: Parties
) -> tuple[Control | None, PriorSource | None]:
    """Return who controlled the council before, and who says so.

    The feed's sitting party comes first, then the shipped table, then the seats at nominations.
    A new council has no past.
    """
    if in_force is not None:
        if in_force.facts.new_council:
            return None, None
        if in_force.filed.report.sitting_given:
            sitting = in_force.facts.sitting
            return Control(sitting.code if sitting else None), PriorSource.WIRE
    if dossier.contest is not None:
        if dossier.contest.new_council:
            return None, None
        return dossier.contest.sitting, PriorSource.SHIPPED
    if dossier.nominations is None or dossier.nominations.council.new_council:
        return None, None
    held = held_of(dossier.nominations, parties)
    return (control_of(held), PriorSource.NOMINATIONS) if held.filled else (None, None)


def _outturn(report: _Judged) -> Outturn:
    facts = report.facts
    if report.reasons or facts.winner is None:
        after = Control(facts.winner.code if facts.winner else None)
    else:
        after = control_of(facts.now)
    return Outturn(
        after=after,
        won=facts.won,
        now=facts.now,
        changes=facts.changes,
        basis=Basis.DESK if report.confirmed and report.reasons else Basis.RESULT,
        by_desk=report.confirmed and bool(report.reasons),
    )
