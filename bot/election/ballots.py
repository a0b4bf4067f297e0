"""Ballots for one post or question: mayors, the Assembly's constituencies, referendums.

Nobody *controls* anything by them: somebody is elected, or an answer is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.claims import ClaimState
from bot.election.parties import folded
from bot.election.reports import BallotKind, BallotReport
from bot.election.seats import Composition
from bot.election.standings import Held, Source

_UNKNOWN = "wire:"


class VotingSystem(StrEnum):
    """How the votes decide."""

    SUPPLEMENTARY = "supplementary vote"
    STV = "single transferable vote"
    PLURALITY = "first past the post"


@dataclass(frozen=True, slots=True)
class ReferendumAnswer:
    """An answer on a referendum's ballot paper, and what follows if it is chosen.

    `headline` says in a sentence, without its stop, what the voters then do.
    """

    text: str
    consequence: str = ""
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot of a night, as known before it: `code` is ours ("mayor.croydon").

    `area` is what feeds call it, `name` what readers do. `council` is the code of the council
    whose mayor or whose referendum it is. `sitting` is the party that holds the post, `previous`
    are the constituency's seats by party at the last election.
    """

    code: str
    kind: BallotKind
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
    answers: tuple[ReferendumAnswer, ...] = ()
    aliases: tuple[str, ...] = ()
    expected_at: datetime | None = None

    @property
    def folded_names(self) -> frozenset[str]:
        """Every name that documents may call its area by, as `folded` writes it."""
        return frozenset(folded(one) for one in (self.area, self.name, *self.aliases))


@dataclass(frozen=True, slots=True)
class BallotStanding:
    """All that is known of a ballot on a night; `report` is the one in force, None before any.

    `version` and `state` are those of its claim, None while nothing is claimed.
    """

    night: date
    ballot: Ballot
    report: BallotReport | None = None
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


def valid_votes(ballot: Ballot, report: BallotReport) -> int | None:
    """Return the votes that shares are of: as given, else all first preferences together.

    None where they cannot be all: one candidate's alone, or such that somebody has more than half
    and yet there was a second round.
    """
    if report.valid is not None:
        return report.valid
    votes = [one.first_preferences for one in report.candidates]
    known = [one for one in votes if one is not None]
    if len(known) < max(2, len(votes)):
        return None
    second_round = ballot.system is VotingSystem.SUPPLEMENTARY and report.counts > 1
    return None if second_round and 2 * max(known) > sum(known) else sum(known)


def unknown_ballot(kind: BallotKind, area: str) -> Ballot:
    """Return a ballot that is in none of our tables, by the *area* that the wire calls it.

    Its name says what it is, as our tables do: "Mayor of Elmsea". A constituency's is its area.
    """
    name = area
    if kind.value not in area.casefold().split():
        name = {
            BallotKind.MAYOR: f"Mayor of {area}",
            BallotKind.REFERENDUM: f"{area} referendum",
        }.get(kind, area)
    return Ballot(
        code=f"{kind}.{_UNKNOWN}{area}",
        kind=kind,
        name=name,
        area=area,
        nation="",
        system=VotingSystem.PLURALITY,
    )


def ballot_of(code: str, known: Mapping[str, Ballot]) -> Ballot | None:
    """Return the ballot of a code, also of one that only the wire knows; None for a council's."""
    if code in known:
        return known[code]
    kind, _, area = code.partition(f".{_UNKNOWN}")
    if area and kind in BallotKind.__members__.values():
        return unknown_ballot(BallotKind(kind), area)
    return None
