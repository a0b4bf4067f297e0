"""A chamber: each seat a dot in rows around the well, the largest party from the left.

A party whose dots pass the line in the middle has a majority. Dots carry the party's letters or,
if they are too small, patterns that differ between neighbouring parties.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.parties import VACANT
from bot.election.seats import Composition
from bot.pictures.canvas import Canvas, Point
from bot.pictures.colours import FAINT, INK, ink_on, outline_of
from bot.pictures.lettering import Weight, fitting_size
from bot.pictures.party_colours import Palette

_WELL = 0.38
"""The radius of the well relative to the outermost row."""
_MOST_ROWS = 24
_LETTERS_FROM = 15
"""The least radius in pixels of a dot with letters."""
_PATTERNS = 5


@dataclass(frozen=True, slots=True)
class _Place:
    """A place by its angle (0 on the right, pi on the left) and distance from the centre."""

    angle: float
    distance: float


@dataclass(frozen=True, slots=True)
class Chamber:
    """The *seats* of a chamber with an outer *radius* in pixels."""

    seats: Composition
    radius: float
    palette: Palette

    @property
    def lettered(self) -> bool:
        """Whether letters fit into its dots."""
        return _places(self.seats.total, self.radius)[1] >= _LETTERS_FROM

    def draw(self, canvas: Canvas, middle: Point, *, majority: bool = True) -> None:
        """Draw it around the *middle* of its base, with the *majority* line."""
        x, y = middle
        places, dot = _places(self.seats.total, self.radius)
        if majority:
            top, bottom = y - self.radius - dot - 16, y - self.radius * _WELL + dot + 16
            canvas.line([(x, top), (x, bottom)], INK, 4, dashed=True)
        codes = [code for code, number in self.seats.items() for _ in range(number)]
        for place, code in zip(places, codes, strict=True):
            at = (
                x + place.distance * math.cos(place.angle),
                y - place.distance * math.sin(place.angle),
            )
            self._dot(canvas, at, dot, code)

    def sample(self, canvas: Canvas, middle: Point, radius: float, code: str) -> None:
        """Draw a sample of a party's dots without letters."""
        self._dot(canvas, middle, min(radius, _LETTERS_FROM - 1), code)

    def _dot(self, canvas: Canvas, middle: Point, radius: float, code: str) -> None:
        fill = self.palette.fill(code)
        if code == VACANT:
            canvas.circle(middle, radius, fill, stroke=FAINT, dashed=True)
            return
        canvas.circle(middle, radius, fill, stroke=outline_of(fill))
        if radius < _LETTERS_FROM:
            _pattern(canvas, middle, radius, ink_on(fill), [*self.seats].index(code))
            return
        letters = self.palette.letters(code)
        size = fitting_size(letters, radius * 1.5, radius * 0.95, Weight.SEMIBOLD)
        at = (middle[0], middle[1] + size * 0.35)
        canvas.lettered(at, letters, size, fill, Weight.SEMIBOLD)


def _pattern(canvas: Canvas, middle: Point, radius: float, ink: str, rank: int) -> None:
    """Draw the pattern of the party at a *rank*; the largest party has none."""
    x, y = middle
    reach, thick = radius * 0.62, max(1.0, radius * 0.3)
    match (rank - 1) % _PATTERNS + 1 if rank else 0:
        case 1:
            canvas.circle(middle, radius * 0.4, ink)
        case 2:
            canvas.line([(x - reach, y), (x + reach, y)], ink, thick)
        case 3:
            canvas.line([(x, y - reach), (x, y + reach)], ink, thick)
        case 4:
            canvas.line([(x - reach, y + reach), (x + reach, y - reach)], ink, thick)
        case 5:
            canvas.polygon(
                [(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)],
                "none",
                stroke=ink,
                stroke_width=thick,
            )


def _places(total: int, radius: float) -> tuple[Sequence[_Place], float]:
    """Return the places of all seats from the left and the largest possible dot radius."""
    if not total:
        return [], 0.0
    dot, rows = max(_plan(total, rows, radius) for rows in range(1, min(total, _MOST_ROWS) + 1))
    distances = _distances(len(rows), radius)
    seats = [
        _Place(_angle(number, count), distance)
        for count, distance in zip(rows, distances, strict=True)
        for number in range(count)
    ]
    return sorted(seats, key=lambda seat: (-round(seat.angle, 6), seat.distance)), dot


def _distances(rows: int, radius: float) -> list[float]:
    if rows == 1:
        return [radius]
    step = radius * (1 - _WELL) / (rows - 1)
    return [radius * _WELL + step * row for row in range(rows)]


def _plan(total: int, rows: int, radius: float) -> tuple[float, list[int]]:
    """Return the dot radius and the seats of each row, in proportion to the rows' lengths."""
    distances = _distances(rows, radius)
    whole = sum(distances)
    exact = [total * distance / whole for distance in distances]
    counts = [math.floor(share) for share in exact]
    by_rest = sorted(range(rows), key=lambda row: counts[row] - exact[row])
    for row in by_rest[: total - sum(counts)]:
        counts[row] += 1
    along = [
        math.pi * distance / max(1, count - 1)
        for count, distance in zip(counts, distances, strict=True)
    ]
    across = radius * (1 - _WELL) / max(1, rows - 1)
    return 0.45 * min(*along, across, radius * 0.16), counts


def _angle(number: int, count: int) -> float:
    return math.pi / 2 if count == 1 else math.pi * (1 - number / (count - 1))
