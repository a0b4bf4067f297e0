"""What every recorded night has in common: its councils before, tonight and after, and their rows.

A night describes its sources by filling in `CouncilNight`s; the eve is fitted and the rows are made
in the same way for all of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from tools.data.council_dates import dated
from tools.data.councils import name_of, wire_type_of
from tools.data.sources import Sources
from tools.data.writing import Cell

NIGHT_COLUMNS = "night,name,polls_open,polls_close,wire,source_note"
COUNCIL_COLUMNS = (
    "code,wire_name,wire_type,proportion,seats,seats_up,boundary_change,new_council,"
    "predecessors,sitting,sitting_source,sitting_note,baseline,baseline_source"
)
NOMINATION_COLUMNS = "code,party,seats_held,seats_offered,unopposed,candidates"
COMPOSITION_COLUMNS = "code,party,won,now,change"
ADJUSTMENT_COLUMNS = "code,party,field,from,to,why"

VACANT = "Vac"


@dataclass
class CouncilNight:
    """One council's night, party by party (by code).

    `counted_from` is what the seats held before are (`bot.election.baselines`): blank for a new
    council. `standing` has a party's candidates where the source lists them.
    """

    code: str
    size: int
    """The council's seats as of the night, vacancies included."""
    seats_up: int
    """Seats to be filled, polls put off included."""
    is_new: bool = False
    won: Counter[str] = field(default_factory=Counter)
    won_by: Counter[str] = field(default_factory=Counter)
    """Seats won by every party's own name, where those before and after are counted in groups."""
    candidates: Counter[str] = field(default_factory=Counter)
    unopposed: Counter[str] = field(default_factory=Counter)
    standing: tuple[str, ...] = ()
    """The parties that stand, where no source counts their candidates."""
    now: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    proportion: str = ""
    boundary_change: bool = False
    adjustments: list[dict[str, Cell]] = field(default_factory=list)
    fitted: bool = False
    counted_from: str = ""
    counted_from_source: str = ""
    cited_sitting: tuple[str, str, str] | None = None
    """Who controlled it on the eve, by what source, and a note: where the seats do not tell."""

    @property
    def baseline(self) -> str:
        """What the seats held before are; "updated" where later changes could be added."""
        return f"{self.counted_from}:updated" if self.fitted and ":" in self.counted_from else self.counted_from

    @property
    def sitting(self) -> tuple[str, str, str]:
        """Who controlled the council on the eve, by what source, and a note."""
        if self.is_new:
            return "", "", "first election"
        if self.cited_sitting is not None:
            return self.cited_sitting
        return control_of(self.held, self.held.total()), self.counted_from_source, ""

    def adjust(self, party: str, field_name: str, to: int, why: str) -> None:
        """Set a figure of the eve by *party*, and record why; nothing happens if it is so."""
        figures = self.held if field_name == "seats_held" else self.offered
        if (was := figures[party]) == to:
            return
        figures[party] = to
        self.adjustments.append(
            {
                "code": self.code,
                "party": party,
                "field": field_name,
                "from": was,
                "to": to,
                "why": why,
            }
        )


class Night(Protocol):
    """A recorded night: its sources, its parties in the order of its tables, its councils."""

    @property
    def sources(self) -> Sources:
        """The folder of sources."""

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties of the council tables, in their order; all others are counted under Ind."""

    @property
    def councils(self) -> dict[str, CouncilNight]:
        """The councils by their code."""

    @property
    def wire_names(self) -> dict[str, str]:
        """Council names as the wire prints them, where they are not our own."""


def fit_the_eve(
    council: CouncilNight, parties: tuple[str, ...], last_time: Counter[str]
) -> None:
    """Move single seats on the eve between parties until nobody defends fewer than none.

    Seats not up are what a party has now less what it won tonight. Where the eve's composition
    gives a party fewer, somebody changed sides, or a seat fell vacant, after that snapshot. The
    seat is taken from the party that would defend most beyond what it won when these seats were
    last fought (*last_time*, where the wards are the same); between equals, from the one defending
    fewest, the likeliest to be the same seat under another name. Who controls the
    council stays so, of all seats and of the filled ones.
    """
    total = council.held.total()
    sitting = control_of(council.held, total)
    not_up = {party: council.now[party] - council.won[party] for party in parties}

    def defended(party: str) -> int:
        return council.held[party] - not_up[party]

    def may_give(party: str, to: str) -> bool:
        after = council.held - Counter({party: 1}) + Counter({to: 1})
        filled = total - after[VACANT]
        return defended(party) > 0 and sitting == control_of(after, total) == control_of(
            after, filled
        )

    why = "seats not up (now less won tonight) exceed the eve's composition"
    for party in parties:
        while defended(party) < 0:
            donor = max(
                (p for p in parties if may_give(p, party)),
                key=lambda p: (
                    defended(p) - last_time[p] if last_time else 0,
                    -defended(p),
                    -parties.index(p),
                ),
            )
            council.fitted = True
            council.adjust(donor, "seats_held", council.held[donor] - 1, why)
            council.adjust(party, "seats_held", council.held[party] + 1, why)


def control_of(seats: Counter[str], total: int) -> str:
    """Return the party with more than half of all seats (vacant ones included), else NOC."""
    return next(
        (party for party, held in seats.items() if party != VACANT and 2 * held > total), "NOC"
    )


def council_night_rows(night: Night) -> list[dict[str, Cell]]:
    """Return the rows of the night's councils."""
    registry, names = dated(night.sources.registry), night.wire_names
    rows: list[dict[str, Cell]] = []
    for code, council in night.councils.items():
        sitting, source, note = council.sitting
        plain_name = name_of(registry[code]).replace(" and ", " & ")
        rows.append(
            {
                "code": code,
                "wire_name": names.get(code, plain_name),
                "wire_type": wire_type_of(registry[code]),
                "proportion": council.proportion,
                "seats": council.size,
                "seats_up": council.seats_up,
                "boundary_change": council.boundary_change,
                "new_council": council.is_new,
                "predecessors": tuple(
                    old
                    for old, row in sorted(registry.items())
                    if council.is_new and code in row["replaced-by"].split(",")
                ),
                "sitting": sitting,
                "sitting_source": source,
                "sitting_note": note,
                "baseline": council.baseline,
                "baseline_source": council.counted_from_source,
            }
        )
    return rows


def nomination_rows(night: Night) -> list[dict[str, Cell]]:
    """Return what each party held, defended and put up, council by council."""
    return [
        {
            "code": code,
            "party": party,
            "seats_held": council.held[party],
            "seats_offered": council.offered[party],
            "unopposed": council.unopposed[party],
            "candidates": None if council.standing else council.candidates[party],
        }
        for code, council in night.councils.items()
        for party in night.parties
        if council.held[party] or council.candidates[party] or party in council.standing
    ]


def composition_rows(night: Night) -> list[dict[str, Cell]]:
    """Return what each party won and has now; a first election has no change to show."""
    return [
        {
            "code": code,
            "party": party,
            "won": (council.won_by or council.won)[party],
            "now": council.now[party],
            "change": None if council.is_new else council.now[party] - council.held[party],
        }
        for code, council in night.councils.items()
        for party in night.parties
        if (council.won_by or council.won)[party] or council.now[party] or council.held[party]
    ]


def adjustment_rows(night: Night) -> list[dict[str, Cell]]:
    """Return every figure of the eve that was fitted, its last value against its first."""
    merged: dict[tuple[str, str, str], dict[str, Cell]] = {}
    for council in night.councils.values():
        for step in council.adjustments:
            key = (str(step["code"]), str(step["party"]), str(step["field"]))
            merged[key] = step | {"from": merged.get(key, step)["from"]}
    return [row for _, row in sorted(merged.items()) if row["from"] != row["to"]]
