"""Contests beside the councils: mayors, an Assembly's constituencies, referendums.

Nobody *controls* anything by them: somebody is elected, or an answer is chosen. Counts are numbered
from 1; the first of a supplementary vote are the first preferences, its second is the second round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.claims import ClaimState
from bot.election.parties import WireParty
from bot.election.reports import GainOrHold
from bot.election.seats import Composition
from bot.election.standings import Held, Source


class ContestKind(StrEnum):
    """What is voted on."""

    MAYOR = "mayor"
    ASSEMBLY = "assembly"
    REFERENDUM = "referendum"


class VotingSystem(StrEnum):
    """How the votes decide."""

    SUPPLEMENTARY = "supplementary vote"
    STV = "single transferable vote"
    PLURALITY = "first past the post"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a referendum's, and what follows where it is chosen."""

    text: str
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest of a night, as known before it: `code` is ours ("mayor.croydon").

    `area` is what feeds call it, `name` what readers do. `council` is the code of the council
    whose mayor or whose referendum it is. `sitting` is the party that holds the post, `previous`
    are the constituency's seats by party at the last election.
    """

    code: str
    kind: ContestKind
    name: str
    area: str
    nation: str
    system: VotingSystem
    region: str = ""
    gss: str | None = None
    council: str | None = None
    seats: int = 1
    electorate: int | None = None
    sitting: str | None = None
    sitting_name: str | None = None
    previous: Composition | None = None
    question: str | None = None
    answers: tuple[Answer, ...] = ()
    aliases: tuple[str, ...] = ()
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who stands, or an answer of a referendum's (then there is no party).

    `votes` are those after each count, None where a count does not say; empty while none are
    known. `elected` is None while it is not known, `elected_at` and `excluded_at` are counts.
    `sitting` is set for who held the seat or the post before.
    """

    name: str
    party: WireParty | None = None
    votes: tuple[int | None, ...] = ()
    elected: bool | None = None
    elected_at: int | None = None
    excluded_at: int | None = None
    sitting: bool = False

    @property
    def first_preferences(self) -> int | None:
        """The votes of the first count, None while they are not known."""
        return self.votes[0] if self.votes else None


@dataclass(frozen=True, slots=True)
class ContestReport:
    """What a document says of a contest, in the wire's own words and checked for shape only.

    A `rush` names the winner and comes first; `complete` says that nothing is to come. Two reports
    of one source are ordered by (not rush, revision), or by `updated_at` in a format without
    revisions. `recount` says that one was called. `turnout` is in per cent.
    """

    night: date
    kind: ContestKind
    area: str
    gss: str | None
    seats: int
    contestants: tuple[Contestant, ...]
    complete: bool
    rush: bool = False
    recount: bool = False
    revision: int | None = None
    updated_at: datetime | None = None
    gain_or_hold: GainOrHold | None = None
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

    @property
    def elected(self) -> tuple[Contestant, ...]:
        """Who is known to be elected (the answer that was chosen), in the order of election."""
        found = [one for one in self.contestants if one.elected]
        return tuple(sorted(found, key=lambda one: one.elected_at or 0))

    @property
    def counts(self) -> int:
        """How many counts are told."""
        return max((len(one.votes) for one in self.contestants), default=0)

    @property
    def declared(self) -> bool:
        """Whether every seat has its winner."""
        return len(self.elected) == self.seats


@dataclass(frozen=True, slots=True)
class ContestStanding:
    """All that is known of a contest on a night; `report` is the one in force, None before any.

    `version` and `state` are those of its claim, None while nothing is claimed.
    """

    night: date
    contest: Contest
    report: ContestReport | None = None
    source: Source | None = None
    declared_at: datetime | None = None
    version: int | None = None
    state: ClaimState | None = None
    by_desk: bool = False
    awaiting_desk: tuple[Held, ...] = ()

    @property
    def is_declared(self) -> bool:
        """Whether every seat has its winner by the report in force."""
        return self.report is not None and self.report.declared
