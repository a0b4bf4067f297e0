"""Pages of what was published beside what the bot answers, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable


def told_of(answer: str, about: Iterable[str]) -> str:
    """Return an answer's title and the lines that have one of the words *about*, as sentences."""
    title, *rest = answer.splitlines()
    words = tuple(about)
    lines = [title, *(line for line in rest if any(word in line for word in words))]
    return " ".join(line if line[-1] in ".!?" else f"{line}." for line in lines)


def row_of(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def page_of(introduction: str, columns: Iterable[str], rows: Iterable[object]) -> str:
    """Return the whole page."""
    heads = list(columns)
    lines = [row_of(heads), row_of("---" for _ in heads), *map(str, rows)]
    return introduction + "\n" + "\n".join(lines) + "\n"
