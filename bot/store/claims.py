"""Claims in the outbox, of councils and of notices, and what their posts rest on at present."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter

from bot.election.baselines import Baseline
from bot.election.claims import Basis, ClaimContent, ClaimState, ClaimVersion, Notice, next_version
from bot.election.control import Control, Outcome
from bot.election.seats import Composition
from bot.election.standings import Source
from bot.store.codec import insert, read, row, row_of
from bot.store.journal import Entry
from bot.store.outbox import latest_version
from bot.store.writer import Transaction

C = TypeVar("C")

AnyNotice = Annotated[Notice, Field(discriminator="kind")]
_NOTICE: TypeAdapter[Notice] = TypeAdapter(AnyNotice)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRecord:
    """A version of a claim as a row of `claims`; a notice has its key as its `council`.

    `won` and `now` are the seats that it rested on when it was made.
    """

    council: str
    version: int
    state: ClaimState
    before: Control | None = None
    after: Control | None = None
    outcome: Outcome | None = None
    basis: Basis | None = None
    declared_at: datetime | None = None
    seeded: bool = False
    by_desk: bool = False
    report_id: int | None = None
    won: dict[str, int] | None = None
    now: dict[str, int] | None = None
    notice: AnyNotice | None = None
    of_notice: bool = False


def council_claim(council: str, version: ClaimVersion[ClaimContent], **more: Any) -> ClaimRecord:
    """Return a version of a council's claim; *more* is what it rests on."""
    content = version.content
    return ClaimRecord(
        council=council,
        version=version.version,
        state=version.state,
        before=content.before if content else None,
        after=content.after if content else None,
        outcome=content.outcome if content else None,
        **more,
    )


def notice_claim(key: str, version: ClaimVersion[Notice], **more: Any) -> ClaimRecord:
    """Return a version of a notice, filed under its key; *more* is what it rests on."""
    return ClaimRecord(
        council=key,
        version=version.version,
        state=version.state,
        notice=version.content,
        of_notice=True,
        **{"basis": Basis.COMPUTED, **more},
    )


@dataclass(frozen=True, slots=True)
class NoticeClaimed(Entry, kind="notice-claimed"):
    """A notice was claimed, corrected or retracted."""

    night: date
    claim: ClaimRecord

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the version into the outbox."""
        write_claim(db, self.night, seq, at, self.claim)


def write_claim(
    db: sqlite3.Connection, night: date, seq: int, at: datetime, claim: ClaimRecord
) -> None:
    """Write a version into the outbox."""
    insert(db, "claims", {"outbox": seq, "night": night, "made_at": at, **row_of(claim)})


def control_code(control: Control | None) -> str | None:
    """Return a control as the tables write it: the party's code, `NOC`, or null."""
    return None if control is None else control.code


def control_from(code: str | None) -> Control | None:
    """Return the control that `control_code` wrote."""
    return None if code is None else Control.from_code(code)


def content_of(claim: sqlite3.Row) -> ClaimContent | None:
    """Return what a row of a council's claim says; None for a retraction."""
    after = control_from(claim["after"])
    if claim["outcome"] is None or after is None:
        return None
    return ClaimContent(control_from(claim["before"]), after, Outcome(claim["outcome"]))


def notice_of(claim: sqlite3.Row) -> Notice | None:
    """Return what a row of a notice's claim says; None for a retraction."""
    return None if claim["notice"] is None else _NOTICE.validate_json(claim["notice"])


def latest_claim(
    db: sqlite3.Connection, night: str, council: str
) -> ClaimVersion[ClaimContent] | None:
    """Return the newest version of a council's claim, None where nothing was ever claimed."""
    found = latest_version(db, night, council)
    return None if found is None else version_of(found, content_of(found))


def latest_notice(db: sqlite3.Connection, night: str, key: str) -> ClaimVersion[Notice] | None:
    """Return the newest version of a notice, None where it was never claimed."""
    found = latest_version(db, night, key)
    return None if found is None else version_of(found, notice_of(found))


def version_of(claim: sqlite3.Row, content: C | None) -> ClaimVersion[C]:
    """Return the version that a row of a claim is, with its *content*."""
    return ClaimVersion(claim["version"], ClaimState(claim["state"]), content)


def claim_notices(
    tx: Transaction,
    night: date,
    wanted: Mapping[str, Notice | None],
    now: datetime,
    *,
    seeded: bool = False,
) -> list[int]:
    """Claim what is new among the notices that are *wanted*, by key; return their outbox numbers.

    None retracts a notice, if it was ever claimed. What was claimed already, in the same words,
    is no new version: asking again changes nothing.
    """
    made = []
    for key, notice in wanted.items():
        latest = latest_notice(tx.db.conn, night.isoformat(), key)
        version = next_version(latest, notice)
        if version is not None:
            claim = notice_claim(key, version, declared_at=now if notice else None, seeded=seeded)
            made.append(tx.append(NoticeClaimed(night, claim), now))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a claim's newest version rests on at present, as its posts are to show it.

    `changes` are signed and counted from `baseline`; None: not said. `before_year` is the year of
    the control history that says who had control before. The claim itself keeps what it was made
    with.
    """

    basis: Basis
    by_desk: bool
    before_year: int | None = None
    source: Source | None = None
    won: Composition | None = None
    now: Composition | None = None
    changes: dict[str, int] | None = None
    baseline: Baseline | None = None

    @property
    def shown(self) -> tuple[Any, ...]:
        """What is news to readers: another revision or time of the same source is not."""
        kind = self.source and self.source.kind
        seats = (self.won, self.now, self.changes, self.baseline)
        return (self.basis, self.by_desk, kind, self.before_year, *seats)


def evidence_of(db: sqlite3.Connection, outbox: int) -> Evidence | None:
    """Return what a claim's version rests on; None for a retraction."""
    found = row(db, "SELECT * FROM evidence WHERE outbox = ?", outbox)
    return None if found is None else read(Evidence, found)


def write_evidence(
    db: sqlite3.Connection, outbox: int, new: Evidence, *, follow: bool = False
) -> None:
    """Record what a claim's version rests on.

    Where its posts would show something else than before, they are marked to follow; with *follow*
    they are in any case.
    """
    old = row(db, "SELECT * FROM evidence WHERE outbox = ?", outbox)
    if follow or (old is not None and new.shown != read(Evidence, old).shown):
        mark = {"to_follow": True, "expanded_to": 0}
    else:
        mark = {
            "to_follow": bool(old["to_follow"]) if old else False,
            "expanded_to": old["expanded_to"] if old else 0,
        }
    insert(db, "evidence", {"outbox": outbox, **row_of(new), **mark}, verb="INSERT OR REPLACE")
