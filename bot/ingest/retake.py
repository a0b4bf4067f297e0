"""Takes in again what a bug turned away: by command, or automatically after an update.

Reports that could not be decided on are decided on again; documents that could not be read are read
again from the stored bytes. All of it is one transaction of journal entries. What fails again stays
turned away, recorded with the version that failed last.
"""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.election.case_file import Filed, Subject
from bot.election.nights import is_past
from bot.election.reports import Report
from bot.errors import is_of_the_machine
from bot.feeds.formats import read
from bot.feeds.hints import Hints
from bot.ingest.filing import MadeClaim, subject_of
from bot.ingest.ingest import Ingest
from bot.store.case_files import filed_of
from bot.store.readings import ReportRetaken, StillFailing
from bot.store.writer import Row, Transaction, Writer
from bot.version import PROGRAM

_log = logging.getLogger(__name__)

_Pending = defaultdict[tuple[date, Subject], list[Filed[Report]]]


@dataclass(frozen=True, slots=True)
class Retaken:
    """How many reports and documents were tried again and still fail, and the claims made."""

    tried: int
    failing: int
    claims: tuple[MadeClaim, ...] = ()


def turned_away(connection: sqlite3.Connection) -> list[Row]:
    """Return what a bug turned away, with the document's name and the reasons."""
    return connection.execute(
        """
        SELECT f.*, d.feed, d.name, d.faults, d.received_at, d.sha256, d.source, d.settled,
               r.id, r.kind, r.data, r.content, r.revision, r.reasons, r.night AS of_night,
               coalesce(r.ballot, r.council) AS subject
        FROM own_faults AS f JOIN readings AS d ON d.id = f.reading_id
        LEFT JOIN reports AS r ON r.id = f.report_id
        ORDER BY f.reading_id, f.report_id
        """
    ).fetchall()


class Retake:
    """Takes in again what a bug turned away, through *ingest*."""

    def __init__(
        self,
        writer: Writer,
        ingest: Ingest,
        almanac: Almanac,
        clock: Clock,
        *,
        program: str = PROGRAM,
    ) -> None:
        self._writer = writer
        self._ingest = ingest
        self._almanac = almanac
        self._clock = clock
        self._program = program

    async def everything(self) -> Retaken:
        """Try everything again that was turned away, by any version."""
        return await self._writer.transact(lambda tx: self._retake(tx, turned_away(tx.db.conn)))

    async def after_an_update(self) -> Retaken:
        """Try again what another version turned away, unless its night is over.

        This version is recorded with what still fails, so each version tries once. Nights that are
        over are left out so that nobody is sent alerts about them.
        """

        def work(tx: Transaction) -> Retaken:
            rows = [
                row
                for row in turned_away(tx.db.conn)
                if row["program"] != self._program and not self._is_past(row)
            ]
            return self._retake(tx, rows)

        retaken = await self._writer.transact(work)
        if retaken.tried:
            _log.info(
                "%d reports or documents that an earlier version failed at were taken again; "
                "%d fail still",
                retaken.tried,
                retaken.failing,
            )
        return retaken

    def _is_past(self, row: Row) -> bool:
        night = row["of_night"] or row["night"]
        came = datetime.fromisoformat(row["received_at"]).date()
        return is_past(date.fromisoformat(night) if night else came, self._clock.now())

    def _retake(self, tx: Transaction, rows: list[Row]) -> Retaken:
        if not rows:
            return Retaken(0, 0)
        now = self._clock.now()
        self._ingest.decider.note_policy(tx, now)
        pending = _Pending(list)
        for row in rows:
            for subject, arrived in self._try_again(tx, row, now):
                pending[arrived.report.night, subject].append(arrived)
        claims: list[MadeClaim] = []
        for (night, subject), reports in pending.items():
            claims += self._ingest.decider.decide(tx, night, subject, reports, now)
        tried = {(row["reading_id"], row["report_id"]) for row in rows}
        failing = sum(
            (row["reading_id"], row["report_id"]) in tried for row in turned_away(tx.db.conn)
        )
        return Retaken(len(rows), failing, tuple(claims))

    def _try_again(
        self, tx: Transaction, row: Row, now: datetime
    ) -> list[tuple[Subject, Filed[Report]]]:
        """Record that something is tried again; return the reports to decide on.

        What cannot be read stays turned away, recorded with this version.
        """
        number = row["report_id"]
        try:
            with tx.savepoint():
                if not number:
                    return self._read_again(tx, row, now)
                tx.append(ReportRetaken(number), now)
                return [self._decoded(row)]
        except Exception as error:
            if is_of_the_machine(error):
                raise
            _log.exception("%s, %s cannot be taken again", row["feed"], row["name"])
            tx.append(StillFailing(row["reading_id"], number, self._program), now)
            return []

    def _decoded(self, row: Row) -> tuple[Subject, Filed[Report]]:
        filed = filed_of(row)
        return subject_of(row["subject"], filed.report.night, self._almanac), filed

    def _read_again(
        self, tx: Transaction, row: Row, now: datetime
    ) -> list[tuple[Subject, Filed[Report]]]:
        ((body,),) = tx.rows("SELECT body FROM bodies WHERE sha256 = ?", (row["sha256"],))
        reading = read(
            row["feed"],
            row["name"],
            zlib.decompress(body),
            datetime.fromisoformat(row["received_at"]),
            known=Hints(row["council"], row["night"] and date.fromisoformat(row["night"])),
        )
        return self._ingest.retake_reading(tx, row["reading_id"], reading, now)
