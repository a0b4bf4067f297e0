"""Writing tables: UTF-8, LF, one fixed order of columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

Cell = str | int | None | bool | tuple[str, ...]


def write_table(path: Path, columns: str, rows: Iterable[Mapping[str, Cell]]) -> int:
    """Write *rows* under *columns* (names joined by commas) and return how many there were."""
    names = columns.split(",")
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            if unknown := row.keys() - set(names):
                raise ValueError(f"{path.name} has no column {', '.join(sorted(unknown))}")
            writer.writerow([_text(row.get(name)) for name in names])
            count += 1
    return count


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case tuple():
            return "|".join(cell)
        case _:
            return str(cell)
