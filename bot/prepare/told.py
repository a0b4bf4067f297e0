"""What the sources say of the councils of a night, and which of them counts where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.election.baselines import Baseline
from bot.election.control import control_of, control_of_filled
from bot.election.reports import BallotReport, Proportion, WardReport
from bot.election.seats import Composition


class Teller(StrEnum):
    """A source, in the order of precedence: where two differ, the one further up counts.

    Of the last night and the history the newer one does.
    """

    SHEET = "the newsroom's sheet"
    PA = "PA's nominations"
    BALLOTS = "Democracy Club's ballots"
    COUNCILLORS = "the list of councillors"
    COMPOSITIONS = "the file of compositions"
    LAST_NIGHT = "the last night in the database"
    HISTORY = "our control history"
    EARLIER = "the results of earlier ballots"
    COUNCILS = "our table of councils"


_PLACES = {teller: place for place, teller in enumerate(Teller)}
_PLACES[Teller.HISTORY] = _PLACES[Teller.LAST_NIGHT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one source says of one council; None is what it does not say.

    `before` is the composition of the whole council before the night and `offered` the part of it
    whose seats are up, both by party code. `control` is the code of who controlled it, or "NOC".
    `as_of` is the day of the composition, None for the eve of poll; it was taken on a day not known
    up to `until`. `bucketed` says that small parties are counted with the independents.
    """

    teller: Teller
    name: str = ""
    type: str = ""
    size: int | None = None
    seats_up: int | None = None
    before: Composition | None = None
    offered: Composition | None = None
    control: str | None = None
    proportion: Proportion | None = None
    boundary_change: bool | None = None
    new_council: bool | None = None
    baseline: Baseline | None = None
    as_of: date | None = None
    until: date | None = None
    bucketed: bool = False
    expected_at: datetime | None = None
    note: str = ""
    flagship: bool = False
    candidates: Mapping[str, int] = field(default_factory=dict)
    unopposed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownBallot:
    """A ballot of Democracy Club's: its id, and what it says."""

    id: str
    report: BallotReport

    @property
    def ward(self) -> WardReport | None:
        """The report where it is of a ward."""
        return self.report if isinstance(self.report, WardReport) else None


@dataclass(slots=True)
class Gathered:
    """Everything that was found for a night.

    `told` and `wards` are by council code; `names` has the councils that no table knows. `faults`
    are sentences on what could not be read or used.
    """

    night: date
    told: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    wards: defaultdict[str, list[KnownBallot]] = field(default_factory=lambda: defaultdict(list))
    other_ballots: list[KnownBallot] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    sitting: dict[str, str] = field(default_factory=dict)
    """Who holds the seat of a by-election or a mayor's post, by the ballot's id: a party's code."""
    last_votes: list[tuple[str, date, str, int]] = field(default_factory=list)
    """A ballot's id, when its ward was last fought, and a party's votes then."""
    not_followed: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def controlled_by(seats: Composition) -> str | None:
    """Return the code of who has more than half of all seats, "NOC" where nobody has.

    None where that hangs on vacant seats: newsrooms then count the filled ones, and nothing tells.
    """
    control = control_of(seats)
    return control.code if control == control_of_filled(seats) else None


def by_precedence(told: Iterable[Told]) -> list[Told]:
    """Return what was told with what counts first."""

    def place(one: Told) -> tuple[int, int]:
        day = one.until or one.as_of
        return _PLACES[one.teller], -day.toordinal() if day else 0

    return sorted(told, key=place)
