"""Net seats over the night: a curve for each party, each with its own marker."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.election.almanac import LONDON
from bot.election.parties import VACANT
from bot.election.standings import CouncilStanding
from bot.pictures.canvas import BODY, MARGIN, RIGHT, SMALL, Canvas, Point
from bot.pictures.colours import FAINT, INK, RULE, outline_of
from bot.pictures.lettering import Weight
from bot.pictures.party_colours import MARK_HEIGHT, MARK_WIDTH, Palette, mark
from bot.pictures.picture import Picture, change_in_figures, night_and_sources, of_place, slug_of
from bot.wording.figures import declared_of, left_out_words, since
from bot.wording.night import NightView
from bot.wording.phrases import in_words, sentence_case, signed, weekday

_MOST_CURVES = 6
_HIGH = 640.0
_TICKS = 6
_LABEL = MARK_HEIGHT + 8
_MARKERS = 5
"""The number of markers along each curve."""
_RADIUS = 10.0
_MOST_HOURS = 7
"""The most labels that fit side by side."""


def timeline_picture(view: NightView) -> Picture | None:
    """Return the parties' net seats over the night.

    None until results of two moments have changes from one baseline. New councils are not counted.
    """
    curves, baseline, state = _curves(view.councils), view.baseline, view.state
    if not curves or baseline is None or curves[0].points[0][0] == curves[0].points[-1][0]:
        return None
    palette = Palette(view.parties, [curve.party for curve in curves])
    title = f"Net seats as the night went{of_place(view)}"
    basis = f"{sentence_case(since(baseline))}{left_out_words(state)}."
    canvas = Canvas()
    top = canvas.head(title, f"{sentence_case(declared_of(state))}. {basis}") + 44
    plot = _Plot.of(curves, top)
    plot.scale(canvas)
    for rank, curve in reversed([*enumerate(curves)]):
        plot.draw(canvas, curve, rank, palette.fill(curve.party))
    plot.labels(canvas, curves, palette)
    foremost = "" if len(curves) < _MOST_CURVES else "The parties that moved most."
    letters = ", ".join(
        f"{palette.letters(curve.party)} {palette.name(curve.party)}"
        for curve in curves
        if palette.letters(curve.party) != palette.name(curve.party)
    )
    height = canvas.foot(
        plot.bottom + 112,
        f"{letters}." if letters else "",
        foremost,
        source=night_and_sources(view.councils),
    )
    told = [f"{palette.name(curve.party)} {change_in_figures(curve.last)}" for curve in curves]
    alt = f"{title}: {declared_of(state)}. {basis} {in_words(told)}."
    return canvas.finished(f"timeline{slug_of(view)}", height, alt)


@dataclass(frozen=True, slots=True)
class _Curve:
    """A party's net seats at each moment at which councils declared."""

    party: str
    points: tuple[tuple[datetime, int], ...]

    @property
    def last(self) -> int:
        return self.points[-1][1]


def _curves(standings: Sequence[CouncilStanding]) -> list[_Curve]:
    """Return the curves of the parties that moved most, highest at the end first."""
    moves: defaultdict[datetime, list[tuple[str, int]]] = defaultdict(list)
    for one in standings:
        declared = one.declared
        if declared is None or declared.counted_changes is None:
            continue
        moved = [(code, n) for code, n in declared.counted_changes.items() if code != VACANT and n]
        moves[declared.declared_at] += moved
    sums: defaultdict[str, int] = defaultdict(int)
    points: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for at in sorted(moves):
        for code, change in moves[at]:
            sums[code] += change
        for code, net in sums.items():
            points[code].append((at, net))
    first = min(moves, default=None)
    foremost = sorted(points, key=lambda code: (-max(abs(net) for _, net in points[code]), code))
    curves = [
        _Curve(code, ((first, 0), *points[code])) for code in foremost[:_MOST_CURVES] if first
    ]
    return sorted(curves, key=lambda curve: (-curve.last, curve.party))


@dataclass(frozen=True, slots=True)
class _Plot:
    """The scales of time and net seats."""

    start: datetime
    end: datetime
    lowest: int
    highest: int
    step: int
    top: float
    left: float = MARGIN + 104.0
    right: float = RIGHT - 250.0

    @classmethod
    def of(cls, curves: Sequence[_Curve], top: float) -> _Plot:
        every = [net for curve in curves for _, net in curve.points]
        span = max(*every, 0) - min(*every, 0)
        step = _step(span)
        lowest = math.floor(min(*every, 0) / step) * step
        highest = max(math.ceil(max(*every, 0) / step) * step, lowest + step)
        moments = [at for curve in curves for at, _ in curve.points]
        return cls(min(moments), max(moments), lowest, highest, step, top)

    @property
    def bottom(self) -> float:
        """The lowest y of the plot."""
        return self.top + _HIGH

    def place(self, at: datetime, net: float) -> Point:
        """Return the point of a moment and a net figure."""
        x = self.left + (self.right - self.left) * ((at - self.start) / (self.end - self.start))
        y = self.bottom - _HIGH * (net - self.lowest) / (self.highest - self.lowest)
        return x, y

    def scale(self, canvas: Canvas) -> None:
        """Draw the grid of round figures, and the hours and days beneath."""
        for net in range(self.lowest, self.highest + 1, self.step):
            _, y = self.place(self.start, net)
            ends = [(self.left, y), (self.right, y)]
            canvas.line(ends, INK if net == 0 else RULE, 3 if net == 0 else 1.5)
            words = signed(net) if net else "0"
            at = (self.left - 16, y + 9)
            canvas.text(at, words, size=SMALL, fill=FAINT, anchor="end", on_scale=True)
        day = ""
        for moment in _hours(self.start, self.end):
            x, _ = self.place(moment, 0)
            canvas.line([(x, self.bottom), (x, self.bottom + 12)], FAINT, 2)
            for words, y in (
                (f"{moment.astimezone(LONDON):%H:%M}", self.bottom + 42),
                (weekday(moment)[:3] if weekday(moment) != day else "", self.bottom + 78),
            ):
                canvas.text((x, y), words, size=SMALL, fill=FAINT, anchor="middle", on_scale=True)
            day = weekday(moment)

    def draw(self, canvas: Canvas, curve: _Curve, rank: int, fill: str) -> None:
        """Draw a curve in steps, with the markers of its rank."""
        stairs: list[Point] = []
        for at, net in curve.points:
            x, y = self.place(at, net)
            stairs += [(x, stairs[-1][1])] if stairs else []
            stairs.append((x, y))
        canvas.line(stairs, outline_of(fill), 8)
        canvas.line(stairs, fill, 4)
        span = (self.end - self.start) / _MARKERS
        for turn in range(_MARKERS):
            # Markers of each curve are offset, so that they do not cover each other.
            at = self.start + span * (turn + (rank + 1) / (_MOST_CURVES + 1))
            net = [net for moment, net in curve.points if moment <= at][-1]
            _marker(canvas, self.place(at, net), rank, fill)

    def labels(self, canvas: Canvas, curves: Sequence[_Curve], palette: Palette) -> None:
        """Write each curve's marker, mark and last value at its end, without overlaps."""
        ends = [self.place(self.end, curve.last)[1] for curve in curves]
        for rank, (curve, y) in enumerate(zip(curves, _apart(ends, self.bottom), strict=True)):
            fill = palette.fill(curve.party)
            canvas.line([(self.right, ends[rank]), (self.right + 22, y)], outline_of(fill), 2)
            _marker(canvas, (self.right + 34, y), rank, fill)
            mark(canvas, (self.right + 54, y - MARK_HEIGHT / 2), palette, curve.party)
            words = change_in_figures(curve.last)
            at = (self.right + 54 + MARK_WIDTH + 12, y + 11)
            canvas.text(at, words, size=BODY, weight=Weight.BOLD)


_SHAPES: Sequence[Sequence[tuple[float, float]]] = (
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    ((0, 1.2), (1.1, -0.8), (-1.1, -0.8)),
    ((-1.2, -0.7), (0, -0.2), (1.2, -0.7), (1.2, 0.7), (0, 0.2), (-1.2, 0.7)),
)
"""A square, triangle, diamond, inverted triangle and bow, relative to a radius."""


def _marker(canvas: Canvas, middle: Point, rank: int, fill: str) -> None:
    """Draw the marker of a rank: a circle for the first, else one of the shapes."""
    x, y = middle
    if rank == 0:
        canvas.circle(middle, _RADIUS, fill, stroke=INK)
        return
    corners = [(x + _RADIUS * dx, y + _RADIUS * dy) for dx, dy in _SHAPES[rank - 1]]
    canvas.polygon(corners, fill, stroke=INK)


def _apart(wanted: Sequence[float], bottom: float) -> list[float]:
    """Return y positions near those *wanted* that leave room for a label each."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + _LABEL) if placed else y)
    ceiling = bottom
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - _LABEL
    return placed


def _step(span: int) -> int:
    """Return a round step that divides a span into about six."""
    least, size = max(1, span // _TICKS), 1
    while True:
        for factor in (1, 2, 5):
            if size * factor >= least:
                return size * factor
        size *= 10


def _hours(start: datetime, end: datetime) -> list[datetime]:
    """Return up to seven full hours between two moments at round times of the day.

    If there are fewer than two, the two moments themselves.
    """
    hours = (end - start) / timedelta(hours=1)
    step = next(
        (each for each in (1, 2, 3, 6, 12, 24) if hours / each < _MOST_HOURS),
        24 * math.ceil(hours / 24 / _MOST_HOURS),
    )
    local = start.astimezone(LONDON)
    moment = local.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while moment <= end:
        if moment >= start:
            found.append(moment)
        moment += timedelta(hours=step)
    return found if len(found) > 1 else [start, end]
