"""What may be believed of a contest, and what follows from all that has come in about it.

As for councils, every report gets a verdict, of each source the highest believed one counts, and
the order of arrival makes no difference. Every rule is a named check; docs/desk.md lists them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.election.almanac import NightAlmanac
from bot.election.contests import Contest, VotingSystem
from bot.election.dossier import (
    ClaimsNeed,
    Filed,
    Ruling,
    RulingAction,
    Verdict,
    VerdictStatus,
    refusal,
)
from bot.election.notices import ContestDeclared, Elected
from bot.election.parties import Parties, folded
from bot.election.reports import (
    Contestant,
    ContestKind,
    ContestReport,
    GainOrHold,
    SourceKind,
)

_FiledContest = Filed[ContestReport]


@dataclass(frozen=True, slots=True)
class ContestPapers:
    """Everything that has come in about one contest on one night."""

    contest: Contest | None
    night: NightAlmanac
    reports: tuple[Filed[ContestReport], ...] = ()
    rulings: tuple[Ruling, ...] = ()
    allow_test: bool = False
    claims_need: ClaimsNeed = ClaimsNeed.ONE_SOURCE

    def ruling_on(self, report_id: int) -> RulingAction | None:
        """Return what the desk has decided about a report."""
        decided = [ruling.action for ruling in self.rulings if ruling.report_id == report_id]
        return decided[-1] if decided else None


@dataclass(frozen=True, slots=True)
class ContestDecision:
    """A verdict on every report, and what follows for the contest.

    `content` is what is shown; it is claimed, and told, only if `claimable`. `differences` are
    sentences for the desk.
    """

    verdicts: Mapping[int, Verdict]
    in_force: int | None
    report: ContestReport | None
    content: ContestDeclared | None
    claimable: bool
    by_desk: bool = False
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContestCheck:
    """A rule by its name: the sentence where it finds something, and why it is a rule.

    `holds` tells whether a report that fails it waits for the desk, or is only warned of.
    """

    name: str
    holds: bool
    why: str
    finds: Callable[[ContestReport, ContestPapers, datetime, Parties], str | None]


def resolve_contest(report: ContestReport, contests: Mapping[str, Contest]) -> Contest | None:
    """Return the contest that a report is about: by its kind and code, else by its area's name."""
    of_kind = [contest for contest in contests.values() if contest.kind is report.kind]
    if report.gss is not None:
        for contest in of_kind:
            if contest.gss == report.gss:
                return contest
    name = folded(report.area)
    for contest in of_kind:
        if name in {folded(one) for one in (contest.area, contest.name, *contest.aliases)}:
            return contest
    return None


def decide_contest(papers: ContestPapers, parties: Parties) -> ContestDecision:
    """Return what follows from all that has come in about a contest."""
    verdicts: dict[int, Verdict] = {}
    by_source: defaultdict[SourceKind, list[_FiledContest]] = defaultdict(list)
    for filed in papers.reports:
        ruling = papers.ruling_on(filed.id)
        refused = refusal(ruling, test=filed.report.test, allow_test=papers.allow_test)
        if refused is not None:
            verdicts[filed.id] = refused
        else:
            by_source[filed.kind].append(filed)
    leading: list[_FiledContest] = []
    for reports in by_source.values():
        best = _of_source(reports, papers, parties, verdicts)
        if best is not None:
            leading.append(best)
    leading.sort(key=lambda filed: _rank(filed, papers))
    lead = leading[0] if leading else None
    differences = _differences(leading, papers, parties)
    content = _content(lead.report, papers, parties) if lead else None
    confirmed = lead is not None and papers.ruling_on(lead.id) is RulingAction.CONFIRM
    claimable = (
        content is None
        or confirmed
        or (not differences and lead is not None and _supported(lead, leading, papers, parties))
    )
    # A source that names the winner may know less of the votes than another that agrees.
    shown = _most_detailed(lead, leading, papers, parties) if lead else None
    return ContestDecision(
        verdicts=verdicts,
        in_force=shown.id if shown else None,
        report=shown.report if shown else None,
        content=content,
        claimable=claimable,
        by_desk=confirmed,
        differences=differences,
    )


# --- precedence


def _order(filed: _FiledContest) -> tuple[float, ...]:
    """Return the place of a report among those of its source: result over rush, then revision.

    A recount that has no revision was called before anything was declared.
    """
    report = filed.report
    if report.revision is not None:
        return (0, not report.rush, report.revision)
    if report.recount:
        return (-1, float(filed.id))
    updated = report.updated_at
    return (1, updated.timestamp() if updated is not None else float(filed.id))


def _of_source(
    reports: Sequence[_FiledContest],
    papers: ContestPapers,
    parties: Parties,
    verdicts: dict[int, Verdict],
) -> _FiledContest | None:
    """Return a source's believed report that counts; the verdict on each goes into *verdicts*."""
    by_order: defaultdict[tuple[float, ...], list[_FiledContest]] = defaultdict(list)
    for filed in sorted(reports, key=lambda one: one.id):
        by_order[_order(filed)].append(filed)
    believed: list[_FiledContest] = []
    for same in by_order.values():
        first = _first_of(same, papers)
        for other in same:
            if other is first:
                continue
            if other.content == first.content:
                verdicts[other.id] = Verdict(VerdictStatus.DUPLICATE)
            elif papers.ruling_on(first.id) is RulingAction.CONFIRM:
                verdicts[other.id] = Verdict(VerdictStatus.SUPERSEDED)
            else:
                verdicts[other.id] = Verdict(VerdictStatus.HELD, (_CONTRADICTS,))
        contradicted = any(
            other.content != first.content
            for other in same
            if verdicts.get(other.id) is None or verdicts[other.id].status is VerdictStatus.HELD
        )
        reasons, warnings = _findings(first, papers, parties)
        if contradicted:
            reasons = (*reasons, _CONTRADICTS)
        if reasons and papers.ruling_on(first.id) is not RulingAction.CONFIRM:
            verdicts[first.id] = Verdict(VerdictStatus.HELD, reasons, warnings)
            continue
        verdicts[first.id] = Verdict(VerdictStatus.ACCEPTED, (), warnings)
        believed.append(first)
    if not believed:
        return None
    best = max(believed, key=_order)
    for filed in believed:
        if filed is not best:
            verdicts[filed.id] = replace(verdicts[filed.id], status=VerdictStatus.SUPERSEDED)
    return best


def _first_of(same: Sequence[_FiledContest], papers: ContestPapers) -> _FiledContest:
    """Return the report that stands for all of one place in the order: a confirmed one, if any."""
    confirmed = [one for one in same if papers.ruling_on(one.id) is RulingAction.CONFIRM]
    return (confirmed or list(same))[-1 if confirmed else 0]


_CONTRADICTS = "another report of the same revision says otherwise"


def _rank(filed: _FiledContest, papers: ContestPapers) -> tuple[object, ...]:
    """Return who leads: the desk's choice, a declared result, the wire, then who came first."""
    return (
        papers.ruling_on(filed.id) is not RulingAction.CONFIRM,
        not filed.report.declared or filed.report.recount,
        filed.kind is not SourceKind.PA,
        filed.kind.value,
    )


def _most_detailed(
    lead: _FiledContest,
    leading: Sequence[_FiledContest],
    papers: ContestPapers,
    parties: Parties,
) -> _FiledContest:
    content = _content(lead.report, papers, parties)
    agreeing = [
        one
        for one in leading
        if (other := _content(one.report, papers, parties)) is content
        or (content is not None and other is not None and content.elects_the_same(other))
    ]
    return max([lead, *agreeing], key=lambda one: (one.report.counts, one is lead))


# --- several sources


def _content(
    report: ContestReport, papers: ContestPapers, parties: Parties
) -> ContestDeclared | None:
    """Return what a report makes of its contest, None until every seat has its winner."""
    if papers.contest is None or report.recount or not report.declared:
        return None
    elected = sorted(
        (Elected(one.name, _party(one, parties)) for one in report.elected),
        key=lambda one: (one.name, one.party or ""),
    )
    contest = papers.contest
    return ContestDeclared(contest.code, contest.kind, tuple(elected), contest.sitting)


def _party(one: Contestant, parties: Parties) -> str | None:
    return None if one.party is None else parties.resolve(one.party).code


def _winners(report: ContestReport, parties: Parties) -> Counter[tuple[str, str]]:
    """Return who was elected as sources agree about them: by party, and where none by name."""
    return Counter(
        ("party", code) if (code := _party(one, parties)) else ("answer", folded(one.name))
        for one in report.elected
    )


def _differences(
    leading: Sequence[_FiledContest], papers: ContestPapers, parties: Parties
) -> tuple[str, ...]:
    """Return in sentences where sources that have declared name other winners."""
    declared = [one for one in leading if one.report.declared and not one.report.recount]
    if not declared:
        return ()
    first = declared[0]
    return tuple(
        f"{first.kind} says {_said(first.report)} elected, {other.kind} says {_said(other.report)}"
        for other in declared[1:]
        if _winners(other.report, parties) != _winners(first.report, parties)
        and papers.ruling_on(first.id) is not RulingAction.CONFIRM
    )


def _said(report: ContestReport) -> str:
    return ", ".join(one.name for one in report.elected)


def _supported(
    lead: _FiledContest,
    leading: Sequence[_FiledContest],
    papers: ContestPapers,
    parties: Parties,
) -> bool:
    agreeing = {
        one.kind
        for one in leading
        if one.report.declared and _winners(one.report, parties) == _winners(lead.report, parties)
    }
    if papers.claims_need is ClaimsNeed.WIRE:
        return SourceKind.PA in agreeing
    if papers.claims_need is ClaimsNeed.TWO_SOURCES:
        return len(agreeing) > 1
    return lead.settled or len(agreeing) > 1


# --- the checks


def _findings(
    filed: _FiledContest, papers: ContestPapers, parties: Parties
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return why a report is held, and what only looks odd, in sentences."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for check in CONTEST_CHECKS:
        sentence = check.finds(filed.report, papers, filed.source.received_at, parties)
        if sentence is not None:
            found[check.holds].append(sentence)
    return tuple(found[True]), tuple(found[False])


def _unknown(report: ContestReport, papers: ContestPapers, at: datetime, _: Parties) -> str | None:
    if papers.contest is None:
        return f"no table of ours knows a contest of the kind {report.kind} in “{report.area}”"
    return None


def _too_early(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    told = bool(report.elected) or report.counts > 0
    if told and at < papers.night.polls_close:
        return "it tells of a result before polls close"
    return None


def _too_many(report: ContestReport, papers: ContestPapers, at: datetime, _: Parties) -> str | None:
    seats = papers.contest.seats if papers.contest else report.seats
    if len(report.elected) > seats:
        return f"it names {len(report.elected)} elected for {seats} to fill"
    return None


def _other_seats(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    if papers.contest is not None and report.seats != papers.contest.seats:
        return f"it fills {report.seats}, our table says {papers.contest.seats}"
    return None


def _wrong_outcome(
    report: ContestReport, papers: ContestPapers, at: datetime, parties: Parties
) -> str | None:
    """Return where the wire's gain or hold disagrees with its own winner and sitting party."""
    if report.sitting is None or report.gain_or_hold is None or len(report.elected) != 1:
        return None
    (chosen,) = report.elected
    if chosen.party is None:
        return None
    holds = parties.resolve(chosen.party).code == parties.resolve(report.sitting).code
    if holds == (report.gain_or_hold is GainOrHold.NO_CHANGE):
        return None
    word = "a hold" if report.gain_or_hold is GainOrHold.NO_CHANGE else "a gain"
    return f"it calls that {word}, but {chosen.party.label} won and {report.sitting.label} held it"


def _not_most_votes(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    """Return where the winner of a single post has fewer votes than somebody else at the end.

    Equal votes are decided by lot (Representation of the People Act 1983, schedule 1, rule 49).
    """
    transferable = papers.contest is not None and papers.contest.system is VotingSystem.STV
    if transferable or len(report.elected) != 1 or not report.counts:
        return None
    last = {
        one.name: votes
        for one in report.contestants
        if len(one.votes) == report.counts and (votes := one.votes[-1]) is not None
    }
    (chosen,) = report.elected
    most = max(last.values(), default=0)
    if chosen.name in last and last[chosen.name] < most:
        return f"{chosen.name} is called elected with {last[chosen.name]} votes, another has {most}"
    return None


def _elected_and_excluded(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    for one in report.elected:
        if one.excluded_at is not None:
            return f"{one.name} is called elected and excluded"
    return None


def _unknown_answer(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    if report.kind is not ContestKind.REFERENDUM or papers.contest is None:
        return None
    known = {folded(answer.text) for answer in papers.contest.answers}
    strange = [one.name for one in report.contestants if folded(one.name) not in known]
    if known and strange:
        return f"the question has no answer “{strange[0]}”"
    return None


def _more_votes_than_voters(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    votes = _first_votes(report.contestants)
    electorate = report.electorate or (papers.contest.electorate if papers.contest else None)
    if votes is not None and electorate and votes > electorate:
        return f"its votes add up to {votes}, more than the {electorate} who may vote"
    return None


def _sum_of_votes(
    report: ContestReport, papers: ContestPapers, at: datetime, _: Parties
) -> str | None:
    votes = _first_votes(report.contestants)
    if votes is not None and report.valid is not None and votes != report.valid:
        return f"its votes add up to {votes}, not to the {report.valid} valid ones that it gives"
    return None


def _quota(report: ContestReport, papers: ContestPapers, at: datetime, _: Parties) -> str | None:
    if report.quota is None or report.valid is None:
        return None
    expected = report.valid // (report.seats + 1) + 1
    if report.quota != expected:
        return f"its quota is {report.quota}; from its valid votes it would be {expected}"
    return None


def _first_votes(contestants: Iterable[Contestant]) -> int | None:
    votes = [one.first_preferences for one in contestants]
    return sum(one for one in votes if one is not None) if votes and None not in votes else None


CONTEST_CHECKS = (
    ContestCheck(
        "known contest",
        True,
        "A mayor, constituency or referendum that nothing introduces may be a mistyped one.",
        _unknown,
    ),
    ContestCheck(
        "after polls close",
        True,
        "Nothing is counted before 22:00; what says so is a rehearsal or a slip.",
        _too_early,
    ),
    ContestCheck("not too many elected", True, "More cannot be elected than there is.", _too_many),
    ContestCheck(
        "seats as in our table",
        True,
        "Whether all have declared hangs on how many are elected.",
        _other_seats,
    ),
    ContestCheck(
        "gain or hold fits",
        True,
        "One of the winner, the sitting party and the outcome is wrong, and which is not known.",
        _wrong_outcome,
    ),
    ContestCheck(
        "the winner has most votes",
        True,
        "Who has fewer votes in the last round is not elected; a tie is decided by lot.",
        _not_most_votes,
    ),
    ContestCheck(
        "elected or excluded",
        True,
        "Nobody is both.",
        _elected_and_excluded,
    ),
    ContestCheck(
        "known answers",
        True,
        "A referendum's paper has the answers that our table has.",
        _unknown_answer,
    ),
    ContestCheck(
        "no more votes than voters",
        True,
        "A digit too many changes who has won.",
        _more_votes_than_voters,
    ),
    ContestCheck(
        "votes add up",
        False,
        "Published counts are off by some: it decides nothing.",
        _sum_of_votes,
    ),
    ContestCheck("quota fits", False, "The same.", _quota),
)
