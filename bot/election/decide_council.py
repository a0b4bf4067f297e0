"""The decision on a council: from everything known of it to what is in force and claimed.

`decide` looks at the whole case file every time, so the order of arrival makes no difference to the
final decision.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.election.almanac import WardSeat
from bot.election.by_elections import (
    ByElection,
    by_elections_apart,
    by_elections_of,
    control_after,
)
from bot.election.case_file import (
    CONTRADICTION,
    CouncilCase,
    Filed,
    Override,
    Verdict,
    VerdictStatus,
)
from bot.election.claims import Basis, ClaimContent
from bot.election.decide_ballot import BallotDecision
from bot.election.parties import INDEPENDENT, Parties, WireParty
from bot.election.policy import Policy
from bot.election.prior import Prior, prior_of
from bot.election.reports import Nominations, SourceKind, WardReport
from bot.election.revisions import (
    JudgedResult,
    WardsInForce,
    nominations_in_force,
    results_in_force,
    wards_in_force,
)
from bot.election.standings import PriorSource, Voice
from bot.election.unknown_parties import who_are
from bot.election.views import (
    CouncilView,
    named,
    same_control,
    says,
    view_of_desk,
    view_of_result,
    views_of_wards,
)
from bot.election.ward_checks import nobody_is_marked
from bot.election.ward_outcomes import same_winners
from bot.election.wards import WardsTold, told_by_wards, with_second_seats

_COUNCIL_SOURCES = (SourceKind.PA, SourceKind.SHEET)
"""The sources that report whole councils, in the order in which they lead."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on every report of the case file, and what follows for the council.

    `content` is shown, but claimed and announced only if `claimable`. `voices` holds what each
    source says; `differences` are sentences for the desk. `wards` holds the reports in force by
    ward key, from the leading source where several report a ward. `lacking` is a sentence that says
    why there is no outcome yet; it is `stuck` if no ward still to come can change that.
    `counted_too` holds the ward keys of by-elections that fill seats of the election, and
    `by_elections` what is decided of each by-election by the code of its ballot.
    """

    verdicts: Mapping[int, Verdict]
    in_force: int | None
    content: ClaimContent | None
    claimable: bool
    prior: Prior
    nominations: Filed[Nominations] | None
    result: CouncilView | None
    voices: tuple[Voice, ...] = ()
    differences: tuple[str, ...] = ()
    wards: Mapping[str, Filed[WardReport]] = field(default_factory=dict)
    counted_too: frozenset[str] = frozenset()
    lacking: str | None = None
    stuck: bool = False
    by_elections: Mapping[str, ByElection] = field(default_factory=dict)

    def by_election_with(self, report: int) -> BallotDecision | None:
        """Return what is decided of the by-election on which a report in force tells, or None."""
        told = (one for one in self.by_elections.values() if one.apart)
        return next((one.decision for one in told if one.decision.in_force == report), None)

    def claimed_after(self, said: ClaimContent | None) -> ClaimContent | None:
        """Return what is claimed after *said* was: the new content if claimable, else *said*."""
        return self.content if self.claimable else said


def decide(case: CouncilCase, parties: Parties) -> Decision:
    """Return the verdicts on a case file's reports, and the claim that follows from them.

    The desk's override leads, then the wire's result, then the sheet's, then the wards where they
    make a whole council. What leads is shown at once. It is claimed once it is supported: by itself
    if its source has revisions or has said it twice, or by another source that agrees, as
    `Policy.claims_need` requires. Later reports that contradict the override are held.
    """
    verdicts: dict[int, Verdict] = {}
    late = nominations = nominations_in_force(case.nominations, case, verdicts)
    nominated = nominations.report if nominations else case.nominated
    decision = _decide(replace(case, nominated=nominated), parties)
    if (
        late is not None
        and case.policy.late_nominations_wait
        and not case.confirms(late.id)
        and _has_result_before(late.id, case)
    ):
        policy = replace(case.policy, late_nominations_wait=False)
        earlier = tuple(filed for filed in case.nominations if filed.id < late.id)
        before = decide(replace(case, nominations=earlier, policy=policy), parties)
        if _is_changed(before.content, decision.content) and _is_based_on_earlier(before, late.id):
            held = Verdict(VerdictStatus.HELD, (_UNSEATS,), held_by=(CONTRADICTION,))
            return replace(before, verdicts={**verdicts, **before.verdicts, late.id: held})
    verdicts.update(decision.verdicts)
    return replace(decision, verdicts=verdicts, nominations=nominations)


def _is_changed(claimed: ClaimContent | None, now: ClaimContent | None) -> bool:
    """Whether a claim would be corrected or withdrawn, which completing it is not."""
    if claimed is None or claimed == now:
        return False
    return now is None or not now.completes(claimed)


_UNSEATS = "they came in after a result that they do not fit"


def _has_result_before(report: int, case: CouncilCase) -> bool:
    """Whether any result came before a report, so that the report could make it invalid.

    This is asked first because nominations are hardly ever late, and deciding twice is slow.
    """
    wards = (filed for filed in case.wards if filed.report.winners)
    told = (*case.results, *case.statements, *wards)
    return bool(case.overrides) or any(filed.id < report for filed in told)


def _is_based_on_earlier(decision: Decision, report: int) -> bool:
    """Whether everything that a decision is based on came in before a report."""
    if decision.in_force is not None:
        return decision.in_force < report
    return all(filed.id < report for filed in decision.wards.values())


def _decide(case: CouncilCase, parties: Parties) -> Decision:
    """Decide with the nominations in force."""
    # Longer than sixty lines: the order in which sources lead has to be readable in one place.
    parties = parties.knowing(_named_parties(case))
    verdicts, results = results_in_force(case, parties)
    wards = wards_in_force(case)
    verdicts.update(wards.verdicts)
    views = [view_of_result(results[kind]) for kind in _COUNCIL_SOURCES if kind in results]
    told = {kind: _wards_told(reports, case, parties) for kind, reports in wards.by_source.items()}
    together, disputed = _merged_wards(wards, case.ward_table, parties)
    told_together = _wards_told(together, case, parties)
    undecided = _dispute_decides(disputed, together, wards, case, parties)
    if undecided:
        told_together = replace(told_together, now=None, missing="sources dispute who won")
    views += views_of_wards(wards, told, together, told_together)
    views = [named(view, told_together, parties) for view in views]

    override, late = case.override, []
    if override is not None:
        contradicting = [view for view in views if not _agrees(view, override)]
        late = [view for view in contradicting if _came_after(view, override)]
        held = {
            view.report_id: _held_by_override(override)
            for view in late
            if view.report_id is not None
        }
        if held:
            return _decide_without(held, verdicts, case, parties)
        for view in contradicting:
            if view.report_id is not None:
                verdicts[view.report_id] = Verdict(VerdictStatus.SUPERSEDED)
        views = [view for view in views if _agrees(view, override)]
        views = [*view_of_desk(override, views), *views]
    withdrawn = override is not None and override.control is None
    lead = None if withdrawn or not views else views[0]
    prior = prior_of(case, results, parties)
    if lead is not None:
        prior = prior.beside(lead.after, parties)
    by_elections = by_elections_of(
        case,
        wards,
        together,
        disputed=disputed,
        counted_too=told_together.counted_too,
        parties=parties,
    )
    lacking = _lacking(told_together, verdicts) if lead is None and wards.by_source else None
    stuck = lacking is not None and not told_together.waits
    names = [together[key].report.area for key in disputed]
    differences = _differences(
        lead, views, told_together, disputed=names, late=late, parties=parties
    )
    asked = withdrawn or undecided or told_together.hangs_on_vacancies or told_together.strangers
    if stuck and lacking is not None and not asked:
        differences.append(f"all wards have declared, but the result is open: {lacking}")
    differences += _unmarked(filed.report for filed in together.values())
    if lead is None and override is None:
        changed = control_after(case, by_elections, parties)
        if changed.lacking is not None:
            differences.append(changed.lacking)
            lacking, stuck = changed.lacking, True
        if changed.view is not None:
            lead, prior = changed.view, Prior(changed.before, PriorSource.SHIPPED)
    return Decision(
        verdicts=verdicts,
        in_force=lead.report_id if lead else None,
        content=prior.content_with(lead.after) if lead else None,
        claimable=lead is None
        or lead.basis is Basis.BY_ELECTION
        or (
            _supported(lead, views, case.policy)
            and not (undecided and lead.basis is Basis.WARDS)
            and not _may_be_unknown_party(lead, told_together)
        ),
        prior=prior,
        nominations=None,
        result=lead,
        voices=_voices(lead, results, told, wards),
        differences=tuple(differences),
        wards=together,
        counted_too=told_together.counted_too,
        lacking=lacking,
        stuck=stuck and not withdrawn,
        by_elections=by_elections,
    )


def _named_parties(case: CouncilCase) -> Iterable[WireParty]:
    """Yield the parties that the nominations and the results name."""
    if case.nominated is not None:
        yield from (line.party for line in case.nominated.parties)
    for filed in case.results:
        yield from (line.party for line in filed.report.composition)


def _wards_told(
    wards: Mapping[str, Filed[WardReport]], case: CouncilCase, parties: Parties
) -> WardsTold:
    return told_by_wards(
        {key: filed.report for key, filed in wards.items()},
        table=case.ward_table,
        election=case.election,
        nominations=case.nominated,
        parties=parties,
        apart=by_elections_apart(case, wards),
    )


def _merged_wards(
    wards: WardsInForce, table: Sequence[WardSeat], parties: Parties
) -> tuple[dict[str, Filed[WardReport]], list[str]]:
    """Return one report per ward over all sources, and the keys of the wards that sources dispute.

    Where several sources report a ward, a declared report is preferred. A ward's own ballot and a
    by-election there are compared together, because another source may report them as one.
    """
    by_ward: dict[str, list[tuple[Filed[WardReport], WardReport]]] = {}
    for kind in sorted(wards.by_source):
        reports = wards.by_source[kind]
        whole, _ = with_second_seats({k: f.report for k, f in reports.items()}, table)
        for key, filed in reports.items():
            by_ward.setdefault(key, []).append((filed, whole.get(key, filed.report)))
    together, disputed = {}, []
    for key, told in by_ward.items():
        declared = [(filed, ward) for filed, ward in told if ward.declared]
        together[key] = (declared or told)[0][0]
        pairs = itertools.combinations((ward for _, ward in declared), 2)
        if not all(same_winners(one, other, parties) for one, other in pairs):
            disputed.append(key)
    return together, disputed


def _lacking(told: WardsTold, verdicts: Mapping[int, Verdict]) -> str | None:
    """Return why the wards give no outcome, and how many of their reports wait for the desk."""
    said = told.missing
    if said is None and told.hangs_on_vacancies:
        said = "control depends on vacant seats: the desk decides"
    held = sum(verdict.status is VerdictStatus.HELD for verdict in verdicts.values())
    if said is None or not held:
        return said
    return f"{said}; {'1 report' if held == 1 else f'{held} reports'} held"


def _dispute_decides(
    disputed: Sequence[str],
    together: Mapping[str, Filed[WardReport]],
    wards: WardsInForce,
    case: CouncilCase,
    parties: Parties,
) -> bool:
    """Whether control depends on which source is right about the disputed wards."""
    if not disputed:
        return False
    controls = set()
    for reports in wards.by_source.values():
        taken = {key: reports[key] for key in disputed if key in reports}
        declared = {key: filed for key, filed in taken.items() if filed.report.declared}
        controls.add(_wards_told({**together, **declared}, case, parties).control)
    return len(controls) > 1


def _agrees(view: CouncilView, override: Override) -> bool:
    """Whether a view agrees with the desk's override; none agrees with a withdrawal."""
    return override.control is not None and same_control(view.after, override.control)


def _came_after(view: CouncilView, override: Override) -> bool:
    """Whether a view's report came in at the time of the override or later."""
    return view.source is not None and view.source.received_at >= override.at


def _held_by_override(override: Override) -> Verdict:
    said = f"it contradicts the desk's word of {override.at:%H:%M} ({override.why})"
    return Verdict(VerdictStatus.HELD, (said,), held_by=(CONTRADICTION,))


def _decide_without(
    held: Mapping[int, Verdict],
    verdicts: Mapping[int, Verdict],
    case: CouncilCase,
    parties: Parties,
) -> Decision:
    """Decide without the results that contradict the override, so that agreeing ones still count.

    Copies of them are left out as well, and keep their verdict as duplicates.
    """
    contents = {(f.kind, f.report.revision, f.content) for f in case.results if f.id in held}
    rest = tuple(
        filed
        for filed in case.results
        if (filed.kind, filed.report.revision, filed.content) not in contents
    )
    decision = _decide(replace(case, results=rest), parties)
    return replace(decision, verdicts={**verdicts, **decision.verdicts, **held})


def _supported(lead: CouncilView, views: Sequence[CouncilView], policy: Policy) -> bool:
    if lead.by_desk:
        return True
    agreeing: set[SourceKind] = set()
    for view in views:
        if same_control(view.after, lead.after):
            agreeing |= view.kinds
        elif lead.basis is Basis.WARDS:
            return False  # sources contradict each other about wards: the desk decides
    return policy.supports(agreeing, settled=lead.settled)


def _differences(
    lead: CouncilView | None,
    views: Sequence[CouncilView],
    wards: WardsTold,
    *,
    disputed: Sequence[str],
    late: Sequence[CouncilView],
    parties: Parties,
) -> list[str]:
    """Return sentences for the desk on where the sources differ."""
    found = [f"sources dispute who won {', '.join(sorted(disputed))}"] if disputed else []
    for view in views[1:]:
        if lead is not None and not same_control(view.after, lead.after):
            found.append(says(view, parties))
    found += [f"{says(view, parties)}, against the desk's word before it" for view in late]
    if wards.strangers:
        found.append(f"by the wards, {who_are(wards.strangers, parties)}")
    if wards.hangs_on_vacancies:
        found.append("by the wards, control depends on vacant seats: the desk decides")
    return found


def _unmarked(wards: Iterable[WardReport]) -> list[str]:
    """Return a sentence on the wards that have votes but nobody marked as elected."""
    unmarked = sorted(ward.area for ward in wards if nobody_is_marked(ward))
    if not unmarked:
        return []
    names = f"{', '.join(unmarked[:3])}{' and more' if len(unmarked) > 3 else ''}"
    return [f"votes of {names} are published, nobody is elected there"]


def _may_be_unknown_party(lead: CouncilView, wards: WardsTold) -> bool:
    """Whether the bucket's majority may be that of one party that is in none of our tables."""
    return lead.after.holder == INDEPENDENT and wards.nameless_majority and not lead.by_desk


def _voices(
    lead: CouncilView | None,
    results: Mapping[SourceKind, JudgedResult],
    told: Mapping[SourceKind, WardsTold],
    wards: WardsInForce,
) -> tuple[Voice, ...]:
    """Return what each source says, those that report whole councils first."""
    voices = []
    for kind in _COUNCIL_SOURCES:
        if kind in results:
            view = view_of_result(results[kind])
            voices.append(
                Voice(
                    kind=kind,
                    says=view.after,
                    agrees=lead is not None and same_control(view.after, lead.after),
                    revision=results[kind].filed.report.revision,
                    received_at=results[kind].filed.source.received_at,
                    confirmed=view.settled,
                )
            )
    for kind, one in told.items():
        received = [filed.source.received_at for filed in wards.by_source[kind].values()]
        settled = all(filed.settled for filed in wards.by_source[kind].values())
        control = one.control
        voices.append(
            Voice(
                kind=kind,
                says=control,
                agrees=lead is not None
                and control is not None
                and same_control(control, lead.after),
                received_at=max(received),
                wards=one.declared,
                of_wards=one.total,
                confirmed=settled,
            )
        )
    return tuple(voices)
