"""CSV files in UTF-8, read into typed rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from bot.election.baselines import Baseline
from bot.errors import MachineFault

_Row = TypeVar("_Row")
_Parser = Callable[[str], Any]

_BRITISH_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_WHOLE = re.compile(r"\A(-?\d+)\.0+\Z")


class TablesError(MachineFault):
    """A table is missing or broken; says which file, row and column, and what is wrong."""


def read_table(path: Path, kind: type[_Row]) -> tuple[_Row, ...]:
    """Return the rows of one table: *kind* is a dataclass whose fields are its columns.

    A column whose field has a default may be missing, and so may a cell in it; columns without a
    field are ignored. Raises `TablesError`, which names file, row and column.
    """
    parsers = {name: _parser(hint) for name, hint in get_type_hints(kind).items()}
    optional = {
        one.name
        for one in fields(kind)  # type: ignore[arg-type]  # a dataclass, see above
        if one.default is not MISSING or one.default_factory is not MISSING
    }
    try:
        # A spreadsheet marks its UTF-8 with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = delimiter_of(file.readline())
            file.seek(0)
            reader = csv.DictReader(file, restval="", delimiter=delimiter, strict=True)
            reader.fieldnames = [column_named(name) for name in reader.fieldnames or ()]
            given = set(reader.fieldnames)
            if lacking := sorted(parsers.keys() - given - optional):
                raise TablesError(f"{path}, row 1: there is no column {', '.join(lacking)}")
            found = {column: parsers[column] for column in parsers if column in given}
            return tuple(
                _row(f"{path}, row {reader.line_num}", kind, found, optional, cells)
                for cells in reader
            )
    except FileNotFoundError:
        raise TablesError(f"{path} is missing: put it back, or install the package again") from None
    except UnicodeDecodeError:
        raise TablesError(f"{path} is not in UTF-8: save it as 'CSV UTF-8'") from None
    except csv.Error as fault:
        raise TablesError(f"{path} is not CSV: {fault}") from fault


def delimiter_of(header: str) -> str:
    """Return what separates the cells of a CSV: spreadsheets of some countries use semicolons."""
    return max(",;\t", key=header.count)


def column_named(name: str) -> str:
    """Return the name of a column as tables have it, however its header is written."""
    return " ".join(name.casefold().split())


def uniform(cell: str) -> str:
    """Return a cell as it was before a spreadsheet wrote a date as DD/MM/YYYY, or 9.0 for 9."""
    cell = cell.strip()
    if (day := _BRITISH_DAY.fullmatch(cell)) is not None:
        return "-".join(day.group(3, 2, 1))
    return _WHOLE.sub(r"\1", cell)


def _row(
    place: str,
    kind: type[_Row],
    parsers: Mapping[str, _Parser],
    optional: Collection[str],
    cells: dict[str, str],
) -> _Row:
    values = {}
    for column, parse in parsers.items():
        cell = cells[column].strip()
        if not cell and column in optional:
            continue
        try:
            values[column] = parse(cell)
        except ValueError as fault:
            raise TablesError(f"{place}, column {column}: {fault}") from None
    try:
        return kind(**values)
    except ValueError as fault:
        raise TablesError(f"{place}: {fault}") from None


def _parser(hint: Any) -> _Parser:
    if NoneType in get_args(hint):
        [inner] = [_parser(kind) for kind in get_args(hint) if kind is not NoneType]
        return lambda text: inner(text) if text else None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _one_of({one.value: one for one in hint}, f"none of {', '.join(hint)}")
    return _PARSERS[hint]


def _one_of(choices: Mapping[str, Any], otherwise: str) -> _Parser:
    def parse(text: str) -> Any:
        if text not in choices:
            raise ValueError(f"{text!r} is {otherwise}")
        return choices[text]

    return parse


def _number(text: str) -> int:
    text = uniform(text)
    if not text.removeprefix("-").isdecimal():
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(uniform(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a date (YYYY-MM-DD)") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time (YYYY-MM-DDTHH:MM+01:00)") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return moment


_PARSERS: Mapping[object, _Parser] = {
    str: str,
    int: _number,
    float: float,
    # Spreadsheets save them in capitals.
    bool: _one_of(
        {"true": True, "TRUE": True, "false": False, "FALSE": False}, "neither true nor false"
    ),
    date: _day,
    datetime: _moment,
    Baseline: Baseline.from_code,
    tuple[str, ...]: lambda text: tuple(text.split("|")) if text else (),
}
