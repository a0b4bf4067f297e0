"""Writing a night's folder again and again, without undoing what people changed in it by hand.

What was written last time is kept beside the tables, in a folder of its own. A cell that differs
from that was changed by a person and stays; all else is what the sources say now.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.almanac.csv_rows import column_named, delimiter_of, uniform
from bot.prepare.documents import PrepareError
from bot.prepare.tables import Cells, Table

WRITTEN = ".prepared"
"""The folder with the tables as they were written last."""

_SOURCES = "sources.txt"
"""The file there with the options that named sources last time."""
_OF_PARTIES = "nominations.csv"

_Key = tuple[str, ...]


@dataclass(slots=True)
class Merged:
    """What became of the tables.

    `conflicts` are cells that a person and a source both changed, `kept` counts the changes that
    were made by hand, `gone` by file the rows that no source has any more; rows of nominations come
    and go with the parties.
    """

    files: dict[str, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    kept: int = 0
    gone: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table as a file has it: its columns, and its rows by key."""

    columns: tuple[str, ...]
    rows: Mapping[_Key, Cells]


def merge(folder: Path, tables: Mapping[str, Table]) -> Merged:
    """Return the tables with what people changed in *folder*; raises `PrepareError`."""
    merged = Merged()
    for name, table in tables.items():
        written = _read(folder / WRITTEN / name, table)
        present = _read(folder / name, table)
        if table.one_row and present is not None:
            present = _only_row(folder / name, table, present)
        merged.files[name] = _merge(name, table, written, present, merged)
    return merged


def same_sources(folder: Path, given: Iterable[str]) -> None:
    """Raise `PrepareError` where an option of last time is not *given*: its facts would be lost.

    A bot that follows the night would then withdraw what it has claimed by them.
    """
    path = folder / WRITTEN / _SOURCES
    last = path.read_text(encoding="utf-8").split() if path.exists() else []
    if lacking := [option for option in last if option not in given]:
        raise PrepareError(
            f"Last time this night was prepared with {' and '.join(lacking)} too: give that again,"
            f" or delete {path} to do without. Nothing was written."
        )


def write(
    folder: Path, merged: Merged, tables: Mapping[str, Table], given: Iterable[str] = ()
) -> None:
    """Write the tables, each at once, and what they were made from last, by the options *given*."""
    (folder / WRITTEN).mkdir(parents=True, exist_ok=True)
    _replace(folder / WRITTEN / _SOURCES, "".join(f"{option}\n" for option in given))
    for name, text in merged.files.items():
        path = folder / name
        if path.exists() or text.count("\n") > 1:  # a header alone says nothing
            _replace(path, text)
    for name, table in tables.items():
        _replace(folder / WRITTEN / name, _text(table.columns, table.rows))


def _only_row(path: Path, table: Table, present: _Rows) -> _Rows | None:
    """Return the one row of a table, None without it; raises `PrepareError` for other rows."""
    ours = {_key(row, table.key): row for row in table.rows}
    if others := [row for key, row in present.rows.items() if key not in ours]:
        raise PrepareError(
            f"{path} is of {_called(others[0], table)}, and the folder of"
            f" {_called(table.rows[0], table)}: mend it, or move it away. Nothing was written."
        )
    return present if present.rows else None


def _replace(path: Path, text: str) -> None:
    """Put *text* in the place of a file, so that nobody ever sees half of it."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _merge(
    name: str, table: Table, written: _Rows | None, present: _Rows | None, merged: Merged
) -> str:
    new = {_key(row, table.key): row for row in table.rows}
    if present is None:
        return _text(table.columns, table.rows)
    before = written.rows if written is not None else {}
    rows: list[Cells] = []
    for key, row in new.items():
        if key in present.rows:
            rows.append(_row(name, table, (before.get(key), present.rows[key], row), merged))
        elif key in before:
            merged.kept += 1  # a person took the row out
        else:
            rows.append(row)
    for key, mine in present.rows.items():
        if key in new:
            continue
        old = before.get(key)
        if old is None:
            merged.kept += 1
            rows.append(dict(mine))
        elif any(_plain(mine[column]) != _plain(old.get(column, "")) for column in mine):
            rows.append(dict(mine))
            merged.conflicts.append(
                f"{name}, {_called(mine, table)}: no source has it any more; it stays, since it was"
                " changed by hand"
            )
        elif name != _OF_PARTIES:
            merged.gone[name] += 1
    extra = [column for column in present.columns if column not in table.columns]
    rows.sort(key=lambda row: _raw(row, table.key))
    return _text((*table.columns, *extra), rows)


def _row(
    name: str,
    table: Table,
    versions: tuple[Cells | None, Cells, Cells],
    merged: Merged,
) -> Cells:
    """Return a row from what was *written*, what is there now (*mine*), and what sources say."""
    written, mine, new = versions
    row = dict(mine)
    for column in table.columns:
        said = new[column]
        old = said if written is None else written.get(column, "")
        if column not in mine or _plain(mine[column]) in (_plain(old), _plain(said)):
            row[column] = said
            continue
        merged.kept += 1
        if written is None or old != said:
            merged.conflicts.append(
                f"{name}, {_called(new, table)}, {column}: {mine[column] or 'blank'} by hand,"
                f" {said or 'blank'} by the sources; what was written by hand stays"
            )
    return row


def _plain(cell: str) -> str:
    """Return a cell as it was before a spreadsheet wrote TRUE for true."""
    cell = uniform(cell)
    return folded if (folded := cell.casefold()) in ("true", "false") else cell


def _key(row: Mapping[str, str], columns: Sequence[str]) -> _Key:
    """Return what tells a row from others, however it is written."""
    return tuple(uniform(cell).casefold() for cell in _raw(row, columns))


def _raw(row: Mapping[str, str], columns: Sequence[str]) -> _Key:
    return tuple(row.get(column, "") for column in columns)


def _read(path: Path, table: Table) -> _Rows | None:
    """Return a table as it is, None where it is not there; raises `PrepareError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise PrepareError(f"{path} is not in UTF-8: save it as 'CSV UTF-8'.") from None
    try:
        delimiter = delimiter_of(text.partition("\n")[0])
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise PrepareError(f"{path} is not a CSV file: {fault}. Nothing was written.") from None
    header = [_column(name, table) for name in lines[0]] if lines else []
    if missing := [column for column in table.key if column not in header]:
        raise PrepareError(
            f"{path} has no column {', '.join(missing)}, by which its rows are told apart: put it"
            " back, or move the file away. Nothing was written."
        )
    found: dict[_Key, Cells] = {}
    for line in lines[1:]:
        cells = dict(zip(header, [*line, *[""] * len(header)], strict=False))
        if not any(cells.values()):
            continue
        key = _key(cells, table.key)
        if key in found:
            raise PrepareError(
                f"{path} has {_called(cells, table)} twice: take one of the rows out. Nothing was"
                " written."
            )
        found[key] = cells
    return _Rows(tuple(header), found)


def _called(row: Mapping[str, str], table: Table) -> str:
    return " ".join(_raw(row, table.key))


def _column(name: str, table: Table) -> str:
    """Return a table's column however its name is written, another one's as it is."""
    return known if (known := column_named(name)) in table.columns else name


def _text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
