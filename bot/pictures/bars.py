"""Bars: a row for each party, candidate or place, with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.canvas import HEADING, MARGIN, RIGHT, Canvas
from bot.pictures.colours import EDGE, PAPER, outline_of
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import MARK_WIDTH, labelled

ROW = 80
_BAR = 34
_LEFT = MARGIN + MARK_WIDTH + 16
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its mark (letters on a fill), name, length and figure, and the text at its end.

    The part up to `first` is drawn solid, the rest hatched.
    """

    letters: str
    fill: str
    name: str
    value: float
    figure: str
    beside: str = ""
    first: float | None = None


def draw_bars(
    canvas: Canvas,
    y: float,
    heading: str,
    bars: Sequence[Bar],
    *,
    beside: str = "",
) -> float:
    """Draw *bars* under headings for them and for the texts *beside*; return the lowest y used."""
    canvas.heading((MARGIN, y + HEADING), heading)
    canvas.small((RIGHT, y + HEADING), beside, "end")
    y += HEADING + 38
    ends = max((width_of(bar.beside, HEADING) for bar in bars), default=0.0)
    figures = max((width_of(bar.figure, HEADING, Weight.BOLD) for bar in bars), default=0.0)
    room = RIGHT - _LEFT - figures - ends - 60
    most = max((bar.value for bar in bars), default=0) or 1
    for bar in bars:
        labelled(canvas, (MARGIN, y + 20), bar.letters, bar.fill)
        canvas.small((_LEFT, y + 14), bar.name, room=RIGHT - _LEFT)
        length = max(_LEAST, room * bar.value / most) if bar.value else 0.0
        if length:
            _bar(canvas, y + 26, length, bar)
        base = y + 26 + _BAR - 5
        at = (_LEFT + length + (14 if length else 0), base)
        canvas.heading(at, bar.figure)
        canvas.text((RIGHT, base), bar.beside, size=HEADING, anchor="end")
        if ends:
            # A rule leads the eye from the bar to the text at the far end.
            canvas.rule(y + ROW - 11)
        y += ROW
    return y


def _bar(canvas: Canvas, y: float, length: float, bar: Bar) -> None:
    edge = EDGE if bar.fill == PAPER else outline_of(bar.fill)
    full = length if bar.first is None else length * min(1.0, bar.first / bar.value)
    canvas.rect((_LEFT, y), full, _BAR, bar.fill, stroke=edge)
    if full < length:
        canvas.rect((_LEFT + full, y), length - full, _BAR, PAPER, stroke=edge)
        x = _LEFT + full + 6
        while x + 3 < _LEFT + length:
            canvas.rect((x, y), 4, _BAR, outline_of(bar.fill))
            x += 10
