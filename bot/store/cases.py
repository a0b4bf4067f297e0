"""A council's papers: every report about it on a night, and what the rules say of them today."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.election.almanac import Almanac
from bot.election.case import (
    CaseFile,
    DeskWord,
    Filed,
    Ruling,
    RulingAction,
    Verdict,
    VerdictStatus,
)
from bot.election.councils import Council
from bot.election.decide import Decision, decide
from bot.election.parties import folded
from bot.election.policy import USUAL, Policy
from bot.election.reports import (
    CouncilResult,
    Nominations,
    Report,
    SourceKind,
    WardReport,
    WinnerStatement,
)
from bot.election.revisions import nominations_in_force
from bot.election.standings import Source
from bot.store.desk import names_in_force, say_in_force
from bot.store.reports import decode
from bot.store.results import reading_of

_UNSEATS = "they came in after a result in force, which does not fit them"


@dataclass(slots=True)
class Papers:
    """What lies in a council's folder, with the verdict that is recorded of each report."""

    night: date
    council: Council
    nominations: list[Filed[Nominations]] = field(default_factory=list)
    results: list[Filed[CouncilResult]] = field(default_factory=list)
    wards: list[Filed[WardReport]] = field(default_factory=list)
    statements: list[Filed[WinnerStatement]] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    words: list[DeskWord] = field(default_factory=list)
    recorded: dict[int, Verdict] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    """Whose names of parties the desk has said, by the name."""

    def add(
        self, number: int, report: Report, content: str, source: Source, *, settled: bool
    ) -> None:
        """Lay a report in its place; one that is about no council has none here."""
        reading = reading_of(number)
        if isinstance(report, Nominations):
            self.nominations.append(Filed(number, report, content, source, reading=reading))
        elif isinstance(report, CouncilResult):
            self.results.append(Filed(number, report, content, source, settled, reading))
        elif isinstance(report, WardReport):
            self.wards.append(Filed(number, report, content, source, settled, reading))
        elif isinstance(report, WinnerStatement):
            self.statements.append(Filed(number, report, content, source, settled, reading))
        else:
            raise TypeError(f"{type(report).__name__} is no report about one council")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a council's papers: a verdict on each, and what follows."""

    decision: Decision
    verdicts: Mapping[int, Verdict]
    nominations: Filed[Nominations] | None

    @property
    def wards(self) -> Mapping[str, Filed[WardReport]]:
        """The ward reports in force, by ward key."""
        return self.decision.wards


def load_papers(connection: sqlite3.Connection, night: date, council: Council) -> Papers:
    """Return what lies in a council's folder, but for what was turned away."""
    papers = Papers(night, council)
    for row in connection.execute(
        "SELECT r.id, r.kind, r.data, r.content, r.revision, r.verdict, r.reasons, r.warnings, "
        "d.feed, d.name, d.received_at, d.source, d.settled "
        "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
        "WHERE r.night = ? AND r.council = ? AND r.considered ORDER BY r.id",
        (night.isoformat(), council.code),
    ):
        number, kind, data, content, revision, verdict, *said, feed, name, at, who, settled = row
        source = Source(feed, name, revision, datetime.fromisoformat(at), SourceKind(who))
        papers.add(number, _decoded(kind, data), content, source, settled=bool(settled))
        reasons, warnings = map(_sentences, said)
        papers.recorded[number] = Verdict(VerdictStatus(verdict), reasons, warnings)
    papers.rulings, papers.words = say_in_force(connection, night.isoformat(), council.code)
    papers.said = names_in_force(connection)
    return papers


def _misdirected(papers: Papers, almanac: Almanac) -> dict[int, str]:
    """Return in sentences, by report, where a council's code is that of another council."""
    found: dict[int, str] = {}
    of_wards = [(filed.id, filed.report.council) for filed in papers.wards]
    of_statements = [(filed.id, filed.report.council) for filed in papers.statements]
    for number, named in (*of_wards, *of_statements):
        if named.code is None or folded(named.code) == folded(named.name):
            continue
        coded = almanac.councils.resolve(named.code, papers.night)
        if coded.known and coded.code != papers.council.code:
            found[number] = (
                f"its council's code is that of {coded.name}, its name that of "
                f"{papers.council.name}: confirming counts it for {papers.council.name}"
            )
    return found


@functools.lru_cache(maxsize=1 << 13)
def _decoded(kind: str, data: str) -> Report:
    """Return a stored report; each is read again whenever another of its council comes in."""
    return decode(kind, data)


def _sentences(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def _is_told_before(report: int, papers: Papers) -> bool:
    """Whether anything was told before a report: only then can it take something back.

    It is looked at first because nominations hardly ever come late, and deciding twice is dear.
    """
    wards = (filed for filed in papers.wards if filed.report.winners)
    told = (*papers.results, *papers.statements, *wards)
    return bool(papers.words) or any(filed.id < report for filed in told)


def _rests_on_earlier(decision: Decision, report: int) -> bool:
    """Whether all that a decision rests on came in before a report."""
    if decision.in_force is not None:
        return decision.in_force < report
    return all(filed.id < report for filed in decision.wards.values())


def judge(
    papers: Papers,
    almanac: Almanac,
    policy: Policy = USUAL,
) -> Judgement:
    """Return what the rules say of a council's papers, as they are set."""
    night = almanac.night(papers.night)
    rulings = {ruling.report_id: ruling.action for ruling in papers.rulings}
    nominations = nominations_in_force(papers.nominations, rulings, allow_test=policy.allow_test)
    case = CaseFile(
        council=papers.council,
        night=night,
        election=night.elections.get(papers.council.code),
        nominations=nominations.in_force.report if nominations.in_force else None,
        results=tuple(papers.results),
        wards=tuple(papers.wards),
        statements=tuple(papers.statements),
        rulings=tuple(papers.rulings),
        words=tuple(papers.words),
        misdirected=_misdirected(papers, almanac),
        policy=policy,
    )
    decision = decide(case, almanac.parties.told(papers.said))
    late = nominations.in_force if policy.late_nominations_wait else None
    if (
        late is not None
        and rulings.get(late.id) is not RulingAction.CONFIRM
        and _is_told_before(late.id, papers)
    ):
        earlier = replace(papers, nominations=[n for n in papers.nominations if n.id < late.id])
        before = judge(earlier, almanac, replace(policy, late_nominations_wait=False))
        changed = before.decision.content not in (None, decision.content)
        if changed and _rests_on_earlier(before.decision, late.id):
            held = Verdict(VerdictStatus.HELD, (_UNSEATS,))
            return replace(
                before, verdicts={**nominations.verdicts, **before.verdicts, late.id: held}
            )
    return Judgement(
        decision=decision,
        verdicts={**nominations.verdicts, **decision.verdicts},
        nominations=nominations.in_force,
    )
