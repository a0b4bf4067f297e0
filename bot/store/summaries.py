"""The editions of a night's summary, and who gets them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.store.deliveries import Edition, NewDelivery, insert_deliveries
from bot.store.edits import request_edits
from bot.store.journal import Entry

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class SummaryWritten(Entry, kind="summary-written"):
    """An edition of the night's summary in one message's embeds; a later version edits it.

    `told` is what results it tells, by which it is seen that they have changed; `picture` is what
    its first embed shows once the message stands.
    """

    night: str
    edition: Edition
    version: int
    embeds: str
    told: str
    reason: str
    picture: str = ""

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the version and ask for the edit of the earlier ones."""
        db.execute(
            """
            INSERT INTO summaries
                (night, edition, version, embeds, picture, told, reason, written_at, first_seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (night, edition) DO UPDATE SET version = excluded.version,
                embeds = excluded.embeds, picture = excluded.picture, told = excluded.told,
                reason = excluded.reason
            """,
            (
                self.night,
                self.edition,
                self.version,
                self.embeds,
                self.picture,
                self.told,
                self.reason,
                at.isoformat(),
                seq,
            ),
        )
        request_edits(
            db,
            "SELECT post_id FROM deliveries WHERE subject = 'summary' AND night = ? "
            "AND version = ?",
            (self.night, self.edition),
        )


@dataclass(frozen=True, slots=True)
class SummaryQueued(Entry, kind="summary-queued"):
    """A batch of destinations gets an edition of the summary; `until` is the last of them."""

    night: str
    edition: Edition
    first_id: int
    deliveries: tuple[NewDelivery, ...]
    until: int
    complete: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the deliveries and move the summary's own cursor."""
        insert_deliveries(db, self.first_id, self.deliveries, at)
        db.execute(
            "UPDATE summaries SET expanded_to = ?, complete = ? WHERE night = ? AND edition = ?",
            (self.until, self.complete, self.night, self.edition),
        )


def summary(db: sqlite3.Connection, night: str, edition: Edition) -> Row | None:
    """Return the latest version of an edition of a night's summary."""
    row: Row | None = db.execute(
        "SELECT * FROM summaries WHERE night = ? AND edition = ?", (night, edition)
    ).fetchone()
    return row


def summaries_to_expand(db: sqlite3.Connection) -> list[Row]:
    """Return the summaries that some destinations are still to get."""
    return db.execute(
        "SELECT * FROM summaries WHERE complete = 0 ORDER BY night, edition"
    ).fetchall()
