"""The colours and letters that tell the parties of a picture apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.election.parties import VACANT, Parties, Party, PartyKind, letters_of
from bot.election.party_identity import possible_letters
from bot.pictures.colours import NOC_FILL, PAPER
from bot.pictures.symbols import SYMBOLS
from bot.wording.phrases import NO_OVERALL_CONTROL, members, sentence_case
from bot.wording.text import plain, shortened

_FOREMOST = 7
"""The first parties of the table have symbols that nobody else is given while there are others."""
_HUNG = "Hung"
LONGEST_NAME = 40
"""The most characters of a party's name in a picture."""


class Palette:
    """The colours and unique letters of a picture's parties; None is no overall control."""

    def __init__(self, parties: Parties, codes: Iterable[str | None]) -> None:
        self.parties = parties
        self._letters: dict[str | None, str] = {None: _HUNG, VACANT: "–"}
        every = [parties.get(code) for code in dict.fromkeys(codes) if code is not None]
        taken = set(self._letters.values())
        for party in sorted(every, key=lambda one: not one.known):
            if party.code not in self._letters:
                letters = next(one for one in _letters(party) if one not in taken)
                taken.add(letters)
                self._letters[party.code] = letters
        self._symbols = _symbols(parties, every)

    def letters(self, code: str | None) -> str:
        """Return the letters of a party in this picture."""
        return self._letters[code]

    def symbol(self, code: str) -> int:
        """Return the number of a party's symbol, for shapes too small for letters."""
        return self._symbols[code]

    def fill(self, code: str | None) -> str:
        """Return a party's colour; vacant seats have the colour of paper."""
        if code is None:
            return NOC_FILL
        return PAPER if code == VACANT else self.parties.get(code).colour.upper()

    def name(self, code: str | None) -> str:
        """Return a party's name for headings: "Liberal Democrats"."""
        if code is None:
            return sentence_case(NO_OVERALL_CONTROL)
        if code == VACANT:
            return "Vacant"
        return shortened(sentence_case(plain(members(self.parties.get(code)))), LONGEST_NAME)


def _symbols(parties: Parties, here: Sequence[Party]) -> dict[str, int]:
    """Return a symbol for each party by its place in the table; strangers follow."""
    kinds = (PartyKind.BUCKET, PartyKind.VACANT)
    known = [one.code for one in parties.rows if one.kind not in kinds]
    order = {code: place for place, code in enumerate(known)}
    order |= {one.code: -1 for one in here if one.kind is PartyKind.BUCKET}
    found: dict[str, int] = {}
    # The first of the table keep theirs; once all are given out, they come again.
    order |= {one.code: 10_000 for one in here if one.kind is PartyKind.VACANT}
    for code in sorted({one.code for one in here}, key=lambda one: (order.get(one, 999), one)):
        wanted = min(order.get(code, len(known)), len(known))
        start = SYMBOLS - 1 if wanted < 0 else wanted
        if wanted >= _FOREMOST:
            start = _FOREMOST + (wanted - _FOREMOST) % (SYMBOLS - 1 - _FOREMOST)
        taken = {*found.values()} if len(found) < SYMBOLS else set()
        # Those of no one party look from the end on, so that they never take a party's.
        step = -1 if wanted < 0 else 1
        turns = [(start + step * turn) % SYMBOLS for turn in range(SYMBOLS)]
        turns.sort(key=lambda one: wanted >= 0 and one == SYMBOLS - 1)
        found[code] = next(one for one in turns if one not in taken)
    return found


def _letters(party: Party) -> Iterator[str]:
    """Yield letters for a party without end, its own first."""
    yield from letters_of(party)
    yield from possible_letters(party.name, "")
