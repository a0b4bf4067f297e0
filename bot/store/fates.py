"""What became of deliveries, for those who ask why something was or was not posted."""

from __future__ import annotations

import sqlite3

from bot.store.codec import Row, rows


def history_of(db: sqlite3.Connection, claim: Row, destination: int) -> list[Row]:
    """Return what became of all deliveries of a council's claim to a destination, oldest first.

    *claim* is its first version; a digest that told it is among them.
    """
    return rows(
        db,
        """
        SELECT d.*, p.channel_id, p.message_id, p.digest, e.requested, e.done,
               e.reason AS edit_reason, replacing.reference AS corrected_by_reference
        FROM deliveries AS d
        LEFT JOIN posts AS p ON p.id = d.post_id
        LEFT JOIN deliveries AS replacing ON replacing.id = d.corrected_by
        LEFT JOIN edits AS e ON e.post_id = d.post_id
        WHERE d.id IN (
            SELECT id FROM deliveries WHERE night = :night AND council = :council
            AND subject = 'claim' AND destination = :destination
            UNION ALL
            SELECT id FROM deliveries WHERE night = :night AND council = ''
            AND subject = 'digest' AND destination = :destination
            AND :seeded AND :outbox BETWEEN version AND outbox
        )
        ORDER BY d.id
        """,
        **claim,
        destination=destination,
    )


def last_posted(db: sqlite3.Connection, destination: int, limit: int) -> list[Row]:
    """Return the deliveries that a destination got last, the last one first."""
    return rows(
        db,
        """
        SELECT * FROM deliveries WHERE id IN (
            SELECT d.id FROM posts AS p JOIN deliveries AS d ON d.post_id = p.id
            WHERE p.destination = :destination AND p.published_at IS NULL
              AND p.sent_at IS NOT NULL
            UNION ALL
            SELECT d.id FROM posts AS p JOIN deliveries AS d ON d.post_id = p.id
            WHERE p.destination = :destination AND p.published_at IS NOT NULL
        )
        ORDER BY id DESC LIMIT :limit
        """,
        destination=destination,
        limit=limit,
    )
