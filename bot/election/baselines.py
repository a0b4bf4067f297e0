"""What seat changes are counted from, named by what it is and its date.

A composition of some earlier May is not the eve of poll: by-elections and defections since are not
in it. So no change goes without its baseline, and a sum over several baselines is a baseline of
its own, which names its parts.
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
    """What a composition before the night is."""

    EVE = "eve"
    """Who sat on the eve of poll, by a cited source."""
    WIRE = "wire"
    """The wire's own count: from the eve of poll, as it says."""
    SNAPSHOT = "snapshot"
    """Who sat after the elections of an earlier year."""
    ELECTION = "election"
    """Who was elected when the whole council was last elected."""
    NOTIONAL = "notional"
    """The last election, reckoned again on new boundaries."""
    MIXED = "mixed"
    """Several of these, each for its councils."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What changes are counted from. A snapshot and an election have their date in `on`.

    `updated`: some changes since are in it and perhaps not all. `parts` are those of a sum over
    several, each with the number of its councils, most first.
    """

    kind: BaselineKind
    on: date | None = None
    updated: bool = False
    parts: tuple[tuple[Baseline, int], ...] = ()

    EVE_OF_POLL: ClassVar[Baseline]
    LAST_ELECTION: ClassVar[Baseline]
    WIRES: ClassVar[Baseline]

    def __post_init__(self) -> None:
        if (self.kind in (BaselineKind.SNAPSHOT, BaselineKind.ELECTION)) != (self.on is not None):
            raise ValueError(f"a baseline of a day, and no other, has its date: {self}")
        if (self.kind is BaselineKind.MIXED) != (len(self.parts) > 1):
            raise ValueError(f"only a sum over several baselines has parts: {self}")

    @property
    def of_seats(self) -> bool:
        """Whether it is a composition that really sat, whose seats can stand beside today's."""
        return self.kind is not BaselineKind.NOTIONAL

    @property
    def family(self) -> Baseline:
        """This with or without later changes: figures of one family may be compared and summed."""
        return replace(self, updated=False) if self.updated else self

    @property
    def code(self) -> str:
        """One word for the tables: "snapshot:2021-05-06", "election:2017-05-04", "wire".

        Raises `ValueError` for a sum over several, which no council has.
        """
        if self.parts:
            raise ValueError("a council's changes have one baseline")
        parts = [self.kind.value, self.on.isoformat() if self.on else ""]
        return ":".join([part for part in parts if part] + ["updated"] * self.updated)

    @classmethod
    def from_code(cls, code: str) -> Baseline:
        """Return the baseline of a code; raises `ValueError` for one that is none."""
        kind, *rest = code.split(":")
        days = [part for part in rest if part != "updated"]
        if len(days) > 1:
            raise ValueError(f"no baseline: {code}")
        on = date.fromisoformat(days[0]) if days else None
        return cls(BaselineKind(kind), on, "updated" in rest)


Baseline.EVE_OF_POLL = Baseline(BaselineKind.EVE)
Baseline.LAST_ELECTION = Baseline(BaselineKind.NOTIONAL)
Baseline.WIRES = Baseline(BaselineKind.WIRE)


def baseline_of(
    now: Composition,
    changes: Mapping[str, int],
    before: Composition | None,
    named: Baseline | None,
) -> Baseline:
    """Return what a council's *changes* are counted from.

    *before* is the composition in the night's table and *named* what that is. Changes that are
    just those from it have its name; any others are the wire's own. Vacancies are left aside:
    a wire does not always count them.
    """
    if before is None or named is None:
        return Baseline.WIRES
    ours = {code: change for code, change in now.changes_from(before).items() if change}
    told = {code: change for code, change in changes.items() if change}
    ours.pop(VACANT, None)
    told.pop(VACANT, None)
    return named if ours == told else Baseline.WIRES


def growth(changes: Mapping[str, int] | None, baseline: Baseline | None) -> int:
    """Return by how many seats a council is larger than before, as far as its *changes* tell.

    Vacancies are among them. The wire's do not always count all, so they tell nothing.
    """
    if baseline is not None and baseline.kind is BaselineKind.WIRE:
        return 0
    return sum((changes or {}).values())


def merged(baselines: Iterable[Baseline]) -> Baseline | None:
    """Return what a sum over councils is counted from, given that of each; None without any.

    Seats that really sat are never added to notional ones: there is no such sum.
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
