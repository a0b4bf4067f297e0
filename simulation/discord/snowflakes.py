"""Discord's identifiers, which carry the time of their creation."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime.fromtimestamp(1_420_070_400, UTC)


class Snowflakes:
    """Makes Discord's identifiers: growing 64-bit numbers that carry the time of their creation."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """Return a new identifier, larger than every one before it."""
        from_clock = (time.time_ns() // 1_000_000 - int(_EPOCH.timestamp() * 1_000)) << 22
        self._last = max(from_clock, self._last + 1)
        return self._last


def created_at(snowflake: int) -> datetime:
    """Return the moment (UTC) at which an identifier was made."""
    return _EPOCH + timedelta(milliseconds=snowflake >> 22)
