"""A nation or region where few councils vote: each a large hexagon with its name and control."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.standings import CouncilStanding
from bot.pictures.canvas import HEADING, LABEL, MARGIN, RIGHT
from bot.pictures.colours import FAINT
from bot.pictures.hexagon import Look, draw_hexagon
from bot.pictures.lettering import Weight
from bot.pictures.map_sheet import Sheet
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Field
from bot.wording.phrases import name_of
from bot.wording.text import plain

MOST_LISTED = 3
"""A map of as few councils would be all but empty."""
_LARGEST, _GAP = 84.0, 12.0


def draw_few(sheet: Sheet, field: Field, seen: Sequence[CouncilStanding]) -> float:
    """Draw councils below each other, as large as the field allows; return the lowest y used."""
    ordered = sorted(seen, key=lambda one: name_of(one.council))
    radius = min(_LARGEST, (field.height / len(ordered) - _GAP) / 2)
    y = field.top + _GAP
    for one in ordered:
        look, middle = Look.of(one), y + radius
        draw_hexagon(sheet.canvas, (MARGIN + radius, middle), radius, look, sheet.key.palette)
        left = MARGIN + 2 * radius + 24
        name, words = plain(name_of(one.council)), _words(look, sheet.key.palette)
        at = (left, middle - 8)
        sheet.canvas.text(at, name, size=HEADING, weight=Weight.BOLD, room=RIGHT - left)
        below = (left, middle + LABEL)
        sheet.canvas.text(below, words, size=LABEL, fill=FAINT, room=RIGHT - left)
        y += 2 * radius + _GAP
    return y


def _words(look: Look, palette: Palette) -> str:
    """Return who controls a council and, if it changed hands, who did before."""
    if look.waiting:
        before = f", before: {palette.name(look.before.holder)}" if look.before else ""
        return f"Not declared{before}"
    now = palette.name(look.holder)
    if look.changed and look.before:
        return f"{palette.name(look.before.holder)} → {now}"
    if look.holder is None and look.largest is not None:
        return f"{now}, {palette.name(look.largest)} largest"
    return now
