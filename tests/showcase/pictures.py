"""Which pictures of the night the README shows, and how they are kept: small, with their state.

A PNG's bytes change with the library that draws it. What it shows is the state of its picture,
which stands in the file: by it a test tells whether the file is still what is drawn.
"""

from __future__ import annotations

import html
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.pictures.council import council_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.night import state_picture
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureRenderer
from bot.pictures.timeline import timeline_picture
from bot.wording.night import NightView
from tests.support.whole_night import moments

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
README = ROOT / "README.md"

_WIDTH = 880
"""Twice as wide as the README shows them."""
_KEYWORD = b"state"
_BLOCK = re.compile(r"(?<=<!-- pictures -->\n).*(?=<!-- end of pictures -->)", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A file of the README, its caption as HTML and what it shows in words, and how it is drawn."""

    file_name: str
    caption: str
    alt: str
    picture: Picture | None = None


def drawn() -> list[Shown]:
    """Return the pictures of the night at its end, and Hull's as it declared."""
    end, early = moments()["Saturday's end"], moments()["Friday 02:45"]
    almanac, view = end.almanac, NightView(end.standings, end.almanac, end.at)
    [hull] = [one for one in early.standings if one.council.code == "KHL"]
    [croydon] = [one for one in end.ballots if one.ballot.code == "mayor.croydon"]
    found = {
        "map": ("<code>/night map</code>", map_picture(view)),
        "state": ("<code>/night chart</code>", state_picture(view)),
        "hull": ("<code>/council Hull</code>", council_picture(hull, early.almanac)),
        "assembly": ("<code>/assembly</code>", assembly_picture(end.ballots, almanac)),
        "timeline": (
            "<code>/night chart kind:hour by hour</code>",
            timeline_picture(view),
        ),
        "croydon": ("<code>/mayor Croydon</code>", ballot_picture(croydon, almanac)),
    }
    return [
        Shown(f"{name}.png", caption, picture.alt, picture)
        for name, (caption, picture) in found.items()
        if picture is not None
    ]


def write(shown: Iterable[Shown]) -> None:
    """Draw pictures into the folder of the documentation."""
    picture_renderer = PictureRenderer()
    for one in shown:
        if one.picture is not None:
            png = picture_renderer.draw(_narrow(one.picture))
            (FOLDER / one.file_name).write_bytes(_with_state(png, one.picture.state))
    picture_renderer.close()


def _narrow(picture: Picture) -> Picture:
    height = round(picture.height * _WIDTH / picture.width)
    size = f'width="{picture.width}" height="{picture.height}"'
    svg = picture.svg.replace(size, f'width="{_WIDTH}" height="{height}"', 1)
    return replace(picture, svg=svg, width=_WIDTH, height=height)


def _with_state(png: bytes, state: str) -> bytes:
    """Return a PNG with a text chunk before its end."""
    body = b"tEXt" + _KEYWORD + b"\0" + state.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end = len(png) - 12
    return png[:end] + chunk + png[end:]


def state_in(png: bytes) -> str | None:
    """Return the state that a PNG was written with."""
    found = re.search(rb"tEXt" + _KEYWORD + rb"\0([0-9a-f]{64})", png)
    return found and found[1].decode()


def in_readme(shown: Iterable[Shown]) -> str:
    """Return the README's block: two pictures side by side, each with its words."""
    cells = [
        f'<td width="50%" valign="top">{one.caption}<br>\n'
        f'<img src="docs/pictures/{one.file_name}" alt="{html.escape(one.alt)}"></td>\n'
        for one in shown
    ]
    rows = ["<tr>\n" + "".join(cells[n : n + 2]) + "</tr>\n" for n in range(0, len(cells), 2)]
    return "<table>\n" + "".join(rows) + "</table>\n"


def block_of(readme: str) -> str:
    """Return the block that the README has now. Raises `ValueError` where it has none."""
    found = _BLOCK.search(readme)
    if found is None:
        raise ValueError("README.md has no place for the pictures")
    return found[0]


def with_block(readme: str, block: str) -> str:
    """Return the README with another block."""
    return _BLOCK.sub(lambda _: block, readme, count=1)
