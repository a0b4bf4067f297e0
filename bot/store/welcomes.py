"""Where the bot has said how to ask it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.store.journal import Entry


@dataclass(frozen=True, slots=True)
class Welcomed(Entry, kind="welcomed"):
    """A channel was told how to ask."""

    channel_id: int
    guild_id: int
    message_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down; of two at once the first counts."""
        db.execute(
            "INSERT OR IGNORE INTO welcomes VALUES (?, ?, ?)",
            (self.channel_id, self.guild_id, self.message_id),
        )


def is_welcomed(db: sqlite3.Connection, channel: int) -> bool:
    """Tell whether a channel was told how to ask."""
    found = db.execute("SELECT 1 FROM welcomes WHERE channel_id = ?", (channel,)).fetchone()
    return found is not None
