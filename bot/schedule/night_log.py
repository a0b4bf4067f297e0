"""The log of a night: a line for each result, claim and post as it is committed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence

from bot.jobs import Job
from bot.store.reader import Reader
from bot.store.readings import ReadingRetaken, ReportRetaken, report_id
from bot.store.reports import ReportKind
from bot.store.writer import Row, Writer

log = logging.getLogger(__name__)

_BATCH = 200
"""The most rows of a kind that are read at once, as reading blocks the event loop."""
_REST = 1.0
_REPORTS = (
    "SELECT r.id, r.kind, r.council, c.name AS ballot, r.verdict, r.reasons, d.name, d.feed "
    "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
    "LEFT JOIN ballots AS c ON c.night = r.night AND c.ballot = r.ballot WHERE"
)
_LOGGED_SINGLY = (ReportKind.RESULT, ReportKind.BALLOT)
"""The kinds of report that get a line each; others are only counted."""


class NightLog:
    """Logs what is committed from now on; older rows were logged by earlier runs."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._db = writer.reads
        self._reader = reader
        self._report_to = self._newest("SELECT max(id) FROM reports")
        self._claimed_to = self._newest("SELECT max(outbox) FROM claims")
        self._posted_to = self._retaken_to = self._newest("SELECT max(seq) FROM journal")
        self._job = Job("The log could not be written", self._look, rest=_REST)
        writer.on_commit(self._job.wake)

    async def run(self) -> None:
        """Log until cancelled, then log what is left."""
        try:
            await self._job.run()
        except asyncio.CancelledError:
            self.look()
            raise

    async def _look(self) -> None:
        while self.look():  # noqa: ASYNC110 - lets other tasks run in between
            await asyncio.sleep(0)

    def look(self) -> bool:
        """Log what was committed since the last call; return whether there may be more."""
        read = (self._retaken(), self._results(), self._claims(), self._posts())
        return max(read) == _BATCH

    def _newest(self, query: str) -> int:
        (newest,) = self._db.execute(query).fetchone()
        return newest or 0

    def _results(self) -> int:
        rows = self._db.execute(
            f"{_REPORTS} r.id > ? ORDER BY r.id LIMIT ?", (self._report_to, _BATCH)
        ).fetchall()
        self._log_reports(rows)
        if rows:
            self._report_to = rows[-1]["id"]
        return len(rows)

    def _retaken(self) -> int:
        """Log the new verdicts of older reports and documents that were retaken."""
        rows = self._db.execute(
            "SELECT seq, kind, data FROM journal WHERE seq > ? "
            "AND kind IN (?, ?) ORDER BY seq LIMIT ?",
            (self._retaken_to, ReadingRetaken.kind, ReportRetaken.kind, _BATCH),
        ).fetchall()
        for row in rows:
            self._retaken_to, data = row["seq"], json.loads(row["data"])
            if row["kind"] == ReportRetaken.kind:
                first, many = data["report_id"], 1
            else:
                first = report_id(data["reading_id"], data["first"])
                many = len(data["read"]["reports"])
            self._log_reports(
                self._db.execute(
                    f"{_REPORTS} r.id >= ? AND r.id < ? AND r.id <= ? ORDER BY r.id",
                    (first, first + many, self._report_to),
                ).fetchall()
            )
        return len(rows)

    def _log_reports(self, rows: Sequence[Row]) -> None:
        others: Counter[str] = Counter()
        for row in rows:
            if row["kind"] not in _LOGGED_SINGLY:
                others[f"{row['kind']} {row['verdict']}"] += 1
                continue
            of = self._named(row["council"]) if row["council"] else row["ballot"] or "a contest"
            why = "; ".join(json.loads(row["reasons"]))
            log.info(
                "Result of %s: %s%s (%s of %s)",
                of, row["verdict"], f", {why}" if why else "", row["name"], row["feed"],
            )  # fmt: skip
        if others:
            told = ", ".join(f"{number} {what}" for what, number in sorted(others.items()))
            log.info("Other reports: %s", told)

    def _claims(self) -> int:
        rows = self._db.execute(
            "SELECT * FROM claims WHERE outbox > ? ORDER BY outbox LIMIT ?",
            (self._claimed_to, _BATCH),
        ).fetchall()
        for row in rows:
            self._claimed_to = row["outbox"]
            if row["of_notice"]:
                what = " ".join(map(self._named, row["council"].split(":")))
            elif row["outcome"] is None:
                what = self._named(row["council"])
            else:
                parties = f"{row['before'] or 'unknown'} to {row['after']}"
                what = f"{self._named(row['council'])}, {row['outcome']}: {parties}"
            silent = ", from a backlog: told in one digest" if row["seeded"] else ""
            log.info("Claim %s: %s, version %d%s", row["state"], what, row["version"], silent)
        return len(rows)

    def _posts(self) -> int:
        rows = self._db.execute(
            "SELECT j.seq, j.data FROM journal AS j "
            "WHERE j.seq > ? AND j.kind = 'post-sent' ORDER BY j.seq LIMIT ?",
            (self._posted_to, _BATCH),
        ).fetchall()
        for row in rows:
            self._posted_to = row["seq"]
            sent = json.loads(row["data"])
            # A board's message and the desk's hold no deliveries: they are called by their purpose.
            names = self._db.execute(
                "SELECT DISTINCT reference FROM deliveries WHERE post_id = :post "
                "UNION SELECT 'a message of the ' || purpose FROM posts "
                "WHERE id = :post AND reference IS NOT NULL",
                {"post": sent["post"]},
            ).fetchall()
            log.info(
                "Posted %s in channel %d, message %d",
                " ".join(name for (name,) in names) or f"post {sent['post']}",
                sent["channel_id"], sent["message_id"],
            )  # fmt: skip
        return len(rows)

    def _named(self, council: str) -> str:
        return self._reader.council_name(council)
