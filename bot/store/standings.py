"""What was decided of councils and ballots: journal entries, and their rows."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from bot.election.case_file import Verdict
from bot.election.claims import BallotDeclared, Basis
from bot.election.parties import Parties
from bot.election.records import BallotRecord, CouncilRecord, SeatsRecord, WardRecord
from bot.election.reports import BallotKind, BallotReport, WardReport
from bot.election.seats import Composition
from bot.election.ward_outcomes import winners_by_party
from bot.store.claims import ClaimRecord, Evidence, content_of, write_claim, write_evidence
from bot.store.codec import column, delete, insert, insert_all, read, row, row_of, rows, update
from bot.store.journal import Entry
from bot.store.readings import mark_verdicts
from bot.store.reports import ReportKind, decode


@dataclass(frozen=True, slots=True)
class CouncilDecided(Entry, kind="council-decided"):
    """What was decided of a council, as far as it is new.

    `verdicts` are those of new reports and those that changed; `standing` is None where it stayed
    as it was, `claim` where no version was made.
    """

    night: date
    council: str
    verdicts: tuple[tuple[int, Verdict], ...]
    standing: CouncilRecord | None = None
    wards: tuple[WardRecord, ...] = ()
    wards_gone: tuple[str, ...] = ()
    claim: ClaimRecord | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether all is decided as it was before."""
        told = (self.verdicts, self.wards, self.wards_gone)
        return self.standing is None and self.claim is None and not any(told)

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write verdicts, standing, wards and claim."""
        key = {"night": self.night, "council": self.council}
        mark_verdicts(db, self.verdicts)
        if self.standing is None:
            update(db, "standings", key, seq=seq)
        else:
            standing = {**key, "seq": seq, **row_of(self.standing, "seats")}
            insert(db, "standings", standing, verb="INSERT OR REPLACE")
            delete(db, "standing_seats", **key)
            seats = [{**key, **row_of(one)} for one in self.standing.seats]
            insert_all(db, "standing_seats", seats)
        for ballot in self.wards_gone:
            delete(db, "wards", **key, ballot=ballot)
        wards = [{**key, **row_of(one, "told"), "data": one.told} for one in self.wards]
        insert_all(db, "wards", wards, verb="INSERT OR REPLACE")
        if self.claim is not None:
            write_claim(db, self.night, seq, at, self.claim)
        self._write_evidence(db)

    def _write_evidence(self, db: sqlite3.Connection) -> None:
        """Write what the newest version of the claim rests on, if that is new.

        What is shown and not claimed is no evidence.
        """
        latest = row(
            db,
            "SELECT * FROM claims WHERE night = ? AND council = ? ORDER BY version DESC LIMIT 1",
            self.night.isoformat(),
            self.council,
        )
        claimed = None if latest is None else content_of(latest)
        if latest is None or claimed is None:
            return
        if (one := self.standing) is not None:
            same = (one.before, one.after, one.outcome) == (
                claimed.before,
                claimed.after,
                claimed.outcome,
            )
            if one.confirmed and same:
                write_evidence(
                    db,
                    latest["outbox"],
                    Evidence(
                        basis=one.basis or Basis.RESULT,
                        by_desk=one.by_desk,
                        before_year=one.before_year,
                        source=one.source,
                        won=one.column("won"),
                        now=one.column("now"),
                        changes=one.changes,
                        baseline=one.baseline,
                    ),
                )
        elif self.claim is not None:
            made = Evidence(
                basis=self.claim.basis or Basis.RESULT,
                by_desk=self.claim.by_desk,
                won=None if self.claim.won is None else Composition(self.claim.won),
                now=None if self.claim.now is None else Composition(self.claim.now),
            )
            write_evidence(db, latest["outbox"], made)


@dataclass(frozen=True, slots=True)
class BallotDecided(Entry, kind="ballot-decided"):
    """What was decided of a mayor's, a constituency's or a referendum's ballot."""

    night: date
    ballot: str
    verdicts: tuple[tuple[int, Verdict], ...]
    standing: BallotRecord
    claim: ClaimRecord | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write verdicts, standing and claim; posts of the same claim follow a new report."""
        mark_verdicts(db, self.verdicts)
        one = self.standing
        last = stored_ballot(db, self.night.isoformat(), self.ballot)
        standing = {"night": self.night, "ballot": self.ballot, "seq": seq, **row_of(one)}
        insert(db, "ballots", standing, verb="INSERT OR REPLACE")
        if self.claim is not None:
            write_claim(db, self.night, seq, at, self.claim)
        elif last is not None and one.declared and one.report_id != last.report_id:
            latest = row(
                db,
                "SELECT outbox FROM claims WHERE night = ? AND council = ? "
                "ORDER BY version DESC LIMIT 1",
                self.night.isoformat(),
                BallotDeclared.key_of(self.ballot),
            )
            if latest is not None:
                basis = Basis.DESK if one.by_desk else Basis.RESULT
                evidence = Evidence(basis=basis, by_desk=one.by_desk, source=one.source)
                write_evidence(db, latest["outbox"], evidence, follow=True)


def stored_standing(db: sqlite3.Connection, night: str, council: str) -> CouncilRecord | None:
    """Return what the tables say of a council now, None where they say nothing."""
    about = "WHERE night = ? AND council = ?"
    found = row(db, f"SELECT * FROM standings {about}", night, council)  # noqa: S608
    if found is None:
        return None
    seats = rows(db, f"SELECT * FROM standing_seats {about} ORDER BY party", night, council)  # noqa: S608
    return read(CouncilRecord, found, seats=tuple(read(SeatsRecord, one) for one in seats))


def stored_wards(db: sqlite3.Connection, night: str, council: str) -> dict[str, WardRecord]:
    """Return the wards of a council as they are stored, by the ballot's key."""
    found = rows(db, "SELECT * FROM wards WHERE night = ? AND council = ?", night, council)
    return {one["ballot"]: read(WardRecord, one, told=_told(one["data"])) for one in found}


def _told(data: str | None) -> WardReport | None:
    report = None if data is None else decode(ReportKind.WARD, data)
    return report if isinstance(report, WardReport) else None


def stored_ballot(db: sqlite3.Connection, night: str, code: str) -> BallotRecord | None:
    """Return what the tables say of a ballot now, None where they say nothing."""
    found = row(db, "SELECT * FROM ballots WHERE night = ? AND ballot = ?", night, code)
    return None if found is None else read(BallotRecord, found)


def stored_by_elections(db: sqlite3.Connection, night: date, council: str) -> list[str]:
    """Return the codes of a council's by-elections of which something is stored."""
    codes = column(
        db,
        "SELECT ballot FROM ballots WHERE night = ? AND council = ? ORDER BY ballot",
        night.isoformat(),
        council,
    )
    return [str(code) for code in codes]


def stored_report(db: sqlite3.Connection, number: int) -> BallotReport | None:
    """Return a ballot's report by its id."""
    found = row(db, "SELECT kind, data FROM reports WHERE id = ?", number)
    report = None if found is None else decode(found["kind"], found["data"])
    return report if isinstance(report, BallotReport) else None


def assembly_so_far(db: sqlite3.Connection, night: str, parties: Parties) -> dict[str, int]:
    """Return the Assembly's seats that are filled, by party code."""
    reports = [
        decode(kind, data)
        for kind, data in rows(
            db,
            "SELECT r.kind, r.data FROM ballots AS c JOIN reports AS r ON r.id = c.report_id "
            "WHERE c.night = ? AND c.kind = ?",
            night,
            BallotKind.ASSEMBLY.value,
        )
    ]
    told = [one for one in reports if isinstance(one, BallotReport)]
    return dict(winners_by_party(told, parties))
