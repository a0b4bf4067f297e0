"""The newsroom: the one way in for what feeds bring, and the one that decides.

A fetch goes in whole or not at all: its documents, the verdicts on their reports, the claims that
follow and the feed's state are one commit. Everything here runs on the writer's thread.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent, ClaimVersion, next_version
from bot.election.contest_rules import ContestDecision, resolve_contest
from bot.election.contests import Contest, contest_of, unknown_contest
from bot.election.councils import Council
from bot.election.dossier import TEST_MATERIAL, Filed, Verdict, VerdictStatus
from bot.election.notices import ContestDeclared, Notice
from bot.election.parties import WireParty
from bot.election.policy import USUAL, Policy
from bot.election.reports import (
    ContestReport,
    CouncilResult,
    Nominations,
    Reading,
    Report,
    StateOfPartiesReport,
    WardReport,
    WinnerStatement,
)
from bot.election.standings import Held, Source
from bot.feeds.fetching import Fetch
from bot.feeds.formats import source_of
from bot.machine import is_of_the_machine
from bot.store.contests import (
    ContestDecided,
    ContestFolder,
    contest_claim,
    contest_record,
    judge_contest,
    load_folder,
    stored_contest,
)
from bot.store.notices import latest_notice
from bot.store.papers import Judgement, Papers, judge, load_papers
from bot.store.patches import difference
from bot.store.policies import note_policy
from bot.store.records import (
    changed_wards,
    claim_record,
    latest_claim,
    standing_record,
    stored_standing,
    stored_wards,
)
from bot.store.reports import content_of, encode, kind_of
from bot.store.results import (
    CouncilDecided,
    FeedFetched,
    ReadingFiled,
    ReadingSeenAgain,
    ReportFiled,
    ReportTurnedAway,
    WireNameLearnt,
    reading_of,
    report_id,
)
from bot.store.writer import Transaction, Writer

_log = logging.getLogger(__name__)

_BACKLOG_TAKES = timedelta(minutes=15)
"""A backlog that has not come whole by then does not make later news silent."""


Subject = Council | Contest
"""What a report is about and a decision is owed on."""


def subject_of(code: str, night: date, almanac: Almanac) -> Subject:
    """Return the council or the contest of a code."""
    return contest_of(code, almanac.night(night).contests) or almanac.councils.get(code)


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A version of a claim that was just made, with its place in the outbox."""

    outbox: int
    night: date
    subject: Subject
    version: ClaimVersion[ClaimContent] | ClaimVersion[Notice]


@dataclass(frozen=True, slots=True)
class Problem:
    """A report that is held or rejected, or a fault of its document, with the reasons."""

    document: str
    council: str | None
    status: VerdictStatus
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """What became of a fetch.

    `documents` are the ids of the documents filed, by name; `repeated` names those that came
    before in just this form and were not filed again. `counts` are the reports of this fetch by
    verdict, a repeated document being one duplicate and a fault one rejection.
    """

    documents: tuple[tuple[str, int], ...] = ()
    repeated: tuple[str, ...] = ()
    counts: Mapping[VerdictStatus, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    claims: tuple[MadeClaim, ...] = ()
    seeded: bool = False


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A report of this fetch that a decision is owed on."""

    id: int
    report: Report
    content: str
    source: Source
    settled: bool


class Newsroom:
    """Takes in what feeds bring, and decides what is claimed.

    *policy* is how the rules are set, and is written down before it is decided by. *seed_backlog*
    makes the claims of a feed's first fetch silent: for a live run, which may begin in the middle
    of a night.
    """

    def __init__(
        self,
        writer: Writer,
        almanac: Almanac,
        clock: Clock,
        *,
        policy: Policy = USUAL,
        seed_backlog: bool = False,
    ) -> None:
        self._writer = writer
        self._almanac = almanac
        self._clock = clock
        self._policy = policy
        self._seed_backlog = seed_backlog

    async def file(self, fetch: Fetch) -> Filing:
        """Take in a fetch in one transaction; the order of its documents makes no difference.

        A report that breaks the rules is kept and counted as rejected, and its neighbours go in. A
        fault of the machine is raised: nothing was taken in, and the same may be filed again.
        """
        now = self._clock.now()
        return await self._writer.transact(lambda tx: self._file(tx, fetch, now))

    async def find_held(
        self, council: str, revision: int | None = None, night: date | None = None
    ) -> Held | None:
        """Return the held result of a council by its code, of one revision and night if given.

        Of several the newest night's highest revision is returned, None where nothing is held.
        """
        return await self._writer.transact(lambda tx: _find_held(tx, council, revision, night))

    def reconsider(
        self, tx: Transaction, night: date, subject: Subject, now: datetime
    ) -> list[MadeClaim]:
        """Decide about a subject again, in the transaction of what the desk has just done."""
        note_policy(tx, self._policy, now)
        return self._decide_once(tx, night, subject, (), now)

    def judge(self, papers: Papers) -> Judgement:
        """Return what the rules say of a council's papers, as this newsroom is set."""
        return judge(papers, self._almanac, self._policy)

    def judge_contest(self, folder: ContestFolder) -> ContestDecision:
        """Return what the rules say of a contest's papers, as this newsroom is set."""
        return judge_contest(folder, self._almanac, self._policy)

    def _file(self, tx: Transaction, fetch: Fetch, now: datetime) -> Filing:
        catching_up = self._catching_up(tx, fetch.feed, now)
        if fetch.readings:
            note_policy(tx, self._policy, now)
        first_seq = tx.next_seq()
        documents: list[tuple[str, int]] = []
        repeated: list[str] = []
        owed: dict[tuple[date, Subject], list[_Arrived]] = {}
        for reading in sorted(fetch.readings, key=lambda r: (r.received_at, r.name, r.sha256)):
            if (same := _same_reading(tx, reading)) is not None:
                repeated.append(reading.name)
                for key in self._seen_again(tx, same, now):
                    owed.setdefault(key, [])
                continue
            number, arrived = self._file_reading(tx, reading, now)
            documents.append((reading.name, number))
            for subject, one in arrived:
                owed.setdefault((one.report.night, subject), []).append(one)
        claims: list[MadeClaim] = []
        for (night, subject), reports in owed.items():
            claims += self._decide(tx, night, subject, reports, now, seeded=catching_up)
        seeded = catching_up and bool(claims)
        old = tx.rows("SELECT state FROM feeds WHERE name = ?", (fetch.feed,))
        entry = FeedFetched(
            feed=fetch.feed,
            state=difference(
                json.loads(old[0][0]) if old else {}, json.loads(json.dumps(fetch.state))
            ),
            caught_up=not catching_up or fetch.complete,
            brought=bool(documents),
            seeded=seeded,
            trouble=fetch.trouble,
        )
        tx.append(entry, now)
        counts, problems = _tally(tx, first_seq)
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
        """Note that a second look showed the same; return what is to be decided about again."""
        waiting = tx.rows(
            "SELECT DISTINCT r.night, COALESCE(r.contest, r.council) FROM readings AS d "
            "JOIN reports AS r ON r.reading_id = d.id "
            "WHERE d.id = ? AND NOT d.settled AND COALESCE(r.contest, r.council) IS NOT NULL",
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
        """Return whether what a feed brings now is the backlog of its first fetch."""
        if not self._seed_backlog:
            return False
        rows = tx.rows("SELECT caught_up, first_fetched_at FROM feeds WHERE name = ?", (feed,))
        if not rows:
            return True
        caught_up, first = rows[0]
        return not caught_up and now - datetime.fromisoformat(first) < _BACKLOG_TAKES

    def _file_reading(
        self, tx: Transaction, reading: Reading, now: datetime
    ) -> tuple[int, list[tuple[Subject, _Arrived]]]:
        """Write a document down; return its id and the reports that a decision is owed on."""
        tx.db.conn.execute(
            "INSERT OR IGNORE INTO bodies VALUES (?, ?, ?)",
            (reading.sha256, len(reading.body), zlib.compress(reading.body, 1)),
        )
        number = tx.next_seq()
        who = source_of(reading.format) if reading.reports else None
        settled = self._policy.settles or all(map(_has_revision, reading.reports))
        filed: list[ReportFiled] = []
        arrived: list[tuple[Subject, _Arrived]] = []
        faults = list(reading.faults)
        for report in reading.reports:
            try:
                subject, one = self._written(report)
            except Exception as error:
                if is_of_the_machine(error):
                    raise
                _log.exception("a report in %s cannot be written down", reading.name)
                faults.append(f"One of its reports is lost: {_broke(error)}.")
                continue
            if report.test and not self._policy.allow_test:
                one = replace(one, verdict=Verdict(VerdictStatus.REJECTED, (TEST_MATERIAL,)))
            elif subject is None or who is None:
                repeats = _is_known_state(tx, one) or any(one.content == o.content for o in filed)
                status = VerdictStatus.DUPLICATE if repeats else VerdictStatus.ACCEPTED
                one = replace(one, verdict=Verdict(status))
            else:
                source = Source(reading.feed, reading.name, one.revision, reading.received_at, who)
                identity = report_id(number, len(filed))
                arrived.append((subject, _Arrived(identity, report, one.content, source, settled)))
            filed.append(one)
        entry = ReadingFiled(
            feed=reading.feed,
            name=reading.name,
            format=reading.format,
            sha256=reading.sha256,
            received_at=reading.received_at,
            faults=tuple(faults),
            not_followed=reading.not_followed,
            unsaid=reading.unsaid,
            reports=tuple(filed),
            source=who,
            settled=settled,
        )
        _log_new_kinds(tx, reading)
        tx.append(entry, now)
        return number, arrived

    def _written(self, report: Report) -> tuple[Subject | None, ReportFiled]:
        """Return a report as it is filed, and what it is about."""
        subject = self._subject(report)
        data = encode(report)
        return subject, ReportFiled(
            kind=kind_of(report),
            night=report.night,
            council=subject.code if isinstance(subject, Council) else None,
            contest=subject.code if isinstance(subject, Contest) else None,
            ballot=report.ballot_id if isinstance(report, WardReport) else None,
            revision=report.revision if isinstance(report, CouncilResult | ContestReport) else None,
            content=content_of(report, data, self._almanac.parties),
            data=data,
        )

    def _subject(self, report: Report) -> Subject | None:
        if isinstance(report, StateOfPartiesReport):
            return None
        if isinstance(report, ContestReport):
            known = resolve_contest(report, self._almanac.night(report.night).contests)
            return known or unknown_contest(report.kind, report.area)
        return self._almanac.councils.resolve(report.council.name, report.night)

    def _decide(
        self,
        tx: Transaction,
        night: date,
        subject: Subject,
        reports: list[_Arrived],
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        """Decide about a subject with its new reports; without the one that breaks, if one does."""
        try:
            with tx.savepoint():
                return self._decide_once(tx, night, subject, reports, now, seeded=seeded)
        except Exception as error:
            if not reports or is_of_the_machine(error):
                raise
            if len(reports) == 1:
                _log.exception("%s broke the newsroom", reports[0].source.document)
                tx.append(ReportTurnedAway(reports[0].id, _broke(error)), now)
                return []
        return [
            claim
            for report in reports
            for claim in self._decide(tx, night, subject, [report], now, seeded=seeded)
        ]

    def _decide_once(
        self,
        tx: Transaction,
        night: date,
        subject: Subject,
        reports: Iterable[_Arrived],
        now: datetime,
        *,
        seeded: bool = False,
    ) -> list[MadeClaim]:
        if isinstance(subject, Contest):
            return self._decide_contest(tx, night, subject, reports, now, seeded=seeded)
        return self._decide_council(tx, night, subject, reports, now, seeded=seeded)

    def _decide_contest(
        self,
        tx: Transaction,
        night: date,
        contest: Contest,
        reports: Iterable[_Arrived],
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        connection, key = tx.db.conn, night.isoformat()
        folder = load_folder(connection, night, contest)
        for one in reports:
            if isinstance(one.report, ContestReport):
                folder.reports.append(
                    Filed(
                        one.id,
                        one.report,
                        one.content,
                        one.source,
                        one.settled,
                        reading_of(one.id),
                    )
                )
        decision = self.judge_contest(folder)
        about = ContestDeclared.key_of(contest.code)
        latest = latest_notice(connection, key, about)
        version = next_version(latest, decision.claimed_after(latest.content if latest else None))
        stored = stored_contest(connection, key, contest.code)
        record = contest_record(folder, decision, version or latest, stored)
        claim = contest_claim(version, about, record, seeded=seeded) if version else None
        verdicts = tuple(
            (number, verdict)
            for number, verdict in decision.verdicts.items()
            if folder.recorded.get(number) != verdict
        )
        entry = ContestDecided(night, contest.code, verdicts, record, claim)
        outbox = tx.append(entry, now)
        return [MadeClaim(outbox, night, contest, version)] if version else []

    def _decide_council(
        self,
        tx: Transaction,
        night: date,
        council: Council,
        reports: Iterable[_Arrived],
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        connection, key = tx.db.conn, (night.isoformat(), council.code)
        papers = load_papers(connection, night, council)
        arrived = tuple(reports)
        for one in arrived:
            papers.add(one.id, one.report, one.content, one.source, settled=one.settled)
            self._learn_names(tx, council, one.report, now)
        judgement = self.judge(papers)
        latest = latest_claim(connection, *key)
        decision = judgement.decision
        version = next_version(latest, decision.claimed_after(latest.content if latest else None))
        stored = stored_standing(connection, *key)
        almanac = self._almanac.knowing(papers.said)
        standing = standing_record(papers, judgement, version or latest, stored, almanac)
        old_wards = stored_wards(connection, *key)
        entry = CouncilDecided(
            night=night,
            council=council.code,
            verdicts=tuple(
                (number, verdict)
                for number, verdict in judgement.verdicts.items()
                if papers.recorded.get(number) != verdict
            ),
            standing=standing if standing != stored else None,
            wards=changed_wards(
                judgement.wards,
                old_wards,
                almanac.parties,
                decision.counted_too,
                anew=not arrived,
            ),
            wards_gone=tuple(key for key in old_wards if key not in judgement.wards),
            claim=claim_record(version, judgement, standing, seeded=seeded) if version else None,
        )
        outbox = tx.append(entry, now)
        return [MadeClaim(outbox, night, council, version)] if version else []

    def _learn_names(
        self, tx: Transaction, council: Council, report: Report, now: datetime
    ) -> None:
        """Write down the names of a council and of parties that our tables do not know.

        Of such a council its type too, which says in which nation it lies.
        """
        names = {} if council.known else {("council", council.code): council.name}
        if not council.known and (kind := _type_of_council(report)):
            names["type", council.code] = kind
        for wire in _parties_of(report):
            party = self._almanac.parties.resolve(wire)
            if not party.known:
                names["party", party.code] = party.name
        for (what, code), name in names.items():
            known = tx.rows("SELECT 1 FROM wire_names WHERE what = ? AND code = ?", (what, code))
            if not known:
                tx.append(WireNameLearnt(what, code, name), now)


def _type_of_council(report: Report) -> str | None:
    """Return the type that the wire gives a council, None where it does not say."""
    if isinstance(report, StateOfPartiesReport | ContestReport):
        return None
    return report.council.type


def _parties_of(report: Report) -> Iterable[WireParty]:
    if isinstance(report, Nominations):
        return (line.party for line in report.parties)
    if isinstance(report, WardReport):
        return (candidate.party for candidate in report.candidates)
    if isinstance(report, WinnerStatement):
        return (report.party,)
    if isinstance(report, CouncilResult):
        lines = (*report.composition, *(report.elected or ()), *(report.changes or ()))
        named = (report.winner, report.sitting)
        return (*(line.party for line in lines), *(party for party in named if party))
    return ()


def _log_new_kinds(tx: Transaction, reading: Reading) -> None:
    """Tell the operator what cannot be read, and once of each kind that is not followed."""
    for fault in reading.faults:
        _log.info("%s, %s: %s", reading.feed, reading.name, fault)
    for kind in dict.fromkeys(one.kind for one in reading.not_followed):
        if not tx.rows(
            "SELECT 1 FROM not_followed WHERE feed = ? AND kind = ? LIMIT 1", (reading.feed, kind)
        ):
            _log.info("%s, %s: %s are not followed", reading.feed, reading.name, kind)


def _same_reading(tx: Transaction, reading: Reading) -> int | None:
    """Return the last document of this name, from this feed, if it was just this one."""
    rows = tx.rows(
        "SELECT id, sha256 FROM readings WHERE feed = ? AND name = ? ORDER BY id DESC LIMIT 1",
        (reading.feed, reading.name),
    )
    return int(rows[0][0]) if rows and rows[0][1] == reading.sha256 else None


def _has_revision(report: Report) -> bool:
    """Return whether a report's format tells the order of its versions."""
    if isinstance(report, CouncilResult):
        return report.revision is not None
    if isinstance(report, ContestReport):
        return report.revision is not None or report.updated_at is not None
    return not isinstance(report, WardReport) or report.updated_at is not None


def _is_known_state(tx: Transaction, report: ReportFiled) -> bool:
    return bool(
        tx.rows(
            "SELECT 1 FROM reports WHERE night = ? AND council IS NULL AND kind = ? "
            "AND content = ? AND verdict = 'accepted'",
            (report.night.isoformat(), report.kind.value, report.content),
        )
    )


def _broke(error: Exception) -> str:
    return (
        f"it broke the newsroom ({type(error).__name__}), so nothing was taken from it: "
        "the log says where; tell the developers"
    )


def _tally(tx: Transaction, first_seq: int) -> tuple[Counter[VerdictStatus], tuple[Problem, ...]]:
    """Return the reports and faults that have come in since *first_seq*, by verdict."""
    counts: Counter[VerdictStatus] = Counter()
    problems: list[Problem] = []
    for name, faults in tx.rows(
        "SELECT name, faults FROM readings WHERE id >= ? AND faults != '[]'", (first_seq,)
    ):
        for fault in json.loads(faults):
            counts[VerdictStatus.REJECTED] += 1
            problems.append(Problem(name, None, VerdictStatus.REJECTED, (fault,)))
    for name, council, verdict, reasons in tx.rows(
        "SELECT d.name, COALESCE(s.name, c.name, r.council, r.contest), r.verdict, r.reasons "
        "FROM readings AS d CROSS JOIN reports AS r ON r.reading_id = d.id "
        "LEFT JOIN standings AS s ON s.night = r.night AND s.council = r.council "
        "LEFT JOIN contests AS c ON c.night = r.night AND c.contest = r.contest "
        "WHERE d.id >= ? ORDER BY r.id",
        (first_seq,),
    ):
        status = VerdictStatus(verdict)
        counts[status] += 1
        if status in (VerdictStatus.HELD, VerdictStatus.REJECTED):
            problems.append(Problem(name, council, status, tuple(json.loads(reasons))))
    return counts, tuple(problems)


def _find_held(
    tx: Transaction, council: str, revision: int | None, night: date | None
) -> Held | None:
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
