"""Where the hexagons of a map go on a sheet, and what names fit into them."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.election.almanac import Hex
from bot.pictures.canvas import Point
from bot.pictures.hex_places import Spot, point_of
from bot.pictures.lettering import ASCENT, DESCENT, Weight, width_of
from bot.pictures.picture import Field

_ISLAND = 2
"""Detached pieces of so few councils may be moved nearer."""
_OF = " of "
_JOINTS = (" upon ", " on ", _OF, " under ", " in ")
_PREFIXES = (4, 5, 3, 6, 7, 2)


@dataclass(frozen=True, slots=True)
class Layout:
    """The centres of the hexagons and their radius."""

    places: Sequence[tuple[Point, Spot]]
    radius: float

    @classmethod
    def within(
        cls, spots: Sequence[Spot], field: Field, largest: float, *, centred: bool = False
    ) -> Layout:
        """Lay out *spots* from a field's upper left corner, as large as it and *largest* allow."""
        west, north = min(spot.east for spot in spots), min(spot.south for spot in spots)
        across = max(spot.east for spot in spots) - west + 1
        down = (max(spot.south for spot in spots) - north) * 1.5 + 2
        radius = min(largest, field.width / (across * math.sqrt(3)), field.height / down)
        step = radius * math.sqrt(3)
        left = field.left + step / 2
        if centred:
            left += (field.width - across * step) / 2
        places = [
            (
                (
                    left + (spot.east - west) * step,
                    field.top + radius + (spot.south - north) * radius * 1.5,
                ),
                spot,
            )
            for spot in spots
        ]
        return cls(places, radius)

    @property
    def field(self) -> Field:
        """The rectangle that the hexagons cover."""
        half = self.radius * math.sqrt(3) / 2
        xs, ys = [x for (x, _), _ in self.places], [y for (_, y), _ in self.places]
        return Field(min(xs) - half, min(ys) - self.radius, max(xs) + half, max(ys) + self.radius)

    def is_free(self, field: Field, margin: float = 6) -> bool:
        """Whether a rectangle covers no hexagon."""
        half = self.radius * math.sqrt(3) / 2 + margin
        tall = self.radius + margin
        return not any(
            field.left < x + half
            and x - half < field.right
            and field.top < y + tall
            and y - tall < field.bottom
            for (x, y), _ in self.places
        )


def without_outliers(spots: Sequence[Spot], land: Collection[Hex]) -> list[Spot]:
    """Return *spots* with islands beyond the mainland's rows moved beside it, to draw it larger.

    Islands touch nothing of the *land*, which is every cell of the layout.
    """
    pieces = _pieces(spots)
    main = [spot for piece in pieces if len(piece) > _ISLAND for spot in piece]
    if not main:
        return list(spots)
    low, high = min(one.hex.r for one in main), max(one.hex.r for one in main)
    columns = [one.hex.q for one in main]
    taken = {one.hex for one in spots}
    moved: dict[Hex, Hex] = {}
    for piece in pieces:
        if len(piece) > _ISLAND or all(low <= one.hex.r <= high for one in piece):
            continue
        own = {one.hex for one in piece}
        if any((_around(cell) - own).intersection(land) for cell in own):
            continue
        for spot in piece:
            taken.discard(spot.hex)
        for spot in piece:
            free = (
                cell
                for q, r in itertools.product(
                    range(min(columns) - 1, max(columns) + 2), range(low, high + 1)
                )
                if (cell := Hex(q, r)) not in taken and taken.isdisjoint(_around(cell))
            )
            best = min(free, key=lambda cell: (_away(cell, spot.hex), cell.r, cell.q), default=None)
            moved[spot.hex] = best or spot.hex
            taken.add(moved[spot.hex])
    return [replace(one, hex=moved.get(one.hex, one.hex)) for one in spots]


def _away(one: Hex, other: Hex) -> float:
    return round(math.dist(point_of(one), point_of(other)), 6)


def _around(cell: Hex) -> set[Hex]:
    shift = cell.r % 2
    return {
        Hex(cell.q - 1, cell.r),
        Hex(cell.q + 1, cell.r),
        *(Hex(cell.q + shift - side, cell.r + row) for side in (0, 1) for row in (-1, 1)),
    }


def _pieces(spots: Sequence[Spot]) -> list[list[Spot]]:
    """Return the spots in groups that touch each other."""
    left = {spot.hex: spot for spot in spots}
    found = []
    while left:
        edge = [next(iter(left))]
        piece = []
        while edge:
            spot = left.pop(edge.pop(), None)
            if spot is not None:
                piece.append(spot)
                edge.extend(cell for cell in _around(spot.hex) if cell in left)
        found.append(piece)
    return found


def label_fields(
    names: Mapping[str, Sequence[Point]],
    layout: Layout,
    within: Field,
    size: float,
) -> dict[str, Point]:
    """Return where names can be written, each near the middle of its points, on no hexagon.

    The points are the upper left corners of the text's baseline; a name without room has none.
    """
    covered: list[Field] = []
    found: dict[str, Point] = {}
    for name, points in names.items():
        wide = width_of(name, size, Weight.SEMIBOLD)
        x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
        spots = itertools.product(
            _steps(within.left, within.right - wide, 12),
            _steps(within.top + size, within.bottom - size * DESCENT, 12),
        )
        for left, base in sorted(
            spots, key=lambda at: (math.hypot(at[0] + wide / 2 - x, at[1] - y), at)
        ):
            field = Field(left, base - size * ASCENT, left + wide, base + size * DESCENT)
            if (
                not any(field.overlaps(one) for one in covered)
                and layout.is_free(field)
                and _is_nearest(field, name, names)
            ):
                found[name] = (left, base)
                covered.append(field)
                break
    return found


def _is_nearest(field: Field, name: str, names: Mapping[str, Sequence[Point]]) -> bool:
    """Whether no other name's points are nearer to a rectangle."""
    away = {
        other: min(
            math.hypot(
                max(field.left - x, 0, x - field.right), max(field.top - y, 0, y - field.bottom)
            )
            for x, y in points
        )
        for other, points in names.items()
    }
    return away[name] == min(away.values())


def _steps(start: float, stop: float, step: float) -> Iterator[float]:
    while start <= stop:
        yield start
        start += step


def short_names(names: Sequence[str], fits: Callable[[str], bool]) -> dict[str, str]:
    """Return a name for each of *names* that *fits* and is no other's; "" where none does.

    "Barnet", "Wand" (Wandsworth), "K&C" (Kensington and Chelsea), "E Lot" (East Lothian).
    """
    firsts = Counter(name.split()[0] for name in names if name.split())
    found: dict[str, str] = {}
    for name in sorted(names):
        taken = {*found.values()}
        possible = (one for one in _shortened(name, firsts) if one not in taken and fits(one))
        found[name] = next(possible, "")
    return found


def _shortened(name: str, firsts: Mapping[str, int]) -> Iterator[str]:
    """Yield shorter and shorter names."""
    yield name
    if not name.isascii():
        return
    for joint in (" and ", " & "):
        if joint in name:
            before, _, after = name.rpartition(joint)
            yield f"{before.rsplit(', ')[-1][:1]}&{after[:1]}"
    main = name
    for joint in _JOINTS:
        before, _, after = main.partition(joint)
        # The name is in "Isle of Anglesey" the end, in "Newcastle upon Tyne" the beginning.
        main = after if after and joint == _OF and " " not in before else before
    words = main.split()
    if len(words) > 1 and firsts[words[0]] > 1:
        yield f"{words[0][0]} {words[1][:3]}"
        yield f"{words[0][0]}{words[1][0]}"
        yield f"{words[0][0]}{words[1][:2]}"
    if words:
        # "St Albans" is told by what follows.
        first = words[0] if len(words[0]) > 2 else words[-1]
        yield first
        yield from (first[:letters] for letters in _PREFIXES)
