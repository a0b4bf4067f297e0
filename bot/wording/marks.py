"""Coloured marks beside party names: the emoji nearest to each party's colour.

The name always stands beside its mark. Within a message no two parties share a mark.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

from bot.election.parties import Parties, Party, PartyKind

NOC_MARK = "⬛"
_GREY = "⬜"
_BROWN = "🟫"
_BY_HUE = ((18, "🟥"), (45, "🟧"), (70, "🟨"), (180, "🟩"), (255, "🟦"), (325, "🟪"), (361, "🟥"))
"""Each square with the hue in degrees up to which it is the nearest."""
_LEAST_SATURATION = 0.2
_DARK = 0.5
_LIKE = {
    "🟥": "🔴🔺",
    "🟧": "🟠🔶🧡",
    "🟨": "🟡💛",
    "🟩": "🟢💚",
    "🟦": "🔵🔷💙",
    "🟪": "🟣💜",
    "🟫": "🟤🤎",
    _GREY: "⚪🤍",
}
"""Marks of the same colour in other shapes, for further parties of that colour."""
_ANY = "".join(_LIKE) + "".join(_LIKE.values())


class Marks:
    """The marks of one message; a party keeps the mark it was given first.

    Of the *expected* parties local ones come last, so that others keep their usual square.
    """

    def __init__(self, expected: Iterable[Party] = ()) -> None:
        self._given: dict[str, str] = {}
        for party in sorted(expected, key=lambda one: one.kind is PartyKind.LOCAL):
            self.of(party)

    @classmethod
    def among(cls, codes: Iterable[str], parties: Parties) -> Marks:
        """Return the marks of a message on some parties, given in the order of the table.

        So a party has one mark in all messages on the same parties, whoever is ahead.
        """
        order = {one.code: place for place, one in enumerate(parties.rows)}
        known = sorted(codes, key=lambda code: order.get(code, len(order)))
        return cls(parties.get(code) for code in known)

    def of(self, party: Party | None) -> str:
        """Return a party's mark (None is no overall control); "▪" once all marks are taken."""
        if party is None:
            return NOC_MARK
        if party.code not in self._given:
            nearest = _nearest(party)
            taken = set(self._given.values())
            free = (mark for mark in f"{nearest}{_LIKE[nearest]}{_ANY}" if mark not in taken)
            self._given[party.code] = next(free, "▪")
        return self._given[party.code]


def _nearest(party: Party) -> str:
    red, green, blue = (int(party.colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < _LEAST_SATURATION:
        return _GREY
    mark = next(mark for below, mark in _BY_HUE if hue * 360 < below)
    return _BROWN if mark == "🟧" and value < _DARK else mark
