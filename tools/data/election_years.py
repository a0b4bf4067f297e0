"""The years of ordinary elections: by nation and type of council, from the Acts that set them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.election.councils import Councils
from tools.data.sources import Sources

COLUMNS = "group,year,kind,source"

_COUNTIES = tuple(range(1973, 2026, 4))
_HELD = {
    # All councils of a nation at once.
    "Scotland": (1974, 1977, 1980, 1984, 1988, 1992, 1995, 1999, 2003, 2007, 2012, 2017, 2022),
    "Wales": (1973, 1976, 1979, 1983, 1987, 1991, 1995, 1999, 2004, 2008, 2012, 2017, 2022),
    "Northern Ireland": (2014, 2019, 2023, 2027),
    # Every fourth year.
    "London": tuple(range(1974, 2031, 4)),
    "County": (*_COUNTIES, 2029),
}
_FOUR_YEARS = "Local Government Act 1972"
_SEEN = "control history (years in which every council changes)"
_NEXT = {
    "Scotland": (2027, "Scottish Elections (Reform) Act 2020"),
    "Wales": (2027, "Local Government and Elections (Wales) Act 2021"),
}
"""The next election of a nation, by the Act that sets it."""
_SOURCES = {
    "Scotland": _SEEN,
    "Wales": _SEEN,
    "Northern Ireland": "Local Government Act (Northern Ireland) 2014; "
    "Electoral Law Act (Northern Ireland) 1962",
    "London": _FOUR_YEARS,
    "County": _FOUR_YEARS,
}
_NONE_WHERE_COUNTIES_VOTE = tuple(year for year in _COUNTIES if year not in (1973, 2021))
"""Districts and metropolitan boroughs do not vote then; 2021 made up for 2020."""

_ALONE = {
    # Whole elections in the counties' years since 2017, by order of 2014.
    "DNC": ((2017, 2021, 2025), "Doncaster (Scheme of Elections) Order 2014"),
    "LND": ((2013, 2017, 2022, 2025), "City of London: ward elections of its own"),
}

_SCOTTISH_REGIONS = (
    *("central", "grampian", "lothian", "strathclyde", "tayside"),
    *("DGY", "FIF", "HLD", "SCB"),  # of the same name as a council of today
)
_SCOTTISH_ISLANDS = ("ELS", "ORK", "ZET")
_WELSH_COUNTIES = (
    *("clwyd", "dyfed", "gwent", "mid-glamorgan", "south-glamorgan", "west-glamorgan"),
    *("GWN", "POW"),
)
_REGIONS_VOTED, _DISTRICTS_VOTED = range(1974, 1995, 4), (1977, 1980, 1984, 1988, 1992)
_COUNTIES_VOTED, _WELSH_DISTRICTS_VOTED = range(1973, 1994, 4), (1976, 1979, 1983, 1987, 1991)
_OTHER_YEARS = (
    # Upper tiers of two, whose districts voted in other years: who, when, and when not.
    (_SCOTTISH_REGIONS, _REGIONS_VOTED, _DISTRICTS_VOTED, "Local Government (Scotland) Act 1973"),
    (
        _SCOTTISH_ISLANDS,
        _REGIONS_VOTED,
        (*_DISTRICTS_VOTED, 1995),
        "Local Government (Scotland) Act 1973",
    ),
    (_WELSH_COUNTIES, _COUNTIES_VOTED, _WELSH_DISTRICTS_VOTED, _FOUR_YEARS),
    # Put off by a year while commissioners ran the council.
    (("AGY",), (2013,), (2012,), "Welsh Ministers' order of 2012; control history"),
)

_PUT_OFF_IN_2025 = ("ESS", "ESX", "HAM", "IOW", "NFK", "SFK", "SRY", "THR", "WSX")
_ORDER_OF_2025 = (
    "Local Authorities (Changes to Years of Ordinary Elections) (England) Order 2025"
)
_VOTED_IN_2026 = date(2026, 5, 7)


def election_year_rows(sources: Sources, councils: Councils) -> Iterator[dict[str, object]]:
    """Yield a row a year in which all councils of a group are elected, or none is."""
    for group, years in _HELD.items():
        for year in years:
            yield {"group": group, "year": year, "kind": "held", "source": _SOURCES[group]}
    for group, (year, source) in _NEXT.items():
        yield {"group": group, "year": year, "kind": "held", "source": source}
    for group in ("Metro", "Non-Met"):
        for year in _NONE_WHERE_COUNTIES_VOTE:
            yield {
                "group": group,
                "year": year,
                "kind": "none",
                "source": "Local Government Act 1972 (counties vote)",
            }
    for code, (years, source) in _ALONE.items():
        for year in years:
            yield {"group": code, "year": year, "kind": "held", "source": source}
    for codes, held, none, source in _OTHER_YEARS:
        for code in codes:
            for kind, of_kind in (("held", held), ("none", none)):
                for year in of_kind:
                    yield {"group": code, "year": year, "kind": kind, "source": source}
    yield {
        "group": "",
        "year": 2020,
        "kind": "none",
        "source": "Coronavirus Act 2020, section 60",
    }
    yield from _put_off(sources, councils)


def _put_off(sources: Sources, councils: Councils) -> Iterator[dict[str, object]]:
    """Yield the elections of 2025 that were put off by a year, and Surrey's, which were dropped."""
    for code in _PUT_OFF_IN_2025:
        yield {"group": code, "year": 2025, "kind": "none", "source": _ORDER_OF_2025}
    for code in sorted(councils.resolve(name, _VOTED_IN_2026).code for name in sources.won_2026):
        if councils.get(code).type == "County":
            source = f"{_ORDER_OF_2025}; results of the day"
            yield {"group": code, "year": 2026, "kind": "held", "source": source}
