"""Where each council stands on the hex map, and which districts lie in which county."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

from bot.election.parties import folded
from tools.data.council_dates import dated
from tools.data.councils import listed, region_of
from tools.data.sources import HexCell, Sources
from tools.data.writing import Cell

COLUMNS = "layout,code,q,r"
DISTRICT_COLUMNS = "county,district"

LAYOUTS = {2023: "uk-local-authority-districts-2023", 2025: "uk-local-authority-districts-2025"}
"""The layouts of the whole country by their year."""

OWN_LAYOUTS = ("wales-unitary-authorities",)
"""Layouts of a part of the country, which keep its neighbours better than those of the whole."""


def hex_rows(sources: Sources) -> list[dict[str, Cell]]:
    """Return every layout by council code; a later one only where it differs from the last.

    A part with a layout of its own stands in the whole as that has it.
    """
    code_of = _code_of(sources)
    parts = [_cells(sources.layout(name), code_of) for name in OWN_LAYOUTS]
    found: list[dict[str, Cell]] = []
    last: dict[str, tuple[int, int]] = {}
    for year, name in LAYOUTS.items():
        cells = _cells(sources.layout(name), code_of)
        for part in parts:
            cells |= moved_into(cells, part)
        if cells != last:
            found += [{"layout": year, "code": code, "q": q, "r": r} for code, (q, r) in cells.items()]
        last = cells
    return found


def moved_into(
    whole: Mapping[str, tuple[int, int]], part: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Return *part* moved as one block to where its councils stand in the *whole* on average.

    It is the nearest place where no cell of the block is another council's. Raises `ValueError`
    where *whole* lacks a council of *part*.
    """
    if strangers := part.keys() - whole.keys():
        raise ValueError(f"the layout of the whole country lacks {', '.join(sorted(strangers))}")
    taken = {_east(*cell) for code, cell in whole.items() if code not in part}
    wanted = {code: _east(*whole[code]) for code in part}
    found = []
    for half_steps, rows in itertools.product(range(-60, 61), range(-30, 31)):
        block = {
            code: (x + half_steps / 2, r + rows)
            for code, (x, r) in ((code, _east(*cell)) for code, cell in part.items())
        }
        on_grid = all((x - (r % 2) / 2).is_integer() for x, r in block.values())
        if on_grid and taken.isdisjoint(block.values()):
            away = sum(math.dist(block[code], wanted[code]) for code in part)
            found.append((round(away, 6), half_steps, rows, block))
    best = min(found)[-1]
    return {code: (int(x - (r % 2) / 2), r) for code, (x, r) in best.items()}


def _east(q: int, r: int) -> tuple[float, int]:
    return q + (r % 2) / 2, r


def district_rows(sources: Sources) -> list[dict[str, Cell]]:
    """Return the districts of every county council of the table.

    Raises `ValueError` where the register has a district in another region than its county.
    """
    districts = [row for row in listed(sources) if row.get("county-la")]
    registry = dated(sources.registry)
    for row in districts:
        county = registry[row["county-la"]]
        if region_of(registry, row) != region_of(registry, county):
            raise ValueError(
                f"{row['nice-name']} is in {region_of(registry, row)} and its county "
                f"{county['nice-name']} in {region_of(registry, county)}: put the register right"
            )
    return [
        {"county": row["county-la"], "district": row["local-authority-code"]} for row in districts
    ]


def _cells(
    layout: Mapping[str, HexCell], code_of: Callable[[str, HexCell], str]
) -> dict[str, tuple[int, int]]:
    cells = {
        code_of(key, cell): (int(str(cell["q"])), int(str(cell["r"])))
        for key, cell in layout.items()
    }
    if len(cells) != len(layout):
        raise ValueError("a layout has two cells for one council")
    return dict(sorted(cells.items()))


def _code_of(sources: Sources) -> Callable[[str, HexCell], str]:
    """Return how the council of a cell is found: by GSS code, else by name.

    The Welsh layout has codes of its own, and that of 2025 two that are newer than the register.
    """
    newest = str(max(LAYOUTS))
    rows = [row for row in listed(sources) if not row["end-date"] or row["end-date"] > newest]
    by_gss = {
        gss: row["local-authority-code"]
        for row in rows
        for gss in (row["gss-code"], *row["former-gss-codes"].split(","))
    }
    alive = {row["local-authority-code"] for row in rows}
    by_name = {folded(name): code for name, code in sources.aliases if code in alive}
    return lambda key, cell: by_gss.get(key) or by_name[folded(str(cell.get("en") or cell["n"]))]
