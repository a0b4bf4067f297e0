"""How we know: who reported an answer and when, and what its figures rest on.

Cards tell the news; everything about sources, baselines and checks is told here, behind a button.
`how_we_know_card` makes such a card of any answer; `bot.chat.questions.how_we_know` says how a
command gets the button.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.cards.card import Card, Field
from bot.cards.history import seats_line
from bot.election.almanac import Almanac
from bot.election.facts import council_facts
from bot.election.history import history_before
from bot.election.parties import INDEPENDENT, VACANT, Parties
from bot.election.reports import SourceKind
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared, Held
from bot.election.votes import Votes
from bot.wording.councils import SeatsTable, previously_from, resized_line
from bot.wording.facts import facts_with_basis
from bot.wording.figures import baseline_sentence, seats_in_line, seats_lines
from bot.wording.phrases import (
    change_between,
    count,
    day,
    name_of,
    number,
    party_name,
    sentence_case,
)
from bot.wording.sources import FeedAges, as_of, who_says_so
from bot.wording.text import ago, escape

_LONGEST_REASON = 600

Part = tuple[str, Sequence[str]]
"""A label ("Source", "Changes") with its lines; without any it is left out."""


def how_we_know_card(
    about: str, parts: Iterable[Part], now: datetime, feeds: FeedAges | None = None
) -> Card:
    """Return the card behind the button **How we know** of an answer.

    *about* names its subject, escaped ("Kingston upon Hull", "State of the parties"). The footer
    gives the age of the *feeds*. `baseline_sentence` says what changes are counted from,
    `source_words` where a report came from, `held_part` what is held for checks.
    """
    fields = tuple(Field.of(label, lines) for label, lines in parts if lines)
    return Card(
        title=f"How we know: {about}",
        description="" if fields else "Nothing has come in yet.",
        fields=fields,
        footer=as_of(now, feeds),
    )


def how_a_council_is_known(
    standing: CouncilStanding,
    almanac: Almanac,
    now: datetime,
    *,
    feeds: FeedAges | None = None,
    ward_votes: Votes | None = None,
) -> Card:
    """Return how what the card of a council says is known; *ward_votes* are those counted."""
    parties, declared = almanac.parties, standing.declared
    facts = council_facts(standing, almanac, ward_votes)
    counting = now >= almanac.night(standing.night).polls_close
    parts: list[Part] = [
        ("Result", [] if declared is None else who_says_so(declared, parties)),
        ("Wards", _wards(standing) if counting else []),
        ("Previously", _previously(standing, almanac)),
    ]
    if declared is not None:
        parts += [
            ("Seats in full", _seats_in_full(standing, declared, parties)),
            ("Changes", _changes(standing, declared)),
            ("Record", _record(declared)),
        ]
    parts += [
        ("Size", _size(standing)),
        ("Key facts", facts_with_basis(facts, parties) if counting else []),
        held_part(standing.awaiting_desk),
    ]
    return how_we_know_card(name_of(standing.council), parts, now, feeds)


def held_part(held: Sequence[Held]) -> Part:
    """Return why reports are held for checks, with when each came in."""
    return "Held for checks, not counted", [
        f"{ago(one.source.received_at)}: {escape(reason, _LONGEST_REASON)}"
        for one in held
        for reason in one.reasons or ("no reason given",)
    ]


def held_fields(held: Sequence[Held]) -> tuple[Field, ...]:
    """Return why reports are held for checks as a field, nothing if none are."""
    label, lines = held_part(held)
    return (Field.of(label, lines),) if lines else ()


def _wards(standing: CouncilStanding) -> list[str]:
    """Return how many wards have declared, by how many reports, and what still lacks."""
    counted = [ward for ward in standing.wards if ward.counts_tonight]
    told = sum(ward.declared for ward in counted)
    lines = []
    if counted:
        newest = max(ward.source.received_at for ward in counted)
        lines.append(
            f"{number(told)} of {count(len(counted), 'ward')} declared, the last report came "
            f"{ago(newest)}."
        )
    if standing.lacking is not None:
        lines.append(f"The wards do not settle it: {escape(standing.lacking, 1_000)}.")
    return lines


def _previously(standing: CouncilStanding, almanac: Almanac) -> list[str]:
    """Return who says who had control before, and what our table of years has."""
    lines, parties = [], almanac.parties
    if standing.before is not None and standing.before_source is not None:
        lines.append(
            previously_from(standing.before, standing.before_source, standing.before_year, parties)
        )
    elif standing.new_council:
        lines.append("A new council: nobody controlled it before.")
    else:
        lines.append("No source says who controlled it before.")
    known = history_before(almanac.history.get(standing.council.code, ()), standing.night)
    if known and (elected := known[-1].otherwise_elected):
        as_elected = seats_line(elected, parties)
        lines.append(f"As elected on {day(elected.on)}, before later changes: {as_elected}.")
    return lines


def _changes(standing: CouncilStanding, declared: Declared) -> list[str]:
    if declared.counted_changes is None:
        why = "it is a first election" if standing.new_council else "no source gives them"
        return [f"No changes of seats are shown: {why}."]
    return [baseline_sentence(declared.baseline)]


def _record(declared: Declared) -> list[str]:
    """Return the document and our version of the result; a person's word has no document."""
    version = f"version {number(declared.version)} of this result" if declared.version else ""
    named = declared.source.kind not in (SourceKind.DESK, SourceKind.SHEET)
    document = escape(declared.source.document, 100) if named else ""
    told = ", ".join(filter(None, (document, version)))
    return [f"{sentence_case(told)}."] if told else []


def _size(standing: CouncilStanding) -> list[str]:
    if standing.size is None:
        return []
    up = f", {number(standing.seats_up)} of them up" if standing.seats_up is not None else ""
    if standing.seats_up == standing.size:
        up = ", all up"
    lines = [f"{sentence_case(count(standing.size, 'seat'))}{up}.", resized_line(standing)]
    return [line for line in lines if line]


def _seats_in_full(standing: CouncilStanding, declared: Declared, parties: Parties) -> list[str]:
    """Return a line for each party: "Labour 27 (−2), 29 before, 7 won tonight"."""
    table = SeatsTable.of(standing, declared, parties)
    won = declared.won if declared.won != declared.now else None
    lines = []
    for row in table.rows:
        name = party_name(row.code, parties)
        line = f"{name} {number(row.now)}"
        if row.change is not None:
            line += f" ({change_between(*row.change)})"
        if before := row.before_in_words():
            line += f", {before}"
        if won is not None and row.code != VACANT:
            line += _won_tonight(row.code, row.now, won, declared.now, parties)
        lines.append(line)
    return lines


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
