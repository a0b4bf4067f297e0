"""Rows of parties: the name once, and beside it bars with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.canvas import HEADING, LABEL, MARGIN, Canvas
from bot.pictures.colours import EDGE, FAINT, INK, PAPER, outline_of
from bot.pictures.lettering import Weight, width_of
from bot.pictures.picture import change_in_figures
from bot.wording.phrases import number

NAMES = 462
"""Where the names end."""
LEAST_ROW, _MOST_ROW = 54, 76
_BAR = 0.66
"""The part of a row that its bar takes."""
_LEAST = 3
_GAP = 12


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows from `top` on, each `high`."""

    top: float
    high: float

    @classmethod
    def within(cls, top: float, bottom: float, many: int, *, least: float = LEAST_ROW) -> Rows:
        """Return so *many* rows that fill the height as well as they may."""
        return cls(top, min(_MOST_ROW, max(least, (bottom - top) / max(1, many))))

    def bar(self, place: int) -> tuple[float, float]:
        """Return the upper edge and the height of a row's bar."""
        high = self.high * _BAR
        return self.top + place * self.high + (self.high - high) / 2, high

    def base(self, place: int) -> float:
        """Return the baseline of a row's text."""
        return self.top + (place + 0.5) * self.high + LABEL * 0.33

    def end(self, many: int) -> float:
        """Return where so *many* rows end."""
        return self.top + many * self.high


@dataclass(frozen=True, slots=True)
class Measure:
    """A bar with its figure, and what it was before and by how much it has changed, if known."""

    value: int
    before: int | None = None
    change: int | None = None

    @property
    def words(self) -> tuple[str, str]:
        """The figure and the change."""
        change = "" if self.change is None else change_in_figures(self.change)
        return number(self.value), change

    @property
    def reach(self) -> int:
        """How far the bar or what it was before reaches."""
        return max(self.value, self.before or 0)


def write_name(canvas: Canvas, rows: Rows, place: int, name: str, fill: str) -> None:
    """Write a party's name at the left of a row, beside a patch of its colour."""
    top, high = rows.bar(place)
    edge = EDGE if fill == PAPER else outline_of(fill)
    canvas.rect((MARGIN, top), 20, high, fill, stroke=edge)
    at = (MARGIN + 32, rows.base(place))
    canvas.text(at, name, size=LABEL, room=NAMES - MARGIN - 32)


def draw_measures(
    canvas: Canvas,
    rows: Rows,
    left: float,
    right: float,
    measures: Sequence[tuple[Measure | None, str]],
    *,
    most: int = 0,
) -> None:
    """Draw a column of bars with their fills, a row each; None leaves a row empty.

    A line marks what it was before; what was lost since stays as an outline. The longest stands for
    *most*, if that is more than any of them.
    """
    shown = [one for one, _ in measures if one is not None]
    words = max((_width(one) for one in shown), default=0.0)
    room = right - left - words - _GAP
    most = max(most, *(one.reach for one in shown), 1)
    for place, (one, fill) in enumerate(measures):
        if one is None:
            continue
        top, high = rows.bar(place)
        length = max(_LEAST, room * one.value / most) if one.value else 0.0
        end = left + length
        if length:
            canvas.rect((left, top), length, high, fill, stroke=outline_of(fill))
        if one.before is not None:
            was = left + room * one.before / most
            if was > end:
                canvas.rect((end, top), was - end, high, PAPER, stroke=EDGE, dashed=True)
            canvas.line([(was, top - 5), (was, top + high + 5)], INK, 5)
            end = max(end, was)
        figure, change = one.words
        end += _GAP
        end += canvas.heading((end, rows.base(place)), figure)
        canvas.text((end + _GAP, rows.base(place)), change, size=LABEL, fill=FAINT)


def _width(one: Measure) -> float:
    figure, change = one.words
    beside = _GAP + width_of(change, LABEL) if change else 0.0
    return width_of(figure, HEADING, Weight.BOLD) + beside


def draw_divergence(
    canvas: Canvas,
    rows: Rows,
    left: float,
    right: float,
    changes: Sequence[tuple[int | None, str]],
) -> None:
    """Draw a column of bars to both sides of a line, losses to the left; None draws nothing."""
    told = [one for one, _ in changes if one is not None]
    losses, gains = [one for one in told if one < 0], [one for one in told if one >= 0]
    before, after = _room(losses), _room(gains)
    least, most = -min(losses, default=0), max(gains, default=0)
    unit = (right - left - before - after) / (least + most or 1)
    axis = left + before + unit * least
    for place, (one, fill) in enumerate(changes):
        if one is None:
            continue
        top, high = rows.bar(place)
        length = max(_LEAST, unit * abs(one)) if one else 0.0
        if length:
            start = axis if one > 0 else axis - length
            canvas.rect((start, top), length, high, fill, stroke=outline_of(fill))
        if one < 0:
            at = (axis - length - _GAP, rows.base(place))
            canvas.heading(at, change_in_figures(one), "end")
        else:
            at = (axis + length + _GAP, rows.base(place))
            canvas.heading(at, change_in_figures(one))
    canvas.line([(axis, rows.top), (axis, rows.end(len(changes)))], INK, 3)


def _room(changes: Sequence[int]) -> float:
    """Return the width of the widest of some changes with its gap."""
    widths = (width_of(change_in_figures(one), HEADING, Weight.BOLD) for one in changes)
    return max(widths, default=0.0) + _GAP
