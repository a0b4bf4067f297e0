"""Pictures of the parties over a night: their councils and seats, and what they gained and lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.election.parties import VACANT
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, StateOfParties
from bot.pictures.canvas import FOOT, HIGH, LABEL, RIGHT, ROOM, Canvas
from bot.pictures.colours import FAINT, NOC_FILL
from bot.pictures.council import council_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party import party_picture
from bot.pictures.party_colours import Palette
from bot.pictures.picture import (
    Picture,
    imprint_of,
    in_place,
    joined,
    night_and_sources,
    slug_of,
)
from bot.pictures.rows import NAMES, Measure, Rows, draw_divergence, draw_measures, write_name
from bot.wording.figures import (
    basis_told,
    before_not_known_words,
    counted_from,
    declared_of,
    excluded,
)
from bot.wording.night import NightView
from bot.wording.night_findings import (
    control_found,
    lines_of_parties,
    movers_found,
)
from bot.wording.phrases import count, number, sentence_case, signed

_MOST_PARTIES = 7
_OTHERS = "Smaller parties"
_MOST_MOVERS = 7
_SMALL = 0.015
"""A party without a council and with this part of the seats is joined with others like it."""
_FIRST, _MIDDLE, _SECOND = NAMES + 24, 770, 806
"""Where the columns begin and the first of them ends."""
_HEADS = 40
_SMALL_MOVE = 50
"""A party has no row if it moved no council and under this part of the most seats."""


def picture_through(view: NightView) -> Picture | None:
    """Return the picture for a lens: a party's, a council's, else the map; None without one."""
    if view.lens.party is not None:
        return party_picture(view.parties.get(view.lens.party), view)
    if view.lens.council is not None:
        return council_picture(view.councils[0], view.almanac) if view.councils else None
    return map_picture(view)


@dataclass(frozen=True)
class _Row:
    """A row: a holder, or several joined, with councils, and seats where they are known."""

    name: str
    fill: str
    line: PartyLine
    seats: bool = True
    exact: bool = True


def state_picture(view: NightView) -> Picture | None:
    """Return councils and seats by party, beside what they were before; None before a result."""
    state, seen, baseline = view.state, view.councils, view.baseline
    if not state.declared:
        return None
    inexact = inexact_parties(seen, view.parties) if baseline else None
    rows = _rows(view, state, inexact)
    councils = [(_councils(row), row.fill) for row in rows]
    won = [
        (_seats(row, known=baseline is not None) if row.seats else None, row.fill) for row in rows
    ]
    canvas, finding = Canvas(), in_place(view, control_found(state, view.parties))
    y = canvas.headline(finding, _state_label(view)) + _HEADS
    right = _MIDDLE if any(one for one, _ in won) else RIGHT
    _head(canvas, y, _FIRST, "Councils")
    if right < RIGHT:
        _head(canvas, y, _SECOND, "Seats won")
    grid = Rows.within(y, HIGH - FOOT, len(rows))
    for place, row in enumerate(rows):
        write_name(canvas, grid, place, row.name, row.fill)
    draw_measures(canvas, grid, _FIRST, right, councils)
    draw_measures(canvas, grid, _SECOND, RIGHT, won)
    seats = [(row.name, one) for row, (one, _) in zip(rows, won, strict=True) if one is not None]
    seats.sort(key=lambda each: (each[0] == _OTHERS, -each[1].value))
    told = [
        _told("Councils", [(row.name, one) for row, (one, _) in zip(rows, councils, strict=True)]),
        _told("Seats won", seats),
    ]
    name, end = f"state{slug_of(view)}", grid.end(len(rows))
    return _finished(canvas, name, end, view, [f"{finding}. {_label(view)}.", *told])


def _state_label(view: NightView) -> str:
    """Return what is drawn and what the lines mean, in as many words as one line holds."""
    labels = [_label(view, f"line: before{more}") for more in (" the election", "")]
    fit = (one for one in labels if width_of(one, LABEL) <= ROOM)
    return next(fit, labels[-1])


def _rows(view: NightView, state: StateOfParties, inexact: frozenset[str] | None) -> list[_Row]:
    """Return the foremost parties, the others together and no overall control."""
    lines = [
        line
        for line in state.parties
        if line.party != VACANT and (line.councils or line.council_change or line.seats_won)
    ]
    shown = _foremost(lines, state)
    rest = [line for line in lines if line not in shown]
    palette = Palette(view.parties, [line.party for line in shown])
    rows = [
        _Row(
            palette.name(line.party),
            palette.fill(line.party),
            line,
            exact=inexact is not None and line.party not in inexact,
        )
        for line in shown
    ]
    if rest:
        exact = inexact is not None and not inexact & {line.party for line in rest}
        rows.append(_Row(_OTHERS, NOC_FILL, _sum(rest), exact=exact))
    if state.noc.councils or state.noc.council_change:
        rows.append(_Row(palette.name(None), NOC_FILL, state.noc, seats=False))
    return rows


def _foremost(lines: Sequence[PartyLine], state: StateOfParties) -> Sequence[PartyLine]:
    """Return the parties with rows of their own: not two or more small ones, nor too many."""
    won = sum(line.seats_won for line in lines) or 1
    large = [
        line
        for line in lines
        if line.councils or line.council_change or line.seats_won > _SMALL * won
    ]
    if len(large) + 1 >= len(lines):
        large = list(lines)
    if len(large) <= _MOST_PARTIES + (len(large) == len(lines)):
        return large
    large.sort(key=lambda line: -line.councils / state.declared - line.seats_won / won)
    return [line for line in lines if line in large[:_MOST_PARTIES]]


def _sum(lines: Sequence[PartyLine]) -> PartyLine:
    return PartyLine(
        "",
        sum(line.councils for line in lines),
        sum(line.council_change for line in lines),
        sum(line.first_elections for line in lines),
        sum(line.seats_won for line in lines),
        sum(line.seat_change for line in lines),
        sum(line.before_not_known for line in lines),
        all(line.seats_given for line in lines),
    )


def _councils(row: _Row) -> Measure | None:
    line = row.line
    if not (line.councils or line.council_change):
        return None
    return Measure(line.councils, line.of_the_same - line.council_change, line.council_change)


def _seats(row: _Row, *, known: bool) -> Measure | None:
    line = row.line
    if not line.seats_given:
        return None
    if not known or not row.exact:
        return Measure(line.seats_won)
    before = line.seats_won - line.seat_change
    return Measure(line.seats_won, before if before >= 0 else None, line.seat_change)


def gains_picture(view: NightView) -> Picture | None:
    """Return each party's net gains and losses of councils and of seats; None if nothing moved."""
    state, baseline = view.state, view.baseline
    inexact = inexact_parties(view.councils, view.parties) if baseline else frozenset()
    moved = {
        line.party: line.seat_change
        for line in lines_of_parties(state.parties, view.parties)
        if line.party and baseline and line.party not in inexact
    }
    least = max(map(abs, moved.values()), default=0) / _SMALL_MOVE
    moves = [
        line
        for line in state.parties
        if line.party and (line.council_change or abs(moved.get(line.party, 0)) > least)
    ]
    if not moves:
        return None
    moves.sort(key=lambda line: (-abs(moved.get(line.party or "", 0)), -abs(line.council_change)))
    shown = moves[:_MOST_MOVERS]
    shown.sort(key=lambda line: (-moved.get(line.party or "", 0), -line.council_change))
    palette = Palette(view.parties, [line.party for line in shown])
    by_seats = any(moved.values())
    by_councils = any(line.council_change for line in (*shown, state.noc))
    if not by_seats:
        singles = lines_of_parties(state.parties, view.parties)
        moved = {line.party: line.council_change for line in singles if line.party}
    finding = in_place(view, movers_found(moved, "seat" if by_seats else "council", view.parties))
    canvas, label = Canvas(), _label(view, counted_from(baseline) if baseline and by_seats else "")
    y = canvas.headline(finding, label) + _HEADS
    lines = [*shown, *([state.noc] if state.noc.council_change else [])]
    names = [palette.name(line.party) for line in lines]
    fills = [palette.fill(line.party) for line in lines]
    grid = Rows.within(y, HIGH - FOOT, len(lines))
    for place, (name, fill) in enumerate(zip(names, fills, strict=True)):
        write_name(canvas, grid, place, name, fill)
    seats = [moved.get(line.party) if line.party else None for line in lines]
    columns: list[tuple[str, Sequence[int | None]]] = []
    if by_councils:
        columns.append(("Councils", [line.council_change for line in lines]))
    if by_seats:
        columns.append(("Seats", seats))
    told = []
    edges = [(_FIRST, _MIDDLE), (_SECOND, RIGHT)] if len(columns) > 1 else [(_FIRST, RIGHT)]
    for (heading, changes), (left, right) in zip(columns, edges, strict=True):
        _head(canvas, y, left, heading)
        draw_divergence(canvas, grid, left, right, [*zip(changes, fills, strict=True)])
        told.append(_changes_told(heading, zip(names, changes, strict=True)))
    of_seats = [line for line, change in zip(lines, seats, strict=True) if change is not None]
    told.append(_others_told(state, shown, of_seats if by_seats else state.parties))
    name, end = f"gains{slug_of(view)}", grid.end(len(lines))
    return _finished(canvas, name, end, view, [f"{finding}. {label}.", *told])


def _others_told(
    state: StateOfParties, of_councils: Sequence[PartyLine], of_seats: Sequence[PartyLine]
) -> str:
    """Return the changes of those without a bar: "Others together: seats −13, 6 more vacant.".

    Among them are parties of which only the sum of their seats is exact, so that all add up.
    """
    every = [line for line in state.parties if line.party not in (None, VACANT)]
    councils = sum(line.council_change for line in every if line not in of_councils)
    seats = sum(line.seat_change for line in every if line not in of_seats)
    vacant = state.line(VACANT).seat_change
    told = [
        f"councils {signed(councils)}" if councils else "",
        f"seats {signed(seats)}" if seats else "",
        f"{number(abs(vacant))} {'more' if vacant > 0 else 'fewer'} vacant" if vacant else "",
    ]
    return f"Others together: {', '.join(filter(None, told))}." if any(told) else ""


def _label(view: NightView, *more: str) -> str:
    """Return how many councils have declared, and *more* of what is drawn."""
    return " · ".join(filter(None, (sentence_case(declared_of(view.state)), *more)))


def _head(canvas: Canvas, y: float, left: float, words: str) -> None:
    """Write the heading of a column above its first row."""
    canvas.text((left, y - 4), words, size=LABEL, weight=Weight.SEMIBOLD, fill=FAINT)


def _told(heading: str, rows: Iterable[tuple[str, Measure | None]]) -> str:
    """Return a column of bars as a sentence: "Councils: Labour 74 (+4), …"."""
    told = []
    for name, one in rows:
        if one is not None:
            moved = "" if one.change is None else f" ({signed(one.change)})"
            told.append(f"{name} {number(one.value)}{moved}")
    return f"{heading}: {', '.join(told)}." if told else ""


def _changes_told(heading: str, rows: Iterable[tuple[str, int | None]]) -> str:
    """Return a column of changes as a sentence: "Seats: Labour +22, …"."""
    told = [f"{name} {signed(change)}" for name, change in rows if change is not None]
    return f"{heading}: {', '.join(told)}." if told else ""


def _finished(canvas: Canvas, name: str, y: float, view: NightView, told: Sequence[str]) -> Picture:
    """Return the picture with its small print, and all that the changes leave out in words."""
    state = view.state
    height = max(HIGH, y + FOOT)
    imprint = imprint_of(view.councils, excluded(state) if view.baseline else "")
    canvas.imprint(height, imprint, source=night_and_sources(view.councils))
    basis = basis_told(view.baseline, state, joined(*told)) if view.baseline is not None else ""
    firsts = sum(line.first_elections for line in (*state.parties, state.noc))
    said = " new council" in basis
    new = f"Changes exclude {count(firsts, 'new council')}." if firsts and not said else ""
    unknown = sum(line.before_not_known for line in (*state.parties, state.noc))
    if unknown:
        new = joined(new, f"{sentence_case(before_not_known_words(unknown))}.")
    return canvas.finished(name, height, joined(*told, basis, new))
