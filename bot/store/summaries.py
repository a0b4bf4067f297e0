"""The editions of a night's summary, and who gets them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.store.codec import Row, exists, insert, row, row_of, rows, update
from bot.store.deliveries import NewDelivery, insert_deliveries
from bot.store.edits import request_edits
from bot.store.journal import Entry


class Edition(IntEnum):
    """A night's summary, each edition posted once; the number is its delivery's version.

    Each but the final one tells how the night stands at its hour of the day after polling; what
    comes later is not for it.
    """

    BREAKFAST = 1
    FINAL = 2
    """When everything is declared, or its hour has struck; it follows the results from then on."""
    MIDNIGHT = 3
    LUNCHTIME = 4

    @property
    def label(self) -> str:
        """What readers call it: "breakfast edition"."""
        return f"{self.name.lower()} edition"


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
        """Write the version and request the edit of the earlier ones."""
        replaced = ("version", "embeds", "picture", "told", "reason")
        insert(
            db,
            "summaries",
            {**row_of(self), "written_at": at, "first_seq": seq},
            then="ON CONFLICT (night, edition) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in replaced),
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
        which = {"night": self.night, "edition": self.edition}
        update(db, "summaries", which, expanded_to=self.until, complete=self.complete)


def summary(db: sqlite3.Connection, night: str, edition: Edition) -> Row | None:
    """Return the latest version of an edition of a night's summary."""
    return row(db, "SELECT * FROM summaries WHERE night = ? AND edition = ?", night, edition)


def summaries_to_expand(db: sqlite3.Connection) -> list[Row]:
    """Return the summaries that some destinations are still to get."""
    return rows(db, "SELECT * FROM summaries WHERE complete = 0 ORDER BY night, edition")


def is_followed_by_another(db: sqlite3.Connection, delivery: Row) -> bool:
    """Return whether another edition was written after the one that a delivery tells."""
    return exists(
        db,
        """
        SELECT 1 FROM summaries AS later JOIN summaries AS told USING (night)
        WHERE told.night = ? AND told.edition = ? AND later.first_seq > told.first_seq
        """,
        delivery["night"],
        delivery["version"],
    )
