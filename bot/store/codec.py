"""The one codec between Python values and what SQLite stores, and short forms of common statements.

A value is stored by what it is: a date or moment as ISO text, an enum by its value, a control or
baseline by its code, anything compound (a tuple, a mapping, a dataclass) as JSON. It is read by
the type of the field that it is for. Table and column names in statements are always our own;
values are always parameters.
"""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_json

from bot.election.baselines import Baseline
from bot.election.control import Control
from bot.election.seats import Composition

T = TypeVar("T")
Row = sqlite3.Row


_TO_TEXT: dict[type[Any], Callable[[Any], str]] = {
    Baseline: lambda baseline: str(baseline.code),
    Composition: lambda seats: to_json(dict(seats)).decode(),
    Control: lambda control: str(control.code),
}
_FROM_TEXT: dict[Any, Callable[[str], Any]] = {
    Baseline: Baseline.from_code,
    Composition: lambda text: Composition(json.loads(text)),
    Control: Control.from_code,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


_PLAIN = {NoneType, bool, bytes, float, int, str}


def stored(value: Any) -> Any:
    """Return a value as a column holds it."""
    if type(value) in _PLAIN:
        return value
    if convert := _TO_TEXT.get(type(value)):
        return convert(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return to_json(value).decode()


def row_of(one: Any, *without: str) -> dict[str, Any]:
    """Return a dataclass's fields as the columns of a row, except *without*."""
    cls: Any = type(one)
    return {name: getattr(one, name) for name in _names(cls) if name not in without}


def read(cls: type[T], row: Row, **given: Any) -> T:
    """Return a dataclass made from a row's columns of the same names; other fields are *given*."""
    made: Any = cls  # mypy takes no type variable for a key of a cache
    named = {name: convert(row[name]) for name, convert in _readers(made) if name not in given}
    return cls(**named, **given)


def merge_patch(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON merge patch (RFC 7396) that makes *old* *new*, as SQLite's `json_patch` does.

    A member that is null counts as none.
    """
    patch: dict[str, Any] = {
        name: None for name, value in old.items() if value is not None and new.get(name) is None
    }
    for name, value in new.items():
        before = old.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            if inside := merge_patch(before, value):
                patch[name] = inside
        elif value is not None and value != before:
            patch[name] = value
    return patch


def insert(
    db: sqlite3.Connection,
    table: str,
    row: Mapping[str, Any],
    *,
    verb: str = "INSERT",
    then: str = "",
) -> None:
    """Insert a row; *verb* may be `INSERT OR REPLACE`, *then* an `ON CONFLICT` clause."""
    insert_all(db, table, [row], verb=verb, then=then)


def insert_all(
    db: sqlite3.Connection,
    table: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    verb: str = "INSERT",
    then: str = "",
) -> None:
    """Insert rows that all have the same columns, in the same order."""
    rows = list(rows)
    if rows:
        statement = _insert_statement(verb, table, tuple(rows[0]), then)
        db.executemany(statement, [[stored(value) for value in row.values()] for row in rows])


def update(db: sqlite3.Connection, table: str, where: Mapping[str, Any], /, **values: Any) -> None:
    """Set columns in the rows whose columns equal those of *where*."""
    statement = _update_statement(table, tuple(values), tuple(where))
    db.execute(statement, [stored(value) for value in (*values.values(), *where.values())])


def delete(db: sqlite3.Connection, table: str, **where: Any) -> None:
    """Delete the rows whose columns equal those of *where*."""
    db.execute(
        f"DELETE FROM {table} WHERE {_pairs(tuple(where), ' AND ')}",  # noqa: S608
        [stored(value) for value in where.values()],
    )


def rows(db: sqlite3.Connection, sql: str, /, *values: Any, **named: Any) -> list[Row]:
    """Return the rows of a query."""
    return db.execute(sql, named or values).fetchall()


def row(db: sqlite3.Connection, sql: str, /, *values: Any, **named: Any) -> Row | None:
    """Return the first row of a query, None where there is none."""
    found: Row | None = db.execute(sql, named or values).fetchone()
    return found


def column(db: sqlite3.Connection, sql: str, /, *values: Any, **named: Any) -> list[Any]:
    """Return the first column of a query."""
    return [first for first, *_ in db.execute(sql, named or values)]


def value(db: sqlite3.Connection, sql: str, /, *values: Any, **named: Any) -> Any:
    """Return the first column of a query's first row, None where there is no row."""
    found = db.execute(sql, named or values).fetchone()
    return None if found is None else found[0]


def exists(db: sqlite3.Connection, sql: str, /, *values: Any, **named: Any) -> bool:
    """Return whether a query finds a row."""
    return db.execute(sql, named or values).fetchone() is not None


@functools.cache
def _insert_statement(verb: str, table: str, columns: tuple[str, ...], then: str) -> str:
    marks = ", ".join("?" * len(columns))
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({marks}) {then}"


@functools.cache
def _update_statement(table: str, columns: tuple[str, ...], where: tuple[str, ...]) -> str:
    return f"UPDATE {table} SET {_pairs(columns, ', ')} WHERE {_pairs(where, ' AND ')}"  # noqa: S608


def _pairs(columns: tuple[str, ...], between: str) -> str:
    return between.join(f"{name} = ?" for name in columns)


@functools.cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


@functools.cache
def _readers(cls: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    types = get_type_hints(cls)
    return tuple((name, _reader(types[name])) for name in _names(cls))


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return the function that turns a column into a value of a type, null into None."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
    convert: Callable[[Any], Any]
    if kind in (str, int, float, bytes):
        return lambda value: value
    if kind is bool or (isinstance(kind, type) and issubclass(kind, Enum)):
        convert = kind
    else:
        convert = _FROM_TEXT.get(kind) or TypeAdapter(kind).validate_json
    return lambda value: None if value is None else convert(value)
