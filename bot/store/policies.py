"""The policy that decisions were made by, kept in the journal so that they can be made again."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.election.policy import USUAL, Policy
from bot.store.codec import insert, read, row, row_of
from bot.store.journal import Entry
from bot.store.writer import Transaction


@dataclass(frozen=True, slots=True)
class PolicySet(Entry, kind="policy-set"):
    """Decisions from here on are made under another policy."""

    policy: Policy

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the policy."""
        insert(db, "policies", {"seq": seq, "at": at, **row_of(self.policy)})


def policy_at(db: sqlite3.Connection, seq: int | None = None) -> Policy:
    """Return the policy that an entry of the journal was made by, or with None the last one."""
    found = row(
        db,
        "SELECT * FROM policies WHERE :seq IS NULL OR seq <= :seq ORDER BY seq DESC LIMIT 1",
        seq=seq,
    )
    return USUAL if found is None else read(Policy, found)


def note_policy(tx: Transaction, policy: Policy, now: datetime) -> None:
    """Write a policy down where the last decision was made by another one."""
    if not tx.rows("SELECT 1 FROM policies LIMIT 1") or policy_at(tx.db.conn) != policy:
        tx.append(PolicySet(policy), now)
