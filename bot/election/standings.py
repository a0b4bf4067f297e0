"""Where a council stands: before the night, as its wards come in, and once it has declared."""

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

    WIRE = "the wire's sitting party"
    NOMINATIONS = "the seats held at nominations"
    SHIPPED = "our own table"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: the feed, its document, the revision and when it came in."""

    feed: str
    document: str
    revision: int | None
    received_at: datetime
    kind: SourceKind = SourceKind.PA


@dataclass(frozen=True, slots=True)
class Voice:
    """What one source says of a declared council, beside what is in force.

    `says` is the control that it gives, None while it has not given all; `wards` are those that it
    has declared, of `of_wards`. A source without revisions is `confirmed` by a second look.
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
    """A ward as it stands: its winners by party code once declared.

    `vacant` are the seats that nobody fills tonight.
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

    `won` are the seats won tonight (None where the source does not say), `now` is the whole
    council after, `changes` the signed changes from `baseline`. `by_desk` is set where the
    desk released what the rules had held, or said it itself. `version` is that of the claim, None
    while it is only shown and not claimed; `confirmed` is False until a second look or source says
    the same. `voices` are all who say something of it.
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
        """The changes that may be told and added up: a first election has nothing to move from."""
        return None if self.outcome is Outcome.FIRST_ELECTION else self.changes


@dataclass(frozen=True, slots=True)
class Held:
    """A report that was not believed, with the reasons in sentences."""

    report_id: int
    source: Source
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskNote:
    """What the desk tells readers of a council beside its results: a concession, a defection.

    With `control`, or `seats`, it says how the council stands since; no total counts it.
    """

    id: int
    at: datetime
    text: str
    control: Control | None = None
    seats: Composition | None = None


@dataclass(frozen=True, slots=True)
class CouncilStanding:
    """All that is known of a council on a night.

    `before` is None for a new council and where nothing says (`before_source` is None then).
    `held` is the composition on the eve, `offered` the seats of it that each party defends;
    both are None while no nominations have come. `lacking` says in a sentence why no result
    follows though all wards are in.
    """

    night: date
    council: Council
    proportion: Proportion | None = None
    new_council: bool = False
    boundary_change: bool = False
    before: Control | None = None
    before_source: PriorSource | None = None
    held: Composition | None = None
    offered: Mapping[str, int] | None = None
    candidates: Mapping[str, int] = field(default_factory=dict)
    seats_up: int | None = None
    expected_at: datetime | None = None
    ward_count: int | None = None
    declared: Declared | None = None
    wards: tuple[WardStanding, ...] = ()
    awaiting_desk: tuple[Held, ...] = ()
    lacking: str | None = None

    @property
    def size(self) -> int | None:
        """The number of seats on the council: of the result, else of the eve, else of our table."""
        if self.declared is not None:
            return self.declared.now.total
        if self.held is not None and self.held.total and not self.boundary_change:
            return self.held.total
        return self.council.seats

    @property
    def is_declared(self) -> bool:
        """Whether a result is in force."""
        return self.declared is not None
