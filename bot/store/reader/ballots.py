"""Ballots as they stand: mayors, constituencies and referendums, and the wards of a council."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from bot.election.almanac import Almanac
from bot.election.ballots import Ballot, BallotStanding, ballot_of
from bot.election.by_elections import by_election_ballot
from bot.election.reports import BallotKind, BallotReport, WardReport
from bot.election.standings import CouncilStanding, Held, WardStanding
from bot.election.votes import Votes, votes_of
from bot.store.codec import read, rows, value
from bot.store.names import as_said
from bot.store.reader.desk import DeskReader
from bot.store.reports import ReportKind, decode


@dataclass(frozen=True, slots=True)
class WardDetail:
    """A ward as it stands, with the report in force: candidates, votes and turnout."""

    standing: WardStanding
    report: WardReport


class BallotReader(DeskReader):
    """Reads ballots as they stand, and keeps those of a night until one of them changes."""

    def __init__(self, path: Path | str, almanac: Almanac) -> None:
        super().__init__(path, almanac)
        self._ballots_seq: int | None = None
        self._ballots: dict[date, tuple[BallotStanding, ...]] = {}
        self._votes: dict[tuple[date, str], tuple[CouncilStanding | None, Votes]] = {}

    def ballots(self, night: date) -> tuple[BallotStanding, ...]:
        """Return every ballot of a night, by kind and name: our tables' and the wire's."""
        seq = value(self._db, "SELECT max(seq) FROM ballots")
        if seq != self._ballots_seq:
            self._ballots.clear()
            self._ballots_seq = seq
        found = self._ballots.get(night)
        if found is None:
            reported = {one.ballot.code: one for one in self._ballot_standings(night)}
            unreported = (
                BallotStanding(night, ballot)
                for code, ballot in self._almanac.night(night).ballots.items()
                if code not in reported
            )
            every = (*reported.values(), *unreported)
            by_name = sorted(every, key=lambda one: (one.ballot.kind, one.ballot.name))
            found = self._ballots[night] = tuple(by_name)
        return found

    def ballot(self, night: date, code: str) -> BallotStanding | None:
        """Return how a ballot stands, None where there is none such on that night."""
        return next((one for one in self.ballots(night) if one.ballot.code == code), None)

    def by_elections(self, night: date, council: str) -> list[BallotStanding]:
        """Return the by-elections of a council's wards, by name."""
        wards = (one for one in self.ballots(night) if one.ballot.kind is BallotKind.WARD)
        return [one for one in wards if one.ballot.council == council]

    def _ballot_standings(self, night: date) -> Iterator[BallotStanding]:
        held: defaultdict[str, list[Held]] = defaultdict(list)
        for one in self.held(night):
            if isinstance(one.subject, Ballot):
                held[one.subject.code].append(one.held)
        said, known = self._names_said(), self._almanac.night(night).ballots
        systems = self._almanac.voting_systems.on(night)
        for row in rows(
            self._db,
            "SELECT b.ballot AS code, b.council, b.area, b.source, b.declared_at, b.version, "
            "b.state, b.by_desk, COALESCE(w.data, r.data) AS data, "
            "iif(w.data IS NULL, r.kind, 'ward') AS kind "
            "FROM ballots AS b LEFT JOIN reports AS r ON r.id = b.report_id "
            "LEFT JOIN wards AS w ON w.night = b.night AND w.council = b.council "
            "AND w.report_id = b.report_id WHERE b.night = ?",
            night.isoformat(),
        ):
            told = None if row["data"] is None else decode(row["kind"], row["data"])
            ballot = ballot_of(row["code"], known, systems)
            if ballot is None and row["council"] is not None:
                ballot = by_election_ballot(
                    self.council_of(row["council"]),
                    row["area"],
                    code=row["code"],
                    seats=told.seats if isinstance(told, BallotReport) else 1,
                )
            if ballot is None or not isinstance(told, BallotReport | None):
                raise ValueError(f"{row['code']} is no ballot")
            report = told and as_said(told, self._almanac.parties, said)
            if report and report.sitting and ballot.code not in known:
                # As a claim tells it: who held the post, where no table knows, the wire says.
                parties = self._almanac.parties.told(said)
                ballot = replace(ballot, sitting=parties.resolve(report.sitting).code)
            awaiting = tuple(held[row["code"]])
            yield read(
                BallotStanding,
                row,
                night=night,
                ballot=ballot,
                report=report,
                awaiting_desk=awaiting,
            )

    def wards(self, night: date, council: str) -> list[WardDetail]:
        """Return a council's ballots by name, with their candidates."""
        self._refresh()
        standing = self._reported(night, council)
        wards = {ward.ballot_id: ward for ward in standing.wards} if standing else {}
        said = self._names_said()
        found = rows(
            self._db,
            "SELECT w.ballot, COALESCE(w.data, r.data) AS data "
            "FROM wards AS w JOIN reports AS r ON r.id = w.report_id "
            "WHERE w.night = ? AND w.council = ? ORDER BY w.name, w.ballot",
            night.isoformat(),
            council,
        )
        details = []
        for ballot, data in found:
            report = cast(WardReport, decode(ReportKind.WARD, data))
            said_of = as_said(report, self._almanac.parties, said)
            details.append(WardDetail(wards[ballot], said_of))
        return details

    def votes(self, night: date, council: str) -> Votes:
        """Return the votes of a council's wards, read again only where the council has changed."""
        self._refresh()
        standing = self._reported(night, council)
        parties = self._almanac.parties.told(self._names_said())
        kept, votes = self._votes.get((night, council), (None, None))
        if votes is not None and kept is standing and votes.parties is parties:
            return votes
        wards = self.wards(night, council)
        votes = votes_of(
            self.council_of(council),
            {one.standing.ballot_id: one.report for one in wards},
            self._almanac.night(night),
            parties,
            new_council=standing is not None and standing.new_council,
            feeds=frozenset(one.standing.source.feed for one in wards),
            seats_up=_seats_up(standing),
        )
        self._votes[night, council] = (standing, votes)
        return votes


def _seats_up(standing: CouncilStanding | None) -> int | None:
    """Return how many seats a council's wards fill, by its result or else as told before."""
    if standing is None:
        return None
    won = standing.declared.won if standing.declared else None
    return standing.seats_up if won is None else won.total
