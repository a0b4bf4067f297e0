"""Contests in the store: their papers, what was decided of them, and how they stand."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.election.almanac import Almanac
from bot.election.ballot_checks import BallotCase
from bot.election.ballot_rules import BallotDecision, decide_ballot
from bot.election.ballots import Ballot
from bot.election.case import Filed, Ruling, Verdict, VerdictStatus
from bot.election.claims import Basis, ClaimState, ClaimVersion
from bot.election.notices import BallotDeclared, Notice
from bot.election.parties import Parties
from bot.election.policy import USUAL, Policy
from bot.election.reports import BallotReport, SourceKind
from bot.election.standings import Source
from bot.store.desk import names_in_force, say_in_force
from bot.store.journal import Entry
from bot.store.notices import NoticeRecord, notice_record, write_notice
from bot.store.reports import decode
from bot.store.results import SOURCE, mark_verdicts, reading_of


@dataclass(slots=True)
class BallotFolder:
    """What lies in a contest's folder, with the verdict that is recorded of each report."""

    night: date
    ballot: Ballot
    reports: list[Filed[BallotReport]] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    recorded: dict[int, Verdict] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    """Whose names of parties the desk has said, by the name."""


@dataclass(frozen=True, slots=True)
class BallotRecord:
    """A row of `contests`."""

    kind: str
    name: str
    elected: tuple[str, ...]
    declared: bool
    confirmed: bool
    by_desk: bool
    differences: tuple[str, ...]
    source: Source | None
    report_id: int | None
    declared_at: datetime | None
    version: int | None
    state: ClaimState | None


@dataclass(frozen=True, slots=True)
class BallotDecided(Entry, kind="contest decision"):
    """What was decided of a contest, as far as it is new."""

    night: date
    ballot: str
    verdicts: tuple[tuple[int, Verdict], ...]
    standing: BallotRecord
    claim: NoticeRecord | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write verdicts, standing and claim; posts of the same claim follow a new report."""
        mark_verdicts(db, self.verdicts)
        one = self.standing
        last = stored_ballot(db, self.night.isoformat(), self.ballot)
        db.execute(
            f"INSERT OR REPLACE INTO ballots VALUES ({', '.join('?' * 15)})",  # noqa: S608
            (
                self.night.isoformat(),
                self.ballot,
                seq,
                one.kind,
                one.name,
                json.dumps(one.elected, ensure_ascii=False),
                one.declared,
                one.confirmed,
                one.by_desk,
                json.dumps(one.differences, ensure_ascii=False),
                None if one.source is None else SOURCE.dump_json(one.source).decode(),
                one.report_id,
                one.declared_at and one.declared_at.isoformat(),
                one.version,
                one.state,
            ),
        )
        if self.claim is not None:
            write_notice(db, self.night, seq, at, self.claim)
        elif last is not None and one.declared and one.report_id != last.report_id:
            self._let_posts_follow(db)

    def _let_posts_follow(self, db: sqlite3.Connection) -> None:
        """Mark the newest version of the claim: it rests on another report, with votes perhaps."""
        one = self.standing
        db.execute(
            "INSERT OR REPLACE INTO evidence SELECT outbox, ?, ?, ?, NULL, NULL, NULL, NULL, 1, 0 "
            "FROM claims WHERE night = ? AND council = ? ORDER BY version DESC LIMIT 1",
            (
                Basis.DESK if one.by_desk else Basis.RESULT,
                one.by_desk,
                None if one.source is None else SOURCE.dump_json(one.source).decode(),
                self.night.isoformat(),
                BallotDeclared.key_of(self.ballot),
            ),
        )


def load_folder(connection: sqlite3.Connection, night: date, ballot: Ballot) -> BallotFolder:
    """Return what lies in a contest's folder, but for what was turned away."""
    folder = BallotFolder(night, ballot)
    for row in connection.execute(
        "SELECT r.id, r.kind, r.data, r.content, r.revision, r.verdict, r.reasons, r.warnings, "
        "d.feed, d.name, d.received_at, d.source, d.settled "
        "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
        "WHERE r.night = ? AND r.ballot = ? AND r.considered ORDER BY r.id",
        (night.isoformat(), ballot.code),
    ):
        number, kind, data, content, revision, verdict, *said, feed, name, at, who, settled = row
        report = decode(kind, data)
        if not isinstance(report, BallotReport):
            raise TypeError(f"report {number} is about {ballot.code} and is a {kind}")
        source = Source(feed, name, revision, datetime.fromisoformat(at), SourceKind(who))
        folder.reports.append(
            Filed(number, report, content, source, bool(settled), reading_of(number))
        )
        reasons, warnings = (tuple(json.loads(text)) for text in said)
        folder.recorded[number] = Verdict(VerdictStatus(verdict), reasons, warnings)
    folder.rulings, _ = say_in_force(connection, night.isoformat(), ballot.code)
    folder.said = names_in_force(connection)
    return folder


def judge_ballot(folder: BallotFolder, almanac: Almanac, policy: Policy = USUAL) -> BallotDecision:
    """Return what the rules say of a contest's papers."""
    night = almanac.night(folder.night)
    papers = BallotCase(
        ballot=folder.ballot,
        known=folder.ballot.code in night.ballots,
        night=night,
        reports=tuple(folder.reports),
        rulings=tuple(folder.rulings),
        policy=policy,
    )
    return decide_ballot(papers, almanac.parties.told(folder.said))


def ballot_record(
    folder: BallotFolder,
    decision: BallotDecision,
    claim: ClaimVersion[Notice] | None,
    stored: BallotRecord | None,
) -> BallotRecord:
    """Return what the tables are to say of a contest."""
    report = decision.report
    in_force = next((one for one in folder.reports if one.id == decision.in_force), None)
    declared_at = None
    if decision.content is not None:
        told = [one.source.received_at for one in folder.reports if one.report.declared]
        declared_at = (stored and stored.declared_at) or min(told, default=None)
    return BallotRecord(
        kind=folder.ballot.kind.value,
        name=folder.ballot.name,
        elected=tuple(one.name for one in report.winners) if report else (),
        declared=decision.content is not None,
        confirmed=decision.claimable,
        by_desk=decision.by_desk,
        differences=decision.differences,
        source=in_force.source if in_force else None,
        report_id=decision.in_force,
        declared_at=declared_at,
        version=claim.version if claim else None,
        state=claim.state if claim else None,
    )


def ballot_claim(
    version: ClaimVersion[Notice], key: str, record: BallotRecord, *, seeded: bool
) -> NoticeRecord:
    """Return a contest's claim as the journal holds it."""
    return notice_record(
        key,
        version,
        record.declared_at,
        seeded=seeded,
        by_desk=record.by_desk,
        basis=Basis.DESK if record.by_desk else Basis.RESULT,
        report_id=record.report_id,
    )


def stored_ballot(connection: sqlite3.Connection, night: str, code: str) -> BallotRecord | None:
    """Return what the tables say of a contest now, None where they say nothing."""
    row = connection.execute(
        "SELECT kind, name, elected, declared, confirmed, by_desk, differences, source, report_id, "
        "declared_at, version, state FROM ballots WHERE night = ? AND ballot = ?",
        (night, code),
    ).fetchone()
    return row and _record(row)


def stored_report(connection: sqlite3.Connection, number: int) -> BallotReport | None:
    """Return a contest's report by its id."""
    row = connection.execute("SELECT kind, data FROM reports WHERE id = ?", (number,)).fetchone()
    report = None if row is None else decode(row[0], row[1])
    return report if isinstance(report, BallotReport) else None


def assembly_so_far(connection: sqlite3.Connection, night: str, parties: Parties) -> dict[str, int]:
    """Return the Assembly's seats that are filled, by party code."""
    seats: Counter[str] = Counter()
    for kind, data in connection.execute(
        "SELECT r.kind, r.data FROM ballots AS c JOIN reports AS r ON r.id = c.report_id "
        "WHERE c.night = ? AND c.kind = 'assembly'",
        (night,),
    ):
        report = decode(kind, data)
        if isinstance(report, BallotReport):
            seats.update(parties.resolve(one.party).code for one in report.winners if one.party)
    return dict(seats)


def _record(row: sqlite3.Row) -> BallotRecord:
    return BallotRecord(
        kind=row[0],
        name=row[1],
        elected=tuple(json.loads(row[2])),
        declared=bool(row[3]),
        confirmed=bool(row[4]),
        by_desk=bool(row[5]),
        differences=tuple(json.loads(row[6])),
        source=row[7] and SOURCE.validate_json(row[7]),
        report_id=row[8],
        declared_at=row[9] and datetime.fromisoformat(row[9]),
        version=row[10],
        state=row[11] and ClaimState(row[11]),
    )
