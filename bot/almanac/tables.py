"""The shipped tables of `data/`, read into typed rows.

Every function takes the folder to read from; without one it is the project's own, found beside
this module when installed and beside the package in a checkout. `data/README.md` says what each
column holds and where it comes from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from bot.almanac.contests import (
    AssemblyBeforeRow,
    ContestantRow,
    ContestRow,
    ContestTimeRow,
    CountsBeginRow,
    ListRow,
    contests,
)
from bot.almanac.files import TablesError, WardStatus, read_table
from bot.almanac.stv import StvCandidateRow, StvWardRow
from bot.election.almanac import (
    Almanac,
    CitedFact,
    CouncilElection,
    CouncilList,
    Hex,
    ListedCouncil,
    NightAlmanac,
    WardSeat,
    YearOfControl,
)
from bot.election.baselines import Baseline
from bot.election.control import NOC, Control
from bot.election.councils import Council, Councils
from bot.election.election_years import ElectionYears, YearKind
from bot.election.parties import INDEPENDENT, Parties, Party
from bot.election.reports import Proportion
from bot.election.seats import Composition

NOC_CODE = "NOC"
"""No overall control, in the tables' columns of control."""


class TimetableEvent(StrEnum):
    """What is said at a time of the timetable."""

    NOMINATIONS = "nominations"
    WARD = "ward"
    RESULT = "result"


class Basis(StrEnum):
    """How a time is known."""

    OBSERVED = "observed"
    EXPECTED = "expected"
    MODELLED = "modelled"


@dataclass(frozen=True, slots=True)
class ElectionYearRow:
    """A year in which all councils of a nation or type are elected, or none of them is."""

    group: str
    year: int
    kind: YearKind


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A council's seats after the May of a year; `code` is None for one without a code."""

    code: str | None
    name: str
    year: int
    total: int
    con: int
    lab: int
    ld: int
    green: int | None
    nat: int
    other: int
    control: str

    def seats(self, nationalists: str) -> Composition:
        """Return the seats by party code; *nationalists* is the party that `nat` stands for."""
        return Composition(
            {
                "Con": self.con,
                "Lab": self.lab,
                "LD": self.ld,
                "Green": self.green or 0,
                nationalists: self.nat,
                INDEPENDENT: self.other,
            }
        )


@dataclass(frozen=True, slots=True)
class HexRow:
    """A council's place on the hex map ("odd-r": odd rows are shoved right)."""

    code: str
    q: int
    r: int


@dataclass(frozen=True, slots=True)
class NightRow:
    """The night itself."""

    night: date
    name: str
    polls_open: datetime
    polls_close: datetime
    source_note: str


@dataclass(frozen=True, slots=True)
class NightCouncilRow:
    """A council that votes; `sitting` is None for a new one, "NOC" where nobody had control.

    `baseline` is what the seats held before are, None for a new council.
    """

    code: str
    wire_name: str
    wire_type: str
    proportion: Proportion
    seats: int
    seats_up: int
    boundary_change: bool
    new_council: bool
    predecessors: tuple[str, ...]
    sitting: str | None
    sitting_source: str
    sitting_note: str
    baseline: Baseline | None
    baseline_source: str


@dataclass(frozen=True, slots=True)
class NominationRow:
    """What one party held, defended and put up in a council."""

    code: str
    party: str
    seats_held: int
    seats_offered: int
    unopposed: int
    candidates: int


@dataclass(frozen=True, slots=True)
class CompositionRow:
    """What one party won and has now; `change` is None in a new council."""

    code: str
    party: str
    won: int
    now: int
    change: int | None


@dataclass(frozen=True, slots=True)
class WardRow:
    """A ward of England or Wales; turnout in per cent."""

    ward_id: int
    ballot_id: str
    code: str
    name: str
    gss: str
    seats_up: int
    electorate: int | None
    turnout: float | None
    status: WardStatus
    note: str


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """Who stood in a ward; `elected` is None where the poll is held later."""

    ward_id: int
    name: str
    party: str
    party_name: str
    votes: int | None
    elected: bool | None


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """Something that is said at a time, and how that time is known."""

    at: datetime
    event: TimetableEvent
    code: str
    ward_id: int | None
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class LastFoughtRow:
    """A party's seats in a ward (its ballot's id) when tonight's were last fought."""

    ward: str
    fought_on: date
    party: str
    seats: int


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """When a council was expected to declare, as published before the night."""

    code: str
    expected_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    """What the desk did: a ruling on one revision of a council's result, or a note.

    A note may say the `control` of a council that does not vote.
    """

    at: datetime
    action: str
    code: str
    revision: int | None
    control: str | None
    who: str
    why: str


def data_folder() -> Path:
    """Return the project's own folder of tables; raises TablesError when there is none."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "data", here.parent / "data"):
        if (folder / "parties.csv").is_file():
            return folder
    raise TablesError(f"there is no folder of tables beside {here}: install the package again")


def load_parties_rows(folder: Path | None = None) -> tuple[Party, ...]:
    """Return every party."""
    return read_table(folder or data_folder(), "parties.csv", Party)


def load_councils_rows(folder: Path | None = None) -> tuple[Council, ...]:
    """Return every council, living or merged away."""
    return read_table(folder or data_folder(), "councils.csv", Council)


def load_history(folder: Path | None = None) -> tuple[HistoryRow, ...]:
    """Return seats and control since 1973, by code and year."""
    return read_table(folder or data_folder(), "control_history.csv", HistoryRow)


def load_hexes(folder: Path | None = None) -> tuple[HexRow, ...]:
    """Return the places of councils on the hex map."""
    return read_table(folder or data_folder(), "hexes.csv", HexRow)


def load_cited(folder: Path | None = None) -> tuple[CitedFact, ...]:
    """Return the facts older than our table of control."""
    return read_table(folder or data_folder(), "cited_facts.csv", CitedFact)


def load_election_years(folder: Path | None = None) -> ElectionYears:
    """Return in which years councils have their ordinary elections."""
    years: dict[YearKind, defaultdict[str, set[int]]] = {
        kind: defaultdict(set) for kind in YearKind
    }
    for row in read_table(folder or data_folder(), "election_years.csv", ElectionYearRow):
        years[row.kind][row.group].add(row.year)
    held, none = (
        {group: frozenset(found) for group, found in years[kind].items()}
        for kind in (YearKind.HELD, YearKind.NONE)
    )
    return ElectionYears(held, none)


def load_lists(folder: Path | None = None) -> dict[str, CouncilList]:
    """Return the shipped lists of councils by their codes."""
    rows: defaultdict[str, list[ListRow]] = defaultdict(list)
    for row in read_table(folder or data_folder(), "lists.csv", ListRow):
        rows[row.list].append(row)
    return {
        code: CouncilList(
            code=code,
            name=found[0].name,
            about=found[0].about,
            councils=tuple(ListedCouncil(row.council, row.why) for row in found),
            flagships=found[0].flagships,
            night=found[0].night,
        )
        for code, found in rows.items()
    }


def load_night(night: str, folder: Path | None = None) -> NightTables:
    """Return the tables of a night ("2022-05-05"); raises TablesError for one we do not have."""
    path = (folder or data_folder()) / "nights" / night
    if not path.is_dir():
        known = ", ".join(nights(folder))
        give = f"give one of these: {known}" if known else "give a changed copy of data/"
        raise TablesError(f"There is no night {night} in {path.parent}: {give}.")
    return NightTables(path)


def nights(folder: Path | None = None) -> list[str]:
    """Return the nights that have tables, oldest first."""
    return sorted(path.parent.name for path in (folder or data_folder()).glob("nights/*/night.csv"))


def load_almanac(folder: Path | None = None) -> Almanac:
    """Return everything that is known before a night begins, as the rules ask for it."""
    councils = load_councils_rows(folder)
    in_wales = {council.code for council in councils if council.nation == "Wales"}
    history: dict[str, list[YearOfControl]] = defaultdict(list)
    for row in load_history(folder):
        if row.code:
            seats = row.seats("PC" if row.code in in_wales else "SNP")
            history[row.code].append(YearOfControl(row.year, seats, control(row.control)))
    cited: dict[str, tuple[CitedFact, ...]] = {}
    for fact in load_cited(folder):
        cited[fact.council] = (*cited.get(fact.council, ()), fact)
    almanacs = [load_night(night, folder).almanac() for night in nights(folder)]
    return Almanac(
        parties=Parties(load_parties_rows(folder)),
        councils=Councils(councils),
        nights={almanac.night: almanac for almanac in almanacs},
        history=dict(history),
        cited=cited,
        lists=load_lists(folder),
        hexes={row.code: Hex(row.q, row.r) for row in load_hexes(folder)},
        election_years=load_election_years(folder),
        history_starts=min((one.year for rows in history.values() for one in rows), default=None),
    )


def control(code: str) -> Control:
    """Return the control that a column's code stands for."""
    return NOC if code == NOC_CODE else Control(code)


@dataclass(frozen=True)
class NightTables:
    """The tables of one night, each read when it is first asked for."""

    folder: Path

    @cached_property
    def night(self) -> NightRow:
        """The night itself."""
        rows = read_table(self.folder, "night.csv", NightRow)
        if len(rows) != 1:
            raise TablesError(f"{self.folder / 'night.csv'} has {len(rows)} rows, not one")
        return rows[0]

    @cached_property
    def councils(self) -> tuple[NightCouncilRow, ...]:
        """The councils that vote, by code."""
        return read_table(self.folder, "councils.csv", NightCouncilRow)

    @cached_property
    def nominations(self) -> tuple[NominationRow, ...]:
        """What was known of each council's parties on the eve."""
        return read_table(self.folder, "nominations.csv", NominationRow)

    @cached_property
    def composition(self) -> tuple[CompositionRow, ...]:
        """Each council's result."""
        return read_table(self.folder, "composition.csv", CompositionRow)

    @cached_property
    def wards(self) -> tuple[WardRow, ...]:
        """The wards of England and Wales, by number."""
        return read_table(self.folder, "wards.csv", WardRow)

    @cached_property
    def candidates(self) -> tuple[CandidateRow, ...]:
        """Who stood in the wards of England and Wales, by the ward's number."""
        return read_table(self.folder, "candidates.csv", CandidateRow)

    @cached_property
    def timetable(self) -> tuple[TimetableRow, ...]:
        """What was said when, in the order of time."""
        return read_table(self.folder, "timetable.csv", TimetableRow)

    @cached_property
    def expected(self) -> tuple[ExpectedRow, ...]:
        """When councils were expected to declare; those without a published time are left out."""
        return read_table(self.folder, "expected.csv", ExpectedRow)

    @cached_property
    def desk(self) -> tuple[DeskRow, ...]:
        """The desk's recorded decisions, in the order of time."""
        return read_table(self.folder, "desk.csv", DeskRow)

    @cached_property
    def contests(self) -> tuple[ContestRow, ...]:
        """The mayors, constituencies and referendums."""
        return read_table(self.folder, "contests.csv", ContestRow)

    @cached_property
    def contestants(self) -> tuple[ContestantRow, ...]:
        """Who stood in the contests, and the answers of the referendums."""
        return read_table(self.folder, "contestants.csv", ContestantRow)

    @cached_property
    def contest_times(self) -> tuple[ContestTimeRow, ...]:
        """What was said of the contests when, in the order of time."""
        return read_table(self.folder, "contest_timetable.csv", ContestTimeRow)

    @cached_property
    def stv_wards(self) -> tuple[StvWardRow, ...]:
        """The wards of Scotland, by council and name."""
        return read_table(self.folder, "stv_wards.csv", StvWardRow)

    @cached_property
    def stv_candidates(self) -> tuple[StvCandidateRow, ...]:
        """Who stood in the wards of Scotland, by ward."""
        return read_table(self.folder, "stv_candidates.csv", StvCandidateRow)

    @cached_property
    def assembly_before(self) -> tuple[AssemblyBeforeRow, ...]:
        """The Assembly before this one."""
        return read_table(self.folder, "assembly_before.csv", AssemblyBeforeRow)

    @cached_property
    def counts_begin(self) -> tuple[CountsBeginRow, ...]:
        """When the nations begin to count."""
        return read_table(self.folder, "counts_begin.csv", CountsBeginRow)

    def almanac(self) -> NightAlmanac:
        """Return what was known of this night before it began."""
        expected = {row.code: row.expected_at for row in self.expected}
        wards = self._ward_seats()
        last_time = {code: _sum_of(seats) for code, seats in wards.items()}
        before: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for held in self.nominations:
            before[held.code].append((held.party, held.seats_held))
        fought_on = {row.ward: row.fought_on for row in self.last_fought}
        return NightAlmanac(
            night=self.night.night,
            name=self.night.name,
            elections={
                row.code: CouncilElection(
                    council=row.code,
                    proportion=row.proportion,
                    seats=row.seats,
                    seats_up=row.seats_up,
                    new_council=row.new_council,
                    boundary_change=row.boundary_change,
                    sitting=control(row.sitting) if row.sitting else None,
                    predecessors=row.predecessors,
                    expected_at=expected.get(row.code),
                    last_fought=(last := last_time.get(row.code)),
                    last_fought_on=fought_on[wards[row.code][0].key] if last else None,
                    before=Composition(before[row.code]) if row.baseline else None,
                    baseline=row.baseline,
                )
                for row in self.councils
            },
            wards=wards,
            contests=contests(self.contests, self.contestants),
            counts_begin={row.nation: row.at for row in self.counts_begin},
            assembly_before=Composition((row.party, row.seats) for row in self.assembly_before),
        )

    @cached_property
    def last_fought(self) -> tuple[LastFoughtRow, ...]:
        """Who won the wards' seats when they were last fought, where the wards are the same."""
        return read_table(self.folder, "last_fought.csv", LastFoughtRow)

    def _ward_seats(self) -> dict[str, tuple[WardSeat, ...]]:
        before: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for past in self.last_fought:
            before[past.ward].append((past.party, past.seats))
        previous = {ward: Composition(seats) for ward, seats in before.items()}
        wards: defaultdict[str, list[WardSeat]] = defaultdict(list)
        for row in self.wards:
            last = previous.get(row.ballot_id)
            seat = WardSeat(row.ballot_id, row.name, row.gss or None, row.seats_up, last)
            wards[row.code].append(seat)
        for one in self.stv_wards:
            last = previous.get(one.ward)
            wards[one.code].append(WardSeat(one.ward, one.name, one.gss, one.seats_up, last))
        return {code: tuple(seats) for code, seats in wards.items()}


def _sum_of(wards: tuple[WardSeat, ...]) -> Composition | None:
    """Return the seats that wards elected when they were last fought, None unless all are known."""
    known = [ward.previous for ward in wards if ward.previous is not None]
    if len(known) < len(wards):
        return None
    return Composition(item for seats in known for item in seats.items())
