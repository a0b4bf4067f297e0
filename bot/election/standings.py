"""What is known of a council: before the night, as its wards declare, and after its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.election.baselines import Baseline
from bot.election.claims import Basis, ClaimState
from bot.election.control import Control, Outcome
from bot.election.councils import Council
from bot.election.reports import Proportion, SourceKind
from bot.election.seats import Composition


class PriorSource(StrEnum):
    """Who says who controlled the council before."""

    DESK = "the desk"
    WIRE = "the wire's sitting party"
    SHEET = "the desk sheet"
    NOMINATIONS = "the seats held at nominations"
    SHIPPED = "our own table"
    HISTORY = "our control history"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: the feed, its document, the revision and the time of arrival."""

    feed: str
    document: str
    revision: int | None
    received_at: datetime
    kind: SourceKind = SourceKind.PA


@dataclass(frozen=True, slots=True)
class Voice:
    """What one source says of a council, compared with what is in force.

    `says` is the control that it gives, None while it is incomplete. `wards` of `of_wards` have
    declared in it. A source without revisions is `confirmed` once a second fetch shows the same.
    """

    kind: SourceKind
    says: Control | None
    agrees: bool
    revision: int | None = None
    received_at: datetime | None = None
    wards: int | None = None
    of_wards: int | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class WardStanding:
    """What is known of a ward; `won` gives its winners by party code.

    `vacant` is the number of seats that stay vacant tonight.
    """

    ballot_id: str
    name: str
    gss: str | None
    seats: int
    declared: bool
    counts_tonight: bool
    won: Composition
    source: Source
    by_election: bool = False
    vacant: int = 0


@dataclass(frozen=True, slots=True)
class Declared:
    """A council's result in force.

    `won` gives the seats won tonight (None if the source does not say), `now` the whole council
    afterwards, `changes` the signed changes from `baseline`. `by_desk` is set if the desk released
    a held report or entered the result. `version` is that of the claim, None while the result is
    shown but not claimed; `confirmed` is False until a second fetch or source says the same.
    `voices` holds what each source says.
    """

    after: Control
    outcome: Outcome
    won: Composition | None
    now: Composition
    changes: Mapping[str, int] | None
    baseline: Baseline
    declared_at: datetime
    basis: Basis
    source: Source
    version: int | None
    state: ClaimState | None
    by_desk: bool = False
    confirmed: bool = True
    voices: tuple[Voice, ...] = ()

    @property
    def counted_changes(self) -> Mapping[str, int] | None:
        """The changes that may be shown and added up; None for a first election."""
        return None if self.outcome is Outcome.FIRST_ELECTION else self.changes


@dataclass(frozen=True, slots=True)
class Held:
    """A held report, with the reasons in sentences, and the name of the rule behind each."""

    report_id: int
    source: Source
    reasons: tuple[str, ...]
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskNote:
    """What the desk tells readers about a council beside its result: a concession, a defection.

    `control` and `seats` say how the council stands since then; they count in no total.
    """

    id: int
    at: datetime
    text: str
    control: Control | None = None
    seats: Composition | None = None


@dataclass(frozen=True, slots=True)
class CouncilStanding:
    """What is known of a council on a night: its standing.

    `before` is None for a new council, and with `before_source` if it is not known; `before_year`
    is the year of the control history that it is from. `held` is the composition on the eve of poll
    and `offered` the seats that each party defends, by the nominations or else the night's table;
    both are None where neither says so. `table_size` is the size by that table. `lacking` is a
    sentence that says why no result follows although all wards are in.
    """

    night: date
    council: Council
    proportion: Proportion | None = None
    new_council: bool = False
    boundary_change: bool = False
    before: Control | None = None
    before_source: PriorSource | None = None
    before_year: int | None = None
    held: Composition | None = None
    offered: Mapping[str, int] | None = None
    candidates: Mapping[str, int] = field(default_factory=dict)
    seats_up: int | None = None
    expected_at: datetime | None = None
    table_size: int | None = None
    ward_count: int | None = None
    declared: Declared | None = None
    wards: tuple[WardStanding, ...] = ()
    awaiting_desk: tuple[Held, ...] = ()
    lacking: str | None = None

    @property
    def size(self) -> int | None:
        """The number of seats by the result, else on the eve of poll, else in our tables."""
        if self.declared is not None:
            return self.declared.now.total
        held = 0
        if self.held is not None and not self.boundary_change:
            held = self.held.total  # may leave out a vacant seat
        return max(held, self.table_size or 0) or self.council.seats

    @property
    def is_declared(self) -> bool:
        """Whether a result is in force."""
        return self.declared is not None
