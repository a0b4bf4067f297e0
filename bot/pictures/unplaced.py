"""The councils that a map has no place for: each named beneath it with who controls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.text import listed, plain
from bot.cards.words import in_words, name_of, number
from bot.election.standings import CouncilStanding
from bot.pictures.canvas import HEADING, MARGIN, ROOM, SMALL, Canvas
from bot.pictures.colours import FAINT, INK, PAPER
from bot.pictures.lettering import Weight
from bot.pictures.marks import WIDTH as MARK
from bot.pictures.marks import labelled
from bot.pictures.palette import Palette

_COLUMNS = 3
_GUTTER = 24.0
_ROW = 48.0
_MOST_NAMED = 240
"""More councils than vote on most nights; a sheet with more rows is not read."""
_NOT_DECLARED = "not declared"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Councils without a place, by name; a *palette* has the colours of all who control them."""

    councils: Sequence[CouncilStanding]
    palette: Palette

    @property
    def _heading(self) -> str:
        return f"Not on the map {number(len(self.councils))}"

    @property
    def _named(self) -> list[CouncilStanding]:
        return sorted(self.councils, key=lambda one: one.council.name)[:_MOST_NAMED]

    @property
    def _rest(self) -> str:
        """Who controls those that there is no room to name, "" where all are named."""
        ordered = sorted(self.councils, key=lambda one: one.council.name)
        rest = Counter(map(self._holder, ordered[_MOST_NAMED:]))
        told = [f"{holder} {number(councils)}" for holder, councils in rest.most_common(8)]
        if len(rest) > len(told):
            told.append(f"others {number(rest.total() - sum(n for _, n in rest.most_common(8)))}")
        return f"Without a name here: {in_words(told)}." if told else ""

    def _holder(self, one: CouncilStanding) -> str:
        if one.declared is None:
            return _NOT_DECLARED
        return self.palette.name(one.declared.after.holder)

    def draw(self, canvas: Canvas, y: float) -> float:
        """Write them in columns below *y*; return the lowest line used."""
        if not self.councils:
            return y
        y += HEADING + 16
        canvas.text((MARGIN, y), self._heading, size=HEADING, weight=Weight.BOLD)
        named = self._named
        rows = -(-len(named) // _COLUMNS)
        wide = (ROOM - (_COLUMNS - 1) * _GUTTER) / _COLUMNS
        for place, one in enumerate(named):
            left = MARGIN + place // rows * (wide + _GUTTER)
            base = y + (place % rows + 1) * _ROW
            self._mark(canvas, left, base - 29, one)
            start = left + MARK + 12
            name = plain(name_of(one.council))
            canvas.text((start, base), name, size=SMALL, room=wide - MARK - 12)
        y += rows * _ROW
        if self._rest:
            y = canvas.paragraph((MARGIN, y + _ROW), self._rest, size=SMALL, fill=FAINT)
        return y + 20

    def _mark(self, canvas: Canvas, left: float, top: float, one: CouncilStanding) -> None:
        if one.declared is None:
            labelled(canvas, (left, top), "", PAPER, edge=FAINT, edge_width=2, dashed=True)
            return
        holder, changed = one.declared.after.holder, one.declared.outcome.changes_hands
        labelled(
            canvas,
            (left, top),
            self.palette.letters(holder),
            self.palette.fill(holder),
            edge=INK if changed else None,
            edge_width=5 if changed else 2,
        )

    def in_words(self, room: int) -> str:
        """Return the same as a text, begun with a space, in about *room* characters."""
        if not self.councils:
            return ""
        names = [f"{plain(name_of(one.council))} ({self._holder(one)})" for one in self._named]
        rest = f" {self._rest}" if self._rest else ""
        start = f" {self._heading}: "
        return f"{start}{listed(names, max(40, room - len(start) - len(rest)), ', ')}.{rest}"
