"""A coloured square beside a party's name, the nearest that emoji have to its own colour.

The name always stands beside it: squares are for the eye, not for the meaning.
"""

from __future__ import annotations

import colorsys

from bot.election.parties import Party

NOC_MARK = "⬛"
_GREY = "⬜"
_BROWN = "🟫"
_BY_HUE = ((18, "🟥"), (45, "🟧"), (70, "🟨"), (180, "🟩"), (255, "🟦"), (325, "🟪"), (361, "🟥"))
"""The hue, in degrees, below which each square is the nearest."""
_LEAST_SATURATION = 0.2
_DARK = 0.5


def mark_of(party: Party | None) -> str:
    """Return the square of a party, None being no overall control."""
    if party is None:
        return NOC_MARK
    red, green, blue = (int(party.colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < _LEAST_SATURATION:
        return _GREY
    mark = next(mark for below, mark in _BY_HUE if hue * 360 < below)
    return _BROWN if mark == "🟧" and value < _DARK else mark
