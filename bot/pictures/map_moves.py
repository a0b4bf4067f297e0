"""Who took what from whom in a nation or region, grouped where councils have no line each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bot.election.standings import CouncilStanding
from bot.pictures.canvas import LABEL
from bot.pictures.hexagon import Look
from bot.pictures.lettering import Weight, lines_of, width_of
from bot.pictures.map_key import from_to
from bot.pictures.map_sheet import ROW, Sheet
from bot.pictures.picture import Field
from bot.wording.phrases import name_of, number
from bot.wording.text import between, plain

_SPACE = 10.0

_Move = tuple[str, list[str]]
"""The first line's bold beginning, and the lines of names, of which the first stands beside it."""


def draw_moves(
    sheet: Sheet, fields: Sequence[Field], named: Sequence[CouncilStanding]
) -> list[float] | None:
    """Write "Lab→Hung 8: Barnet, Brent, …" for each move, as many with names as fit the fields.

    Each has its number of councils. Returns the lowest y used in each field; None, with nothing
    written, if not even the numbers fit.
    """
    moves = defaultdict(list)
    for one in named:
        moves[from_to(Look.of(one), sheet.key.palette)].append(plain(name_of(one.council)))
    ordered = sorted(moves.items(), key=lambda item: (-len(item[1]), item[0]))
    for left_out in range(len(ordered) + 1):
        told = [
            (f"{move} {number(len(names))}", names if place >= left_out else [])
            for place, (move, names) in enumerate(ordered)
        ]
        placed = _placed(told, fields)
        if placed is not None:
            return _written(sheet, placed, fields)
    return None


def _placed(told: Sequence[_Move], fields: Sequence[Field]) -> list[list[_Move]] | None:
    """Return the moves that stand in each field, None if they do not all fit."""
    left = [int(field.height // ROW) for field in fields]
    found: list[list[_Move]] = [[] for _ in fields]
    for head, names in told:
        for place, field in enumerate(fields):
            lines = _lines(head, names, field.width)
            if lines and len(lines) <= left[place]:
                found[place].append((head, lines))
                left[place] -= len(lines)
                break
        else:
            return None
    return found


def _lines(head: str, names: Sequence[str], room: float) -> list[str]:
    """Return the lines of names after *head*, whose first line has less room; [] if too long."""
    beside = room - width_of(f"{head}:", LABEL, Weight.BOLD) - _SPACE
    if beside < 0 or any(width_of(f"{name},", LABEL) > room for name in names):
        return []
    first: list[str] = []
    words = between(names).join(names).split()
    while words and width_of(" ".join([*first, words[0]]), LABEL) <= beside:
        first.append(words.pop(0))
    return [" ".join(first), *lines_of(" ".join(words), room, LABEL)]


def _written(
    sheet: Sheet, placed: Sequence[Sequence[_Move]], fields: Sequence[Field]
) -> list[float]:
    lowest = []
    for field, moves in zip(fields, placed, strict=True):
        y = field.top
        for head, lines in moves:
            colon = ":" if any(lines) else ""
            at = (field.left, y + LABEL)
            wide = sheet.canvas.text(at, f"{head}{colon}", weight=Weight.BOLD)
            start = field.left + wide + _SPACE
            for line in lines:
                sheet.canvas.text((start, y + LABEL), line)
                start, y = field.left, y + ROW
        lowest.append(y)
    return lowest
