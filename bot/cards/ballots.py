"""The cards of mayors, referendums and constituencies, and the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.cards.card import LONGEST_LIST, Card, Field, Page, page_of, part_of, place_of
from bot.cards.how_we_know import held_fields, held_part, how_we_know_card
from bot.election.almanac import Almanac
from bot.election.ballots import Ballot, BallotStanding, valid_votes
from bot.election.parties import Parties
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.election.seats import Composition
from bot.election.stv import quota
from bot.election.ward_outcomes import seat_outcome, told_courses
from bot.wording.ballots import (
    are_independents,
    majority_words,
    result_of_ballot,
    seats_sentence,
    share_in_brackets,
    turnout_words,
)
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import (
    GREY,
    affiliation,
    count,
    day,
    expected_words,
    in_words,
    number,
    one_of,
    party_colour,
    sentence_case,
    signed,
    weekday,
)
from bot.wording.sources import UNCONFIRMED, FeedAges, as_of, source_words, sources_named
from bot.wording.text import ago, escape, listed

_LONGEST_QUESTION = 600
_KINDS = {
    BallotKind.MAYOR: "Mayors",
    BallotKind.REFERENDUM: "Referendums",
    BallotKind.ASSEMBLY: "Northern Ireland Assembly constituencies",
    BallotKind.WARD: "By-elections",
}
_SEATS_BASELINE = "since the last Assembly election"


# --- what all ballots say


def candidate_line(one: Candidate, parties: Parties, *parts: str) -> str:
    """Return a candidate's line: "Ann (Labour): 1,250 (51.0%), **elected**"."""
    party = affiliation(one.party, parties) if one.party else "no party"
    told = ", ".join(filter(None, parts))
    return f"{escape(one.name)} ({party}){': ' if told else ''}{told}"


def _elected(one: Candidate) -> str:
    return "**elected**" if one.elected else ""


def winners_colour(codes: Iterable[str], parties: Parties) -> int:
    """Return the winning party's colour, grey if there are several winning parties."""
    won = set(codes)
    return party_colour(won.pop(), parties) if len(won) == 1 else GREY


# --- mayors, referendums and constituencies


def ballot_card(
    standing: BallotStanding, almanac: Almanac, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return everything known about a mayoral election or a referendum."""
    ballot, report, parties = standing.ballot, standing.report, almanac.parties
    fields: list[Field] = []
    if ballot.kind is BallotKind.REFERENDUM:
        fields += _referendum_fields(ballot, report)
    elif report is not None:
        fields += _mayor_fields(ballot, report, parties)
    return Card(
        title=_title(standing, almanac, now),
        description="\n".join(_description(standing, parties, now)),
        fields=(*fields, *held_fields(standing.awaiting_desk)),
        colour=_colour(standing, parties),
        footer=as_of(now, feeds) + sources_of([standing]),
    )


def constituency_card(
    standing: BallotStanding,
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return a page on a constituency: winners, all candidates, count by count."""
    report, parties = standing.report, almanac.parties
    lines = _description(standing, parties, now)
    if report is not None:
        lines += _outcome_lines(standing.ballot, report, parties)
        for heading, told in (
            ("Elected", _elected_lines(report, parties)),
            ("Candidates", _candidate_lines(standing.ballot, report, parties)),
            ("Count by count", list(_count_lines(report))),
        ):
            lines += [f"**{heading}**", *told] if told else []
    for field in held_fields(standing.awaiting_desk):
        lines += [f"**{field.name}**", *field.value.split("\n")]
    return page_of(
        _title(standing, almanac, now),
        lines,
        page,
        empty="Nothing reported yet.",
        colour=_colour(standing, parties),
        footer=as_of(now, feeds) + sources_of([standing]),
    )


def how_a_ballot_is_known(
    standing: BallotStanding, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return how what the card of a ballot says is known."""
    ballot, report = standing.ballot, standing.report
    parts = [
        ("Result", _how_it_came(standing)),
        ("Figures", [] if report is None else list(_what_figures_rest_on(ballot, report))),
        ("Previously", _who_held_it(ballot)),
        held_part(standing.awaiting_desk),
    ]
    return how_we_know_card(escape(ballot.name), parts, now, feeds)


def ballots_card(
    ballots: Sequence[BallotStanding],
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
    not_followed: Mapping[str, int] | None = None,
) -> tuple[Page, Sequence[BallotStanding]]:
    """Return a page of all ballots, by kind, and the ballots on that page.

    *not_followed* is how many documents the feeds had of kinds that have no answer. Totals are
    given for each kind, never across kinds.
    """
    ordered = [one for kind in _KINDS for one in ballots if one.ballot.kind is kind]
    shown, at, pages = part_of(ordered, page)
    lines: list[str] = []
    for kind, title in _KINDS.items():
        ours = [one for one in ordered if one.ballot.kind is kind]
        if here := [one for one in shown if one.ballot.kind is kind]:
            declared = sum(one.is_declared for one in ours)
            lines.append(f"**{title}: {number(declared)} of {number(len(ours))} declared**")
            for one in here:
                state = f"{escape(one.ballot.name)}: {_state(one, almanac.parties, now)}"
                lines.append(result_of_ballot(one, almanac.parties) or state)
    if not_followed:
        kinds = [f"{escape(kind)} ({number(many)})" for kind, many in not_followed.items()]
        lines.append(f"**Not followed here**: {listed(kinds, LONGEST_LIST, ', ')}")
    title = "No mayors, referendums or by-elections of this night are known"
    if ordered:
        declared = sum(one.is_declared for one in ordered)
        title = f"Other contests: {number(declared)} of {number(len(ordered))} declared"
    elif not_followed:
        title = "No other contests are followed on this night"
    footer = place_of(at, pages) + as_of(now, feeds) + sources_of(ordered)
    return Page(Card(title, "\n".join(lines), footer=footer), at, pages), shown


def _state(standing: BallotStanding, parties: Parties, now: datetime) -> str:
    """Return the progress of a ballot without a result."""
    ballot, report = standing.ballot, standing.report
    if report is not None and report.recount:
        return "recount under way"
    if standing.awaiting_desk:
        return "held for checks"
    if report is not None and report.winners:
        told = [candidate_line(one, parties) for one in report.winners]
        filled = f"{number(len(report.winners))} of {count(ballot.seats, 'seat')} filled"
        return f"{filled}: {in_words(told)}"
    if report is not None and report.counts:
        return "counting"
    return "to come" if ballot.expected_at is None else expected_words(ballot.expected_at, now)


def sources_of(ballots: Iterable[BallotStanding]) -> str:
    """Return the sources of the ballots' figures for a footer, if there are any."""
    named = sources_named(one.source.feed for one in ballots if one.source is not None)
    return f" · {named}" if named else ""


def _title(standing: BallotStanding, almanac: Almanac, now: datetime) -> str:
    ballot, report, name = standing.ballot, standing.report, escape(standing.ballot.name)
    if (result := result_of_ballot(standing, almanac.parties)) is not None:
        return result
    if now < almanac.night(standing.night).polls_close:
        return f"{name}: vote on {day(standing.night)}"
    if report is not None and report.recount:
        return f"{name}: recount, not declared"
    if report is not None and ballot.seats > 1 and report.winners:
        filled = f"{number(len(report.winners))} of {number(ballot.seats)} seats filled"
        return f"{name}: {filled}"
    return f"{name}: not declared"


def _description(standing: BallotStanding, parties: Parties, now: datetime) -> list[str]:
    ballot, report = standing.ballot, standing.report
    lines = []
    if ballot.kind is BallotKind.MAYOR and ballot.sitting is not None:
        party = sentence_case(one_of(parties.get(ballot.sitting)))
        who = f"{escape(ballot.sitting_name)} ({party})" if ballot.sitting_name else party
        if report is None or ballot.sitting_name not in {one.name for one in report.winners}:
            lines.append(f"Previously: **{who}**.")
    if not standing.is_declared and ballot.expected_at is not None:
        lines.append(f"{sentence_case(expected_words(ballot.expected_at, now))}.")
    if report is None:
        return [*lines, f"Electorate {number(ballot.electorate)}."] if ballot.electorate else lines
    if report.recount:
        lines.append("A recount was called. Nothing is decided until it is over.")
    if _is_uncontested(report):
        lines.append("Elected unopposed: no other candidate is listed.")
    elif report.rush or not report.counts:
        lines.append("The votes are not known yet.")
    told = [*(majority_words(report) if ballot.kind is BallotKind.MAYOR else ())]
    told += turnout_words(report.turnout, report.electorate or ballot.electorate, report.valid)
    if report.spoilt is not None:
        told.append(f"{number(report.spoilt)} rejected")
    if (needed := _quota(ballot, report)) is not None:
        told.append(f"quota {number(needed)}")
    lines += [f"{sentence_case(', '.join(told))}."] if told else []
    return lines


def _is_uncontested(report: BallotReport) -> bool:
    """Whether a complete report names as many candidates as there are seats, and no votes."""
    return (
        report.complete
        and not report.rush
        and report.declared
        and len(report.candidates) == report.seats
        and not report.counts
    )


def _quota(ballot: Ballot, report: BallotReport) -> int | None:
    """Return the quota of a transferable vote: as given, else by the valid votes."""
    valid = valid_votes(ballot, report)
    if report.quota is not None or valid is None or ballot.system is not VotingSystem.STV:
        return report.quota
    return quota(valid, ballot.seats)


def _how_it_came(standing: BallotStanding) -> list[str]:
    """Return when a result was declared, who reported it, and what is still to be confirmed."""
    lines = []
    if standing.declared_at is not None and standing.is_declared:
        lines.append(f"Declared on {weekday(standing.declared_at)}, {ago(standing.declared_at)}.")
    if standing.source is not None:
        lines.append(f"{source_words(standing.source)}.")
    if standing.by_desk:
        lines.append("Checked by our newsroom.")
    if standing.source is not None and standing.version is None and standing.is_declared:
        lines.append(UNCONFIRMED)
    return lines


def _what_figures_rest_on(ballot: Ballot, report: BallotReport) -> Iterator[str]:
    """Return what shares and majority are counted from, and what is left out."""
    total = valid_votes(ballot, report)
    if report.counts and total is None:
        yield "Some candidates' votes are not known, so no shares are shown."
    elif report.counts:
        given = "as reported" if report.valid is not None else "the sum of the candidates' votes"
        yield f"Shares are of {count(total or 0, 'valid vote')}, {given}."
    if ballot.kind is BallotKind.MAYOR and report.counts > 1:
        yield "Second-round shares are of the votes of those who went through to it."
    if report.turnout is not None:
        yield "Turnout as reported."
    if ballot.seats > 1 and ballot.previous is not None:
        yield f"Gains and losses are counted {_SEATS_BASELINE}."
    if report.note:
        yield f"Note from the source: {escape(report.note, 300)}"


def _who_held_it(ballot: Ballot) -> list[str]:
    if ballot.sitting is None:
        return []
    return ["By our table for the night, else as the source reports it."]


def _colour(standing: BallotStanding, parties: Parties) -> int:
    report = standing.report
    if report is None or not standing.is_declared or report.recount:
        return GREY
    return winners_colour(
        (parties.resolve(o.party).code for o in report.winners if o.party), parties
    )


def _by_first_votes(report: BallotReport) -> list[Candidate]:
    return sorted(report.candidates, key=lambda one: -(one.first_preferences or 0))


def _mayor_fields(ballot: Ballot, report: BallotReport, parties: Parties) -> list[Field]:
    """Return the rounds, the second one first, with a line for each candidate."""
    if not report.counts:
        return []
    total = valid_votes(ballot, report)
    two_rounds = ballot.system is VotingSystem.SUPPLEMENTARY and report.counts > 1
    finalists = [one for one in report.candidates if len(one.votes) > 1 and one.votes[1]]
    fields = []
    if two_rounds and finalists:
        finalists.sort(key=lambda one: -(one.votes[1] or 0))
        cast = sum(int(one.votes[1] or 0) for one in finalists)
        lines = [_second_round_line(one, cast, parties) for one in finalists]
        fields.append(Field.of("Second round", lines))
    lines = []
    for one in _by_first_votes(report):
        if (first := one.first_preferences) is not None:
            votes = f"{number(first)}{share_in_brackets(first, total)}"
            lines.append(candidate_line(one, parties, votes))
    if not lines:
        return fields
    name = "First round" if two_rounds else "Votes"
    return [*fields, Field.of(name, lines)]


def _second_round_line(one: Candidate, total: int, parties: Parties) -> str:
    votes, first = int(one.votes[1] or 0), one.first_preferences
    moved = "" if first is None else f"{signed(votes - first)} transferred"
    return candidate_line(one, parties, f"{number(votes)}{share_in_brackets(votes, total)}", moved)


def _referendum_fields(ballot: Ballot, report: BallotReport | None) -> list[Field]:
    question = ballot.question or (report.question if report else None)
    fields = [Field("Question", escape(question, _LONGEST_QUESTION))] if question else []
    if report is None or not report.counts:
        told = [f"{escape(one.text)}: {escape(one.consequence, 300)}" for one in ballot.answers]
        return [*fields, Field.of("Answers", told)] if told else fields
    total = valid_votes(ballot, report)
    lines = []
    for one in _by_first_votes(report):
        votes = one.first_preferences
        votes_told = "votes not known"
        if votes is not None:
            votes_told = f"{number(votes)}{share_in_brackets(votes, total)}"
        lines.append(f"{escape(one.name)}: {votes_told}")
    fields.append(Field.of("Votes", lines))
    chosen = {one.name for one in report.winners}
    follows = [a.consequence for a in ballot.answers if a.text in chosen and a.consequence]
    if follows and report.declared and not report.recount:
        fields.append(Field("What happens next", escape(follows[0], 300)))
    return fields


def _outcome_lines(ballot: Ballot, report: BallotReport, parties: Parties) -> list[str]:
    """Return seats by party and, once all are filled, what changed since the last election."""
    won = Composition(
        (parties.resolve(one.party).code, 1) for one in report.winners if one.party is not None
    )
    if not won:
        return []
    filled = f"{number(len(report.winners))} of {number(ballot.seats)} seats"
    lines = [f"{filled}: {seats_in_line(seats_lines(won, parties))}"]
    outcome = seat_outcome(won, ballot.previous) if report.declared else None
    if outcome is not None:
        told = seats_sentence(outcome, parties, independents=are_independents(report, parties))
        lines.append(f"{sentence_case(told)} ({_SEATS_BASELINE}).")
    return lines


def _courses(report: BallotReport) -> list[tuple[Candidate, int | None, int | None]]:
    """Return when each was elected and excluded: as reported, else as the counts show."""
    found = told_courses(report.candidates, report.seats, report.valid)
    return [
        (one, one.elected_at or course.elected_at, one.excluded_at or course.excluded_at)
        for one, course in zip(report.candidates, found, strict=True)
    ]


def _elected_lines(report: BallotReport, parties: Parties) -> list[str]:
    """Return who is elected, in order of election if that is known."""
    elected = [(one, at) for one, at, _ in _courses(report) if one.elected]
    elected.sort(key=lambda pair: pair[1] or report.counts)
    return [
        candidate_line(one, parties) + ("" if at is None else f", at count {number(at)}")
        for one, at in elected
    ]


def _candidate_lines(ballot: Ballot, report: BallotReport, parties: Parties) -> list[str]:
    total = valid_votes(ballot, report)
    lines = []
    for one, _, out in sorted(_courses(report), key=lambda each: -(each[0].first_preferences or 0)):
        parts, first = [], one.first_preferences
        if first is not None:
            parts.append(f"{number(first)} first preferences{share_in_brackets(first, total)}")
        final = next((votes for votes in reversed(one.votes) if votes), None)
        if final is not None and len(one.votes) > 1 and final != first:
            parts.append(f"{_votes_words(final)} {'at the end' if report.declared else 'so far'}")
        if not one.elected and out is not None:
            parts.append(f"excluded after count {number(out)}")
        lines.append(candidate_line(one, parties, *parts, _elected(one)))
    return lines


def _votes_words(votes: float) -> str:
    """Return votes, possibly fractional after transfers: "7,209", "7,209.45"."""
    return number(int(votes)) if votes == int(votes) else f"{votes:,.2f}"


def _count_lines(report: BallotReport) -> Iterator[str]:
    """Return a line for each count: votes, most first, and who was elected or excluded."""
    if report.counts < 2:
        return
    courses = _courses(report)
    for at in range(1, report.counts + 1):
        still = [
            (votes, one)
            for one in report.candidates
            if len(one.votes) >= at and (votes := one.votes[at - 1])
        ]
        still.sort(key=lambda pair: -pair[0])
        told = [f"{escape(one.name)} {_votes_words(cast)}" for cast, one in still]
        events = [
            f"{in_words(names)} {what}."
            for what, names in (
                ("elected", [escape(one.name) for one, when, _ in courses if when == at]),
                ("excluded", [escape(one.name) for one, _, out in courses if out == at]),
            )
            if names
        ]
        yield " ".join((f"**{number(at)}**", *events, listed(told, 600, " · ")))
