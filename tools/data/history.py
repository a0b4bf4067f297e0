"""Seats and control, council by council: what elections elected, and a snapshot of each year.

The two differ where members died, changed sides or lost by-elections between the election and the
snapshot of its year. A row says which of them it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.election.councils import Council, Councils
from bot.election.parties import INDEPENDENT, VACANT, Parties, Party, PartyKind
from tools.data.night_2022 import Night
from tools.data.parties import party_rows
from tools.data.sources import Row, Sources, number
from tools.data.writing import Cell

COLUMNS = (
    "code,year,basis,on,total,con,lab,ld,green,reform,nat,local,vacant,other,control,local_party,"
    "name"
)
ELECTED, SNAPSHOT = "elected", "snapshot"

SNAPSHOT_BY = "08-31"
"""The day of the year by which the snapshot had been taken: "after each May", "summer 2026"."""

CONTROL_CODES = {
    "con": "Con",
    "lab": "Lab",
    "ld": "LD",
    "green": "Green",
    "reform": "Reform",
    "other": INDEPENDENT,
}
_COLUMNS = {code: column for column, code in CONTROL_CODES.items()} | {
    "PC": "nat",
    "SNP": "nat",
    VACANT: "vacant",
}

DISTRICT_OF_DURHAM = "Durham (district)"
_DISTRICT_MOST_SEATS = {range(1973, 1979): 61, range(1979, 2009): 50}
"""Durham's two councils share a name; the district is told by its size, below the county's."""
_IN_FULL = {
    "Buckinghamshire CC": "Buckinghamshire County Council",
    "Ynys Mon": "Ynys Mon (district)",
}
"""Names that the history shortens."""

PUT_RIGHT: dict[tuple[str, int], Row] = {
    # Two columns exchanged: independents had 42 seats the year before and 38 the year after.
    ("Pembrokeshire", 1999): {"nat": "3", "other": "39"},
    # A digit left out twice: Labour had 25 of 36 in both years after.
    ("East Northamptonshire", 1995): {"total": "36", "lab": "25"},
    # "UKIP 33, Conservatives 18, Labour 4, Independent 1" (Kent Online); the row says who has most.
    ("Thanet", 2015): {"ukip": "33"},
    # The council as it was before that May's election. Elected: Reform UK 23, Liberal Democrats 14,
    # Conservatives 9, Greens 7, Labour 3, a residents' association 1 (BBC, Stratford Herald).
    ("Warwickshire", 2025): {
        **{"con": "9", "lab": "3", "ld": "14", "green": "7", "ref": "23", "other": "1"},
        "majority": "REF min",
    },
}
"""Rows of the history that are wrong, and their columns as they should be."""

IN_DOUBT = {("Thanet", year) for year in range(1983, 1987)}
"""Rows that say independents have most seats and give more to another, which nothing here decides."""

_WORDS = {"grn": "green", "ref": "reform", "plaid": "nat", "pc": "nat", "snp": "nat", "ind": "other"}
"""The history's words for who has most seats, where they are not the names of our columns."""


def history_rows(sources: Sources, councils: Councils) -> list[dict[str, Cell]]:
    """Return a snapshot a council and year; `control` is computed again from the seats."""
    return _sorted(_snapshot(row, councils) for row in sources.history)


def with_elected(
    snapshots: Iterable[dict[str, Cell]], elected: Iterable[dict[str, Cell]]
) -> list[dict[str, Cell]]:
    """Return the snapshots with what elections *elected*, each before its year's snapshot."""
    return _sorted([*elected, *snapshots])


def sizes(snapshots: Iterable[Mapping[str, Cell]]) -> dict[str, dict[int, int]]:
    """Return the seats of each council by its code and the year."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for row in snapshots:
        found[str(row["code"])][int(str(row["year"]))] = int(str(row["total"]))
    return dict(found)


def elected_rows(sources: Sources, councils: Councils) -> Iterator[dict[str, Cell]]:
    """Yield what each council was right after an election: those of which a source has every seat.

    In 2022 that is every council that voted; in 2026 those of which every seat was up, as the
    others' seats that were not up are known from the snapshots alone.
    """
    parties = Parties(Party(**row | {"kind": PartyKind(row["kind"])}) for row in party_rows())
    after = Night(sources).councils
    yield from _elected(councils, date(2022, 5, 5), {c: one.now for c, one in after.items()}, parties)
    on, newest = date(2026, 5, 7), max(int(row["year"]) for row in sources.history)
    totals = {
        councils.resolve(row["authority"].replace("&", "and"), on).code: int(row["total"])
        for row in sources.history
        if int(row["year"]) == newest == on.year
    }
    whole: dict[str, dict[str, int]] = {}
    for name, rows in sources.won_2026.items():
        code = councils.resolve(name.replace("&", "and"), on).code
        if int(rows[0]["seats_up"]) != totals[code]:
            continue
        won: Counter[str] = Counter()
        for row in rows:
            party = parties.find(row["party"])
            won[party.code if party else row["party"]] += int(row["seats_won"])
        whole[code] = won
    yield from _elected(councils, on, whole, parties)


def _elected(
    councils: Councils, on: date, seats: Mapping[str, Mapping[str, int]], parties: Parties
) -> Iterator[dict[str, Cell]]:
    """Yield a row a council; a local party with a majority is named. *seats*: by party code."""
    for code, held in sorted(seats.items()):
        columns: Counter[str] = Counter(dict.fromkeys(CONTROL_CODES, 0))
        for party, count in held.items():
            columns[_COLUMNS.get(party, "other")] += count
        total = sum(held.values())
        local = next((p for p, count in held.items() if _rules(p, count, total, parties)), None)
        if local:
            columns["local"] = held[local]
            columns["other"] -= held[local]
        yield _row(
            councils.get(code),
            on.year,
            {"nat": 0, **columns},
            total,
            basis=ELECTED,
            on=on.isoformat(),
            local_party=local or "",
        )


def _rules(party: str, seats: int, total: int, parties: Parties) -> bool:
    """Whether a party without a column of its own has the majority alone."""
    return party not in _COLUMNS and 2 * seats > total and parties.get(party).is_one_party


def _snapshot(row: Row, councils: Councils) -> dict[str, Cell]:
    name, year = row["authority"].strip(), int(row["year"])
    row = row | PUT_RIGHT.get((name, year), {})
    if name == "Durham" and _is_the_district(row, year):
        name = DISTRICT_OF_DURHAM
    on = date.fromisoformat(f"{year}-{SNAPSHOT_BY}")
    council = councils.resolve(_IN_FULL.get(name, name).replace("&", "and"), on)
    if not council.known:
        raise ValueError(f"{name} {year}: no council of ours has this name")
    in_detail = "green" in row
    nationalist = number(row["pc"]) + number(row["snp"]) if in_detail else number(row["nat"])
    seats = {
        "con": number(row["con"]),
        "lab": number(row["lab"]),
        "ld": number(row["ld"]),
        "green": number(row["green"]) if in_detail else 0,
        "reform": number(row["ref"]) if in_detail else 0,
        "nat": nationalist,
    }
    total, ukip = int(row["total"]), number(row.get("ukip", ""))
    other = total - sum(seats.values())
    if other < 0:
        raise ValueError(f"{name} {year}: the parties have more than {total} seats")
    if (name, year) not in IN_DOUBT:
        _check_who_has_most(row, seats | {"other": other})
    told = _row(
        council,
        year,
        seats | ({"local": ukip, "other": other - ukip} if 2 * ukip > total else {"other": other}),
        total,
        basis=SNAPSHOT,
        on=on.isoformat(),
        local_party="UKIP" if 2 * ukip > total else "",
    )
    if not in_detail:
        told |= {"green": None, "reform": None}
    return told | {"name": name}


def _check_who_has_most(row: Row, seats: Mapping[str, int]) -> None:
    """Raise `ValueError` where a row names a party as the one with most seats that has fewer."""
    said = (row.get("plurality") or row["majority"]).removesuffix(" plurality").lower()
    column = _WORDS.get(said, said)
    if column in seats and seats[column] < max(seats.values()):
        raise ValueError(f"{row['authority']} {row['year']}: by its seats {said} has not most")


def _row(
    council: Council,
    year: int,
    seats: Mapping[str, int],
    total: int,
    *,
    basis: str,
    on: str,
    local_party: str = "",
) -> dict[str, Cell]:
    holders = CONTROL_CODES | {
        "nat": "PC" if council.nation == "Wales" else "SNP",
        "local": local_party,
    }
    majority = (holders[c] for c, held in seats.items() if c in holders and 2 * held > total)
    return {
        "code": council.code,
        "year": year,
        "basis": basis,
        "on": on,
        "total": total,
        **dict.fromkeys(("local", "vacant"), 0),
        **seats,
        # The parties of Northern Ireland have no columns: nothing tells who has a majority there.
        "control": None if council.nation == "Northern Ireland" else next(majority, "NOC"),
        "local_party": local_party,
        "name": council.name,
    }


def _sorted(rows: Iterable[dict[str, Cell]]) -> list[dict[str, Cell]]:
    return sorted(rows, key=lambda row: (str(row["code"]), str(row["year"]), str(row["on"])))


def _is_the_district(row: Row, year: int) -> bool:
    return any(
        year in years and int(row["total"]) <= most for years, most in _DISTRICT_MOST_SEATS.items()
    )
