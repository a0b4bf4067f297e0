"""Compositions on the eve: a file in Open Council Data's form, our history, the last night.

Its file of compositions has a row a council and year (`authority`, `year`, `total`, then parties);
its file of councillors a row a councillor (`Council`, `Ward Name`, `Next Election`, `Party Name`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from bot.almanac.csv_rows import uniform
from bot.election.almanac import Almanac
from bot.election.baselines import Baseline, BaselineKind
from bot.election.history import history_before, ordinary_day
from bot.election.parties import INDEPENDENT, WireParty
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.prepare.documents import Document, PrepareError, first, rows_of
from bot.prepare.told import Gathered, Teller, Told, controlled_by

_NUMBERS = {
    "con": "Con", "lab": "Lab", "ld": "LD", "green": "Green", "ukip": "UKIP", "ref": "Reform UK",
    "pc": "Plaid Cymru", "snp": "SNP", "dup": "DUP", "sf": "Sinn Féin", "sdlp": "SDLP",
    "uup": "UUP", "alliance": "Alliance", "vacant": "Vacant",
}  # fmt: skip
"""The columns of seats by party, with a name of the party; all else is in `other`."""


def from_file(document: Document, gathered: Gathered, almanac: Almanac) -> None:
    """Add what a file of compositions or of councillors says; raises `PrepareError`."""
    header = document.text.partition("\n")[0].casefold()
    if "councillor name" in header:
        _councillors(document, gathered, almanac)
    elif "authority" in header and "total" in header:
        _compositions(document, gathered, almanac)
    else:
        raise PrepareError(
            f"{document.name} is neither Open Council Data's compositions (columns authority, year,"
            " total, con, …) nor its councillors (Council, Ward Name, Councillor Name, Next"
            " Election, Party Name)."
        )


def _councillors(document: Document, gathered: Gathered, almanac: Almanac) -> None:
    """Add a composition for each council, and whose term ends tonight."""
    council, party, following = "council", "party name", "next election"
    seats: defaultdict[str, Counter[str]] = defaultdict(Counter)
    due: defaultdict[str, Counter[str]] = defaultdict(Counter)
    dated: set[str] = set()
    seen: set[tuple[str, str, str]] = set()
    unread: list[str] = []
    for row in rows_of(document, [council, party]):
        code = almanac.councils.resolve(row[council], gathered.night).code
        ward, name = first(row, "ward name"), first(row, "councillor name")
        if name and ward and (code, ward, name) in seen:
            gathered.faults.append(
                f"{document.name} has {name} of {ward}, {row[council]}, twice: counted once."
            )
            continue
        seen.add((code, ward, name))
        ec_id = first(row, "electoral commission party code") or None
        member = almanac.parties.resolve(WireParty(name=row[party], ec_id=ec_id)).code
        seats[code][member] += 1
        if term := first(row, following):
            dated.add(code)
            try:
                until = date.fromisoformat(uniform(term.split("T")[0].split()[0]))
            except ValueError:
                unread.append(term)
            else:
                due[code][member] += until == gathered.night
    for code, members in seats.items():
        held = Composition(members)
        gathered.told[code].append(
            Told(
                teller=Teller.COUNCILLORS,
                size=held.total,
                before=held,
                offered=Composition(+due[code]) if +due[code] else None,
                seats_up=sum(due[code].values()) or None,
                control=controlled_by(held),
                baseline=Baseline.EVE_OF_POLL,
                bucketed=True,
            )
        )
    if unread:
        gathered.faults.append(
            f"{document.name} has {unread[0]!r} as a next election, which is no date: write it as"
            f" {gathered.night}, or whose seats are up is not known."
        )
    if seats and not dated:
        gathered.faults.append(
            f"{document.name} gives nobody's next election, so it does not say whose seats are up."
        )


def _compositions(document: Document, gathered: Gathered, almanac: Almanac) -> None:
    """Add each council's latest composition that is older than the night."""
    latest: dict[str, tuple[int, dict[str, str]]] = {}
    for row in rows_of(document, ["authority", "year", "total"]):
        if not row["year"].isdecimal() or int(row["year"]) > gathered.night.year:
            continue
        year = int(row["year"])
        if ordinary_day(year) >= gathered.night:
            continue  # it was counted after the night
        code = almanac.councils.resolve(row["authority"], ordinary_day(year)).code
        if code not in latest or year > latest[code][0]:
            latest[code] = year, row
        elif year == latest[code][0] and _held(row) != _held(latest[code][1]):
            gathered.faults.append(
                f"{document.name} has {row['authority']} {year} twice with other seats: the first"
                " row is taken."
            )
    for code, (year, row) in latest.items():
        held: Counter[str] = Counter()
        try:
            for column, name in _NUMBERS.items():
                held[almanac.parties.resolve(WireParty(name=name)).code] += _seats(row, column)
            held[INDEPENDENT] += _seats(row, "other")
            size = _seats(row, "total")
        except ValueError:
            gathered.faults.append(f"{document.name}: {row['authority']} {year} has no numbers.")
            continue
        before = Composition(+held)
        if before.total != size:
            gathered.faults.append(
                f"{document.name}: the parties of {row['authority']} {year} have {before.total}"
                f" seats of {size}; its composition is not used."
            )
        gathered.told[code].append(
            _snapshot(Teller.COMPOSITIONS, before, year, size, usable=before.total == size)
        )


def _held(row: dict[str, str]) -> list[str]:
    return [row.get(column) or "" for column in (*_NUMBERS, "other", "total")]


def _seats(row: dict[str, str], column: str) -> int:
    return int(row.get(column) or 0)


def _snapshot(
    teller: Teller,
    before: Composition,
    year: int,
    size: int,
    *,
    usable: bool = True,
    until: date | None = None,
) -> Told:
    day = ordinary_day(year)
    return Told(
        teller=teller,
        size=size,
        before=before if usable else None,
        control=controlled_by(before) if usable else None,
        baseline=Baseline(BaselineKind.SNAPSHOT, day) if usable else None,
        as_of=day,
        until=until or date(year, 12, 31),
        bucketed=True,
    )


def from_history(codes: Iterable[str], gathered: Gathered, almanac: Almanac) -> None:
    """Add the latest composition of our control history that is older than the night."""
    for code in codes:
        years = history_before(almanac.history.get(code, ()), gathered.night)
        if years:
            last, size = years[-1], years[-1].seats.total
            gathered.told[code].append(
                _snapshot(Teller.HISTORY, last.seats, last.year, size, until=last.taken_by)
            )
        if (seats := almanac.councils.get(code).seats) is not None:
            gathered.told[code].append(Told(teller=Teller.COUNCILS, size=seats))


def from_last_night(standings: Iterable[CouncilStanding], gathered: Gathered) -> None:
    """Add what councils were after the last night on which they declared."""
    for standing in standings:
        if standing.declared is None:
            continue
        now = standing.declared.now
        gathered.told[standing.council.code].append(
            Told(
                teller=Teller.LAST_NIGHT,
                size=now.total,
                before=now,
                control=standing.declared.after.code,
                baseline=Baseline(BaselineKind.SNAPSHOT, standing.night),
                as_of=standing.night,
                until=standing.night,
            )
        )
