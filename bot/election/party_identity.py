"""The colour and letters of a party that no table gives any.

They follow from its name and from what is taken, so that they are the same after every restart. A
colour is as light as can be seen on white and on Discord's dark background, and unlike those of
the parties that stand in many places.
"""

from __future__ import annotations

import colorsys
import functools
import hashlib
import itertools
import math
from collections.abc import Iterator
from string import ascii_lowercase

MOST_LETTERS = 4
"""The most letters that fit where a picture shows a party."""

_HUES, _SATURATIONS = range(0, 360, 3), (0.35, 0.55, 0.8)
_LUMINANCES = (0.205, 0.24, 0.28)
"""Relative luminances with a contrast of 3 to white and to `#313338` (WCAG 2.2, 1.4.11)."""
_APART = ((0.075, 0.08, 0.015), (0.06, 0.05, 0.01), (0.04, 0.02, 0.004), (0.0, 0.0, 0.0))
"""Distances (OKLab) to widely used colours, to other given ones, and to local parties' colours.

The first row that leaves a colour is used.
"""

Triple = tuple[float, float, float]


@functools.lru_cache(maxsize=4_096)
def given_colour(
    name: str, wide: tuple[str, ...], given: tuple[str, ...] = (), local: tuple[str, ...] = ()
) -> str:
    """Return the colour, as `#RRGGBB`, of the party called *name*, which has none of its own.

    *wide* are the colours of parties that stand in many places, *given* those that other parties
    of this kind have, *local* those of local parties. It equals none of them while any is free.
    """
    every = _colours()
    start = _number(name)
    # A step that shares no divisor with the number of colours visits all of them.
    step = next(one for one in itertools.count(101 + start % 97) if math.gcd(one, len(every)) == 1)
    taken = tuple(map(oklab, given))
    for to_wide, to_given, to_local in _APART:
        free = _free(wide, local, to_wide, to_local)
        for turn in range(len(every)):
            colour = every[(start + turn * step) % len(every)]
            if colour in free and _apart(oklab(colour), taken, to_given):
                return colour
    return every[start % len(every)]


@functools.lru_cache(maxsize=64)
def _free(
    wide: tuple[str, ...], local: tuple[str, ...], to_wide: float, to_local: float
) -> frozenset[str]:
    """Return the colours that are far enough from those of parties in the tables."""
    theirs, others = tuple(map(oklab, wide)), tuple(map(oklab, local))
    return frozenset(
        colour
        for colour in _colours()
        if _apart(here := oklab(colour), theirs, to_wide) and _apart(here, others, to_local)
    )


def _apart(here: Triple, others: tuple[Triple, ...], distance: float) -> bool:
    return all(math.dist(here, other) > distance for other in others)


def possible_letters(name: str, short: str) -> Iterator[str]:
    """Yield letters for a party without end, the best first: *short*, initials, its first letters.

    None has digits: next to a party's seats they would be read as figures.
    """
    short = "".join(filter(str.isprintable, short)).strip()
    if 0 < len(short) <= MOST_LETTERS:
        yield short
    words = [only for word in name.split() if (only := "".join(filter(str.isalpha, word)))]
    if len(words) > 1:
        yield "".join(word[0] for word in words)[:MOST_LETTERS]
    start = "".join(words)[:MOST_LETTERS] or "?"
    yield start
    for length in itertools.count(1):
        for end in itertools.product(ascii_lowercase[1:], repeat=length):
            yield f"{start[: max(0, MOST_LETTERS - length)]}{''.join(end)}"


@functools.lru_cache(maxsize=2_048)
def oklab(colour: str) -> Triple:
    """Return `#RRGGBB` in OKLab, where distances are as large as they look."""
    red, green, blue = linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def linear(colour: str) -> Triple:
    """Return the linear red, green and blue of `#RRGGBB`, each from 0 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


@functools.cache
def _colours() -> tuple[str, ...]:
    """Return every colour that can be given."""
    found = (
        _of_luminance(hue / 360, saturation, luminance)
        for hue in _HUES
        for saturation in _SATURATIONS
        for luminance in _LUMINANCES
    )
    return tuple(dict.fromkeys(found))


def _of_luminance(hue: float, saturation: float, wanted: float) -> str:
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        red, green, blue = map(_linear, colorsys.hls_to_rgb(hue, middle, saturation))
        if 0.2126 * red + 0.7152 * green + 0.0722 * blue < wanted:
            low = middle
        else:
            high = middle
    parts = (round(255 * part) for part in colorsys.hls_to_rgb(hue, low, saturation))
    return "#" + "".join(f"{part:02X}" for part in parts)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _number(name: str) -> int:
    """Return a number for a name, the same in every process."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest())
