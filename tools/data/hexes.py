"""Where each council stands on the hex map, and which districts lie in which county."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.election.parties import folded
from tools.data.council_dates import dated
from tools.data.councils import listed, region_of
from tools.data.sources import HexCell, Sources
from tools.data.writing import Cell

COLUMNS = "layout,area,code,q,r"
DISTRICT_COLUMNS = "county,district"

LAYOUTS = {2023: "uk-local-authority-districts-2023", 2025: "uk-local-authority-districts-2025"}
"""The layouts of the whole country by their year."""

WALES = "wales-unitary-authorities"
WALES_SINCE = 1996
"""The 22 principal areas of the Welsh layout: Local Government (Wales) Act 1994, section 1."""


def hex_rows(sources: Sources) -> list[dict[str, Cell]]:
    """Return every layout by council code; a later one only where it differs from the last."""
    code_of = _code_of(sources)
    found = _rows(WALES_SINCE, "Wales", _cells(sources.layout(WALES), code_of))
    last: dict[str, tuple[int, int]] = {}
    for year, name in LAYOUTS.items():
        cells = _cells(sources.layout(name), code_of)
        if cells != last:
            found += _rows(year, "", cells)
        last = cells
    return found


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


def _rows(year: int, area: str, cells: Mapping[str, tuple[int, int]]) -> list[dict[str, Cell]]:
    return [
        {"layout": year, "area": area, "code": code, "q": q, "r": r}
        for code, (q, r) in cells.items()
    ]


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
