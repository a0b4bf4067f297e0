"""The journal put to the proof: every table derived from it again, and compared.

`rebuild` trusts the verdicts that are recorded; `rejudge` asks what today's rules would say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlite_utils import Database

import bot.store.erasure  # noqa: F401 - with what is imported here, all kinds of entry are known
from bot.election.almanac import Almanac
from bot.election.ballots import ballot_of
from bot.election.case import Verdict
from bot.election.claims import ClaimContent
from bot.election.notices import BallotDeclared
from bot.election.parties import NOC_NAME
from bot.election.policy import Policy
from bot.store.ballots import judge_ballot, load_folder
from bot.store.cases import Papers, judge, load_papers
from bot.store.errors import StoreError, UnusableEntryError
from bot.store.journal import entry_of
from bot.store.notices import latest_notice
from bot.store.opening import (
    IN_MEMORY,
    explained,
    open_for_reading,
    open_for_writing,
    read_only_uri,
    remove,
)
from bot.store.policies import policy_at
from bot.store.records import latest_claim

Progress = Callable[[int, int], None]
"""Called with how many steps are done, of how many."""

_STEPS_A_CALL = 200


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What rebuilding showed; `differences` are sentences, none where all tables are the same."""

    entries: int
    tables: int
    differences: tuple[str, ...]


def _silent(done: int, total: int) -> None:
    """Say nothing of the progress."""


def rebuild(
    path: Path | str, into: Path | str | None = None, progress: Progress = _silent
) -> Rebuilt:
    """Derive every table of the database at *path* from its journal, and compare.

    The tables are made *into* a new file, or in memory only; the old file is not changed. Raises
    `StoreError` where a file cannot be used, the new one exists, or an entry cannot be applied.
    """
    path = Path(path)
    if into is not None and Path(into).exists():
        raise StoreError(f"{into} exists already: name a file that does not.")
    open_for_reading(path).close()
    fresh = open_for_writing(IN_MEMORY if into is None else into)
    try:
        fresh.conn.execute("ATTACH ? AS old", (read_only_uri(path),))
        with fresh.atomic():
            entries = _replay(fresh, progress)
            (mark,) = fresh.conn.execute("PRAGMA old.user_version").fetchone()
            fresh.conn.execute(f"PRAGMA main.user_version = {mark}")  # a replay's stays one
            tables = _tables(fresh)
            differences = tuple(
                sentence for table in tables for sentence in _differences(fresh, table)
            )
    except BaseException as error:
        fresh.close()
        if into is not None:
            remove(Path(into))
        if isinstance(error, sqlite3.Error):
            raise explained(path, error) from error
        raise
    fresh.close()
    return Rebuilt(entries, len(tables), differences)


def _replay(fresh: Database, progress: Progress) -> int:
    fresh.conn.execute("INSERT INTO main.bodies SELECT * FROM old.bodies")
    (total,) = fresh.conn.execute("SELECT count(*) FROM old.journal").fetchone()
    entries = fresh.conn.execute("SELECT seq, at, kind, data FROM old.journal ORDER BY seq")
    for done, (seq, at, kind, data) in enumerate(entries):
        if done % _STEPS_A_CALL == 0:
            progress(done, total)
        try:
            fresh.conn.execute(
                "INSERT INTO main.journal VALUES (?, ?, ?, ?)", (seq, at, kind, data)
            )
            entry_of(kind, data).apply(fresh.conn, seq, datetime.fromisoformat(at))
        except (ValueError, LookupError, TypeError, sqlite3.Error) as error:
            raise UnusableEntryError(
                f"Entry {seq} of the journal ({kind}) cannot be applied: {error}. Use the version "
                "that wrote it, or put a copy of the file back."
            ) from error
    progress(total, total)
    return int(total)


def _tables(db: Database) -> list[str]:
    return [
        name
        for (name,) in db.conn.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' "
            r"AND name NOT LIKE 'sqlite\_%' ESCAPE '\' "
            r"AND name NOT LIKE '\_sqlite\_%' ESCAPE '\' ORDER BY name"
        )
    ]


def _differences(db: Database, table: str) -> Iterator[str]:
    for here, there, meaning in (
        ("old", "main", "rows in the file that do not follow from the journal"),
        ("main", "old", "rows that follow from the journal and are not in the file"),
    ):
        (rows,) = db.conn.execute(
            f"SELECT count(*) FROM (SELECT * FROM {here}.[{table}] "  # noqa: S608 - our own names
            f"EXCEPT SELECT * FROM {there}.[{table}])"
        ).fetchone()
        if rows:
            yield f"{table}: {meaning}: {rows}."


def rejudge(
    path: Path | str,
    almanac: Almanac,
    progress: Progress = _silent,
) -> tuple[str, ...]:
    """Return in sentences what today's rules would say otherwise of what is recorded.

    They are set as they were when each council was decided last. Nothing is changed. Raises
    `StoreError` where the file cannot be used.
    """
    connection = open_for_reading(path)
    try:
        councils = connection.execute(
            "SELECT DISTINCT night, council FROM reports WHERE considered AND council IS NOT NULL "
            "ORDER BY night, council"
        ).fetchall()
        sentences: list[str] = []
        for done, (night, code) in enumerate(councils):
            if done % _STEPS_A_CALL == 0:
                progress(done, len(councils))
            council = almanac.councils.get(code)
            papers = load_papers(connection, date.fromisoformat(night), council)
            claimed = latest_claim(connection, night, code)
            recorded = claimed.content if claimed else None
            policy = _policy_of(connection, "standings", "council", (night, code))
            sentences += _rejudged(papers, recorded, almanac, policy)
        sentences += _rejudged_ballots(connection, almanac)
        progress(len(councils), len(councils))
    finally:
        connection.close()
    return tuple(sentences)


def _policy_of(
    connection: sqlite3.Connection, table: str, column: str, key: tuple[str, str]
) -> Policy:
    """Return the policy that a council or a contest was decided by last."""
    row = connection.execute(
        f"SELECT seq FROM {table} WHERE night = ? AND {column} = ?",  # noqa: S608 - our own names
        key,
    ).fetchone()
    return policy_at(connection, row and row[0])


def _rejudged_ballots(connection: sqlite3.Connection, almanac: Almanac) -> Iterator[str]:
    for text, code in connection.execute(
        "SELECT DISTINCT night, ballot FROM reports "
        "WHERE considered AND ballot IS NOT NULL ORDER BY night, ballot"
    ).fetchall():
        night = date.fromisoformat(text)
        ballot = ballot_of(code, almanac.night(night).ballots)
        if ballot is None:
            continue
        folder = load_folder(connection, night, ballot)
        policy = _policy_of(connection, "ballots", "ballot", (text, code))
        decision = judge_ballot(folder, almanac, policy)
        for filed in folder.reports:
            before, today = folder.recorded[filed.id], decision.verdicts[filed.id]
            if before != today:
                document = filed.source.document
                yield f"{ballot.name}, {document}: {_said(before)}; today {_said(today)}."
        claimed = latest_notice(connection, text, BallotDeclared.key_of(code))
        said = claimed.content if claimed else None
        if decision.claimed_after(said) != said:
            yield f"{ballot.name}: today another result would be claimed."


def _rejudged(
    papers: Papers, claimed: ClaimContent | None, almanac: Almanac, policy: Policy
) -> Iterator[str]:
    judgement = judge(papers, almanac, policy)
    name = papers.council.name
    for filed in (*papers.nominations, *papers.results, *papers.wards):
        before, today = papers.recorded[filed.id], judgement.verdicts[filed.id]
        if before != today:
            yield f"{name}, {filed.source.document}: {_said(before)}; today {_said(today)}."
    content = judgement.decision.claimed_after(claimed)
    if content != claimed:
        yield f"{name}: claimed is {_claim(claimed)}; today it would be {_claim(content)}."


def _said(verdict: Verdict) -> str:
    said = (*verdict.reasons, *verdict.warnings)
    return f"{verdict.status} ({'; '.join(said)})" if said else str(verdict.status)


def _claim(content: ClaimContent | None) -> str:
    if content is None:
        return "nothing"
    return f"{content.after.holder or NOC_NAME} ({content.outcome})"
