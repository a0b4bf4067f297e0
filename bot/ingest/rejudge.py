"""What today's rules would decide on the stored reports, and why councils have no outcome yet."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from bot.election.almanac import Almanac
from bot.election.ballots import Ballot, ballot_of
from bot.election.case_file import BallotCase, CouncilCase, Verdict
from bot.election.claims import BallotDeclared, ClaimContent
from bot.election.decide_ballot import BallotDecision, decide_ballot
from bot.election.decide_council import decide
from bot.election.parties import NOC_NAME
from bot.store.case_files import load_ballot_case, load_council_case
from bot.store.claims import latest_claim, latest_notice
from bot.store.codec import rows, value
from bot.store.opening import open_for_reading
from bot.store.policies import policy_at
from bot.store.reader import Reader
from bot.store.rebuild import STEPS_A_CALL, Progress, silent


def rejudge(path: Path | str, almanac: Almanac, progress: Progress = silent) -> tuple[str, ...]:
    """Return sentences on what today's rules would decide differently; nothing is changed.

    The policy is the one with which each council was last decided. Raises `StoreError` if the file
    cannot be used.
    """
    with contextlib.closing(open_for_reading(path)) as db:
        councils = rows(
            db,
            "SELECT night, council FROM reports WHERE considered AND council IS NOT NULL "
            "UNION SELECT night, council FROM standings ORDER BY night, council",
        )
        sentences: list[str] = []
        for done, (night, code) in enumerate(councils):
            if done % STEPS_A_CALL == 0:
                progress(done, len(councils))
            sentences += _council_differences(db, almanac, night, code)
        for night, code in rows(
            db,
            "SELECT DISTINCT night, ballot FROM reports "
            "WHERE considered AND ballot IS NOT NULL ORDER BY night, ballot",
        ):
            sentences += _ballot_differences(db, almanac, night, code)
        progress(len(councils), len(councils))
    return tuple(sentences)


def lacking(reader: Reader, almanac: Almanac, night: date) -> dict[str, str]:
    """Return, by name, why councils with reports or wards have no outcome yet."""
    found: dict[str, str] = {}
    policy = policy_at(reader.db)
    for standing in reader.councils(night):
        if standing.declared is not None or not (standing.wards or standing.awaiting_desk):
            continue
        case = load_council_case(reader.db, night, standing.council, almanac, policy=policy)
        if sentence := decide(case, almanac.parties.told(case.party_names)).lacking:
            found[standing.council.name] = sentence
    return found


def _council_differences(
    db: sqlite3.Connection, almanac: Almanac, night: str, code: str
) -> Iterator[str]:
    decided = "SELECT seq FROM standings WHERE night = ? AND council = ?"
    policy = policy_at(db, value(db, decided, night, code))
    council = almanac.councils.get(code)
    case = load_council_case(db, date.fromisoformat(night), council, almanac, policy=policy)
    decision = decide(case, almanac.parties.told(case.party_names))
    yield from _changed_verdicts(case, decision.verdicts)
    latest = latest_claim(db, night, code)
    claimed = latest.content if latest else None
    content = decision.claimed_after(claimed)
    if content != claimed:
        yield f"{case.name}: claimed is {_control(claimed)}; today it would be {_control(content)}."
    for one in decision.by_elections.values():
        if one.apart:
            yield from _other_result(db, night, one.case.ballot, one.decision)


def _ballot_differences(
    db: sqlite3.Connection, almanac: Almanac, night: str, code: str
) -> Iterator[str]:
    day = date.fromisoformat(night)
    ballot = ballot_of(code, almanac.night(day).ballots, almanac.voting_systems.on(day))
    if ballot is None:
        return
    decided = "SELECT seq FROM ballots WHERE night = ? AND ballot = ?"
    policy = policy_at(db, value(db, decided, night, code))
    case = load_ballot_case(db, day, ballot, almanac, policy=policy)
    decision = decide_ballot(case, almanac.parties.told(case.party_names))
    yield from _changed_verdicts(case, decision.verdicts)
    yield from _other_result(db, night, ballot, decision)


def _other_result(
    db: sqlite3.Connection, night: str, ballot: Ballot, decision: BallotDecision
) -> Iterator[str]:
    latest = latest_notice(db, night, BallotDeclared.key_of(ballot.code))
    claimed = latest.content if latest else None
    if decision.claimed_after(claimed) != claimed:
        yield f"{ballot.name}: today another result would be claimed."


def _changed_verdicts(
    case: CouncilCase | BallotCase, verdicts: Mapping[int, Verdict]
) -> Iterator[str]:
    for filed in case.filed:
        before, today = case.recorded[filed.id], verdicts[filed.id]
        if before != today:
            yield f"{case.name}, {filed.source.document}: {_text(before)}; today {_text(today)}."


def _text(verdict: Verdict) -> str:
    said = (*verdict.reasons, *verdict.warnings)
    return f"{verdict.status} ({'; '.join(said)})" if said else str(verdict.status)


def _control(content: ClaimContent | None) -> str:
    if content is None:
        return "nothing"
    return f"{content.after.holder or NOC_NAME} ({content.outcome})"
