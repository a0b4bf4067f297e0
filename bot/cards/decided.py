"""What else a night decides, for its summary: mayors, referendums, the Assembly, each by itself.

Nobody *controls* anything by them, and no state of parties counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cards.card import Card, Field
from bot.election.almanac import Almanac
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.parties import Parties
from bot.election.reports import BallotKind
from bot.wording.ballots import holder_before
from bot.wording.marks import Marks
from bot.wording.phrases import count, in_words, members, number, one_of, sentence_case, signed
from bot.wording.text import escape, listed

_LONGEST_LIST = 1_000
_TITLES = {
    BallotKind.MAYOR: "Mayors",
    BallotKind.REFERENDUM: "Referendums",
    BallotKind.ASSEMBLY: "Northern Ireland Assembly",
}
_THINGS = {
    BallotKind.MAYOR: "mayor",
    BallotKind.REFERENDUM: "referendum",
    BallotKind.ASSEMBLY: "constituency",
}
_MANY = {BallotKind.ASSEMBLY: "constituencies"}


def ballots_card(
    ballots: Sequence[BallotStanding],
    almanac: Almanac,
    party: str | None = None,
    marks: Marks | None = None,
) -> Card | None:
    """Return what has been decided, None where nothing has; a *party* has what `decided` tells."""
    fields = decided(ballots, almanac, party, marks)
    return Card(title="Also decided", fields=tuple(fields)) if fields else None


def decided(
    ballots: Sequence[BallotStanding],
    almanac: Almanac,
    party: str | None = None,
    marks: Marks | None = None,
) -> list[Field]:
    """Return what has been decided of each kind, none where nothing has.

    For a *party* only the posts that it has won or lost, and its own seats of the Assembly.
    """
    fields, marks = [], marks or Marks()
    for kind in _TITLES:
        ours = [one for one in ballots if one.ballot.kind is kind]
        if field := _field(kind, ours, almanac, party, marks):
            fields.append(field)
    return fields


def ballots_to_come(ballots: Iterable[BallotStanding]) -> list[Field]:
    """Return how many contests of each kind are still to declare, none where all have."""
    everyone = list(ballots)
    waiting = [
        count(number_of, _THINGS[kind], _MANY.get(kind))
        for kind in _TITLES
        if (number_of := sum(o.ballot.kind is kind and not o.is_declared for o in everyone))
    ]
    if not waiting:
        return []
    return [Field("Other contests to declare", f"{sentence_case(in_words(waiting))}.")]


def _field(
    kind: BallotKind,
    ours: Sequence[BallotStanding],
    almanac: Almanac,
    party: str | None,
    marks: Marks,
) -> Field | None:
    declared = [one for one in ours if one.is_declared]
    total = number(len(ours)) if kind is not BallotKind.ASSEMBLY else _constituencies(len(ours))
    title = f"{_TITLES[kind]}: {number(len(declared))} of {total} declared"
    if kind is BallotKind.ASSEMBLY:
        lines = _assembly_lines(ours, almanac, party, marks)
    else:
        one_line = _referendum_line if kind is BallotKind.REFERENDUM else _mayor_line
        lines = [
            one_line(one, almanac.parties, marks)
            for one in sorted(declared, key=lambda one: one.ballot.name)
            if party is None or party in _holders(one, almanac.parties)
        ]
    return Field(title, listed(lines, _LONGEST_LIST)) if lines else None


def _constituencies(total: int) -> str:
    return count(total, _THINGS[BallotKind.ASSEMBLY], _MANY[BallotKind.ASSEMBLY])


def _holders(standing: BallotStanding, parties: Parties) -> set[str | None]:
    """Return whose post it was and whose it is."""
    elected = standing.report.elected if standing.report else ()
    now = {parties.resolve(one.party).code for one in elected if one.party is not None}
    return {standing.ballot.sitting, *now}


def _assembly_lines(
    ours: Sequence[BallotStanding], almanac: Almanac, only: str | None, marks: Marks
) -> list[str]:
    """Return the seats filled so far, beside those of the last Assembly where all are known."""
    state = assembly_of(ours, almanac)
    if not state.filled:
        return []
    told = [
        line
        for line in state.lines
        if only in (None, line.party) and (line.seats or (line.before and line.change is not None))
    ]
    if not told:
        return []
    lines = [f"{number(state.filled)} of {number(state.seats)} seats filled:"]
    for line in told:
        party = almanac.parties.get(line.party)
        change = "" if line.change is None else f" ({signed(line.change)})"
        name = f"**{sentence_case(members(party))}**"
        share = ""
        if only is not None and line.share:
            share = f", {line.share:.1f}% of the first preferences counted"
        lines.append(f"{marks.of(party)} {name} {number(line.seats)}{change}{share}")
    if any(line.change is not None for line in told):
        lines.append("Changes against the last Assembly.")
    return lines


def _mayor_line(standing: BallotStanding, parties: Parties, marks: Marks) -> str:
    report, ballot = standing.report, standing.ballot
    if report is None or report.elected[0].party is None:
        return escape(ballot.name)
    winner = report.elected[0]
    party = parties.resolve(report.elected[0].party)
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


def _referendum_line(standing: BallotStanding, _parties: Parties, _marks: Marks) -> str:
    report, ballot = standing.report, standing.ballot
    if report is None:
        return escape(ballot.name)
    answers = sorted(report.contestants, key=lambda one: -((one.votes or (0,))[-1] or 0))
    votes = [f"“{escape(one.name)}” {number(one.votes[-1] or 0)}" for one in answers if one.votes]
    turnout = "" if report.turnout is None else f"; turnout {report.turnout:.1f}%"
    follows = next((a.consequence for a in ballot.answers if a.text == report.elected[0].name), "")
    then = f". {escape(follows, 200)}" if follows else ""
    return f"**{escape(ballot.name)}**: {in_words(votes)}{turnout}{then}"
