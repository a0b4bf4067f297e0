"""What is known before a night begins: parties, councils, who votes where, what came before.

Nothing in it says how anybody voted on the night.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.election.ballots import Ballot
from bot.election.baselines import Baseline
from bot.election.control import Control
from bot.election.councils import Council, Councils
from bot.election.parties import Parties
from bot.election.reports import Proportion
from bot.election.seats import Composition


class YearKind(StrEnum):
    """What a year of the table is to the councils of its group."""

    HELD = "held"
    """All of the group are elected, and in no other year up to the group's last one."""
    NONE = "none"
    """None of the group is elected."""


@dataclass(frozen=True)
class ElectionYears:
    """Years by group: a council's nation or type, "" for every council."""

    held: Mapping[str, frozenset[int]] = field(default_factory=dict)
    none: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def may_have_voted(self, council: Council, year: int) -> bool:
        """Whether a council can have had its ordinary election in *year*.

        It can where the table does not say otherwise, as in years after its last one.
        """
        groups = ("", council.nation, council.type or "")
        if any(year in self.none.get(group, ()) for group in groups):
            return False
        known = next((self.held[group] for group in groups if group in self.held), None)
        return known is None or year in known or year > max(known)


LONDON = ZoneInfo("Europe/London")
POLLS_CLOSE = time(22, 0)
"""Polls close at 22:00 (Representation of the People Act 1983, schedule 1, rule 1)."""


@dataclass(frozen=True, slots=True)
class CouncilElection:
    """A council that votes on a night. `sitting` is None for a new council, which has no past.

    `before` is who sat before it, by our tables, and `baseline` says what that composition is.
    `last_fought` are the seats that each party won when those up tonight were last fought, on
    `last_fought_on`; None where boundaries have moved since, or it is not known.
    """

    council: str
    proportion: Proportion
    seats: int
    seats_up: int
    new_council: bool
    boundary_change: bool
    sitting: Control | None
    predecessors: tuple[str, ...] = ()
    expected_at: datetime | None = None
    last_fought_on: date | None = None
    last_fought: Composition | None = None
    before: Composition | None = None
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class WardSeat:
    """A ward that votes on a night, and the seats that it fills. `key` is one for all sources.

    `previous` are the seats by party when they were last fought, None where the ward is not the
    same or nothing is known.
    """

    key: str
    name: str
    gss: str | None
    seats: int
    previous: Composition | None = None


@dataclass(frozen=True, slots=True)
class YearOfControl:
    """A council's composition and control after the May of a year."""

    year: int
    seats: Composition
    control: Control


class CitedKind(StrEnum):
    """What a cited fact says of a party in a council."""

    NEVER_SINCE = "never since"
    """It has never controlled the council from the year on, in which the council was created."""
    SINCE = "since"
    """It has controlled the council without a break from the year on; "NOC": nobody has."""
    BY_DEFECTIONS = "by defections"
    """It has had a majority since members changed sides in the year, without an election."""


@dataclass(frozen=True, slots=True)
class CitedFact:
    """A fact older than our table of control, true on the eve of a night, with its source."""

    council: str
    night: date
    kind: CitedKind
    party: str
    year: int
    source: str
    month: int | None = None


@dataclass(frozen=True, slots=True)
class ListedCouncil:
    """A council on a list, and in our own words why it is there."""

    council: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CouncilList:
    """A shipped list of councils that matter to readers; `flagships` makes their changes news.

    With a `night` it is of that one alone: what it says was so then, and drives nothing on another.
    """

    code: str
    name: str
    about: str
    councils: tuple[ListedCouncil, ...]
    flagships: bool = False
    night: date | None = None

    def is_of(self, night: date) -> bool:
        """Whether the list is one for a night."""
        return self.night in (None, night)


@dataclass(frozen=True, slots=True)
class NightAlmanac:
    """One polling date, the councils that vote on it and their wards, by council code.

    A council without wards here is one whose wards no table lists. `told_total` is how many
    councils vote by the wire's tables, 0 where it has not said. `ballots` are all others, by
    their codes; `counts_begin` is when each nation begins to count, `assembly_before` are the
    seats of the Northern Ireland Assembly that is elected anew.
    """

    night: date
    name: str
    elections: Mapping[str, CouncilElection] = field(default_factory=dict)
    wards: Mapping[str, Sequence[WardSeat]] = field(default_factory=dict)
    told_total: int = 0
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    counts_begin: Mapping[str, datetime] = field(default_factory=dict)
    assembly_before: Composition | None = None

    @property
    def polls_close(self) -> datetime:
        """The moment before which no result can be."""
        return datetime.combine(self.night, POLLS_CLOSE, LONDON)

    @property
    def total(self) -> int | None:
        """How many councils vote at least, None where neither our tables nor the wire say."""
        return max(len(self.elections), self.told_total) or None


@dataclass(frozen=True, slots=True)
class Hex:
    """A council's place on the hex map: column and row, which count east and north.

    Odd rows lie half a hexagon further east.
    """

    q: int
    r: int


@dataclass(frozen=True, slots=True)
class Almanac:
    """Everything that the project ships as tables.

    `history`, `cited` and `hexes` are by council code; a county has no hexagon. `history_starts`
    is the first year of the whole history.
    """

    parties: Parties
    councils: Councils
    nights: Mapping[date, NightAlmanac] = field(default_factory=dict)
    history: Mapping[str, Sequence[YearOfControl]] = field(default_factory=dict)
    cited: Mapping[str, tuple[CitedFact, ...]] = field(default_factory=dict)
    lists: Mapping[str, CouncilList] = field(default_factory=dict)
    hexes: Mapping[str, Hex] = field(default_factory=dict)
    history_starts: int | None = None
    election_years: ElectionYears = field(default_factory=ElectionYears)

    def night(self, night: date) -> NightAlmanac:
        """Return what is known of a night; an unknown one has a name and no elections."""
        known = self.nights.get(night)
        return known or NightAlmanac(night, f"elections of {night.day} {night:%B %Y}")

    def knowing(self, said: Mapping[str, str]) -> Almanac:
        """Return this with the names of parties that the desk has assigned (*said*)."""
        parties = self.parties.told(said)
        return self if parties is self.parties else replace(self, parties=parties)

    def lists_of(self, night: date) -> list[CouncilList]:
        """Return the lists for a night: those of every night, and those of it alone."""
        return [one for one in self.lists.values() if one.is_of(night)]

    def flagships(self, night: date) -> set[str]:
        """Return the councils whose changes are news of their own on a night."""
        return {
            listed.council
            for one in self.lists_of(night)
            if one.flagships
            for listed in one.councils
        }

    def told(self, night: date, total: int) -> Almanac:
        """Return this with how many councils vote on a *night* by the wire's tables."""
        nights = {**self.nights, night: replace(self.night(night), told_total=total)}
        return replace(self, nights=nights)
