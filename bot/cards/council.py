"""The card of one council: declared, still counting, not voting tonight, or no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.cards.card import Card, Field
from bot.election.almanac import Almanac, YearOfControl
from bot.election.claims import ClaimContent
from bot.election.control import Control, majority_of
from bot.election.councils import Council
from bot.election.facts import council_facts
from bot.election.parties import VACANT, Parties
from bot.election.possibilities import Needs, Outlook, outlook
from bot.election.reports import WardReport
from bot.election.standings import CouncilStanding, Declared, DeskNote, Held
from bot.election.superlatives import change_range
from bot.election.tenure import tenure_of
from bot.wording.councils import (
    majority_line,
    outcome_sentence,
    past_of_change,
    size_line,
    tenure_sentence,
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
_LONGEST_LIST = 1_000


def council_card(
    standing: CouncilStanding,
    almanac: Almanac,
    now: datetime,
    *,
    feeds: FeedAges | None = None,
    notes: Sequence[DeskNote] = (),
    wards: Sequence[WardReport] = (),
    last: CouncilStanding | None = None,
) -> Card:
    """Return all that is known of a council at *now*, with the desk's *notes*.

    *feeds* says when the feeds were last heard from, for their age. From its *wards* in force come
    facts that its seats do not tell. *last* is how it stood after the last night before this one
    on which it declared here.
    """
    moved = any(note.control is not None for note in notes)
    card = _card(standing, almanac, now, feeds, last, moved=moved)
    if now >= almanac.night(standing.night).polls_close and _votes(standing, almanac):
        why = why_it_matters(council_facts(standing, almanac, wards), almanac.parties)
        if why:
            field = Field("Why it matters", "\n".join(why))
            card = replace(card, fields=(*card.fields[:1], field, *card.fields[1:]))
    if not notes:
        return card
    told = Field("From the desk", listed(note_lines(notes, almanac.parties), _LONGEST_LIST))
    return replace(card, fields=(told, *card.fields))


def _card(
    standing: CouncilStanding,
    almanac: Almanac,
    now: datetime,
    feeds: FeedAges | None,
    last: CouncilStanding | None,
    *,
    moved: bool,
) -> Card:
    if standing.declared is not None:
        return _declared_card(standing, standing.declared, almanac, now, feeds)
    if _votes(standing, almanac):
        return _counting_card(standing, almanac, now, feeds)
    return _not_voting_card(standing, almanac, now, feeds, last, moved=moved)


def no_council_card(asked: str, suggestions: Sequence[Council]) -> Card:
    """Return the answer to a name that is no council's, with what comes near."""
    if not asked.strip():
        return Card(title="Which council?", description="Give its name: /council name:Hull.")
    near = in_words([name_of(council) for council in suggestions], "or")
    hint = f"Did you mean {near}?" if near else "Try the name of the district, city or county."
    return Card(title=f"No council found for “{escape(asked)}”", description=hint)


def _votes(standing: CouncilStanding, almanac: Almanac) -> bool:
    """Whether the council votes tonight: our tables say so, or something has come in for it."""
    return (
        standing.council.code in almanac.night(standing.night).elections
        or standing.held is not None
        or bool(standing.wards or standing.awaiting_desk)
    )


# --- declared


def _declared_card(
    standing: CouncilStanding,
    declared: Declared,
    almanac: Almanac,
    now: datetime,
    feeds: FeedAges | None,
) -> Card:
    parties = almanac.parties
    content = ClaimContent(standing.before, declared.after, declared.outcome)
    fields = [
        Field(
            _seats_heading(declared),
            listed(_seats_table(standing, declared, parties), _LONGEST_LIST),
        ),
        Field("Declared", f"{weekday(declared.declared_at)}, {ago(declared.declared_at)}"),
        Field("Who says so", listed(who_says_so(declared, parties), _LONGEST_LIST)),
    ]
    return Card(
        title=outcome_sentence(standing.council, content, parties, declared.now),
        description="\n".join(
            (
                f"Now: **{holder_of(declared.after, parties)}**. {_before(standing, parties)}",
                *_past(standing, almanac),
                *([majority_line(declared.after, declared.now, parties)] if declared.now else []),
            )
        ),
        fields=(*fields, *held_fields(standing.awaiting_desk)),
        colour=colour_of(declared.after, parties),
        footer=as_of(now, feeds),
    )


def _before(standing: CouncilStanding, parties: Parties) -> str:
    if standing.before is None or standing.before_source is None:
        return "Before: a new council." if standing.new_council else "Before: not known."
    held_by = holder_of(standing.before, parties)
    return f"Before: **{held_by}**, according to {standing.before_source}."


def _past(standing: CouncilStanding, almanac: Almanac) -> list[str]:
    """Return what came before: how long the last control had lasted, or whom it replaces."""
    declared = standing.declared
    if standing.before is not None:
        if declared is not None and declared.after != standing.before:
            return past_of_change(
                standing.council, standing.before, declared.after, standing.night, almanac
            )
        return _lasting(standing.before, almanac, standing.council, standing.night, still=True)
    election = almanac.night(standing.night).elections.get(standing.council.code)
    if election is None or not election.predecessors:
        return []
    replaced = in_words([name_of(almanac.councils.get(code)) for code in election.predecessors])
    return [f"It replaces {replaced}."]


def _lasting(
    control: Control, almanac: Almanac, council: Council, night: date, *, still: bool
) -> list[str]:
    """Return since when *control* had lasted before *night*, if that is known."""
    lasted = tenure_of(council, control, night, almanac)
    return [] if lasted is None else [tenure_sentence(lasted, almanac.parties, still=still) + "."]


def _seats_heading(declared: Declared) -> str:
    return "Seats" if declared.counted_changes is None else f"Seats, {since(declared.baseline)}"


def _seats_table(standing: CouncilStanding, declared: Declared, parties: Parties) -> list[str]:
    """Return a line a party: "Labour 27 (−2), 29 before, 7 won tonight", and one of what differs.

    A figure that contradicts the others is left out; a new council has no seats before. Nobody is
    said to stand unchanged in a council of another size.
    """
    has_past = declared.baseline.of_seats and not standing.new_council
    before = standing.held if has_past and standing.held else None
    won = declared.won if declared.won != declared.now else None
    changes = declared.counted_changes
    size = size_line(
        declared.now.total,
        before.total if before else None,
        redrawn=standing.boundary_change and not standing.new_council,
    )
    resized = before is not None and before.total != declared.now.total
    lines = []
    for code in dict.fromkeys((*declared.now, *(changes or ()), *(before or ()))):
        now = declared.now.get(code, 0)
        line = f"{_seat_holders(code, parties)} {number(now)}"
        change = None if changes is None else changes.get(code, 0)
        agrees = before is None or before.get(code, 0) + (change or 0) == now
        if change is not None and agrees and (change or not resized):
            line += f" ({change_between(*change_range(standing, code, change, parties))})"
        if before is not None:
            line += f", {number(before.get(code, 0))} before"
        if won is not None and code != VACANT and won.get(code, 0) <= now:
            line += f", {number(won.get(code, 0))} won tonight"
        lines.append(line)
    return [*lines, f"{size}."] if size else lines


def _seat_holders(code: str, parties: Parties) -> str:
    return "Vacant" if code == VACANT else sentence_case(members(parties.get(code)))


def held_fields(held: Sequence[Held]) -> tuple[Field, ...]:
    """Return the field with why a result is held for checking, none where nothing is held."""
    if not held:
        return ()
    reasons = [
        f"{ago(one.source.received_at)}: {escape(reason, _LONGEST_REASON)}"
        for one in held
        for reason in one.reasons or ("no reason given",)
    ]
    return (
        Field("A result is held for checking, and not counted", listed(reasons, _LONGEST_LIST)),
    )


# --- still counting


def _counting_card(
    standing: CouncilStanding, almanac: Almanac, now: datetime, feeds: FeedAges | None
) -> Card:
    """Return what is known before a result; before polls close, only what came before the night."""
    parties = almanac.parties
    counting = now >= almanac.night(standing.night).polls_close
    ahead = outlook(standing) if counting else None
    wards = _ward_fields(standing, parties) if counting else ()
    certain = ahead.secured if ahead and ahead.wards_declared else None
    lines = [f"{_before(standing, parties)}", *_past(standing, almanac)]
    if standing.expected_at is not None:
        lines.append(f"{sentence_case(expected_words(standing.expected_at, now))}.")
    fields = []
    if ahead is not None and ahead.wards_declared:
        fields = _outlook_fields(ahead, certain, parties)
    elif standing.held is not None:
        lines.append(_size_line(standing))
        if standing.size is not None and standing.held and not standing.new_council:
            redrawn = standing.boundary_change
            resized = size_line(standing.size, standing.held.total, redrawn=redrawn)
            lines += [f"{resized}."] if resized else []
        fields = [Field("Seats before", listed(seats_lines(standing.held, parties), _LONGEST_LIST))]
    else:
        lines.append(_size_line(standing))
    if counting and standing.lacking is not None:
        lines.append(
            f"No result follows from its wards: {escape(standing.lacking, _LONGEST_LIST)}."
        )
    return Card(
        title=_counting_title(standing, ahead, counting),
        description="\n".join(filter(None, lines)),
        fields=(*fields, *wards, *held_fields(standing.awaiting_desk)),
        colour=colour_of(standing.before, parties),
        footer=as_of(now, feeds),
    )


def _counting_title(standing: CouncilStanding, ahead: Outlook | None, counting: bool) -> str:
    name = name_of(standing.council)
    if not counting:
        return f"{name} votes on {day(standing.night)}"
    if ahead is None or not ahead.wards_declared:
        return f"{name} has not declared"
    wards = f"{number(ahead.wards_declared)} of {count(ahead.wards_total, 'ward')}"
    return f"{name}: {wards} declared, no result yet"


def _size_line(standing: CouncilStanding) -> str:
    if standing.size is None:
        return ""
    up = "" if standing.seats_up is None else f", {number(standing.seats_up)} of them up tonight"
    if standing.seats_up == standing.size:
        up = ", all of them up tonight"
    seats = count(standing.size, "seat")
    return f"{seats}{up}; a majority takes {number(majority_of(standing.size))}."


def _outlook_fields(ahead: Outlook, certain: Control | None, parties: Parties) -> list[Field]:
    fields = [
        Field(
            f"Seats certain so far, {number(ahead.certain.total)} of {number(ahead.total)}",
            listed(seats_lines(ahead.certain, parties), _LONGEST_LIST),
        )
    ]
    if certain is not None:
        text = f"{_secured_words(certain, ahead, parties)} The result itself is not declared."
        return [*fields, Field("Certain already", text)]
    text = needs_sentence(ahead, parties)
    return [*fields, Field(f"A majority takes {number(ahead.majority)}", text)] if text else fields


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
    """Return what each still needs, the nearest first, and who can get no majority any more.

    "Independents and others together need 13 of the 16 seats still to come; the Conservatives need
    14." Several together can have more than half as a party can, and are named with their kind.
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
    """Return who needs seats: "the Conservatives", "independents and others together"."""
    party = parties.get(line.party)
    return the_members(party) if party.is_one_party else f"{members(party)} together"


def _ward_fields(standing: CouncilStanding, parties: Parties) -> tuple[Field, ...]:
    """Return the wards that have declared, the last one first."""
    declared = [ward for ward in standing.wards if ward.declared and ward.counts_tonight]
    declared.sort(key=lambda ward: ward.source.received_at, reverse=True)
    lines = [f"{escape(w.name)}: {seats_in_line(seats_lines(w.won, parties))}" for w in declared]
    return (Field("Latest wards", listed(lines, 600)),) if lines else ()


# --- no election tonight


def _not_voting_card(
    standing: CouncilStanding,
    almanac: Almanac,
    now: datetime,
    feeds: FeedAges | None,
    last: CouncilStanding | None,
    *,
    moved: bool,
) -> Card:
    """Return the newest that is known of a council; by the desk its control may have *moved* since.

    That is its *last* result here or, where that is newer, our table of each May.
    """
    council, parties = standing.council, almanac.parties
    lines = [*_ending(council, standing.night, almanac)]
    year = _last_year(almanac.history.get(council.code, ()), standing.night)
    fields: tuple[Field, ...] = ()
    control = standing.before
    result = last.declared if last else None
    if last and result and (year is None or year.year <= last.night.year):
        control = result.after
        content = ClaimContent(last.before, result.after, result.outcome)
        sentence = outcome_sentence(council, content, parties, result.now)
        lines.append(f"Last result here, {day(last.night)}: **{sentence}**.")
        if result.now:
            seats = listed(seats_lines(result.now, parties), _LONGEST_LIST)
            fields = (Field(f"Seats after {day(last.night)}", seats),)
    elif year is not None:
        control = year.control
        lines.append(f"Control after May {year.year}: **{holder_of(control, parties)}**.")
        lines.append(majority_line(control, year.seats, parties))
        seats = listed(seats_lines(year.seats, parties), _LONGEST_LIST)
        fields = (Field(f"Seats after May {year.year}", seats),)
        # Of the years since our table's last one nothing is known: then it "had".
        newest = year.year == standing.night.year - 1
        still = newest and _goes_on(council, standing.night) and not moved
        lines += _lasting(control, almanac, council, date(year.year + 1, 1, 1), still=still)
    else:
        lines.append("Who controls it is not in our tables.")
    return Card(
        title=_not_voting_title(council, standing.night, almanac),
        description="\n".join(lines),
        fields=fields,
        colour=colour_of(control, almanac.parties),
        footer=as_of(now, feeds),
    )


def _not_voting_title(council: Council, night: date, almanac: Almanac) -> str:
    if not _goes_on(council, night):
        return f"{name_of(council)} is a council no more"
    if not almanac.night(night).elections:
        return f"{name_of(council)}: nothing has come in for {day(night)}"
    return f"{name_of(council)} had no council election on {day(night)}"


def _goes_on(council: Council, night: date) -> bool:
    return council.ends is None or council.ends > night


def _ending(council: Council, night: date, almanac: Almanac) -> list[str]:
    if council.ends is None:
        return []
    successors = in_words([name_of(almanac.councils.get(code)) for code in council.successors])
    verb = "ended" if council.ends <= night else "ends"
    text = f"It {verb} on {day(council.ends)}"
    return [f"{text}; its area belongs to {successors} from then on." if successors else f"{text}."]


def _last_year(history: Sequence[YearOfControl], night: date) -> YearOfControl | None:
    """Return the newest entry from before the night."""
    return max(
        (entry for entry in history if entry.year < night.year),
        key=lambda entry: entry.year,
        default=None,
    )
