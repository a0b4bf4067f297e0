"""The recorded night: the content of each council's documents, from the tables."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.almanac.csv_rows import TablesError
from bot.almanac.recorded_nights import CandidateRow, DemoPlace, TimetableRow, WardRow
from bot.almanac.rows import NightCouncilRow, NominationRow, WireForm
from bot.almanac.tables import NightTables, Tables, load_night
from bot.election.parties import NOC_CODE, VACANT, Party


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """One party in a council's result; `change` is None in a new council."""

    party: str
    won: int
    now: int
    change: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A council's result by party, as one revision of it says."""

    council: NightCouncilRow
    parties: tuple[PartyFigures, ...]

    @property
    def winner(self) -> str | None:
        """The party with more than half of the filled seats, as newsrooms count; None for NOC."""
        filled = sum(party.now for party in self.parties if party.party != VACANT)
        for party in self.parties:
            if party.party != VACANT and 2 * party.now > filled:
                return party.party
        return None

    @property
    def sitting(self) -> str | None:
        """Who had control; None for NOC, which the wire also says of a new council."""
        sitting = self.council.sitting
        return None if sitting in (None, NOC_CODE) else sitting


@dataclass(frozen=True)
class Night:
    """The content of a night's documents, by council and by ward."""

    tables: NightTables
    parties: Mapping[str, Party]
    regions: Mapping[str, str]
    """The region of each council, where our tables have one."""
    councils: Mapping[str, NightCouncilRow]
    nominations: Mapping[str, tuple[NominationRow, ...]]
    figures: Mapping[str, Figures]
    wards: Mapping[int, WardRow]
    candidates: Mapping[int, tuple[CandidateRow, ...]]
    timetable: tuple[TimetableRow, ...]
    """When each document appears."""
    is_made_up: bool = False
    """Whether the results are made up to rehearse on: the night has not been held."""

    @property
    def date(self) -> str:
        """The polling day, as documents write it."""
        return self.tables.night.night.isoformat()

    @property
    def polling_day(self) -> datetime.date:
        """The polling day."""
        return self.tables.night.night

    def must_be_recorded(self) -> None:
        """Raise `TablesError` for a night of which no table says what happened and when."""
        if not self.timetable:
            raise TablesError(
                f"The tables of {self.date} say nothing of what happened when, so that there is "
                "nothing to replay: give a recorded night, or rehearse it with made-up results."
            )

    @property
    def example(self) -> str:
        """A council of the night to ask about: whichever the demo's reader follows, else any."""
        follows = [row.name for row in self.tables.demo_channels if row.place is DemoPlace.READER]
        return next(iter([*follows, *(row.wire_name for row in self.councils.values())]), "")

    @property
    def comes_as_array(self) -> bool:
        """Whether the wire sends the night's documents as one array of JSON."""
        return self.tables.night.wire is WireForm.ARRAY

    @property
    def ruled_by_desk(self) -> frozenset[str]:
        """The councils for which the desk's decisions are recorded, by revision."""
        return frozenset(row.code for row in self.tables.desk if row.revision is not None)

    @classmethod
    def load(cls, night: str, folder: Path | None = None) -> Night:
        """Return a night from the tables in *folder*, ours without one; raises `TablesError`."""
        tables = load_night(night, folder)
        councils = {row.code: row for row in tables.councils}
        composition: defaultdict[str, list[PartyFigures]] = defaultdict(list)
        for row in tables.composition:
            composition[row.code].append(PartyFigures(row.party, row.won, row.now, row.change))
        nominations: defaultdict[str, list[NominationRow]] = defaultdict(list)
        for nomination in tables.nominations:
            nominations[nomination.code].append(nomination)
        candidates: defaultdict[int, list[CandidateRow]] = defaultdict(list)
        for candidate in tables.candidates:
            candidates[candidate.ward_id].append(candidate)
        return cls(
            tables=tables,
            parties={party.code: party for party in Tables(folder).parties},
            regions={council.code: council.region for council in Tables(folder).councils},
            councils=councils,
            nominations={code: tuple(rows) for code, rows in nominations.items()},
            figures={
                code: Figures(councils[code], tuple(rows)) for code, rows in composition.items()
            },
            wards={row.ward_id: row for row in tables.wards},
            candidates={ward: tuple(rows) for ward, rows in candidates.items()},
            timetable=tables.timetable,
        )

    def abbreviation(self, code: str | None) -> str:
        """Return what a result calls a party; None is no overall control."""
        if code is None:
            return NOC_CODE
        return "Vacant" if code == VACANT else self.parties[code].abbreviation


def most_fully_recorded(folder: Path | None = None) -> str:
    """Return the night of which most is recorded: the one with the longest timetable.

    Raises `TablesError` where no night is recorded.
    """
    tables = Tables(folder)
    recorded = {night: len(load_night(night, folder).timetable) for night in tables.nights}
    if not any(recorded.values()):
        raise TablesError(
            f"No night in {tables.folder / 'nights'} is recorded: give a changed copy of data/."
        )
    return max(recorded, key=lambda night: recorded[night])
