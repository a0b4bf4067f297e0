"""What filing a fetch leads to (claims, problems, counts), and helpers for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.election.almanac import Almanac
from bot.election.ballots import ballot_of
from bot.election.case_file import Subject, VerdictStatus
from bot.election.claims import ClaimContent, ClaimVersion, Notice
from bot.election.parties import WireParty
from bot.election.reports import (
    BallotReport,
    CouncilResult,
    Nominations,
    Reading,
    Report,
    WinnerStatement,
    WireCouncil,
)
from bot.election.standings import Held, Source
from bot.store.readings import ReportFiled
from bot.store.writer import Transaction


def subject_of(code: str, night: date, almanac: Almanac) -> Subject:
    """Return the council or ballot with a code."""
    systems = almanac.voting_systems.on(night)
    ballot = ballot_of(code, almanac.night(night).ballots, systems)
    return ballot or almanac.councils.get(code)


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A new version of a claim, with its number in the outbox."""

    outbox: int
    night: date
    subject: Subject
    version: ClaimVersion[ClaimContent] | ClaimVersion[Notice]


@dataclass(frozen=True, slots=True)
class Problem:
    """A report that is held or rejected, or a fault in a document, with the reasons."""

    document: str
    council: str | None
    status: VerdictStatus
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """What became of a fetch.

    `documents` lists the name and id of each document filed; `repeated` names those that are the
    same as before and were not filed again. `counts` gives the number of reports by verdict; a
    repeated document counts as a duplicate and a fault as rejected.
    """

    documents: tuple[tuple[str, int], ...] = ()
    repeated: tuple[str, ...] = ()
    counts: Mapping[VerdictStatus, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    claims: tuple[MadeClaim, ...] = ()
    seeded: bool = False


def type_of_council(report: Report) -> str | None:
    """Return the type that the wire gives a council, or None."""
    council = getattr(report, "council", None)
    return council.type if isinstance(council, WireCouncil) else None


def parties_of(report: Report) -> Iterable[WireParty]:
    """Return the parties that a report names, as the wire names them."""
    if isinstance(report, Nominations):
        return (line.party for line in report.parties)
    if isinstance(report, BallotReport):
        return (one.party for one in report.candidates if one.party)
    if isinstance(report, WinnerStatement):
        return (report.party,)
    if isinstance(report, CouncilResult):
        lines = (*report.composition, *(report.elected or ()), *(report.changes or ()))
        named = (report.winner, report.sitting)
        return (*(line.party for line in lines), *(party for party in named if party))
    return ()


def same_reading(tx: Transaction, reading: Reading) -> int | None:
    """Return the id of the last document with this name and feed if it has the same content."""
    rows = tx.rows(
        "SELECT id, sha256 FROM readings WHERE feed = ? AND name = ? ORDER BY id DESC LIMIT 1",
        (reading.feed, reading.name),
    )
    return int(rows[0][0]) if rows and rows[0][1] == reading.sha256 else None


def has_revision(report: Report) -> bool:
    """Whether a report says where it comes in its source's order."""
    if isinstance(report, CouncilResult):
        return report.revision is not None
    if isinstance(report, BallotReport):
        return report.revision is not None or report.updated_at is not None
    return True


def is_known_state(tx: Transaction, report: ReportFiled) -> bool:
    """Whether the same state of parties has been accepted before."""
    return bool(
        tx.rows(
            "SELECT 1 FROM reports WHERE night = ? AND council IS NULL AND kind = ? "
            "AND content = ? AND verdict = 'accepted'",
            (report.night.isoformat(), report.kind.value, report.content),
        )
    )


def tally(tx: Transaction, first_seq: int) -> tuple[Counter[VerdictStatus], tuple[Problem, ...]]:
    """Count the reports and faults filed since *first_seq* by verdict, and return the problems."""
    counts: Counter[VerdictStatus] = Counter()
    problems: list[Problem] = []
    for name, faults in tx.rows(
        "SELECT name, faults FROM readings WHERE id >= ? AND faults != '[]'", (first_seq,)
    ):
        for fault in json.loads(faults):
            counts[VerdictStatus.REJECTED] += 1
            problems.append(Problem(name, None, VerdictStatus.REJECTED, (fault,)))
    for name, council, verdict, reasons in tx.rows(
        "SELECT d.name, COALESCE(s.name, c.name, r.council, r.ballot), r.verdict, r.reasons "
        "FROM readings AS d CROSS JOIN reports AS r ON r.reading_id = d.id "
        "LEFT JOIN standings AS s ON s.night = r.night AND s.council = r.council "
        "LEFT JOIN ballots AS c ON c.night = r.night AND c.ballot = r.ballot "
        "WHERE d.id >= ? ORDER BY r.id",
        (first_seq,),
    ):
        status = VerdictStatus(verdict)
        counts[status] += 1
        if status in (VerdictStatus.HELD, VerdictStatus.REJECTED):
            problems.append(Problem(name, council, status, tuple(json.loads(reasons))))
    return counts, tuple(problems)


def find_held(
    tx: Transaction, council: str, revision: int | None, night: date | None
) -> Held | None:
    """See `Ingest.find_held`."""
    rows = tx.rows(
        "SELECT r.id, r.reasons, d.feed, d.name, r.revision, d.received_at "
        "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
        "WHERE r.verdict = 'held' AND r.kind = 'result' AND r.council = :council "
        "AND (:revision IS NULL OR r.revision = :revision) "
        "AND (:night IS NULL OR r.night = :night) "
        "ORDER BY r.night DESC, r.revision DESC, r.id LIMIT 1",
        {"council": council, "revision": revision, "night": night and night.isoformat()},
    )
    if not rows:
        return None
    number, reasons, feed, name, of, at = rows[0]
    source = Source(feed, name, of, datetime.fromisoformat(at))
    return Held(number, source, tuple(json.loads(reasons)))
