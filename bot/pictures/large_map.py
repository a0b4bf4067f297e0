"""The map as it is opened on purpose: hexagons with their councils' names, or parties' letters.

Below it stand the layer of county councils and new unitary councils, and those councils that have
a place in neither.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.election.standings import CouncilStanding
from bot.pictures.canvas import HEADING, MARGIN, RIGHT, ROOM, SMALL, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.hex_places import Places, Spot
from bot.pictures.hexagon import (
    Line,
    Look,
    draw_hexagon,
    letters_line,
    lines_fit,
    lines_of_name,
)
from bot.pictures.lettering import Weight, fitted, width_of
from bot.pictures.map_key import from_to
from bot.pictures.map_layout import Layout
from bot.pictures.map_sheet import ROW, Sheet
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Field
from bot.wording.phrases import in_words, name_of, number
from bot.wording.text import listed, plain

_LARGEST, _LARGEST_ABOVE = 104.0, 54.0
_NAMED_FROM = 46.0
"""The least radius in pixels of a hexagon with its council's name."""
_NAME_SIZES = (0.38, 0.36, 0.34, 0.32, 0.3, 0.28, 0.26, 0.24, 0.22, 0.2)
"""Sizes of names relative to the radius, tried in this order."""
_COUNTY = re.compile(r"(?<=\w{4})shire\b")
"""Where the longest names can be broken: Clackmannan-shire."""
_MOST_ROWS = 13
_TABLE_WIDTH = 520.0
_HIGH = 2_400.0
_COLUMNS, _GUTTER, _NAME_ROW, _MARK = 2, 36.0, 44.0, 17.0
_MOST_NAMED = 240
"""More councils than vote on most nights; longer lists are not read."""


def draw_large(
    sheet: Sheet, top: float, places: Places, unplaced: Sequence[CouncilStanding]
) -> float:
    """Draw both layers, the key and what has no place below *top*; return the lowest y used."""
    y, rows = top, sheet.rows(_MOST_ROWS)
    if places.districts:
        field = Field(MARGIN, top, RIGHT, top + _HIGH)
        layout = Layout.within(places.districts, field, _LARGEST, centred=True)
        _hexagons(sheet, layout)
        y = layout.field.bottom
        sea = Field(RIGHT - _TABLE_WIDTH, top, RIGHT, top + ROW * len(rows))
        if layout.is_free(sea):
            sheet.table(sea, rows)
            rows = []
    if places.above:
        y += HEADING + 24
        sheet.canvas.heading((MARGIN, y), heading_above(places.above))
        field = Field(MARGIN, y + 24, RIGHT, y + _HIGH)
        layout = Layout.within(places.above, field, _LARGEST_ABOVE, centred=True)
        _hexagons(sheet, layout)
        y = layout.field.bottom
    if rows:
        y += 30
        half = -(-len(rows) // 2)
        middle = MARGIN + ROOM / 2
        ends = [
            sheet.table(Field(MARGIN, y, middle - _GUTTER, y + _HIGH), rows[:half]),
            sheet.table(Field(middle + _GUTTER, y, RIGHT, y + _HIGH), rows[half:]),
        ]
        y = max(ends)
    return _Unplaced(unplaced, sheet.key.palette).draw(sheet.canvas, y + 8)


def unplaced_in_words(unplaced: Sequence[CouncilStanding], palette: Palette, room: int) -> str:
    """Return the councils without a place as text, starting with a space."""
    return _Unplaced(unplaced, palette).in_words(room)


def heading_above(above: Sequence[Spot], *, short: bool = False) -> str:
    """Return what the layer over the districts shows."""
    counties = {spot.council.type.casefold() == "county" for spot in above}
    if len(counties) > 1:
        return "Counties" if short else "County councils and new unitary councils"
    if True in counties:
        return "Counties" if short else "County councils"
    return "New councils" if short else "New unitary councils"


def _hexagons(sheet: Sheet, layout: Layout) -> None:
    palette, radius = sheet.key.palette, layout.radius
    for middle, spot in layout.places:
        look = Look.of(spot.standing)
        told = not look.silent and not look.waiting
        letters = palette.letters(look.holder or look.largest) if told else ""
        lines = [letters_line(letters, radius)] if letters else []
        if radius >= _NAMED_FROM:
            if told and look.holder is None and look.largest is not None:
                letters = f"{palette.letters(None)}: {letters}"
            lines = _named(plain(name_of(spot.council)), letters, radius, changed=look.changed)
        draw_hexagon(sheet.canvas, middle, radius, look, palette, lines=lines)


def _named(name: str, letters: str, radius: float, *, changed: bool) -> list[Line]:
    """Return a name in up to three lines and the letters, as large as the hexagon allows."""
    lines: list[Line] = []
    for part in _NAME_SIZES:
        size = radius * part
        lines = lines_of_name(_broken(name, radius * 1.6, size), letters, size, radius)
        if lines_fit(lines, radius, changed=changed):
            break
    return lines


def _broken(name: str, room: float, size: float) -> list[str]:
    """Return a name in at most three lines that fit a room."""
    lines: list[str] = []
    words = name.replace("-", "- ")
    if any(width_of(word, size) > room for word in words.split()):
        words = _COUNTY.sub("- shire", words)
    for word in words.split():
        joint = "" if lines and lines[-1].endswith("-") else " "
        longer = f"{lines[-1]}{joint}{word}" if lines else word
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 3:
        lines = [*lines[:2], " ".join(lines[2:])]
    return [fitted(line, room, size) for line in lines]


class _Unplaced:
    """Councils without a place on the map, by name."""

    def __init__(self, councils: Sequence[CouncilStanding], palette: Palette) -> None:
        self.palette = palette
        ordered = sorted(councils, key=lambda one: one.council.name)
        self._heading = f"Not on the map {number(len(ordered))}"
        self._named = ordered[:_MOST_NAMED]
        rest = Counter(map(self._holder, ordered[_MOST_NAMED:]))
        told = [f"{holder} {number(many)}" for holder, many in rest.most_common(8)]
        if len(rest) > len(told):
            told.append(f"others {number(rest.total() - sum(n for _, n in rest.most_common(8)))}")
        self._rest = f"Without a name here: {in_words(told)}." if told else ""

    def _holder(self, one: CouncilStanding) -> str:
        if one.declared is None:
            return "not declared"
        return self.palette.name(one.declared.after.holder)

    def draw(self, canvas: Canvas, y: float) -> float:
        """Write them in columns below *y*; return the lowest y used."""
        if not self._named:
            return y
        y += HEADING + 16
        canvas.heading((MARGIN, y), self._heading)
        rows = -(-len(self._named) // _COLUMNS)
        wide = (ROOM - (_COLUMNS - 1) * _GUTTER) / _COLUMNS
        for place, one in enumerate(self._named):
            left = MARGIN + place // rows * (wide + _GUTTER)
            base = y + (place % rows + 1) * _NAME_ROW
            look = Look.of(one)
            draw_hexagon(canvas, (left + _MARK, base - 10), _MARK, look, self.palette)
            at, name = (left + 2 * _MARK + 12, base), plain(name_of(one.council))
            words = from_to(look, self.palette)
            taken = width_of(words, SMALL, Weight.SEMIBOLD) + 2 * _MARK + 24
            canvas.text(at, name, size=SMALL, room=wide - taken)
            if words:
                at = (left + wide, base)
                canvas.text(at, words, size=SMALL, weight=Weight.SEMIBOLD, anchor="end")
        y += rows * _NAME_ROW
        if self._rest:
            y = canvas.paragraph((MARGIN, y + _NAME_ROW), self._rest, size=SMALL, fill=FAINT)
        return y + 20

    def in_words(self, room: int) -> str:
        """Return them as text, starting with a space, in about *room* characters."""
        if not self._named:
            return ""
        names = [f"{plain(name_of(one.council))} ({self._holder(one)})" for one in self._named]
        rest = f" {self._rest}" if self._rest else ""
        start = f" {self._heading}: "
        return f"{start}{listed(names, max(40, room - len(start) - len(rest)), ', ')}.{rest}"
