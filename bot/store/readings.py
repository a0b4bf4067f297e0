"""Journal entries of what was fetched: documents, their reports, and the feeds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.election.case_file import Verdict, VerdictStatus
from bot.election.reports import NotFollowed, SourceKind
from bot.store.codec import delete, insert, insert_all, row_of, update
from bot.store.journal import Entry
from bot.store.reports import ReportKind

MOST_REPORTS = 1 << 20
"""More reports than one document can hold."""


def report_id(reading_id: int, position: int) -> int:
    """Return the id of the report at a position of a reading."""
    return reading_id * MOST_REPORTS + position


def reading_of(report: int) -> int:
    """Return the id of the reading that a report stands in, by the report's id."""
    return report // MOST_REPORTS


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAs:
    """What a document was read as: `unsaid` counts what says nothing yet."""

    feed: str
    format: str
    faults: tuple[str, ...]
    reports: tuple[ReportFiled, ...]
    source: SourceKind | None
    settled: bool
    not_followed: tuple[NotFollowed, ...] = ()
    unsaid: int = 0
    own_fault: OwnFault | None = None

    def columns(self) -> dict[str, object]:
        """Return what a row of `readings` says of it."""
        return {
            "format": self.format,
            "faults": self.faults,
            "passed_over": len(self.not_followed) + self.unsaid,
            "source": self.source,
            "settled": self.settled,
        }

    def write(self, db: sqlite3.Connection, reading: int, first: int = 0) -> None:
        """Write what stands in the document; its reports have the positions from *first* on."""
        insert_all(
            db,
            "not_followed",
            [
                {
                    "feed": self.feed,
                    "kind": one.kind,
                    "night": one.night or "",
                    "what": one.what,
                    "reading_id": reading,
                }
                for one in self.not_followed
            ],
            verb="INSERT OR IGNORE",
        )
        insert_all(
            db,
            "reports",
            [
                {
                    "id": report_id(reading, position),
                    "reading_id": reading,
                    "considered": False,
                    **row_of(report, "verdict"),
                    **verdict_columns(report.verdict or Verdict(VerdictStatus.HELD)),
                }
                for position, report in enumerate(self.reports, start=first)
            ],
        )
        _note_own_fault(db, reading, self.own_fault)


@dataclass(frozen=True, slots=True)
class ReadingFiled(Entry, kind="reading-filed"):
    """A document came in; its bytes lie in `bodies`."""

    name: str
    sha256: str
    received_at: datetime
    read: ReadAs

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the reading and its reports."""
        document = {"name": self.name, "sha256": self.sha256, "received_at": self.received_at}
        columns = self.read.columns()
        insert(db, "readings", {"id": seq, "feed": self.read.feed, **document, **columns})
        self.read.write(db, seq)


@dataclass(frozen=True, slots=True)
class ReadingRetaken(Entry, kind="reading-retaken"):
    """A document that a fault of the program had turned away is read again from its bytes.

    Its reports are those that were not filed before; they stand from the position `first` on.
    """

    reading_id: int
    first: int
    read: ReadAs

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write what the reading is now, and the reports that it has besides."""
        update(db, "readings", {"id": self.reading_id}, **self.read.columns())
        self.read.write(db, self.reading_id, self.first)


def _note_own_fault(
    db: sqlite3.Connection, reading: int, fault: OwnFault | None, report: int = 0
) -> None:
    """Record a fault of the program; None takes what was written down away."""
    key = {"reading_id": reading, "report_id": report}
    delete(db, "own_faults", **key)
    if fault is not None:
        insert(db, "own_faults", {**key, **row_of(fault)})


@dataclass(frozen=True, slots=True)
class ReadingSeenAgain(Entry, kind="reading-seen-again"):
    """A second look showed the same document: a source without revisions stands by it."""

    reading_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the reading."""
        update(db, "readings", {"id": self.reading_id}, settled=True)


@dataclass(frozen=True, slots=True)
class ReportTurnedAway(Entry, kind="report-turned-away"):
    """A fault of the program met a report: it is kept and named, and takes part in nothing.

    It is no fault of the report: another version may take it again.
    """

    report_id: int
    reason: str
    program: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Mark the report."""
        verdict = Verdict(VerdictStatus.REJECTED, (self.reason,))
        about = {"id": self.report_id}
        update(db, "reports", about, considered=False, **verdict_columns(verdict))
        _note_own_fault(db, reading_of(self.report_id), OwnFault(self.program), self.report_id)


@dataclass(frozen=True, slots=True)
class ReportRetaken(Entry, kind="report-retaken"):
    """A report that was turned away by a fault is taken again; a decision follows."""

    report_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Let the report count as held until it is decided, as a new one does."""
        held = verdict_columns(Verdict(VerdictStatus.HELD))
        update(db, "reports", {"id": self.report_id}, **held)
        _note_own_fault(db, reading_of(self.report_id), None, self.report_id)


@dataclass(frozen=True, slots=True)
class StillFailing(Entry, kind="still-failing"):
    """What was turned away cannot even be read back by another version.

    `report_id` is 0 for a whole document.
    """

    reading_id: int
    report_id: int
    program: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Record which version failed last."""
        about = {"reading_id": self.reading_id, "report_id": self.report_id}
        update(db, "own_faults", about, program=self.program)


@dataclass(frozen=True, slots=True)
class FeedFetched(Entry, kind="feed-fetched"):
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
    for report, verdict in verdicts:
        update(db, "reports", {"id": report}, considered=True, **verdict_columns(verdict))


def verdict_columns(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as the columns of a report."""
    said = {
        "reasons": verdict.reasons,
        "warnings": verdict.warnings,
        "held_by": verdict.held_by,
    }
    return {"verdict": verdict.status, **said}
