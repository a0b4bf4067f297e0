"""Answers from the database: a read-only connection of one's own, used inline on the event loop.

The standings of every night are held as objects. They are loaded once; after that only councils
that a new entry of the journal has touched are read again, so an answer costs no more than asking
SQLite whether anything has changed.
"""

from __future__ import annotations

from bot.store.reader.ballots import BallotReader, WardDetail
from bot.store.reader.claims import Claim, ClaimedNotice, ClaimReader
from bot.store.reader.desk import DeskReader, HeldReport, Queue, ToldReport
from bot.store.reader.documents import (
    DocumentReader,
    Documents,
    FeedStatus,
    ProblemDocument,
    ToldState,
)

__all__ = [
    "Claim",
    "ClaimedNotice",
    "Documents",
    "FeedStatus",
    "HeldReport",
    "ProblemDocument",
    "Queue",
    "Reader",
    "ToldReport",
    "ToldState",
    "WardDetail",
]


class Reader(BallotReader, ClaimReader, DeskReader, DocumentReader):
    """Answers every question about the database file at *path*; a context manager."""
