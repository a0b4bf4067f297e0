"""The rows of the shipped tables that are known before a night.

`data/README.md` says what each column holds and where it comes from; columns that no code reads
have no field here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.almanac import YearKind
from bot.election.baselines import Baseline
from bot.election.parties import INDEPENDENT, VACANT
from bot.election.reports import BallotKind, Proportion, VotingSystem
from bot.election.seats import Composition


@dataclass(frozen=True, slots=True)
class ElectionYearRow:
    """A year in which all councils of a nation or type are elected, or none of them is."""

    group: str
    year: int
    kind: YearKind


class HistoryBasis(StrEnum):
    """What a row of the history states."""

    ELECTED = "elected"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A council's seats as elected on a day, or in a snapshot of a year taken by that day.

    `local` are the seats of a `local_party` that has the majority. `control` is None where the
    columns do not tell parties apart.
    """

    code: str
    name: str
    year: int
    basis: HistoryBasis
    on: date
    total: int
    con: int
    lab: int
    ld: int
    green: int | None
    reform: int | None
    nat: int
    local: int
    vacant: int
    other: int
    control: str | None
    local_party: str | None

    def seats(self, nationalists: str) -> Composition:
        """Return the seats by party code; *nationalists* is the party that `nat` stands for."""
        return Composition(
            (
                ("Con", self.con),
                ("Lab", self.lab),
                ("LD", self.ld),
                ("Green", self.green or 0),
                ("Reform", self.reform or 0),
                (nationalists, self.nat),
                (self.local_party or INDEPENDENT, self.local),
                (VACANT, self.vacant),
                (INDEPENDENT, self.other),
            )
        )


@dataclass(frozen=True, slots=True)
class HexRow:
    """A council's place in a layout of the hex map ("odd-r": odd rows are shifted right)."""

    layout: int
    code: str
    q: int
    r: int


@dataclass(frozen=True, slots=True)
class CountyDistrictRow:
    """A county council and a district in its area."""

    county: str
    district: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """A council on a shipped list."""

    list: str
    night: date | None
    name: str
    about: str
    flagships: bool
    council: str
    why: str


class WireForm(StrEnum):
    """How the wire sends a night's documents."""

    FOLDER = "folder"
    """A folder of XML files."""
    ARRAY = "array"
    """One array of JSON, with states of parties by region too."""


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A council to watch on one night; a change of hands in a flagship is a story of its own."""

    council: str
    why: str = ""
    flagship: bool = True


@dataclass(frozen=True, slots=True)
class NightRow:
    """The night itself; `wire` is the form in which a replay serves its documents."""

    night: date
    name: str
    polls_open: datetime
    polls_close: datetime
    wire: WireForm = WireForm.FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class NightCouncilRow:
    """A council that votes; what is not known is None.

    `sitting` is None for a new council too, and "NOC" where nobody had control. `baseline` says
    what the seats held before are, None for a new council.
    """

    code: str
    wire_name: str = ""
    wire_type: str = ""
    proportion: Proportion | None = None
    seats: int | None = None
    seats_up: int | None = None
    boundary_change: bool = False
    new_council: bool = False
    predecessors: tuple[str, ...] = ()
    sitting: str | None = None
    sitting_source: str = ""
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationRow:
    """What one party held, defended and put up in a council; None for what is not known."""

    code: str
    party: str
    seats_held: int | None = None
    seats_offered: int | None = None
    unopposed: int = 0
    candidates: int | None = None


@dataclass(frozen=True, slots=True)
class LastFoughtRow:
    """A party's seats in a ward (its ballot's id) when tonight's were last fought."""

    ward: str
    fought_on: date
    party: str
    seats: int


@dataclass(frozen=True, slots=True)
class LastVotesRow:
    """A party's votes in a ward (its ballot's id) when it was last fought, as its share counts."""

    ward: str
    fought_on: date
    party: str
    votes: int


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """When a council was expected to declare, as published before the night."""

    code: str
    expected_at: datetime


@dataclass(frozen=True, slots=True)
class CountsBeginRow:
    """When a nation begins to count."""

    nation: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AssemblyBeforeRow:
    """A party's seats in the outgoing Northern Ireland Assembly."""

    party: str
    seats: int


@dataclass(frozen=True, slots=True)
class VotingSystemRow:
    """The voting system of a kind of ballot by law, from a date; without one, from the first."""

    kind: BallotKind
    since: date | None
    system: VotingSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class ByElectionRow:
    """A by-election of a council's ward; `sitting` has the party of each seat, if it is known."""

    ballot_id: str
    code: str
    name: str
    gss: str | None = None
    seats: int = 1
    sitting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRow:
    """A mayor's post, a constituency or a referendum; turnout in per cent.

    `sitting` is the party that held the post on the eve, blank where nobody did or no source says;
    `system` is blank where the law of the date says it.
    What came out (turnout, valid, spoilt, quota, and how many `counts`) is for the replay alone.
    """

    code: str
    kind: BallotKind
    name: str
    area: str
    gss: str | None = None
    nation: str
    region: str = ""
    system: VotingSystem | None = None
    council: str | None = None
    seats: int = 1
    electorate: int | None = None
    valid: int | None = None
    spoilt: int | None = None
    turnout: float | None = None
    quota: int | None = None
    question: str = ""
    counts: int = 1
    sitting: str | None = None
    sitting_name: str | None = None
    sitting_source: str = ""

    def __post_init__(self) -> None:
        if self.kind is BallotKind.WARD:
            raise ValueError("a ward is no ballot of this table: councils' wards are in wards.csv")
