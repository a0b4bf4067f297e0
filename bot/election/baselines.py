"""Baselines: what changes of seats are counted from, with kind and date.

The composition after an earlier May lacks the by-elections and defections up to the eve of poll, so
every change is given with its baseline. A sum over councils with several baselines has a `MIXED`
one, which lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar

from bot.election.parties import VACANT
from bot.election.seats import Composition


class BaselineKind(StrEnum):
    """Which composition before the night changes are counted from."""

    EVE = "eve"
    """The composition on the eve of poll, from a cited source."""
    WIRE = "wire"
    """The wire's own changes, which it says are from the eve of poll."""
    SHEET = "sheet"
    """The newsroom's own changes, from the seats before in the desk sheet."""
    SNAPSHOT = "snapshot"
    """The composition after the elections of an earlier year."""
    ELECTION = "election"
    """The composition elected when the whole council was last elected."""
    NOTIONAL = "notional"
    """The last election's result recalculated on new boundaries."""
    MIXED = "mixed"
    """Several of these in one sum over councils."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What changes are counted from; `on` is the date of a snapshot or an election.

    `updated` means that some later changes are included, though perhaps not all. `parts` lists the
    baselines in a sum, each with its number of councils, the most common first.
    """

    kind: BaselineKind
    on: date | None = None
    updated: bool = False
    parts: tuple[tuple[Baseline, int], ...] = ()

    EVE_OF_POLL: ClassVar[Baseline]
    LAST_ELECTION: ClassVar[Baseline]
    WIRES: ClassVar[Baseline]
    SHEETS: ClassVar[Baseline]

    def __post_init__(self) -> None:
        if (self.kind in (BaselineKind.SNAPSHOT, BaselineKind.ELECTION)) != (self.on is not None):
            raise ValueError(f"a baseline of a day, and no other, has its date: {self}")
        if (self.kind is BaselineKind.MIXED) != (len(self.parts) > 1):
            raise ValueError(f"only a sum over several baselines has parts: {self}")

    @property
    def of_seats(self) -> bool:
        """Whether it is a council that really sat, so that its seats compare with today's."""
        return self.kind is not BaselineKind.NOTIONAL

    @property
    def family(self) -> Baseline:
        """This baseline without `updated`: changes of one family may be compared and summed."""
        return replace(self, updated=False) if self.updated else self

    @property
    def code(self) -> str:
        """The form that the database stores: "snapshot:" or "election:" and the date, or "wire".

        Raises `ValueError` for a sum over several baselines.
        """
        if self.parts:
            raise ValueError("a council's changes have one baseline")
        parts = [self.kind.value, self.on.isoformat() if self.on else ""]
        return ":".join([part for part in parts if part] + ["updated"] * self.updated)

    @classmethod
    def from_code(cls, code: str) -> Baseline:
        """Return the baseline that a code stands for; raises `ValueError` for an invalid one."""
        kind, *rest = code.split(":")
        days = [part for part in rest if part != "updated"]
        if len(days) > 1:
            raise ValueError(f"no baseline: {code}")
        on = date.fromisoformat(days[0]) if days else None
        return cls(BaselineKind(kind), on, "updated" in rest)


Baseline.EVE_OF_POLL = Baseline(BaselineKind.EVE)
Baseline.LAST_ELECTION = Baseline(BaselineKind.NOTIONAL)
Baseline.WIRES = Baseline(BaselineKind.WIRE)
Baseline.SHEETS = Baseline(BaselineKind.SHEET)


def baseline_of(
    now: Composition,
    changes: Mapping[str, int],
    before: Composition | None,
    named: Baseline | None,
    own: Baseline = Baseline.WIRES,
) -> Baseline:
    """Return what a council's *changes* are counted from.

    *before* is the composition in the night's table and *named* its baseline. That is the answer if
    the changes are exactly those from *before*; otherwise they are the source's *own*. Vacant seats
    are not compared, because the wire does not always count them.
    """
    if before is None or named is None:
        return own
    ours = {code: change for code, change in now.changes_from(before).items() if change}
    told = {code: change for code, change in changes.items() if change}
    ours.pop(VACANT, None)
    told.pop(VACANT, None)
    return named if ours == told else own


def growth(changes: Mapping[str, int] | None, baseline: Baseline | None) -> int:
    """Return by how many seats, vacant ones included, a council has grown according to *changes*.

    0 for a source's own changes, which do not always include vacant seats.
    """
    if baseline is not None and baseline.family in (Baseline.WIRES, Baseline.SHEETS):
        return 0
    return sum((changes or {}).values())


def merged(baselines: Iterable[Baseline]) -> Baseline | None:
    """Return the baseline of a sum over councils from the baseline of each, or None without any.

    None too where notional seats would be added to seats that really existed.
    """
    counts: dict[Baseline, int] = {}
    updated: set[Baseline] = set()
    for one in baselines:
        counts[one.family] = counts.get(one.family, 0) + 1
        if one.updated:
            updated.add(one.family)
    if len(counts) > 1 and not all(one.of_seats for one in counts):
        return None
    named = [
        (replace(one, updated=one in updated), number)
        for one, number in sorted(counts.items(), key=lambda item: (-item[1], item[0].code))
    ]
    if len(named) > 1:
        return Baseline(BaselineKind.MIXED, parts=tuple(named))
    return named[0][0] if named else None
