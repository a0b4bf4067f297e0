"""What a store tells those who cannot open or use it."""

from __future__ import annotations

from bot.machine import MachineFault


class StoreError(MachineFault):
    """The database cannot be used; the message is a sentence with a next step."""
