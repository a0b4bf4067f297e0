"""Net seats hour by hour: a curve for each party, named at its end."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.election.almanac import LONDON
from bot.election.parties import VACANT
from bot.election.superlatives import inexact_parties
from bot.pictures.canvas import HEADING, HIGH, LABEL, MARGIN, RIGHT, Canvas, Point
from bot.pictures.colours import FAINT, INK, RULE, ink_on, outline_of
from bot.pictures.hours import Hours
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import (
    Picture,
    change_in_figures,
    imprint_of,
    in_place,
    joined,
    night_and_sources,
    slug_of,
)
from bot.pictures.symbols import draw_symbol
from bot.wording.figures import basis_told, counted_from, declared_of, excluded
from bot.wording.night import NightView
from bot.wording.night_findings import movers_found, overtaken_found
from bot.wording.phrases import in_words, signed
from bot.wording.text import shortened

_MOST_CURVES = 6
_MOST_NAMED = 9
_SMALL = 0.03
"""A party whose net seats never came to this part of the largest has no curve."""
_FEWEST_AHEAD = 20
"""Who is ahead by fewer net seats has overtaken nobody worth a title."""
_EARLY = 0.25
"""Who has been ahead since this part of the moments was ahead from the first."""
_TICKS = 4
_FOOT = MARGIN + 2 * LABEL + 62
"""What is below the plot: the hours, the days and the small print."""
_LABEL = 44
_MARKERS = 4
"""The number of markers along each curve."""
_RADIUS = 13.0
_LEAD = 30
_LONGEST_NAME = 22


def timeline_picture(view: NightView) -> Picture | None:
    """Return the parties' net seats over the night.

    None until results of two moments have changes from one baseline. New councils are not counted,
    nor parties whose changes are not known exactly.
    """
    curves, baseline, state = _curves(view), view.baseline, view.state
    if not curves or baseline is None or curves[0].points[0][0] == curves[0].points[-1][0]:
        return None
    shown = _foremost(curves)
    palette = Palette(view.parties, [curve.party for curve in shown])
    finding = in_place(view, _finding(curves, view))
    label = f"Net seats {counted_from(baseline)} · {declared_of(state)}"
    canvas = Canvas()
    plot = _Plot.of(shown, palette, canvas.headline(finding, label) + 24)
    plot.scale(canvas)
    for rank, curve in reversed([*enumerate(shown)]):
        plot.draw(canvas, curve, rank, palette)
    plot.labels(canvas, shown, palette)
    imprint = imprint_of(view.councils, excluded(state))
    canvas.imprint(HIGH, imprint, source=night_and_sources(view.councils))
    every = sorted(curves, key=lambda curve: (curve not in shown, -abs(curve.last), curve.party))
    named = sorted(every[:_MOST_NAMED], key=lambda curve: -curve.last)
    rest = [curve.last for curve in every[_MOST_NAMED:]]
    told = [f"{palette.name(curve.party)} {change_in_figures(curve.last)}" for curve in named]
    told += [f"all others {change_in_figures(sum(rest))}"] if rest else []
    alt = joined(f"{finding}. {label}. {in_words(told)}.", basis_told(baseline, state, label))
    return canvas.finished(f"timeline{slug_of(view)}", HIGH, alt)


@dataclass(frozen=True)
class _Curve:
    """A party's net seats at each moment at which councils declared."""

    party: str
    points: tuple[tuple[datetime, int], ...]

    @property
    def last(self) -> int:
        """Its net seats now."""
        return self.points[-1][1]

    @cached_property
    def reach(self) -> int:
        """The most that it has been up or down."""
        return max(abs(net) for _, net in self.points)

    def at(self, moment: datetime) -> int:
        """Return its net seats at a moment."""
        return [net for when, net in self.points if when <= moment][-1]


def _curves(view: NightView) -> list[_Curve]:
    """Return the curve of each party whose changes are known."""
    moves: defaultdict[datetime, list[tuple[str, int]]] = defaultdict(list)
    inexact = inexact_parties(view.councils, view.parties)
    for one in view.councils:
        declared = one.declared
        if declared is None or declared.counted_changes is None:
            continue
        moves[declared.declared_at] += [
            (code, change)
            for code, change in declared.counted_changes.items()
            if code != VACANT and change and code not in inexact
        ]
    sums: defaultdict[str, int] = defaultdict(int)
    points: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for at in sorted(moves):
        for code, change in moves[at]:
            sums[code] += change
        for code, net in sums.items():
            points[code].append((at, net))
    first = min(moves, default=None)
    return [_Curve(code, ((first, 0), *points[code])) for code in sorted(points) if first]


def _foremost(curves: Sequence[_Curve]) -> list[_Curve]:
    """Return the curves that moved most, highest at the end first."""
    least = _SMALL * max(curve.reach for curve in curves)
    ranked = sorted(curves, key=lambda curve: (-curve.reach, curve.party))
    shown = [curve for curve in ranked if curve.reach >= least][:_MOST_CURVES]
    return sorted(shown, key=lambda curve: (-curve.last, curve.party))


def _finding(curves: Sequence[_Curve], view: NightView) -> str:
    """Return who overtook whom and when, else who is up and down most.

    Where another party fell further than the foremost rose, its fall is the news.
    """
    single = [curve for curve in curves if view.parties.get(curve.party).is_one_party]
    moved = {curve.party: curve.last for curve in single}
    ahead = max(single, key=lambda curve: curve.last, default=None)
    moments = sorted({at for curve in curves for at, _ in curve.points})
    overtaken = None
    if ahead is not None and ahead.last >= _FEWEST_AHEAD:
        others = [curve for curve in single if curve is not ahead]
        for place, moment in enumerate(moments):
            foremost = max(others, key=lambda curve: curve.at(moment), default=None)
            if foremost is not None and foremost.at(moment) >= ahead.at(moment):
                overtaken = (foremost.party, place + 1)
    if (
        ahead is None
        or overtaken is None
        or ahead.last < max(abs(curve.last) for curve in single)
        or not _EARLY * len(moments) < overtaken[1] < len(moments)
    ):
        return movers_found(moved, "seat", view.parties)
    behind, since_then = overtaken
    moment, first = (at.astimezone(LONDON) for at in (moments[since_then], moments[0]))
    when = f"{moment:%H:%M}" if moment.date() == first.date() else f"{moment:%H:%M} on {moment:%A}"
    return overtaken_found(ahead.party, behind, when, ahead.last, view.parties)


@dataclass(frozen=True, slots=True)
class _Plot:
    """The scales of time and net seats."""

    hours: Hours
    lowest: int
    highest: int
    step: int
    top: float
    bottom: float

    @classmethod
    def of(cls, curves: Sequence[_Curve], palette: Palette, top: float) -> _Plot:
        """Return the scales on which *curves* fill the sheet, with room for their names."""
        every = [net for curve in curves for _, net in curve.points]
        step = _step(max(*every, 0) - min(*every, 0))
        lowest = math.floor(min(*every, 0) / step) * step
        highest = max(math.ceil(max(*every, 0) / step) * step, lowest + step)
        ticks = [signed(net) for net in (lowest, highest) if net]
        left = MARGIN + max(width_of(words, LABEL) for words in ticks) + 14
        names = max(_end_width(curve, palette) for curve in curves)
        right = RIGHT - names - _LEAD - 2 * _RADIUS - 8
        hours = Hours.of({at for curve in curves for at, _ in curve.points}, left, right)
        return cls(hours, lowest, highest, step, top, HIGH - _FOOT)

    def place(self, at: datetime, net: float) -> Point:
        """Return the point of a moment and a net figure."""
        high = self.bottom - self.top
        y = self.bottom - high * (net - self.lowest) / (self.highest - self.lowest)
        return self.hours.x(at), y

    def scale(self, canvas: Canvas) -> None:
        """Draw the grid of round figures, and the hours and days beneath."""
        for net in range(self.lowest, self.highest + 1, self.step):
            _, y = self.place(self.hours.moments[0], net)
            ends = [(self.hours.left, y), (self.hours.right, y)]
            canvas.line(ends, INK if net == 0 else RULE, 3 if net == 0 else 1.5)
            at = (self.hours.left - 14, y + LABEL * 0.34)
            words = signed(net) if net else "0"
            canvas.text(at, words, size=LABEL, fill=FAINT, anchor="end", on_scale=True)
        for left, right in self.hours.breaks:
            for x in (left, right):
                canvas.line([(x, self.top), (x, self.bottom)], RULE, 1.5, dashed=True)
            middle = (left + right) / 2
            for x in (middle - 5, middle + 5):
                canvas.line([(x - 5, self.bottom + 10), (x + 5, self.bottom - 10)], FAINT, 3)
        for x, hour, day in self.hours.labels():
            canvas.line([(x, self.bottom), (x, self.bottom + 10)], FAINT, 2)
            for words, y in ((hour, self.bottom + 48), (day, self.bottom + 86)):
                canvas.text((x, y), words, size=LABEL, fill=FAINT, anchor="middle", on_scale=True)

    def draw(self, canvas: Canvas, curve: _Curve, rank: int, palette: Palette) -> None:
        """Draw a curve in steps, with its party's symbol along it."""
        fill = palette.fill(curve.party)
        stairs: list[Point] = []
        for at, net in curve.points:
            x, y = self.place(at, net)
            stairs += [(x, stairs[-1][1])] if stairs else []
            stairs.append((x, y))
        canvas.line(stairs, outline_of(fill), 9)
        canvas.line(stairs, fill, 5)
        moments = self.hours.moments
        for turn in range(_MARKERS):
            # Those of each curve are offset, so that they do not cover each other.
            part = (turn + (rank + 1) / (_MOST_CURVES + 1)) / _MARKERS
            at = moments[int(part * (len(moments) - 1))]
            _marker(canvas, self.place(at, curve.at(at)), curve.party, palette)

    def labels(self, canvas: Canvas, curves: Sequence[_Curve], palette: Palette) -> None:
        """Write each curve's name and last value at its end, without overlaps."""
        ends = [self.place(self.hours.moments[-1], curve.last)[1] for curve in curves]
        places = _apart(ends, self.top, self.bottom)
        for curve, end, y in zip(curves, ends, places, strict=True):
            outline = outline_of(palette.fill(curve.party))
            x = self.hours.right + _LEAD
            canvas.line([(self.hours.right, end), (x, y)], outline, 3)
            _marker(canvas, (x + _RADIUS, y), curve.party, palette)
            at = (x + 2 * _RADIUS + 8, y + LABEL * 0.34)
            wide = canvas.text(at, _name(curve, palette), size=LABEL)
            words = change_in_figures(curve.last)
            canvas.text((at[0] + wide + 10, at[1]), words, size=HEADING, weight=Weight.BOLD)


def _name(curve: _Curve, palette: Palette) -> str:
    return shortened(palette.name(curve.party).replace(" and ", ", "), _LONGEST_NAME)


def _end_width(curve: _Curve, palette: Palette) -> float:
    figure = width_of(change_in_figures(curve.last), HEADING, Weight.BOLD)
    return width_of(_name(curve, palette), LABEL) + 10 + figure


def _marker(canvas: Canvas, middle: Point, party: str, palette: Palette) -> None:
    """Draw a dot in a party's colour with its symbol."""
    fill = palette.fill(party)
    canvas.circle(middle, _RADIUS, fill, stroke=INK)
    draw_symbol(canvas, middle, _RADIUS, ink_on(fill), palette.symbol(party))


def _apart(wanted: Sequence[float], top: float, bottom: float) -> list[float]:
    """Return y positions near those *wanted* that leave room for a label each."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + _LABEL) if placed else max(y, top))
    ceiling = bottom
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - _LABEL
    return placed


def _step(span: int) -> int:
    """Return a round step that divides a span into about four."""
    least, size = max(1, span // _TICKS), 1
    while True:
        for factor in (1, 2, 5):
            if size * factor >= least:
                return size * factor
        size *= 10
