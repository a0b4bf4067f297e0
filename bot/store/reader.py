"""Answers from the database: a read-only connection of one's own, used inline on the event loop.

The standings of every night are held as objects. They are loaded once; after that only councils
that a new entry of the journal has touched are read again, so an answer costs no more than asking
SQLite whether anything has changed.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from bot.election.almanac import Almanac, CouncilElection
from bot.election.ballots import Ballot, BallotStanding, ballot_of
from bot.election.baselines import Baseline
from bot.election.case import VerdictStatus
from bot.election.claims import Basis, ClaimContent, ClaimState, ClaimVersion
from bot.election.control import Outcome
from bot.election.councils import Council, as_the_wire_says
from bot.election.notices import Notice
from bot.election.parties import Parties
from bot.election.reports import BallotReport, Proportion, StateOfPartiesReport, WardReport
from bot.election.seats import Composition
from bot.election.standings import (
    CouncilStanding,
    Declared,
    DeskNote,
    Held,
    PriorSource,
    Source,
    WardStanding,
)
from bot.store import desk
from bot.store.cases import judge, load_papers
from bot.store.desk import CouncilToTell, DeskRecord, Refusals
from bot.store.naming import as_said
from bot.store.notices import notice_of
from bot.store.opening import open_for_reading
from bot.store.policies import policy_at
from bot.store.records import composition_from, content_from
from bot.store.reports import ReportKind, decode
from bot.store.results import SOURCE, VOICES, control_from, party_names, wire_name

_EVERY_STATE = 1 << 30
_Key = tuple[str, str]
_Rows = Mapping[_Key, list[sqlite3.Row]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A version of a claim in the outbox, with the seats that it rested on when it was made.

    `council` is the council's code; `made_at` is when this version was made, `declared_at` when
    the council first declared (None for a retraction).
    """

    outbox: int
    night: date
    council: str
    version: ClaimVersion[ClaimContent]
    basis: Basis | None
    declared_at: datetime | None
    made_at: datetime
    seeded: bool
    by_desk: bool
    won: Composition | None
    now: Composition | None


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A version of a notice in the outbox, filed under its key."""

    outbox: int
    key: str
    version: ClaimVersion[Notice]
    made_at: datetime
    seeded: bool


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How a feed stands in the database.

    `fetched_at` is the last fetch that was committed, `changed_at` the last that brought a
    document, `seeded_at` when a first fill was taken in silently.
    """

    name: str
    first_fetched_at: datetime
    fetched_at: datetime
    changed_at: datetime | None
    caught_up: bool
    trouble: str | None
    seeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldReport:
    """A report that waits for the desk: about a council or a contest."""

    subject: Council | Ballot
    kind: ReportKind
    held: Held


@dataclass(frozen=True, slots=True)
class ToldReport:
    """A report that the desk's channel was told of; `decided` is what the desk did about it."""

    report: HeldReport
    is_held: bool
    decided: DeskRecord | None


@dataclass(frozen=True, slots=True)
class Queue:
    """Reports that wait for the desk, and councils whose sources differ, with sentences."""

    held: tuple[HeldReport, ...]
    differing: tuple[tuple[Council, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ToldState:
    """A state of parties as the wire told it."""

    document: str
    received_at: datetime
    report: StateOfPartiesReport


@dataclass(frozen=True, slots=True)
class WardDetail:
    """A ward as it stands, with the report in force: candidates, votes and turnout."""

    standing: WardStanding
    report: WardReport


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A document, or one report in it, that is held or rejected."""

    document: str
    council: str | None
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """All reasons in one text."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Documents:
    """What became of all documents: each report once, and each fault as one rejection."""

    counts: Counter[VerdictStatus] = field(default_factory=Counter)
    held: tuple[ProblemDocument, ...] = ()
    rejected: tuple[ProblemDocument, ...] = ()
    warned: tuple[ProblemDocument, ...] = ()


class Reader:
    """Reads the database file at *path*; a context manager.

    Raises `StoreError` where the file cannot be used.
    """

    def __init__(self, path: Path | str, almanac: Almanac) -> None:
        self._almanac = almanac
        self._db = open_for_reading(path)
        self._data_version = -1
        self._seq = 0
        self._ballots_seq: int | None = None
        self._in_force: frozenset[date] = frozenset()
        self._with_ballots: tuple[int | None, frozenset[date]] = (None, frozenset())
        self._standings: defaultdict[date, dict[str, CouncilStanding]] = defaultdict(dict)
        self._voting: dict[date, tuple[CouncilStanding, ...]] = {}
        self._ballots: dict[date, tuple[BallotStanding, ...]] = {}
        self._parties: dict[date, tuple[int, Parties]] = {}
        """By night: what a version of the data has told of parties."""
        self._told_totals: dict[date, tuple[int, int]] = {}
        """By night: the number of the last report of a state of parties, and the total then."""
        self._wire_names: dict[_Key, str] = {}
        self._refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def nights(self) -> list[date]:
        """Return every night that our tables or the feeds know, the newest first."""
        self._refresh()
        return sorted({*self._almanac.nights, *self._standings}, reverse=True)

    def newest_night(self) -> date | None:
        """Return the newest night that something counts for, else the newest known."""
        return max(self.nights_in_force() or self._almanac.nights, default=None)

    def nights_in_force(self) -> frozenset[date]:
        """Return the nights of all that was believed: one that is mistyped waits for the desk."""
        self._refresh()
        version, with_ballots = self._with_ballots
        if version != self._data_version:
            found = self._db.execute(
                "SELECT DISTINCT night FROM ballots WHERE report_id IS NOT NULL"
            )
            with_ballots = frozenset(date.fromisoformat(text) for (text,) in found)
            self._with_ballots = (self._data_version, with_ballots)
        return self._in_force | with_ballots

    def last_received(self, night: date) -> datetime | None:
        """Return when the last report on a night came in that was not turned away."""
        (last,) = self._db.execute(
            "SELECT max(d.received_at) FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
            "WHERE r.night = ? AND r.considered",
            (night.isoformat(),),
        ).fetchone()
        return _moment(last)

    def last_result(self, code: str, before: date) -> CouncilStanding | None:
        """Return how a council stood after the last night *before* one on which it declared."""
        for night in sorted(self.nights_in_force(), reverse=True):
            standing = self._standings[night].get(code) if night < before else None
            if standing is not None and standing.is_declared:
                return standing
        return None

    def council(self, night: date, code: str) -> CouncilStanding | None:
        """Return how a council stands, None where it does not vote on that night."""
        self._refresh()
        standing = self._standings.get(night, {}).get(code)
        if standing is not None:
            return standing
        election = self._almanac.night(night).elections.get(code)
        return None if election is None else self._not_heard_of(night, election)

    def councils(self, night: date) -> tuple[CouncilStanding, ...]:
        """Return every council that votes on a night, by name: our tables' and the wire's."""
        self._refresh()
        found = self._voting.get(night)
        if found is None:
            heard = self._standings.get(night, {})
            silent = (
                self._not_heard_of(night, election)
                for code, election in self._almanac.night(night).elections.items()
                if code not in heard
            )
            every = sorted((*heard.values(), *silent), key=lambda one: one.council.name)
            found = self._voting[night] = tuple(every)
        return found

    def lacking(self, night: date) -> dict[str, str]:
        """Return what keeps councils from an outcome though something of it is in, by name."""
        found: dict[str, str] = {}
        policy = policy_at(self._db)
        for standing in self.councils(night):
            if standing.declared is not None or not (standing.wards or standing.awaiting_desk):
                continue
            papers = load_papers(self._db, night, standing.council)
            if sentence := judge(papers, self._almanac, policy).decision.lacking:
                found[standing.council.name] = sentence
        return found

    def parties(self, night: date) -> Parties:
        """Return our parties, with what the desk said of names and those that only a night knows.

        The latter go by the names that the night's documents give them.
        """
        self._refresh()
        version, known = self._parties.get(night, (None, None))
        if known is not None and version == self._data_version:
            return known
        strangers = map(self.named_parties.get, self._strange_parties(night))
        said = desk.names_in_force(self._db)
        found = self._almanac.parties.told(said).joined_by(strangers)
        self._parties[night] = (self._data_version, found)
        return found

    @property
    def named_parties(self) -> Parties:
        """Our parties; those that only documents know, of whatever night, go by their names."""
        return self._almanac.parties.named(party_names(self._db))

    def _strange_parties(self, night: date) -> list[str]:
        """Return the codes of a night's parties that no table knows."""
        seats = (
            "SELECT party FROM standing_seats WHERE night = :night AND party LIKE 'wire:%' "
            "UNION SELECT won.key FROM wards, json_each(wards.won) AS won "
            "WHERE wards.night = :night AND won.key LIKE 'wire:%'"
        )
        return [code for (code,) in self._db.execute(seats, {"night": night.isoformat()})]

    def wire_names(self, night: date) -> dict[str, list[str]]:
        """Return the "councils" and "parties" of a night that nobody has introduced, by name.

        A party is introduced by our tables or by the desk.
        """
        said = desk.names_in_force(self._db).values()
        parties = (code for code in self._strange_parties(night) if code not in said)
        return {
            "councils": [one.council.name for one in self.councils(night) if not one.council.known],
            "parties": sorted(map(self.party_name, parties)),
        }

    def not_followed(self, night: date | None = None) -> dict[str, int]:
        """Return how much has come in of each kind that is not followed.

        It is of a *night*, or of all; what does not say of which it is counts for each.
        """
        rows = self._db.execute(
            "SELECT kind, count(DISTINCT what) FROM not_followed "
            "WHERE :night IS NULL OR night IN ('', :night) GROUP BY kind ORDER BY kind",
            {"night": night and night.isoformat()},
        )
        return dict(rows.fetchall())

    def unreadable(self, since: date) -> tuple[int, str] | None:
        """Return how many documents since a day have faults still, and the last one's; else None.

        A document of the same name that came later and has none has mended the earlier one.
        """
        count, document, faults = self._db.execute(
            "SELECT count(*), name, faults FROM (SELECT d.id, d.name, d.faults "
            "FROM readings AS d WHERE d.faults != '[]' AND d.received_at >= ? "
            "AND d.id = (SELECT max(o.id) FROM readings AS o "
            "WHERE o.feed = d.feed AND o.name = d.name) ORDER BY d.id DESC)",
            (since.isoformat(),),
        ).fetchone()
        return (count, f"{document}: {json.loads(faults)[0]}") if count else None

    def latest(self, night: date, limit: int) -> list[CouncilStanding]:
        """Return the councils that declared last, the last first."""
        declared = [
            (standing.declared.declared_at, standing)
            for standing in self.councils(night)
            if standing.declared is not None
        ]
        declared.sort(key=lambda pair: pair[0], reverse=True)
        return [standing for _, standing in declared[:limit]]

    def ballots(self, night: date) -> tuple[BallotStanding, ...]:
        """Return every contest of a night, by kind and name: our tables' and the wire's."""
        (seq,) = self._db.execute("SELECT max(seq) FROM ballots").fetchone()
        if seq != self._ballots_seq:
            self._ballots.clear()
            self._ballots_seq = seq
        found = self._ballots.get(night)
        if found is None:
            known = self._almanac.night(night).ballots
            heard = {one.ballot.code: one for one in self._ballot_standings(night)}
            silent = (
                BallotStanding(night, ballot) for code, ballot in known.items() if code not in heard
            )
            every = sorted(
                (*heard.values(), *silent),
                key=lambda one: (one.ballot.kind, one.ballot.name),
            )
            found = self._ballots[night] = tuple(every)
        return found

    def ballot(self, night: date, code: str) -> BallotStanding | None:
        """Return how a contest stands, None where there is none such on that night."""
        return next((one for one in self.ballots(night) if one.ballot.code == code), None)

    def _ballot_standings(self, night: date) -> Iterator[BallotStanding]:
        held: defaultdict[str, list[Held]] = defaultdict(list)
        for one in self.held(night):
            if isinstance(one.subject, Ballot):
                held[one.subject.code].append(one.held)
        said = desk.names_in_force(self._db)
        for row in self._db.execute(
            "SELECT c.ballot, c.source, c.declared_at, c.version, c.state, c.by_desk, r.data, "
            "r.kind FROM ballots AS c LEFT JOIN reports AS r ON r.id = c.report_id "
            "WHERE c.night = ?",
            (night.isoformat(),),
        ):
            ballot = ballot_of(row["ballot"], self._almanac.night(night).ballots)
            told = None if row["data"] is None else decode(row["kind"], row["data"])
            if ballot is None or not isinstance(told, BallotReport | None):
                raise ValueError(f"{row['ballot']} is no contest")
            report = told and as_said(told, self._almanac.parties, said)
            if report and report.sitting and ballot.code not in self._almanac.night(night).ballots:
                # As a claim tells it: who held the post, where no table knows, the wire says.
                parties = self._almanac.parties.told(said)
                ballot = replace(ballot, sitting=parties.resolve(report.sitting).code)
            yield BallotStanding(
                night=night,
                ballot=ballot,
                report=report,
                source=row["source"] and SOURCE.validate_json(row["source"]),
                declared_at=_moment(row["declared_at"]),
                version=row["version"],
                state=row["state"] and ClaimState(row["state"]),
                by_desk=bool(row["by_desk"]),
                awaiting_desk=tuple(held[row["ballot"]]),
            )

    def notices(self, night: date, after_outbox: int = 0) -> list[ClaimedNotice]:
        """Return every version of every notice that was claimed after a place in the outbox."""
        return [
            ClaimedNotice(
                outbox=row["outbox"],
                key=row["council"],
                version=ClaimVersion(row["version"], ClaimState(row["state"]), notice_of(row)),
                made_at=datetime.fromisoformat(row["made_at"]),
                seeded=bool(row["seeded"]),
            )
            for row in self._db.execute(
                "SELECT * FROM claims WHERE night = ? AND outbox > ? AND of_notice ORDER BY outbox",
                (night.isoformat(), after_outbox),
            )
        ]

    def claims(self, night: date, after_outbox: int = 0) -> list[Claim]:
        """Return every version of every council's claim made after a place in the outbox."""
        return [
            Claim(
                outbox=row["outbox"],
                night=night,
                council=row["council"],
                version=ClaimVersion(
                    row["version"],
                    ClaimState(row["state"]),
                    content_from(row["before"], row["after"], row["outcome"]),
                ),
                basis=Basis(row["basis"]) if row["basis"] else None,
                declared_at=_moment(row["declared_at"]),
                made_at=datetime.fromisoformat(row["made_at"]),
                seeded=bool(row["seeded"]),
                by_desk=bool(row["by_desk"]),
                won=composition_from(row["won"]),
                now=composition_from(row["now"]),
            )
            for row in self._db.execute(
                "SELECT * FROM claims WHERE night = ? AND outbox > ? AND NOT of_notice "
                "ORDER BY outbox",
                (night.isoformat(), after_outbox),
            )
        ]

    def feeds(self) -> list[FeedStatus]:
        """Return every feed that was ever fetched, by name."""
        return [
            FeedStatus(
                name=row["name"],
                first_fetched_at=datetime.fromisoformat(row["first_fetched_at"]),
                fetched_at=datetime.fromisoformat(row["fetched_at"]),
                changed_at=_moment(row["changed_at"]),
                caught_up=bool(row["caught_up"]),
                trouble=row["trouble"],
                seeded_at=_moment(row["seeded_at"]),
            )
            for row in self._db.execute("SELECT * FROM feeds ORDER BY name")
        ]

    def feed_state(self, name: str) -> dict[str, object] | None:
        """Return what a feed had to remember at its last commit, None for a new one."""
        row = self._db.execute("SELECT state FROM feeds WHERE name = ?", (name,)).fetchone()
        return cast("dict[str, object]", json.loads(row[0])) if row else None

    def held(self, night: date) -> list[HeldReport]:
        """Return every report that waits for the desk, the first to come in first."""
        return [
            self._report(row)
            for row in self._db.execute(
                f"{_HELD} FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
                "WHERE r.verdict = 'held' AND r.night = ? ORDER BY r.id",
                (night.isoformat(),),
            )
        ]

    def _report(self, row: sqlite3.Row) -> HeldReport:
        ballots = self._almanac.night(date.fromisoformat(row["night"])).ballots
        return HeldReport(
            subject=ballot_of(row["ballot"] or "", ballots) or self.council_of(row["council"]),
            kind=ReportKind(row["kind"]),
            held=_held(row),
        )

    def nights_held(self) -> list[date]:
        """Return the nights of what waits for the desk, the first one first."""
        return desk.nights_waiting(self._db)

    def councils_to_tell(self) -> list[CouncilToTell]:
        """Return the councils of which the desk's channel is to be told something else."""
        return desk.councils_to_tell(self._db)

    def is_held(self, report: int) -> bool:
        """Tell whether a report waits for the desk."""
        row = self._db.execute("SELECT verdict FROM reports WHERE id = ?", (report,)).fetchone()
        return row is not None and row["verdict"] == VerdictStatus.HELD

    def desk_messages_behind(self) -> list[tuple[int, int]]:
        """Return channel and id of each message in the desk's channel that is to be edited."""
        return desk.messages_behind(self._db)

    def newest_desk_message(self, channel: int) -> int:
        """Return the newest message that the desk was told something by in a channel, 0 without."""
        return desk.newest_message(self._db, channel)

    def desk_message(self, message: int) -> list[ToldReport]:
        """Return the reports that a message in the desk's channel is about, in its order."""
        return [
            ToldReport(
                self._report(row),
                row["verdict"] == VerdictStatus.HELD,
                desk.ruling(self._db, row["id"]),
            )
            for row in self._db.execute(
                f"{_HELD}, r.verdict FROM desk_told AS t JOIN reports AS r ON r.id = t.report_id "
                "JOIN readings AS d ON d.id = r.reading_id WHERE t.message_id = ? ORDER BY r.id",
                (message,),
            )
        ]

    def queue(self, night: date) -> Queue:
        """Return what waits for the desk; a report that is held waits until it is decided about."""
        differing = self._db.execute(
            "SELECT council, differences FROM standings "
            "WHERE night = ? AND differences != '[]' ORDER BY name",
            (night.isoformat(),),
        )
        return Queue(
            held=tuple(self.held(night)),
            differing=tuple(
                (self.council_of(code), tuple(json.loads(text))) for code, text in differing
            ),
        )

    def untold(self, night: date, limit: int) -> list[HeldReport]:
        """Return held reports that the desk's channel was not told of, the first in first."""
        told = {number for (number,) in self._db.execute("SELECT report_id FROM desk_told")}
        return [one for one in self.held(night) if one.held.report_id not in told][:limit]

    def desk_log(self, limit: int) -> list[DeskRecord]:
        """Return the desk's last actions, the last one first."""
        return desk.log(self._db, limit)

    def desk_refusals(self, limit: int) -> list[Refusals]:
        """Return who else tried to act as the desk, the last one first, repeats as one."""
        return desk.refusals(self._db, limit)

    def desk_pause(self) -> DeskRecord | None:
        """Return the desk's action that holds all alerts back, None where they go on."""
        return desk.pause(self._db)

    def desk_notes(self, night: date) -> list[tuple[Council, DeskNote]]:
        """Return the desk's notes on councils, the first one first."""
        told = desk.notes(self._db, night.isoformat())
        return [(self.council_of(code), note) for code, note in told]

    def explained(self, night: date) -> frozenset[str]:
        """Return the differences from the wire's state of parties that the desk has explained."""
        return desk.explained(self._db, night.isoformat())

    def states_of_parties(self, night: date) -> list[ToldState]:
        """Return the wire's states of parties, the one after most results last."""
        return self._states_of_parties(night, _EVERY_STATE)

    def last_states_of_parties(self, night: date) -> list[ToldState]:
        """Return the wire's last state of parties of each region that it has one of, and of all."""
        return self._states_of_parties(night, 1)

    def _states_of_parties(self, night: date, of_each_region: int) -> list[ToldState]:
        rows = self._db.execute(
            "SELECT name, received_at, data FROM (SELECT d.name, d.received_at, r.data, r.id, "
            "json_extract(r.data, '$.results') AS results, row_number() OVER ("
            "PARTITION BY lower(json_extract(r.data, '$.region')) "
            "ORDER BY json_extract(r.data, '$.results') DESC, r.id DESC) AS place "
            "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
            "WHERE r.night = ? AND r.council IS NULL AND r.kind = 'state' "
            "AND r.verdict = 'accepted') WHERE place <= ? ORDER BY results, id",
            (night.isoformat(), of_each_region),
        )
        return [
            ToldState(
                document=row["name"],
                received_at=datetime.fromisoformat(row["received_at"]),
                report=cast(StateOfPartiesReport, decode(ReportKind.STATE_OF_PARTIES, row["data"])),
            )
            for row in rows
        ]

    def told_total(self, night: date) -> int:
        """Return the most councils that the wire's states of parties have of a night, else 0."""
        states = "FROM reports WHERE night = ? AND council IS NULL AND kind = 'state'"
        (last,) = self._db.execute(f"SELECT max(id) {states}", (night.isoformat(),)).fetchone()
        known, total = self._told_totals.get(night, (None, 0))
        if known != last:
            (found,) = self._db.execute(
                "SELECT max(json_extract(data, '$.total_councils')) "
                f"{states} AND verdict = 'accepted'",
                (night.isoformat(),),
            ).fetchone()
            total = found or 0
            self._told_totals[night] = (last, total)
        return total

    def wards(self, night: date, council: str) -> list[WardDetail]:
        """Return a council's ballots by name, with their candidates."""
        standing = self.council(night, council)
        wards = {ward.ballot_id: ward for ward in standing.wards} if standing else {}
        said = desk.names_in_force(self._db)
        return [
            WardDetail(
                wards[row["ballot"]],
                as_said(
                    cast(WardReport, decode(ReportKind.WARD, row["data"])),
                    self._almanac.parties,
                    said,
                ),
            )
            for row in self._db.execute(
                "SELECT w.ballot, COALESCE(w.data, r.data) AS data "
                "FROM wards AS w JOIN reports AS r ON r.id = w.report_id "
                "WHERE w.night = ? AND w.council = ? ORDER BY w.name, w.ballot",
                (night.isoformat(), council),
            )
        ]

    def documents(self, readings: Collection[int] | None = None) -> Documents:
        """Return what became of every document, or of the *readings* with these ids."""
        wanted = None if readings is None else json.dumps(sorted(readings))
        chosen = "(:wanted IS NULL OR d.id IN (SELECT value FROM json_each(:wanted)))"
        counts: Counter[VerdictStatus] = Counter()
        problems: dict[VerdictStatus, list[ProblemDocument]] = defaultdict(list)
        for row in self._db.execute(
            f"SELECT d.name, r.council, c.name AS ballot, r.verdict, r.reasons, r.warnings "  # noqa: S608
            "FROM readings AS d JOIN reports AS r ON r.reading_id = d.id "
            "LEFT JOIN ballots AS c ON c.night = r.night AND c.ballot = r.ballot "
            f"WHERE {chosen} ORDER BY r.id",
            {"wanted": wanted},
        ):
            status = VerdictStatus(row["verdict"])
            counts[status] += 1
            warned = status is VerdictStatus.ACCEPTED and row["warnings"] != "[]"
            if warned or status in (VerdictStatus.HELD, VerdictStatus.REJECTED):
                about = row["council"] and self.council_of(row["council"]).name
                about = about or row["ballot"]
                said = tuple(json.loads(row["warnings" if warned else "reasons"]))
                problems[status].append(ProblemDocument(row["name"], about, said))
        for row in self._db.execute(
            f"SELECT d.name, d.faults FROM readings AS d "  # noqa: S608
            f"WHERE d.faults != '[]' AND {chosen} ORDER BY d.id",
            {"wanted": wanted},
        ):
            for fault in json.loads(row["faults"]):
                counts[VerdictStatus.REJECTED] += 1
                problems[VerdictStatus.REJECTED].append(
                    ProblemDocument(row["name"], None, (fault,))
                )
        return Documents(
            counts=counts,
            held=tuple(problems[VerdictStatus.HELD]),
            rejected=tuple(problems[VerdictStatus.REJECTED]),
            warned=tuple(problems[VerdictStatus.ACCEPTED]),
        )

    def last_readings(self, feed: str, names: Collection[str]) -> set[int]:
        """Return the ids of the last documents that a *feed* brought under each of *names*."""
        rows = self._db.execute(
            "SELECT max(id) FROM readings WHERE feed = ? "
            "AND name IN (SELECT value FROM json_each(?)) GROUP BY name",
            (feed, json.dumps(sorted(names))),
        )
        return {number for (number,) in rows}

    def party_name(self, code: str) -> str:
        """Return a party's name, the wire's own for one that only the wire knows."""
        party = self._almanac.parties.get(code)
        return party.name if party.known else self._wire_name("party", code, party.name)

    def council_name(self, code: str) -> str:
        """Return a council's name, the wire's own for one that only the wire knows."""
        return self.council_of(code).name

    def council_of(self, code: str) -> Council:
        """Return the council of a *code*, also of one that only the wire knows."""
        council = self._almanac.councils.get(code)
        if council.known:
            return council
        name = self._wire_name("council", code, council.name)
        return as_the_wire_says(council, name, self._wire_name("type", code, ""))

    def _wire_name(self, what: str, code: str, fallback: str) -> str:
        name = self._wire_names.get((what, code))
        if name is None:
            name = wire_name(self._db, what, code)
            if name is None:
                return fallback
            self._wire_names[what, code] = name
        return name

    def _refresh(self) -> None:
        """Read again what has changed since the last question."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version == self._data_version:
            return
        with self._snapshot():
            touched = self._db.execute(
                "SELECT * FROM standings WHERE seq > ?", (self._seq,)
            ).fetchall()
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
                    f"{_HELD} FROM standings AS s "
                    "CROSS JOIN reports AS r ON r.night = s.night AND r.council = s.council "
                    "AND r.verdict = 'held' CROSS JOIN readings AS d ON d.id = r.reading_id"
                )
                sources = self._by_council(
                    "SELECT s.night, s.council, d.feed, d.name AS document, r.revision, "
                    "d.received_at "
                    "FROM standings AS s JOIN reports AS r ON r.id = s.report_id "
                    "JOIN readings AS d ON d.id = r.reading_id"
                )
        for row in touched:
            key = (row["night"], row["council"])
            night = date.fromisoformat(row["night"])
            self._voting.pop(night, None)
            if not row["votes"]:
                self._standings[night].pop(row["council"], None)
                continue
            self._standings[night][row["council"]] = self._standing(
                night,
                row,
                seats=seats[key],
                wards=wards[key],
                held=held[key],
                source=sources[key],
            )
        if touched:
            self._in_force = frozenset(
                night
                for night, standings in self._standings.items()
                if any(one.declared or one.wards or one.held for one in standings.values())
            )
        self._seq = max((row["seq"] for row in touched), default=self._seq)
        self._data_version = version

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Let several queries see one state of the database."""
        if self._db.in_transaction:  # a fault kept it from being ended
            self._db.rollback()
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:  # some faults end it by themselves
                self._db.execute("COMMIT")

    def _by_council(self, query: str) -> _Rows:
        """Return the rows of a query over the councils touched since the last refresh.

        Its joins are CROSS JOINs: SQLite, which keeps no statistics of a young file, is to begin
        with the standings and not to go through all wards.
        """
        found: defaultdict[_Key, list[sqlite3.Row]] = defaultdict(list)
        for row in self._db.execute(f"{query} WHERE s.seq > ?", (self._seq,)):
            found[row["night"], row["council"]].append(row)
        return found

    def _not_heard_of(self, night: date, election: CouncilElection) -> CouncilStanding:
        return CouncilStanding(
            night=night,
            council=self.council_of(election.council),
            proportion=election.proportion,
            new_council=election.new_council,
            boundary_change=election.boundary_change,
            before=None if election.new_council else election.sitting,
            before_source=None
            if election.new_council or election.sitting is None
            else PriorSource.SHIPPED,
            seats_up=election.seats_up,
            expected_at=election.expected_at,
            ward_count=len(self._almanac.night(night).wards.get(election.council, ())) or None,
        )

    def _standing(
        self,
        night: date,
        row: sqlite3.Row,
        *,
        seats: list[sqlite3.Row],
        wards: list[sqlite3.Row],
        held: list[sqlite3.Row],
        source: list[sqlite3.Row],
    ) -> CouncilStanding:
        election = self._almanac.night(night).elections.get(row["council"])
        nominated = row["nominations_id"] is not None
        return CouncilStanding(
            night=night,
            council=self.council_of(row["council"]),
            proportion=Proportion(row["proportion"]) if row["proportion"] else None,
            new_council=bool(row["new_council"]),
            boundary_change=bool(row["boundary_change"]),
            before=control_from(row["before"]),
            before_source=PriorSource(row["before_source"]) if row["before_source"] else None,
            held=Composition(_column(seats, "held")) if nominated else None,
            offered=_column(seats, "offered") if nominated else None,
            candidates=_column(seats, "candidates"),
            seats_up=row["seats_up"],
            expected_at=election.expected_at if election else None,
            ward_count=len(self._almanac.night(night).wards.get(row["council"], ())) or None,
            declared=_declared(row, seats) if row["after"] else None,
            wards=tuple(map(_ward, sorted(wards, key=lambda ward: (ward["name"], ward["ballot"])))),
            awaiting_desk=tuple(
                map(_held, sorted(held, key=lambda report: cast(int, report["id"])))
            ),
            lacking=row["lacking"],
        )


_HELD = (
    "SELECT r.night, r.council, r.ballot, r.id, r.kind, r.revision, r.reasons, d.feed, "
    "d.name AS document, d.received_at"
)


def _declared(row: sqlite3.Row, seats: list[sqlite3.Row]) -> Declared:
    after = control_from(row["after"])
    if after is None:
        raise ValueError("a standing that has declared says who controls the council")
    won = _column(seats, "won")
    return Declared(
        after=after,
        outcome=Outcome(row["outcome"]),
        won=Composition(won) if won else None,
        now=Composition(_column(seats, "now")),
        changes=None if row["baseline"] is None else _column(seats, "change"),
        baseline=Baseline.from_code(row["baseline"]) if row["baseline"] else Baseline.WIRES,
        declared_at=datetime.fromisoformat(row["declared_at"]),
        basis=Basis(row["basis"]),
        source=SOURCE.validate_json(row["source"]),
        version=row["version"],
        state=row["state"] and ClaimState(row["state"]),
        by_desk=bool(row["by_desk"]),
        confirmed=bool(row["confirmed"]),
        voices=VOICES.validate_json(row["voices"]),
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


def _held(row: sqlite3.Row) -> Held:
    return Held(row["id"], _source(row), tuple(json.loads(row["reasons"])))


def _source(row: sqlite3.Row) -> Source:
    return _source_of(row["feed"], row["document"], row["revision"], row["received_at"])


# The wards of one page have one source, and few different results: thousands are read at once.
@functools.lru_cache(maxsize=1024)
def _source_of(feed: str, document: str, revision: int | None, received_at: str) -> Source:
    return Source(feed, document, revision, datetime.fromisoformat(received_at))


@functools.lru_cache(maxsize=1024)
def _seats_won(text: str) -> Composition:
    return Composition(json.loads(text))


def _column(seats: list[sqlite3.Row], column: str) -> dict[str, int]:
    """Return a column of seats by party, zeros and what was not said left out."""
    return {row["party"]: row[column] for row in seats if row[column]}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
