"""Legible colours. Contrast is WCAG 2.2's ratio of relative luminances.

Level AA asks for 4.5 for text (1.4.3) and 3 for graphics (1.4.11).
"""

from __future__ import annotations

import functools

from bot.election.party_identity import linear

PAPER = "#FFFFFF"
INK = "#14181F"
BLACK = "#000000"
FAINT = "#4A5260"
RULE = "#D5DAE1"
EDGE = "#7F8896"
"""The faintest line with enough contrast to paper."""
NOC_FILL = "#C3C9D2"
NO_ELECTION = "#E9ECF0"
FILLED = "#2B4C7E"
"""For figures that are no party's: progress, an answer, a turnout."""

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0

# A map asks for the same few colours repeatedly.
_kept = functools.lru_cache(maxsize=1_024)


@_kept
def luminance(colour: str) -> float:
    """Return the relative luminance of `#RRGGBB`, from 0 (black) to 1 (white)."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@_kept
def ink_on(fill: str) -> str:
    """Return black or white, whichever is more legible on a fill."""
    return max((BLACK, PAPER), key=lambda ink: contrast(ink, fill))


@_kept
def outline_of(fill: str) -> str:
    """Return an outline with enough contrast to paper: the fill, darkened if need be."""
    shade, percent = fill, 100
    while contrast(shade, PAPER) < SHAPE_CONTRAST:
        percent -= 5
        parts = (int(fill[place : place + 2], 16) * percent // 100 for place in (1, 3, 5))
        shade = "#" + "".join(f"{part:02X}" for part in parts)
    return shade


@_kept
def tinted(fill: str) -> str:
    """Return a pale shade of a fill, on which ink is legible."""
    parts = (int(fill[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * 0.35):02X}" for part in parts)
