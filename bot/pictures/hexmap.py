"""The map: each council a hexagon in the colour of the party in control, with its letters.

A council that has not declared is white with a dashed edge; one that does not vote or is not
known is pale; a change of hands has a thick edge. A nation or region is drawn larger, with names.
Below it are the layer of county councils and new unitary councils, and a list of those councils
that have a place in neither.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.election.parties import Parties
from bot.election.standings import CouncilStanding
from bot.election.tally import all_are_known
from bot.pictures.canvas import BODY, HEADING, MARGIN, RIGHT, ROOM, SMALL, Canvas, Point
from bot.pictures.colours import EDGE, FAINT, INK, NO_ELECTION, PAPER, outline_of
from bot.pictures.hex_places import Places, Spot, places_of
from bot.pictures.lettering import Weight, fitted, fitting_size, width_of
from bot.pictures.party_colours import MARK_WIDTH, Palette, labelled
from bot.pictures.picture import (
    ROOM_FOR_NAMES,
    Picture,
    joined,
    night_and_sources,
    of_place,
    slug_of,
)
from bot.wording.figures import declared_of
from bot.wording.night import NightView
from bot.wording.phrases import in_words, name_of, number, sentence_case
from bot.wording.text import listed, plain

_ZOOM = 1.5
_ABOUT = "Each hexagon is a council, near where it lies; its size means nothing."
_LARGEST, _LARGEST_ABOVE = 104.0, 54.0
_NAMED_FROM = 46.0
"""The least radius in pixels of a hexagon with its council's name."""
_NAME_SIZES = (0.38, 0.36, 0.34, 0.32, 0.3, 0.28, 0.26, 0.24)
"""Sizes of names relative to the radius, tried in this order."""
_LETTERS_SIZE = 0.4
"""The size of the letters beneath, relative to the radius."""
_GAP, _WAITING_GAP = 0.94, 0.87
_CHANGED_EDGE = 0.13
_MOST_HOLDERS = 11
_COUNTY = re.compile(r"(?<=\w{4})shire\b")
"""Where the longest names can be broken: Clackmannan-shire."""
_TABLE_ROW = 46
_SEA = 6.0

_COLUMNS, _GUTTER, _NAME_ROW = 3, 24.0, 48.0
_MOST_NAMED = 240
"""More councils than vote on most nights; longer lists are not read."""


def map_picture(view: NightView) -> Picture | None:
    """Return the map of all councils, or of a nation or region; None if there is none."""
    seen, almanac, state = view.councils, view.almanac, view.state
    night = view.standings[0].night if view.standings else view.now.date()
    places = places_of(seen, almanac, night, view.lens.nation or view.lens.region)
    if not places.every and not seen:
        return None
    placed = {one.council.code for one in places.every if one.standing is not None}
    tally = _Tally.of(seen, view.parties)
    unplaced = _Unplaced([one for one in seen if one.council.code not in placed], tally.palette)
    title = f"Who controls the councils{of_place(view)}"
    canvas = Canvas(_ZOOM if places.every else 1)
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.")
    silent = "No election" if all_are_known(view.standings, almanac) else "Not heard of"
    entries = tally.entries(silent if len(placed) < len(places.every) else "")
    y = _draw(canvas, y, places, entries, tally.palette)
    y = unplaced.draw(canvas, y)
    height = canvas.foot(y, _ABOUT if places.every else "", source=night_and_sources(seen))
    alt = joined(f"{title}: {declared_of(state)}.", tally.in_words())
    alt += unplaced.in_words((ROOM_FOR_NAMES - len(alt)) // 2)
    alt += _changed_in_words(seen, ROOM_FOR_NAMES - len(alt) - 1)
    return canvas.finished(f"map{slug_of(view)}", height, alt)


def _draw(
    canvas: Canvas, top: float, places: Places, entries: list[_Entry], palette: Palette
) -> float:
    """Draw both layers and the key below *top*; return the lowest y used."""
    y = top
    if places.districts:
        layout = _Layout.of(places.districts, top, _LARGEST)
        y = layout.draw(canvas, palette)
        table = [entry for entry in entries if entry.figure and not entry.edge]
        wide = _width_of(table)
        if layout.is_free(RIGHT - wide, top + _TABLE_ROW * len(table)):
            # The table fits into the sea, so that the map can be larger.
            _table(canvas, top, wide, table)
            entries = [entry for entry in entries if entry not in table]
    if places.above:
        y += HEADING + 24
        canvas.heading((MARGIN, y), _heading_above(places.above))
        y = _Layout.of(places.above, y + 24, _LARGEST_ABOVE).draw(canvas, palette)
    return _key(canvas, y + 52, entries) if entries else y


def _heading_above(above: Sequence[Spot]) -> str:
    counties = {spot.council.type.casefold() == "county" for spot in above}
    if len(counties) > 1:
        return "County councils and new unitary councils"
    return "County councils" if True in counties else "New unitary councils"


def _has_changed(standing: CouncilStanding | None) -> bool:
    declared = standing.declared if standing else None
    return declared is not None and declared.outcome.changes_hands


def _changed_in_words(here: Sequence[CouncilStanding], room: int) -> str:
    names = sorted(plain(name_of(one.council)) for one in here if _has_changed(one))
    start = " Changed hands: "
    if not names or room < 2 * len(start):
        return ""
    return start + listed(names, room - len(start) - 1, ", ") + "."


# --- the key


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a colour or edge means, and how many councils have it."""

    letters: str
    fill: str
    edge: str
    name: str
    figure: str = ""

    def draw_mark(self, canvas: Canvas, corner: Point) -> None:
        """Draw the colour or edge from its upper left corner."""
        labelled(
            canvas,
            corner,
            self.letters,
            self.fill,
            edge=self.edge or None,
            edge_width=7 if self.edge == INK else 2,
            dashed=self.edge == FAINT,
        )


@dataclass(frozen=True, slots=True)
class _Tally:
    """The number of councils of each party, most first, no overall control last."""

    holders: Mapping[str | None, int]
    waiting: int
    changed: int
    palette: Palette

    @classmethod
    def of(cls, here: Sequence[CouncilStanding], parties: Parties) -> _Tally:
        found = Counter(one.declared.after.holder for one in here if one.declared)
        ordered = sorted(found.items(), key=lambda item: (item[0] is None, -item[1], item[0] or ""))
        waiting = sum(one.declared is None for one in here)
        changed = sum(map(_has_changed, here))
        return cls(dict(ordered), waiting, changed, Palette(parties, found))

    @property
    def shown(self) -> list[tuple[str | None, int]]:
        """Those with an entry of their own: the largest, and no overall control."""
        parties = [item for item in self.holders.items() if item[0] is not None]
        nobody = [(None, self.holders[None])] if None in self.holders else []
        return [*parties[:_MOST_HOLDERS], *nobody]

    @property
    def others(self) -> int:
        """The number of councils of the others."""
        return sum(self.holders.values()) - sum(councils for _, councils in self.shown)

    def entries(self, silent: str) -> list[_Entry]:
        """Return the key; *silent* says what all other councils are, if there are any."""
        palette = self.palette
        found = [
            _Entry(palette.letters(one), palette.fill(one), "", palette.name(one), number(n))
            for one, n in self.shown
        ]
        if self.others:
            found.append(_Entry("", PAPER, EDGE, "Others", number(self.others)))
        if self.waiting:
            found.append(_Entry("", PAPER, FAINT, "Not declared", number(self.waiting)))
        if silent:
            found.append(_Entry("", NO_ELECTION, "", silent))
        if self.changed:
            found.append(_Entry("", PAPER, INK, "Changed hands", number(self.changed)))
        return found

    def in_words(self) -> str:
        """Return "Labour 74, …; 3 not declared; 26 changed hands."."""
        told = [f"{self.palette.name(holder)} {number(n)}" for holder, n in self.shown]
        told += [f"others {number(self.others)}"] if self.others else []
        parts = [in_words(told)] if told else []
        parts += [f"not declared {number(self.waiting)}"] if self.waiting else []
        parts += [f"changed hands {number(self.changed)}"] if self.changed else []
        return sentence_case("; ".join(parts)) + "." if parts else ""


def _width_of(table: Sequence[_Entry]) -> float:
    names = max((width_of(entry.name, SMALL) for entry in table), default=0.0)
    figures = max((width_of(entry.figure, HEADING, Weight.BOLD) for entry in table), default=0.0)
    return MARK_WIDTH + 14 + names + 24 + figures


def _table(canvas: Canvas, top: float, wide: float, entries: Sequence[_Entry]) -> None:
    """Write a row for each of *entries* in the upper right corner: mark, name and figure."""
    for row, entry in enumerate(entries):
        y = top + row * _TABLE_ROW
        entry.draw_mark(canvas, (RIGHT - wide, y))
        canvas.text((RIGHT - wide + MARK_WIDTH + 14, y + 30), entry.name, size=SMALL)
        canvas.heading((RIGHT, y + 32), entry.figure, "end")


def _key(canvas: Canvas, y: float, entries: Sequence[_Entry]) -> float:
    """Draw the meaning of colours and edges with their numbers; return the lowest y used."""
    x = float(MARGIN)
    for entry in entries:
        words = f"{entry.name} {entry.figure}".strip()
        width = MARK_WIDTH + 14 + width_of(words, BODY)
        if x > MARGIN and x + width > RIGHT:
            x, y = float(MARGIN), y + 60
        entry.draw_mark(canvas, (x, y - 30))
        canvas.text((x + MARK_WIDTH + 14, y + 1), words, room=RIGHT - x - MARK_WIDTH - 14)
        x += width + 40
    return y + 28


# --- the hexagons


@dataclass(frozen=True, slots=True)
class _Layout:
    """The centres of the hexagons and their radius."""

    places: Sequence[tuple[Point, Spot]]
    radius: float

    @classmethod
    def of(cls, spots: Sequence[Spot], top: float, largest: float) -> _Layout:
        """Lay out *spots* below *top*, with hexagons up to the *largest* radius."""
        west, north = min(spot.east for spot in spots), min(spot.south for spot in spots)
        across = max(spot.east for spot in spots) - west + 1
        radius = min(largest, ROOM / (across * math.sqrt(3)))
        step = radius * math.sqrt(3)
        left = MARGIN + (ROOM - across * step) / 2 + step / 2
        places = []
        for spot in spots:
            x = left + (spot.east - west) * step
            places.append(((x, top + radius + (spot.south - north) * radius * 1.5), spot))
        return cls(places, radius)

    def draw(self, canvas: Canvas, palette: Palette) -> float:
        """Draw the hexagons; return the lowest y used."""
        for middle, spot in self.places:
            _hexagon(canvas, middle, self.radius, spot, palette)
        return max(y for (_, y), _ in self.places) + self.radius

    def is_free(self, left: float, bottom: float) -> bool:
        """Whether the upper right corner has no hexagon, with some margin."""
        return all(
            x + self.radius < left - _SEA or y - self.radius > bottom + _SEA
            for (x, y), _ in self.places
        )


def _hexagon(canvas: Canvas, middle: Point, radius: float, spot: Spot, palette: Palette) -> None:
    fill, letters, waiting = NO_ELECTION, "", False
    if spot.standing is not None:
        declared = spot.standing.declared
        fill, waiting = PAPER, declared is None
        if declared is not None:
            holder = declared.after.holder
            fill, letters = palette.fill(holder), palette.letters(holder)
    edge, width, inner = outline_of(fill), 1.5, radius * _GAP
    if waiting:
        # Smaller, so that the dashes of neighbours do not run together.
        edge, inner = FAINT, radius * _WAITING_GAP
    elif _has_changed(spot.standing):
        edge, width = INK, radius * _CHANGED_EDGE
        inner -= width / 2
    x, y = middle
    corners = [
        (x + inner * math.sin(turn * math.pi / 3), y + inner * math.cos(turn * math.pi / 3))
        for turn in range(6)
    ]
    canvas.polygon(corners, fill, stroke=edge, stroke_width=width, dashed=waiting)
    within = inner - width
    if radius >= _NAMED_FROM:
        lines = _named(plain(name_of(spot.council)), letters, within)
    else:
        size = fitting_size(letters, within * 1.64, radius * 0.85, Weight.BOLD) if letters else 0
        lines = [_Line(letters, size, Weight.BOLD)]
    top = y - sum(line.size for line in lines) / 2
    for line in lines:
        top += line.size
        canvas.lettered((x, top - line.size * 0.16), line.text, line.size, fill, line.weight)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text in a hexagon."""

    text: str
    size: float
    weight: Weight


def _named(name: str, letters: str, radius: float) -> list[_Line]:
    """Return a name in up to three lines and the letters, as large as the hexagon allows."""
    for part in _NAME_SIZES:
        size = radius * part
        lines = [_Line(text, size, Weight.REGULAR) for text in _broken(name, radius * 1.66, size)]
        if letters:
            lines.append(_Line(letters, radius * _LETTERS_SIZE, Weight.BOLD))
        if _fit(lines, radius):
            break
    return lines


def _fit(lines: Sequence[_Line], radius: float) -> bool:
    top = -sum(line.size for line in lines) / 2
    for line in lines:
        far = max(abs(top), abs(top + line.size))
        room = math.sqrt(3) * min(radius, 2 * (radius - far)) - radius * 0.06
        if line.text.endswith("…") or width_of(line.text, line.size, line.weight) > room:
            return False
        top += line.size
    return True


def _broken(name: str, room: float, size: float) -> list[str]:
    """Return a name in at most three lines that fit a room."""
    lines: list[str] = []
    words = name.replace("-", "- ")
    if any(width_of(word, size) > room for word in words.split()):
        words = _COUNTY.sub("- shire", words)
    for word in words.split():
        joint = "" if lines and lines[-1].endswith("-") else " "
        longer = f"{lines[-1]}{joint}{word}" if lines else word
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 3:
        lines = [*lines[:2], " ".join(lines[2:])]
    return [fitted(line, room, size) for line in lines]


# --- councils without a place


class _Unplaced:
    """Councils without a place on the map, by name."""

    def __init__(self, councils: Sequence[CouncilStanding], palette: Palette) -> None:
        self.palette = palette
        ordered = sorted(councils, key=lambda one: one.council.name)
        self._heading = f"Not on the map {number(len(ordered))}"
        self._named = ordered[:_MOST_NAMED]
        rest = Counter(map(self._holder, ordered[_MOST_NAMED:]))
        told = [f"{holder} {number(many)}" for holder, many in rest.most_common(8)]
        if len(rest) > len(told):
            told.append(f"others {number(rest.total() - sum(n for _, n in rest.most_common(8)))}")
        self._rest = f"Without a name here: {in_words(told)}." if told else ""

    def _holder(self, one: CouncilStanding) -> str:
        if one.declared is None:
            return "not declared"
        return self.palette.name(one.declared.after.holder)

    def draw(self, canvas: Canvas, y: float) -> float:
        """Write them in columns below *y*; return the lowest y used."""
        if not self._named:
            return y
        y += HEADING + 16
        canvas.heading((MARGIN, y), self._heading)
        rows = -(-len(self._named) // _COLUMNS)
        wide = (ROOM - (_COLUMNS - 1) * _GUTTER) / _COLUMNS
        for place, one in enumerate(self._named):
            left = MARGIN + place // rows * (wide + _GUTTER)
            base = y + (place % rows + 1) * _NAME_ROW
            self._mark(canvas, left, base - 29, one)
            at, name = (left + MARK_WIDTH + 12, base), plain(name_of(one.council))
            canvas.text(at, name, size=SMALL, room=wide - MARK_WIDTH - 12)
        y += rows * _NAME_ROW
        if self._rest:
            y = canvas.paragraph((MARGIN, y + _NAME_ROW), self._rest, size=SMALL, fill=FAINT)
        return y + 20

    def _mark(self, canvas: Canvas, left: float, top: float, one: CouncilStanding) -> None:
        if one.declared is None:
            labelled(canvas, (left, top), "", PAPER, edge=FAINT, dashed=True)
            return
        letters = self.palette.letters(one.declared.after.holder)
        fill = self.palette.fill(one.declared.after.holder)
        if _has_changed(one):
            labelled(canvas, (left, top), letters, fill, edge=INK, edge_width=5)
        else:
            labelled(canvas, (left, top), letters, fill)

    def in_words(self, room: int) -> str:
        """Return them as text, starting with a space, in about *room* characters."""
        if not self._named:
            return ""
        names = [f"{plain(name_of(one.council))} ({self._holder(one)})" for one in self._named]
        rest = f" {self._rest}" if self._rest else ""
        start = f" {self._heading}: "
        return f"{start}{listed(names, max(40, room - len(start) - len(rest)), ', ')}.{rest}"
