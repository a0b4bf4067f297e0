"""A council's hexagon: who controls it now, and who before if it changed hands.

The party in control fills it, with the party's symbol, letters or the council's name. Where nobody
has a majority it is striped in the colour of the largest party. Where it changed hands its edge is
black and its lower part has the colour of who lost it. A council that has not declared is white,
its edge in the colour of who held it; one that does not vote is pale and smaller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.control import Control
from bot.election.standings import CouncilStanding
from bot.pictures.canvas import Canvas, Point
from bot.pictures.colours import (
    EDGE,
    INK,
    NO_ELECTION,
    NOC_FILL,
    PAPER,
    ink_on,
    outline_of,
    tinted,
)
from bot.pictures.lettering import Weight, fitting_size, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.symbols import draw_symbol

_FULL, _SILENT = 0.95, 0.72
"""How much of its cell a hexagon fills."""
_BEFORE_FROM = 0.4
"""Where the colour of who had control before begins below the middle, relative to the radius."""
_STRIPE = 0.36
_LEAST_STRIPE = 5.0
_STRIPED_FROM = 18.0
"""The least radius of a striped hexagon with a symbol."""
_SYMBOL_ABOVE = 0.3
_LETTERS = 0.34
"""The size of a party's letters below a name, relative to the radius."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a hexagon; `letters` are a party's."""

    text: str
    size: float
    weight: Weight = Weight.REGULAR
    letters: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How a council is shown: who controls it, or the largest party, and who did before.

    `silent` councils do not vote, `waiting` ones have not declared. `before` is given while
    waiting, and where the council `changed` hands.
    """

    silent: bool = False
    waiting: bool = False
    holder: str | None = None
    largest: str | None = None
    changed: bool = False
    before: Control | None = None

    @classmethod
    def of(cls, standing: CouncilStanding | None) -> Look:
        """Return how a council is shown; one without a standing does not vote."""
        if standing is None:
            return cls(silent=True)
        declared = standing.declared
        if declared is None:
            return cls(waiting=True, before=standing.before)
        changed = declared.outcome.changes_hands
        return cls(
            holder=declared.after.holder,
            largest=declared.now.largest if declared.after.holder is None else None,
            changed=changed,
            before=standing.before if changed else None,
        )

    @property
    def codes(self) -> set[str]:
        """The parties whose colours it has."""
        past = self.before.holder if self.before else None
        return {code for code in (self.holder, self.largest, past) if code is not None}

    def ground(self, palette: Palette) -> str:
        """Return the colour beneath a text in it."""
        if self.silent:
            return NO_ELECTION
        if self.waiting:
            return PAPER
        return palette.fill(self.holder) if self.holder else tinted(_hung(self, palette))


def _hung(look: Look, palette: Palette) -> str:
    return NOC_FILL if look.largest is None else palette.fill(look.largest)


def draw_hexagon(
    canvas: Canvas,
    middle: Point,
    radius: float,
    look: Look,
    palette: Palette,
    *,
    lines: Sequence[Line] = (),
) -> None:
    """Draw a cell with *lines* of text in it, without them with the party's symbol."""
    if look.silent:
        size = radius * (_FULL if lines else _SILENT)
        canvas.polygon(_corners(middle, size), NO_ELECTION)
    elif look.waiting:
        past = look.before.holder if look.before else None
        colour = NOC_FILL if past is None else palette.fill(past)
        width = max(2.4, radius * 0.1)
        inner = radius * _FULL - width / 2
        edge = EDGE if look.before is None else outline_of(colour)
        canvas.polygon(_corners(middle, inner), PAPER, stroke=edge, stroke_width=width)
    else:
        _declared(canvas, middle, radius * _FULL, look, palette)
    ground = look.ground(palette)
    if lines:
        _write(canvas, middle, radius, look, lines=lines, fill=ground)
    code = look.holder or look.largest
    if code is not None and palette.symbol(code) and not any(line.letters for line in lines):
        _symbol(canvas, middle, radius, look, palette, named=bool(lines))


def _symbol(
    canvas: Canvas, middle: Point, radius: float, look: Look, palette: Palette, *, named: bool
) -> None:
    """Draw the symbol of who is in control, or of the largest party; above a name if any."""
    code, fill = look.holder or look.largest or "", look.ground(palette)
    x, y = middle
    if look.holder is None and radius < _STRIPED_FROM:
        return  # no room between the stripes
    size = radius * (_SYMBOL_ABOVE if named else 0.62)
    y -= radius * (0.66 if named else 0.2 if look.changed else 0)
    if look.holder is None:
        canvas.circle((x, y), size * 0.8, fill, stroke=outline_of(fill), stroke_width=1)
    draw_symbol(canvas, (x, y), size, ink_on(fill), palette.symbol(code))


def _declared(canvas: Canvas, middle: Point, radius: float, look: Look, palette: Palette) -> None:
    corners = _corners(middle, radius)
    fill = look.ground(palette)
    edge = outline_of(_hung(look, palette)) if look.holder is None else outline_of(fill)
    canvas.polygon(corners, fill, stroke=edge, stroke_width=max(1.2, radius * 0.05))
    if look.holder is None:
        for stripe in _stripes(middle, radius):
            canvas.line(stripe, edge, max(1.4, radius * 0.1))
    if look.changed and look.before is not None:
        past = look.before.holder
        lower, below = _lower(middle, radius), palette.fill(past)
        canvas.polygon(lower, below, stroke=outline_of(below), stroke_width=1)
        canvas.line(lower[:2], PAPER, max(1.6, radius * 0.07))
        width = max(1.8, radius * 0.08)
        canvas.polygon(_corners(middle, radius - width / 2), "none", stroke=INK, stroke_width=width)


def _corners(middle: Point, radius: float) -> list[Point]:
    x, y = middle
    turns = [turn * math.pi / 3 for turn in range(6)]
    return [(x + radius * math.sin(turn), y + radius * math.cos(turn)) for turn in turns]


def _half_width(down: float, radius: float) -> float:
    """Return half the width of a hexagon at a distance from its middle."""
    return math.sqrt(3) / 2 * min(radius, 2 * (radius - abs(down)))


def _lower(middle: Point, radius: float) -> list[Point]:
    x, y = middle
    top, knee = radius * _BEFORE_FROM, radius / 2
    wide = math.sqrt(3) / 2 * radius
    return [
        (x - wide, y + top),
        (x + wide, y + top),
        (x + wide, y + knee),
        (x, y + radius),
        (x - wide, y + knee),
    ]


def _stripes(middle: Point, radius: float) -> list[list[Point]]:
    """Return slanting lines within a hexagon: along one of its diagonals, evenly apart."""
    x, y = middle
    step = max(_LEAST_STRIPE, radius * _STRIPE)
    along = (math.sqrt(3) / 2, -0.5)
    across = (0.5, math.sqrt(3) / 2)
    # Across this direction the hexagon has flat sides at its inner radius.
    reach = radius * math.sqrt(3) / 2
    count = int(reach // step)
    found = []
    for turn in range(-count, count + 1):
        away = turn * step
        half = radius - abs(away) / math.sqrt(3)
        at = (x + across[0] * away, y + across[1] * away)
        found.append(
            [
                (at[0] - along[0] * half, at[1] - along[1] * half),
                (at[0] + along[0] * half, at[1] + along[1] * half),
            ]
        )
    return found


def _write(
    canvas: Canvas, middle: Point, radius: float, look: Look, *, lines: Sequence[Line], fill: str
) -> None:
    """Write lines centred in a cell, on a plate where it is striped."""
    x, y = middle
    high = sum(line.size for line in lines)
    if look.changed:
        y -= radius * _up(high / radius)
    if look.holder is None and not look.silent and not look.waiting:
        wide = max(width_of(line.text, line.size, line.weight) for line in lines) + radius * 0.08
        canvas.line([(x - wide / 2, y), (x + wide / 2, y)], fill, high)
    top = y - high / 2
    for line in lines:
        top += line.size
        canvas.lettered((x, top - line.size * 0.22), line.text, line.size, fill, line.weight)


def _up(high: float) -> float:
    """Return how far text of a relative height moves up to leave the lower part free."""
    return max(0.0, high / 2 - _BEFORE_FROM + 0.04)


def letters_line(letters: str, radius: float) -> Line:
    """Return a party's letters as the only line of a small cell."""
    size = fitting_size(letters, radius * 1.5, radius * 0.78, Weight.BOLD)
    return Line(letters, size, Weight.BOLD, letters=True)


def lines_of_name(name: Sequence[str], letters: str, size: float, radius: float) -> list[Line]:
    """Return a broken name and a party's letters below it."""
    lines = [Line(text, size) for text in name]
    if letters:
        high = fitting_size(letters, radius * 1.25, radius * _LETTERS, Weight.BOLD)
        lines.append(Line(letters, high, Weight.BOLD, letters=True))
    return lines


def lines_fit(lines: Sequence[Line], radius: float, *, changed: bool = False) -> bool:
    """Whether lines fit into a cell, and above the lower part of one that *changed* hands."""
    radius *= _FULL
    high = sum(line.size for line in lines)
    top = -high / 2 - (radius * _up(high / radius) if changed else 0)
    for line in lines:
        far = max(abs(top + line.size * 0.12), abs(top + line.size * 0.9))
        room = 2 * _half_width(far, radius) - radius * 0.08
        if line.text.endswith("…") or width_of(line.text, line.size, line.weight) > room:
            return False
        top += line.size
    return True
