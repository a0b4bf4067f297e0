"""The map: every council a hexagon in the colour of who controls it, with the holder's letters.

A council that votes and has not declared is white with a dashed edge, one that does not vote is
pale; a change of hands has a thick edge. A nation or a region is drawn larger, with names.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.cards.figures import declared_of
from bot.cards.lead import state_through
from bot.cards.pictures.canvas import BODY, MARGIN, RIGHT, ROOM, Canvas, Point
from bot.cards.pictures.colours import (
    EDGE,
    FAINT,
    INK,
    NO_ELECTION,
    PAPER,
    ink_on,
    outline_of,
)
from bot.cards.pictures.lettering import Weight, fitted, fitting_size, width_of
from bot.cards.pictures.marks import WIDTH as MARK
from bot.cards.pictures.marks import labelled
from bot.cards.pictures.palette import Palette
from bot.cards.pictures.picture import ROOM_FOR_NAMES, Picture
from bot.cards.pictures.words import night_and_sources, of_place, slug_of
from bot.cards.text import listed, plain
from bot.cards.words import count, in_words, name_of, number, sentence_case
from bot.election.almanac import Almanac, Hex
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.headlines import WHOLE_NIGHT, Lens
from bot.election.standings import CouncilStanding

_ZOOM = 1.5
_LARGEST = 104.0
_NAMED_FROM = 46.0
"""A hexagon with a radius of so many pixels has room for its council's name."""
_NAME_SIZES = (0.42, 0.38, 0.34, 0.31, 0.28, 0.26, 0.24)
"""Sizes of names, in parts of the radius."""
_GAP, _WAITING_GAP = 0.94, 0.87
_CHANGED_EDGE = 0.13
_MOST_HOLDERS = 11


def map_picture(
    standings: Sequence[CouncilStanding], almanac: Almanac, lens: Lens = WHOLE_NIGHT
) -> Picture | None:
    """Return the map of all councils, or of the nation or region of a *lens*.

    *standings* are those of the councils that vote. None where the map has no such place.
    """
    place = lens.nation or lens.region
    spots = _spots(standings, almanac, place)
    if not spots:
        return None
    seen = lens.councils(standings) if place else list(standings)
    here = [spot.standing for spot in spots if spot.standing is not None]
    state = state_through(lens if place else WHOLE_NIGHT, standings, almanac)
    tally = _Tally.of(here, almanac)
    title = f"Who controls the councils{of_place(lens)}"
    canvas = Canvas(_ZOOM)
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.")
    bottom = _hexagons(canvas, y, spots, tally.palette)
    y = _key(canvas, bottom + 52, tally, has_silent=len(here) < len(spots))
    missing = len(seen) - len(here)
    elsewhere = f"{sentence_case(count(missing, 'council'))} not on the map." if missing else ""
    height = canvas.foot(
        y,
        "Each hexagon is a council, near where it lies; its size means nothing.",
        elsewhere,
        source=night_and_sources(here),
    )
    alt = " ".join(filter(None, [f"{title}: {declared_of(state)}.", tally.in_words(), elsewhere]))
    alt += _named_in_words(here, ROOM_FOR_NAMES - len(alt) - 1)
    return canvas.finished(f"map{slug_of(lens)}", height, alt)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A council's place on the map, and how it stands where it votes."""

    council: Council
    hex: Hex
    standing: CouncilStanding | None

    @property
    def east(self) -> float:
        """How far east it lies, in hexagons."""
        return self.hex.q + (self.hex.r % 2) / 2

    @property
    def south(self) -> int:
        """How far south it lies, in rows of three quarters."""
        return -self.hex.r

    @property
    def after(self) -> Control | None:
        """Who controls it now, None while it has not declared."""
        return self.standing.declared.after if self.standing and self.standing.declared else None

    @property
    def changed(self) -> bool:
        """Whether it has changed hands."""
        declared = self.standing.declared if self.standing else None
        return declared is not None and declared.outcome.changes_hands


def _spots(
    standings: Sequence[CouncilStanding], almanac: Almanac, place: str | None
) -> list[_Spot]:
    votes = {one.council.code: one for one in standings}
    every = [
        _Spot(
            votes[code].council if code in votes else almanac.councils.get(code),
            cell,
            votes.get(code),
        )
        for code, cell in almanac.hexes.items()
    ]
    return [
        spot
        for spot in every
        if place is None or place in (spot.council.nation, spot.council.region)
    ]


@dataclass(frozen=True, slots=True)
class _Tally:
    """How many councils each has, the parties with most first, nobody's last."""

    holders: Mapping[str | None, int]
    waiting: int
    changed: int
    total: int
    palette: Palette

    @classmethod
    def of(cls, here: Sequence[CouncilStanding], almanac: Almanac) -> _Tally:
        found = Counter(one.declared.after.holder for one in here if one.declared)
        ordered = sorted(found.items(), key=lambda item: (item[0] is None, -item[1], item[0] or ""))
        return cls(
            dict(ordered),
            sum(one.declared is None for one in here),
            sum(one.declared is not None and one.declared.outcome.changes_hands for one in here),
            len(here),
            Palette(almanac.parties, found),
        )

    @property
    def shown(self) -> list[tuple[str | None, int]]:
        """Those with an entry of their own: the foremost, and no overall control."""
        parties = [item for item in self.holders.items() if item[0] is not None]
        nobody = [(None, self.holders[None])] if None in self.holders else []
        return [*parties[:_MOST_HOLDERS], *nobody]

    @property
    def others(self) -> int:
        """How many councils those without an entry of their own have."""
        return sum(self.holders.values()) - sum(councils for _, councils in self.shown)

    def in_words(self) -> str:
        """Return "Labour 74, …; 3 not declared; 26 changed hands."."""
        told = [f"{self.palette.name(holder)} {number(n)}" for holder, n in self.shown]
        parts = [in_words([*told, *([f"others {number(self.others)}"] if self.others else [])])]
        parts += [f"not declared {number(self.waiting)}"] if self.waiting else []
        parts += [f"changed hands {number(self.changed)}"] if self.changed else []
        return sentence_case("; ".join(filter(None, parts))) + "." if self.total else ""


def _named_in_words(here: Sequence[CouncilStanding], room: int) -> str:
    changed = [one for one in here if one.declared and one.declared.outcome.changes_hands]
    names = sorted(plain(name_of(one.council)) for one in changed)
    start = " Changed hands: "
    if not names or room < 2 * len(start):
        return ""
    return start + listed(names, room - len(start) - 1, ", ") + "."


def _hexagons(canvas: Canvas, top: float, spots: Sequence[_Spot], palette: Palette) -> float:
    """Draw all hexagons below *top*; return the lowest line used."""
    west, north = min(spot.east for spot in spots), min(spot.south for spot in spots)
    across = max(spot.east for spot in spots) - west + 1
    radius = min(_LARGEST, ROOM / (across * math.sqrt(3)))
    step = radius * math.sqrt(3)
    left = MARGIN + (ROOM - across * step) / 2 + step / 2
    bottom = top
    for spot in spots:
        middle = (
            left + (spot.east - west) * step,
            top + radius + (spot.south - north) * radius * 1.5,
        )
        _hexagon(canvas, middle, radius, spot, palette)
        bottom = max(bottom, middle[1] + radius)
    return bottom


def _hexagon(canvas: Canvas, middle: Point, radius: float, spot: _Spot, palette: Palette) -> None:
    votes, after = spot.standing is not None, spot.after
    waiting = votes and after is None
    fill = NO_ELECTION if not votes else PAPER if after is None else palette.fill(after.holder)
    edge, width, inner = outline_of(fill), 1.5, radius * _GAP
    if waiting:
        # Drawn smaller: the dashes of neighbours would run together.
        edge, inner = FAINT, radius * _WAITING_GAP
    elif spot.changed:
        edge, width = INK, radius * _CHANGED_EDGE
        inner -= width / 2
    x, y = middle
    corners = [
        (x + inner * math.sin(turn * math.pi / 3), y + inner * math.cos(turn * math.pi / 3))
        for turn in range(6)
    ]
    canvas.polygon(corners, fill, stroke=edge, stroke_width=width, dashed=waiting)
    letters = "" if after is None else palette.letters(after.holder)
    within = inner - width
    if radius >= _NAMED_FROM:
        lines = _named(plain(name_of(spot.council)), letters, within)
    else:
        size = fitting_size(letters, within * 1.64, radius * 0.85, Weight.BOLD) if letters else 0
        lines = [_Line(letters, size, Weight.BOLD)]
    top = y - sum(line.size for line in lines) / 2
    for line in lines:
        top += line.size
        canvas.text(
            (x, top - line.size * 0.16),
            line.text,
            size=line.size,
            weight=line.weight,
            fill=ink_on(fill),
            on=fill,
            anchor="middle",
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text in a hexagon."""

    text: str
    size: float
    weight: Weight


def _named(name: str, letters: str, radius: float) -> list[_Line]:
    """Return a council's name in up to three lines, and its holder's letters, as large as fit.

    A line has the less room the nearer it is to a hexagon's upper and lower corner.
    """
    for part in _NAME_SIZES:
        size = radius * part
        lines = [_Line(text, size, Weight.REGULAR) for text in _broken(name, radius * 1.66, size)]
        if letters:
            lines.append(_Line(letters, size * 1.25, Weight.BOLD))
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
    for word in name.replace("-", "- ").split():
        joint = "" if lines and lines[-1].endswith("-") else " "
        longer = f"{lines[-1]}{joint}{word}" if lines else word
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 3:
        lines = [*lines[:2], " ".join(lines[2:])]
    return [fitted(line, room, size) for line in lines]


def _key(canvas: Canvas, y: float, tally: _Tally, *, has_silent: bool) -> float:
    """Draw what the colours and edges mean, with how many councils each; return the last line."""
    palette = tally.palette
    entries = [
        (palette.letters(holder), palette.fill(holder), "", f"{palette.name(holder)} {number(n)}")
        for holder, n in tally.shown
    ]
    if tally.others:
        entries.append(("", PAPER, EDGE, f"Others {number(tally.others)}"))
    if tally.waiting:
        entries.append(("", PAPER, FAINT, f"Not declared {number(tally.waiting)}"))
    if has_silent:
        entries.append(("", NO_ELECTION, "", "No election"))
    if tally.changed:
        entries.append(("", PAPER, INK, f"Changed hands {number(tally.changed)}"))
    x = float(MARGIN)
    for letters, fill, edge, words in entries:
        width = MARK + 14 + width_of(words, BODY)
        if x > MARGIN and x + width > RIGHT:
            x, y = float(MARGIN), y + 60
        labelled(
            canvas,
            (x, y - 30),
            letters,
            fill,
            edge=edge or None,
            edge_width=7 if edge == INK else 2,
            dashed=edge == FAINT,
        )
        canvas.text((x + MARK + 14, y + 1), words, room=RIGHT - x - MARK - 14)
        x += width + 40
    return y + 28
