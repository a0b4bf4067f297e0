"""The checks on a report of a contest: each a rule by its name; docs/desk.md lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.election.almanac import NightAlmanac
from bot.election.ballots import Ballot, VotingSystem
from bot.election.case import Filed, Ruling, RulingAction, refusal
from bot.election.parties import Parties, WireParty, folded
from bot.election.places import alike
from bot.election.policy import USUAL, Policy
from bot.election.reports import BallotKind, BallotReport, Candidate, GainOrHold

_ONE_ROUND_FROM = date(2023, 5, 4)
"""Mayors are elected by plurality from then on (Elections Act 2022, section 13)."""


@dataclass(frozen=True, slots=True)
class BallotCase:
    """Everything that has come in about one contest on one night.

    `known` tells whether our tables have the contest; one that they do not have is what the wire
    calls it.
    """

    ballot: Ballot
    night: NightAlmanac
    known: bool = True
    reports: tuple[Filed[BallotReport], ...] = ()
    rulings: tuple[Ruling, ...] = ()
    policy: Policy = USUAL

    def ruling_on(self, report_id: int) -> RulingAction | None:
        """Return what the desk has decided about a report."""
        decided = [ruling.action for ruling in self.rulings if ruling.report_id == report_id]
        return decided[-1] if decided else None

    def confirmed_since(self, report_id: int, moment: datetime) -> bool:
        """Return whether the desk has confirmed a report, and did so after a moment."""
        decided = [ruling for ruling in self.rulings if ruling.report_id == report_id]
        return bool(decided) and (
            decided[-1].action is RulingAction.CONFIRM and decided[-1].at >= moment
        )

    @property
    def introduced(self) -> bool:
        """Whether our tables or the wire's nominations say that the contest is held."""
        return self.known or any(
            filed.report.nominations
            and refusal(
                self.ruling_on(filed.id), test=filed.report.test, allow_test=self.policy.allow_test
            )
            is None
            for filed in self.reports
        )

    @property
    def may_have_two_rounds(self) -> bool:
        """Whether a supplementary vote may decide: as our table says, or as the law was then."""
        if self.known:
            return self.ballot.system is VotingSystem.SUPPLEMENTARY
        return self.ballot.kind is BallotKind.MAYOR and self.night.night < _ONE_ROUND_FROM


@dataclass(frozen=True, slots=True)
class BallotCheck:
    """A rule by its name: the sentence where it finds something, and why it is a rule.

    `holds` tells whether a report that fails it waits for the desk, or is only warned of.
    """

    name: str
    holds: bool
    why: str
    finds: Callable[[BallotReport, BallotCase, datetime, Parties], str | None]


def findings(
    filed: Filed[BallotReport], papers: BallotCase, parties: Parties
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return why a report is held, and what only looks odd, in sentences."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for check in BALLOT_CHECKS:
        sentence = check.finds(filed.report, papers, filed.source.received_at, parties)
        if sentence is not None:
            found[check.holds].append(sentence)
    return tuple(found[True]), (*found[False], *filed.report.doubts)


def _unknown(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    if papers.introduced:
        return None
    return (
        f"neither our tables nor the wire's nominations know a contest of the kind {report.kind} in"
        f" “{report.area}”"
    )


def ballot_by_code(report: BallotReport, ballots: Mapping[str, Ballot]) -> Ballot | None:
    """Return the contest of a report's kind that has its code, None without one."""
    if report.gss is None:
        return None
    of_kind = (one for one in ballots.values() if one.kind is report.kind)
    return next((one for one in of_kind if one.gss == report.gss), None)


def _misdirected(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    """Return where code and name mean two areas; one area's name may be spelt in two ways."""
    coded = ballot_by_code(report, papers.night.ballots)
    if coded is None:
        return None
    name, ours = folded(report.area), papers.ballot
    if coded.code == ours.code and any(alike(name, one) for one in coded.folded_names):
        return None
    means = f"that of {ours.area}" if coded.code != ours.code else f"“{report.area}”"
    return (
        f"its code is that of {coded.area}, its name {means}: confirming counts it for {ours.area}"
    )


def _too_early(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    told = bool(report.winners) or report.counts > 0
    if told and at < papers.night.polls_close:
        return "it tells of a result before polls close"
    return None


def _nobody_elected(
    report: BallotReport, papers: BallotCase, at: datetime, _: Parties
) -> str | None:
    """Return where PA's result for a single post marks nobody: it is never a count in progress."""
    is_result = not (report.nominations or report.rush or report.recount)
    if report.kind is not BallotKind.MAYOR or report.revision is None or not is_result:
        return None
    if report.winners:
        return None
    won = f" and calls {report.winner.label} the winning party" if report.winner else ""
    return f"it is a result that marks nobody as elected{won}"


def _too_many(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    if len(report.winners) > papers.ballot.seats:
        return f"it names {len(report.winners)} elected for {papers.ballot.seats} to fill"
    return None


def _other_seats(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    if report.seats != papers.ballot.seats:
        return f"it fills {report.seats}, our table says {papers.ballot.seats}"
    return None


def _wrong_outcome(
    report: BallotReport, papers: BallotCase, at: datetime, parties: Parties
) -> str | None:
    """Return where the wire's gain or hold disagrees with its own winner and sitting party."""
    if report.sitting is None or report.gain_or_hold is None or len(report.winners) != 1:
        return None
    (chosen,) = report.winners
    if chosen.party is None:
        return None
    holds = _same_party(chosen.party, report.sitting, parties)
    if holds == (report.gain_or_hold is GainOrHold.NO_CHANGE):
        return None
    word = "a hold" if report.gain_or_hold is GainOrHold.NO_CHANGE else "a gain"
    return f"it calls that {word}, but {chosen.party.label} won and {report.sitting.label} held it"


def _other_winner(
    report: BallotReport, papers: BallotCase, at: datetime, parties: Parties
) -> str | None:
    """Return where the wire's winning party is not that of the candidate who is marked elected."""
    if report.winner is None or len(report.winners) != 1:
        return None
    (chosen,) = report.winners
    if chosen.party is None or _same_party(chosen.party, report.winner, parties):
        return None
    return f"{chosen.name} ({chosen.party.label}) is called elected, and {report.winner.label} won"


def _same_party(one: WireParty, other: WireParty, parties: Parties) -> bool:
    """Whether two names in one document mean one party, also one that no table knows."""
    if parties.resolve(one).code == parties.resolve(other).code:
        return True
    called, otherwise = (
        {folded(name) for name in (party.name, party.abbreviation) if name}
        for party in (one, other)
    )
    return bool(called & otherwise)


def _not_most_votes(
    report: BallotReport, papers: BallotCase, at: datetime, _: Parties
) -> str | None:
    """Return where the winner of a single post has fewer votes than somebody else at the end.

    Equal votes are decided by lot (Representation of the People Act 1983, schedule 1, rule 49).
    Where there may be a second round that the report does not tell, one of the first two is elected
    unless somebody has more than half (the same Act, section 42 and schedule 2 as they stood).
    """
    if papers.ballot.system is VotingSystem.STV or len(report.winners) != 1:
        return None
    (chosen,) = report.winners
    if not chosen.votes or chosen.votes[-1] is None:
        return None
    if len(chosen.votes) < report.counts:
        return f"{chosen.name} is called elected, and was not in the last round"
    own = chosen.votes[-1]
    last = [
        votes
        for one in report.candidates
        if len(one.votes) == report.counts and (votes := one.votes[-1]) is not None
    ]
    most, above = max(last), sum(votes > own for votes in last)
    second_round = report.counts == 1 and papers.may_have_two_rounds and 2 * most <= sum(last)
    if above <= (1 if second_round else 0):
        return None
    return f"{chosen.name} is called elected with {own} votes, another has {most}"


def _elected_and_excluded(
    report: BallotReport, papers: BallotCase, at: datetime, _: Parties
) -> str | None:
    for one in report.winners:
        if one.excluded_at is not None:
            return f"{one.name} is called elected and excluded"
    return None


def _unknown_answer(
    report: BallotReport, papers: BallotCase, at: datetime, _: Parties
) -> str | None:
    if report.kind is not BallotKind.REFERENDUM:
        return None
    known = {folded(answer.text) for answer in papers.ballot.answers}
    strange = [one.name for one in report.candidates if folded(one.name) not in known]
    if known and strange:
        return f"the question has no answer “{strange[0]}”"
    return None


def _more_votes_than_voters(
    report: BallotReport, papers: BallotCase, at: datetime, _: Parties
) -> str | None:
    votes = _first_votes(report.candidates)
    electorate = report.electorate or papers.ballot.electorate
    if votes is not None and electorate and votes > electorate:
        return f"its votes add up to {votes}, more than the {electorate} who may vote"
    return None


def _sum_of_votes(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    votes = _first_votes(report.candidates)
    if votes is not None and report.valid is not None and votes != report.valid:
        return f"its votes add up to {votes}, not to the {report.valid} valid ones that it gives"
    return None


def _quota(report: BallotReport, papers: BallotCase, at: datetime, _: Parties) -> str | None:
    if report.quota is None or report.valid is None:
        return None
    expected = report.valid // (report.seats + 1) + 1
    if report.quota != expected:
        return f"its quota is {report.quota}; from its valid votes it would be {expected}"
    return None


def _first_votes(contestants: Iterable[Candidate]) -> int | None:
    votes = [one.first_preferences for one in contestants]
    return sum(one for one in votes if one is not None) if votes and None not in votes else None


BALLOT_CHECKS = (
    BallotCheck(
        "known contest",
        True,
        "A mayor, constituency or referendum that neither a table nor nominations introduce may be"
        " a mistyped one.",
        _unknown,
    ),
    BallotCheck(
        "code and name mean one contest",
        True,
        "One mayor's or constituency's result would be told as another's.",
        _misdirected,
    ),
    BallotCheck(
        "after polls close",
        True,
        "Nothing is counted before 22:00; what says so is a rehearsal or a slip.",
        _too_early,
    ),
    BallotCheck(
        "somebody is elected",
        True,
        "A result that marks nobody would take back what a rush has told.",
        _nobody_elected,
    ),
    BallotCheck("not too many elected", True, "More cannot be elected than there is.", _too_many),
    BallotCheck(
        "seats as in our table",
        True,
        "Whether all have declared hangs on how many are elected.",
        _other_seats,
    ),
    BallotCheck(
        "gain or hold fits",
        True,
        "One of the winner, the sitting party and the outcome is wrong, and which is not known.",
        _wrong_outcome,
    ),
    BallotCheck(
        "winning party fits",
        True,
        "One of the candidate marked elected and the winning party is wrong.",
        _other_winner,
    ),
    BallotCheck(
        "the winner has most votes",
        True,
        "Who has fewer votes in the last round is not elected; a tie is decided by lot.",
        _not_most_votes,
    ),
    BallotCheck(
        "elected or excluded",
        True,
        "Nobody is both.",
        _elected_and_excluded,
    ),
    BallotCheck(
        "known answers",
        True,
        "A referendum's paper has the answers that our table has.",
        _unknown_answer,
    ),
    BallotCheck(
        "no more votes than voters",
        True,
        "A digit too many changes who has won.",
        _more_votes_than_voters,
    ),
    BallotCheck(
        "votes add up",
        False,
        "Published counts are off by some: it decides nothing.",
        _sum_of_votes,
    ),
    BallotCheck("quota fits", False, "The same.", _quota),
)
