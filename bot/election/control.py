"""Who controls a council, and the outcome of its election."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.election.parties import INDEPENDENT, NOC_CODE, VACANT, Parties, PartyKind
from bot.election.seats import Composition


@dataclass(frozen=True, slots=True)
class Control:
    """The code of the party that has the majority, or None for no overall control.

    The holder may be the bucket of independents and others. Sentences must then say that no *one*
    party has a majority (as in Castle Point).
    """

    holder: str | None

    def __post_init__(self) -> None:
        if self.holder in (VACANT, ""):
            raise ValueError("empty seats control nothing")

    @property
    def is_noc(self) -> bool:
        """Whether nobody has a majority."""
        return self.holder is None

    @property
    def code(self) -> str:
        """The holder's code, "NOC" for no overall control."""
        return self.holder or NOC_CODE

    @classmethod
    def from_code(cls, code: str) -> Control:
        """Return the control with a *code*."""
        return NOC if code == NOC_CODE else cls(code)


NOC = Control(None)


def majority_of(total: int) -> int:
    """Return the number of seats needed for a majority: 29 of 57, 31 of 60."""
    return total // 2 + 1


def control_of(seats: Composition) -> Control:
    """Return who has more than half of all seats, vacant ones included.

    Exactly half is no overall control; the casting vote of a mayor or chair does not count.
    """
    return _holder_of_more_than_half(seats, seats.total)


def control_of_filled(seats: Composition) -> Control:
    """Return who has more than half of the filled seats, which is how newsrooms count."""
    return _holder_of_more_than_half(seats, seats.filled)


def _holder_of_more_than_half(seats: Composition, total: int) -> Control:
    for party, number in seats.items():
        if party != VACANT and 2 * number > total:
            return Control(party)
    return NOC


def seats_behind(control: Control, seats: Composition, parties: Parties) -> int:
    """Return the holder's number of seats; for the bucket, those of local parties as well."""
    if control.holder != INDEPENDENT:
        return seats.get(control.holder or "", 0)
    return sum(
        number
        for code, number in seats.items()
        if code == INDEPENDENT or parties.get(code).kind is PartyKind.LOCAL
    )


def majority_base(after: Control, seats: Composition) -> int:
    """Return the number of seats that the holder's majority is out of: all, or the filled ones.

    It is the filled ones if only they give a majority, as when the desk decides by them
    (in Crawley 18 of 35, with one seat vacant).
    """
    held = seats.get(after.holder, 0) if after.holder else 0
    return seats.filled if 2 * held <= seats.total and 2 * held > seats.filled else seats.total


def majority_over_others(code: str, seats: Composition) -> int:
    """Return a party's seats minus those of all others; vacant seats are nobody's."""
    return 2 * seats.get(code, 0) - seats.filled


class Outcome(StrEnum):
    """What the election did to a council's control."""

    GAIN = "gain"
    GAIN_FROM_NOC = "gain from NOC"
    LOSS_TO_NOC = "loss to NOC"
    HOLD = "hold"
    STAYS_NOC = "stays NOC"
    FIRST_ELECTION = "first election"
    BEFORE_NOT_KNOWN = "before not known"
    """Who controls the council is known; who controlled it before is not, nor what changed."""

    @property
    def changes_hands(self) -> bool:
        """Whether control is known to have changed; False for a first election."""
        return self in (Outcome.GAIN, Outcome.GAIN_FROM_NOC, Outcome.LOSS_TO_NOC)


def outcome_of(before: Control | None, after: Control, *, new_council: bool = False) -> Outcome:
    """Return the outcome of a change from *before* to *after*.

    *before* is None for a *new_council*, and where nothing says who had control.
    """
    if before is None:
        return Outcome.FIRST_ELECTION if new_council else Outcome.BEFORE_NOT_KNOWN
    if before == after:
        return Outcome.STAYS_NOC if after.is_noc else Outcome.HOLD
    if after.is_noc:
        return Outcome.LOSS_TO_NOC
    return Outcome.GAIN_FROM_NOC if before.is_noc else Outcome.GAIN
