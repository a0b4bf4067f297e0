"""The card of the Northern Ireland Assembly: seats, votes, the race for largest party.

Nobody controls an Assembly, so the largest party is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.ballots import sources_of
from bot.cards.card import Card, Field
from bot.election.almanac import Almanac
from bot.election.assembly import AssemblyState, assembly_of
from bot.election.ballots import BallotStanding
from bot.election.parties import Parties
from bot.wording.marks import Marks
from bot.wording.phrases import (
    count,
    in_words,
    members,
    number,
    party_colour,
    sentence_case,
    signed,
    the_party,
)
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import ago, escape

_MOST_SHARES = 8
_MOST_CHASING = 3


def assembly_card(
    constituencies: Sequence[BallotStanding],
    almanac: Almanac,
    now: datetime,
    *,
    settled_at: datetime | None = None,
    feeds: FeedAges | None = None,
) -> Card:
    """Return the state of the Assembly; *settled_at* is when its largest party became certain."""
    parties = almanac.parties
    state = assembly_of(constituencies, almanac)
    fields = (
        _seats_field(state, parties),
        _race_field(state, settled_at, parties),
        _shares_field(state, parties),
        _counting_field(constituencies),
    )
    leading = state.settled or (state.leaders[0] if len(state.leaders) == 1 else None)
    return Card(
        title=f"Northern Ireland Assembly: {_of_all(state.declared, state)}, "
        f"{number(state.filled)} of {count(state.seats, 'seat')}",
        description="" if state.filled else "No seat is filled yet.",
        fields=tuple(field for field in fields if field is not None),
        colour=party_colour(leading, parties),
        footer=as_of(now, feeds) + sources_of(constituencies),
    )


def _of_all(some: int, state: AssemblyState) -> str:
    return f"{number(some)} of {count(state.constituencies, 'constituency', 'constituencies')}"


def _seats_field(state: AssemblyState, parties: Parties) -> Field | None:
    """Return the seats filled so far beside those of the last Assembly."""
    shown, marks = [line for line in state.lines if line.seats or line.before], Marks()
    if not shown or not state.filled:
        return None
    lines = []
    for line in shown:
        party = parties.get(line.party)
        text = f"{marks.of(party)} **{sentence_case(members(party))}** {number(line.seats)}"
        if line.change is not None:
            text += f" ({signed(line.change)})"
        elif line.before is not None:
            text += f", {number(line.before)} before"
        lines.append(text)
    heading = "Seats filled"
    if any(line.change is not None for line in state.lines):
        heading = "Seats, changes against the last Assembly"
    elif any(line.before is not None for line in state.lines):
        heading = "Seats filled, and in all of the last Assembly"
    return Field.of(heading, lines)


def _race_field(
    state: AssemblyState, settled_at: datetime | None, parties: Parties
) -> Field | None:
    """Return which party has most seats and which can still overtake it."""
    if not state.leaders:
        return None
    first = [the_party(code, parties) for code in state.leaders]
    most = next(line.seats for line in state.lines if line.party == state.leaders[0])
    left = state.seats - state.filled
    to_come = f"{count(left, 'seat')} still to come" if left else "every seat is filled"
    if len(first) > 1:
        text = f"{sentence_case(in_words(first))} are level with {number(most)} each; {to_come}."
        return Field("Largest party", text)
    rest = [
        line
        for line in state.lines
        if line.party not in state.leaders and parties.get(line.party).is_one_party
    ]
    verb = "lead with" if left else "are the largest party with"
    text = f"{sentence_case(first[0])} {verb} {number(most)}"
    if rest:
        second = max(rest, key=lambda line: line.seats)
        text += f", {the_party(second.party, parties)} have {number(second.seats)}"
    text += f"; {to_come}."
    chasing = sorted(
        (line for line in rest if line.possible >= most), key=lambda line: -line.possible
    )
    if state.settled:
        since = f", settled {ago(settled_at)}" if settled_at else ""
        text += f" No other party can reach them any more{since}."
    elif chasing:
        told = [
            f"{the_party(line.party, parties)} up to {number(line.possible)}"
            for line in chasing[:_MOST_CHASING]
        ]
        text += f" Still possible: {in_words(told)}."
    return Field("Largest party", text)


def _shares_field(state: AssemblyState, parties: Parties) -> Field | None:
    lines = [
        f"{sentence_case(members(parties.get(line.party)))} {line.share:.1f}% "
        f"({number(line.first_preferences)})"
        for line in sorted(state.lines, key=lambda line: -line.first_preferences)
        if line.share
    ]
    text = "\n".join(lines[:_MOST_SHARES])
    return Field(f"First preferences in {_of_all(state.counted, state)}", text) if lines else None


def _counting_field(constituencies: Sequence[BallotStanding]) -> Field | None:
    """Return how far constituencies have got that have begun but not finished."""
    lines = [
        f"{escape(one.ballot.name)} {number(len(one.report.winners))} of "
        f"{number(one.ballot.seats)}{', a recount' if one.report.recount else ''}"
        for one in constituencies
        if one.report is not None and not one.is_declared
    ]
    lines += [
        f"{escape(one.ballot.name)} held for checking"
        for one in constituencies
        if one.report is None and one.awaiting_desk
    ]
    return Field.of("Counting, seats filled", lines, " · ") if lines else None
