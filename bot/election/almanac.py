"""What is known before a night begins: parties, councils, who votes where, earlier results.

It holds nothing about the night's own results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.election.ballots import Ballot, VotingSystems
from bot.election.baselines import Baseline
from bot.election.control import Control
from bot.election.councils import Council, Councils
from bot.election.parties import Parties
from bot.election.reports import Proportion
from bot.election.seats import Composition


class YearKind(StrEnum):
    """What the table of election years says of one year for a group of councils."""

    HELD = "held"
    """The whole group votes. Up to the group's last such year, it votes in no other."""
    NONE = "none"
    """No council in the group votes."""


@dataclass(frozen=True)
class ElectionYears:
    """Election years by group: a nation, a type of council, or "" for all councils.

    What is said of one council, by its code, goes before what is said of its groups.
    """

    held: Mapping[str, frozenset[int]] = field(default_factory=dict)
    none: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def may_have_voted(self, council: Council, year: int) -> bool:
        """Whether a council may have had its ordinary election in *year*.

        True unless the table rules it out, so also for years after those that the table covers.
        """
        if year in self.held.get(council.code, ()):
            return True
        groups = (council.code, "", council.nation, council.type or "")
        if any(year in self.none.get(group, ()) for group in groups):
            return False
        known = next((self.held[group] for group in groups[1:] if group in self.held), None)
        return known is None or year in known or year > max(known)


LONDON = ZoneInfo("Europe/London")
POLLS_CLOSE = time(22, 0)
"""Polls close at 22:00 (Representation of the People Act 1983, schedule 1, rule 1)."""


@dataclass(frozen=True, slots=True)
class CouncilElection:
    """A council that votes on a night, by the night's table; None for what it does not know.

    `sitting` is None for a new council too, which nobody has controlled. `staying` gives the seats
    by party that are not up tonight, vacant ones included; none where the whole council is elected.
    `before` is the composition before the night in our tables; `baseline` says of which day it is.
    `last_fought` gives the seats by party when those up tonight were last contested, on
    `last_fought_on`; None where boundaries have changed since, or where this is not known.
    """

    council: str
    proportion: Proportion | None
    seats: int | None
    seats_up: int | None
    new_council: bool
    boundary_change: bool
    sitting: Control | None
    predecessors: tuple[str, ...] = ()
    expected_at: datetime | None = None
    last_fought_on: date | None = None
    last_fought: Composition | None = None
    before: Composition | None = None
    baseline: Baseline | None = None
    staying: Composition | None = None

    @property
    def all_up(self) -> bool:
        """Whether every seat of the council is up for election."""
        return self.proportion is Proportion.ALL or self.new_council or self.boundary_change


@dataclass(frozen=True, slots=True)
class WardSeat:
    """A ward that votes on a night and the number of seats that it fills.

    `key` identifies the ward whatever the source. `previous` gives the seats by party when they
    were last contested; None where the ward has changed or nothing is known. If the poll was
    `put_off` before the night, its seats stay vacant unless a report says otherwise.
    """

    key: str
    name: str
    gss: str | None
    seats: int
    previous: Composition | None = None
    put_off: bool = False


@dataclass(frozen=True, slots=True)
class EarlierPoll:
    """The votes by party when a ward was last contested, counted as for a party's share.

    Parties that none of our tables tells apart are among those of no party.
    """

    fought_on: date
    votes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AsElected:
    """A council's composition and control right after an election, as its result was declared."""

    on: date
    seats: Composition
    control: Control


@dataclass(frozen=True, slots=True)
class YearOfControl:
    """A council's composition and control in a snapshot of a year, taken by a day after its May.

    Until then members may have died, changed sides or lost by-elections. What its election of the
    same year `elected` is known apart; None where it is not, or where there was none.
    """

    year: int
    seats: Composition
    control: Control
    taken_by: date | None = None
    elected: AsElected | None = None

    @property
    def otherwise_elected(self) -> AsElected | None:
        """What the year's election elected, if the snapshot differs from it."""
        return self.elected if self.elected and self.elected.seats != self.seats else None


class CitedKind(StrEnum):
    """What a cited fact says of a party in a council."""

    NEVER_SINCE = "never since"
    """It has never controlled the council, which was created in that year."""
    SINCE = "since"
    """It has controlled the council without a break since that year; for "NOC", nobody has."""
    BY_DEFECTIONS = "by defections"
    """It gained its majority in that year by defections, not in an election."""


@dataclass(frozen=True, slots=True)
class CitedFact:
    """A fact from before our table of control, true on the eve of a night, with its source."""

    council: str
    night: date
    kind: CitedKind
    party: str
    year: int
    source: str
    month: int | None = None


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that a council had until a day, from which it has another."""

    council: str
    name: str
    until: date


@dataclass(frozen=True, slots=True)
class ListedCouncil:
    """A council on a list, and why it is there, in our own words."""

    council: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CouncilList:
    """A shipped list of councils that matter to readers.

    A change of hands in a list of `flagships` is a milestone. A list with a `night` is for that
    night only.
    """

    code: str
    name: str
    about: str
    councils: tuple[ListedCouncil, ...]
    flagships: bool = False
    night: date | None = None

    def is_of(self, night: date) -> bool:
        """Whether the list applies on a night."""
        return self.night in (None, night)


@dataclass(frozen=True, slots=True)
class NightAlmanac:
    """One polling date, the councils that vote on it and their wards, by council code.

    A council has no wards here if no table lists them. `told_total` is the number of councils that
    vote according to the wire's tables, 0 while it has not said. `ballots` holds other ballots by
    code, `by_elections` those of them that are by-elections of wards by their ids in feeds.
    `seats_before` gives the seats on the eve of councils where nothing but a by-election is held.
    `counts_begin` says when each nation begins to count; `assembly_before` gives the seats of the
    outgoing Northern Ireland Assembly; `lists` are the lists of this night only. `last_votes` gives
    by ward key the votes of the last contest, where the ward is the same.
    `prepared` tells an operator's night from a shipped one.
    """

    night: date
    name: str
    elections: Mapping[str, CouncilElection] = field(default_factory=dict)
    wards: Mapping[str, Sequence[WardSeat]] = field(default_factory=dict)
    told_total: int = 0
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    by_elections: Mapping[str, Ballot] = field(default_factory=dict)
    seats_before: Mapping[str, Composition] = field(default_factory=dict)
    counts_begin: Mapping[str, datetime] = field(default_factory=dict)
    assembly_before: Composition | None = None
    lists: tuple[CouncilList, ...] = ()
    last_votes: Mapping[str, EarlierPoll] = field(default_factory=dict)
    prepared: bool = False

    def election_of(self, council: Council) -> CouncilElection | None:
        """Return a council's election on this night, None where our tables have none.

        The table of councils knows a first election too, which is nobody's gain or hold.
        """
        listed = self.elections.get(council.code)
        if not council.is_first_elected(self.night):
            return listed
        if listed is not None:
            return listed if listed.new_council else replace(listed, new_council=True)
        return CouncilElection(
            council=council.code,
            proportion=None,
            seats=council.seats,
            seats_up=None,
            new_council=True,
            boundary_change=False,
            sitting=None,
        )

    @property
    def polls_close(self) -> datetime:
        """When polls close: there can be no result before then."""
        return datetime.combine(self.night, POLLS_CLOSE, LONDON)

    @property
    def total(self) -> int | None:
        """How many councils vote, at least; None where neither our tables nor the wire say."""
        return max(len(self.elections), self.told_total) or None


@dataclass(frozen=True, slots=True)
class Hex:
    """A council's place on the hex map: the column, counted eastwards, and the row, northwards.

    Odd rows are shifted half a hexagon to the east.
    """

    q: int
    r: int


@dataclass(frozen=True, slots=True)
class HexLayout:
    """A layout of hexagons by council code, as councils were from a year on."""

    year: int
    cells: Mapping[str, Hex]


@dataclass(frozen=True, slots=True)
class Almanac:
    """Everything that the project ships as tables.

    `history`, `cited`, `former_names` and `county_districts` are by council code. The history goes
    on to its newest source, also after a night: `history_before` is what was known on a night.
    """

    parties: Parties
    councils: Councils
    nights: Mapping[date, NightAlmanac] = field(default_factory=dict)
    history: Mapping[str, Sequence[YearOfControl]] = field(default_factory=dict)
    cited: Mapping[str, tuple[CitedFact, ...]] = field(default_factory=dict)
    lists: Mapping[str, CouncilList] = field(default_factory=dict)
    layouts: tuple[HexLayout, ...] = ()
    county_districts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    election_years: ElectionYears = field(default_factory=ElectionYears)
    former_names: Mapping[str, FormerName] = field(default_factory=dict)
    voting_systems: VotingSystems = field(default_factory=VotingSystems)

    def night(self, night: date) -> NightAlmanac:
        """Return what is known of a night; for an unknown one, a name and no elections."""
        known = self.nights.get(night)
        return known or NightAlmanac(night, f"elections of {night.day} {night:%B %Y}")

    def layout(self, night: date) -> Mapping[str, Hex]:
        """Return the cells of the latest layout no newer than a night; else the oldest's."""
        past = [one for one in self.layouts if one.year <= night.year]
        found = max(past, key=lambda one: one.year, default=None) or min(
            self.layouts, key=lambda one: one.year, default=None
        )
        return {} if found is None else found.cells

    @property
    def prepared(self) -> list[date]:
        """The nights that the operator has prepared."""
        return [night for night, known in self.nights.items() if known.prepared]

    def knowing(self, said: Mapping[str, str]) -> Almanac:
        """Return this almanac with the party names that the desk has assigned (*said*)."""
        parties = self.parties.told(said)
        return self if parties is self.parties else replace(self, parties=parties)

    def lists_of(self, night: date | None = None) -> list[CouncilList]:
        """Return the lists that apply on a night, or all there are."""
        of_nights = (one for each in self.nights.values() for one in each.lists)
        known = (*self.lists.values(), *of_nights)
        return [one for one in known if night is None or one.is_of(night)]

    def flagships(self, night: date) -> set[str]:
        """Return the codes of the councils whose change of hands is a milestone on a night."""
        return {
            listed.council
            for one in self.lists_of(night)
            if one.flagships
            for listed in one.councils
        }

    def told(self, night: date, total: int) -> Almanac:
        """Return this almanac with the wire's number of councils that vote on a night."""
        nights = {**self.nights, night: replace(self.night(night), told_total=total)}
        return replace(self, nights=nights)
