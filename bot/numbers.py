"""Numbers from outside: none is larger than what SQLite keeps."""

from __future__ import annotations

HIGHEST = 2**63 - 1
"""SQLite has no higher number."""
_DIGITS = 20


def kept_number(text: str) -> int | None:
    """Return the number that *text* is; None where it is none, or larger than can be kept."""
    if not text.isdecimal() or len(text) > _DIGITS:
        return None
    number = int(text)
    return number if number <= HIGHEST else None
