"""Journal entries of the results: what was fetched and what was decided of it.

They carry everything that was decided, so that `apply` only writes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter

from bot.election.baselines import Baseline
from bot.election.case import Verdict, VerdictStatus
from bot.election.claims import Basis, ClaimContent, ClaimState, ClaimVersion
from bot.election.control import NOC, Control, Outcome
from bot.election.councils import Council, Councils, as_the_wire_says
from bot.election.reports import NotFollowed, Proportion, SourceKind
from bot.election.standings import PriorSource, Source, Voice
from bot.store.evidence import write_evidence
from bot.store.journal import Entry
from bot.store.reports import ReportKind

MOST_REPORTS = 1 << 20
"""More reports than one document can hold."""

_NOC_CODE = "NOC"

SOURCE = TypeAdapter(Source)
VOICES = TypeAdapter(tuple[Voice, ...])


def report_id(reading_id: int, position: int) -> int:
    """Return the id of the report at a position of a reading."""
    return reading_id * MOST_REPORTS + position


def reading_of(report: int) -> int:
    """Return the id of the reading that a report stands in, by the report's id."""
    return report // MOST_REPORTS


def control_code(control: Control | None) -> str | None:
    """Return a control as the tables write it: the party's code, `NOC`, or null."""
    return None if control is None else control.holder or _NOC_CODE


def control_from(code: str | None) -> Control | None:
    """Return the control that `control_code` wrote."""
    if code is None:
        return None
    return NOC if code == _NOC_CODE else Control(code)


@dataclass(frozen=True, slots=True)
class ReportFiled:
    """A report as it came in. `data` is its JSON; `verdict` is set where it decides nothing more.

    A report without a verdict counts as held until a decision says what it is.
    """

    kind: ReportKind
    night: date
    council: str | None
    revision: int | None
    content: str
    data: str
    verdict: Verdict | None = None
    ballot: str | None = None


@dataclass(frozen=True, slots=True)
class OwnFault:
    """A fault of the program kept a document, or some of its reports, from being taken in.

    `program` is the version that failed; the rest is what the document's feed knows of it.
    """

    program: str
    council: str | None = None
    night: date | None = None


@dataclass(frozen=True, slots=True)
class ReadingFiled(Entry, kind="reading"):
    """A document came in; its bytes lie in `bodies`."""

    feed: str
    name: str
    format: str
    sha256: str
    received_at: datetime
    faults: tuple[str, ...]
    reports: tuple[ReportFiled, ...]
    source: SourceKind | None
    settled: bool
    not_followed: tuple[NotFollowed, ...] = ()
    unsaid: int = 0
    own_fault: OwnFault | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the reading and its reports."""
        db.execute(
            "INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                seq,
                self.feed,
                self.name,
                self.format,
                self.sha256,
                self.received_at.isoformat(),
                json.dumps(self.faults),
                len(self.not_followed) + self.unsaid,
                self.source,
                self.settled,
            ),
        )
        _insert_not_followed(db, self.feed, seq, self.not_followed)
        _insert_reports(db, seq, 0, self.reports)
        _note_own_fault(db, seq, self.own_fault)


@dataclass(frozen=True, slots=True)
class ReadingRetaken(Entry, kind="reading retaken"):
    """A document that a fault of the program had turned away is read again from its bytes.

    `reports` are those that were not filed before; they stand from the position `first` on. What is
    as it was (the feed, the name, when it came) is not said again.
    """

    reading_id: int
    feed: str
    format: str
    faults: tuple[str, ...]
    first: int
    reports: tuple[ReportFiled, ...]
    source: SourceKind | None
    settled: bool
    not_followed: tuple[NotFollowed, ...] = ()
    unsaid: int = 0
    own_fault: OwnFault | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write what the reading is now, and the reports that it has besides."""
        db.execute(
            "UPDATE readings SET format = ?, faults = ?, passed_over = ?, source = ?, settled = ? "
            "WHERE id = ?",
            (
                self.format,
                json.dumps(self.faults),
                len(self.not_followed) + self.unsaid,
                self.source,
                self.settled,
                self.reading_id,
            ),
        )
        _insert_not_followed(db, self.feed, self.reading_id, self.not_followed)
        _insert_reports(db, self.reading_id, self.first, self.reports)
        _note_own_fault(db, self.reading_id, self.own_fault)


def _insert_not_followed(
    db: sqlite3.Connection, feed: str, reading: int, not_followed: Iterable[NotFollowed]
) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO not_followed VALUES (?, ?, ?, ?, ?)",
        [
            (feed, one.kind, one.night.isoformat() if one.night else "", one.what, reading)
            for one in not_followed
        ],
    )


def _insert_reports(
    db: sqlite3.Connection, reading: int, first: int, reports: Iterable[ReportFiled]
) -> None:
    db.executemany(
        "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
        [
            (
                report_id(reading, position),
                reading,
                report.kind.value,
                report.night.isoformat(),
                report.council,
                report.ballot,
                report.revision,
                report.content,
                report.data,
                *_verdict_columns(report.verdict or Verdict(VerdictStatus.HELD)),
            )
            for position, report in enumerate(reports, start=first)
        ],
    )


def _note_own_fault(
    db: sqlite3.Connection, reading: int, fault: OwnFault | None, report: int = 0
) -> None:
    """Write down a fault of the program; None takes what was written down away."""
    db.execute("DELETE FROM own_faults WHERE reading_id = ? AND report_id = ?", (reading, report))
    if fault is not None:
        night = fault.night and fault.night.isoformat()
        db.execute(
            "INSERT INTO own_faults VALUES (?, ?, ?, ?, ?)",
            (reading, report, fault.program, fault.council, night),
        )


@dataclass(frozen=True, slots=True)
class ReadingSeenAgain(Entry, kind="seen again"):
    """A second look showed the same document: a source without revisions stands by it."""

    reading_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the reading."""
        db.execute("UPDATE readings SET settled = 1 WHERE id = ?", (self.reading_id,))


@dataclass(frozen=True, slots=True)
class ReportTurnedAway(Entry, kind="turned away"):
    """A report broke the newsroom: it is kept and named, and takes part in nothing.

    That is a fault of the program, not of the report: another version may take it again.
    """

    report_id: int
    reason: str
    program: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the report."""
        verdict = Verdict(VerdictStatus.REJECTED, (self.reason,))
        db.execute(
            "UPDATE reports SET verdict = ?, reasons = ?, warnings = ?, considered = 0 "
            "WHERE id = ?",
            (*_verdict_columns(verdict), self.report_id),
        )
        fault = OwnFault(self.program)
        _note_own_fault(db, reading_of(self.report_id), fault, self.report_id)


@dataclass(frozen=True, slots=True)
class ReportRetaken(Entry, kind="report retaken"):
    """A report that had broken the newsroom is taken again; a decision follows."""

    report_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Let the report count as held until it is decided, as a new one does."""
        db.execute(
            "UPDATE reports SET verdict = ?, reasons = ?, warnings = ? WHERE id = ?",
            (*_verdict_columns(Verdict(VerdictStatus.HELD)), self.report_id),
        )
        _note_own_fault(db, reading_of(self.report_id), None, self.report_id)


@dataclass(frozen=True, slots=True)
class StillFailing(Entry, kind="still failing"):
    """What was turned away cannot even be read back by another version.

    `report_id` is 0 for a whole document.
    """

    reading_id: int
    report_id: int
    program: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write down which version failed last."""
        db.execute(
            "UPDATE own_faults SET program = ? WHERE reading_id = ? AND report_id = ?",
            (self.program, self.reading_id, self.report_id),
        )


@dataclass(frozen=True, slots=True)
class SeatsRecord:
    """A party's seats on a council; None: not said."""

    party: str
    held: int | None = None
    offered: int | None = None
    unopposed: int | None = None
    candidates: int | None = None
    won: int | None = None
    now: int | None = None
    change: int | None = None


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """A row of `standings` with its rows of `standing_seats`, ordered by party."""

    name: str
    votes: bool
    proportion: Proportion | None
    new_council: bool
    boundary_change: bool
    seats_up: int | None
    before: str | None
    before_source: PriorSource | None
    after: str | None
    outcome: Outcome | None
    basis: Basis | None
    by_desk: bool
    confirmed: bool
    source: Source | None
    voices: tuple[Voice, ...]
    differences: tuple[str, ...]
    lacking: str | None
    total: int | None
    baseline: Baseline | None
    declared_at: datetime | None
    nominations_id: int | None
    report_id: int | None
    version: int | None
    state: ClaimState | None
    seats: tuple[SeatsRecord, ...]


@dataclass(frozen=True, slots=True)
class WardRecord:
    """A row of `wards`: the ballot's report in force.

    `data` is the ballot as statements about single winners tell it, together: then the report with
    `report_id` is the last of them and no ballot. None for a report that is the ballot's own.
    """

    ballot: str
    name: str
    gss: str | None
    seats: int
    declared: bool
    counts: bool
    by_election: bool
    vacant: int
    won: dict[str, int]
    report_id: int
    data: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A version of a claim, with the seats that it rests on."""

    version: ClaimVersion[ClaimContent]
    basis: Basis | None
    declared_at: datetime | None
    seeded: bool
    by_desk: bool
    report_id: int | None
    won: dict[str, int] | None
    now: dict[str, int] | None


@dataclass(frozen=True, slots=True)
class CouncilDecided(Entry, kind="decision"):
    """What was decided of a council, as far as it is new.

    `verdicts` are those of new reports and those that changed; `standing` is None where it stayed
    as it was, `claim` where no version was made.
    """

    night: date
    council: str
    verdicts: tuple[tuple[int, Verdict], ...]
    standing: StandingRecord | None = None
    wards: tuple[WardRecord, ...] = ()
    wards_gone: tuple[str, ...] = ()
    claim: ClaimRecord | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write verdicts, standing, wards and claim."""
        key = (self.night.isoformat(), self.council)
        mark_verdicts(db, self.verdicts)
        if self.standing is None:
            db.execute("UPDATE standings SET seq = ? WHERE night = ? AND council = ?", (seq, *key))
        else:
            _write_standing(db, key, seq, self.standing)
        db.executemany(
            "DELETE FROM wards WHERE night = ? AND council = ? AND ballot = ?",
            [(*key, ballot) for ballot in self.wards_gone],
        )
        db.executemany(
            "INSERT OR REPLACE INTO wards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *key,
                    ward.ballot,
                    ward.name,
                    ward.gss,
                    ward.seats,
                    ward.declared,
                    ward.counts,
                    ward.by_election,
                    ward.vacant,
                    json.dumps(ward.won),
                    ward.report_id,
                    ward.data,
                )
                for ward in self.wards
            ],
        )
        if self.claim is not None:
            _write_claim(db, key, seq, at, self.claim)
        write_evidence(db, key, self.claim, self.standing)


@dataclass(frozen=True, slots=True)
class WireNameLearnt(Entry, kind="name"):
    """The wire named a party or a council that no table of ours knows, or a council's type."""

    what: str
    code: str
    name: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the name."""
        db.execute(
            "INSERT OR IGNORE INTO wire_names VALUES (?, ?, ?, ?)",
            (self.what, self.code, self.name, at.isoformat()),
        )


def wire_name(db: sqlite3.Connection, what: str, code: str) -> str | None:
    """Return the name that the wire gave to a party or a council, or a council's type."""
    row = db.execute(
        "SELECT name FROM wire_names WHERE what = ? AND code = ?", (what, code)
    ).fetchone()
    return None if row is None else str(row[0])


def party_names(db: sqlite3.Connection) -> dict[str, str]:
    """Return the names that the wire gave to parties that no table knows, by their codes."""
    return dict(db.execute("SELECT code, name FROM wire_names WHERE what = 'party'").fetchall())


def council_of(db: sqlite3.Connection, councils: Councils, code: str) -> Council:
    """Return the council of a *code*; of one that only the wire knows, what the wire says of it."""
    council = councils.get(code)
    if council.known:
        return council
    name = wire_name(db, "council", code) or council.name
    return as_the_wire_says(council, name, wire_name(db, "type", code) or "")


@dataclass(frozen=True, slots=True)
class FeedFetched(Entry, kind="fetch"):
    """A feed was asked. `state` is a merge patch (RFC 7396) of what it has to remember.

    `caught_up` is False while the backlog of the first fetch is not all there; `seeded` says that
    claims of this fetch were made silently.
    """

    feed: str
    state: dict[str, object]
    caught_up: bool
    brought: bool = False
    seeded: bool = False
    trouble: str | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the feed's row."""
        now = at.isoformat()
        db.execute(
            "INSERT INTO feeds VALUES (:name, json_patch('{}', :state), :now, :now, :changed, "
            ":caught_up, :trouble, :seeded) ON CONFLICT (name) DO UPDATE SET "
            "state = json_patch(state, :state), fetched_at = excluded.fetched_at, "
            "caught_up = excluded.caught_up, trouble = excluded.trouble, "
            "changed_at = COALESCE(excluded.changed_at, changed_at), "
            "seeded_at = COALESCE(seeded_at, excluded.seeded_at)",
            {
                "name": self.feed,
                "state": json.dumps(self.state),
                "now": now,
                "changed": now if self.brought else None,
                "caught_up": self.caught_up,
                "trouble": self.trouble,
                "seeded": now if self.seeded else None,
            },
        )


def mark_verdicts(db: sqlite3.Connection, verdicts: Iterable[tuple[int, Verdict]]) -> None:
    """Write the verdicts on reports that a decision has considered."""
    db.executemany(
        "UPDATE reports SET verdict = ?, reasons = ?, warnings = ?, considered = 1 WHERE id = ?",
        [(*_verdict_columns(verdict), report) for report, verdict in verdicts],
    )


def _verdict_columns(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.status.value, json.dumps(verdict.reasons), json.dumps(verdict.warnings)


def _write_standing(
    db: sqlite3.Connection, key: tuple[str, str], seq: int, standing: StandingRecord
) -> None:
    db.execute(
        f"INSERT OR REPLACE INTO standings VALUES ({', '.join('?' * 27)})",  # noqa: S608
        (
            *key,
            seq,
            standing.name,
            standing.votes,
            standing.proportion,
            standing.new_council,
            standing.boundary_change,
            standing.seats_up,
            standing.before,
            standing.before_source,
            standing.after,
            standing.outcome,
            standing.basis,
            standing.by_desk,
            standing.confirmed,
            None if standing.source is None else SOURCE.dump_json(standing.source).decode(),
            VOICES.dump_json(standing.voices).decode(),
            json.dumps(standing.differences),
            standing.lacking,
            standing.total,
            standing.baseline and standing.baseline.code,
            standing.declared_at and standing.declared_at.isoformat(),
            standing.nominations_id,
            standing.report_id,
            standing.version,
            standing.state,
        ),
    )
    db.execute("DELETE FROM standing_seats WHERE night = ? AND council = ?", key)
    db.executemany(
        "INSERT INTO standing_seats VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *key,
                row.party,
                row.held,
                row.offered,
                row.unopposed,
                row.candidates,
                row.won,
                row.now,
                row.change,
            )
            for row in standing.seats
        ],
    )


def _write_claim(
    db: sqlite3.Connection, key: tuple[str, str], seq: int, at: datetime, claim: ClaimRecord
) -> None:
    content = claim.version.content
    db.execute(
        f"INSERT INTO claims VALUES ({', '.join('?' * 16)}, NULL, 0)",  # noqa: S608
        (
            seq,
            *key,
            claim.version.version,
            claim.version.state,
            control_code(content.before) if content else None,
            control_code(content.after) if content else None,
            content.outcome if content else None,
            claim.basis,
            claim.declared_at and claim.declared_at.isoformat(),
            at.isoformat(),
            claim.seeded,
            claim.by_desk,
            claim.report_id,
            None if claim.won is None else json.dumps(claim.won),
            None if claim.now is None else json.dumps(claim.now),
        ),
    )
