"""Councils as they stand."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import cast

from bot.election.almanac import Almanac, CouncilElection
from bot.election.baselines import Baseline
from bot.election.history import control_before
from bot.election.parties import Parties
from bot.election.prior import prior_by_tables
from bot.election.seats import Composition
from bot.election.standings import (
    CouncilStanding,
    Declared,
    Held,
    Source,
    WardStanding,
)
from bot.store.codec import column, read, rows, value
from bot.store.reader.names import NameReader

_Key = tuple[str, str]
_Rows = Mapping[_Key, list[sqlite3.Row]]

HELD = (
    "SELECT r.night, r.council, r.ballot, r.id, r.kind, r.revision, r.reasons, r.held_by, "
    "d.feed, d.name AS document, d.received_at"
)
"""The columns of a report `r` in a reading `d` that `held_of` reads."""


class StandingReader(NameReader):
    """Reads councils as they stand, and keeps them: only what was touched since is read again."""

    def __init__(self, path: Path | str, almanac: Almanac) -> None:
        super().__init__(path, almanac)
        self._data_version = -1
        self._seq = 0
        self._in_force: frozenset[date] = frozenset()
        self._with_ballots: tuple[int | None, frozenset[date]] = (None, frozenset())
        self._standings: defaultdict[date, dict[str, CouncilStanding]] = defaultdict(dict)
        self._not_voting: defaultdict[date, dict[str, CouncilStanding]] = defaultdict(dict)
        """Councils in which nothing but by-elections is held."""
        self._voting: dict[date, tuple[CouncilStanding, ...]] = {}
        self._silent: dict[tuple[date, str], CouncilStanding] = {}
        self._last_received: dict[date, tuple[int, str | None]] = {}
        self._parties: dict[date, tuple[int, Parties]] = {}
        """By night: what a version of the data has told of parties."""
        self._refresh()

    def forget_tables(self) -> None:
        """Read everything again: the tables of a night have changed."""
        self._data_version, self._seq = -1, 0
        self._with_ballots = (None, frozenset())
        for cached in (self._voting, self._silent, self._parties):
            cached.clear()

    def nights(self) -> list[date]:
        """Return every night that our tables or the feeds know, the newest first."""
        self._refresh()
        return sorted({*self._almanac.nights, *self._standings, *self._not_voting}, reverse=True)

    def newest_night(self) -> date | None:
        """Return the newest night that something counts for, else the newest known."""
        return max(self.nights_in_force() or self._almanac.nights, default=None)

    def nights_in_force(self) -> frozenset[date]:
        """Return the nights of all that was believed: one that is mistyped waits for the desk."""
        self._refresh()
        version, with_ballots = self._with_ballots
        if version != self._data_version:
            nights = "SELECT DISTINCT night FROM ballots WHERE report_id IS NOT NULL"
            with_ballots = frozenset(map(date.fromisoformat, column(self._db, nights)))
            self._with_ballots = (self._data_version, with_ballots)
        return self._in_force | with_ballots

    def last_received(self, night: date) -> datetime | None:
        """Return when the last report on a night came in that was not turned away."""
        self._refresh()
        version, last = self._last_received.get(night, (None, None))
        if version != self._data_version:
            last = value(
                self._db,
                # From the newest report back: by the night's index all would be read and sorted.
                "SELECT d.received_at FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
                "WHERE +r.night = ? AND r.considered ORDER BY r.id DESC LIMIT 1",
                night.isoformat(),
            )
            self._last_received[night] = (self._data_version, last)
        return None if last is None else datetime.fromisoformat(last)

    def last_result(self, code: str, before: date) -> CouncilStanding | None:
        """Return how a council stood after the last night *before* one on which it declared."""
        for night in sorted(self.nights_in_force(), reverse=True):
            standing = self._reported(night, code) if night < before else None
            if standing is not None and standing.is_declared:
                return standing
        return None

    def council(self, night: date, code: str) -> CouncilStanding | None:
        """Return how a council stands, None where it does not vote on that night.

        One that does not vote stands too, if by-elections there have changed who controls it.
        """
        self._refresh()
        standing = self._reported(night, code)
        if standing is not None and (
            standing.is_declared or code in self._standings.get(night, {})
        ):
            return standing
        election = self._almanac.night(night).elections.get(code)
        return None if election is None else self._unreported(night, election)

    def changed_by_by_elections(self, night: date) -> list[CouncilStanding]:
        """Return the councils that do not vote, and whose control by-elections have changed."""
        self._refresh()
        changed = (one for one in self._not_voting.get(night, {}).values() if one.is_declared)
        return sorted(changed, key=lambda one: one.council.name)

    def _reported(self, night: date, code: str) -> CouncilStanding | None:
        for standings in (self._standings, self._not_voting):
            if (found := standings.get(night, {}).get(code)) is not None:
                return found
        return None

    def councils(self, night: date) -> tuple[CouncilStanding, ...]:
        """Return every council that votes on a night, by name: our tables' and the wire's."""
        self._refresh()
        found = self._voting.get(night)
        if found is None:
            reported = self._standings.get(night, {})
            unreported = (
                self._unreported(night, election)
                for code, election in self._almanac.night(night).elections.items()
                if code not in reported
            )
            every = sorted((*reported.values(), *unreported), key=lambda one: one.council.name)
            found = self._voting[night] = tuple(every)
        return found

    def parties(self, night: date) -> Parties:
        """Return our parties, with what the desk said of names and those that only a night knows.

        The latter go by the names that the night's documents give them.
        """
        self._refresh()
        version, known = self._parties.get(night, (None, None))
        if known is not None and version == self._data_version:
            return known
        unknown = map(self.named_parties.get, self._unknown_parties(night))
        found = self._almanac.parties.told(self._names_said()).joined_by(unknown)
        self._parties[night] = (self._data_version, found)
        return found

    def _unknown_parties(self, night: date) -> list[str]:
        """Return the codes of a night's parties that no table knows."""
        return column(
            self._db,
            "SELECT party FROM standing_seats WHERE night = :night AND party LIKE 'wire:%' "
            "UNION SELECT won.key FROM wards, json_each(wards.won) AS won "
            "WHERE wards.night = :night AND won.key LIKE 'wire:%'",
            night=night.isoformat(),
        )

    def wire_names(self, night: date) -> dict[str, list[str]]:
        """Return the "councils" and "parties" of a night that nobody has introduced, by name.

        A party is introduced by our tables or by the desk.
        """
        said = self._names_said().values()
        parties = (code for code in self._unknown_parties(night) if code not in said)
        return {
            "councils": [one.council.name for one in self.councils(night) if not one.council.known],
            "parties": sorted(map(self.party_name, parties)),
        }

    def _refresh(self) -> None:
        """Read again what has changed since the last question."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version == self._data_version:
            return
        with self._snapshot() as db:
            touched = rows(db, "SELECT * FROM standings WHERE seq > ?", self._seq)
            if touched:
                seats = self._by_council(
                    "SELECT p.* FROM standings AS s "
                    "CROSS JOIN standing_seats AS p USING (night, council)"
                )
                wards = self._by_council(
                    "SELECT w.*, d.feed, d.name AS document, r.revision, d.received_at "
                    "FROM standings AS s "
                    "CROSS JOIN wards AS w USING (night, council) "
                    "CROSS JOIN reports AS r ON r.id = w.report_id "
                    "CROSS JOIN readings AS d ON d.id = r.reading_id"
                )
                held = self._by_council(
                    f"{HELD} FROM standings AS s "
                    "CROSS JOIN reports AS r ON r.night = s.night AND r.council = s.council "
                    "AND r.verdict = 'held' CROSS JOIN readings AS d ON d.id = r.reading_id"
                )
        for row in touched:
            key = (row["night"], row["council"])
            night = date.fromisoformat(row["night"])
            self._voting.pop(night, None)
            standing = self._standing(night, row, seats[key], wards[key], held[key])
            kept, left = self._standings, self._not_voting
            if not row["votes"]:
                kept, left = left, kept
            kept[night][row["council"]] = standing
            left[night].pop(row["council"], None)
        if touched:
            self._in_force = frozenset(
                night
                for night, standings in (*self._standings.items(), *self._not_voting.items())
                if any(one.declared or one.wards or one.held for one in standings.values())
            )
        self._seq = max((row["seq"] for row in touched), default=self._seq)
        self._data_version = version

    def _by_council(self, query: str) -> _Rows:
        """Return the rows of a query over the councils touched since the last refresh.

        Its joins are CROSS JOINs: SQLite, which keeps no statistics of a young file, is to begin
        with the standings and not to go through all wards.
        """
        found: defaultdict[_Key, list[sqlite3.Row]] = defaultdict(list)
        for row in self._db.execute(f"{query} WHERE s.seq > ?", (self._seq,)):
            found[row["night"], row["council"]].append(row)
        return found

    def _ward_count(self, night: date, council: str) -> int | None:
        return len(self._almanac.night(night).wards.get(council, ())) or None

    def _unreported(self, night: date, election: CouncilElection) -> CouncilStanding:
        """Return how a council stands that nothing is known of but what our tables say."""
        found = self._silent.get((night, election.council))
        if found is None:
            found = self._by_tables(night, election)
            if found.council.known:  # the wire may still name the others
                self._silent[night, election.council] = found
        return found

    def _by_tables(self, night: date, election: CouncilElection) -> CouncilStanding:
        council = self.council_of(election.council)
        prior = prior_by_tables(election, control_before(council, night, self._almanac))
        return CouncilStanding(
            night=night,
            council=council,
            proportion=election.proportion,
            new_council=election.new_council,
            boundary_change=election.boundary_change,
            before=prior.control,
            before_source=prior.source,
            before_year=prior.year,
            held=election.before,
            offered=_offered(election),
            table_size=election.seats,
            seats_up=election.seats_up,
            expected_at=election.expected_at,
            ward_count=self._ward_count(night, election.council),
        )

    def _standing(
        self,
        night: date,
        row: sqlite3.Row,
        seats: list[sqlite3.Row],
        wards: list[sqlite3.Row],
        held: list[sqlite3.Row],
    ) -> CouncilStanding:
        election = self._almanac.night(night).elections.get(row["council"])
        nominated = row["nominations_id"] is not None
        return read(
            CouncilStanding,
            row,
            night=night,
            council=self.council_of(row["council"]),
            held=Composition(_seats(seats, "held")) if nominated else election and election.before,
            offered=_seats(seats, "offered") if nominated else election and _offered(election),
            candidates=_seats(seats, "candidates"),
            expected_at=election.expected_at if election else None,
            table_size=election.seats if election else None,
            ward_count=self._ward_count(night, row["council"]),
            declared=_declared(row, seats) if row["after"] else None,
            wards=tuple(map(_ward, sorted(wards, key=lambda ward: (ward["name"], ward["ballot"])))),
            awaiting_desk=tuple(
                map(held_of, sorted(held, key=lambda report: cast(int, report["id"])))
            ),
        )


def _offered(election: CouncilElection) -> Mapping[str, int] | None:
    """Return the seats that each party defends by the night's table, None if it does not say."""
    if election.before is None or election.staying is None:
        return None
    staying = election.staying
    return {party: held - staying.get(party, 0) for party, held in election.before.items()}


def _declared(row: sqlite3.Row, seats: list[sqlite3.Row]) -> Declared:
    won, baseline = _seats(seats, "won"), row["baseline"]
    return read(
        Declared,
        row,
        won=Composition(won) if won else None,
        now=Composition(_seats(seats, "now")),
        changes=None if baseline is None else _seats(seats, "change"),
        baseline=Baseline.WIRES if baseline is None else Baseline.from_code(baseline),
    )


def _ward(row: sqlite3.Row) -> WardStanding:
    return WardStanding(
        ballot_id=row["ballot"],
        name=row["name"],
        gss=row["gss"],
        seats=row["seats"],
        declared=bool(row["declared"]),
        counts_tonight=bool(row["counts"]),
        won=_seats_won(row["won"]),
        by_election=bool(row["by_election"]),
        vacant=row["vacant"],
        source=_source(row),
    )


def held_of(row: sqlite3.Row) -> Held:
    """Return the held report that a row with the columns `HELD` is."""
    reasons, held_by = (tuple(json.loads(row[name])) for name in ("reasons", "held_by"))
    return Held(row["id"], _source(row), reasons, held_by)


def _source(row: sqlite3.Row) -> Source:
    return _source_of(row["feed"], row["document"], row["revision"], row["received_at"])


# The wards of one page have one source, and few different results: thousands are read at once.
@functools.lru_cache(maxsize=1024)
def _source_of(feed: str, document: str, revision: int | None, received_at: str) -> Source:
    return Source(feed, document, revision, datetime.fromisoformat(received_at))


@functools.lru_cache(maxsize=1024)
def _seats_won(text: str) -> Composition:
    return Composition(json.loads(text))


def _seats(seats: list[sqlite3.Row], name: str) -> dict[str, int]:
    """Return a column of seats by party, zeros and what was not said left out."""
    return {row["party"]: row[name] for row in seats if row[name]}
