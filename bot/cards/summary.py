"""The summary of a night, partial or final, as a newsroom writes it: facts only, foremost first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.card import Card, Field, one_message
from bot.cards.decided import ballots_card, ballots_to_come
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.baselines import Baseline, growth
from bot.election.claims import ClaimContent
from bot.election.control import Control, Outcome, majority_base
from bot.election.councils import Council
from bot.election.facts import council_facts
from bot.election.headlines import WHOLE_NIGHT, Lens
from bot.election.parties import VACANT, Parties, PartyKind
from bot.election.standings import CouncilStanding, DeskNote
from bot.election.superlatives import inexact_parties, night_facts
from bot.election.tally import PartyLine, StateOfParties, by_nation, state_of_night
from bot.wording.councils import outcome_sentence, seats_of_holder
from bot.wording.facts import night_fact_lines, telling_lines
from bot.wording.figures import (
    common_baseline,
    councils_words,
    declared_of,
    left_out_words,
    line_words,
    seats_won_words,
    since,
)
from bot.wording.headline import headline, state_through
from bot.wording.marks import NOC_MARK, Marks
from bot.wording.phrases import (
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
    sentence_case,
    signed,
    weekday,
)
from bot.wording.sources import FeedAges, as_of, note_lines
from bot.wording.text import at, escape, listed

_LONGEST_LIST = 1_000
_MOST_NAMES_TO_COME = 15
_NEXT_EXPECTED = 5
_PAUSED = "**The desk has paused alerts: what follows may be under review.**"


def summary_cards(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    reconciled: bool,
    ballots: Sequence[BallotStanding] = (),
    notes: Sequence[tuple[Council, DeskNote]] = (),
    lens: Lens = WHOLE_NIGHT,
    paused: bool = False,
    feeds: FeedAges | None = None,
    reference: str = "",
    correction: bool = False,
) -> tuple[Card, ...]:
    """Return the cards of one message: the lead, the state of parties, changes, what is to come.

    The summary calls itself final only when every council and every contest has declared, nothing
    is unconfirmed or held for checking, and the wire's state of parties agrees with ours
    (*reconciled*). *correction* marks a new version of one that was wrong, *paused* that the desk
    holds alerts back. *standings* are the councils that vote, all of one night; *lens* shows a part
    of them. Kinds of contests, and the desk's *notes*, stand by themselves: no total counts them.
    """
    seen, ballots = lens.councils(standings), lens.ballots(ballots)
    state = state_through(lens, standings, almanac)
    final = reconciled and is_settled(standings, almanac, ballots) and lens.is_whole_night
    counting = bool(standings) and now >= almanac.night(standings[0].night).polls_close
    notes = [(council, note) for council, note in notes if lens.shows(council)]
    marks = _marks_of(state, almanac.parties)
    inexact = inexact_parties(seen, almanac.parties)
    baseline = common_baseline(seen)
    fields = state_fields(
        state, baseline, almanac.parties, lens.party, marks=marks, inexact=inexact
    )
    if lens.council is not None:
        fields = tuple(
            field for one in seen for field in _council_fields(one, almanac.parties, marks)
        )
    changed = [] if lens.council is not None else _concerning(lens.party, seen)
    lead = Card(
        title=_title(standings, state, almanac, now, lens, ballots=ballots, final=final),
        description=" ".join(headline(standings, ballots, almanac, now, lens)),
        fields=fields,
        colour=leading_colour(state, lens, almanac.parties),
    )
    if correction:
        lead = replace(lead, title=f"CORRECTION: {lead.title}")
    if paused:
        lead = replace(lead, description=f"{_PAUSED}\n{lead.description}")
    cards = [
        lead,
        _changes_card(changed, almanac.parties, marks),
        _facts_card(seen, almanac, lens) if counting and lens.party is None else None,
        ballots_card(ballots, almanac, lens.party, marks) if counting else None,
        _notes_card(notes, almanac) if lens.party is None and counting else None,
        to_come_card(seen, state, now, reconciled or not lens.is_whole_night, ballots),
    ]
    footer = as_of(now, feeds, seen)
    kept = [card for card in cards if card is not None]
    return one_message(
        [
            replace(card, reference=reference, footer=footer if card is kept[-1] else "")
            for card in kept
        ]
    )


def headline_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    ballots: Sequence[BallotStanding] = (),
    notes: Sequence[tuple[Council, DeskNote]] = (),
    lens: Lens = WHOLE_NIGHT,
    feeds: FeedAges | None = None,
) -> Card:
    """Return the running headline by itself, a sentence a line, as far as the night is.

    Of one council it has the desk's *notes* too.
    """
    state = state_through(lens, standings, almanac)
    ballots = lens.ballots(ballots)
    lines = headline(standings, ballots, almanac, now, lens)
    told = [note for council, note in notes if council.code == lens.council]
    if told and now >= almanac.night(standings[0].night).polls_close:
        lines += [f"From the desk: {line}" for line in note_lines(told, almanac.parties)]
    return Card(
        title=_title(standings, state, almanac, now, lens, ballots=ballots),
        description="\n".join(lines),
        colour=leading_colour(state, lens, almanac.parties),
        footer=as_of(now, feeds, lens.councils(standings)),
    )


def is_settled(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    ballots: Sequence[BallotStanding] = (),
) -> bool:
    """Return whether every council and contest has declared, and none waits for the desk."""
    open_still = any(
        one.awaiting_desk or (one.declared is not None and not one.declared.confirmed)
        for one in standings
    )
    ballots_done = all(one.is_declared and not one.awaiting_desk for one in ballots)
    # The state of the night comes last: it is dear, and most of the time it is not asked for.
    return not open_still and ballots_done and state_of_night(standings, almanac).is_complete


def _title(
    standings: Sequence[CouncilStanding],
    state: StateOfParties,
    almanac: Almanac,
    now: datetime,
    lens: Lens,
    *,
    ballots: Sequence[BallotStanding] = (),
    final: bool = False,
) -> str:
    night = f"Elections of {day(standings[0].night)}" if standings else "Elections"
    whose = lens_words(lens, almanac)
    how_far = "" if lens.council is not None else _how_far(state, ballots)
    when = "the final summary" if final else f"as of {day_and_time(now)}{how_far}"
    return f"{night}{whose and ', '}{whose}: {when}"


def _how_far(state: StateOfParties, ballots: Sequence[BallotStanding]) -> str:
    """Return how many have declared: councils or, where none votes, the contests there are."""
    if state.total or not state.total_known:
        return f", {declared_of(state)}"
    if not ballots:
        return ""
    declared = sum(one.is_declared for one in ballots)
    return f", {number(declared)} of {count(len(ballots), 'ballot')} declared"


def lens_words(lens: Lens, almanac: Almanac) -> str:
    """Return what a lens shows: "Labour", "Wales", "Barnet"; nothing of the whole night."""
    if lens.party is not None:
        return members(almanac.parties.get(lens.party))
    if lens.council is not None:
        return name_of(almanac.councils.get(lens.council))
    return escape(lens.nation or lens.region or "")


def leading_colour(state: StateOfParties, lens: Lens, parties: Parties) -> int:
    """Return the colour of the party whose councils changed most, or of the lens's party."""
    if lens.party is not None:
        return colour_of(Control(lens.party), parties)
    lines = [line for line in state.parties if line.party != VACANT]
    leading = max(lines, key=lambda line: abs(line.council_change), default=None)
    return colour_of(Control(leading.party) if leading else None, parties)


def _concerning(party: str | None, standings: Sequence[CouncilStanding]) -> list[CouncilStanding]:
    """Return the councils that a party had or has, all of them without a party."""
    return [
        one
        for one in standings
        if party is None
        or party in (one.before and one.before.holder, one.declared and one.declared.after.holder)
    ]


# --- the state of parties


def state_fields(
    state: StateOfParties,
    baseline: Baseline | None,
    parties: Parties,
    only: str | None = None,
    *,
    marks: Marks | None = None,
    inexact: Collection[str] = (),
) -> tuple[Field, ...]:
    """Return the state of parties as a field, or *only* one party's; none before a result.

    Of the *inexact* parties no net seats are told.
    """
    marks = marks or _marks_of(state, parties)
    if not state.declared:
        return ()
    shown, small = _shown(state, parties)
    if only is not None:
        shown, small = [state.line(only)], PartyLine(None)
        if not _says_anything(shown[0]):
            return ()
    lines = [
        _party_line(one, None if one.party in inexact else baseline, parties, marks)
        for one in shown
    ]
    if only is None and (state.noc.councils or state.noc.council_change):
        name = f"{NOC_MARK} **{sentence_case(NO_OVERALL_CONTROL)}**"
        lines.append(f"{name} {councils_words(state.noc)}")
    if small.seats_won:
        lines.append(f"**Other parties** {seats_won_words(small, None if inexact else baseline)}")
    name = f"Councils and seats won, {declared_of(state)}"
    basis = "" if baseline is None else f"Seat {since(baseline)}{left_out_words(state)}."
    listing = listed(lines, _LONGEST_LIST - len(basis))
    return (Field(name, "\n".join(filter(None, (listing, basis)))),)


def _marks_of(state: StateOfParties, parties: Parties) -> Marks:
    codes = [line.party for line in state.parties if line.party != VACANT]
    return Marks(parties.get(code) for code in codes if code is not None)


def _council_fields(standing: CouncilStanding, parties: Parties, marks: Marks) -> list[Field]:
    """Return the seats of a council that has declared, each party with its colour."""
    declared = standing.declared
    if declared is None or not declared.now:
        return []
    changes, now = declared.counted_changes, declared.now
    net = growth(changes, declared.baseline)
    lines = []
    for code in dict.fromkeys((*now, *(changes or ()))):
        change = None if changes is None else changes.get(code, 0)
        shown = "" if change is None or (net and not change) else f" ({signed(change)})"
        party = parties.get(code)
        name = sentence_case(members(party))
        if code == VACANT:
            name, shown = "Vacant", f" ({signed(change)})" if change else ""
        lines.append(f"{marks.of(party)} **{name}** {number(now.get(code, 0))}{shown}")
    heading = f"Seats, {number(now.total)} in all"
    if majority_base(declared.after, now) < now.total:
        heading += f", {seats_of_holder(declared.after, now, parties)}"
    if net:
        heading += f" ({signed(net)})"
    if changes is not None:
        heading += f", {since(declared.baseline)}"
    return [Field(heading, listed(lines, _LONGEST_LIST))]


def _party_line(line: PartyLine, baseline: Baseline | None, parties: Parties, marks: Marks) -> str:
    party = parties.get(line.party or "")
    name = f"{marks.of(party)} **{sentence_case(members(party))}**"
    return f"{name} {line_words(line, baseline)}"


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


def _changes_card(
    standings: Sequence[CouncilStanding], parties: Parties, marks: Marks
) -> Card | None:
    changed = sorted(
        (one for one in standings if one.declared and one.declared.outcome.changes_hands),
        key=lambda one: one.council.name,
    )
    firsts = _first_elections(standings, parties, marks)
    by_holder: defaultdict[str | None, list[CouncilStanding]] = defaultdict(list)
    for standing in changed:
        if standing.declared is not None:
            by_holder[standing.declared.after.holder].append(standing)
    fields = [
        _gained_field(code, by_holder[code], parties, marks)
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
    code: str | None, standings: Sequence[CouncilStanding], parties: Parties, marks: Marks
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
    return Field(_gained_title(code, len(standings), parties, marks), listed(lines, _LONGEST_LIST))


def _gained_title(code: str | None, gained: int, parties: Parties, marks: Marks) -> str:
    if code is None:
        return f"{NOC_MARK} Lost to {NO_OVERALL_CONTROL} ({number(gained)})"
    party = parties.get(code)
    if party.is_one_party:
        return f"{marks.of(party)} {sentence_case(members(party))} gain {number(gained)}"
    return f"{marks.of(party)} To {members(party)}, no one party with a majority ({number(gained)})"


def _first_elections(
    standings: Sequence[CouncilStanding], parties: Parties, marks: Marks
) -> list[str]:
    lines = []
    for one in sorted(standings, key=lambda one: one.council.name):
        if one.declared is not None and one.declared.outcome is Outcome.FIRST_ELECTION:
            content = ClaimContent(None, one.declared.after, one.declared.outcome)
            sentence = outcome_sentence(one.council, content, parties, one.declared.now)
            holder = one.declared.after.holder
            mark = marks.of(None if holder is None else parties.get(holder))
            lines.append(f"{mark} {sentence_case(sentence.removeprefix('First election: '))}")
    return lines


# --- beside the numbers


def _facts_card(standings: Sequence[CouncilStanding], almanac: Almanac, lens: Lens) -> Card | None:
    lines = night_fact_lines(night_facts(standings, almanac), almanac)
    if lens.council is not None:
        found = [fact for one in standings for fact in council_facts(one, almanac)]
        lines = telling_lines(found, almanac)
    if not lines:
        return None
    return Card(title="Beside the numbers", description=listed(lines, _LONGEST_LIST))


def _notes_card(notes: Sequence[tuple[Council, DeskNote]], almanac: Almanac) -> Card | None:
    """Return what the desk tells beside the results; no total counts it."""
    lines = [
        f"**{name_of(council)}** {line}"
        for council, note in notes
        for line in note_lines([note], almanac.parties)
    ]
    if not lines:
        return None
    title = "From the desk, beside the elections: in no total"
    return Card(title=title, description=listed(lines, _LONGEST_LIST))


# --- what is still to come


def to_come_card(
    standings: Sequence[CouncilStanding],
    state: StateOfParties,
    now: datetime,
    reconciled: bool,
    ballots: Sequence[BallotStanding],
) -> Card | None:
    """Return what is still to be declared, checked or compared; None where nothing is."""
    held = [name_of(one.council) for one in standings if one.awaiting_desk]
    held += [escape(one.ballot.name) for one in ballots if one.awaiting_desk]
    fields = [*_undeclared_fields(standings, now), *ballots_to_come(ballots)]
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
    coming = [
        f"{at(when)} {name_of(one.council)}{_on_another_day(when, now)}"
        for when, one in timed
        if when >= now
    ]
    late = [name_of(one.council) for when, one in timed if when < now]
    if coming:
        shown = coming[:_NEXT_EXPECTED]
        if (more := len(coming) - len(shown)) > 0:
            shown.append(f"and {number(more)} more")
        yield Field("Expected next", "\n".join(shown))
    if late:
        yield Field("Later than expected", listed(late, 300, ", "))


def _on_another_day(when: datetime, now: datetime) -> str:
    """Return the day of what is not to be within half a day."""
    return f" ({weekday(when)})" if when - now > timedelta(hours=12) else ""


def _by_nation_words(states: Mapping[str, StateOfParties]) -> list[str]:
    return [
        f"{number(state.total - state.declared)} in {nation or 'places unknown to our tables'}"
        for nation, state in states.items()
        if state.total > state.declared
    ]
