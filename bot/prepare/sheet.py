"""The newsroom's sheet, and the wire's nominations, as what they say of councils."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from bot.election.almanac import LONDON, POLLS_CLOSE, Almanac
from bot.election.baselines import Baseline
from bot.election.control import Control
from bot.election.parties import NOC_CODE, WireParty, folded, means_noc
from bot.election.reports import Nominations
from bot.election.seats import MOST_SEATS, Composition
from bot.prepare.documents import Document, PrepareError, rows_of
from bot.prepare.told import Gathered, Teller, Told, controlled_by
from bot.wording.phrases import holder_of

COLUMNS = (
    "council,party,seats_before,seats_up,size,before,expected_at,note,flagship,boundary_change,"
    "new_council"
)
_YES, _NO = {"yes", "true", "y", "x", "1"}, {"no", "false", "n", "0"}
_MORNING = time(18, 0)
"""A time of day before this is on the day after the poll."""
_COUNTED_BY = timedelta(weeks=4)
"""How long after polls close a result may be expected, as in the desk sheet."""


def from_sheet(document: Document, gathered: Gathered, almanac: Almanac) -> None:
    """Add what the newsroom's sheet says, council by council.

    A faulty row is named and loses its council. Raises `PrepareError` for another file.
    """
    councils: defaultdict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
    code = ""
    for number, row in enumerate(_rows(document, gathered), start=2):
        if row["council"]:
            found = almanac.councils.resolve(row["council"], gathered.night)
            if not found.known:
                gathered.names.setdefault(found.code, found.name)
            code = found.code
        # Merged cells name a council once: a row without one may or may not belong to it.
        councils[code].append((number, row))
    for number, _ in councils.pop("", ()):
        gathered.faults.append(f"{document.name}, row {number}: it names no council.")
    for code, rows in councils.items():
        try:
            told = _told(rows, gathered.night, almanac)
        except PrepareError as fault:
            gathered.faults.append(
                f"{document.name}, {fault} Until that is mended, nothing is taken from the sheet"
                f" for {rows[0][1]['council']}."
            )
        else:
            gathered.told[code].append(told)


def _rows(document: Document, gathered: Gathered) -> list[dict[str, str]]:
    """Return the rows by column, "Seats before" as `seats_before`; a misspelt one is named."""
    rows = [
        {re.sub(r"[\s-]+", "_", name): cell for name, cell in row.items()}
        for row in rows_of(document, ["council"], COLUMNS.split(","))
    ]
    known, there = COLUMNS.split(","), rows[0].keys() if rows else ()
    for name in there:
        near = difflib.get_close_matches(name, set(known) - set(there), n=1)
        if name not in known and near:
            gathered.faults.append(
                f"{document.name}: its column {name} is not read. Is {near[0]} meant?"
            )
    return rows


def _told(rows: list[tuple[int, dict[str, str]]], night: date, almanac: Almanac) -> Told:
    said: dict[str, str] = {}
    held: Counter[str] = Counter()
    up: Counter[str] = Counter()
    named: set[str] = set()
    for number, row in rows:
        if not row["council"]:
            raise PrepareError(f"row {number}: it names no council; write it into every row.")
        for column in ("size", "before", "expected_at", "flagship", "boundary_change",
                       "new_council", "note"):  # fmt: skip
            if (cell := row.get(column, "")) and said.setdefault(column, cell) != cell:
                raise PrepareError(
                    f"row {number}: its {column} is {cell!r}, and another row of the council has"
                    f" {said[column]!r}."
                )
        if party := row.get("party", ""):
            if folded(party) in named:
                raise PrepareError(f"row {number}: the council has {party} twice.")
            named.add(folded(party))
            code = almanac.parties.resolve(WireParty(name=party)).code
            for seats, column in ((held, "seats_before"), (up, "seats_up")):
                if row.get(column, ""):
                    seats[code] += _number(row[column], column, number)
        elif row.get("seats_before") or (row.get("seats_up") and len(rows) > 1):
            raise PrepareError(f"row {number}: it has seats but names no party.")
    number, row = rows[0]
    alone = row.get("seats_up", "") if len(rows) == 1 and not row.get("party") else ""
    before = Composition(held) if held else None
    size = _number(said["size"], "size", number) if "size" in said else None
    control = _control(said["before"], held, number, almanac) if "before" in said else None
    if control and before and size in (None, before.total):
        by_seats = controlled_by(before)
        if by_seats is not None and by_seats != control:
            holder = holder_of(Control.from_code(by_seats), almanac.parties)
            raise PrepareError(
                f"row {number}: {said['before']} is given as in control before, and its seats say"
                f" {holder}. Nobody with half of the seats or fewer is in"
                " control (NOC), whoever runs the council."
            )
    return Told(
        teller=Teller.SHEET,
        name=row["council"],
        size=size,
        seats_up=_number(alone, "seats_up", number) if alone else sum(up.values()) or None,
        before=before,
        offered=Composition(up) if up else None,
        control=control,
        boundary_change=_flag(said, "boundary_change", number),
        new_council=_flag(said, "new_council", number),
        baseline=Baseline.EVE_OF_POLL if before else None,
        expected_at=_moment(said["expected_at"], night, number) if "expected_at" in said else None,
        note=said.get("note", ""),
        flagship=_flag(said, "flagship", number) or False,
    )


def _control(said: str, held: Collection[str], number: int, almanac: Almanac) -> str:
    """Return who controlled a council; a party that no table has must be in its rows too."""
    if means_noc(said):
        return NOC_CODE
    party = almanac.parties.resolve(WireParty(name=said))
    if party.known or party.code in held:
        return party.code
    raise PrepareError(
        f"row {number}: its before is {said!r}, not a party that we know: write the party, or NOC"
        " where none had more than half of the seats."
    )


def _number(cell: str, column: str, number: int) -> int:
    if cell.isascii() and cell.isdecimal() and int(cell) <= MOST_SEATS:
        return int(cell)
    raise PrepareError(f"row {number}: its {column} is {cell!r}, not a number of seats.")


def _flag(said: dict[str, str], column: str, number: int) -> bool | None:
    cell = said.get(column, "").casefold()
    if cell in _YES or cell in _NO or not cell:
        return None if not cell else cell in _YES
    raise PrepareError(f"row {number}: its {column} is {cell!r}; write yes or no.")


def _moment(cell: str, night: date, number: int) -> datetime:
    """Return an expected time: whole, or a time of day in the night or the day after it."""
    moment = _as_written(cell, night)
    polls_close = datetime.combine(night, POLLS_CLOSE, LONDON)
    if moment is not None and polls_close <= moment <= polls_close + _COUNTED_BY:
        return moment
    wrong = "no time" if moment is None else "not in the weeks after polls close"
    raise PrepareError(
        f"row {number}: its expected_at is {cell!r}, {wrong}: write it as 02:30 or"
        f" {night + timedelta(days=1)} 02:30."
    )


def _as_written(cell: str, night: date) -> datetime | None:
    for form in ("%H:%M", "%H.%M", "%H:%M:%S"):
        try:
            at = datetime.strptime(cell, form).time()  # noqa: DTZ007 - London's, below
        except ValueError:
            continue
        day = night + timedelta(days=1) if at < _MORNING else night
        return datetime.combine(day, at, LONDON)
    for form in ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.strptime(cell, form).replace(tzinfo=LONDON)
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def from_nominations(reports: Iterable[Nominations], gathered: Gathered, almanac: Almanac) -> None:
    """Add what the wire's nominations say; those of test documents and other nights are counted."""
    others = 0
    for report in reports:
        if report.night != gathered.night or report.test:
            others += 1
            continue
        council = almanac.councils.resolve(report.council.name, report.night)
        if not council.known:
            gathered.names[council.code] = report.council.name
        parties = almanac.parties.knowing(line.party for line in report.parties)
        held: Counter[str] = Counter()
        up: Counter[str] = Counter()
        standing: Counter[str] = Counter()
        unopposed: Counter[str] = Counter()
        for line in report.parties:
            code = parties.resolve(line.party).code
            held[code] += line.seats_held
            up[code] += line.seats_offered
            standing[code] += line.candidates or 0
            unopposed[code] += line.unopposed
        before = Composition(+held)
        wire = report.council
        anew = wire.new_council
        told = Told(
            teller=Teller.PA,
            name=wire.name,
            type=wire.type or "",
            size=None if anew or wire.boundary_change else before.total or None,
            seats_up=sum(up.values()) or None,
            before=None if anew or not before else before,
            offered=Composition(up) if before and not anew else None,
            control=controlled_by(before) if before and not anew else None,
            proportion=wire.proportion,
            boundary_change=wire.boundary_change,
            new_council=wire.new_council,
            baseline=Baseline.EVE_OF_POLL if before and not anew else None,
            candidates=+standing,
            unopposed=+unopposed,
        )
        earlier = [one for one in gathered.told[council.code] if one.teller is Teller.PA]
        if any(one != told for one in earlier):
            gathered.faults.append(
                f"PA has nominations of {wire.name} twice that differ: those read last count."
            )
        gathered.told[council.code] = [
            one for one in gathered.told[council.code] if one.teller is not Teller.PA
        ] + [told]
    if others:
        gathered.faults.append(
            f"{others} of PA's nominations are of another night or a test, and are left out."
        )
