"""The outbox: the versions of every claim, as those who tell of them look them up."""

from __future__ import annotations

import json
import sqlite3

from bot.election.claims import ClaimState
from bot.store.codec import Row, exists, row, rows, value


def newest_outbox(db: sqlite3.Connection) -> int:
    """Return the outbox number of the latest claim version, 0 without any."""
    return int(value(db, "SELECT COALESCE(MAX(outbox), 0) FROM claims"))


def claims_after(db: sqlite3.Connection, outbox: int, limit: int) -> list[Row]:
    """Return the next claim versions in the outbox's order."""
    return rows(db, "SELECT * FROM claims WHERE outbox > ? ORDER BY outbox LIMIT ?", outbox, limit)


def councils_declared(db: sqlite3.Connection, night: str, outbox: int) -> int:
    """Return how many councils had a result in force once this claim version was made."""
    return int(
        value(
            db,
            """
            SELECT COUNT(*) FROM claims AS c
            WHERE night = ? AND of_notice = 0 AND outbox <= ? AND outcome IS NOT NULL
                AND version = (SELECT MAX(version) FROM claims AS d WHERE d.night = c.night
                    AND d.council = c.council AND d.outbox <= ?)
            """,
            night,
            outbox,
            outbox,
        )
    )


def claim(db: sqlite3.Connection, outbox: int) -> Row | None:
    """Return one claim version."""
    return row(db, "SELECT * FROM claims WHERE outbox = ?", outbox)


def claim_content(db: sqlite3.Connection, outbox: int) -> str:
    """Return what a claim's version says, as text: a reference ends in its hash."""
    said = row(db, "SELECT before, after, outcome, notice FROM claims WHERE outbox = ?", outbox)
    return json.dumps(said and tuple(said))


def latest_claims(db: sqlite3.Connection, first: int, last: int) -> list[Row]:
    """Return the latest version of every claim that has one in a stretch of the outbox."""
    return rows(
        db,
        """
        SELECT * FROM claims AS c
        WHERE (night, council) IN (
            SELECT night, council FROM claims WHERE outbox BETWEEN ? AND ?
        ) AND version = (
            SELECT MAX(version) FROM claims WHERE night = c.night AND council = c.council
        )
        ORDER BY outbox
        """,
        first,
        last,
    )


def has_declared(db: sqlite3.Connection, night: str, council: str) -> bool:
    """Return whether a council has a result in force."""
    declared = "SELECT 1 FROM standings WHERE night = ? AND council = ? AND after IS NOT NULL"
    return exists(db, declared, night, council)


def claim_told(db: sqlite3.Connection, told: Row, council: str) -> Row | None:
    """Return the version of a council's claim that a delivery told of, as a digest may have.

    Where that version was completed by the next, it is the next: the message is edited to say it.
    """
    first = told["version"] if told["subject"] == "digest" else told["outbox"]
    version = row(
        db,
        """
        SELECT * FROM claims WHERE night = ? AND council = ? AND outbox BETWEEN ? AND ?
        ORDER BY version DESC LIMIT 1
        """,
        told["night"],
        council,
        first,
        told["outbox"],
    )
    if version is None:
        return None
    following = claim_version(db, told["night"], council, version["version"] + 1)
    is_completed = following is not None and following["state"] == ClaimState.COMPLETED
    return following if is_completed else version


def claim_version(db: sqlite3.Connection, night: str, council: str, version: int) -> Row | None:
    """Return one version of a council's claim; they count from 1."""
    which = "SELECT * FROM claims WHERE night = ? AND council = ? AND version = ?"
    return row(db, which, night, council, version)


def latest_version(db: sqlite3.Connection, night: str, council: str) -> Row | None:
    """Return the version of a council's claim that holds now."""
    newest_first = "SELECT * FROM claims WHERE night = ? AND council = ? ORDER BY version DESC"
    return row(db, newest_first, night, council)


def claim_versions(db: sqlite3.Connection, night: str, council: str) -> list[Row]:
    """Return all versions of a council's claim, oldest first."""
    oldest_first = "SELECT * FROM claims WHERE night = ? AND council = ? ORDER BY version"
    return rows(db, oldest_first, night, council)


def debounced(db: sqlite3.Connection) -> list[Row]:
    """Return the claim versions that are not told yet to all who saw another, oldest first.

    `expanded_to` is the last destination told; `outdated` says that there is a newer version.
    """
    return rows(
        db,
        """
        SELECT c.*, r.expanded_to, EXISTS (
            SELECT 1 FROM claims AS newer WHERE newer.night = c.night
            AND newer.council = c.council AND newer.version > c.version
        ) AS outdated
        FROM debounced AS r JOIN claims AS c ON c.outbox = r.outbox ORDER BY r.outbox
        """,
    )
