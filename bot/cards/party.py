"""The card of one party: its councils and seats, its gains and its losses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.cards.card import Card, Field
from bot.cards.how_we_know import how_we_know_card
from bot.cards.summary_ballots import ballot_fields
from bot.election.baselines import Baseline
from bot.election.parties import Parties, Party, PartyKind
from bot.election.standings import CouncilStanding
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, StateOfParties, by_region
from bot.wording.councils import Moves
from bot.wording.figures import (
    baseline_sentence,
    councils_words,
    counted_from,
    declared_of,
    excluded,
    excluded_and_why,
    line_words,
    seats_won_words,
)
from bot.wording.night import NightView
from bot.wording.night_findings import party_found
from bot.wording.phrases import (
    count,
    holder_in_lists,
    in_words,
    members,
    name_of,
    number,
    party_colour,
    sentence_case,
    signed,
)
from bot.wording.sources import feed_name
from bot.wording.text import escape, listed


def party_card(party: Party, view: NightView) -> Card:
    """Return how *party* does over all councils that vote, and in other ballots apart."""
    standings, almanac = view.standings, view.almanac
    state, baseline = view.state, view.baseline
    if party.code in inexact_parties(standings, almanac.parties):
        baseline = None
    line = state.line(party.code)
    elsewhere = ballot_fields(view.ballots, almanac, party.code) if party.is_one_party else []
    moves = Moves.of(party, standings)
    name = title = sentence_case(members(party))
    lines = [] if party.is_one_party else ["Several parties and independents together."]
    if not state.declared:
        title = f"{name}: no results yet"
        lines.append(f"{sentence_case(declared_of(state))}.")
    elif not elsewhere or line != PartyLine(party.code):
        seats = line.seat_change if baseline and line.seats_given else None
        title = party_found(
            name, line, moves, seats, all_won=not state.without_won, done=state.is_complete
        )
        if line == PartyLine(party.code):
            won = _won_in_wards(party, standings)
            if won:
                title = f"{name} win {count(sum(seats for seats, _ in won), 'seat')}"
                lines.append(f"Ward results: {listed([words for _, words in won], 900)}.")
            elif party.kind is PartyKind.LOCAL:
                title = f"{name}: no seats reported{'' if state.is_complete else ' so far'}"
                lines.append("Results often count them among independents and others.")
            elif standings and all(one.held and not one.held.get(party.code) for one in standings):
                lines.append("No seats before in the councils that vote.")
        elif line.councils or line.council_change or seats is not None or not line.seats_won:
            lines.insert(0, _now(line, baseline))
        lines.append(_how_far(state, baseline if line.seat_change else None))
    return Card(
        title=title,
        description="\n".join(lines),
        fields=(
            *_changes(moves, almanac.parties),
            *elsewhere,
            *_places(party, by_region(standings), baseline),
        ),
        colour=party_colour(party.code, almanac.parties),
        footer=view.footer,
    )


def _won_in_wards(party: Party, standings: Sequence[CouncilStanding]) -> list[tuple[int, str]]:
    """Return the seats that a party won in each council by its wards, and in which of them.

    Results of whole councils may count it among independents and others.
    """
    found = []
    for one in standings:
        wards = [ward for ward in one.wards if ward.counts_tonight and ward.won.get(party.code)]
        if wards:
            names = in_words([escape(ward.name) for ward in wards])
            won = sum(ward.won[party.code] for ward in wards)
            found.append((won, f"{name_of(one.council)} ({names})"))
    return found


def how_a_party_is_known(party: Party, view: NightView) -> Card:
    """Return what the figures of a party's card rest on: sources, starting points, omissions."""
    standings, state, baseline = view.standings, view.state, view.baseline
    changes = []
    if party.code in inexact_parties(standings, view.parties):
        changes.append(
            "Seats before may have been counted among the others, so no change is given."
        )
    elif baseline is not None:
        changes.append(baseline_sentence(baseline))
    if state.without_changes:
        changes.append(f"{sentence_case(excluded_and_why(state))}.")
    if state.resized:
        resized = count(state.resized, "council")
        changes.append(f"{sentence_case(resized)} changed in size, {signed(state.growth)} in all.")
    names = sorted({feed_name(one.declared.source.feed) for one in standings if one.declared})
    reported = count(state.declared, "council")
    parts = (
        ("Source", [f"{reported} reported by {in_words(names)}."] if names else []),
        ("Changes", changes if state.declared else []),
        (
            "Seats won",
            [f"Not given by {count(state.without_won, 'council')}."] if state.without_won else [],
        ),
        (
            "Control before",
            ["Councils at their first election count in no change."]
            if any(one.new_council for one in standings)
            else [],
        ),
    )
    return how_we_know_card(sentence_case(members(party)), parts, view.now, view.feeds)


def _now(line: PartyLine, baseline: Baseline | None) -> str:
    """Return "**35 councils** (−11), 1 of them at a first election · **1,403 seats** (−402 …)"."""
    councils, seats = councils_words(line), seats_won_words(line, None)
    if baseline is not None and line.seats_given:
        seats += f" ({signed(line.seat_change)} {counted_from(baseline)})"
    return sentence_case(f"{councils} · {seats}" if line.councils or line.council_change else seats)


def _how_far(state: StateOfParties, baseline: Baseline | None) -> str:
    """Return "200 of 200 councils declared, excludes 4 new councils"."""
    told = [sentence_case(declared_of(state))]
    if baseline is not None and (left_out := excluded(state)):
        told.append(left_out)
    if 0 < state.without_won < state.declared:
        told.append(f"seats won not known in {count(state.without_won, 'council')}")
    return f"{', '.join(told)}."


def _changes(moves: Moves, parties: Parties) -> Iterable[Field]:
    """Return gains, losses and first elections by name."""
    named = (
        (
            "Gains",
            [f"{name} from {holder_in_lists(other, parties)}" for name, other in moves.gains],
        ),
        (
            "Losses",
            [f"{name} to {holder_in_lists(other, parties)}" for name, other in moves.losses],
        ),
        ("Won at first elections", moves.firsts),
        ("Controlled, before not known", moves.unknown),
    )
    return [Field.of(f"{title} ({number(len(names))})", names) for title, names in named if names]


def _places(
    party: Party, states: Mapping[str, StateOfParties], baseline: Baseline | None
) -> Iterable[Field]:
    """Return a line for each region where results are in, with how many are still to come."""
    lines = []
    for place, state in states.items():
        line = state.line(party.code)
        if state.declared and (line.councils or line.council_change or line.seats_won):
            counted = baseline if state.without_changes < state.declared else None
            left = state.total - state.declared
            to_come = f", {number(left)} to declare" if left else ""
            lines.append(f"{place or 'Region not known'}: {line_words(line, counted)}{to_come}")
    return [Field.of("By region", lines)] if lines else []
