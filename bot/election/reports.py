"""What a feed's document says, in its own terms and validated for form only.

`checks` decides whether a report is accepted; `Councils` and `Parties` decide which of our councils
and parties it means.
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
    """The wire's three terms for an outcome."""

    GAIN = "gain"
    LOSE_TO_NOC = "lose to NOC"
    NO_CHANGE = "no change"


@dataclass(frozen=True, slots=True)
class WireCouncil:
    """How a document names and describes a council.

    `code` is a GSS code or the council's part of an election's id, which must mean the same council
    as the name. PA's `paId` is not a code.
    """

    name: str
    type: str | None = None
    proportion: Proportion | None = None
    boundary_change: bool = False
    new_council: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class PartySeats:
    """A party and its number of seats, or the signed change of it."""

    party: WireParty
    seats: int


@dataclass(frozen=True, slots=True)
class PartyNominations:
    """One party's line in a council's nominations; `candidates` is None if not given."""

    party: WireParty
    seats_held: int
    seats_offered: int
    unopposed: int
    candidates: int | None


@dataclass(frozen=True, slots=True)
class Nominations:
    """A council's seats on the eve of poll, and its candidates, by party."""

    night: date
    council: WireCouncil
    parties: tuple[PartyNominations, ...]
    test: bool = False


@dataclass(frozen=True, slots=True)
class CouncilResult:
    """The result of one council.

    `winner` and `sitting` are None for no overall control; `winner_given` and `sitting_given` are
    False if the document does not say. `elected` is None where all seats were up. `changes` is None
    if the document has no such block, and empty if the block is empty. `size` is the number of all
    seats of the council where a document says it apart from the seats of the parties.
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
    size: int | None = None
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
    """The wire's state of parties after a number of results, for one `region` or all councils.

    `included` lists the councils that it counts, if the wire says.
    """

    night: date
    results: int
    total_councils: int
    parties: tuple[PartyState, ...]
    included: tuple[WireCouncil, ...]
    region: str | None = None
    test: bool = False


class BallotKind(StrEnum):
    """The kind of a ballot."""

    WARD = "ward"
    MAYOR = "mayor"
    ASSEMBLY = "assembly"
    REFERENDUM = "referendum"


class VotingSystem(StrEnum):
    """The voting system of a ballot."""

    SUPPLEMENTARY = "supplementary vote"
    STV = "single transferable vote"
    PLURALITY = "first past the post"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate in a ballot, or an answer in a referendum, which has no party.

    `votes` gives the votes after each count, fractional after transfers, with None for a count that
    is not given; it is empty while no votes are known. Counts are numbered from 1: the first gives
    the first preferences, and the second of a supplementary vote is its second round. `elected` is
    None while not known; `elected_at` and `excluded_at` are numbers of counts. `sitting` marks the
    previous holder of the seat or post.
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
        """The votes in the first count, None while not known."""
        first = self.votes[0] if self.votes else None
        return None if first is None else int(first)


@remembered(1 << 14)
def _winners(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    found = [candidate for candidate in candidates if candidate.elected]
    return tuple(sorted(found, key=lambda one: one.elected_at or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotReport:
    """What a document says of a ballot: a ward (`WardReport`), mayor, constituency or referendum.

    `nominations` marks a list of candidates; a `rush`, an early report that names the winner;
    `complete`, one that nothing follows; `recount`, the news that a recount was called. Reports
    from one source are ordered by (not rush, revision), or by `updated_at` in a format without
    revisions. `winner` and `sitting` are the parties that it gives as such, None if it gives none.
    `turnout` is in per cent. `seats` is 0 and `system` None if not given. `doubts` are sentences on
    what could not be read.
    """

    night: date
    kind: BallotKind
    area: str
    gss: str | None
    seats: int
    candidates: tuple[Candidate, ...]
    system: VotingSystem | None = None
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
        """The candidates known to be elected, or the answer chosen, in the order of election."""
        return _winners(self.candidates)

    @property
    def counts(self) -> int:
        """The number of counts given."""
        return max((len(one.votes) for one in self.candidates), default=0)

    @property
    def declared(self) -> bool:
        """Whether every seat has a winner."""
        return len(self.winners) == self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class WardReport(BallotReport):
    """What a document says of one ward in a council's election.

    A cancelled or replaced ballot does not count on the night; `replaces` and `replaced_by` are
    ballot ids. A `rival` is one of several copies in one document that contradict each other.
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
        """Whether nobody is elected tonight: the poll is cancelled or postponed to a later day.

        False for a ballot that is replaced by another one on the same day, which counts instead.
        """
        if self.replaced_by is None:
            return self.cancelled
        day = self.replaced_by.rpartition(".")[2]
        return _DAY.fullmatch(day) is not None and day > self.night.isoformat()

    @property
    def vacant(self) -> int:
        """The number of seats that stay vacant tonight: the poll is off, or candidates are too few.

        If there are no more candidates than seats, all of them are elected without a poll (Local
        Elections (Principal Areas) Rules 2006, rule 14).
        """
        if self.put_off:
            return self.seats
        elected = len(self.winners)
        alone = self.uncontested and 0 < elected == len(self.candidates) < self.seats
        return self.seats - elected if alone else 0

    @property
    def declared(self) -> bool:
        """Whether every seat of the ward has a winner or stays vacant."""
        counts = not (self.put_off or self.replaced_by)
        return counts and 0 < self.seats == len(self.winners) + self.vacant


@dataclass(frozen=True, slots=True)
class WinnerStatement:
    """A statement that one person was elected in a ward or, as a `retraction`, was not.

    `entry` is the statement's id in its feed. The latest statement about a person counts.
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
    """The source of a report. Two formats of one source cannot confirm each other."""

    PA = "pa"
    DEMOCRACY_CLUB = "democracy_club"
    MODERN_GOV = "modern_gov"
    NIST = "nist"
    SHEET = "desk_sheet"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """A valid part of a document that the bot does not follow: its `kind` in words and its name.

    The night is None if the document does not give it.
    """

    kind: str
    what: str
    night: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One fetched document: its origin, its bytes and its contents.

    `faults` are sentences on what could not be read and what to do about it; `reports` holds
    everything that could. `not_followed` lists what is valid but not followed (a ballot for a
    parliament); `unsaid` counts what has no content yet (a sheet's row without a figure). `sha256`
    is the hash of the whole document as received; `body` may be cut off if it is too long.
    `council_known` and `night_known` are what the feed knows and the document may not say. `broken`
    means that a bug kept it from being read: it is kept whole for a later version to read.
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
        """How many parts of the document are neither reports nor faults."""
        return len(self.not_followed) + self.unsaid

    @property
    def fault(self) -> str | None:
        """All faults in one text, None for a document without any."""
        return " ".join(self.faults) or None
