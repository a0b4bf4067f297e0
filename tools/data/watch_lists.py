"""Lists of councils that matter to readers, and when the nations begin to count.

The lines say why a council is watched before it declares, in our own words: its control is that of
the table of control or of the report of the night.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from tools.data.writing import Cell

COLUMNS = "list,night,name,about,flagships,council,why"
COUNTS_COLUMNS = "nation,at,basis,source"

_OF = "2022-05-05"
"""The night of which the lists tell what was so before it."""
_NIGHT = (
    "night-of-2022",
    "Councils of the night",
    "The councils that the reports of 5 and 6 May 2022 name.",
)
_WHY = (
    ("WND", "Conservative since 1978; all its seats are up, on new boundaries."),
    ("WSM", "Conservative for as long as our table goes back; Labour have never had it."),
    ("BNE", "Conservative since 2002; Labour have had no majority there since at least 1973."),
    ("KHL", "Labour since 2011, by a few seats; the Liberal Democrats had it before."),
    ("STH", "The Conservatives took it from Labour a year ago; a third is up."),
    ("WOC", "Conservative since 2021, with a small majority."),
    ("WOX", "Conservative since 2000; a third is up."),
    ("CBD", "A new council: it takes over from Carlisle, Allerdale, Copeland and the county."),
    ("WAF", "A new council: it takes over from Barrow, Eden, South Lakeland and the county."),
    ("SMT", "A new council: it takes over from four districts and the county."),
    ("NYE", "A new council: it takes over from seven districts and the county."),
    ("POR", "No overall control since 2014; Conservatives 16, Liberal Democrats 15 after May 2021."),
    ("CAR", "Cumberland takes over from it in 2023."),
    ("WLV", "Labour since 2011; a third is up."),
    ("WOT", "Conservative since 2004; Labour had no seat there in 2016, and 15 after May 2021."),
    ("SND", "Labour for as long as our table goes back; a third is up."),
    ("CRY", "Labour since 2014; it elects a mayor too, for the first time."),
    ("TWH", "Labour since 2018; a mayor is elected too."),
    ("CRW", "No overall control; one vacant seat may decide who has half."),
    ("RUT", "Its leader has left his group."),
    ("BST", "It votes on whether to keep its mayor."),
)

_TYPES = {
    "London": ("london-boroughs", "London boroughs", "London boroughs"),
    "Metro": ("metropolitan-boroughs", "Metropolitan boroughs", "metropolitan boroughs"),
    "Unitary": ("unitary-councils", "Unitary councils", "unitary councils of England"),
    "Non-Met": ("district-councils", "District councils", "district councils"),
}
"""A list of each type of council in England; Scotland's and Wales's are of one type each."""

_COUNTS = (
    ("England", "2022-05-05T22:00+01:00", "expected", "73 councils count overnight (PA)"),
    ("Scotland", "2022-05-06T09:00+01:00", "modelled", "Friday morning; first results at noon"),
    ("Wales", "2022-05-06T09:00+01:00", "modelled", "Friday morning; first results at noon"),
    ("Northern Ireland", "2022-05-06T08:00+01:00", "modelled", "Friday morning"),
)


def list_rows(councils: Iterable[dict[str, Cell]], voting: Container[object]) -> list[dict[str, Cell]]:
    """Return a row a council of each list: those of the reports, and England's by their type.

    *voting* are the codes of the councils that vote on the night.
    """
    code, name, about = _NIGHT
    told = [
        {
            "list": code,
            "night": _OF,
            "name": name,
            "about": about,
            "flagships": True,
            "council": council,
            "why": why,
        }
        for council, why in _WHY
    ]
    of_type: dict[Cell, list[Cell]] = {kind: [] for kind in _TYPES}
    for row in councils:
        if row["code"] in voting and row["type"] in of_type:
            of_type[row["type"]].append(row["code"])
    for kind, (slug, name, things) in _TYPES.items():
        about = f"The {len(of_type[kind])} {things} that vote on 5 May 2022."
        told += [
            {"list": slug, "night": _OF, "name": name, "about": about, "flagships": False, "council": one}
            for one in of_type[kind]
        ]
    return told


def counts_begin_rows() -> list[dict[str, Cell]]:
    """Return when each nation begins to count."""
    return [dict(zip(COUNTS_COLUMNS.split(","), row, strict=True)) for row in _COUNTS]
