"""The card of one party: its councils and seats, what it gained and to whom it lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.cards.card import Card, Field
from bot.cards.decided import decided
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.baselines import Baseline
from bot.election.control import Control, Outcome
from bot.election.parties import Parties, Party
from bot.election.standings import CouncilStanding
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, StateOfParties, by_nation, by_region, state_of_night
from bot.wording.figures import (
    common_baseline,
    councils_words,
    counted_from,
    declared_of,
    left_out_words,
    line_words,
)
from bot.wording.phrases import (
    colour_of,
    count,
    holder_of,
    members,
    name_of,
    number,
    sentence_case,
    signed,
)
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import listed

_LONGEST_LIST = 1_000


def party_card(
    party: Party,
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    ballots: Sequence[BallotStanding] = (),
    feeds: FeedAges | None = None,
) -> Card:
    """Return how *party* does over *standings*, one for each council that votes.

    The posts and seats that it has won or lost in *contests* stand by themselves.
    """
    state, nations = state_of_night(standings, almanac), by_nation(standings)
    regions = {name: one for name, one in by_region(standings).items() if name not in nations}
    baseline = common_baseline(standings)
    if party.code in inexact_parties(standings, almanac.parties):
        baseline = None
    line = state.line(party.code)
    elsewhere = decided(ballots, almanac, party.code) if party.is_one_party else []
    title, lines = sentence_case(members(party)), []
    if not party.is_one_party:
        lines.append("Several parties and independents together, which the wire counts as one.")
    if not standings and not elsewhere:
        lines.append(f"{sentence_case(declared_of(state))} on this night.")
    elif not elsewhere or line != PartyLine(party.code):
        title += f": {councils_words(line)}"
        lines = [f"{declared_of(state)}.", *lines, _won_sentence(line, state, baseline)]
    return Card(
        title=title,
        description="\n".join(lines),
        fields=(
            *_changes(party, standings, almanac.parties),
            *elsewhere,
            *_places("By nation", party, nations, baseline),
            *_places("By region", party, regions, baseline),
        ),
        colour=colour_of(Control(party.code), almanac.parties),
        footer=as_of(now, feeds, standings),
    )


def _won_sentence(line: PartyLine, state: StateOfParties, baseline: Baseline | None) -> str:
    """Return the seats won, their change, what it is counted from and what it leaves out."""
    if not line.seats_given:
        return "Who won the seats is not given."
    won = f"**{sentence_case(count(line.seats_won, 'seat'))} won**"
    if baseline is None:
        return f"{won}."
    change = f"{signed(line.seat_change)} {counted_from(baseline)}"
    return f"{won}: {change}{left_out_words(state)}."


def _changes(
    party: Party, standings: Sequence[CouncilStanding], parties: Parties
) -> Iterable[Field]:
    """Return the gains, losses and first elections by name, those there are."""
    gains, losses, firsts = [], [], []
    for standing in sorted(standings, key=lambda one: one.council.name):
        declared, before = standing.declared, standing.before
        if declared is None:
            continue
        name = name_of(standing.council)
        won = declared.after.holder == party.code
        if declared.outcome is Outcome.FIRST_ELECTION and won:
            firsts.append(name)
        elif declared.outcome.changes_hands and before is not None and won:
            gains.append(f"{name} from {holder_of(before, parties)}")
        elif declared.outcome.changes_hands and before and before.holder == party.code:
            losses.append(f"{name} to {holder_of(declared.after, parties)}")
    named = (("Gains", gains), ("Losses", losses), ("Won at first elections", firsts))
    return [
        Field(f"{title} ({number(len(names))})", listed(names, _LONGEST_LIST))
        for title, names in named
        if names
    ]


def _places(
    title: str, party: Party, states: dict[str, StateOfParties], baseline: Baseline | None
) -> Iterable[Field]:
    """Return a line for each place where something has declared."""
    lines = []
    for place, state in states.items():
        line = state.line(party.code)
        if state.declared and (line.councils or line.council_change or line.seats_won):
            counted = baseline if state.without_changes < state.declared else None
            progress = f"{number(state.declared)} of {number(state.total)} declared"
            where = place or f"{sentence_case(title.removeprefix('By '))} not known"
            lines.append(f"{where}: {line_words(line, counted)}; {progress}")
    return [Field(title, listed(lines, _LONGEST_LIST))] if lines else []
