"""The typeface of the pictures, and the width of text in it."""

from __future__ import annotations

import functools
from enum import StrEnum
from pathlib import Path

import font_source_sans_pro  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FAMILY = "Source Sans Pro"
ASCENT, DESCENT = 0.74, 0.21
"""How far letters reach above and below the baseline, relative to the size."""

_ELLIPSIS = "…"
_FALLBACK = "W"
"""The letter whose width is assumed for letters missing in the typeface."""


class Weight(StrEnum):
    """How heavy the letters are."""

    REGULAR = "Regular"
    SEMIBOLD = "Semibold"
    BOLD = "Bold"

    @property
    def number(self) -> int:
        """The weight in CSS."""
        return {"Regular": 400, "Semibold": 600, "Bold": 700}[self.value]


def font_files() -> tuple[Path, ...]:
    """Return the files of the typeface, one a weight."""
    folder = Path(font_source_sans_pro.font_directory)
    return tuple(folder / f"SourceSansPro-{weight}.ttf" for weight in Weight)


@functools.lru_cache(maxsize=4_096)  # councils, parties and small numbers come again and again
def width_of(text: str, size: float, weight: Weight = Weight.REGULAR) -> float:
    """Return the width of a text in pixels; kerning could only make it narrower."""
    widths, units, fallback = _metrics(weight)
    return sum(widths.get(ord(letter), fallback) for letter in text) * size / units


def fitting_size(text: str, room: float, largest: float, weight: Weight = Weight.REGULAR) -> float:
    """Return the size, at most *largest*, at which a text fits a room in pixels."""
    width = width_of(text, largest, weight)
    return largest if width <= room else largest * room / width


def fitted(text: str, room: float, size: float, weight: Weight = Weight.REGULAR) -> str:
    """Return a text cut to a room in pixels, with an ellipsis if anything is cut."""
    if width_of(text, size, weight) <= room:
        return text
    kept = text
    while kept and width_of(kept.rstrip() + _ELLIPSIS, size, weight) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS if kept else ""


def lines_of(text: str, room: float, size: float, weight: Weight = Weight.REGULAR) -> list[str]:
    """Return a text in lines that fit a room in pixels; longer words are cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(word, room, size, weight))
    return lines


def lines_within(text: str, room: float, size: float, weight: Weight, most: int) -> list[str]:
    """Return a text in at most so many lines, the last of them cut where it has more."""
    lines = lines_of(text, room, size, weight)
    if len(lines) <= most:
        return lines
    rest = " ".join(lines[most - 1 :])
    return [*lines[: most - 1], fitted(rest, room, size, weight)]


def balanced_room(text: str, room: float, size: float, weight: Weight) -> float:
    """Return the narrowest room in which a text needs no more lines."""
    lines = len(lines_of(text, room, size, weight))
    longest = max((width_of(word, size, weight) for word in text.split()), default=0.0)
    narrow = room
    while lines > 1 and narrow * 0.97 > longest:
        if len(lines_of(text, narrow * 0.97, size, weight)) > lines:
            break
        narrow *= 0.97
    return narrow


@functools.cache
def _metrics(weight: Weight) -> tuple[dict[int, int], int, int]:
    """Return the advance width of each letter, the units per em, and the fallback width."""
    path = font_files()[list(Weight).index(weight)]
    with TTFont(path, lazy=True) as font:
        advances = font["hmtx"]
        widths = {code: advances[name][0] for code, name in font.getBestCmap().items()}
        units = font["head"].unitsPerEm
    return widths, units, widths[ord(_FALLBACK)]
