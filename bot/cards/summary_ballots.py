"""The other ballots of a summary: mayors, referendums and the Assembly, each by itself.

Nobody controls anything by them, and no state of parties counts them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Field
from bot.election.almanac import Almanac
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.parties import Parties
from bot.election.reports import BallotKind
from bot.wording.ballots import holder_before, holds_seats, result_of_ballot
from bot.wording.marks import Marks
from bot.wording.phrases import count, in_words, members, number, one_of, sentence_case, signed
from bot.wording.text import escape

_TITLES = {
    BallotKind.MAYOR: "Mayors",
    BallotKind.REFERENDUM: "Referendums",
    BallotKind.ASSEMBLY: "Northern Ireland Assembly",
    BallotKind.WARD: "By-elections",
}


def ballot_fields(
    ballots: Sequence[BallotStanding],
    almanac: Almanac,
    party: str | None = None,
    marks: Marks | None = None,
) -> list[Field]:
    """Return what has been decided of each kind, nothing if nothing has.

    For a *party* only posts that it won or lost, and its own seats in the Assembly.
    """
    fields, marks, parties = [], marks or Marks(), almanac.parties
    for kind, title in _TITLES.items():
        ours = [one for one in ballots if one.ballot.kind is kind]
        declared = [one for one in ours if one.is_declared]
        total = number(len(ours))
        if kind is BallotKind.ASSEMBLY:
            total = count(len(ours), "constituency", "constituencies")
            lines = _assembly_lines(ours, almanac, party, marks)
        else:
            line_of = _LINES[kind]
            lines = [
                line_of(one, parties, marks)
                for one in sorted(declared, key=lambda one: _rank(one, parties))
                if party is None or party in _holders(one, parties)
            ]
        if lines:
            fields.append(Field.of(f"{title}: {number(len(declared))} of {total} declared", lines))
    return fields


def _holders(standing: BallotStanding, parties: Parties) -> set[str | None]:
    """Return the parties that held the post and hold it now."""
    elected = standing.report.winners if standing.report else ()
    now = {parties.resolve(one.party).code for one in elected if one.party is not None}
    return {standing.ballot.sitting, *now}


def _assembly_lines(
    ours: Sequence[BallotStanding], almanac: Almanac, only: str | None, marks: Marks
) -> list[str]:
    """Return the seats filled so far, with changes once all are known."""
    state = assembly_of(ours, almanac)
    told = [
        line
        for line in state.lines
        if only in (None, line.party) and (line.seats or (line.before and line.change is not None))
    ]
    if not state.filled or not told:
        return []
    lines = [f"{number(state.filled)} of {number(state.seats)} seats filled:"]
    for line in told:
        party = almanac.parties.get(line.party)
        change = "" if line.change is None else f" ({signed(line.change)})"
        share = ""
        if only is not None and line.share:
            share = f", {line.share:.1f}% of the first preferences counted"
        name = f"{marks.of(party)} **{sentence_case(members(party))}**"
        lines.append(f"{name} {number(line.seats)}{change}{share}")
    if any(line.change is not None for line in told):
        lines.append("Changes against the last Assembly.")
    return lines


def _mayor_line(standing: BallotStanding, parties: Parties, marks: Marks) -> str:
    report, ballot = standing.report, standing.ballot
    if report is None or report.winners[0].party is None:
        return escape(ballot.name)
    winner = report.winners[0]
    party = parties.resolve(report.winners[0].party)
    who = f"{escape(winner.name)}, {sentence_case(one_of(party))}"
    line = f"{marks.of(party)} **{escape(ballot.name)}**: {who}"
    if ballot.sitting is None:
        return line
    before = parties.get(ballot.sitting)
    if not party.is_one_party:
        return f"{line}; {holder_before(before)} held the post before"
    if ballot.sitting == party.code:
        return f"{line}, hold"
    held = members(before) if before.is_one_party else holder_before(before)
    return f"{line}, gain from {held}"


def _rank(standing: BallotStanding, parties: Parties) -> tuple[bool, str]:
    """Return the order by name, of by-elections those first that change hands."""
    is_ward = standing.ballot.kind is BallotKind.WARD
    return is_ward and holds_seats(standing, parties), standing.ballot.name


def _by_election_line(standing: BallotStanding, parties: Parties, marks: Marks) -> str:
    winners = standing.report.winners if standing.report else ()
    party = winners[0].party if winners else None
    said = result_of_ballot(standing, parties) or escape(standing.ballot.name)
    return f"{marks.of(parties.resolve(party))} {said}" if party else said


def _referendum_line(standing: BallotStanding, _parties: Parties, _marks: Marks) -> str:
    report, ballot = standing.report, standing.ballot
    if report is None:
        return escape(ballot.name)
    answers = sorted(report.candidates, key=lambda one: -((one.votes or (0,))[-1] or 0))
    votes = [f"“{escape(one.name)}” {number(one.votes[-1] or 0)}" for one in answers if one.votes]
    turnout = "" if report.turnout is None else f"; turnout {report.turnout:.1f}%"
    follows = next((a.consequence for a in ballot.answers if a.text == report.winners[0].name), "")
    then = f". {escape(follows, 200)}" if follows else ""
    return f"**{escape(ballot.name)}**: {in_words(votes)}{turnout}{then}"


_LINES = {
    BallotKind.MAYOR: _mayor_line,
    BallotKind.REFERENDUM: _referendum_line,
    BallotKind.WARD: _by_election_line,
}
