"""The cards of contests: a mayor, a referendum, a constituency, and the list of them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.cards.card import Card, Field, Page, page_of, part_of
from bot.cards.council import held_fields
from bot.election.almanac import Almanac, NightAlmanac
from bot.election.ballots import Ballot, BallotStanding, VotingSystem, valid_votes
from bot.election.notices import BallotDeclared, Elected
from bot.election.parties import Parties
from bot.election.reports import BallotKind, BallotReport, Candidate
from bot.election.seats import Composition
from bot.election.stv import quota
from bot.election.ward_outcomes import seat_outcome, told_courses
from bot.wording.ballots import ballot_sentence, holder_before, seats_sentence, share_words
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import (
    GREY,
    affiliation,
    count,
    day,
    expected_words,
    in_words,
    number,
    sentence_case,
    weekday,
)
from bot.wording.sources import FeedAges, as_of, feed_name, source_words
from bot.wording.text import ago, escape, listed

_LONGEST_LIST = 1_000
_LONGEST_QUESTION = 600
_KINDS = {
    BallotKind.MAYOR: "Mayors",
    BallotKind.REFERENDUM: "Referendums",
    BallotKind.ASSEMBLY: "Assembly constituencies",
}
_SEATS_BASELINE = "against the last Assembly election"


def ballot_card(
    standing: BallotStanding, almanac: Almanac, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return all that is known of a mayor's election or a referendum."""
    ballot, report, parties = standing.ballot, standing.report, almanac.parties
    fields: list[Field] = []
    if ballot.kind is BallotKind.REFERENDUM:
        fields += _referendum_fields(ballot, report)
    elif report is not None:
        fields += _mayor_fields(ballot, report, parties)
    return Card(
        title=_title(standing, almanac.night(standing.night), parties, now),
        description="\n".join(_description(standing, almanac, now)),
        fields=(*fields, *_source_fields(standing)),
        colour=_colour(standing, parties),
        footer=as_of(now, feeds),
    )


def constituency_card(
    standing: BallotStanding,
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return a constituency page by page: who is elected, every candidate, count by count."""
    report, parties = standing.report, almanac.parties
    lines = _description(standing, almanac, now)
    if report is not None:
        lines += _outcome_lines(standing.ballot, report, parties)
        lines += _headed("Elected", _elected_lines(report, parties))
        lines += _headed("Candidates", _candidate_lines(standing.ballot, report, parties))
        lines += _headed("Count by count", list(_count_lines(report, parties)))
    for field in _source_fields(standing):
        lines += [f"**{field.name}**", *field.value.split("\n")]
    return page_of(
        _title(standing, almanac.night(standing.night), parties, now),
        lines,
        page,
        empty="Nothing is known of it yet.",
        colour=_colour(standing, parties),
        footer=as_of(now, feeds),
    )


def ballots_card(
    ballots: Sequence[BallotStanding],
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
    not_followed: Mapping[str, int] | None = None,
) -> tuple[Page, Sequence[BallotStanding]]:
    """Return a page of all contests, kind by kind, and the contests that are on it.

    *not_followed* is how much the feeds have of kinds that no answer tells of.
    Kinds are never added up into one another: each says how many of how many have declared.
    """
    ordered = [one for kind in _KINDS for one in ballots if one.ballot.kind is kind]
    shown, at, pages = part_of(ordered, page)
    lines: list[str] = []
    for kind, title in _KINDS.items():
        ours = [one for one in ordered if one.ballot.kind is kind]
        if here := [one for one in shown if one.ballot.kind is kind]:
            declared = sum(one.is_declared for one in ours)
            lines.append(f"**{title}: {number(declared)} of {number(len(ours))} declared**")
            lines += [ballot_line(one, almanac.parties, now) for one in here]
    if not_followed:
        kinds = [f"{escape(kind)} ({number(many)})" for kind, many in not_followed.items()]
        lines.append(f"**Not followed here**: {listed(kinds, _LONGEST_LIST, ', ')}")
    declared = sum(one.is_declared for one in ordered)
    things = "contest" if len(ordered) == 1 else "contests"
    place = "" if pages == 1 else f"Page {at} of {pages} · "
    card = Card(
        title=f"Beside the councils: {number(declared)} of {number(len(ordered))} {things} declared"
        if ordered
        else "Beside the councils nothing is followed on this night"
        if not_followed
        else "Nothing beside the councils is known for this night yet",
        description="\n".join(lines),
        footer=place + as_of(now, feeds) + sources_of(ordered),
    )
    return Page(card, at, pages), shown


def ballot_line(standing: BallotStanding, parties: Parties, now: datetime) -> str:
    """Return a contest in one line: who is elected, or that it is to come."""
    ballot, report, name = standing.ballot, standing.report, escape(standing.ballot.name)
    if report is not None and standing.is_declared and not report.recount:
        return ballot_sentence(ballot, _content(ballot, report, parties), parties)
    return f"{name}: {_state(standing, parties, now)}"


def _state(standing: BallotStanding, parties: Parties, now: datetime) -> str:
    """Return how far a contest is that has no result."""
    ballot, report = standing.ballot, standing.report
    if report is not None and report.recount:
        return "a recount"
    if standing.awaiting_desk:
        return "a result is held for checking"
    if report is not None and report.winners:
        told = [f"{escape(one.name)} ({_party(one, parties)})" for one in report.winners]
        filled = f"{number(len(report.winners))} of {count(ballot.seats, 'seat')} filled"
        return f"{filled}: {in_words(told)}"
    if report is not None and report.counts:
        return "counting"
    return "to come" if ballot.expected_at is None else expected_words(ballot.expected_at, now)


def sources_of(ballots: Iterable[BallotStanding]) -> str:
    """Return whose figures a footer's answer has, where it has any."""
    names = sorted({feed_name(one.source.feed) for one in ballots if one.source is not None})
    return f" · Sources: {in_words(names)}" if names else ""


# --- what all contests say


def _title(standing: BallotStanding, night: NightAlmanac, parties: Parties, now: datetime) -> str:
    ballot, report, name = standing.ballot, standing.report, escape(standing.ballot.name)
    if report is not None and standing.is_declared and not report.recount:
        return ballot_sentence(ballot, _content(ballot, report, parties), parties)
    if now < night.polls_close:
        return f"{name}: the vote is on {day(standing.night)}"
    if report is not None and report.recount:
        return f"{name}: a recount, no result yet"
    if report is not None and ballot.seats > 1 and report.winners:
        filled = f"{number(len(report.winners))} of {number(ballot.seats)} seats filled"
        return f"{name}: {filled}, no full result yet"
    return f"{name}: no result yet"


def _content(ballot: Ballot, report: BallotReport, parties: Parties) -> BallotDeclared:
    elected = tuple(
        Elected(one.name, parties.resolve(one.party).code if one.party else None)
        for one in report.winners
    )
    return BallotDeclared(ballot.code, ballot.kind, elected, ballot.sitting)


def _description(standing: BallotStanding, almanac: Almanac, now: datetime) -> list[str]:
    ballot, report, parties = standing.ballot, standing.report, almanac.parties
    lines = []
    if ballot.kind is BallotKind.MAYOR and ballot.sitting is not None:
        who = f"{escape(ballot.sitting_name)}, " if ballot.sitting_name else ""
        lines.append(f"Before: **{who}{holder_before(parties.get(ballot.sitting))}**.")
    if not standing.is_declared and ballot.expected_at is not None:
        lines.append(f"{sentence_case(expected_words(ballot.expected_at, now))}.")
    if report is None:
        if ballot.electorate:
            lines.append(f"{number(ballot.electorate)} may vote.")
        return lines
    if report.recount:
        lines.append("A recount was called: nothing is decided until it is over.")
    if is_uncontested(report):
        lines.append("Elected unopposed: the report names nobody else.")
    elif report.rush or not report.counts:
        lines.append("Who is elected is told; the votes are not known.")
    elif valid_votes(ballot, report) is None:
        lines.append("Not every candidate's votes are in the report: it gives no shares.")
    lines += _turnout_lines(ballot, report)
    if report.note:
        lines.append(f"The feed's note: {escape(report.note, 300)}")
    return lines


def is_uncontested(report: BallotReport) -> bool:
    """Whether a complete report names as many candidates as there are seats, and no votes."""
    return (
        report.complete
        and not report.rush
        and report.declared
        and len(report.candidates) == report.seats
        and not report.counts
    )


def _turnout_lines(ballot: Ballot, report: BallotReport) -> list[str]:
    parts = []
    if report.turnout is not None:
        parts.append(f"turnout {report.turnout:.1f}%")
    if electorate := report.electorate or ballot.electorate:
        parts.append(f"electorate {number(electorate)}")
    if report.valid is not None:
        parts.append(f"valid votes {number(report.valid)}")
    if report.spoilt is not None:
        parts.append(f"{number(report.spoilt)} rejected")
    if (needed := _quota(ballot, report)) is not None:
        parts.append(f"quota {number(needed)}")
    return [f"{sentence_case(', '.join(parts))}."] if parts else []


def _quota(ballot: Ballot, report: BallotReport) -> int | None:
    """Return the quota of a transferable vote: as given, else by the valid votes."""
    valid = valid_votes(ballot, report)
    if report.quota is not None or valid is None or ballot.system is not VotingSystem.STV:
        return report.quota
    return quota(valid, ballot.seats)


def _source_fields(standing: BallotStanding) -> tuple[Field, ...]:
    fields = []
    if standing.declared_at is not None and standing.is_declared:
        when = f"{weekday(standing.declared_at)}, {ago(standing.declared_at)}"
        fields.append(Field("Declared", when))
    if standing.source is not None:
        released = " Checked and released by the desk." if standing.by_desk else ""
        shown = (
            ""
            if standing.version is not None or not standing.is_declared
            else (
                " Unconfirmed: shown, and not announced until a second look or another source says "
                "the same."
            )
        )
        fields.append(Field("Who says so", f"{source_words(standing.source)}.{released}{shown}"))
    return (*fields, *held_fields(standing.awaiting_desk))


def _colour(standing: BallotStanding, parties: Parties) -> int:
    report = standing.report
    if report is None or not standing.is_declared or report.recount:
        return GREY
    codes = {parties.resolve(one.party).code for one in report.winners if one.party}
    return int(parties.get(codes.pop()).colour[1:], 16) if len(codes) == 1 else GREY


def _party(one: Candidate, parties: Parties) -> str:
    return affiliation(one.party, parties) if one.party else "no party"


def _by_first_votes(report: BallotReport) -> list[Candidate]:
    return sorted(report.candidates, key=lambda one: -(one.first_preferences or 0))


# --- mayors


def _mayor_fields(ballot: Ballot, report: BallotReport, parties: Parties) -> list[Field]:
    """Return the rounds: a line a candidate, those of a second round first."""
    if not report.counts:
        return []
    total = valid_votes(ballot, report)
    two_rounds = ballot.system is VotingSystem.SUPPLEMENTARY and report.counts > 1
    finalists = [one for one in report.candidates if len(one.votes) > 1 and one.votes[1]]
    fields = []
    if two_rounds and finalists:
        finalists.sort(key=lambda one: -(one.votes[1] or 0))
        figures = [int(one.votes[1] or 0) for one in finalists]
        to = f": {number(figures[0])} to {number(figures[1])}" if len(figures) == 2 else ""
        lines = [_second_round_line(one, sum(figures), parties) for one in finalists]
        if len(figures) == 2:
            lines.append(f"Ahead by {count(figures[0] - figures[1], 'vote')}.")
        fields.append(Field(f"Second round{to}", listed(lines, _LONGEST_LIST)))
    lines = []
    for one in _by_first_votes(report):
        if one.first_preferences is None:
            continue
        votes = f"{number(one.first_preferences)}{share_words(one.first_preferences, total)}"
        elected = ", **elected**" if one.elected and not two_rounds else ""
        lines.append(f"{escape(one.name)} ({_party(one, parties)}): {votes}{elected}")
    if not lines:
        return fields
    name = "First round: first preferences" if two_rounds else "Votes"
    return [*fields, Field(name, listed(lines, _LONGEST_LIST))]


def _second_round_line(one: Candidate, total: int, parties: Parties) -> str:
    votes = int(one.votes[1] or 0)
    transferred = ""
    if one.first_preferences is not None:
        transferred = (
            f", {number(one.first_preferences)} and "
            f"{number(votes - one.first_preferences)} transferred"
        )
    elected = ", **elected**" if one.elected else ""
    share = share_words(votes, total)
    return (
        f"{escape(one.name)} ({_party(one, parties)}): {number(votes)}{share}{transferred}{elected}"
    )


# --- referendums


def _referendum_fields(ballot: Ballot, report: BallotReport | None) -> list[Field]:
    question = ballot.question or (report.question if report else None)
    fields = [Field("The question", escape(question, _LONGEST_QUESTION))] if question else []
    if report is None or not report.counts:
        answers = [
            f"“{escape(one.text)}”: {escape(one.consequence, 300)}" for one in ballot.answers
        ]
        return (
            [*fields, Field("The answers", listed(answers, _LONGEST_LIST))] if answers else fields
        )
    total = valid_votes(ballot, report)
    lines = []
    for one in _by_first_votes(report):
        votes = one.first_preferences
        told = "votes not known" if votes is None else f"{number(votes)}{share_words(votes, total)}"
        lines.append(f"“{escape(one.name)}”: {told}{', **chosen**' if one.elected else ''}")
    fields.append(Field("Votes", listed(lines, _LONGEST_LIST)))
    chosen = {one.name for one in report.winners}
    follows = [a.consequence for a in ballot.answers if a.text in chosen and a.consequence]
    if follows and report.declared and not report.recount:
        fields.append(Field("What follows", escape(follows[0], 300)))
    return fields


# --- constituencies


def _headed(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"**{heading}**", *lines] if lines else []


def _outcome_lines(ballot: Ballot, report: BallotReport, parties: Parties) -> list[str]:
    """Return the seats by party and, when all are filled, what moved since the last election."""
    won = Composition(
        (parties.resolve(one.party).code, 1) for one in report.winners if one.party is not None
    )
    if not won:
        return []
    filled = f"{number(len(report.winners))} of {number(ballot.seats)} seats"
    lines = [f"{filled}: {seats_in_line(seats_lines(won, parties))}"]
    outcome = seat_outcome(won, ballot.previous) if report.declared else None
    if outcome is not None:
        lines.append(f"{sentence_case(seats_sentence(outcome, parties))} ({_SEATS_BASELINE}).")
    return lines


def _elected_lines(report: BallotReport, parties: Parties) -> list[str]:
    """Return a line for each who is elected, in the order of election where it is known."""
    elected = [(one, at) for one, (at, _) in _told(report) if one.elected]
    elected.sort(key=lambda pair: pair[1] or report.counts)
    return [
        f"{escape(one.name)} ({_party(one, parties)})"
        + ("" if at is None else f", at count {number(at)}")
        for one, at in elected
    ]


def _told(report: BallotReport) -> list[tuple[Candidate, tuple[int | None, int | None]]]:
    """Return when each was elected and excluded: as the report tells, else as its counts show."""
    found = told_courses(report.candidates, report.seats, report.valid)
    return [
        (one, (one.elected_at or course.elected_at, one.excluded_at or course.excluded_at))
        for one, course in zip(report.candidates, found, strict=True)
    ]


def _candidate_lines(ballot: Ballot, report: BallotReport, parties: Parties) -> list[str]:
    total = valid_votes(ballot, report)
    lines = []
    told = sorted(_told(report), key=lambda pair: -(pair[0].first_preferences or 0))
    for one, (_, out) in told:
        parts = []
        if one.first_preferences is not None:
            share = share_words(one.first_preferences, total)
            parts.append(f"{number(one.first_preferences)} first preferences{share}")
        final = next((votes for votes in reversed(one.votes) if votes), None)
        if final is not None and len(one.votes) > 1 and final != one.first_preferences:
            at = "at the end" if report.declared else "so far"
            parts.append(f"{votes_words(final)} {at}")
        if one.elected:
            parts.append("**elected**")
        elif out is not None:
            parts.append(f"excluded after count {number(out)}")
        fared = f": {', '.join(parts)}" if parts else ""
        lines.append(f"{escape(one.name)} ({_party(one, parties)}){fared}")
    return lines


def votes_words(votes: float) -> str:
    """Return votes, of which a transfer may be a part: "7,209", "7,209.45"."""
    return number(int(votes)) if votes == int(votes) else f"{votes:,.2f}"


def _count_lines(report: BallotReport, parties: Parties) -> Iterator[str]:
    """Return a line a count: the votes, most first, with who was elected and who excluded."""
    if report.counts < 2:
        return
    stages = _told(report)
    for at in range(1, report.counts + 1):
        still = [
            (votes, one)
            for one in report.candidates
            if len(one.votes) >= at and (votes := one.votes[at - 1])
        ]
        still.sort(key=lambda pair: -pair[0])
        told = [f"{escape(one.name)} {votes_words(cast)}" for cast, one in still]
        events = [
            f"{in_words([escape(name) for name in names])} {what}."
            for what, names in (
                ("elected", [one.name for one, (elected, _) in stages if elected == at]),
                ("excluded", [one.name for one, (_, out) in stages if out == at]),
            )
            if names
        ]
        yield " ".join((f"**{number(at)}**", *events, listed(told, 600, " · ")))
