"""The card of one council: declared, counting, not voting tonight, or abolished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.cards.by_elections import by_election_fields, by_elections_title
from bot.cards.card import Card, Field
from bot.election.almanac import Almanac, YearOfControl
from bot.election.ballots import BallotStanding
from bot.election.control import majority_of
from bot.election.councils import Council
from bot.election.facts import council_facts
from bot.election.history import history_before, in_the_columns, is_of_the_eve
from bot.election.outlook import Outlook, outlook
from bot.election.parties import VACANT, Parties
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared, DeskNote
from bot.election.votes import Votes
from bot.wording.councils import (
    SeatsTable,
    beginning_lines,
    certain_sentence,
    declared_sentence,
    ending_lines,
    following_line,
    majority_line,
    names_apart,
    past_of_change,
    predecessors_of,
    previously,
    tenure_lines,
)
from bot.wording.facts import key_facts
from bot.wording.figures import party_lines, seats_in_line, seats_lines, since
from bot.wording.phrases import (
    colour_of,
    count,
    count_wards,
    day,
    expected_words,
    holder_of,
    in_words,
    name_of,
    number,
    sentence_case,
    the_members,
    the_party,
    weekday,
)
from bot.wording.sources import UNCONFIRMED, FeedAges, as_of, note_lines
from bot.wording.text import clock_time, escape, listed

_MOST_OF_THE_PAST = 2
"""The most sentences on what a change of hands ends and begins."""
_LONGEST_WARDS = 300


def council_card(
    standing: CouncilStanding,
    almanac: Almanac,
    now: datetime,
    *,
    feeds: FeedAges | None = None,
    notes: Sequence[DeskNote] = (),
    ward_votes: Votes | None = None,
    last: CouncilStanding | None = None,
    former: Council | None = None,
    by_elections: Sequence[BallotStanding] = (),
) -> Card:
    """Return what matters of a council at *now*, with the desk's *notes*.

    How it is known is told by `bot.cards.how_we_know`.

    *ward_votes* add facts that seats alone do not show. *last* is its standing after the last
    earlier night on which it declared here. *former* is a council that is no more and by whose name
    this one was asked for. *by_elections* are those of its wards.
    """
    # Our tables list it, or something has come in for it.
    votes = standing.council.code in almanac.night(standing.night).elections or any(
        (standing.held is not None, standing.wards, standing.awaiting_desk)
    )
    counting = now >= almanac.night(standing.night).polls_close
    if standing.declared is not None:
        card = _declared_card(standing, standing.declared, almanac)
    elif votes:
        card = _counting_card(standing, almanac, now, counting=counting)
    else:
        moved = any(note.control is not None for note in notes)
        card = _not_voting_card(standing, almanac, last, moved=moved, over=counting)
        if by_elections:
            card = replace(
                card,
                title=by_elections_title(name_of(standing.council), by_elections, almanac.parties),
            )
    fields = [*by_election_fields(by_elections, almanac.parties), *card.fields]
    if counting and votes:
        facts = key_facts(council_facts(standing, almanac, ward_votes), almanac.parties)
        fields[1:1] = [Field("Key facts", "\n".join(facts))] if facts else []
    if notes:
        fields.insert(0, Field.of("From our newsroom", note_lines(notes, almanac.parties)))
    dated = beginning_lines(standing.council, standing.night)
    if former is not None:
        dated.insert(0, following_line(former, [standing.council]))
    return replace(
        card,
        description="\n".join([*dated, card.description]) if dated else card.description,
        fields=tuple(fields),
        footer=_footer(standing, now, feeds),
    )


def _footer(standing: CouncilStanding, now: datetime, feeds: FeedAges | None) -> str:
    told, declared = as_of(now, feeds, [standing]), standing.declared
    if declared is None:
        return told
    at = declared.declared_at
    same_day = weekday(at) == weekday(now)
    return f"Declared {clock_time(at)}{'' if same_day else f' on {weekday(at)}'} · {told}"


def no_council_card(asked: str, suggestions: Sequence[Council]) -> Card:
    """Return the answer to a name that matches no council, with suggestions."""
    if not asked.strip():
        return Card(title="Which council?", description="Give its name: /council name:Hull.")
    near = in_words(list(map(escape, names_apart(suggestions))), "or")
    hint = f"Did you mean {near}?" if near else "Try the name of the district, city or county."
    return Card(title=f"No council found for “{escape(asked)}”", description=hint)


# --- declared


def _declared_card(standing: CouncilStanding, declared: Declared, almanac: Almanac) -> Card:
    parties, heading = almanac.parties, "Seats"
    changes = declared.counted_changes
    if changes is not None:
        heading += f", {since(declared.baseline)}"
    lines = _past(standing, almanac)[:_MOST_OF_THE_PAST]
    untold = declared.outcome.changes_hands and not lines
    if standing.before is not None and (untold or standing.before_year is not None):
        lines.append(previously(standing.before, standing.before_year, parties))
    if declared.now:
        lines.append(majority_line(declared.after, declared.now, parties))
    if not declared.confirmed:
        lines.append(UNCONFIRMED)
    if standing.awaiting_desk:
        lines.append("Another report is held for checks, not counted.")
    return Card(
        title=declared_sentence(standing, parties),
        description="\n".join(lines),
        fields=(Field.of(heading, _seats_lines(standing, declared, parties)),),
        colour=colour_of(declared.after, parties),
    )


def _past(standing: CouncilStanding, almanac: Almanac) -> list[str]:
    """Return how long the last control had lasted, or which councils a new one replaces."""
    council, night, before = standing.council, standing.night, standing.before
    declared = standing.declared
    if before is None:
        replaced = predecessors_of(council, night, almanac)
        return [f"It replaces {replaced}."] if replaced else []
    if declared is not None and declared.after != before:
        return past_of_change(council, before, declared.after, night, almanac)
    return tenure_lines(council, before, night, almanac, still=True)


def _seats_lines(standing: CouncilStanding, declared: Declared, parties: Parties) -> list[str]:
    """Return a line for each party: "Labour 27 (−2)"; last the size, if that changed."""
    table = SeatsTable.of(standing, declared, parties)
    rows = [one for one in table.rows if one.code != VACANT or one.now or one.change]
    lines = party_lines([(one.code, one.now, one.change) for one in rows], parties)
    return [*lines, f"{table.size}."] if table.size else lines


# --- still counting


_ALL_IN = "All wards have declared; the result is still to be confirmed."


def _counting_card(
    standing: CouncilStanding, almanac: Almanac, now: datetime, *, counting: bool
) -> Card:
    """Return what is known before a result; before polls close, only older facts."""
    parties = almanac.parties
    ahead = outlook(standing) if counting else None
    if ahead is not None and not ahead.wards_declared:
        ahead = None
    lines = _held_until_now(standing, almanac)
    if ahead is not None and ahead.secured is not None:
        left = _cannot_change(standing, ahead)
        lines.insert(0, left)
    if standing.expected_at is not None:
        lines.append(f"{sentence_case(expected_words(standing.expected_at, now))}.")
    fields = []
    if ahead is not None:
        heading = f"Seats so far, {number(ahead.certain.total)} of {number(ahead.total)}"
        fields.append(Field.of(heading, seats_lines(ahead.certain, parties)))
        if ahead.secured is None and (text := needs_sentence(ahead, parties)):
            fields.append(Field(f"{number(ahead.majority)} needed for a majority", text))
    else:
        lines.append(_size_line(standing))
        if standing.held is not None:
            fields.append(Field.of("Seats before", seats_lines(standing.held, parties)))
            redrawn = standing.boundary_change and not standing.new_council
            lines.append("Boundaries were redrawn." if redrawn else "")
    if counting and standing.lacking is not None:
        lines.append(f"Its wards do not settle it: {escape(standing.lacking, 1_000)}.")
    if standing.awaiting_desk:
        lines.append("A report is held for checks, not counted.")
    return Card(
        title=_counting_title(standing, ahead, parties, counting=counting),
        description="\n".join(filter(None, lines)),
        fields=(*fields, *(_ward_fields(standing, parties) if counting else ())),
        colour=colour_of(standing.before, parties),
    )


def _held_until_now(standing: CouncilStanding, almanac: Almanac) -> list[str]:
    """Return who controls a council before its result, and since when."""
    past, year = _past(standing, almanac), standing.before_year
    if standing.before is None:
        return past or ["" if standing.new_council else "Previously: not known."]
    if past and year is None:
        return past
    return [*past, previously(standing.before, year, almanac.parties)]


def _counting_title(
    standing: CouncilStanding, ahead: Outlook | None, parties: Parties, *, counting: bool
) -> str:
    name = name_of(standing.council)
    if not counting:
        return f"{name} votes on {day(standing.night)}"
    if ahead is None:
        return f"{name} has not declared"
    if ahead.secured is None:
        every = count_wards(ahead.wards_total, standing.council)
        return f"{name}: {number(ahead.wards_declared)} of {every} declared"
    certain = certain_sentence(name, ahead.secured, parties)
    if ahead.wards_to_come:
        return f"{certain}, {count_wards(ahead.wards_to_come, standing.council)} to declare"
    if ahead.outstanding:  # in a ward that is not known by name
        return f"{certain}, {count(ahead.outstanding, 'seat')} to declare"
    return certain


def _cannot_change(standing: CouncilStanding, ahead: Outlook) -> str:
    """Return that what is still to come cannot change what is certain."""
    if not ahead.outstanding:
        return _ALL_IN
    ward = standing.council.ward_or_division
    if ahead.wards_to_come == 1:
        return f"The remaining {ward} cannot change this."
    return f"Remaining {ward if ahead.wards_to_come else 'seat'}s cannot change this."


def _size_line(standing: CouncilStanding) -> str:
    if standing.size is None:
        return ""
    up = "" if standing.seats_up is None else f", {number(standing.seats_up)} up"
    if standing.seats_up == standing.size:
        up = ", all up"
    seats, before = count(standing.size, "seat"), standing.held and standing.held.total
    if before and before != standing.size and not standing.new_council:
        seats += f" (previously {number(before)})"
    return f"{seats}{up}, {number(majority_of(standing.size))} needed for a majority."


def needs_sentence(ahead: Outlook, parties: Parties) -> str:
    """Return what each party still needs for a majority, nearest first, and who cannot get one.

    "Labour need 13 of the 16 seats to come, the Conservatives 14." Several parties that are counted
    together do not win a majority and are left out.
    """
    possible = [line for line in ahead.parties if line.possible and line.needs]
    nearest = sorted(possible, key=lambda one: one.needs)
    own = [line for line in nearest if parties.get(line.party).is_one_party]
    nearest = [line for line in own if line.has]  # the others need the whole of it
    if not nearest:
        return f"{sentence_case(count(ahead.outstanding, 'seat'))} to come." if own else ""
    first, *others = nearest
    to_come = f"of the {number(ahead.outstanding)} seats to come"
    needs = [
        f"{sentence_case(the_party(first.party, parties))} need {number(first.needs)} "
        f"{to_come if ahead.outstanding > 1 else 'more seat'}",
        *(f"{the_party(line.party, parties)} {number(line.needs)}" for line in others),
    ]
    sentences = [f"{listed(needs, 600, ', ')}."]
    lost = [line for line in ahead.parties if line.has and not line.possible]
    out = [parties.get(line.party) for line in lost if parties.get(line.party).is_one_party]
    if out:
        names = in_words([the_members(party) for party in out])
        sentences.append(f"{sentence_case(names)} cannot win a majority.")
    return " ".join(sentences)


def _ward_fields(standing: CouncilStanding, parties: Parties) -> tuple[Field, ...]:
    """Return the wards that have declared, newest first."""
    declared = [ward for ward in standing.wards if ward.declared and ward.counts_tonight]
    declared.sort(key=lambda ward: ward.source.received_at, reverse=True)
    lines = [f"{escape(w.name)}: {seats_in_line(seats_lines(w.won, parties))}" for w in declared]
    return (Field("Latest wards", listed(lines, _LONGEST_WARDS)),) if lines else ()


# --- no election tonight


def _is_later(year: YearOfControl | None, night: date, then: Composition) -> bool:
    """Whether our table says something of later than a night: another composition in its year."""
    if year is None or year.year < night.year:
        return False
    if year.year > night.year:
        return True
    snapshot = year.taken_by is not None and year.taken_by > night
    return snapshot and in_the_columns(year.seats) != in_the_columns(then)


def _not_voting_card(
    standing: CouncilStanding,
    almanac: Almanac,
    last: CouncilStanding | None,
    *,
    moved: bool,
    over: bool,
) -> Card:
    """Return the *last* result here or, if newer, our table; the desk may have *moved* control.

    *over* is set once the polls of the night have closed.
    """
    council, parties, night = standing.council, almanac.parties, standing.night
    goes_on = council.ends is None or council.ends > night
    lines, control = ending_lines(council, night, almanac), standing.before
    known = history_before(almanac.history.get(council.code, ()), night)
    year = known[-1] if known else None
    when, seats = "", None
    result = last.declared if last else None
    if last and result and (year is None or year.year <= last.night.year):
        lines.append(f"Last result, {day(last.night)}: **{declared_sentence(last, parties)}**.")
    if last and result and not _is_later(year, last.night, result.now):
        control, when, seats = result.after, day(last.night), result.now
    elif year is not None:
        control, when, seats = year.control, f"May {year.year}", year.seats
        lines.append(f"Control after {when}: **{holder_of(control, parties)}**.")
        lines.append(majority_line(control, seats, parties))
        # Nothing is known of the years after our table ends, hence "had".
        eve = is_of_the_eve(year, council, night, almanac.election_years)
        still = eve and goes_on and not moved
        lines += tenure_lines(council, control, date(year.year + 1, 1, 1), almanac, still=still)
    else:
        lines.append("Who controls it is not known.")
    had = "had" if over else "has"
    title = f"{name_of(council)} {had} no council election on {day(night)}"
    if not goes_on:
        title = f"{name_of(council)} no longer exists"
    elif not almanac.night(night).elections:
        title = f"{name_of(council)}: nothing has come in for {day(night)}"
    return Card(
        title=title,
        description="\n".join(lines),
        fields=(Field.of(f"Seats after {when}", seats_lines(seats, parties)),) if seats else (),
        colour=colour_of(control, parties),
    )
