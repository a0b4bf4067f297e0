"""The checks on reports of mayors, constituencies and referendums; docs/desk.md lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.election.ballots import Ballot
from bot.election.case_file import BallotCase
from bot.election.check_list import Checks
from bot.election.parties import Parties, WireParty, folded
from bot.election.places import alike
from bot.election.reports import BallotKind, BallotReport, Candidate, GainOrHold, VotingSystem


@dataclass(frozen=True, slots=True)
class BallotFacts:
    """A ballot's report and what else is known of the ballot."""

    report: BallotReport
    case: BallotCase
    received_at: datetime
    parties: Parties


BALLOT_CHECKS: Checks[BallotFacts] = Checks()


def ballot_by_code(report: BallotReport, ballots: Mapping[str, Ballot]) -> Ballot | None:
    """Return the ballot with a report's kind and GSS code, or None."""
    if report.gss is None:
        return None
    of_kind = (one for one in ballots.values() if one.kind is report.kind)
    return next((one for one in of_kind if one.gss == report.gss), None)


def _same_party(one: WireParty, other: WireParty, parties: Parties) -> bool:
    """Whether two names in one document mean the same party, be it one of our tables or not."""
    if parties.resolve(one).code == parties.resolve(other).code:
        return True
    called, otherwise = (
        {folded(name) for name in (party.name, party.abbreviation) if name}
        for party in (one, other)
    )
    return bool(called & otherwise)


def _first_votes(candidates: Iterable[Candidate]) -> int | None:
    votes = [one.first_preferences for one in candidates]
    return sum(one for one in votes if one is not None) if votes and None not in votes else None


@BALLOT_CHECKS.holds(
    "known contest",
    "A mayor, constituency or referendum that neither a table nor nominations introduce may be a"
    " mistyped one.",
)
def _unknown(facts: BallotFacts) -> str | None:
    report = facts.report
    if facts.case.introduced:
        return None
    return (
        f"neither our tables nor the wire's nominations know a contest of the kind {report.kind} in"
        f" “{report.area}”"
    )


@BALLOT_CHECKS.holds(
    "code and name mean one contest",
    "One mayor's or constituency's result would be told as another's.",
)
def _misdirected(facts: BallotFacts) -> str | None:
    """Find a code and a name that mean two areas; different spellings of one name are allowed."""
    report = facts.report
    coded = ballot_by_code(report, facts.case.night.ballots)
    if coded is None:
        return None
    name, ours = folded(report.area), facts.case.ballot
    if coded.code == ours.code and any(alike(name, one) for one in coded.folded_names):
        return None
    means = f"that of {ours.area}" if coded.code != ours.code else f"“{report.area}”"
    return (
        f"its code is that of {coded.area}, its name {means}: confirming counts it for {ours.area}"
    )


@BALLOT_CHECKS.holds(
    "after polls close",
    "Nothing is counted before 22:00; what says so is a rehearsal or a slip.",
)
def _too_early(facts: BallotFacts) -> str | None:
    report = facts.report
    told = bool(report.winners) or report.counts > 0
    if told and facts.received_at < facts.case.night.polls_close:
        return "it tells of a result before polls close"
    return None


@BALLOT_CHECKS.holds(
    "somebody is elected",
    "A result that marks nobody would take back what a rush has told.",
)
def _nobody_elected(facts: BallotFacts) -> str | None:
    """Find a PA result for a single post that marks nobody: PA sends none during a count."""
    report = facts.report
    is_result = not (report.nominations or report.rush or report.recount)
    if report.kind is not BallotKind.MAYOR or report.revision is None or not is_result:
        return None
    if report.winners:
        return None
    won = f" and calls {report.winner.label} the winning party" if report.winner else ""
    return f"it is a result that marks nobody as elected{won}"


@BALLOT_CHECKS.holds("not too many elected", "More cannot be elected than there is.")
def _too_many(facts: BallotFacts) -> str | None:
    report = facts.report
    if len(report.winners) > facts.case.ballot.seats:
        return f"it names {len(report.winners)} elected for {facts.case.ballot.seats} to fill"
    return None


@BALLOT_CHECKS.holds(
    "seats as in our table",
    "Whether all have declared hangs on how many are elected.",
)
def _other_seats(facts: BallotFacts) -> str | None:
    report = facts.report
    if report.seats != facts.case.ballot.seats:
        return f"it fills {report.seats}, our table says {facts.case.ballot.seats}"
    return None


@BALLOT_CHECKS.holds(
    "gain or hold fits",
    "One of the winner, the sitting party and the outcome is wrong, and which is not known.",
)
def _wrong_outcome(facts: BallotFacts) -> str | None:
    """Find a gain or hold that disagrees with the document's own winner and sitting party."""
    report = facts.report
    if report.sitting is None or report.gain_or_hold is None or len(report.winners) != 1:
        return None
    (chosen,) = report.winners
    if chosen.party is None:
        return None
    holds = _same_party(chosen.party, report.sitting, facts.parties)
    if holds == (report.gain_or_hold is GainOrHold.NO_CHANGE):
        return None
    word = "a hold" if report.gain_or_hold is GainOrHold.NO_CHANGE else "a gain"
    return f"it calls that {word}, but {chosen.party.label} won and {report.sitting.label} held it"


@BALLOT_CHECKS.holds(
    "winning party fits",
    "One of the candidate marked elected and the winning party is wrong.",
)
def _other_winner(facts: BallotFacts) -> str | None:
    """Find a winning party that is not the party of the candidate marked as elected."""
    report = facts.report
    if report.winner is None or len(report.winners) != 1:
        return None
    (chosen,) = report.winners
    if chosen.party is None or _same_party(chosen.party, report.winner, facts.parties):
        return None
    return f"{chosen.name} ({chosen.party.label}) is called elected, and {report.winner.label} won"


@BALLOT_CHECKS.holds(
    "the winner has most votes",
    "Who has fewer votes in the last round is not elected; a tie is decided by lot.",
)
def _not_most_votes(facts: BallotFacts) -> str | None:
    """Find a winner of a single post with fewer votes than another candidate in the last round.

    Equal votes are decided by lot (Representation of the People Act 1983, schedule 1, rule 49).
    Where the report may leave out a second round, either of the first two may have won, unless
    somebody has more than half of the votes (the same Act, section 42 and schedule 2, as in force
    at the time).
    """
    report = facts.report
    if facts.case.ballot.system is VotingSystem.STV or len(report.winners) != 1:
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
    second_round = report.counts == 1 and facts.case.may_have_two_rounds and 2 * most <= sum(last)
    if above <= (1 if second_round else 0):
        return None
    return f"{chosen.name} is called elected with {own} votes, another has {most}"


@BALLOT_CHECKS.holds("elected or excluded", "Nobody is both.")
def _elected_and_excluded(facts: BallotFacts) -> str | None:
    report = facts.report
    for one in report.winners:
        if one.excluded_at is not None:
            return f"{one.name} is called elected and excluded"
    return None


@BALLOT_CHECKS.holds("known answers", "A referendum's paper has the answers that our table has.")
def _unknown_answer(facts: BallotFacts) -> str | None:
    report = facts.report
    if report.kind is not BallotKind.REFERENDUM:
        return None
    known = {folded(answer.text) for answer in facts.case.ballot.answers}
    strange = [one.name for one in report.candidates if folded(one.name) not in known]
    if known and strange:
        return f"the question has no answer “{strange[0]}”"
    return None


@BALLOT_CHECKS.holds("no more votes than voters", "A digit too many changes who has won.")
def _more_votes_than_voters(facts: BallotFacts) -> str | None:
    report = facts.report
    votes = _first_votes(report.candidates)
    electorate = report.electorate or facts.case.ballot.electorate
    if votes is not None and electorate and votes > electorate:
        return f"its votes add up to {votes}, more than the {electorate} who may vote"
    return None


@BALLOT_CHECKS.warns(
    "voting system fits",
    "Our table of the law or the source is wrong: a runner-up of the first round may have won.",
)
def _other_system(facts: BallotFacts) -> str | None:
    told, ours = facts.report.system, facts.case.ballot.system
    return None if told in (None, ours) else f"it is held by {told}, by our tables by {ours}"


@BALLOT_CHECKS.warns("votes add up", "Published counts are off by some: it decides nothing.")
def _sum_of_votes(facts: BallotFacts) -> str | None:
    report = facts.report
    votes = _first_votes(report.candidates)
    if votes is not None and report.valid is not None and votes != report.valid:
        return f"its votes add up to {votes}, not to the {report.valid} valid ones that it gives"
    return None


@BALLOT_CHECKS.warns("quota fits", "The same.")
def _quota(facts: BallotFacts) -> str | None:
    report = facts.report
    if report.quota is None or report.valid is None:
        return None
    expected = report.valid // (report.seats + 1) + 1
    if report.quota != expected:
        return f"its quota is {report.quota}; from its valid votes it would be {expected}"
    return None
