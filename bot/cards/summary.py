"""The summary of a night, partial or final, as a newsroom writes it: facts only, foremost first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards.card import Card, Field, one_message
from bot.cards.figures import (
    Heard,
    as_of,
    common_baseline,
    councils_words,
    declared_of,
    left_out_words,
    line_words,
    seats_won_words,
    since,
)
from bot.cards.lead import lead
from bot.cards.text import at, listed
from bot.cards.words import (
    NO_OVERALL_CONTROL,
    colour_of,
    count,
    day,
    day_and_time,
    holder_of,
    in_words,
    members,
    name_of,
    number,
    outcome_sentence,
    sentence_case,
)
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.election.control import Control, Outcome
from bot.election.parties import VACANT, Parties, PartyKind
from bot.election.standings import Baseline, CouncilStanding
from bot.election.tally import PartyLine, StateOfParties, by_nation, state_of_night

_LONGEST_LIST = 1_000
_MOST_NAMES_TO_COME = 15
_NEXT_EXPECTED = 5


def summary_cards(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    reconciled: bool,
    heard: Heard | None = None,
    reference: str = "",
    correction: bool = False,
) -> tuple[Card, ...]:
    """Return the cards of one message: the lead, the state of parties, changes, what is to come.

    The summary calls itself final only when every council has declared, nothing is unconfirmed or
    held for checking, and the wire's state of parties agrees with ours (*reconciled*).
    *correction* marks a new version of one that was wrong. *standings* are the councils that vote,
    all of one night.
    """
    state = state_of_night(standings, almanac)
    final = is_settled(standings, almanac) and reconciled
    cards = [
        _lead_card(standings, state, almanac, now, final=final, correction=correction),
        _changes_card(standings, almanac.parties),
        _to_come_card(standings, state, now, reconciled),
    ]
    footer = as_of(now, heard, standings)
    kept = [card for card in cards if card is not None]
    return one_message(
        [
            replace(card, reference=reference, footer=footer if card is kept[-1] else "")
            for card in kept
        ]
    )


def is_settled(standings: Sequence[CouncilStanding], almanac: Almanac) -> bool:
    """Return whether every council has declared, and none is unconfirmed or held for the desk."""
    open_still = any(
        one.awaiting_desk or (one.declared is not None and not one.declared.confirmed)
        for one in standings
    )
    return state_of_night(standings, almanac).is_complete and not open_still


def _lead_card(
    standings: Sequence[CouncilStanding],
    state: StateOfParties,
    almanac: Almanac,
    now: datetime,
    *,
    final: bool,
    correction: bool,
) -> Card:
    night = f"Elections of {day(standings[0].night)}" if standings else "Elections"
    when = "the final summary" if final else f"as of {day_and_time(now)}, {declared_of(state)}"
    leading = max(state.parties, key=lambda line: abs(line.council_change), default=None)
    return Card(
        title=f"{'CORRECTION: ' if correction else ''}{night}: {when}",
        description=" ".join(lead(standings, almanac, now)),
        fields=_state_fields(state, common_baseline(standings), almanac.parties),
        colour=colour_of(Control(leading.party) if leading else None, almanac.parties),
    )


# --- the state of parties


def _state_fields(
    state: StateOfParties, baseline: Baseline | None, parties: Parties
) -> tuple[Field, ...]:
    if not state.declared:
        return ()
    shown, small = _shown(state, parties)
    lines = [
        f"**{sentence_case(members(parties.get(one.party or '')))}** {line_words(one, baseline)}"
        for one in shown
    ]
    if state.noc.councils or state.noc.council_change:
        lines.append(f"**{sentence_case(NO_OVERALL_CONTROL)}** {councils_words(state.noc)}")
    if small.seats_won:
        lines.append(f"**Other parties** {seats_won_words(small, baseline)}")
    name = f"Councils and seats won, {declared_of(state)}"
    basis = "" if baseline is None else f"Seat {since(baseline)}{left_out_words(state)}."
    listing = listed(lines, _LONGEST_LIST - len(basis))
    return (Field(name, "\n".join(filter(None, (listing, basis)))),)


def _shown(state: StateOfParties, parties: Parties) -> tuple[list[PartyLine], PartyLine]:
    """Return the lines to show, and the sum of the local parties that moved no council."""
    shown: list[PartyLine] = []
    small: list[PartyLine] = []
    for line in state.parties:
        party = parties.get(line.party or "")
        if party.code == VACANT:
            continue
        minor = party.kind is PartyKind.LOCAL and not (line.councils or line.council_change)
        (small if minor or not _says_anything(line) else shown).append(line)
    seats_won = sum(line.seats_won for line in small)
    seat_change = sum(line.seat_change for line in small)
    return shown, PartyLine(None, seats_won=seats_won, seat_change=seat_change)


def _says_anything(line: PartyLine) -> bool:
    return bool(line.councils or line.council_change or line.seats_won or line.seat_change)


# --- who gained and who lost


def _changes_card(standings: Sequence[CouncilStanding], parties: Parties) -> Card | None:
    changed = sorted(
        (one for one in standings if one.declared and one.declared.outcome.changes_hands),
        key=lambda one: one.council.name,
    )
    firsts = _first_elections(standings, parties)
    by_holder: defaultdict[str | None, list[CouncilStanding]] = defaultdict(list)
    for standing in changed:
        if standing.declared is not None:
            by_holder[standing.declared.after.holder].append(standing)
    fields = [
        _gained_field(code, by_holder[code], parties)
        for code in sorted(by_holder, key=lambda code: _place(code, by_holder, parties))
    ]
    if firsts:
        fields.append(
            Field(f"First elections ({number(len(firsts))})", listed(firsts, _LONGEST_LIST))
        )
    if not fields:
        return None
    hands = count(len(changed), "council has changed hands", "councils have changed hands")
    return Card(
        title=sentence_case(hands) if changed else "First elections",
        fields=tuple(fields),
    )


def _place(
    code: str | None, by_holder: Mapping[str | None, Sequence[CouncilStanding]], parties: Parties
) -> tuple[bool, bool, int, bool, str]:
    """Return where a holder's gains stand: parties first, those with most before the others."""
    if code is None:
        return (True, True, 0, False, "")
    party = parties.get(code)
    gained = -len(by_holder[code])
    return (False, not party.is_one_party, gained, party.kind is PartyKind.LOCAL, party.name)


def _gained_field(
    code: str | None, standings: Sequence[CouncilStanding], parties: Parties
) -> Field:
    """Return what one party gained, or what was lost to no overall control, by who lost it."""
    by_loser: defaultdict[str | None, list[str]] = defaultdict(list)
    for standing in standings:
        by_loser[standing.before.holder if standing.before else None].append(
            name_of(standing.council)
        )
    losers = sorted(by_loser, key=lambda loser: (-len(by_loser[loser]), loser or ""))
    word = "by" if code is None else "from"
    lines = [
        f"{word} {holder_of(Control(loser), parties)}: {in_words(by_loser[loser])}"
        for loser in losers
    ]
    return Field(_gained_title(code, len(standings), parties), listed(lines, _LONGEST_LIST))


def _gained_title(code: str | None, gained: int, parties: Parties) -> str:
    if code is None:
        return f"Lost to {NO_OVERALL_CONTROL} ({number(gained)})"
    party = parties.get(code)
    if party.is_one_party:
        return f"{sentence_case(members(party))} gain {number(gained)}"
    return f"To {members(party)}, no one party with a majority ({number(gained)})"


def _first_elections(standings: Sequence[CouncilStanding], parties: Parties) -> list[str]:
    lines = []
    for one in sorted(standings, key=lambda one: one.council.name):
        if one.declared is not None and one.declared.outcome is Outcome.FIRST_ELECTION:
            content = ClaimContent(None, one.declared.after, one.declared.outcome)
            sentence = outcome_sentence(one.council, content, parties, one.declared.now)
            lines.append(sentence_case(sentence.removeprefix("First election: ")))
    return lines


# --- what is still to come


def _to_come_card(
    standings: Sequence[CouncilStanding], state: StateOfParties, now: datetime, reconciled: bool
) -> Card | None:
    held = [name_of(one.council) for one in standings if one.awaiting_desk]
    fields = list(_undeclared_fields(standings, now))
    if held:
        name = f"Held for checking ({number(len(held))})"
        fields.append(Field(name, f"{in_words(held)}: not counted until the desk has decided."))
    if unheard := state.total - len(standings):
        fields.append(
            Field(
                "Not heard of yet", f"{sentence_case(count(unheard, 'more council'))}, by the wire."
            )
        )
    elif not state.total_known:
        fields.append(
            Field("Before this is final", "Which councils vote on this night is not in our tables.")
        )
    if not fields and not reconciled and standings:
        fields.append(
            Field(
                "Before this is final",
                "The wire's state of parties and ours are being compared by the desk.",
            )
        )
    return Card(title="Still to come", fields=tuple(fields)) if fields else None


def _undeclared_fields(standings: Sequence[CouncilStanding], now: datetime) -> Iterable[Field]:
    to_come = [one for one in standings if one.declared is None]
    if not to_come:
        return
    if len(to_come) <= _MOST_NAMES_TO_COME:
        text = in_words(sorted(name_of(one.council) for one in to_come))
    else:
        text = in_words(_by_nation_words(by_nation(standings)))
    yield Field(f"{sentence_case(count(len(to_come), 'council'))} to declare", text)
    timed = [(one.expected_at, one) for one in to_come if one.expected_at and not one.awaiting_desk]
    timed.sort(key=lambda pair: (pair[0], pair[1].council.name))
    coming = [f"{at(when)} {name_of(one.council)}" for when, one in timed if when >= now]
    late = [name_of(one.council) for when, one in timed if when < now]
    if coming:
        yield Field("Expected next", "\n".join(coming[:_NEXT_EXPECTED]))
    if late:
        yield Field("Later than expected", listed(late, 300, ", "))


def _by_nation_words(states: Mapping[str, StateOfParties]) -> list[str]:
    return [
        f"{number(state.total - state.declared)} in {nation or 'places unknown to our tables'}"
        for nation, state in states.items()
        if state.total > state.declared
    ]
