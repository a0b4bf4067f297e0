"""Ballots other than wards: mayors, the Assembly's constituencies, referendums.

They decide who is elected or which answer is chosen, never who controls a council.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.election.claims import ClaimState
from bot.election.parties import folded
from bot.election.reports import BallotKind, BallotReport, VotingSystem
from bot.election.seats import Composition
from bot.election.standings import Held, Source

_UNKNOWN = "wire:"


@dataclass(frozen=True, slots=True)
class VotingSystems:
    """The voting system of each kind of ballot by law, with the date from which it is in force."""

    changes: Mapping[BallotKind, Sequence[tuple[date, VotingSystem]]] = field(default_factory=dict)

    def on(self, night: date) -> Mapping[BallotKind, VotingSystem]:
        """Return the system of each kind that the table has on a date."""
        return {
            kind: in_force[-1]
            for kind, changes in self.changes.items()
            if (in_force := [system for since, system in sorted(changes) if since <= night])
        }


@dataclass(frozen=True, slots=True)
class ReferendumAnswer:
    """An answer on a referendum's ballot paper, and what follows if it is chosen.

    `headline` is a sentence without its full stop that says what the voters have decided.
    """

    text: str
    consequence: str = ""
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as known before the night. `code` is our own ("mayor.croydon").

    `area` is its name in the feeds, `name` the one shown to readers. `council` is the code of the
    council that the mayor or referendum belongs to. `sitting` is the code of the party that holds
    the post; `previous` gives the constituency's seats by party at the last election.
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
        """Every name that a document may use for its area, in the form of `folded`."""
        return frozenset(folded(one) for one in (self.area, self.name, *self.aliases))


@dataclass(frozen=True, slots=True)
class BallotStanding:
    """What is known of a ballot on a night; `report` is the one in force, or None.

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
        """Whether the report in force names a winner for every seat."""
        return self.report is not None and self.report.declared


def valid_votes(ballot: Ballot, report: BallotReport) -> int | None:
    """Return the number of valid votes: as given, else the sum of the first preferences.

    None where the sum cannot be complete: votes are missing or there is only one candidate, or
    somebody has more than half of them although there was a second round.
    """
    if report.valid is not None:
        return report.valid
    votes = [one.first_preferences for one in report.candidates]
    known = [one for one in votes if one is not None]
    if len(known) < max(2, len(votes)):
        return None
    second_round = ballot.system is VotingSystem.SUPPLEMENTARY and report.counts > 1
    return None if second_round and 2 * max(known) > sum(known) else sum(known)


def unknown_ballot(
    kind: BallotKind, area: str, systems: Mapping[BallotKind, VotingSystem]
) -> Ballot:
    """Return a ballot that is in none of our tables, for an *area* as the wire names it.

    The name is made like those in our tables: "Mayor of Elmsea"; for a constituency, just the area.
    *systems* are those of the night.
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
        system=systems.get(kind, VotingSystem.PLURALITY),
    )


def ballot_of(
    code: str, known: Mapping[str, Ballot], systems: Mapping[BallotKind, VotingSystem] | None = None
) -> Ballot | None:
    """Return the ballot with a code, which may be one that only the wire knows; None otherwise.

    *systems* are those of the night, for one that only the wire knows.
    """
    if code in known:
        return known[code]
    kind, _, area = code.partition(f".{_UNKNOWN}")
    if area and kind in BallotKind.__members__.values():
        return unknown_ballot(BallotKind(kind), area, systems or {})
    return None
