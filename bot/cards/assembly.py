"""The card of the Northern Ireland Assembly: seats, votes, the race for largest party.

Nobody controls an Assembly, so the largest party is reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.cards.ballots import sources_of
from bot.cards.card import Card, Field
from bot.cards.how_we_know import held_part, how_we_know_card
from bot.election.almanac import Almanac
from bot.election.assembly import AssemblyState, assembly_of
from bot.election.ballots import BallotStanding
from bot.election.parties import Parties
from bot.wording.assembly import assembly_headline, assembly_progress, constituencies_of
from bot.wording.marks import Marks
from bot.wording.phrases import (
    in_words,
    members,
    number,
    party_colour,
    party_name,
    sentence_case,
    signed,
)
from bot.wording.sources import FeedAges, as_of, feed_name
from bot.wording.text import ago, escape

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
        _counting_field(constituencies),
    )
    leading = state.settled or (state.leaders[0] if len(state.leaders) == 1 else None)
    return Card(
        title=assembly_headline(state, parties),
        description=assembly_progress(state),
        fields=tuple(field for field in fields if field is not None),
        colour=party_colour(leading, parties),
        footer=as_of(now, feeds) + sources_of(constituencies),
    )


def _seats_field(state: AssemblyState, parties: Parties) -> Field | None:
    """Return the seats so far beside those of the last Assembly, with first preferences."""
    shown = [line for line in state.lines if line.seats or line.before or line.share]
    if not shown:
        return None
    lines, marks = [], Marks.among((line.party for line in shown), parties)
    for line in shown:
        party = parties.get(line.party)
        text = f"{marks.of(party)} **{sentence_case(members(party))}** {number(line.seats)}"
        if line.change is not None:
            text += f" ({signed(line.change)})"
        elif line.before is not None:
            text += f" ({number(line.before)} last time)"
        lines.append(text + ("" if line.share is None else f" · {line.share:.1f}%"))
    heading = "Seats so far" if state.filled < state.seats else "Seats"
    if any(line.change is not None for line in state.lines):
        heading = "Seats and change since the last election"
    elif any(line.before is not None for line in state.lines):
        heading = "Seats so far (and last time)"
    if state.counted:
        heading += " · share of first preferences"
    if 0 < state.counted < state.constituencies:
        heading += f" in {constituencies_of(state.counted, state)}"
    return Field.of(heading, lines)


def how_the_assembly_is_known(
    constituencies: Sequence[BallotStanding],
    almanac: Almanac,
    now: datetime,
    *,
    feeds: FeedAges | None = None,
) -> Card:
    """Return how what the card of the Assembly says is known."""
    state = assembly_of(constituencies, almanac)
    by_feed = Counter(feed_name(one.source.feed) for one in constituencies if one.source)
    result = [
        f"{sentence_case(feed)}: {constituencies_of(many, state)}"
        for feed, many in by_feed.most_common()
    ]
    figures = ["A seat is filled once a report names who is elected to it."] if result else []
    if state.counted:
        figures.append(f"First preferences are from {constituencies_of(state.counted, state)}.")
    if any(line.before is not None for line in state.lines):
        figures.append("Changes are counted since the last Assembly election, by our own table.")
    if state.leaders:
        figures.append(
            "A party is certain to be largest once no other can draw level, even with all its "
            "remaining candidates elected."
        )
    held = held_part([each for one in constituencies for each in one.awaiting_desk])
    parts = [("Result", result), ("Figures", figures), held]
    return how_we_know_card("Northern Ireland Assembly", parts, now, feeds)


def _race_field(
    state: AssemblyState, settled_at: datetime | None, parties: Parties
) -> Field | None:
    """Return which party has most seats and which can still overtake it."""
    if state.settled and state.filled == state.seats:
        return Field("Largest party", f"Certain since {ago(settled_at)}.") if settled_at else None
    if len(state.leaders) != 1:
        return None
    (leader,) = state.leaders
    most = next(line.seats for line in state.lines if line.party == leader)
    rest = [
        line
        for line in state.lines
        if line.party != leader and parties.get(line.party).is_one_party
    ]
    lines = [f"{party_name(leader, parties)} {number(most)}"]
    if rest:
        behind = max(line.seats for line in rest)
        level = [members(parties.get(line.party)) for line in rest if line.seats == behind]
        each = " each" if len(level) > 1 else ""
        if len(level) <= _MOST_CHASING:
            lines[0] += f", {in_words(level)} {number(behind)}{each}"
    chasing = sorted(
        (line for line in rest if line.possible >= most), key=lambda line: -line.possible
    )
    if state.settled:
        since = f", certain since {ago(settled_at)}" if settled_at else ""
        lines.append(f"No other party can catch up{since}.")
    elif chasing:
        told = [
            f"{members(parties.get(line.party))} up to {number(line.possible)}"
            for line in chasing[:_MOST_CHASING]
        ]
        if (more := len(chasing) - _MOST_CHASING) > 0:
            told.append(f"{number(more)} more")
        lines.append(f"Can still catch up: {in_words(told)}.")
    return Field("Largest party", "\n".join(lines))


def _counting_field(constituencies: Sequence[BallotStanding]) -> Field | None:
    """Return how far constituencies have got that have begun but not finished."""
    lines = [
        f"{escape(one.ballot.name)} {number(len(one.report.winners))} of "
        f"{number(one.ballot.seats)}{', recount' if one.report.recount else ''}"
        for one in constituencies
        if one.report is not None and not one.is_declared
    ]
    lines += [
        f"{escape(one.ballot.name)} held for checks"
        for one in constituencies
        if one.report is None and one.awaiting_desk
    ]
    return Field.of("Counting (seats filled)", lines, " · ") if lines else None
