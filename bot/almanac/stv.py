"""The shipped tables of wards where the vote is transferable: Scotland's."""

from __future__ import annotations

from dataclasses import dataclass

from bot.almanac.files import WardStatus


@dataclass(frozen=True, slots=True)
class StvWardRow:
    """A ward; `ward` is its ballot's id, turnout in per cent. Blank figures are in no source."""

    ward: str
    code: str
    name: str
    gss: str
    seats_up: int
    electorate: int | None
    turnout: float | None
    valid: int | None
    rejected: int | None
    quota: int | None
    status: WardStatus
    note: str


@dataclass(frozen=True, slots=True)
class StvCandidateRow:
    """Who stood in a ward; `votes` are those after each count, up to the one of going out."""

    ward: str
    name: str
    party: str
    party_name: str
    votes: tuple[str, ...]
    elected: bool

    @property
    def counted(self) -> tuple[int | float | None, ...]:
        """The votes as numbers, None where the source has none."""
        numbers = (float(one) if one else None for one in self.votes)
        return tuple(int(one) if one is not None and one.is_integer() else one for one in numbers)
