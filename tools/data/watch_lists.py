"""Lists of councils that matter to readers, and when the nations begin to count.

The lines say why a council is watched before it declares, in our own words: its control is that of
the table of control or of the report of the night.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from typing import NamedTuple

from tools.data import night_2022, night_2026
from tools.data.writing import Cell

COLUMNS = "list,night,name,about,flagships,council,why"
COUNTS_COLUMNS = "nation,at,basis,source"


class NightLists(NamedTuple):
    """The lists of one night: its flagships, each with why, and the ending of the others' codes."""

    night: date
    code: str
    about: str
    why: tuple[tuple[str, str], ...]
    ending: str = ""


_WHY_2022 = (
    ("WND", "Conservative since 1978; all its seats are up, on new boundaries."),
    ("WSM", "Conservative for as long as records go back; Labour have never had it."),
    ("BNE", "Conservative since 2002; Labour have had no majority there since at least 1973."),
    ("KHL", "Labour since 2011, by a few seats; the Liberal Democrats had it before."),
    ("STH", "The Conservatives took it from Labour a year ago; a third of its seats are up."),
    ("WOC", "Conservative since 2021, with a small majority."),
    ("WOX", "Conservative since 2000; a third of its seats are up."),
    ("CBD", "A new council: it takes over from Carlisle, Allerdale, Copeland and the county."),
    ("WAF", "A new council: it takes over from Barrow, Eden, South Lakeland and the county."),
    ("SMT", "A new council: it takes over from four districts and the county."),
    ("NYE", "A new council: it takes over from seven districts and the county."),
    ("POR", "No overall control since 2014; Conservatives 16, Liberal Democrats 15 after May 2021."),
    ("CAR", "Cumberland takes over from it in 2023."),
    ("WLV", "Labour since 2011; a third of its seats are up."),
    ("WOT", "Conservative since 2004; Labour had no seat there in 2016, and 15 after May 2021."),
    ("SND", "Labour for as long as records go back; a third of its seats are up."),
    ("CRY", "Labour since 2014; it elects a mayor too, for the first time."),
    ("TWH", "Labour since 2018; a mayor is elected too."),
    ("CRW", "No overall control; one vacant seat may decide who has half."),
    ("RUT", "Its leader has left his group."),
    ("BST", "It votes on whether to keep its mayor."),
)

_WHY_2026 = (
    ("WND", "Labour took it in 2022; it had been Conservative since 1978. All its seats are up."),
    ("WSM", "Labour took it in 2022, for the first time; the Conservatives had it until then."),
    ("BNE", "Labour took it in 2022, for the first time in our records."),
    ("KHL", "Liberal Democrat since 2022, by one seat; a third of its seats are up."),
    ("BIR", "Labour since 2012; all its seats are up."),
    ("BRD", "Labour since 2014; all its seats are up."),
    ("CRY", "No overall control since 2022: Labour had 34 of 70 seats in May 2025."),
    ("SND", "Labour for as long as records go back; all its seats are up."),
    ("GAT", "Labour for as long as records go back; all its seats are up."),
    ("WKF", "Labour for as long as records go back; all its seats are up."),
    ("WGN", "Labour for as long as records go back; a third of its seats are up."),
    ("HCK", "Labour since 2002; all its seats are up."),
    ("LEW", "Labour since 2010: 53 of 54 seats in May 2025."),
    ("LBH", "Labour since 2006: 57 of 63 seats in May 2025."),
    ("HAV", "Independents and residents together had 30 of 55 seats in May 2025."),
    ("TWH", "Aspire since 2022; a mayor is elected too."),
    ("ESS", "Conservative since 2001; its election of 2025 was postponed."),
    ("HAM", "Conservative since 1997; its election of 2025 was postponed."),
    ("NFK", "Conservative since 2017; its election of 2025 was postponed."),
    ("SFK", "Conservative since 2017; its election of 2025 was postponed."),
    ("WSX", "Conservative since 1997; its election of 2025 was postponed."),
    ("ESY", "A new council: it takes over from five districts and the county in 2027."),
    ("WSY", "A new council: it takes over from six districts and the county in 2027."),
)

_TYPES = {
    "London": ("london-boroughs", "London boroughs", "London boroughs"),
    "Metro": ("metropolitan-boroughs", "Metropolitan boroughs", "metropolitan boroughs"),
    "Unitary": ("unitary-councils", "Unitary councils", "unitary councils of England"),
    "Non-Met": ("district-councils", "District councils", "district councils"),
    "County": ("county-councils", "County councils", "county councils"),
}
"""A list of each type of council in England; Scotland's and Wales's are of one type each."""

_NAME = "Councils of the night"
OF_2022 = NightLists(
    night_2022.POLLING_DAY,
    "night-of-2022",
    "The councils named in reports of 5 and 6 May 2022.",
    _WHY_2022,
)
OF_2026 = NightLists(
    night_2026.POLLING_DAY,
    "night-of-2026",
    "The councils to watch on 7 May 2026: long held, newly won, or elected for the first time.",
    _WHY_2026,
    "-of-2026",
)

_COUNTS = (
    ("England", "2022-05-05T22:00+01:00", "expected", "73 councils count overnight (PA)"),
    ("Scotland", "2022-05-06T09:00+01:00", "modelled", "Friday morning; first results at noon"),
    ("Wales", "2022-05-06T09:00+01:00", "modelled", "Friday morning; first results at noon"),
    ("Northern Ireland", "2022-05-06T08:00+01:00", "modelled", "Friday morning"),
)


def list_rows(
    lists: NightLists, councils: Iterable[dict[str, Cell]], voting: Container[object]
) -> list[dict[str, Cell]]:
    """Return a row a council of each list: the flagships, and England's councils by their type.

    *voting* are the codes of the councils that vote on the night.
    """

    def row(code: str, name: str, about: str, council: Cell, why: str | None) -> dict[str, Cell]:
        return {
            "list": code,
            "night": lists.night.isoformat(),
            "name": name,
            "about": about,
            "flagships": why is not None,
            "council": council,
            "why": why,
        }

    told = [row(lists.code, _NAME, lists.about, council, why) for council, why in lists.why]
    of_type: dict[Cell, list[Cell]] = {kind: [] for kind in _TYPES}
    for council in councils:
        if council["code"] in voting and council["type"] in of_type:
            of_type[council["type"]].append(council["code"])
    day = f"{lists.night.day} {lists.night:%B %Y}"
    for kind, (slug, name, things) in _TYPES.items():
        about = f"The {len(of_type[kind])} {things} that vote on {day}."
        told += [row(slug + lists.ending, name, about, one, None) for one in of_type[kind]]
    return told


def counts_begin_rows() -> list[dict[str, Cell]]:
    """Return when each nation begins to count on 5 May 2022."""
    return [dict(zip(COUNTS_COLUMNS.split(","), row, strict=True)) for row in _COUNTS]
