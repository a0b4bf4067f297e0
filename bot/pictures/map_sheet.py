"""A map's sheet: hexagons with what fits into them, and the table of what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.canvas import LABEL, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.hexagon import Line, Look, draw_hexagon, lines_fit
from bot.pictures.lettering import Weight, width_of
from bot.pictures.map_key import Entry, Key
from bot.pictures.map_layout import Layout, short_names
from bot.pictures.picture import Field
from bot.wording.phrases import name_of
from bot.wording.text import plain

ROW, MARK = 43.0, 19.0
"""The height of a row of the table, and of a list of councils, and the radius of its mark."""
_NAMED_FROM = 36.0
"""The least radius of hexagons with short names."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A canvas and the key of what is drawn on it; `silent` says what pale cells are."""

    canvas: Canvas
    key: Key
    silent: str

    def rows(self, most: int) -> list[Entry]:
        """Return the table's rows: who controls how many councils, and what became of the rest."""
        states = self.key.states()
        return [*self.key.rows(max(2, most - len(states))), *states]

    @property
    def explained(self) -> str:
        """What parts and edges of hexagons mean."""
        return self.key.explained(self.silent)

    def table(self, field: Field, entries: Sequence[Entry]) -> float:
        """Write a row for each of *entries* from the top of a field; return the lowest y used."""
        y = field.top
        beside = max((width_of(one.beside, LABEL) for one in entries), default=0.0)
        figures = field.right - (beside + 16 if beside else 0)
        for entry in entries:
            base = y + LABEL
            mark = (field.left + MARK, y + LABEL * 0.66)
            if entry.look is not None:
                draw_hexagon(self.canvas, mark, MARK, entry.look, self.key.palette)
            start = field.left + 2 * MARK + 12
            wide = width_of(entry.figure, LABEL, Weight.BOLD)
            # A sum of several rows is no figure of its own.
            summed, room, name = entry.look is None, figures - wide - 10 - start, entry.name
            if width_of(name, LABEL) > room:
                name = name.partition(" and ")[0]  # "Independents", without the others
            self.canvas.text((start, base), name, size=LABEL, room=room, on_scale=summed)
            if entry.figure:
                at = (figures, base)
                self.canvas.text(
                    at,
                    entry.figure,
                    size=LABEL,
                    weight=Weight.BOLD,
                    anchor="end",
                    on_scale=summed,
                )
            if entry.beside:
                at = (field.right, base)
                self.canvas.text(at, entry.beside, size=LABEL, fill=FAINT, anchor="end")
            y += ROW
        return y


def draw_layout(sheet: Sheet, layout: Layout) -> None:
    """Draw a layout's hexagons, with short names where they can be read in a channel."""
    radius = layout.radius
    looks = [Look.of(spot.standing) for _, spot in layout.places]
    names: dict[str, str] = {}
    if radius >= _NAMED_FROM:
        every = [plain(name_of(spot.council)) for _, spot in layout.places]
        names = short_names(every, lambda name: lines_fit(_lines(name), radius, changed=True))
    for (middle, spot), look in zip(layout.places, looks, strict=True):
        name = names.get(plain(name_of(spot.council)), "")
        shown = _lines(name) if name and not look.silent else []
        draw_hexagon(sheet.canvas, middle, radius, look, sheet.key.palette, lines=shown)


def _lines(name: str) -> list[Line]:
    return [Line(name, LABEL, Weight.SEMIBOLD)]
