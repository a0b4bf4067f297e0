"""The shipped tables of a night's contests: mayors, constituencies, referendums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.contests import Answer, Contest, VotingSystem
from bot.election.reports import ContestKind


class ContestEvent(StrEnum):
    """What is said of a contest at a time: its winner alone, its result, or one count more."""

    RUSH = "rush"
    RESULT = "result"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest; turnout in per cent, `counts` is how many its result has.

    `sitting` is the party that held the post on the eve, blank where nobody did or no source says.
    """

    code: str
    kind: ContestKind
    name: str
    area: str
    gss: str | None
    nation: str
    region: str
    system: VotingSystem
    council: str | None
    seats: int
    electorate: int | None
    valid: int | None
    spoilt: int | None
    turnout: float | None
    quota: int | None
    question: str
    counts: int
    sitting: str | None
    sitting_name: str | None
    sitting_source: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class ContestantRow:
    """A candidate, or a referendum's answer (no party); `votes` are those after each count."""

    contest: str
    name: str
    party: str
    party_name: str
    votes: tuple[str, ...]
    elected: bool
    sitting: bool
    consequence: str
    headline: str

    @property
    def counted(self) -> tuple[int | float, ...]:
        """The votes as numbers; parts of votes where they are transferred."""
        numbers = (float(one) for one in self.votes)
        return tuple(int(one) if one.is_integer() else one for one in numbers)


@dataclass(frozen=True, slots=True)
class ContestTimeRow:
    """When something is said of a contest; `count` is which count."""

    at: datetime
    contest: str
    event: ContestEvent
    count: int | None
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class AssemblyBeforeRow:
    """A party in the Assembly before; its share of first preferences in per cent, if known."""

    party: str
    seats: int
    first_preference_share: float | None
    source: str


@dataclass(frozen=True, slots=True)
class CountsBeginRow:
    """When a nation begins to count."""

    nation: str
    at: datetime
    basis: str
    source: str


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


def contests(
    rows: Iterable[ContestRow], contestants: Iterable[ContestantRow]
) -> dict[str, Contest]:
    """Return the contests as known before the night, by code: nothing of how anybody voted."""
    answers: defaultdict[str, list[Answer]] = defaultdict(list)
    for one in contestants:
        if not one.party:
            answers[one.contest].append(Answer(one.name, one.consequence, one.headline))
    return {
        row.code: Contest(
            code=row.code,
            kind=row.kind,
            name=row.name,
            area=row.area,
            nation=row.nation,
            system=row.system,
            region=row.region,
            gss=row.gss,
            council=row.council,
            seats=row.seats,
            electorate=row.electorate,
            sitting=row.sitting,
            sitting_name=row.sitting_name,
            question=row.question or None,
            answers=tuple(answers[row.code]),
        )
        for row in rows
    }
