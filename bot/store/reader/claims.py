"""What was claimed, version by version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.election.claims import Basis, ClaimContent, ClaimVersion, Notice
from bot.election.seats import Composition
from bot.store.claims import content_of, notice_of, version_of
from bot.store.codec import read, rows
from bot.store.reader.names import NameReader


@dataclass(frozen=True, slots=True)
class Claim:
    """A version of a claim in the outbox, with the seats that it rested on when it was made.

    `council` is the council's code; `made_at` is when this version was made, `declared_at` when
    the council first declared (None for a retraction).
    """

    outbox: int
    night: date
    council: str
    version: ClaimVersion[ClaimContent]
    basis: Basis | None
    declared_at: datetime | None
    made_at: datetime
    seeded: bool
    by_desk: bool
    won: Composition | None
    now: Composition | None


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A version of a notice in the outbox, filed under its key."""

    outbox: int
    key: str
    version: ClaimVersion[Notice]
    made_at: datetime
    seeded: bool


class ClaimReader(NameReader):
    """Reads the outbox."""

    def claims(self, night: date, after_outbox: int = 0) -> list[Claim]:
        """Return every version of every council's claim made after a place in the outbox."""
        found = rows(
            self._db,
            "SELECT * FROM claims WHERE night = ? AND outbox > ? AND NOT of_notice ORDER BY outbox",
            night.isoformat(),
            after_outbox,
        )
        return [read(Claim, row, version=version_of(row, content_of(row))) for row in found]

    def notices(self, night: date, after_outbox: int = 0) -> list[ClaimedNotice]:
        """Return every version of every notice that was claimed after a place in the outbox."""
        found = rows(
            self._db,
            "SELECT * FROM claims WHERE night = ? AND outbox > ? AND of_notice ORDER BY outbox",
            night.isoformat(),
            after_outbox,
        )
        return [
            read(ClaimedNotice, row, key=row["council"], version=version_of(row, notice_of(row)))
            for row in found
        ]
