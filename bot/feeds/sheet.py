"""The desk sheet: a spreadsheet published as CSV, one row a council and party.

`council,party,seats_won,seats_now,control,declared_at,note`, in any order, with `night` where the
sheet's own name and its feed do not say which. `before`, `size` and `seats_before` may say what the
council was before: they make a result of a council of which nothing else is known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import TypeVar

from bot.election.parties import WireParty, folded, means_noc
from bot.election.reports import CouncilResult, PartySeats, WireCouncil
from bot.election.seats import MOST_SEATS
from bot.feeds import markers
from bot.feeds import unsupported_files as file_kinds
from bot.feeds.faults import DocumentFault, Doubts
from bot.feeds.hints import Hints
from bot.feeds.parsed import Parsed
from bot.feeds.values import clipped, day, shown, whole_number

V = TypeVar("V", str, int)

FORMAT = "Desk sheet CSV"

_REQUIRED = {"council", "party", "seats_now"}
_COLUMNS = {
    *_REQUIRED, "seats_won", "control", "declared_at", "note", "night", "before", "size",
    "seats_before",
}  # fmt: skip
_DELIMITERS = ",;\t"
_MOST_ROWS = 20_000
_MOST_NOTE = 200
_DECLARED_WITHIN = timedelta(days=28)
_TIME_OF_DAY = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?", re.ASCII)
_NAME_OF_COUNCIL = re.compile(r"[^\W\d_](?:[^\W\d_]|[ &'’.,()/–—-])*")
"""What a council may be called: a sheet may introduce one, and a damaged cell would be another."""
_NO_NAME = ("=", "+", "-", "@", "#")
"""How a formula or a spreadsheet's error begins, and no council's or party's name."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: its number as the spreadsheet shows it, its cells by column, what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    trouble: str | None = None

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def says_something(self) -> bool:
        """Whether a figure or a word on control has been entered yet."""
        return any(map(self.get, ("seats_won", "seats_now", "control")))

    def fault(self, fault: object) -> DocumentFault:
        """Return the fault of this row, which loses its council."""
        council = self.get("council")
        about = f" ({clipped(council)})" if council else ""
        return DocumentFault(
            f"Row {self.number}{about}: {fault} Until the sheet is mended, this council is not"
            " taken from it."
        )

    def name(self, column: str) -> str | None:
        """Return a cell with the name of a council or a party, None where it is blank."""
        value = shown(self.get(column), f"its {column}")
        if value.startswith(_NO_NAME):
            raise DocumentFault(
                f"its {column} is {clipped(value)}, a formula or an error of the spreadsheet."
            )
        if value and column == "council" and not _NAME_OF_COUNCIL.fullmatch(value):
            raise DocumentFault(f"its council is {clipped(value)}, which is no council's name.")
        return value or None

    def seats(self, column: str) -> int | None:
        """Return a cell with a number of seats, None where it is blank."""
        value = self.get(column)
        return whole_number(value, f"its {column}", 0, MOST_SEATS) if value else None


@dataclass(frozen=True, slots=True)
class _Line:
    """What a row says of a party in a council."""

    council: str
    night: date
    party: str
    won: int | None
    now: int
    control: str | None
    note: str
    before: str | None
    size: int | None
    held: int | None
    """The party's seats before."""


def is_sheet(body: bytes) -> bool:
    """Return whether a document begins with the header of a desk sheet, in whatever encoding."""
    return _delimiter(file_kinds.beginning(body)) is not None


def parse(body: bytes, hints: Hints) -> Parsed:
    """Return a result for each council of a sheet; raises `DocumentFault`.

    A faulty row is named and loses its whole council, whose other rows would give wrong seats.
    Councils without any figure yet are passed over.
    """
    councils = _by_council(_rows(_text(body)))
    if hints.night is None and not any(row.get("night") for rows in councils for row in rows):
        raise DocumentFault(
            "The sheet does not say of which polling day it is: put the date into the file's name,"
            " as in desk_sheet_YYYY-MM-DD.csv, or into a column 'night'."
        )
    told = [rows for rows in councils if any(row.says_something for row in rows)]
    parsed = Parsed(unsaid=len(councils) - len(told))
    for rows in told:
        try:
            parsed.add(_result(rows, hints.night))
        except DocumentFault as fault:
            parsed.faults.append(str(fault))
    return parsed


def _by_council(rows: Iterable[_Row]) -> list[list[_Row]]:
    councils: dict[str, list[_Row]] = {}
    for row in rows:
        council = row.get("council")
        above = next(reversed(councils.values()), None)
        if not council and above is not None:
            # Merged cells name a council once: this row may or may not belong to it.
            above.append(replace(row, trouble="it names no council: write it into every row."))
        else:
            councils.setdefault(folded(council), []).append(row)
    return list(councils.values())


def _result(rows: Sequence[_Row], hinted: date | None) -> CouncilResult:
    """Return the result of the council that all *rows* are about."""
    lines: dict[str, _Line] = {}
    doubts = Doubts()
    for row in rows:
        try:
            line = _line(row, hinted, doubts)
            if lines.get(folded(line.party), line) != line:
                raise DocumentFault(f"{clipped(line.party)} appears twice, with different figures.")
            if any(line.night != other.night for other in lines.values()):
                raise DocumentFault("its night is another than that of the council's other rows.")
            lines[folded(line.party)] = line
            control = _of_council("control", (one.control for one in lines.values()))
            before = _of_council("control before", (one.before for one in lines.values()))
            size = _of_council("its size", (one.size for one in lines.values()))
        except DocumentFault as fault:
            raise row.fault(fault) from None
    first = next(iter(lines.values()))
    notes = "; ".join(dict.fromkeys(line.note for line in lines.values() if line.note))
    elected = [
        PartySeats(WireParty(line.party), line.won)
        for line in lines.values()
        if line.won is not None
    ]
    return CouncilResult(
        night=first.night,
        council=WireCouncil(name=first.council),
        revision=None,
        winner=_holder(control),
        winner_given=control is not None,
        sitting=_holder(before),
        sitting_given=before is not None,
        gain_or_hold=None,
        elected=tuple(elected) or None,
        changes=_changes(lines.values(), doubts),
        composition=tuple(PartySeats(WireParty(line.party), line.now) for line in lines.values()),
        size=size,
        note=notes[:_MOST_NOTE] or None,
        test=markers.is_test_election(first.council),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _of_council(what: str, said: Iterable[V | None]) -> V | None:
    """Return what the rows of a council say of it as a whole, None where none does.

    Raises `DocumentFault` if they differ.
    """
    values = {folded(str(value)): value for value in said if value is not None}
    if len(values) > 1:
        told = " and ".join(clipped(str(value)) for value in values.values())
        raise DocumentFault(f"{what} is said to be {told}.")
    return next(iter(values.values()), None)


def _holder(control: str | None) -> WireParty | None:
    return None if control is None or means_noc(control) else WireParty(control)


def _changes(lines: Iterable[_Line], doubts: list[str]) -> tuple[PartySeats, ...] | None:
    """Return the changes of seats, None unless every row says what its party had before."""
    lines = list(lines)
    known = [(line, line.now - line.held) for line in lines if line.held is not None]
    if known and len(known) < len(lines):
        doubts.append(
            "seats_before is blank in some of its rows, so no changes of seats are counted"
        )
    if len(known) < len(lines):
        return None
    return tuple(PartySeats(WireParty(line.party), change) for line, change in known)


def _line(row: _Row, hinted: date | None, doubts: Doubts) -> _Line:
    """Return what a row says; raises `DocumentFault`."""
    if row.trouble is not None:
        raise DocumentFault(row.trouble)
    council, party = row.name("council"), row.name("party")
    if council is None or party is None:
        raise DocumentFault(f"it names no {'party' if council else 'council'}.")
    if means_noc(party):
        raise DocumentFault("it gives seats to no overall control, which is no party.")
    night = day(row.get("night"), "its night") if row.get("night") else hinted
    if night is None:
        raise DocumentFault("its night is blank.")
    declared = doubts.take(lambda: _declared_on(row.get("declared_at"), night))
    if declared is not None and not night <= declared <= night + _DECLARED_WITHIN:
        raise DocumentFault(f"it was declared on {declared}, but the polling day is {night}.")
    now = row.seats("seats_now")
    if now is None:
        raise DocumentFault(
            "its seats_now is blank, so the council's seats do not add up: enter 0 for none."
        )
    return _Line(
        council=council,
        night=night,
        party=party,
        won=row.seats("seats_won"),
        now=now,
        control=row.name("control"),
        note=shown(row.get("note")[:_MOST_NOTE], "its note"),
        before=row.name("before"),
        size=row.seats("size") or None,
        held=row.seats("seats_before"),
    )


def _declared_on(said: str, night: date) -> date | None:
    """Return the day of a time as ISO or a British spreadsheet writes it, None where it has none.

    A row of another *night* is left over from another election, and is refused.
    """
    if not said or _TIME_OF_DAY.fullmatch(said):
        return None
    try:
        return datetime.fromisoformat(said).date()
    except ValueError:
        pass
    try:
        # Only the day is looked at, so the zone is of no use.
        return datetime.strptime(said[:10], "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        raise DocumentFault(
            f"its declared_at is {clipped(said)}, no time: write it as {night} 22:14 or 22:14."
        ) from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentFault(
            "The sheet is not in the character set UTF-8: save it as 'CSV UTF-8', or publish it"
            " from an online spreadsheet, which does so by itself."
        ) from None


def _rows(text: str) -> Iterator[_Row]:
    """Yield the rows under the header that are not blank; raises `DocumentFault`."""
    delimiter = _delimiter(text) or ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if columns is None:
                columns = _header(stripped)
            else:
                rows.append((number, stripped))
            if len(rows) > _MOST_ROWS:
                raise DocumentFault(
                    f"The sheet has more than {_MOST_ROWS:,} rows, as no election has: check that"
                    " it is the right sheet."
                )
    except csv.Error:
        raise DocumentFault(
            f"The quotes in line {reader.line_num} of the sheet do not match, or it breaks off"
            " there: fetch it again, or mend that cell."
        ) from None
    width = len(columns or ())
    is_cut = bool(rows) and len(rows[-1][1]) < width and not text.endswith(("\n", "\r"))
    for number, found in rows:
        trouble = None
        if is_cut and number == rows[-1][0]:
            trouble = "the sheet breaks off in it."
        elif any(found[width:]):
            trouble = (
                f"it has {len(found)} cells where the header has {width}: a cell with a separator"
                " in it needs quotes."
            )
        pairs = zip_longest(columns or (), found[:width], fillvalue="")
        yield _Row(number, {column: cell for column, cell in pairs if column}, trouble)


def _header(cells: Sequence[str]) -> list[str]:
    """Return the columns as we call them, "" for those that say nothing to us."""
    columns = [column if column in _COLUMNS else "" for column in map(_column, cells)]
    missing = sorted(_REQUIRED.difference(columns))
    if missing:
        raise DocumentFault(
            f"The sheet has no column {' and no column '.join(missing)}: its header is"
            " council,party,seats_won,seats_now,control,declared_at,note, and where it is known"
            " before,size,seats_before."
        )
    twice = [column for column in columns if column and columns.count(column) > 1]
    if twice:
        raise DocumentFault(f"The sheet has the column {twice[0]} twice: take one of them out.")
    return columns


def _column(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().casefold())


def _delimiter(text: str) -> str | None:
    """Return what separates the cells of a sheet's header, None where it is no desk sheet's."""
    header = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    for delimiter in _DELIMITERS:
        columns = {_column(cell.strip('" ')) for cell in header.split(delimiter)}
        if {"council", "party"} <= columns:
            return delimiter
    return None
