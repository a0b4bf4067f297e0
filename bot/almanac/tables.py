"""The shipped tables of `data/`: read into rows, and made into the almanac of the domain.

The folder to read from is the project's own unless one is given: it is beside this package when
installed, and at the top of a checkout.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol, TypeVar

from bot.almanac import recorded_nights as recorded
from bot.almanac import rows
from bot.almanac.csv_rows import TablesError, read_table
from bot.almanac.nights import Nights
from bot.election.almanac import (
    Almanac,
    AsElected,
    CitedFact,
    CouncilElection,
    CouncilList,
    EarlierPoll,
    ElectionYears,
    FormerName,
    Hex,
    HexLayout,
    ListedCouncil,
    NightAlmanac,
    WardSeat,
    YearKind,
    YearOfControl,
)
from bot.election.ballots import Ballot, ReferendumAnswer, VotingSystems
from bot.election.by_elections import by_election_ballot
from bot.election.control import Control
from bot.election.councils import Council, Councils
from bot.election.history import in_the_columns
from bot.election.parties import Parties, Party, WireParty, name_in_code
from bot.election.reports import BallotKind, Proportion, VotingSystem
from bot.election.seats import Composition, sum_of

_Row = TypeVar("_Row")
_Key = TypeVar("_Key", bound=Hashable)


class _HasFolder(Protocol):
    folder: Path


def _table(
    name: str, kind: type[_Row], *, optional: bool = False
) -> cached_property[tuple[_Row, ...]]:
    """Return a property: the rows of a table, read when they are first asked for.

    A file that is *optional* and missing has no rows.
    """

    def rows_of(tables: _HasFolder) -> tuple[_Row, ...]:
        path = tables.folder / name
        return () if optional and not path.exists() else read_table(path, kind)

    return cached_property(rows_of)


_optional = partial(_table, optional=True)


def data_folder() -> Path:
    """Return the project's own folder of tables; raises `TablesError` when there is none."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "data", here.parent / "data"):
        if (folder / "parties.csv").is_file():
            return folder
    raise TablesError(f"there is no folder of tables beside {here}: install the package again")


class Tables:
    """The tables that are of no one night."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder()

    parties = _table("parties.csv", Party)
    councils = _table("councils.csv", Council)
    """Living or merged away."""
    history = _table("control_history.csv", rows.HistoryRow)
    hexes = _table("hexes.csv", rows.HexRow)
    county_districts = _table("county_districts.csv", rows.CountyDistrictRow)
    cited_facts = _table("cited_facts.csv", CitedFact)
    former_names = _table("former_names.csv", FormerName)
    election_years = _table("election_years.csv", rows.ElectionYearRow)
    voting_systems = _table("voting_systems.csv", rows.VotingSystemRow)
    listed = _table("watch_lists.csv", rows.ListRow)

    @property
    def nights(self) -> list[str]:
        """The nights that have tables, oldest first."""
        return sorted(path.parent.name for path in self.folder.glob("nights/*/night.csv"))

    @property
    def lists(self) -> dict[str, CouncilList]:
        """The shipped lists of councils by their codes."""
        return {
            code: CouncilList(
                code=code,
                name=found[0].name,
                about=found[0].about,
                councils=tuple(ListedCouncil(row.council, row.why) for row in found),
                flagships=found[0].flagships,
                night=found[0].night,
            )
            for code, found in _grouped(self.listed, lambda row: row.list).items()
        }

    def almanac(self, prepared: Path | None = None) -> Almanac:
        """Return everything that is known before a night begins, as the rules ask for it.

        *prepared* is the operator's folder of nights, which stand beside those of these tables.
        """
        in_wales = {council.code for council in self.councils if council.nation == "Wales"}
        history: defaultdict[str, list[YearOfControl]] = defaultdict(list)
        told = (row for row in self.history if row.control)
        for (code, _), found in _grouped(told, lambda row: (row.code, row.year)).items():
            history[code].append(_year(found, "PC" if code in in_wales else "SNP"))
        cited = _grouped(self.cited_facts, lambda fact: fact.council)
        parties, councils = Parties(self.parties), Councils(self.councils)
        systems = self._voting_systems()

        def read(path: Path) -> NightAlmanac:
            return NightTables(path, parties).almanac(councils, systems)

        nights = [read(self.folder / "nights" / night) for night in self.nights]
        return Almanac(
            parties=parties,
            councils=councils,
            nights=Nights({night.night: night for night in nights}, prepared, read),
            history=dict(history),
            cited={council: tuple(facts) for council, facts in cited.items()},
            lists=self.lists,
            former_names={one.council: one for one in self.former_names},
            layouts=tuple(
                HexLayout(year, {row.code: Hex(row.q, row.r) for row in found})
                for year, found in _grouped(self.hexes, lambda row: row.layout).items()
            ),
            county_districts={
                county: tuple(row.district for row in found)
                for county, found in _grouped(self.county_districts, lambda row: row.county).items()
            },
            election_years=ElectionYears(self._years(YearKind.HELD), self._years(YearKind.NONE)),
            voting_systems=systems,
        )

    def _voting_systems(self) -> VotingSystems:
        by_kind = _grouped(self.voting_systems, lambda row: row.kind)
        return VotingSystems(
            {
                kind: tuple((row.since or date.min, row.system) for row in found)
                for kind, found in by_kind.items()
            }
        )

    def _years(self, kind: YearKind) -> dict[str, frozenset[int]]:
        found = _grouped(
            (row for row in self.election_years if row.kind is kind), lambda row: row.group
        )
        return {group: frozenset(row.year for row in years) for group, years in found.items()}


def _year(found: Sequence[rows.HistoryRow], nationalists: str) -> YearOfControl:
    """Return what is known of a council in one year: a snapshot, or what was elected, or both."""
    elected = snapshot = None
    for row in found:
        stated = AsElected(row.on, row.seats(nationalists), Control.from_code(row.control or ""))
        if row.basis is rows.HistoryBasis.ELECTED:
            elected = stated
        else:
            snapshot = stated
    last = snapshot or elected
    if last is None:
        raise ValueError("a year without a row")
    on = last.on
    if elected and in_the_columns(elected.seats) == in_the_columns(last.seats):
        last = elected  # it names the local parties and knows the vacant seats
    return YearOfControl(found[0].year, last.seats, last.control, on, elected)


def load_almanac(folder: Path | None = None, *, prepared: Path | None = None) -> Almanac:
    """Return everything that is known before a night begins; raises `TablesError`.

    *prepared* is the operator's folder of nights; one there that cannot be read raises nothing.
    """
    return Tables(folder).almanac(prepared)


def load_night(night: str, folder: Path | None = None) -> NightTables:
    """Return the tables of a night (as YYYY-MM-DD); raises `TablesError` for one we do not have."""
    tables = Tables(folder)
    path = tables.folder / "nights" / night
    if not path.is_dir():
        known = ", ".join(tables.nights)
        give = f"give one of these: {known}" if known else "give a changed copy of data/"
        raise TablesError(f"There is no night {night} in {path.parent}: {give}.")
    return NightTables(path)


class NightTables:
    """The tables of one night, of which every one but `night.csv` may be missing.

    What they say of councils may name the *parties* as people write them ("Labour"), not by code.
    """

    def __init__(self, folder: Path, parties: Parties | None = None) -> None:
        self.folder = folder
        self._parties = parties

    nights = _table("night.csv", rows.NightRow)
    councils = _optional("councils.csv", rows.NightCouncilRow)
    """The councils that vote, by code."""
    nominations = _optional("nominations.csv", rows.NominationRow)
    last_fought = _optional("last_fought.csv", rows.LastFoughtRow)
    """Who won the wards' seats when they were last fought, where the wards are the same."""
    last_votes = _optional("last_votes.csv", rows.LastVotesRow)
    """Votes by party when the wards were last fought, where the wards are the same."""
    expected = _optional("expected.csv", rows.ExpectedRow)
    """When councils were expected to declare; those without a published time are left out."""
    counts_begin = _optional("counts_begin.csv", rows.CountsBeginRow)
    assembly_before = _optional("assembly_before.csv", rows.AssemblyBeforeRow)
    ballots = _optional("ballots.csv", rows.BallotRow)
    ballot_candidates = _optional("ballot_candidates.csv", recorded.BallotCandidateRow)
    ballot_times = _optional("ballot_timetable.csv", recorded.BallotTimeRow)
    by_elections = _optional("by_elections.csv", rows.ByElectionRow)
    """By-elections of wards that are no part of a council's election on the night."""
    wards = _optional("wards.csv", recorded.WardRow)
    """The wards of England and Wales, by number."""
    candidates = _optional("candidates.csv", recorded.CandidateRow)
    stv_wards = _optional("stv_wards.csv", recorded.StvWardRow)
    """The wards of Scotland, by council and name."""
    stv_candidates = _optional("stv_candidates.csv", recorded.StvCandidateRow)
    watch_list = _optional("watch_list.csv", rows.WatchRow)
    """The councils to watch on this night."""
    composition = _optional("composition.csv", recorded.CompositionRow)
    timetable = _optional("timetable.csv", recorded.TimetableRow)
    desk = _optional("desk.csv", recorded.DeskRow)
    demo_channels = _optional("demo_channels.csv", recorded.DemoChannelRow)

    @cached_property
    def night(self) -> rows.NightRow:
        """The night itself."""
        if len(self.nights) != 1:
            raise TablesError(f"{self.folder / 'night.csv'} has {len(self.nights)} rows, not one")
        return self.nights[0]

    def almanac(
        self, councils: Councils | None = None, systems: VotingSystems | None = None
    ) -> NightAlmanac:
        """Return what was known of this night before it began.

        By-elections are named after *councils*; *systems* are those of the law.
        """
        wards = self._ward_seats()
        by_elections = self._by_elections(councils or Councils(()))
        return NightAlmanac(
            night=self.night.night,
            name=self.night.name,
            elections=self._elections(wards),
            wards=wards,
            ballots=self._ballots((systems or VotingSystems()).on(self.night.night))
            | {one.code: one for one in by_elections.values()},
            by_elections=by_elections,
            seats_before=self._seats_before(),
            counts_begin={row.nation: row.at for row in self.counts_begin},
            assembly_before=Composition((row.party, row.seats) for row in self.assembly_before),
            lists=tuple(self._lists()),
            last_votes=self._last_votes(),
        )

    def _lists(self) -> Iterator[CouncilList]:
        """Yield the list of the night's flagships, and that of other councils to watch."""
        night = self.night.night
        for flagships, name in ((True, "Flagships"), (False, "Councils to watch")):
            if rows_of := [row for row in self.watch_list if row.flagship is flagships]:
                yield CouncilList(
                    code=f"{name.split()[0].lower()}-of-{night}",
                    name=f"{name} of {night.day} {night:%B %Y}",
                    about="The councils that the newsroom watches on this night.",
                    councils=tuple(ListedCouncil(row.council, row.why) for row in rows_of),
                    flagships=flagships,
                    night=night,
                )

    def _elections(self, wards: dict[str, tuple[WardSeat, ...]]) -> dict[str, CouncilElection]:
        expected = {row.code: row.expected_at for row in self.expected}
        last_time = {code: _last_fought(seats) for code, seats in wards.items()}
        held = _grouped(self.nominations, lambda row: row.code)
        fought_on = {row.ward: row.fought_on for row in self.last_fought}
        return {
            row.code: CouncilElection(
                council=row.code,
                proportion=row.proportion,
                seats=row.seats,
                seats_up=row.seats_up,
                new_council=row.new_council,
                boundary_change=row.boundary_change,
                sitting=self._control(row.sitting) if row.sitting else None,
                predecessors=row.predecessors,
                expected_at=expected.get(row.code),
                last_fought=(last := last_time.get(row.code)),
                last_fought_on=fought_on[wards[row.code][0].key] if last else None,
                before=self._held(held.get(row.code, ())) if row.baseline else None,
                baseline=row.baseline,
                staying=self._staying(row, held.get(row.code, ())),
            )
            for row in self.councils
        }

    def _code(self, party: str) -> str:
        """Return the code of a party that a table names by it, or by any name.

        `prepare` writes the code of a party that no table knows, which one may know by now.
        """
        if self._parties is None or self._parties.get(party).known:
            return party
        return self._parties.resolve(WireParty(name_in_code(party))).code

    def _control(self, party: str) -> Control:
        known = Control.from_code(party)
        return known if known.holder is None else Control(self._code(party))

    def _held(self, lines: Iterable[rows.NominationRow]) -> Composition | None:
        """Return the seats that parties held before, None unless all are known."""
        held = [(self._code(line.party), line.seats_held) for line in lines]
        known = [(party, seats) for party, seats in held if seats is not None]
        return Composition(known) if known and len(known) == len(held) else None

    def _staying(
        self, row: rows.NightCouncilRow, lines: Iterable[rows.NominationRow]
    ) -> Composition | None:
        """Return the seats that are not up in a council, None unless all are known.

        More seats of a party cannot be up than it holds: then they are not known either.
        """
        if row.proportion is Proportion.ALL or row.new_council or row.boundary_change:
            return Composition()  # as `CouncilElection.all_up` has it
        seats: list[tuple[str, int]] = []
        for line in lines:
            if line.seats_held is None or line.seats_offered is None:
                return None
            seats.append((self._code(line.party), line.seats_held - line.seats_offered))
        if not seats or any(number < 0 for _, number in seats):
            return None
        return Composition(seats)

    def _ward_seats(self) -> dict[str, tuple[WardSeat, ...]]:
        previous = {
            ward: Composition((row.party, row.seats) for row in found)
            for ward, found in _grouped(self.last_fought, lambda row: row.ward).items()
        }
        wards: defaultdict[str, list[WardSeat]] = defaultdict(list)
        for row in self.wards:
            last = previous.get(row.ballot_id)
            put_off = row.status is recorded.WardStatus.COUNTERMANDED
            seat = WardSeat(row.ballot_id, row.name, row.gss or None, row.seats_up, last, put_off)
            wards[row.code].append(seat)
        for one in self.stv_wards:
            last = previous.get(one.ward)
            wards[one.code].append(WardSeat(one.ward, one.name, one.gss, one.seats_up, last))
        return {code: tuple(seats) for code, seats in wards.items()}

    def _last_votes(self) -> dict[str, EarlierPoll]:
        """Return the votes of the last contest by ward key."""
        found: dict[str, tuple[date, Counter[str]]] = {}
        for row in self.last_votes:
            _, votes = found.setdefault(row.ward, (row.fought_on, Counter()))
            votes[self._code(row.party)] += row.votes
        return {ward: EarlierPoll(on, votes) for ward, (on, votes) in found.items()}

    def _seats_before(self) -> dict[str, Composition]:
        """Return the seats before of councils that do not vote, but may have a by-election."""
        voting = {row.code for row in self.councils}
        held = {
            code: self._held(lines)
            for code, lines in _grouped(self.nominations, lambda row: row.code).items()
            if code not in voting
        }
        return {code: seats for code, seats in held.items() if seats is not None}

    def _by_elections(self, councils: Councils) -> dict[str, Ballot]:
        """Return the by-elections of wards, by their ballots' ids."""
        return {
            row.ballot_id: by_election_ballot(
                councils.get(row.code),
                row.name,
                gss=row.gss,
                seats=row.seats,
                sitting=tuple(map(self._code, row.sitting)),
            )
            for row in self.by_elections
        }

    def _ballots(self, systems: Mapping[BallotKind, VotingSystem]) -> dict[str, Ballot]:
        """Return the ballots by code, without anything of how anybody voted.

        *systems* are those of the law, for ballots whose own is not given.
        """
        answers = _grouped(
            (one for one in self.ballot_candidates if not one.party), lambda one: one.ballot
        )
        return {
            row.code: Ballot(
                code=row.code,
                kind=row.kind,
                name=row.name,
                area=row.area,
                nation=row.nation,
                system=row.system or systems.get(row.kind, VotingSystem.PLURALITY),
                region=row.region,
                gss=row.gss,
                council=row.council,
                seats=row.seats,
                electorate=row.electorate,
                sitting=self._code(row.sitting) if row.sitting else None,
                sitting_name=row.sitting_name,
                question=row.question or None,
                answers=tuple(
                    ReferendumAnswer(one.name, one.consequence, one.headline)
                    for one in answers.get(row.code, ())
                ),
            )
            for row in self.ballots
        }


def _grouped(found: Iterable[_Row], key: Callable[[_Row], _Key]) -> dict[_Key, list[_Row]]:
    """Return rows in groups of the same key, in the order of their first rows."""
    groups: dict[_Key, list[_Row]] = {}
    for row in found:
        groups.setdefault(key(row), []).append(row)
    return groups


def _last_fought(wards: tuple[WardSeat, ...]) -> Composition | None:
    """Return the seats that wards elected when they were last fought, None unless all are known."""
    known = [ward.previous for ward in wards if ward.previous is not None]
    if len(known) < len(wards):
        return None
    return sum_of(known)
