"""A council's seats by party, filled and vacant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.election.parties import VACANT

MOST_SEATS = 1_000
"""More than any council has ever had; a larger number is an error in the document."""


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Composition(Mapping[str, int]):
    """Seats by party code, the largest number first and vacant seats last."""

    _seats: tuple[tuple[str, int], ...]

    def __init__(self, seats: Mapping[str, int] | Iterable[tuple[str, int]] = ()) -> None:
        summed: dict[str, int] = {}
        for party, number in seats.items() if isinstance(seats, Mapping) else seats:
            if not 0 <= number <= MOST_SEATS:
                raise ValueError(f"{party} cannot have {number} seats")
            summed[party] = summed.get(party, 0) + number
        ordered = sorted(
            ((party, number) for party, number in summed.items() if number),
            key=lambda item: (item[0] == VACANT, -item[1], item[0]),
        )
        object.__setattr__(self, "_seats", tuple(ordered))

    def __getitem__(self, party: str) -> int:
        for code, number in self._seats:
            if code == party:
                return number
        raise KeyError(party)

    def __iter__(self) -> Iterator[str]:
        return (code for code, _ in self._seats)

    def __len__(self) -> int:
        return len(self._seats)

    def __hash__(self) -> int:
        return hash(self._seats)

    @property
    def total(self) -> int:
        """The number of all seats, vacant ones included."""
        return sum(number for _, number in self._seats)

    @property
    def vacant(self) -> int:
        """The number of vacant seats."""
        return self.get(VACANT, 0)

    @property
    def filled(self) -> int:
        """The number of filled seats."""
        return self.total - self.vacant

    @property
    def largest(self) -> str | None:
        """The code of the party with most seats; None if no seat is filled or two are level."""
        held = [(code, number) for code, number in self._seats if code != VACANT]
        if not held or (len(held) > 1 and held[0][1] == held[1][1]):
            return None
        return held[0][0]

    def without_vacant(self) -> Composition:
        """Return the seats that are filled."""
        return Composition((code, number) for code, number in self._seats if code != VACANT)

    def changes_from(self, before: Composition) -> dict[str, int]:
        """Return the signed change in each party's seats since *before*, without zeros."""
        codes = dict.fromkeys((*self, *before))
        changes = {code: self.get(code, 0) - before.get(code, 0) for code in codes}
        return {code: change for code, change in changes.items() if change}


def sum_of(parts: Iterable[Composition]) -> Composition:
    """Return the sum of compositions."""
    return Composition(item for part in parts for item in part.items())


def seats_without(eve: Composition, vacated: int, sat: Composition | None) -> Composition | None:
    """Return a composition without *vacated* seats, None where it is not certain whose they were.

    They are vacant on the *eve*, or still counted for the parties that held them (*sat*).
    """
    gone = sat if not eve.vacant else None
    if eve.vacant >= vacated:
        gone = Composition({VACANT: vacated})
    if gone is None or any(number > eve.get(party, 0) for party, number in gone.items()):
        return None
    return Composition((party, number - gone.get(party, 0)) for party, number in eve.items())
