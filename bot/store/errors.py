"""The errors of the store."""

from __future__ import annotations

from pathlib import Path

from bot.errors import MachineFault


class StoreError(MachineFault):
    """The database cannot be used; the message is a sentence with a next step."""


class OtherTablesError(StoreError):
    """Another build made the database, with other tables."""


class DamagedError(StoreError):
    """The database is damaged: nothing may be said or posted from it.

    *what* is how SQLite says it.
    """

    def __init__(self, path: Path, what: str) -> None:
        self.what = what
        super().__init__(
            f"{path} is damaged ({what}). `election-night rebuild --db {path} --into FILE` saves "
            "what can be read of it, and `election-night restore` puts that, or a copy, in its "
            "place: nothing is posted twice."
        )


class UnusableEntryError(StoreError):
    """An entry of the journal cannot be applied; the others may be."""
