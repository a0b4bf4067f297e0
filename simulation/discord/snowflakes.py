"""Discord's identifiers: 64-bit numbers that carry the time at which they were made."""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Hands out identifiers that only grow, as one Discord worker does."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """Return a new identifier, larger than every one before it."""
        from_clock = (time.time_ns() // 1_000_000 - _EPOCH_MS) << 22
        self._last = max(from_clock, self._last + 1)
        return self._last


def created_at(snowflake: int) -> datetime:
    """Return the moment (UTC) at which an identifier was made."""
    return EPOCH + timedelta(milliseconds=snowflake >> 22)
