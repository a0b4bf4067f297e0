"""The canvas that pictures are drawn on: shapes and texts as SVG.

The box of every text is kept, so that tests can find overlaps and overflow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, Unpack
from xml.sax.saxutils import escape, quoteattr

from bot.pictures.colours import EDGE, FAINT, INK, PAPER, ink_on
from bot.pictures.lettering import (
    ASCENT,
    DESCENT,
    FAMILY,
    Weight,
    balanced_room,
    fitted,
    lines_within,
    width_of,
)
from bot.pictures.picture import Box, Picture

Point = tuple[float, float]

WIDTH = 1_200
HIGH, HIGHEST = 675, 900
"""The height of a picture in a chat, 16:9, and the most: what Discord shows at its full width."""
BOX = (400, 300)
"""The box in pixels into which Discord fits an embed's image in a channel."""
LEAST_SHOWN = 11
"""The smallest text in pixels as a channel shows it."""
MARGIN = 48
TITLE, HEADING, LABEL, SMALL = 52, 36, 34, 28
"""Sizes in pixels. `SMALL` is for large pictures; a channel shows a third of the others."""
RIGHT = WIDTH - MARGIN
ROOM = WIDTH - 2 * MARGIN
FOOT = LABEL + MARGIN + 8
"""How much of the height the line of small print takes."""

_TITLE_OF_TWO = 46
"""The size of a title that needs two lines."""
_LEADING = 1.25
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
_CORNER = 20
_MOST_SMALL_PRINT = 9
"""Enough lines of small print for omissions and sources to be never cut."""


class _Edge(TypedDict, total=False):
    stroke: str | None
    stroke_width: float
    dashed: bool


class Canvas:
    """A canvas of fixed width whose height is set at the end, rendered at *zoom* times its size.

    A *large* picture is opened on purpose, and may have smaller texts and any height.
    """

    def __init__(self, zoom: float = 1, *, large: bool = False) -> None:
        self._zoom = zoom
        self._large = large
        self._parts: list[str] = []
        self._boxes: list[Box] = []
        self._title = ""
        self._source = ""

    def rect(
        self,
        corner: Point,
        width: float,
        height: float,
        fill: str,
        *,
        radius: float = 0,
        **edge: Unpack[_Edge],
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        x, y = corner
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{height:.1f}"'
            f' rx="{radius}" {_paint(fill, **edge)}/>'
        )

    def circle(self, middle: Point, radius: float, fill: str, **edge: Unpack[_Edge]) -> None:
        """Draw a circle."""
        x, y = middle
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {_paint(fill, **edge)}/>'
        )

    def polygon(self, corners: Iterable[Point], fill: str, **edge: Unpack[_Edge]) -> None:
        """Draw a closed shape."""
        self._parts.append(f'<polygon points="{_points(corners)}" {_paint(fill, **edge)}/>')

    def line(
        self, points: Iterable[Point], stroke: str, stroke_width: float, *, dashed: bool = False
    ) -> None:
        """Draw a line through points."""
        paint = _paint("none", stroke, stroke_width, dashed)
        self._parts.append(
            f'<polyline points="{_points(points)}" {paint} stroke-linejoin="round"/>'
        )

    def text(
        self,
        at: Point,
        text: str,
        *,
        size: float = LABEL,
        weight: Weight = Weight.REGULAR,
        fill: str = INK,
        on: str = PAPER,
        anchor: str = "start",
        room: float | None = None,
        on_scale: bool = False,
    ) -> float:
        """Write a line with its start, middle or end at a point of the baseline; return its width.

        It is cut to *room*; *on* is the colour beneath it.
        """
        shown = fitted(text, room, size, weight) if room is not None else text
        if not shown:
            return 0.0
        x, y = at
        width = width_of(shown, size, weight)
        left = x - _ANCHORS[anchor] * width
        top, bottom = y - ASCENT * size, y + DESCENT * size
        left, top, right, bottom = (z * self._zoom for z in (left, top, left + width, bottom))
        self._boxes.append(Box(left, top, right, bottom, shown, fill, on, on_scale))
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.4g}" font-weight="{weight.number}"'
            f' fill="{fill}" text-anchor="{anchor}">{escape(shown)}</text>'
        )
        return width

    def heading(self, at: Point, text: str, anchor: str = "start") -> float:
        """Write a heading, or a figure of that size."""
        return self.text(at, text, size=HEADING, weight=Weight.BOLD, anchor=anchor)

    def lettered(self, middle: Point, text: str, size: float, fill: str, weight: Weight) -> None:
        """Write letters centred on a point of the baseline, on a *fill*."""
        ink = ink_on(fill)
        self.text(middle, text, size=size, weight=weight, fill=ink, on=fill, anchor="middle")

    def paragraph(
        self,
        at: Point,
        text: str,
        room: float = ROOM,
        *,
        size: float = LABEL,
        weight: Weight = Weight.REGULAR,
        fill: str = INK,
        most_lines: int = 3,
    ) -> float:
        """Write a text in lines from a baseline on; return the last baseline."""
        x, y = at
        lines = lines_within(text, room, size, weight, most_lines)
        for place, line in enumerate(lines):
            self.text((x, y + place * size * _LEADING), line, size=size, weight=weight, fill=fill)
        return y + max(0, len(lines) - 1) * size * _LEADING

    def headline(self, finding: str, label: str) -> float:
        """Write the *finding* as the title, and the *label* below it, each in one or two lines.

        The label says what is drawn. Returns the lowest y used.
        """
        self._title = finding
        y = MARGIN + TITLE * ASCENT - 8
        most = TITLE if width_of(finding, TITLE, Weight.BOLD) <= ROOM else _TITLE_OF_TWO
        room = balanced_room(finding, ROOM, most, Weight.BOLD)
        y = self.paragraph((MARGIN, y), finding, room, size=most, weight=Weight.BOLD, most_lines=2)
        if label:
            y += LABEL * _LEADING
            y = self.paragraph((MARGIN, y), label, fill=FAINT, most_lines=2)
        return y + LABEL * 0.5

    def imprint(self, height: float, words: str, *, source: str = "") -> None:
        """Write the small print, one line at the foot of a picture of that *height*.

        *source* is the same at length, for the picture's description; *words* without it.
        """
        self._source = source or words
        y = height - MARGIN + LABEL * 0.6
        self.text((MARGIN, y), words, size=LABEL, fill=FAINT, room=ROOM)

    def foot(self, y: float, *sentences: str, source: str) -> float:
        """Write the small print of a large picture, the *source* last; return its height."""
        self._source = source
        text = " ".join(filter(None, (*sentences, source)))
        at = (MARGIN, y + SMALL * 1.2)
        lowest = self.paragraph(at, text, size=SMALL, fill=FAINT, most_lines=_MOST_SMALL_PRINT)
        return lowest + MARGIN

    def finished(self, name: str, height: float, alt: str) -> Picture:
        """Return the picture, *height* pixels high before zoom, described by *alt* and source."""
        alt = f"{alt} {self._source}".strip()
        high = round(height)
        wide, tall = round(WIDTH * self._zoom), round(high * self._zoom)
        sheet = (
            f'<rect x="1" y="1" width="{WIDTH - 2}" height="{high - 2}" rx="{_CORNER}"'
            f' fill="{PAPER}" stroke="{EDGE}" stroke-width="2"/>'
        )
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}"'
            f' viewBox="0 0 {WIDTH} {high}" font-family={quoteattr(FAMILY)} role="img">'
            f"<title>{escape(alt)}</title>{sheet}{''.join(self._parts)}</svg>"
        )
        boxes = tuple(self._boxes)
        return Picture(name, self._title, svg, alt, wide, tall, boxes, large=self._large)


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _paint(
    fill: str, stroke: str | None = None, stroke_width: float = 2, dashed: bool = False
) -> str:
    lines = f' stroke="{stroke}" stroke-width="{stroke_width:g}"' if stroke else ""
    dashes = f' stroke-dasharray="{stroke_width * 3:g} {stroke_width * 2:g}"' if dashed else ""
    return f'fill="{fill}"{lines}{dashes if stroke else ""}'
