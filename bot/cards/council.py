"""The card of one council: declared, counting, not voting tonight, or abolished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.cards.by_elections import by_election_fields, by_elections_title
from bot.cards.card import Card, Field
from bot.cards.history import seats_line
from bot.election.almanac import Almanac, YearOfControl
from bot.election.ballots import BallotStanding
from bot.election.control import Control, majority_of
from bot.election.councils import Council
from bot.election.facts import council_facts
from bot.election.history import history_before, in_the_columns, is_of_the_eve
from bot.election.outlook import Needs, Outlook, outlook
from bot.election.parties import INDEPENDENT, VACANT, Parties
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared, DeskNote, Held
from bot.election.votes import Votes
from bot.wording.councils import (
    SeatsTable,
    before_words,
    beginning_lines,
    declared_sentence,
    ending_lines,
    following_line,
    majority_line,
    names_apart,
    past_of_change,
    predecessors_of,
    size_line,
    tenure_lines,
)
from bot.wording.facts import why_it_matters
from bot.wording.figures import seats_in_line, seats_lines, since
from bot.wording.phrases import (
    change_between,
    colour_of,
    count,
    day,
    expected_words,
    holder_of,
    in_words,
    members,
    name_of,
    number,
    sentence_case,
    the_members,
    weekday,
)
from bot.wording.sources import FeedAges, as_of, note_lines, who_says_so
from bot.wording.text import ago, escape, listed

_LONGEST_REASON = 600


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
    """Return everything known about a council at *now*, with the desk's *notes*.

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
        why = why_it_matters(council_facts(standing, almanac, ward_votes), almanac.parties)
        fields[1:1] = [Field("Why it matters", "\n".join(why))] if why else []
    if notes:
        fields.insert(0, Field.of("From the desk", note_lines(notes, almanac.parties)))
    dated = beginning_lines(standing.council, standing.night)
    if former is not None:
        dated.insert(0, following_line(former, [standing.council]))
    return replace(
        card,
        description="\n".join([*dated, card.description]) if dated else card.description,
        fields=tuple(fields),
        footer=as_of(now, feeds),
    )


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
    if declared.counted_changes is not None:
        heading += f", {since(declared.baseline)}"
    lines = [
        f"Now: **{holder_of(declared.after, parties)}**. {_before(standing, parties)}",
        *_past(standing, almanac),
    ]
    if declared.now:
        lines.append(majority_line(declared.after, declared.now, parties))
    when = f"{weekday(declared.declared_at)}, {ago(declared.declared_at)}"
    return Card(
        title=declared_sentence(standing, parties),
        description="\n".join(lines),
        fields=(
            Field.of(heading, _seats_lines(standing, declared, parties)),
            Field("Declared", when),
            Field.of("Who says so", who_says_so(declared, parties)),
            *held_fields(standing.awaiting_desk),
        ),
        colour=colour_of(declared.after, parties),
    )


def _before(standing: CouncilStanding, parties: Parties) -> str:
    if standing.before is None or standing.before_source is None:
        return "Before: a new council." if standing.new_council else "Before: not known."
    before = before_words(standing.before, standing.before_source, standing.before_year, parties)
    return f"Before: {before}."


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
    """Return a line for each party: "Labour 27 (−2), 29 before, 7 won tonight"."""
    table = SeatsTable.of(standing, declared, parties)
    won = declared.won if declared.won != declared.now else None
    lines = []
    for row in table.rows:
        name = "Vacant" if row.code == VACANT else sentence_case(members(parties.get(row.code)))
        line = f"{name} {number(row.now)}"
        if row.change is not None:
            line += f" ({change_between(*row.change)})"
        if before := row.before_in_words():
            line += f", {before}"
        if won is not None and row.code != VACANT:
            line += _won_tonight(row.code, row.now, won, declared.now, parties)
        lines.append(line)
    return [*lines, f"{table.size}."] if table.size else lines


def _won_tonight(
    code: str, now: int, won: Composition, council: Composition, parties: Parties
) -> str:
    """Return ", 4 won tonight", or nothing where the figures contradict each other.

    Local parties may have won seats under their names and sit among the independents and others in
    the *council*: these are named there.
    """
    apart = [other for other in won if other not in council] if code == INDEPENDENT else []
    seats = won.get(code, 0) + sum(won[other] for other in apart)
    if seats > now:
        return ""
    named = seats_lines(Composition((other, won[other]) for other in apart), parties)
    return f", {number(seats)} won tonight" + (f" ({seats_in_line(named)})" if named else "")


def held_fields(held: Sequence[Held]) -> tuple[Field, ...]:
    """Return why results are held for checking, nothing if none are."""
    reasons = [
        f"{ago(one.source.received_at)}: {escape(reason, _LONGEST_REASON)}"
        for one in held
        for reason in one.reasons or ("no reason given",)
    ]
    return (Field.of("A result is held for checking, and not counted", reasons),) if held else ()


# --- still counting


def _counting_card(
    standing: CouncilStanding, almanac: Almanac, now: datetime, *, counting: bool
) -> Card:
    """Return what is known before a result; before polls close, only older facts."""
    parties = almanac.parties
    ahead = outlook(standing) if counting else None
    if ahead is not None and not ahead.wards_declared:
        ahead = None
    lines = [f"{_before(standing, parties)}", *_past(standing, almanac)]
    if standing.expected_at is not None:
        lines.append(f"{sentence_case(expected_words(standing.expected_at, now))}.")
    fields = _outlook_fields(ahead, parties) if ahead else []
    if ahead is None:
        lines.append(_size_line(standing))
    if ahead is None and standing.held is not None:
        if standing.size is not None and standing.held and not standing.new_council:
            redrawn = standing.boundary_change
            resized = size_line(standing.size, standing.held.total, redrawn=redrawn)
            lines += [f"{resized}."] if resized else []
        fields = [Field.of("Seats before", seats_lines(standing.held, parties))]
    if counting and standing.lacking is not None:
        lines.append(f"No result follows from its wards: {escape(standing.lacking, 1_000)}.")
    name = name_of(standing.council)
    title = f"{name} has not declared"
    if not counting:
        title = f"{name} votes on {day(standing.night)}"
    elif ahead is not None:
        wards = f"{number(ahead.wards_declared)} of {count(ahead.wards_total, 'ward')}"
        title = f"{name}: {wards} declared, no result yet"
    return Card(
        title=title,
        description="\n".join(filter(None, lines)),
        fields=(
            *fields,
            *(_ward_fields(standing, parties) if counting else ()),
            *held_fields(standing.awaiting_desk),
        ),
        colour=colour_of(standing.before, parties),
    )


def _size_line(standing: CouncilStanding) -> str:
    if standing.size is None:
        return ""
    up = "" if standing.seats_up is None else f", {number(standing.seats_up)} up tonight"
    if standing.seats_up == standing.size:
        up = ", all up tonight"
    seats = count(standing.size, "seat")
    return f"{seats}{up}, {number(majority_of(standing.size))} needed for a majority."


def _outlook_fields(ahead: Outlook, parties: Parties) -> list[Field]:
    heading = f"Seats certain so far, {number(ahead.certain.total)} of {number(ahead.total)}"
    fields = [Field.of(heading, seats_lines(ahead.certain, parties))]
    if ahead.secured is not None:
        text = f"{_secured_words(ahead.secured, ahead, parties)} The result itself is not declared."
        fields.append(Field("Certain already", text))
    elif text := needs_sentence(ahead, parties):
        fields.append(Field(f"A majority takes {number(ahead.majority)}", text))
    return fields


def _secured_words(certain: Control, ahead: Outlook, parties: Parties) -> str:
    to_come = f"with {count(ahead.outstanding, 'seat')} still to come"
    if certain.holder is None:
        return f"No party can get a majority any more, {to_come}."
    held = f"{number(ahead.certain.get(certain.holder, 0))} of {number(ahead.total)}"
    party = parties.get(certain.holder)
    if not party.is_one_party:
        together = f"{sentence_case(members(party))} together have more than half"
        return f"{together}, {held}, no one party a majority, {to_come}."
    return f"{sentence_case(the_members(party))} have a majority, {held}, {to_come}."


def needs_sentence(ahead: Outlook, parties: Parties) -> str:
    """Return what each party still needs for a majority, nearest first, and who cannot get one.

    "Independents and others together need 13 of the 16 seats still to come; the Conservatives need
    14."
    """
    to_come = f"of the {count(ahead.outstanding, 'seat')} still to come"
    nearest = sorted((line for line in ahead.parties if line.possible), key=lambda one: one.needs)
    needs = [f"{_needing(line, parties)} need {number(line.needs)}" for line in nearest]
    if not needs:
        return ""
    needs[0] += f" {to_come}" if ahead.outstanding > 1 else " seat still to come"
    sentences = [sentence_case(listed(needs, 600, "; ")) + "."]
    lost = [line for line in ahead.parties if line.has and not line.possible]
    out = [parties.get(line.party) for line in lost if parties.get(line.party).is_one_party]
    if out:
        names = in_words([the_members(party) for party in out])
        sentences.append(f"{sentence_case(names)} cannot get a majority any more.")
    return " ".join(sentences)


def _needing(line: Needs, parties: Parties) -> str:
    party = parties.get(line.party)
    return the_members(party) if party.is_one_party else f"{members(party)} together"


def _ward_fields(standing: CouncilStanding, parties: Parties) -> tuple[Field, ...]:
    """Return the wards that have declared, newest first."""
    declared = [ward for ward in standing.wards if ward.declared and ward.counts_tonight]
    declared.sort(key=lambda ward: ward.source.received_at, reverse=True)
    lines = [f"{escape(w.name)}: {seats_in_line(seats_lines(w.won, parties))}" for w in declared]
    return (Field("Latest wards", listed(lines, 600)),) if lines else ()


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
        lines.append(
            f"Last result here, {day(last.night)}: **{declared_sentence(last, parties)}**."
        )
    if last and result and not _is_later(year, last.night, result.now):
        control, when, seats = result.after, day(last.night), result.now
    elif year is not None:
        control, when, seats = year.control, f"May {year.year}", year.seats
        lines.append(f"Control after {when}: **{holder_of(control, parties)}**.")
        lines.append(majority_line(control, seats, parties))
        if elected := year.otherwise_elected:
            as_elected = seats_line(elected, parties)
            lines.append(f"As elected on {day(elected.on)}, before later changes: {as_elected}.")
        # Nothing is known of the years after our table ends, hence "had".
        eve = is_of_the_eve(year, council, night, almanac.election_years)
        still = eve and goes_on and not moved
        lines += tenure_lines(council, control, date(year.year + 1, 1, 1), almanac, still=still)
    else:
        lines.append("Our tables do not say who controls it.")
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
