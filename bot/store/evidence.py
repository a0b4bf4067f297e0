"""What a claim's version rests on at present: seats, changes, basis and source.

The claim keeps what it was made with; here stands what holds now, as the posts are to show it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from bot.election.baselines import Baseline
from bot.election.claims import Basis
from bot.election.seats import Composition
from bot.election.standings import Source

if TYPE_CHECKING:
    from bot.store.results import ClaimRecord, StandingRecord

_SOURCE = TypeAdapter(Source)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim's evidence; `changes` are signed and counted from `baseline`, None: not said."""

    basis: Basis
    by_desk: bool
    source: Source | None
    won: Composition | None
    now: Composition | None
    changes: dict[str, int] | None
    baseline: Baseline | None


def write_evidence(
    db: sqlite3.Connection,
    key: tuple[str, str],
    claim: ClaimRecord | None,
    standing: StandingRecord | None,
) -> None:
    """Write down what the newest version of a council's claim rests on, if that is new.

    *key* is the night and the council; *claim* is the version that was just made, *standing* what
    is in force, each None where it did not change. What is shown and not claimed is no evidence.
    Where the posts would show something else than before, they are marked to follow.
    """
    latest = db.execute(
        "SELECT outbox, before, after, outcome FROM claims "
        "WHERE night = ? AND council = ? ORDER BY version DESC LIMIT 1",
        key,
    ).fetchone()
    if latest is None or latest["outcome"] is None:
        return
    if standing is not None:
        holds = (standing.before, standing.after, standing.outcome)
        if not standing.confirmed or holds != tuple(latest)[1:]:
            return
        new = _of_standing(standing)
    elif claim is not None:
        new = _of_claim(claim)
    else:
        return
    old = db.execute("SELECT * FROM evidence WHERE outbox = ?", (latest["outbox"],)).fetchone()
    if old is None:
        follow, expanded_to = False, 0
    elif _shown(new) != _shown(evidence_from(old)):
        follow, expanded_to = True, 0
    else:
        follow, expanded_to = bool(old["to_follow"]), old["expanded_to"]
    db.execute(
        "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (latest["outbox"], *_columns(new), follow, expanded_to),
    )


def evidence_of(db: sqlite3.Connection, outbox: int) -> Evidence | None:
    """Return what a claim's version rests on; None for a retraction."""
    row = db.execute("SELECT * FROM evidence WHERE outbox = ?", (outbox,)).fetchone()
    return row and evidence_from(row)


def evidence_from(row: sqlite3.Row) -> Evidence:
    """Return the evidence of a row."""
    return Evidence(
        basis=Basis(row["basis"]),
        by_desk=bool(row["by_desk"]),
        source=row["source"] and _SOURCE.validate_json(row["source"]),
        won=_composition(row["won"]),
        now=_composition(row["now"]),
        changes=None if row["changes"] is None else json.loads(row["changes"]),
        baseline=row["baseline"] and Baseline.from_code(row["baseline"]),
    )


def _of_standing(standing: StandingRecord) -> Evidence:
    seats = {
        column: {
            row.party: number
            for row in standing.seats
            if (number := getattr(row, column)) is not None
        }
        for column in ("won", "now", "change")
    }
    return Evidence(
        basis=standing.basis or Basis.RESULT,
        by_desk=standing.by_desk,
        source=standing.source,
        won=Composition(seats["won"]) if seats["won"] else None,
        now=Composition(seats["now"]) if seats["now"] else None,
        changes={p: n for p, n in seats["change"].items() if n} if standing.baseline else None,
        baseline=standing.baseline,
    )


def _of_claim(claim: ClaimRecord) -> Evidence:
    return Evidence(
        basis=claim.basis or Basis.RESULT,
        by_desk=claim.by_desk,
        source=None,
        won=None if claim.won is None else Composition(claim.won),
        now=None if claim.now is None else Composition(claim.now),
        changes=None,
        baseline=None,
    )


def _shown(evidence: Evidence) -> tuple[Any, ...]:
    """Return what is news to readers: another revision or time of the same source is not."""
    return (
        evidence.basis,
        evidence.by_desk,
        evidence.source and evidence.source.kind,
        evidence.won,
        evidence.now,
        evidence.changes,
        evidence.baseline,
    )


def _columns(evidence: Evidence) -> tuple[Any, ...]:
    source = evidence.source
    return (
        evidence.basis,
        evidence.by_desk,
        None if source is None else _SOURCE.dump_json(source).decode(),
        None if evidence.won is None else json.dumps(dict(evidence.won)),
        None if evidence.now is None else json.dumps(dict(evidence.now)),
        None if evidence.changes is None else json.dumps(evidence.changes, sort_keys=True),
        evidence.baseline and evidence.baseline.code,
    )


def _composition(text: str | None) -> Composition | None:
    return None if text is None else Composition(json.loads(text))
