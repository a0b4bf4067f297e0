"""Notices in the outbox: claims beside control, version by version, and contests as they stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from bot.election.claims import Basis, ClaimState, ClaimVersion, next_version
from bot.election.notices import Notice
from bot.store.journal import Entry
from bot.store.writer import Transaction

_NOTICE: TypeAdapter[Notice] = TypeAdapter(Annotated[Notice, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """A notice's version, filed under its key; `report_id` is what a contest's rests on."""

    key: str
    version: int
    state: ClaimState
    notice: str | None
    declared_at: datetime | None
    seeded: bool = False
    by_desk: bool = False
    basis: Basis = Basis.COMPUTED
    report_id: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeClaimed(Entry, kind="notice"):
    """A notice was claimed, corrected or taken back."""

    night: date
    claim: NoticeRecord

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the version into the outbox."""
        write_notice(db, self.night, seq, at, self.claim)


def notice_record(
    key: str,
    version: ClaimVersion[Notice],
    declared_at: datetime | None,
    *,
    seeded: bool = False,
    by_desk: bool = False,
    basis: Basis = Basis.COMPUTED,
    report_id: int | None = None,
) -> NoticeRecord:
    """Return a notice's version as the journal holds it."""
    return NoticeRecord(
        key=key,
        version=version.version,
        state=version.state,
        notice=None if version.content is None else _NOTICE.dump_json(version.content).decode(),
        declared_at=declared_at,
        seeded=seeded,
        by_desk=by_desk,
        basis=basis,
        report_id=report_id,
    )


def write_notice(
    db: sqlite3.Connection, night: date, seq: int, at: datetime, claim: NoticeRecord
) -> None:
    """Write a notice's version into the outbox."""
    db.execute(
        "INSERT INTO claims VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL, ?, ?, ?, ?, ?, ?, NULL, NULL, "
        "?, 1)",
        (
            seq,
            night.isoformat(),
            claim.key,
            claim.version,
            claim.state,
            claim.basis,
            claim.declared_at and claim.declared_at.isoformat(),
            at.isoformat(),
            claim.seeded,
            claim.by_desk,
            claim.report_id,
            claim.notice,
        ),
    )


def notice_of(row: sqlite3.Row) -> Notice | None:
    """Return what a notice's version says; None for one that was taken back."""
    return None if row["notice"] is None else _NOTICE.validate_json(row["notice"])


def latest_notice(
    connection: sqlite3.Connection, night: str, key: str
) -> ClaimVersion[Notice] | None:
    """Return the newest version of a notice, None where it was never claimed."""
    row = connection.execute(
        "SELECT version, state, notice FROM claims WHERE night = ? AND council = ? "
        "ORDER BY version DESC LIMIT 1",
        (night, key),
    ).fetchone()
    if row is None:
        return None
    content = None if row[2] is None else _NOTICE.validate_json(row[2])
    return ClaimVersion(row[0], ClaimState(row[1]), content)


def claim_notices(
    tx: Transaction,
    night: date,
    wanted: Mapping[str, Notice | None],
    now: datetime,
    *,
    seeded: bool = False,
) -> list[int]:
    """Claim what is new among the notices that are *wanted*, by key; return their outbox numbers.

    None takes a notice back, if it was ever claimed. What was claimed already, in the same words,
    is no new version: asking again changes nothing.
    """
    made = []
    for key, notice in wanted.items():
        latest = latest_notice(tx.db.conn, night.isoformat(), key)
        version = next_version(latest, notice)
        if version is not None:
            record = notice_record(key, version, now if notice else None, seeded=seeded)
            made.append(tx.append(NoticeClaimed(night, record), now))
    return made
