"""A council's wards by name: a cell and a name a ward, in columns under what became of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.pictures.canvas import LABEL, MARGIN, ROOM, Canvas, Point
from bot.pictures.lettering import Weight, width_of
from bot.wording.phrases import number

_GAP, _BAND_GAP, _HEADING = 8, 14, 44
_BESIDE, _BETWEEN = 10, 26
"""The room between a cell and its name, and between a name and the next cell."""
_SIZES = ((84, 60), (72, 50), (56, 40), (52, 36))
"""The widths and heights of a cell, of which the largest is taken that fits."""
_MOST_COLUMNS = 12

Cells = Mapping[str, Sequence[str]]
"""The names of wards under their headings."""
Draw = Callable[[str, int, Point, tuple[float, float]], None]
"""Draws the cell of a heading's ward, by its place, at a corner in a size."""


@dataclass(frozen=True, slots=True)
class WardRows:
    """Wards under headings; those under *named* ones with their names, in so many `columns`."""

    cells: Cells
    named: frozenset[str]
    size: tuple[float, float]
    columns: int

    @property
    def height(self) -> float:
        """How high it is drawn."""
        bands = sum(self._places(heading)[1] for heading in self.cells)
        return bands + _BAND_GAP * (len(self.cells) - 1)

    def _heading(self, heading: str) -> str:
        return f"{heading}: {number(len(self.cells[heading]))}"

    def _places(self, heading: str) -> tuple[list[Point], float]:
        """Return where the wards of a heading are from its top on, and how high it is with them.

        They are beside their heading if they fit there in one row, else below it.
        """
        wide, high = self.size
        if heading in self.named:
            step = (ROOM + _BETWEEN) / self.columns
            needed = [
                wide + _BESIDE + width_of(name, LABEL) + _BETWEEN for name in self.cells[heading]
            ]
        else:
            step, needed = wide + _GAP, [wide + _GAP] * len(self.cells[heading])
        in_row = int((ROOM + _BETWEEN) / step + 0.01)
        takes = [min(in_row, math.ceil(one / step - 0.01)) for one in needed]
        title = width_of(self._heading(heading), LABEL, Weight.BOLD) + _BETWEEN
        start = math.ceil(title / step)
        beside = start + sum(takes) <= in_row
        found, row, column = [], 0, start if beside else 0
        for many in takes:
            if column + many > in_row:
                row, column = row + 1, 0
            y = row * (high + _GAP) + (0 if beside else _HEADING)
            found.append((MARGIN + column * step, y))
            column += many
        return found, found[-1][1] + high

    def draw(self, canvas: Canvas, y: float, draw: Draw) -> None:
        """Draw the headings, cells and names from *y* on."""
        wide, high = self.size
        for heading, names in self.cells.items():
            places, tall = self._places(heading)
            middle = high / 2 + LABEL * 0.3
            base = middle if places[0][1] == 0 else LABEL * 0.85
            words = self._heading(heading)
            canvas.text((MARGIN, y + base), words, weight=Weight.BOLD, room=ROOM)
            for place, (x, top) in enumerate(places):
                draw(heading, place, (x, y + top), self.size)
                if heading in self.named:
                    start = x + wide + _BESIDE
                    at = (start, y + top + middle)
                    canvas.text(at, names[place], room=MARGIN + ROOM - start)
            y += tall + _BAND_GAP


def fitting_rows(
    cells: Cells, always: frozenset[str], usual: float, most: float
) -> WardRows | None:
    """Return the wards with as many names as fit a height; None if not even those of *always* do.

    Cells are larger where they then still fit the *usual* height, else they take up to *most*.
    """
    others = sorted({*cells} - always, key=lambda one: -len(cells[one]))
    for left_out in range(len(others) + 1):
        named = always | {*others[left_out:]}
        found = [_lowest(cells, frozenset(named), size) for size in _SIZES]
        rows = next(
            (one for room in (usual, most) for one in found if one.height <= room), found[-1]
        )
        if named and rows.height <= most:
            return rows
    return None


def _lowest(cells: Cells, named: frozenset[str], size: tuple[float, float]) -> WardRows:
    """Return the wards in the number of columns that takes the least height."""
    tried = [WardRows(cells, named, size, columns) for columns in range(1, _MOST_COLUMNS + 1)]
    return min(tried, key=lambda one: one.height)
