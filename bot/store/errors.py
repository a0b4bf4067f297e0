"""What a store tells those who cannot open or use it."""

from __future__ import annotations

from bot.machine import MachineFault


class StoreError(MachineFault):
    """The database cannot be used; the message is a sentence with a next step."""


class OtherTablesError(StoreError):
    """Another build made the database, with other tables."""


class DamagedError(StoreError):
    """The database is damaged: nothing may be said or posted on its word."""
