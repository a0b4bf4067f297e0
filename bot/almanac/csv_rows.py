"""CSV files in UTF-8, read into typed rows."""

from __future__ import annotations

import csv
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
            reader = csv.DictReader(file, restval="")
            given = set(reader.fieldnames or ())
            if lacking := sorted(parsers.keys() - given - optional):
                raise TablesError(f"{path}, row 1: there is no column {', '.join(lacking)}")
            found = {column: parsers[column] for column in parsers if column in given}
            return tuple(
                _row(f"{path}, row {reader.line_num}", kind, found, optional, cells)
                for cells in reader
            )
    except FileNotFoundError:
        raise TablesError(f"{path} is missing: put it back, or install the package again") from None
    except (UnicodeDecodeError, csv.Error) as fault:
        raise TablesError(f"{path} is not CSV in UTF-8: {fault}") from fault


def _row(
    place: str,
    kind: type[_Row],
    parsers: Mapping[str, _Parser],
    optional: Collection[str],
    cells: dict[str, str],
) -> _Row:
    values = {}
    for column, parse in parsers.items():
        if not cells[column] and column in optional:
            continue
        try:
            values[column] = parse(cells[column])
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
    if not text.removeprefix("-").isdecimal():
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
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
    date: date.fromisoformat,
    datetime: _moment,
    Baseline: Baseline.from_code,
    tuple[str, ...]: lambda text: tuple(text.split("|")) if text else (),
}
