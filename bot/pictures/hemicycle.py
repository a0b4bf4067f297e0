"""A chamber: each seat a dot in rows around the well, the largest party from the left.

A party whose dots pass the line in the middle has a majority. Dots have the symbols of their
parties, and each party's name and figures stand beside its sector.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.election.parties import INDEPENDENT, VACANT
from bot.election.seats import Composition
from bot.pictures.canvas import LABEL, MARGIN, ROOM, WIDTH, Canvas, Point
from bot.pictures.colours import EDGE, FAINT, INK, ink_on, outline_of
from bot.pictures.lettering import Weight, lines_of, lines_within, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import ROOM_FOR_NAMES, joined
from bot.pictures.symbols import draw_symbol
from bot.wording.phrases import in_words, number

_WELL = 0.38
"""The radius of the well relative to the outermost row."""
_MOST_ROWS = 24
_MOST_RADIUS = 272
"""Leaves room beside the chamber for names as long as "Ulster Unionists"."""
_BASE, _BASE_ALONE = 508, 590
_BAR_TOP, _BAR = 582, 28
_LINE = 40
_GAP = 14
_REACH, _SAMPLE = 16, 13
"""How far labels stand from the outermost dots, and the radius of the seat beside each."""
_MOST_NAME_LINES = 3
_SPACE = 9
"""Between a name and its figures on one line."""


_Line = Sequence[tuple[str, Weight]]
"""What stands on one line of a label, each part in its weight."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place by its angle (0 on the right, pi on the left) and distance from the centre."""

    angle: float
    distance: float


@dataclass(frozen=True, slots=True)
class Label:
    """What stands beside a party's sector: its name and its figures, seats first."""

    name: str
    figures: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a part of a picture says: what is drawn, and with what had no room there."""

    short: str
    whole: str


def described(*parts: Told | str) -> str:
    """Return parts as a picture's description, each as a whole if there is room for all."""
    whole = joined(*(one if isinstance(one, str) else one.whole for one in parts))
    if len(whole) <= ROOM_FOR_NAMES:
        return whole
    return joined(*(one if isinstance(one, str) else one.short for one in parts))


@dataclass(frozen=True, slots=True)
class _Block:
    """A label in lines, beside the middle of a sector; `y` is its own. Of several no `code`."""

    code: str | None
    lines: Sequence[_Line]
    angle: float
    seats: int
    y: float = 0.0

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE


@dataclass(frozen=True, slots=True)
class Chamber:
    """The *seats* of a chamber below *top*, and above a bar if it *has_before*."""

    seats: Composition
    palette: Palette
    top: float
    has_before: bool
    counted: int | None = None
    """How many seats, from the left, a majority is of: all of them, or only the filled ones."""

    @property
    def base(self) -> float:
        """How low it reaches: above the bar of the seats before, if there is one."""
        return _BASE if self.has_before else _BASE_ALONE

    @property
    def radius(self) -> float:
        """The radius of the outermost row."""
        return min(_MOST_RADIUS, (self.base - self.top - LABEL - 30) / 1.08)

    def draw(
        self, canvas: Canvas, labels: Mapping[str, Label], *, majority: str, well: str
    ) -> list[list[str]]:
        """Draw it with the line of a *majority* and a label for each party.

        The words in the *well* are cut to their first where it is narrow.
        Returns the parties that had no room, as the groups that they are counted in.
        """
        x, y = WIDTH / 2, self.base
        places, dot = _places(self.seats.total, self.radius)
        half = math.pi * (1 - (self.counted or self.seats.total) / 2 / self.seats.total)
        inner, outer = self.radius * _WELL - dot - 12, self.radius + dot + 14
        ends = [(x + r * math.cos(half), y - r * math.sin(half)) for r in (inner, outer)]
        canvas.line(ends, INK, 4, dashed=True)
        at = (ends[1][0], ends[1][1] - 12)
        canvas.text(at, majority, size=LABEL, anchor="middle", weight=Weight.SEMIBOLD)
        room = 2 * (self.radius * _WELL - dot) - 8
        words = well if width_of(well, LABEL, Weight.BOLD) <= room else well.partition(" ")[0]
        canvas.text((x, y), words, size=LABEL, weight=Weight.BOLD, anchor="middle")
        codes = [code for code, held in self.seats.items() for _ in range(held)]
        angles: dict[str, list[float]] = {}
        for place, code in zip(places, codes, strict=True):
            angles.setdefault(code, []).append(place.angle)
            at = (
                x + place.distance * math.cos(place.angle),
                y - place.distance * math.sin(place.angle),
            )
            seat(canvas, at, dot, self.palette, code)
        return self._labels(canvas, labels, angles, self.radius + dot)

    def _labels(
        self,
        canvas: Canvas,
        labels: Mapping[str, Label],
        angles: Mapping[str, Sequence[float]],
        outside: float,
    ) -> list[list[str]]:
        """Write the labels on both sides, each beside its sector; return those left out."""
        left_out: list[list[str]] = []
        for side in (-1, 1):
            ours = [
                code for code, at in angles.items() if (_middle(at) > math.pi / 2) == (side < 0)
            ]
            room = WIDTH / 2 - outside - _REACH - 2.6 * _SAMPLE - MARGIN
            blocks = {
                code: _Block(
                    code, _lines(labels[code], room), _middle(angles[code]), self.seats[code]
                )
                for code in ours
                if code in labels
            }
            briefs = {
                code: brief
                for code, block in blocks.items()
                if (brief := self._brief(block, labels[code], room)) is not None
            }
            shown, rest = self._fitting(blocks, briefs, room)
            left_out += [rest] if rest else []
            edge = WIDTH / 2 + side * (outside + _REACH)
            for block in self._spread(shown, outside):
                self._write(canvas, block, side, edge)
        return left_out

    def _brief(self, block: _Block, label: Label, room: float) -> _Block | None:
        """Return a label of several lines in one, with a party's letters; None if there is none.

        Nobody knows the letters of a party that no table has: it keeps its name, with its seats.
        """
        if block.code is None or block.code == VACANT or len(block.lines) == 1:
            return None
        brief = Label(label.name, label.figures.split(" ")[0].rstrip(","))
        if self.palette.parties.get(block.code).known:
            brief = Label(self.palette.letters(block.code), label.figures)
        lines = _lines(brief, room)
        return replace(block, lines=lines) if len(lines) == 1 else None

    def _fitting(
        self, blocks: Mapping[str, _Block], briefs: Mapping[str, _Block], room: float
    ) -> tuple[list[_Block], list[str]]:
        """Return as many blocks as there is height for.

        The smallest parties are told in brief, and where that is not enough as one.
        """
        kept, short = dict(blocks), dict(briefs)
        rest: list[str] = []
        height = self.base - self.top
        while True:
            found = [*kept.values()]
            if rest:
                seats = sum(blocks[code].seats for code in rest)
                more = Label(f"{number(len(rest))} more:", number(seats))
                angle = _middle([blocks[code].angle for code in rest])
                found.append(_Block(None, _lines(more, room), angle, seats))
            if sum(one.height + _GAP for one in found) - _GAP <= height or not kept:
                return found, rest
            if short:
                code = min(reversed(short), key=lambda code: short[code].seats)
                kept[code] = short.pop(code)
                continue
            least = min(kept, key=lambda code: kept[code].seats)
            last = [code for code in kept if kept[code].seats == kept[least].seats][-1]
            rest.append(last)
            del kept[last]

    def _spread(self, blocks: Sequence[_Block], outside: float) -> list[_Block]:
        """Return blocks each as near as possible to its sector, none over another."""
        wanted = [replace(one, y=self.base - outside * math.sin(one.angle)) for one in blocks]
        wanted.sort(key=lambda one: one.y)
        placed: list[_Block] = []
        lowest = self.top
        for one in wanted:
            y = max(one.y, lowest + one.height / 2)
            placed.append(replace(one, y=y))
            lowest = y + one.height / 2 + _GAP
        found: list[_Block] = []
        highest = self.base + 4
        for one in reversed(placed):
            y = min(one.y, highest - one.height / 2)
            found.append(replace(one, y=y))
            highest = y - one.height / 2 - _GAP
        return found

    def _write(self, canvas: Canvas, block: _Block, side: int, edge: float) -> None:
        """Write a label away from an edge, with a seat of its party."""
        first = block.y - block.height / 2 + _LINE * 0.78
        start = edge
        if block.code is not None:
            at = (edge + side * _SAMPLE, first - LABEL * 0.33)
            seat(canvas, at, _SAMPLE, self.palette, block.code)
            start += side * 2.6 * _SAMPLE
        anchor = "end" if side < 0 else "start"
        for place, line in enumerate(block.lines):
            x = start
            for words, weight in line if side > 0 else reversed(line):
                at = (x, first + place * _LINE)
                wide = canvas.text(at, words, size=LABEL, weight=weight, anchor=anchor)
                x += side * (wide + _SPACE)


def seat(canvas: Canvas, middle: Point, radius: float, palette: Palette, code: str) -> None:
    """Draw a seat: a party's colour and symbol, a dashed ring where it is vacant."""
    fill = palette.fill(code)
    if code == VACANT:
        canvas.circle(middle, radius, fill, stroke=FAINT, dashed=True)
        return
    canvas.circle(middle, radius, fill, stroke=outline_of(fill))
    draw_symbol(canvas, middle, radius, ink_on(fill), palette.symbol(code))


def told_in_words(
    labels: Mapping[str, Label], groups: Sequence[Sequence[str]], seats: Composition
) -> Told:
    """Return what a chamber's labels say: "Labour 35 (+9), Greens 2 and 3 more with 4"."""
    grouped = {code for group in groups for code in group}
    words = {code: f"{one.name} {one.figures}" for code, one in labels.items()}
    told = [words[code] for code in labels if code not in grouped]
    short, whole = list(told), list(told)
    for group in groups:
        more = f"{number(len(group))} more with {number(sum(seats[code] for code in group))}"
        short.append(more)
        whole.append(f"{more} ({', '.join(words[code] for code in group)})")
    return Told(f"{in_words(short)}.", f"{in_words(whole)}.")


def seats_before(canvas: Canvas, start: str, before: Composition, palette: Palette) -> Told:
    """Draw the seats *before* as a bar below their figures; return what they say."""
    told = [f"{_short(code, palette)} {number(held)}" for code, held in before.items()]
    kept = len(told)
    while kept > 1 and width_of(f"{start}: {_first(told, kept)}", LABEL) > ROOM:
        kept -= 1
    at, words = (MARGIN, _BAR_TOP - 14), f"{start}: {_first(told, kept)}"
    canvas.text(at, words, size=LABEL, room=ROOM)
    x, unit = float(MARGIN), ROOM / before.total
    for code, held in before.items():
        fill, wide = palette.fill(code), unit * held
        edge = EDGE if code == VACANT else outline_of(fill)
        canvas.rect((x, _BAR_TOP), wide, _BAR, fill, stroke=edge, dashed=code == VACANT)
        if code != VACANT and wide > _BAR:
            middle = (x + wide / 2, _BAR_TOP + _BAR / 2)
            draw_symbol(canvas, middle, _BAR / 2, ink_on(fill), palette.symbol(code))
        x += wide
    half = MARGIN + ROOM / 2
    canvas.line([(half, _BAR_TOP - 6), (half, _BAR_TOP + _BAR + 6)], INK, 4)
    rest = f" ({', '.join(told[kept:])})" if told[kept:] else ""
    return Told(f"{words}.", f"{words}{rest}.")


def _short(code: str, palette: Palette) -> str:
    """Return a party's name in a list: "others" of the bucket, "vacant" where nobody sits."""
    if code in (INDEPENDENT, VACANT):
        return "others" if code == INDEPENDENT else "vacant"
    return palette.name(code)


def _first(told: Sequence[str], many: int) -> str:
    """Return the first of what is told, and how many more there are."""
    more = [f"{number(len(told) - many)} more"] if len(told) > many else []
    return in_words([*told[:many], *more])


def _middle(angles: Sequence[float]) -> float:
    return (min(angles) + max(angles)) / 2


def _lines(label: Label, room: float) -> list[_Line]:
    """Return a label in one line if it fits, else its name above its figures."""
    bold, regular = Weight.BOLD, Weight.REGULAR
    figures = width_of(label.figures, LABEL, bold)
    if width_of(label.name, LABEL, regular) + _SPACE + figures <= room:
        return [((label.name, regular), (label.figures, bold))]
    names = lines_within(label.name, room, LABEL, regular, _MOST_NAME_LINES)
    below = [((line, bold),) for line in lines_of(label.figures, room, LABEL, bold)]
    return [*(((name, regular),) for name in names), *below]


def _places(total: int, radius: float) -> tuple[Sequence[_Place], float]:
    """Return the places of all seats from the left and the largest possible dot radius."""
    if not total:
        return [], 0.0
    dot, rows = max(_plan(total, rows, radius) for rows in range(1, min(total, _MOST_ROWS) + 1))
    distances = _distances(len(rows), radius)
    seats = [
        _Place(_angle(number, count), distance)
        for count, distance in zip(rows, distances, strict=True)
        for number in range(count)
    ]
    return sorted(seats, key=lambda seat: (-round(seat.angle, 6), seat.distance)), dot


def _distances(rows: int, radius: float) -> list[float]:
    if rows == 1:
        return [radius]
    step = radius * (1 - _WELL) / (rows - 1)
    return [radius * _WELL + step * row for row in range(rows)]


def _plan(total: int, rows: int, radius: float) -> tuple[float, list[int]]:
    """Return the dot radius and the seats of each row, in proportion to the rows' lengths."""
    distances = _distances(rows, radius)
    whole = sum(distances)
    exact = [total * distance / whole for distance in distances]
    counts = [math.floor(share) for share in exact]
    by_rest = sorted(range(rows), key=lambda row: counts[row] - exact[row])
    for row in by_rest[: total - sum(counts)]:
        counts[row] += 1
    along = [
        math.pi * distance / max(1, count - 1)
        for count, distance in zip(counts, distances, strict=True)
    ]
    across = radius * (1 - _WELL) / max(1, rows - 1)
    return 0.45 * min(*along, across, radius * 0.16), counts


def _angle(number: int, count: int) -> float:
    return math.pi / 2 if count == 1 else math.pi * (1 - number / (count - 1))
