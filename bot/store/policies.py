"""The policy that decisions were made by, kept in the journal so that they can be made again."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.election.policy import USUAL, ClaimsNeed, Policy
from bot.store.journal import Entry
from bot.store.writer import Transaction


@dataclass(frozen=True, slots=True)
class PolicySet(Entry, kind="policy"):
    """From here on it is decided by another policy."""

    policy: Policy

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the policy."""
        one = self.policy
        db.execute(
            "INSERT INTO policies VALUES (?, ?, ?, ?, ?, ?)",
            (
                seq,
                at.isoformat(),
                one.allow_test,
                one.claims_need.value,
                one.late_nominations_wait,
                one.settles,
            ),
        )


def policy_at(connection: sqlite3.Connection, seq: int | None = None) -> Policy:
    """Return the policy that an entry of the journal was made by, or with None the last one."""
    row = connection.execute(
        "SELECT allow_test, claims_need, late_nominations_wait, settles FROM policies "
        "WHERE :seq IS NULL OR seq <= :seq ORDER BY seq DESC LIMIT 1",
        {"seq": seq},
    ).fetchone()
    if row is None:
        return USUAL
    allow_test, claims_need, late_nominations_wait, settles = row
    return Policy(
        bool(allow_test), ClaimsNeed(claims_need), bool(late_nominations_wait), bool(settles)
    )


def note_policy(tx: Transaction, policy: Policy, now: datetime) -> None:
    """Write a policy down where the last decision was made by another one."""
    (known,) = tx.rows("SELECT EXISTS (SELECT 1 FROM policies)")[0]
    if not known or policy_at(tx.db.conn) != policy:
        tx.append(PolicySet(policy), now)
