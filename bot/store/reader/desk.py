"""What waits for the desk, what its channel was told of that, and what it did."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date

from bot.election.ballots import Ballot, ballot_of
from bot.election.case_file import VerdictStatus
from bot.election.councils import Council
from bot.election.standings import DeskNote, Held
from bot.store import desk
from bot.store.codec import column, exists, read, rows
from bot.store.desk import CouncilToTell, DeskRecord, Refusals
from bot.store.reader.standings import HELD, StandingReader, held_of
from bot.store.reports import ReportKind


@dataclass(frozen=True, slots=True)
class HeldReport:
    """A report that waits for the desk: about a council or a ballot."""

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


class DeskReader(StandingReader):
    """Reads what the desk has to do and has done."""

    def held(self, night: date) -> list[HeldReport]:
        """Return every report that waits for the desk, the first to come in first."""
        held = rows(
            self._db,
            f"{HELD} FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
            "WHERE r.verdict = 'held' AND r.night = ? ORDER BY r.id",
            night.isoformat(),
        )
        return list(map(self._report, held))

    def _report(self, row: sqlite3.Row) -> HeldReport:
        night = date.fromisoformat(row["night"])
        ballots, systems = (
            self._almanac.night(night).ballots,
            self._almanac.voting_systems.on(night),
        )
        return HeldReport(
            subject=ballot_of(row["ballot"] or "", ballots, systems)
            or self.council_of(row["council"]),
            kind=ReportKind(row["kind"]),
            held=held_of(row),
        )

    def nights_held(self) -> list[date]:
        """Return the nights of which a report is held or a council waits, the first one first."""
        nights = column(
            self._db,
            "SELECT night FROM reports WHERE verdict = 'held' "
            "UNION SELECT night FROM waiting_councils ORDER BY night",
        )
        return list(map(date.fromisoformat, nights))

    def councils_to_tell(self) -> list[CouncilToTell]:
        """Return the councils of which the desk's channel is to be told something else."""
        found = rows(
            self._db,
            "SELECT s.night, s.council, COALESCE(w.differences, '[]') AS said, t.post_id "
            "FROM standings AS s "
            "LEFT JOIN waiting_councils AS w USING (night, council) "
            "LEFT JOIN desk_told_councils AS t USING (night, council) "
            "LEFT JOIN posts AS p ON p.id = t.post_id "
            "WHERE json(COALESCE(w.differences, '[]')) != json(COALESCE(t.said, '[]')) "
            "AND p.state IS NOT 'sealed' ORDER BY s.night, s.name",
        )
        return [read(CouncilToTell, row) for row in found]

    def is_held(self, report: int) -> bool:
        """Return whether a report waits for the desk."""
        held = "SELECT 1 FROM reports WHERE id = ? AND verdict = 'held'"
        return exists(self._db, held, report)

    def desk_messages_behind(self) -> list[int]:
        """Return the posts to the desk that show as held what is not, or the reverse.

        Every kind of end counts: the desk's word, a later report, and an undo that holds it again.
        """
        return column(
            self._db,
            "SELECT DISTINCT t.post_id FROM desk_told AS t JOIN reports AS r ON r.id = t.report_id "
            "JOIN posts AS p ON p.id = t.post_id "
            "WHERE t.held != (r.verdict = 'held') AND p.state = 'sent' ORDER BY t.post_id",
        )

    def desk_message(self, post: int) -> list[ToldReport]:
        """Return the reports that a message in the desk's channel is about, in its order."""
        about = rows(
            self._db,
            f"{HELD}, r.verdict FROM desk_told AS t JOIN reports AS r ON r.id = t.report_id "
            "JOIN readings AS d ON d.id = r.reading_id WHERE t.post_id = ? ORDER BY r.id",
            post,
        )
        return [
            ToldReport(
                self._report(row),
                row["verdict"] == VerdictStatus.HELD,
                desk.ruling(self._db, row["id"]),
            )
            for row in about
        ]

    def queue(self, night: date) -> Queue:
        """Return what waits for the desk; a report that is held waits until it is decided about."""
        differing = rows(
            self._db,
            "SELECT council, differences FROM standings "
            "WHERE night = ? AND differences != '[]' ORDER BY name",
            night.isoformat(),
        )
        return Queue(
            held=tuple(self.held(night)),
            differing=tuple(
                (self.council_of(code), tuple(json.loads(text))) for code, text in differing
            ),
        )

    def untold(self, night: date, limit: int) -> list[HeldReport]:
        """Return held reports that the desk's channel was not told of, the first in first."""
        told = set(column(self._db, "SELECT report_id FROM desk_told"))
        return [one for one in self.held(night) if one.held.report_id not in told][:limit]

    def desk_log(self, limit: int) -> list[DeskRecord]:
        """Return the desk's last actions, the last first; what was refused is no action of it."""
        done = "SELECT * FROM desk_actions WHERE action <> 'refused' ORDER BY id DESC LIMIT ?"
        return [read(DeskRecord, row) for row in rows(self._db, done, limit)]

    def desk_refusals(self, limit: int) -> list[Refusals]:
        """Return who was refused what, the last first; the same within an hour is one."""
        found = rows(
            self._db,
            "SELECT d.*, r.times FROM desk_actions AS d JOIN ("
            "SELECT max(id) AS last, count(*) AS times FROM desk_actions WHERE action = 'refused' "
            "GROUP BY person, why, substr(at, 1, 13) ORDER BY last DESC LIMIT ?"
            ") AS r ON d.id = r.last ORDER BY d.id DESC",
            limit,
        )
        return [Refusals(read(DeskRecord, row), row["times"]) for row in found]

    def desk_pause(self) -> DeskRecord | None:
        """Return the desk's action that holds all alerts back, None where they go on."""
        return desk.pause(self._db)

    def desk_notes(self, night: date) -> list[tuple[Council, DeskNote]]:
        """Return the desk's notes on councils, the first one first."""
        notes = rows(
            self._db,
            "SELECT id, at, council, why AS text, control, seats FROM desk_actions "
            "WHERE night = ? AND action = 'note' AND undone_by IS NULL ORDER BY id",
            night.isoformat(),
        )
        return [(self.council_of(row["council"]), read(DeskNote, row)) for row in notes]

    def explained(self, night: date) -> frozenset[str]:
        """Return the differences from the wire's state of parties that the desk has explained."""
        lists = column(
            self._db,
            "SELECT explains FROM desk_actions "
            "WHERE night = ? AND action = 'explain' AND undone_by IS NULL",
            night.isoformat(),
        )
        return frozenset(sentence for text in lists for sentence in json.loads(text))
