"""What every picture must be, whatever it shows."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from xml.etree.ElementTree import Element

from bot.pictures.canvas import BOX, HIGHEST, LEAST_SHOWN, WIDTH
from bot.pictures.colours import NO_ELECTION, PAPER, RULE, SHAPE_CONTRAST, TEXT_CONTRAST, contrast
from bot.pictures.lettering import ASCENT, DESCENT
from bot.pictures.picture import LONGEST_ALT, Picture
from bot.pictures.renderer import MOST_BYTES, PictureRenderer

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("rect", "circle", "polygon")
_FIGURES = re.compile(r"\d[\d,.]*\d|\d")
_SLACK = 0.5
"""Half a pixel: figures in the drawing are rounded."""


def check(picture: Picture) -> Picture:
    """Fail where a picture breaks a rule that all must keep; return it."""
    _texts_have_their_places(picture)
    _everything_stands_out(picture)
    assert 0 < len(picture.alt) <= LONGEST_ALT
    assert figures_drawn(picture) <= figures_in(picture.alt), picture.alt
    assert re.fullmatch(r"[a-z0-9.-]+\.png", picture.file_name)
    return picture


def check_in_chat(picture: Picture) -> Picture:
    """Fail where a picture cannot be read in a channel or breaks any other rule; return it."""
    shown = min(BOX[0] / picture.width, BOX[1] / picture.height)
    for box in picture.boxes:
        size = (box.bottom - box.top) / (ASCENT + DESCENT)
        assert size * shown >= LEAST_SHOWN, box
    assert not picture.large
    assert (picture.width, picture.height <= HIGHEST) == (WIDTH, True), picture.name
    return check(picture)


def _texts_have_their_places(picture: Picture) -> None:
    for box in picture.boxes:
        assert box.left >= 0, box
        assert box.top >= 0, box
        assert box.right <= picture.width, box
        assert box.bottom <= picture.height, box
        assert contrast(box.ink, box.ground) >= TEXT_CONTRAST, box
    ordered = sorted(picture.boxes, key=lambda box: box.top)
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.top >= one.bottom:
                break
            assert not one.overlaps(other), (one, other)


def _everything_stands_out(picture: Picture) -> None:
    """Each shape's fill or edge has its contrast; a white pattern stands out from its dot."""
    for shape in shapes_of(picture):
        colours = [shape.attrib[name] for name in ("fill", "stroke") if name in shape.attrib]
        if colours in ([PAPER], [NO_ELECTION], ["none", PAPER], ["none", RULE]):
            continue  # what does not vote may be pale: nothing is said by it
        seen = max(contrast(colour, PAPER) for colour in colours if colour != "none")
        assert seen >= SHAPE_CONTRAST, shape.attrib


def shapes_of(picture: Picture) -> list[Element]:
    """Return the shapes of a drawing, the sheet left out."""
    return [e for e in ET.fromstring(picture.svg) if e.tag.removeprefix(SVG) in SHAPES][1:]


@dataclass(frozen=True)
class Hexagon:
    """A council's hexagon: its middle and radius, its shapes and stripes, and the texts in it."""

    x: float
    y: float
    radius: float
    shapes: tuple[Element, ...]
    stripes: int
    texts: tuple[str, ...]

    @property
    def fill(self) -> str:
        return self.shapes[0].attrib["fill"]


def hexagons_of(picture: Picture) -> list[Hexagon]:
    """Return the hexagons of a map in the order in which they are drawn."""
    groups: list[list[Element]] = []
    for element in ET.fromstring(picture.svg):
        points = _points_of(element)
        if len(points) == 6 and element.attrib["fill"] != "none":
            groups.append([])
        if groups and element.tag.removeprefix(SVG) in ("polygon", "polyline"):
            groups[-1].append(element)
    return [_hexagon(picture, group) for group in groups]


def _hexagon(picture: Picture, group: list[Element]) -> Hexagon:
    points = _points_of(group[0])
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    radius = max(down for _, down in points) - y
    zoom = picture.width / WIDTH
    inside = tuple(
        box.text
        for box in picture.boxes
        if abs((box.left + box.right) / 2 / zoom - x) < 1
        and abs((box.top + box.bottom) / 2 / zoom - y) < radius
    )
    shapes = tuple(one for one in group if one.tag.endswith("polygon"))
    return Hexagon(x, y, radius, shapes, len(group) - len(shapes), inside)


def _points_of(element: Element) -> list[tuple[float, float]]:
    if not element.tag.endswith("polygon"):
        return []
    pairs = (pair.split(",") for pair in element.attrib["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def figures_in(text: str) -> set[str]:
    return set(_FIGURES.findall(text.replace("no change", "±0")))


def figures_drawn(picture: Picture) -> set[str]:
    """Return every figure on a picture but those of a scale."""
    return {f for box in picture.boxes if not box.on_scale for f in figures_in(box.text)}


def texts_of(picture: Picture) -> list[str]:
    return [box.text for box in picture.boxes]


def beside(picture: Picture, text: str) -> list[str]:
    """Return the texts on the same line as the first *text*, from the left."""
    here = next(box for box in picture.boxes if box.text == text)
    middle = (here.top + here.bottom) / 2
    row = [box for box in picture.boxes if box.top <= middle <= box.bottom]
    return [box.text for box in sorted(row, key=lambda box: box.left)]


def decoded(png: bytes) -> tuple[int, int, bytes]:
    """Return width, height and raw rows of a PNG, read by hand. Fails where it is not sound."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, data, head = 8, b"", b""
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        body = png[place + 8 : place + 8 + length]
        crc = struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0]
        assert crc == zlib.crc32(kind + body)
        head = body if kind == b"IHDR" else head
        data += body if kind == b"IDAT" else b""
        place += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", head[:10])
    assert (depth, colour) == (8, 6)
    rows = zlib.decompress(data)
    assert len(rows) == height * (1 + 4 * width)
    return width, height, rows


def check_png(picture: Picture, renderer: PictureRenderer, at_most: int = MOST_BYTES) -> None:
    """Fail where a picture's PNG is not what it says, or too large."""
    png = renderer.draw(picture)
    assert decoded(png)[:2] == (picture.width, picture.height)
    assert len(png) <= at_most


# --- colour-blind readers


@dataclass(frozen=True)
class Meaning:
    """Something that a picture shows by a colour, and by what else: letters, dashes, a pattern."""

    what: object
    fill: str
    sign: object


def protanopia(colour: str) -> tuple[float, ...]:
    return _seen(colour, ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1)))


def deuteranopia(colour: str) -> tuple[float, ...]:
    return _seen(colour, ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1)))


def _seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    """Viénot, Brettel and Mollon 1999: linear light through the matrix of a missing cone."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = [sum(part * each for part, each in zip(row, linear, strict=True)) for row in matrix]
    return tuple(max(0.0, each) ** (1 / 2.2) for each in light)


def confused(one: str, other: str, sight: Callable[[str], tuple[float, ...]]) -> bool:
    """Whether two colours are hard to tell apart for somebody of that *sight*."""
    return sum((a - b) ** 2 for a, b in zip(sight(one), sight(other), strict=True)) ** 0.5 < 0.2


def told_apart(meanings: set[Meaning]) -> int:
    """Fail where meanings differ by colour alone; return how many pairs have confused colours."""
    pairs = 0
    for one, other in combinations(meanings, 2):
        if one.what == other.what:
            continue
        assert one.sign != other.sign, (one, other)
        pairs += any(confused(one.fill, other.fill, s) for s in (protanopia, deuteranopia))
    return pairs
