"""A party's mark: its colour with its letters, for those who do not see the colour."""

from __future__ import annotations

from bot.pictures.canvas import SMALL, Canvas, Point
from bot.pictures.colours import ink_on, outline_of
from bot.pictures.lettering import Weight, fitting_size
from bot.pictures.palette import Palette

HEIGHT, WIDTH = 40, 84


def mark(canvas: Canvas, corner: Point, palette: Palette, code: str | None) -> None:
    """Draw a party's mark from its upper left corner; None is no overall control."""
    labelled(canvas, corner, palette.letters(code), palette.fill(code))


def labelled(
    canvas: Canvas,
    corner: Point,
    letters: str,
    fill: str,
    *,
    edge: str | None = None,
    edge_width: float = 2,
    dashed: bool = False,
) -> None:
    """Draw letters on a fill, with an outline, as large as a party's mark."""
    x, y = corner
    canvas.rect(
        corner,
        WIDTH,
        HEIGHT,
        fill,
        stroke=edge or outline_of(fill),
        stroke_width=edge_width,
        dashed=dashed,
        radius=6,
    )
    canvas.text(
        (x + WIDTH / 2, y + HEIGHT - 10),
        letters,
        size=fitting_size(letters, WIDTH - 10, SMALL, Weight.SEMIBOLD),
        weight=Weight.SEMIBOLD,
        fill=ink_on(fill),
        on=fill,
        anchor="middle",
    )
