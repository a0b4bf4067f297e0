"""The decision on a mayor, a constituency or a referendum, made from its case file.

As for councils, every report gets a verdict, the highest accepted revision from each source counts,
and the order of arrival makes no difference. Every rule is a named check; docs/desk.md lists them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.election.ballot_checks import BALLOT_CHECKS, BallotFacts, ballot_by_code
from bot.election.ballots import Ballot
from bot.election.case_file import CONTRADICTION, BallotCase, Filed, Verdict, VerdictStatus
from bot.election.claims import BallotDeclared, Elected, Notice
from bot.election.parties import Parties, folded
from bot.election.reports import BallotReport, Candidate, SourceKind
from bot.election.revisions import looked_into_of, nominations_in_force

_FiledBallot = Filed[BallotReport]


@dataclass(frozen=True, slots=True)
class BallotDecision:
    """A verdict on every report, and what follows for the ballot.

    `content` is shown, but claimed and announced only if `claimable`. `differences` between the
    sources are sentences for the desk.
    """

    verdicts: Mapping[int, Verdict]
    in_force: int | None
    report: BallotReport | None
    content: BallotDeclared | None
    claimable: bool
    by_desk: bool = False
    differences: tuple[str, ...] = ()

    def claimed_after(self, said: Notice | None) -> Notice | None:
        """Return what is claimed after *said* was: the new content if claimable, else *said*.

        A different spelling of the same names corrects nothing, nor does it that nobody says any
        more who held the post or seat before.
        """
        if not self.claimable:
            return said
        now = self.content
        if isinstance(said, BallotDeclared) and now is not None and said.elects_the_same(now):
            return said if now.before in (None, said.before) else replace(said, before=now.before)
        return now


def resolve_ballot(report: BallotReport, ballots: Mapping[str, Ballot]) -> Ballot | None:
    """Return the ballot that a report is about: by its kind and its area's name, else by its code.

    A check holds the report where the name and the code mean different ballots.
    """
    of_kind = [ballot for ballot in ballots.values() if ballot.kind is report.kind]
    named = (one for one in of_kind if folded(report.area) in one.folded_names)
    return next(named, None) or ballot_by_code(report, ballots)


def decide_ballot(case: BallotCase, parties: Parties) -> BallotDecision:
    """Decide on a ballot from everything received about it."""
    verdicts: dict[int, Verdict] = {}
    by_source: defaultdict[SourceKind, list[_FiledBallot]] = defaultdict(list)
    for filed in looked_into_of(case.filed, case, verdicts):
        by_source[filed.kind].append(filed)
    leading: list[_FiledBallot] = []
    taken_back = False
    for reports in by_source.values():
        best, disputed = _in_force_of_source(reports, case, parties, verdicts)
        taken_back = taken_back or disputed
        if best is not None:
            leading.append(best)
    if taken_back:  # the wire contradicts itself: the desk decides, not another source
        leading = [one for one in leading if not one.report.winners]
    leading.sort(key=lambda filed: _lead_order(filed, case))
    lead = leading[0] if leading else None
    differences = _differences(leading, case, parties)
    content = _content(lead.report, case, parties) if lead else None
    confirmed = lead is not None and case.confirms(lead.id)
    claimable = (
        content is None
        or confirmed
        or (not differences and lead is not None and _supported(lead, leading, case, parties))
    )
    # A source that names the winner may know less of the votes than another that agrees.
    shown = _most_detailed(lead, leading, case, parties) if lead else None
    return BallotDecision(
        verdicts=verdicts,
        in_force=shown.id if shown else None,
        report=shown.report if shown else None,
        content=content,
        claimable=claimable,
        by_desk=confirmed,
        differences=differences,
    )


# --- revisions


def _order(filed: _FiledBallot) -> tuple[float, ...]:
    """Return the order of a report among those of its source: result over rush, then revision.

    A recount without a revision was called before anything was declared, so it comes first.
    """
    report = filed.report
    if report.revision is not None:
        return (0, not report.rush, report.revision)
    if report.recount:
        return (-1, float(filed.id))
    updated = report.updated_at
    return (1, updated.timestamp() if updated is not None else float(filed.id))


def _rank_in_source(filed: _FiledBallot, case: BallotCase) -> tuple[float, ...]:
    """Return the rank by which a source's report counts; a confirmed rush ranks as a result."""
    report = filed.report
    if report.revision is None:
        return _order(filed)
    confirmed = case.confirms(filed.id)
    return (not report.rush or confirmed, report.revision, not report.rush)


def _in_force_of_source(
    reports: Sequence[_FiledBallot],
    case: BallotCase,
    parties: Parties,
    verdicts: dict[int, Verdict],
) -> tuple[_FiledBallot | None, bool]:
    """Return the report that counts from a source, and whether a later rush disputes it.

    The verdict on each report is added to *verdicts*. Nominations never compete with results.
    """
    nominations = [filed for filed in reports if filed.report.nominations]
    named = nominations_in_force(nominations, case, verdicts)
    results = [filed for filed in reports if not filed.report.nominations]
    accepted = _accepted_results(results, case, parties, verdicts)
    if not accepted:
        return named, False
    best = max(accepted, key=lambda one: _rank_in_source(one, case))
    for filed in accepted:
        if filed is not best:
            verdicts[filed.id] = replace(verdicts[filed.id], status=VerdictStatus.SUPERSEDED)
    disputing = [one for one in accepted if _disputes(one, best, case, parties)]
    for one, other in ((best, one) for one in disputing):
        for held, said in ((one, other), (other, one)):
            reason = (
                f"{said.source.document} names another winner: {_names_of_winners(said.report)}"
            )
            verdicts[held.id] = replace(
                verdicts[held.id],
                status=VerdictStatus.HELD,
                reasons=(reason,),
                held_by=(CONTRADICTION,),
            )
    return (named, True) if disputing else (best, False)


def _disputes(filed: _FiledBallot, best: _FiledBallot, case: BallotCase, parties: Parties) -> bool:
    """Whether a rush of a higher revision names a different winner from the result that counts.

    The wire may take a result back with such a rush. There is no dispute if the desk has confirmed
    the result since.
    """
    later, settled = filed.report, best.report
    if not later.rush or filed is best or later.revision is None or settled.revision is None:
        return False
    if later.revision <= settled.revision or not _rank_in_source(best, case)[0]:
        return False
    one, other = (_content(report, case, parties) for report in (later, settled))
    if one is None or other is None or one.elects_the_same(other):
        return False
    return not case.confirmed_since(best.id, filed.source.received_at)


def _accepted_results(
    reports: Sequence[_FiledBallot],
    case: BallotCase,
    parties: Parties,
    verdicts: dict[int, Verdict],
) -> list[_FiledBallot]:
    """Return the results from a source that pass; the verdict on each is added to *verdicts*."""
    by_order: defaultdict[tuple[float, ...], list[_FiledBallot]] = defaultdict(list)
    for filed in sorted(reports, key=lambda one: one.id):
        by_order[_order(filed)].append(filed)
    accepted: list[_FiledBallot] = []
    for same in by_order.values():
        first = _counting_report(same, case)
        for other in same:
            if other is first:
                continue
            if other.content == first.content:
                verdicts[other.id] = Verdict(VerdictStatus.DUPLICATE)
            elif case.confirms(first.id):
                verdicts[other.id] = Verdict(VerdictStatus.SUPERSEDED)
            else:
                verdicts[other.id] = Verdict(
                    VerdictStatus.HELD, (_CONTRADICTS,), held_by=(CONTRADICTION,)
                )
        contradicted = any(
            other.content != first.content
            for other in same
            if verdicts.get(other.id) is None or verdicts[other.id].status is VerdictStatus.HELD
        )
        facts = BallotFacts(first.report, case, first.source.received_at, parties)
        reasons, warnings, held_by = BALLOT_CHECKS.findings(facts)
        warnings = (*warnings, *first.report.doubts)
        if contradicted:
            reasons, held_by = (*reasons, _CONTRADICTS), (*held_by, CONTRADICTION)
        if reasons and not case.confirms(first.id):
            verdicts[first.id] = Verdict(VerdictStatus.HELD, reasons, warnings, held_by)
            continue
        verdicts[first.id] = Verdict(VerdictStatus.ACCEPTED, (), warnings)
        accepted.append(first)
    return accepted


def _counting_report(same: Sequence[_FiledBallot], case: BallotCase) -> _FiledBallot:
    """Return which report of one order counts: the last one confirmed, or else the first."""
    confirmed = [one for one in same if case.confirms(one.id)]
    return (confirmed or list(same))[-1 if confirmed else 0]


_CONTRADICTS = "another report of the same revision says otherwise"


def _lead_order(filed: _FiledBallot, case: BallotCase) -> tuple[object, ...]:
    """Return the order in which sources lead: confirmed by the desk, declared, the wire."""
    return (
        not case.confirms(filed.id),
        not filed.report.declared or filed.report.recount,
        filed.kind is not SourceKind.PA,
        filed.kind.value,
    )


def _most_detailed(
    lead: _FiledBallot,
    leading: Sequence[_FiledBallot],
    case: BallotCase,
    parties: Parties,
) -> _FiledBallot:
    content = _content(lead.report, case, parties)
    agreeing = [
        one
        for one in leading
        if (other := _content(one.report, case, parties)) is content
        or (content is not None and other is not None and content.elects_the_same(other))
    ]
    return max([lead, *agreeing], key=lambda one: (one.report.counts, one is lead))


# --- several sources


def _content(report: BallotReport, case: BallotCase, parties: Parties) -> BallotDeclared | None:
    """Return the result that a report gives, None until every seat has its winner."""
    if report.recount or report.nominations or not report.declared:
        return None
    elected = sorted(
        (Elected(one.name, _party(one, parties)) for one in report.winners),
        key=lambda one: (one.name, one.party or ""),
    )
    ballot = case.ballot
    wire = None if report.sitting is None else parties.resolve(report.sitting).code
    before = ballot.sitting if case.known else wire
    return BallotDeclared(ballot.code, ballot.kind, tuple(elected), before)


def _party(one: Candidate, parties: Parties) -> str | None:
    return None if one.party is None else parties.resolve(one.party).code


def _winners(report: BallotReport, parties: Parties) -> Counter[tuple[str, str]]:
    """Return the winners in a form that compares between sources: by party, or by answer."""
    return Counter(
        ("party", code) if (code := _party(one, parties)) else ("answer", folded(one.name))
        for one in report.winners
    )


def _differences(
    leading: Sequence[_FiledBallot], case: BallotCase, parties: Parties
) -> tuple[str, ...]:
    """Return sentences on the sources that declare other winners than the leading one."""
    declared = [one for one in leading if one.report.declared and not one.report.recount]
    if not declared:
        return ()
    first = declared[0]
    return tuple(
        f"{first.kind} says {_names_of_winners(first.report)} elected, "
        f"{other.kind} says {_names_of_winners(other.report)}"
        for other in declared[1:]
        if _winners(other.report, parties) != _winners(first.report, parties)
        and not case.confirms(first.id)
    )


def _names_of_winners(report: BallotReport) -> str:
    return ", ".join(one.name for one in report.winners)


def _supported(
    lead: _FiledBallot,
    leading: Sequence[_FiledBallot],
    case: BallotCase,
    parties: Parties,
) -> bool:
    agreeing = {
        one.kind
        for one in leading
        if one.report.declared and _winners(one.report, parties) == _winners(lead.report, parties)
    }
    return case.policy.supports(agreeing, settled=lead.settled)
