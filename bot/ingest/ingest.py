"""Ingest: takes in what the feeds bring.

A fetch is committed as a whole or not at all, with its documents, the verdicts on their reports,
the claims that follow and the feed's state. Everything here runs on the writer's thread.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.clock import Clock, is_within
from bot.election.almanac import Almanac
from bot.election.ballots import Ballot, unknown_ballot
from bot.election.case_file import TEST_MATERIAL, Filed, Subject, Verdict, VerdictStatus
from bot.election.councils import Council
from bot.election.decide_ballot import resolve_ballot
from bot.election.policy import USUAL, Policy
from bot.election.reports import (
    BallotReport,
    CouncilResult,
    Reading,
    Report,
    StateOfPartiesReport,
    WardReport,
)
from bot.election.standings import Held, Source
from bot.errors import is_of_the_machine
from bot.feeds.feed import Fetch
from bot.feeds.formats import source_of
from bot.ingest.decider import Decider, turned_away_because
from bot.ingest.filing import (
    Filing,
    MadeClaim,
    find_held,
    has_revision,
    is_known_state,
    same_reading,
    subject_of,
    tally,
)
from bot.store.codec import merge_patch
from bot.store.readings import (
    FeedFetched,
    OwnFault,
    ReadAs,
    ReadingFiled,
    ReadingRetaken,
    ReadingSeenAgain,
    ReportFiled,
    report_id,
)
from bot.store.reports import content_of, encode, kind_of
from bot.store.writer import Transaction, Writer
from bot.version import PROGRAM

_log = logging.getLogger(__name__)

_BACKLOG_LIMIT = timedelta(minutes=15)
"""How long at most the claims of a feed's backlog are silent."""


class Ingest:
    """Takes in what feeds bring, and decides what is claimed.

    *policy* holds the settings that decisions depend on. *seed_backlog* makes the claims from a
    feed's first fetch silent, for a live run that may begin in the middle of a night. *program* is
    the bot's version, which is recorded with what it cannot take in.
    """

    def __init__(
        self,
        writer: Writer,
        almanac: Almanac,
        clock: Clock,
        *,
        policy: Policy = USUAL,
        seed_backlog: bool = False,
        program: str = PROGRAM,
    ) -> None:
        self.decider = Decider(almanac, policy, program)
        self._writer = writer
        self._almanac = almanac
        self._clock = clock
        self._policy = policy
        self._seed_backlog = seed_backlog
        self._program = program

    async def file(self, fetch: Fetch) -> Filing:
        """Take in a fetch in one transaction; the order of its documents makes no difference.

        A report that cannot be decided on because of a bug is kept and counted as rejected; the
        others are taken in. A fault of the machine is raised, nothing is taken in, and the same
        fetch may be filed again.
        """
        now = self._clock.now()
        return await self._writer.transact(lambda tx: self._file(tx, fetch, now))

    async def decide_again(self, night: date) -> tuple[MadeClaim, ...]:
        """Decide again on all that was told of a night whose tables have changed.

        That is what was reported, and what the desk alone has said.
        """
        now = self._clock.now()

        def work(tx: Transaction) -> tuple[MadeClaim, ...]:
            found = tx.rows(
                "SELECT COALESCE(ballot, council) AS code FROM reports WHERE night = :night "
                "AND considered AND code IS NOT NULL "
                "UNION SELECT council FROM standings WHERE night = :night",
                {"night": night.isoformat()},
            )
            claims: list[MadeClaim] = []
            if found:
                self.decider.note_policy(tx, now)
            for (code,) in found:
                subject = subject_of(code, night, self._almanac)
                claims += self.decider.decide(tx, night, subject, [], now)
            return tuple(claims)

        return await self._writer.transact(work)

    async def find_held(
        self, council: str, revision: int | None = None, night: date | None = None
    ) -> Held | None:
        """Return the held result of a council, by its code, or None.

        It is the highest revision of the latest night, unless *revision* or *night* are given.
        """
        return await self._writer.transact(lambda tx: find_held(tx, council, revision, night))

    def _file(self, tx: Transaction, fetch: Fetch, now: datetime) -> Filing:
        catching_up = self._catching_up(tx, fetch.feed, now)
        if fetch.readings:
            self.decider.note_policy(tx, now)
        first_seq = tx.next_seq()
        documents: list[tuple[str, int]] = []
        repeated: list[str] = []
        pending: dict[tuple[date, Subject], list[Filed[Report]]] = {}
        for reading in sorted(fetch.readings, key=lambda r: (r.received_at, r.name, r.sha256)):
            if (same := same_reading(tx, reading)) is not None:
                repeated.append(reading.name)
                for key in self._seen_again(tx, same, now):
                    pending.setdefault(key, [])
                continue
            number, arrived = self._file_reading(tx, reading, now)
            documents.append((reading.name, number))
            for subject, one in arrived:
                pending.setdefault((one.report.night, subject), []).append(one)
        claims: list[MadeClaim] = []
        for (night, subject), reports in pending.items():
            claims += self.decider.decide(tx, night, subject, reports, now, seeded=catching_up)
        seeded = catching_up and bool(claims)
        old = tx.rows("SELECT state FROM feeds WHERE name = ?", (fetch.feed,))
        entry = FeedFetched(
            feed=fetch.feed,
            state=merge_patch(json.loads(old[0][0]) if old else {}, fetch.state),
            caught_up=not catching_up or fetch.complete,
            brought=bool(documents),
            seeded=seeded,
            trouble=fetch.trouble,
        )
        tx.append(entry, now)
        counts, problems = tally(tx, first_seq)
        counts[VerdictStatus.DUPLICATE] += len(repeated)
        return Filing(
            documents=tuple(documents),
            repeated=tuple(repeated),
            counts=counts,
            problems=problems,
            claims=tuple(claims),
            seeded=seeded,
        )

    def _seen_again(
        self, tx: Transaction, reading: int, now: datetime
    ) -> list[tuple[date, Subject]]:
        """Record that a second fetch shows the same; return the subjects to decide on again."""
        waiting = tx.rows(
            "SELECT DISTINCT r.night, COALESCE(r.ballot, r.council) FROM readings AS d "
            "JOIN reports AS r ON r.reading_id = d.id "
            "WHERE d.id = ? AND NOT d.settled AND COALESCE(r.ballot, r.council) IS NOT NULL",
            (reading,),
        )
        if waiting:
            tx.append(ReadingSeenAgain(reading), now)
        return [
            (night, subject_of(code, night, self._almanac))
            for text, code in waiting
            for night in (date.fromisoformat(text),)
        ]

    def _catching_up(self, tx: Transaction, feed: str, now: datetime) -> bool:
        """Whether what a feed brings now belongs to the backlog of its first fetch."""
        if not self._seed_backlog:
            return False
        rows = tx.rows("SELECT caught_up, first_fetched_at FROM feeds WHERE name = ?", (feed,))
        if not rows:
            return True
        caught_up, first = rows[0]
        return not caught_up and is_within(now - datetime.fromisoformat(first), _BACKLOG_LIMIT)

    def _file_reading(
        self, tx: Transaction, reading: Reading, now: datetime
    ) -> tuple[int, list[tuple[Subject, Filed[Report]]]]:
        """File a document; return its id and the reports to decide on."""
        tx.db.conn.execute(
            "INSERT OR IGNORE INTO bodies VALUES (?, ?, ?)",
            (reading.sha256, len(reading.body), zlib.compress(reading.body, 1)),
        )
        number = tx.next_seq()
        read, arrived = self._read_as(tx, reading, number)
        entry = ReadingFiled(reading.name, reading.sha256, reading.received_at, read)
        _log_new_kinds(tx, reading)
        try:
            with tx.savepoint():
                tx.append(entry, now)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            _log.exception("the reports in %s cannot be written down", reading.name)
            lost = f"Its reports are lost: {turned_away_because(error)}."
            fault = OwnFault(self._program, reading.council_known, reading.night_known)
            read = replace(read, reports=(), faults=(*read.faults, lost), own_fault=fault)
            tx.append(replace(entry, read=read), now)
            return number, []
        return number, arrived

    def retake_reading(
        self, tx: Transaction, number: int, reading: Reading, now: datetime
    ) -> list[tuple[Subject, Filed[Report]]]:
        """File what a bug had kept out of a document, and return the reports to decide on."""
        rows = tx.rows("SELECT data FROM reports WHERE reading_id = ?", (number,))
        read, arrived = self._read_as(tx, reading, number, [data for (data,) in rows])
        tx.append(ReadingRetaken(number, len(rows), read), now)
        return arrived

    def _read_as(
        self, tx: Transaction, reading: Reading, number: int, known: Sequence[str] = ()
    ) -> tuple[ReadAs, list[tuple[Subject, Filed[Report]]]]:
        """Return the contents of a document to file, and the reports to decide on.

        *number* is the document's id; *known* are its reports that are already filed, as JSON.
        """
        who = source_of(reading.format) if reading.reports else None
        settled = self._policy.settles or all(map(has_revision, reading.reports))
        filed: list[ReportFiled] = []
        arrived: list[tuple[Subject, Filed[Report]]] = []
        faults = list(reading.faults)
        broken = reading.broken
        for report in reading.reports:
            try:
                subject, one = self._to_file(report)
            except Exception as error:
                if is_of_the_machine(error):
                    raise
                _log.exception("a report in %s cannot be written down", reading.name)
                faults.append(f"One of its reports is lost: {turned_away_because(error)}.")
                broken = True
                continue
            if one.data in known:
                continue
            if report.test and not self._policy.allow_test:
                one = replace(one, verdict=Verdict(VerdictStatus.REJECTED, (TEST_MATERIAL,)))
            elif subject is None or who is None:
                repeats = is_known_state(tx, one) or any(one.content == o.content for o in filed)
                status = VerdictStatus.DUPLICATE if repeats else VerdictStatus.ACCEPTED
                one = replace(one, verdict=Verdict(status))
            else:
                source = Source(reading.feed, reading.name, one.revision, reading.received_at, who)
                identity = report_id(number, len(known) + len(filed))
                arrived.append(
                    (subject, Filed(identity, report, one.content, source, settled, number))
                )
            filed.append(one)
        fault = OwnFault(self._program, reading.council_known, reading.night_known)
        read = ReadAs(
            feed=reading.feed,
            format=reading.format,
            faults=tuple(faults),
            reports=tuple(filed),
            source=who,
            settled=settled,
            not_followed=reading.not_followed,
            unsaid=reading.unsaid,
            own_fault=fault if broken else None,
        )
        return read, arrived

    def _to_file(self, report: Report) -> tuple[Subject | None, ReportFiled]:
        """Return what a report is about, and the report in the form in which it is filed."""
        subject = self._subject(report)
        data = encode(report)
        return subject, ReportFiled(
            kind=kind_of(report),
            night=report.night,
            council=subject.code if isinstance(subject, Council) else None,
            ballot=subject.code if isinstance(subject, Ballot) else None,
            revision=report.revision if isinstance(report, CouncilResult | BallotReport) else None,
            content=content_of(report, data, self._almanac.parties),
            data=data,
        )

    def _subject(self, report: Report) -> Subject | None:
        if isinstance(report, StateOfPartiesReport):
            return None
        if isinstance(report, BallotReport) and not isinstance(report, WardReport):
            known = resolve_ballot(report, self._almanac.night(report.night).ballots)
            systems = self._almanac.voting_systems.on(report.night)
            return known or unknown_ballot(report.kind, report.area, systems)
        named = report.council
        return self._almanac.councils.resolve(named.name, report.night, named.type)


def _log_new_kinds(tx: Transaction, reading: Reading) -> None:
    """Log what cannot be read, and each kind that is not followed the first time it is seen."""
    for fault in reading.faults:
        _log.info("%s, %s: %s", reading.feed, reading.name, fault)
    for kind in dict.fromkeys(one.kind for one in reading.not_followed):
        if not tx.rows(
            "SELECT 1 FROM not_followed WHERE feed = ? AND kind = ? LIMIT 1", (reading.feed, kind)
        ):
            _log.info("%s, %s: %s are not followed", reading.feed, reading.name, kind)
