"""Numbers from outside: none is larger than what SQLite keeps."""

from __future__ import annotations

_HIGHEST = 2**63 - 1


def kept_number(text: str) -> int | None:
    """Return the number in *text*; None for anything else, and for one that SQLite cannot keep."""
    if not text.isdecimal() or len(text) > len(str(_HIGHEST)):
        return None
    number = int(text)
    return number if number <= _HIGHEST else None
