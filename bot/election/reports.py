"""What a feed's document says, in the wire's own words and checked for shape only.

Whether it may be believed is decided elsewhere (`checks`); which of our councils and
parties it means is decided by `Councils` and `Parties`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.cache import remembered
from bot.election.parties import WireParty

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Proportion(StrEnum):
    """How much of a council was up for election."""

    ALL = "all"
    HALF = "half"
    THIRD = "third"


class GainOrHold(StrEnum):
    """The wire's three words for an outcome."""

    GAIN = "gain"
    LOSE_TO_NOC = "lose to NOC"
    NO_CHANGE = "no change"


@dataclass(frozen=True, slots=True)
class WireCouncil:
    """How a document names and describes a council.

    `code` is what it gives beside the name, and may not mean another council: a GSS code, or the
    council's part of an election's id. PA's `paId` is none.
    """

    name: str
    type: str | None = None
    proportion: Proportion | None = None
    boundary_change: bool = False
    new_council: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class PartySeats:
    """A party and a number of seats; signed where the number is a change."""

    party: WireParty
    seats: int


@dataclass(frozen=True, slots=True)
class PartyNominations:
    """One party's line in a council's nominations; `candidates` is None where it is not said."""

    party: WireParty
    seats_held: int
    seats_offered: int
    unopposed: int
    candidates: int | None


@dataclass(frozen=True, slots=True)
class Nominations:
    """Who sits and who stands before the night: the baseline (eve of poll) and the size."""

    night: date
    council: WireCouncil
    parties: tuple[PartyNominations, ...]
    test: bool = False


@dataclass(frozen=True, slots=True)
class CouncilResult:
    """One council, final.

    `winner` and `sitting` are None for no overall control; where the wire names no sitting party
    at all, `sitting_given` is False. `elected` is None where all seats were up; `changes` is None
    where the wire gave no such block, and empty where the block is empty.
    """

    night: date
    council: WireCouncil
    revision: int | None
    winner: WireParty | None
    sitting: WireParty | None
    gain_or_hold: GainOrHold | None
    elected: tuple[PartySeats, ...] | None
    changes: tuple[PartySeats, ...] | None
    composition: tuple[PartySeats, ...]
    winner_given: bool = True
    sitting_given: bool = True
    note: str | None = None
    test: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyState:
    """One line of a state of parties; `party` is None for no overall control."""

    party: WireParty | None
    councils: int
    council_change: int
    seats_won: int
    seat_change: int


@dataclass(frozen=True, slots=True)
class StateOfPartiesReport:
    """The wire's table after so many results: of one `region`, or of all councils without one.

    `included` lists the councils that it counts, where the wire says so.
    """

    night: date
    results: int
    total_councils: int
    parties: tuple[PartyState, ...]
    included: tuple[WireCouncil, ...]
    region: str | None = None
    test: bool = False


class BallotKind(StrEnum):
    """What is voted on."""

    WARD = "ward"
    MAYOR = "mayor"
    ASSEMBLY = "assembly"
    REFERENDUM = "referendum"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands in a ballot, or an answer of a referendum's (then there is no party).

    `votes` are those after each count (parts of votes where they are transferred), None where a
    count does not say; empty while none are known. Counts are numbered from 1: the first holds the
    first preferences, the second of a supplementary vote is its second round. `elected` is None
    while it is not known, `elected_at` and `excluded_at` are counts. `sitting` is set for who held
    the seat or the post before.
    """

    name: str
    party: WireParty | None = None
    votes: tuple[int | float | None, ...] = ()
    elected: bool | None = None
    elected_at: int | None = None
    excluded_at: int | None = None
    sitting: bool = False

    @property
    def first_preferences(self) -> int | None:
        """The votes of the first count, None while they are not known."""
        first = self.votes[0] if self.votes else None
        return None if first is None else int(first)


@remembered(1 << 14)
def _winners(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    found = [candidate for candidate in candidates if candidate.elected]
    return tuple(sorted(found, key=lambda one: one.elected_at or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotReport:
    """What a document says of a ballot: a ward's (`WardReport`), a mayor's, a referendum's …

    `nominations` say who stands. A `rush` names the winner and comes first; `complete` says that
    nothing is to come. Two reports of one source are ordered by (not rush, revision), or by
    `updated_at` in a format without revisions. `winner` and `sitting` are the parties that it calls
    so, None where it names none. `recount` says that one was called. `turnout` is in per cent.
    `seats` is 0 where they are not told. `doubts` say in sentences what of it could not be read.
    """

    night: date
    kind: BallotKind
    area: str
    gss: str | None
    seats: int
    candidates: tuple[Candidate, ...]
    complete: bool = False
    nominations: bool = False
    rush: bool = False
    recount: bool = False
    revision: int | None = None
    updated_at: datetime | None = None
    gain_or_hold: GainOrHold | None = None
    winner: WireParty | None = None
    sitting: WireParty | None = None
    question: str | None = None
    electorate: int | None = None
    turnout: float | None = None
    valid: int | None = None
    spoilt: int | None = None
    quota: int | None = None
    note: str | None = None
    source: str | None = None
    test: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def winners(self) -> tuple[Candidate, ...]:
        """Who is known to be elected (the answer that was chosen), in the order of election."""
        return _winners(self.candidates)

    @property
    def counts(self) -> int:
        """How many counts are told."""
        return max((len(one.votes) for one in self.candidates), default=0)

    @property
    def declared(self) -> bool:
        """Whether every seat has its winner."""
        return len(self.winners) == self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class WardReport(BallotReport):
    """One ballot of a council's election, as far as it is known.

    `council` is the name that the election carries. A cancelled or replaced ballot counts for
    nothing on the night; `replaces` and `replaced_by` are ballot ids. A `rival` is one of several
    copies in one document that say different things.
    """

    kind: BallotKind = BallotKind.WARD
    ballot_id: str
    council: WireCouncil
    cancelled: bool = False
    uncontested: bool = False
    by_election: bool = False
    replaced_by: str | None = None
    replaces: str | None = None
    rival: bool = False

    @property
    def put_off(self) -> bool:
        """Whether nobody is elected tonight: the poll is called off, or held on a later day.

        A ballot that another one of the same day replaces is not put off: the other one counts.
        """
        if self.replaced_by is None:
            return self.cancelled
        day = self.replaced_by.rpartition(".")[2]
        return _DAY.fullmatch(day) is not None and day > self.night.isoformat()

    @property
    def vacant(self) -> int:
        """The seats that nobody fills tonight: of a poll put off, or for want of candidates.

        Where no more stand than there are seats, all who stand are elected without a poll (Local
        Elections (Principal Areas) Rules 2006, rule 14).
        """
        if self.put_off:
            return self.seats
        elected = len(self.winners)
        alone = self.uncontested and 0 < elected == len(self.candidates) < self.seats
        return self.seats - elected if alone else 0

    @property
    def declared(self) -> bool:
        """Whether every seat of the ward has its winner, or can have none."""
        counts = not (self.put_off or self.replaced_by)
        return counts and 0 < self.seats == len(self.winners) + self.vacant


@dataclass(frozen=True, slots=True)
class WinnerStatement:
    """That one person was elected in a ward, or, as a `retraction`, that this was not so.

    `entry` is the statement's own id in its feed; of two about one person the later counts.
    """

    night: date
    entry: str
    council: WireCouncil
    area: str | None
    gss: str | None
    person: str
    party: WireParty
    retraction: bool
    stated_at: datetime
    by_election: bool = False
    source: str | None = None
    test: bool = False


Report = (
    Nominations | CouncilResult | StateOfPartiesReport | WardReport | WinnerStatement | BallotReport
)


class SourceKind(StrEnum):
    """Who says so. Two formats of one source are one source: they cannot confirm each other."""

    PA = "pa"
    DEMOCRACY_CLUB = "democracy_club"
    MODERN_GOV = "modern_gov"
    NIST = "nist"
    SHEET = "desk_sheet"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """Something sound that no answer tells of: its `kind` in words, which one, and its night.

    The night is None where the document does not say it.
    """

    kind: str
    what: str
    night: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One fetched document: where it came from, what it is made of, and what stands in it.

    `faults` say in sentences what could not be read and what to do about it; `reports` holds what
    could be read all the same: an array of documents loses only the faulty ones. `not_followed` is
    what is sound but is not followed (a ballot for a parliament), `unsaid` counts what says nothing
    yet (a sheet's row without a figure). `sha256` is that of the
    whole document as received; `body` may be cut for one over the bound. What the document may not
    say, and its feed knew, are `council_known` and `night_known`. `broken` says that a fault of the
    program kept it from being read: it is kept whole, and a later version reads it again.
    """

    feed: str
    name: str
    sha256: str
    body: bytes
    received_at: datetime
    format: str
    reports: tuple[Report, ...] = ()
    faults: tuple[str, ...] = ()
    not_followed: tuple[NotFollowed, ...] = ()
    unsaid: int = 0
    council_known: str | None = None
    night_known: date | None = None
    broken: bool = False

    @property
    def passed_over(self) -> int:
        """How much of the document makes no report and is no fault."""
        return len(self.not_followed) + self.unsaid

    @property
    def fault(self) -> str | None:
        """All faults in one text, None for a document without any."""
        return " ".join(self.faults) or None
