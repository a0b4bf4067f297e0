"""Decides on councils and ballots, and writes the decisions and claims to the journal."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.election.almanac import Almanac
from bot.election.ballots import Ballot
from bot.election.by_elections import nothing_of_by_election
from bot.election.case_file import BallotCase, CouncilCase, Filed, Ruling, Subject
from bot.election.claims import BallotDeclared, Basis, ClaimContent, ClaimVersion, next_version
from bot.election.councils import Council
from bot.election.decide_ballot import BallotDecision, decide_ballot
from bot.election.decide_council import Decision, decide
from bot.election.policy import USUAL, Policy
from bot.election.records import CouncilRecord, ballot_record, changed_wards, council_record
from bot.election.reports import Report
from bot.election.standings import PriorSource
from bot.errors import is_of_the_machine
from bot.ingest.filing import MadeClaim, parties_of, type_of_council
from bot.store.case_files import load_ballot_case, load_council_case
from bot.store.claims import council_claim, latest_claim, latest_notice, notice_claim
from bot.store.names import WireNameLearnt
from bot.store.policies import note_policy
from bot.store.readings import ReportTurnedAway
from bot.store.standings import (
    BallotDecided,
    CouncilDecided,
    stored_ballot,
    stored_by_elections,
    stored_standing,
    stored_wards,
)
from bot.store.writer import Transaction
from bot.version import PROGRAM

_log = logging.getLogger(__name__)


class Decider:
    """Decides on councils and ballots, on the writer's thread.

    *policy* is recorded before the first decision that uses it. *program* is the bot's version,
    which is recorded with reports that cannot be decided on.
    """

    def __init__(self, almanac: Almanac, policy: Policy = USUAL, program: str = PROGRAM) -> None:
        self._almanac = almanac
        self._policy = policy
        self._program = program

    def note_policy(self, tx: Transaction, now: datetime) -> None:
        """Record the policy if it has changed."""
        note_policy(tx, self._policy, now)

    def reconsider(
        self, tx: Transaction, night: date, subject: Subject, now: datetime
    ) -> list[MadeClaim]:
        """Decide on a subject again after an action of the desk, in the same transaction."""
        self.note_policy(tx, now)
        return self._decide_once(tx, night, subject, (), now)

    def decide(
        self,
        tx: Transaction,
        night: date,
        subject: Subject,
        reports: list[Filed[Report]],
        now: datetime,
        *,
        seeded: bool = False,
    ) -> list[MadeClaim]:
        """Decide on a subject with its new *reports*.

        If that fails because of a bug, the reports are tried one by one, and those that fail are
        turned away. If it fails without new reports, the earlier decision stands: one subject must
        not stop a feed.
        """
        try:
            with tx.savepoint():
                return self._decide_once(tx, night, subject, reports, now, seeded=seeded)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            if not reports:
                _log.exception("%s cannot be decided about again", subject.name)
                return []
            if len(reports) == 1:
                _log.exception("%s could not be decided about", reports[0].source.document)
                tx.append(
                    ReportTurnedAway(reports[0].id, turned_away_because(error), self._program), now
                )
                return []
        return [
            claim
            for report in reports
            for claim in self.decide(tx, night, subject, [report], now, seeded=seeded)
        ]

    def judge_council(
        self, tx: Transaction, night: date, council: Council, *more: Ruling
    ) -> Decision:
        """Return what would be decided on a council with *more* rulings of the desk."""
        case = load_council_case(tx.db.conn, night, council, self._almanac, policy=self._policy)
        case = replace(case, rulings=(*case.rulings, *more))
        return decide(case, self._almanac.parties.told(case.party_names))

    def judge_ballot(
        self, tx: Transaction, night: date, ballot: Ballot, *more: Ruling
    ) -> BallotDecision:
        """Return what would be decided on a ballot with *more* rulings of the desk."""
        case = load_ballot_case(tx.db.conn, night, ballot, self._almanac, policy=self._policy)
        case = replace(case, rulings=(*case.rulings, *more))
        return decide_ballot(case, self._almanac.parties.told(case.party_names))

    def _decide_once(
        self,
        tx: Transaction,
        night: date,
        subject: Subject,
        reports: Iterable[Filed[Report]],
        now: datetime,
        *,
        seeded: bool = False,
    ) -> list[MadeClaim]:
        if isinstance(subject, Ballot):
            return self._decide_ballot(tx, night, subject, reports, now, seeded=seeded)
        return self._decide_council(tx, night, subject, reports, now, seeded=seeded)

    def _decide_ballot(
        self,
        tx: Transaction,
        night: date,
        ballot: Ballot,
        reports: Iterable[Filed[Report]],
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        arrived = tuple(reports)
        case = load_ballot_case(
            tx.db.conn, night, ballot, self._almanac, policy=self._policy, arrived=arrived
        )
        for one in arrived:
            self._learn_parties(tx, one.report, now)
        decision = decide_ballot(case, self._almanac.parties.told(case.party_names))
        return self._write_ballot(tx, case, decision, now, seeded=seeded)

    def _write_ballot(
        self,
        tx: Transaction,
        case: BallotCase,
        decision: BallotDecision,
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        """Write what is decided of a ballot, and the claim if it is new."""
        db, night, ballot = tx.db.conn, case.night.night, case.ballot
        key, about = night.isoformat(), BallotDeclared.key_of(ballot.code)
        latest = latest_notice(db, key, about)
        version = next_version(latest, decision.claimed_after(latest.content if latest else None))
        stored = stored_ballot(db, key, ballot.code)
        standing = ballot_record(case, decision, version or latest, stored)
        claim = (
            None
            if version is None
            else notice_claim(
                about,
                version,
                basis=Basis.DESK if standing.by_desk else Basis.RESULT,
                declared_at=standing.declared_at,
                seeded=seeded,
                by_desk=standing.by_desk,
                report_id=standing.report_id,
            )
        )
        verdicts = case.new(decision.verdicts)
        if version is None and not verdicts and standing == stored:
            return []
        entry = BallotDecided(night, ballot.code, verdicts, standing, claim)
        outbox = tx.append(entry, now)
        return [MadeClaim(outbox, night, ballot, version)] if version else []

    def _decide_council(
        self,
        tx: Transaction,
        night: date,
        council: Council,
        reports: Iterable[Filed[Report]],
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        db, key = tx.db.conn, (night.isoformat(), council.code)
        arrived = tuple(reports)
        case = load_council_case(
            db, night, council, self._almanac, policy=self._policy, arrived=arrived
        )
        for one in arrived:
            self._learn_names(tx, council, one.report, now)
        almanac = self._almanac.knowing(case.party_names)
        decision = decide(case, almanac.parties)
        latest = latest_claim(db, *key)
        version = next_version(latest, decision.claimed_after(latest.content if latest else None))
        stored, old_wards = stored_standing(db, *key), stored_wards(db, *key)
        standing = council_record(case, decision, version or latest, stored, almanac)
        if night not in self._almanac.nights:
            kept = kept_without_tables(latest, decision.content, case, stored)
            version, standing = (None, kept) if kept is not None else (version, standing)
        result = decision.result
        claim = (
            None
            if version is None
            else council_claim(
                council.code,
                version,
                basis=standing.basis,
                declared_at=standing.declared_at,
                seeded=seeded,
                by_desk=standing.by_desk,
                report_id=standing.report_id,
                won=None if result is None or result.won is None else dict(result.won),
                now=None if result is None else dict(result.now),
            )
        )
        entry = CouncilDecided(
            night=night,
            council=council.code,
            verdicts=case.new(decision.verdicts),
            standing=standing if standing != stored else None,
            wards=changed_wards(decision, old_wards, almanac.parties, anew=not arrived),
            wards_gone=tuple(key for key in old_wards if key not in decision.wards),
            claim=claim,
        )
        made: list[MadeClaim] = []
        if arrived or not entry.changes_nothing:
            outbox = tx.append(entry, now)
            made = [MadeClaim(outbox, night, council, version)] if version else []
        return made + self._decide_by_elections(tx, case, decision, now, seeded=seeded)

    def _decide_by_elections(
        self,
        tx: Transaction,
        case: CouncilCase,
        decision: Decision,
        now: datetime,
        *,
        seeded: bool,
    ) -> list[MadeClaim]:
        """Write what is decided of a council's by-elections, and of those that are no more."""
        known = stored_by_elections(tx.db.conn, case.night.night, case.council.code)
        told = {
            code: one for code, one in decision.by_elections.items() if one.apart or code in known
        }
        gone = [nothing_of_by_election(case, code) for code in known if code not in told]
        return [
            claim
            for one in (*told.values(), *gone)
            for claim in self._write_ballot(tx, one.case, one.decision, now, seeded=seeded)
        ]

    def _learn_names(
        self, tx: Transaction, council: Council, report: Report, now: datetime
    ) -> None:
        """Record the names of a council and of parties that are in none of our tables.

        The council's type is recorded as well, because it determines the nation.
        """
        self.learn_council(tx, council, now)
        if not council.known and (kind := type_of_council(report)):
            self._note_names(tx, {("type", council.code): kind}, now)
        self._learn_parties(tx, report, now)

    def _learn_parties(self, tx: Transaction, report: Report, now: datetime) -> None:
        names = {}
        for wire in parties_of(report):
            party = self._almanac.parties.resolve(wire)
            if not party.known:
                names["party", party.code] = party.name
        self._note_names(tx, names, now)

    def learn_council(self, tx: Transaction, council: Council, now: datetime) -> None:
        """Record the name of a council that is in none of our tables."""
        if not council.known:
            self._note_names(tx, {("council", council.code): council.name}, now)

    @staticmethod
    def _note_names(tx: Transaction, names: Mapping[tuple[str, str], str], now: datetime) -> None:
        for (what, code), name in names.items():
            known = tx.rows("SELECT 1 FROM wire_names WHERE what = ? AND code = ?", (what, code))
            if not known:
                tx.append(WireNameLearnt(what, code, name), now)


def kept_without_tables(
    latest: ClaimVersion[ClaimContent] | None,
    now: ClaimContent | None,
    case: CouncilCase,
    stored: CouncilRecord | None,
) -> CouncilRecord | None:
    """Return what is *stored* of a council if only the loss of a night's tables changes its claim.

    It would be withdrawn, or say less. The tables may come back, as those of a folder that could
    not be read at a start, and nothing said is wrong by their absence.
    """
    if latest is None or latest.content is None or stored is None:
        return None
    if now is None:
        by_tables = stored.basis in (Basis.WARDS, Basis.BY_ELECTION)
        lost = by_tables and stored.nominations_id is None and case.override is None
    else:
        lost = latest.content.completes(now) and stored.before_source is PriorSource.SHIPPED
    return stored if lost else None


def turned_away_because(error: Exception) -> str:
    """Return a sentence that says that a bug turned something away."""
    return (
        f"a fault in the bot ({type(error).__name__}) kept it from being taken in: "
        "the log says where; tell the developers"
    )
