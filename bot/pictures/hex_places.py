"""Where councils stand on the map of a night.

Districts, unitary and borough councils stand where the layout of the night's date has them. Over
them, in a layer of its own, stand county councils and new unitary councils, each above the middle
of the districts that make up its area. What has no place in either is left to be named.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.election.almanac import Almanac, Hex
from bot.election.councils import Council
from bot.election.standings import CouncilStanding

_DISTRICTS_ACROSS = 2.4
"""How many districts a county is wide; the layer above is that much coarser."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A council's place on the map, and its standing if it votes."""

    council: Council
    hex: Hex
    standing: CouncilStanding | None

    @property
    def east(self) -> float:
        """How far east it lies, in hexagons."""
        return _east(self.hex)

    @property
    def south(self) -> int:
        """How far south it lies, in rows of three quarters."""
        return -self.hex.r


@dataclass(frozen=True, slots=True)
class Places:
    """The spots of both layers; `above` is empty where none of its councils votes."""

    districts: Sequence[Spot] = ()
    above: Sequence[Spot] = ()

    @property
    def every(self) -> list[Spot]:
        """The spots of both layers."""
        return [*self.districts, *self.above]


def places_of(
    standings: Sequence[CouncilStanding], almanac: Almanac, night: date, place: str | None
) -> Places:
    """Return the places of a night's councils, those that do not vote included.

    *standings* are the councils that vote, of which those in *place* (a nation or region) are
    placed. There are none if no council that votes has a place.
    """
    votes = {one.council.code: one for one in standings}

    def spots(cells: Mapping[str, Hex], area: str | None) -> list[Spot]:
        found = (
            Spot(votes[code].council, cell, votes[code])
            if code in votes
            else Spot(almanac.councils.get(code), cell, None)
            for code, cell in cells.items()
        )
        return [
            one
            for one in found
            if area in (None, one.council.nation, one.council.region)
            and (one.standing is not None or not one.council.has_ended(night))
        ]

    whole = almanac.layout(night)
    areas = _areas_above(almanac, whole, night)
    above: list[Spot] = []
    if votes.keys() & areas.keys():
        shown = {
            code: parts
            for code, parts in areas.items()
            if code in votes or almanac.councils.get(code).exists(night)
        }
        above = spots(_cells_above(shown, whole), place)
    found = Places(spots(whole, place), above)
    return found if not votes or any(one.standing for one in found.every) else Places()


def _areas_above(
    almanac: Almanac, layout: Mapping[str, Hex], night: date
) -> dict[str, tuple[str, ...]]:
    """Return the councils without a hexagon over districts that have one, and those districts.

    They are counties, the successors of those districts, and councils of which the night's table
    says whom they succeed.
    """
    counties = almanac.county_districts
    areas = defaultdict(set, {code: set(parts) for code, parts in counties.items()})
    for code in layout:
        for heir in almanac.councils.get(code).successors:
            areas[heir].add(code)
    for code, election in almanac.night(night).elections.items():
        for one in election.predecessors:
            areas[code].update(counties.get(one, (one,)))
    placed = {
        code: tuple(sorted(parts & layout.keys()))
        for code, parts in areas.items()
        if code not in layout
    }
    return {code: parts for code, parts in sorted(placed.items()) if parts}


def _cells_above(areas: Mapping[str, Iterable[str]], layout: Mapping[str, Hex]) -> dict[str, Hex]:
    """Return a cell of the layer above for each of *areas*, as near as can be to its middle."""
    middles = {code: _middle([layout[one] for one in parts]) for code, parts in areas.items()}
    columns, rows = (
        range(math.floor(min(values)) - 2, math.ceil(max(values)) + 3)
        for values in (
            [x for x, _ in middles.values()],
            [y / _ROW for _, y in middles.values()],
        )
    )
    free = {Hex(q, r): point_of(Hex(q, r)) for q, r in itertools.product(columns, rows)}
    found: dict[str, Hex] = {}

    def nearest(code: str) -> tuple[float, Hex]:
        away = ((math.dist(middles[code], point), cell) for cell, point in free.items())
        return min(away, key=lambda one: (round(one[0], 6), one[1].r, one[1].q))

    # Those that lie in the middle of a cell have it; others give way.
    for code in sorted(middles, key=lambda code: (round(nearest(code)[0], 6), code)):
        found[code] = nearest(code)[1]
        del free[found[code]]
    return {code: found[code] for code in areas}


_ROW = math.sqrt(3) / 2
"""The distance of rows, in hexagons."""


def _east(cell: Hex) -> float:
    return cell.q + (cell.r % 2) / 2


def point_of(cell: Hex) -> tuple[float, float]:
    """Return the middle of a cell, in hexagons."""
    return _east(cell), cell.r * _ROW


def _middle(cells: Sequence[Hex]) -> tuple[float, float]:
    """Return the middle of districts, in hexagons of the layer above."""
    points = [point_of(cell) for cell in cells]
    x, y = (sum(values) / len(points) / _DISTRICTS_ACROSS for values in zip(*points, strict=True))
    return x, y
