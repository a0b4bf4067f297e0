"""The card of one party: its councils and seats, its gains and its losses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.cards.card import Card, Field
from bot.cards.summary_ballots import ballot_fields
from bot.election.baselines import Baseline
from bot.election.parties import Party
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, StateOfParties, by_nation, by_region, state_of_night
from bot.wording.councils import Moves
from bot.wording.figures import (
    councils_words,
    counted_from,
    declared_of,
    left_out_words,
    line_words,
)
from bot.wording.night import NightView
from bot.wording.phrases import (
    count,
    holder_of,
    members,
    number,
    party_colour,
    sentence_case,
    signed,
)


def party_card(party: Party, view: NightView) -> Card:
    """Return how *party* does over all councils that vote, and in other ballots apart."""
    standings, almanac = view.standings, view.almanac
    state, nations = state_of_night(standings, almanac), by_nation(standings)
    regions = {name: one for name, one in by_region(standings).items() if name not in nations}
    baseline = view.baseline
    if party.code in inexact_parties(standings, almanac.parties):
        baseline = None
    line = state.line(party.code)
    elsewhere = ballot_fields(view.ballots, almanac, party.code) if party.is_one_party else []
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
            *_changes(party, view),
            *elsewhere,
            *_places("By nation", party, nations, baseline),
            *_places("By region", party, regions, baseline),
        ),
        colour=party_colour(party.code, almanac.parties),
        footer=view.footer,
    )


def _won_sentence(line: PartyLine, state: StateOfParties, baseline: Baseline | None) -> str:
    """Return the seats won, their change, its baseline and what it leaves out."""
    if not line.seats_given:
        return "Who won the seats is not given."
    won = f"**{sentence_case(count(line.seats_won, 'seat'))} won**"
    if baseline is None:
        return f"{won}."
    change = f"{signed(line.seat_change)} {counted_from(baseline)}"
    return f"{won}: {change}{left_out_words(state)}."


def _changes(party: Party, view: NightView) -> Iterable[Field]:
    """Return gains, losses and first elections by name."""
    moves, parties = Moves.of(party, view.standings), view.parties
    named = (
        ("Gains", [f"{name} from {holder_of(other, parties)}" for name, other in moves.gains]),
        ("Losses", [f"{name} to {holder_of(other, parties)}" for name, other in moves.losses]),
        ("Won at first elections", moves.firsts),
        ("Who controlled it before is not known", moves.unknown),
    )
    return [Field.of(f"{title} ({number(len(names))})", names) for title, names in named if names]


def _places(
    title: str, party: Party, states: Mapping[str, StateOfParties], baseline: Baseline | None
) -> Iterable[Field]:
    """Return a line for each place where results are in."""
    lines = []
    for place, state in states.items():
        line = state.line(party.code)
        if state.declared and (line.councils or line.council_change or line.seats_won):
            counted = baseline if state.without_changes < state.declared else None
            progress = f"{number(state.declared)} of {number(state.total)} declared"
            where = place or f"{sentence_case(title.removeprefix('By '))} not known"
            lines.append(f"{where}: {line_words(line, counted)}; {progress}")
    return [Field.of(title, lines)] if lines else []
