"""The symbols that tell parties apart where a shape is too small for letters.

A party has the same one in every picture, unless another in the picture has it already.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.pictures.canvas import Canvas, Point

Draw = Callable[[Canvas, Point, float, str], None]


def draw_symbol(canvas: Canvas, middle: Point, radius: float, ink: str, which: int) -> None:
    """Draw the symbol of a number within a *radius*; the first is none at all."""
    if which:
        _SYMBOLS[which - 1](canvas, middle, radius, ink)


def _strokes(*strokes: tuple[Point, ...]) -> Draw:
    def draw(canvas: Canvas, middle: Point, radius: float, ink: str) -> None:
        x, y = middle
        for stroke in strokes:
            points = [(x + radius * across, y + radius * down) for across, down in stroke]
            canvas.line(points, ink, max(1.0, radius * 0.28))

    return draw


def _shape(*corners: Point) -> Draw:
    def draw(canvas: Canvas, middle: Point, radius: float, ink: str) -> None:
        x, y = middle
        points = [(x + radius * across, y + radius * down) for across, down in corners]
        canvas.polygon(points, ink)

    return draw


def _dot(canvas: Canvas, middle: Point, radius: float, ink: str) -> None:
    canvas.circle(middle, radius * 0.42, ink)


def _ring(canvas: Canvas, middle: Point, radius: float, ink: str) -> None:
    canvas.circle(middle, radius * 0.5, "none", stroke=ink, stroke_width=max(1.0, radius * 0.24))


_SYMBOLS: tuple[Draw, ...] = (
    _dot,
    _strokes(((-0.6, 0), (0.6, 0))),
    _strokes(((0, -0.6), (0, 0.6))),
    _strokes(((-0.5, 0.5), (0.5, -0.5))),
    _shape((-0.6, 0), (0, -0.6), (0.6, 0), (0, 0.6)),
    _strokes(((-0.5, -0.5), (0.5, 0.5))),
    _strokes(((-0.6, 0), (0.6, 0)), ((0, -0.6), (0, 0.6))),
    _strokes(((-0.5, 0.5), (0.5, -0.5)), ((-0.5, -0.5), (0.5, 0.5))),
    _shape((0, -0.6), (0.55, 0.45), (-0.55, 0.45)),
    _shape((-0.45, -0.45), (0.45, -0.45), (0.45, 0.45), (-0.45, 0.45)),
    _ring,
)
SYMBOLS = len(_SYMBOLS) + 1
"""How many there are, with none at all."""
