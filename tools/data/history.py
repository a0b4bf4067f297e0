"""Seats and control, council by council, since 1973."""

from __future__ import annotations

from bot.election.parties import folded
from tools.data.sources import Row, Sources, number
from tools.data.writing import Cell

COLUMNS = "code,year,total,con,lab,ld,green,nat,other,control,name"

COUNTIES_WITH_A_SUCCESSOR = {
    # Before a county became a new council of the same name: its code, and the new one's first year.
    "Buckinghamshire": ("BKM", "BUC", 2020),
    "Dorset": ("DOR", "DST", 2019),
}

WELSH_DISTRICTS = {"Arfon", "Dwyfor", "Meirionnydd"}
"""Welsh councils without a code where the nationalists once had the majority."""

CONTROL_CODES = {"con": "Con", "lab": "Lab", "ld": "LD", "green": "Green", "other": "Ind"}

DISTRICT_OF_DURHAM = "Durham (district)"
_DISTRICT_MOST_SEATS = {range(1973, 1979): 61, range(1979, 2009): 50}
"""Durham's two councils share a name; the district is told by its size, below the county's."""


def history_rows(sources: Sources) -> list[dict[str, Cell]]:
    """Return one row a council and year; `control` is reckoned again from the seats."""
    codes = {folded(name).replace(" and ", " "): code for name, code in sources.aliases}
    rows = [_row(sources, row, codes) for row in sources.history]
    return sorted(rows, key=lambda row: (row["code"] or "~", str(row["name"]), str(row["year"])))


def _row(sources: Sources, row: Row, codes: dict[str, str]) -> dict[str, Cell]:
    name, year = row["authority"].strip(), int(row["year"])
    code = codes.get(folded(name).replace(" and ", " "), "")
    if name in COUNTIES_WITH_A_SUCCESSOR:
        old, new, first = COUNTIES_WITH_A_SUCCESSOR[name]
        code = new if year >= first else old
    elif name == "Buckinghamshire CC":
        code = "BKM"
    elif name == "Durham" and _is_the_district(row, year):
        code, name = "", DISTRICT_OF_DURHAM
    in_detail = "green" in row
    welsh = name in WELSH_DISTRICTS or (code != "" and sources.registry[code]["nation"] == "Wales")
    nationalist = number(row["pc"]) + number(row["snp"]) if in_detail else number(row["nat"])
    seats = {
        "con": number(row["con"]),
        "lab": number(row["lab"]),
        "ld": number(row["ld"]),
        "green": number(row["green"]) if in_detail else 0,
        "nat": nationalist,
    }
    total = int(row["total"])
    other = total - sum(seats.values())
    if other < 0:
        raise ValueError(f"{name} {year}: the parties have more than {total} seats")
    return {
        "code": code,
        "year": year,
        "total": total,
        **seats,
        "green": seats["green"] if in_detail else None,
        "other": other,
        "control": _control(seats | {"other": other}, total, "PC" if welsh else "SNP"),
        "name": name,
    }


def _is_the_district(row: Row, year: int) -> bool:
    return any(
        year in years and int(row["total"]) <= most for years, most in _DISTRICT_MOST_SEATS.items()
    )


def _control(seats: dict[str, int], total: int, nationalists: str) -> str:
    """Return who has more than half of all seats, else NOC."""
    for party, held in seats.items():
        if 2 * held > total:
            return CONTROL_CODES.get(party, nationalists)
    return "NOC"
