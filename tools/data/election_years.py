"""The years of ordinary elections: by nation and type of council, from the Acts that set them."""

from __future__ import annotations

from collections.abc import Iterator

COLUMNS = "group,year,kind,source"

_HELD = {
    # All councils of a nation at once.
    "Scotland": (1974, 1977, 1980, 1984, 1988, 1992, 1995, 1999, 2003, 2007, 2012, 2017, 2022),
    "Wales": (1973, 1976, 1979, 1983, 1987, 1991, 1995, 1999, 2004, 2008, 2012, 2017, 2022),
    # London's boroughs, every fourth year.
    "London": tuple(range(1974, 2027, 4)),
}
_SOURCES = {
    "Scotland": "control history (years in which every council changes)",
    "Wales": "control history (years in which every council changes)",
    "London": "Local Government Act 1972",
}
_COUNTIES_VOTE = tuple(year for year in range(1977, 2026, 4) if year != 2021)
"""Where counties vote, districts and metropolitan boroughs do not; 2021 made up for 2020."""


def election_year_rows() -> Iterator[dict[str, object]]:
    """Yield a row a year in which all councils of a group are elected, or none is."""
    for group, years in _HELD.items():
        for year in years:
            yield {"group": group, "year": year, "kind": "held", "source": _SOURCES[group]}
    for group in ("Metro", "Non-Met"):
        for year in _COUNTIES_VOTE:
            yield {
                "group": group,
                "year": year,
                "kind": "none",
                "source": "Local Government Act 1972 (counties vote)",
            }
    yield {
        "group": "",
        "year": 2020,
        "kind": "none",
        "source": "Coronavirus Act 2020, section 60",
    }
