"""A council's picture: its chamber with the majority line, before and after, and its seats."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.control import majority_base, majority_of
from bot.election.parties import VACANT
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared
from bot.pictures.canvas import BODY, HEADING, MARGIN, RIGHT, ROOM, SMALL, WIDTH, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.hemicycle import Chamber
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import Palette, mark
from bot.pictures.picture import Picture, change_in_figures, joined, night_and_sources, slug
from bot.wording.councils import SeatsTable, declared_sentence, seats_of_holder
from bot.wording.figures import since
from bot.wording.phrases import count, in_words, number, sentence_case
from bot.wording.text import plain

_RADIUS = 470
_SMALL_RADIUS = 175
_ROW = 58.0
_MOST_ROWS = 9
_DOT = 13


def council_picture(standing: CouncilStanding, almanac: Almanac) -> Picture | None:
    """Return a declared council's picture; None before, or without known seats."""
    declared, parties = standing.declared, almanac.parties
    if declared is None or not declared.now.total:
        return None
    seats = _Seats(SeatsTable.of(standing, declared, parties), declared.now)
    palette = Palette(parties, (*seats.codes, *(seats.before or ())))
    title = plain(declared_sentence(standing, parties))
    deciding = _deciding(declared)
    by_filled = deciding.total < declared.now.total
    takes = _majority_words(declared.now, deciding)
    canvas = Canvas()
    y = canvas.head(title, takes) + _RADIUS + 60
    chamber = Chamber(deciding, _RADIUS, palette)
    chamber.draw(canvas, (WIDTH / 2, y))
    _most(canvas, y - 12, declared, palette)
    top = y + 108
    room = ROOM - (2 * _SMALL_RADIUS + 90 if seats.before else 0)
    y = _table(canvas, top, room, seats, chamber)
    if seats.before is not None:
        y = max(y, _before(canvas, top, Chamber(seats.before, _SMALL_RADIUS, palette)))
    basis = f"{sentence_case(since(declared.baseline))}." if seats.changes else ""
    size = f"{seats.size}." if seats.size else ""
    height = canvas.foot(
        y + 20,
        f"Each dot is a {'filled seat' if by_filled else 'seat'}, the largest party from the left; "
        "a majority passes the dashed line.",
        basis,
        size,
        source=night_and_sources([standing]),
    )
    holder, held, past = declared.after.holder, "", ""
    if by_filled and holder is not None:
        held = f"{palette.name(holder)}: {seats_of_holder(declared.after, declared.now, parties)}."
    if seats.before is not None:
        told = [f"{palette.name(code)} {number(n)}" for code, n in seats.before.items()]
        more = [f"{number(len(told) - _MOST_ROWS)} more"] if len(told) > _MOST_ROWS else []
        past = f"Before: {in_words([*told[:_MOST_ROWS], *more])}."
    alt = joined(f"{title}. {seats.in_words(palette)}. {takes}.", held, basis, past, size)
    return canvas.finished(f"council-{slug(standing.council.code)}", height, alt)


class _Seats:
    """The seats to show: those of `codes`, and the exactly known `changes`."""

    def __init__(self, table: SeatsTable, now: Composition) -> None:
        self.now, self.before, self.size = now, table.before, table.size
        self.codes = [row.code for row in table.rows if row.code in now or row.code != VACANT]
        self.changes = {
            row.code: row.change[0]
            for row in table.rows
            if row.change is not None and row.change[0] == row.change[1] and row.code != VACANT
        }

    @property
    def rows(self) -> Sequence[str]:
        """The parties with a row each."""
        return self.codes[:_MOST_ROWS]

    @property
    def rest(self) -> str:
        """The parties without a row and their seats; empty if all have one."""
        rest = self.codes[_MOST_ROWS:]
        seats = sum(self.now.get(code, 0) for code in rest)
        more = count(len(rest), "more party", "more parties")
        return f"{more}: {count(seats, 'seat')}" if rest else ""

    def in_words(self, palette: Palette) -> str:
        """Return "Liberal Democrats 29 (+3), Labour 27 (−3) and …"."""
        told = []
        for code in self.rows:
            change = self.changes.get(code)
            words = "" if change is None else f" ({change_in_figures(change)})"
            told.append(f"{palette.name(code)} {number(self.now.get(code, 0))}{words}")
        return in_words([*told, *filter(None, [self.rest])])


def _deciding(declared: Declared) -> Composition:
    """Return the seats that decided control: all of them, or only the filled ones."""
    if majority_base(declared.after, declared.now) == declared.now.total:
        return declared.now
    return declared.now.without_vacant()


def _majority_words(now: Composition, deciding: Composition) -> str:
    """Return "57 seats: a majority takes 29", or "… a majority of the 35 filled takes 18"."""
    seats, takes = count(now.total, "seat"), number(majority_of(deciding.total))
    if deciding.total == now.total:
        return f"{sentence_case(seats)}: a majority takes {takes}"
    vacant = f"{number(now.vacant)} of them vacant"
    filled = number(deciding.total)
    return f"{sentence_case(seats)}, {vacant}: a majority of the {filled} filled takes {takes}"


def _most(canvas: Canvas, y: float, declared: Declared, palette: Palette) -> None:
    """Write into the well the seats of the holder or of the largest party."""
    now, words, size = declared.now, count(declared.now.total, "seat"), HEADING
    if majority_base(declared.after, now) < now.total:
        words, size = seats_of_holder(declared.after, now, palette.parties), BODY
    elif now.largest is not None:
        words = f"{number(now[now.largest])} of {number(now.total)}"
    if now.largest is not None:
        at, letters = (WIDTH / 2, y - HEADING - 8), palette.letters(now.largest)
        canvas.text(at, letters, weight=Weight.SEMIBOLD, fill=FAINT, anchor="middle")
    canvas.text((WIDTH / 2, y), words, size=size, weight=Weight.BOLD, anchor="middle")


def _table(canvas: Canvas, top: float, room: float, seats: _Seats, chamber: Chamber) -> float:
    """Write a row for each party: mark, name, seats and change; return the lowest y used."""
    palette, right, y = chamber.palette, MARGIN + room, top
    seats_end = right - 110 if seats.changes else right
    name_start = MARGIN + (136 if not chamber.lettered else 100)
    canvas.small((seats_end, y - 30), "seats", "end")
    if seats.changes:
        canvas.small((right, y - 30), "change", "end")
    for code in seats.rows:
        mark(canvas, (MARGIN, y - 18), palette, code)
        if not chamber.lettered and code in seats.now:
            chamber.sample(canvas, (MARGIN + 110, y + 2), _DOT, code)
        held = number(seats.now.get(code, 0))
        name_room = seats_end - name_start - width_of(held, HEADING, Weight.BOLD) - 16
        canvas.text((name_start, y + 12), palette.name(code), room=name_room)
        canvas.heading((seats_end, y + 12), held, "end")
        change = seats.changes.get(code)
        if change is not None:
            canvas.text((right, y + 12), change_in_figures(change), fill=FAINT, anchor="end")
        canvas.rule(y + 32, right)
        y += _ROW
    if seats.rest:
        canvas.text((name_start, y + 12), seats.rest, fill=FAINT)
        y += _ROW
    return y - _ROW + 32


def _before(canvas: Canvas, top: float, chamber: Chamber) -> float:
    """Draw the chamber as it was, with its key; return the lowest y used."""
    x = RIGHT - _SMALL_RADIUS - 12
    words = f"Before: {count(chamber.seats.total, 'seat')}"
    canvas.text((x, top - 30), words, weight=Weight.BOLD, anchor="middle")
    base = top + _SMALL_RADIUS + 36
    chamber.draw(canvas, (x, base))
    left, right = x - _SMALL_RADIUS, RIGHT
    at, y = float(left), base + 60.0
    for code, held in [*chamber.seats.items()][:_MOST_ROWS]:
        name = "Vacant" if code == VACANT else chamber.palette.letters(code)
        words = f"{name} {number(held)}"
        wide = 2 * _DOT + 8 + width_of(words, SMALL)
        if at > left and at + wide > right:
            at, y = float(left), y + 40
        if not chamber.lettered:
            chamber.sample(canvas, (at + _DOT, y - 9), _DOT, code)
        canvas.small((at + 2 * _DOT + 8, y), words)
        at += wide + 24
    return y + 8
