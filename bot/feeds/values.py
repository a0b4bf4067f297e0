"""Values of any format, checked: what is not what it should be is a `DocumentFault`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from bot.election.parties import folded
from bot.feeds.faults import DocumentFault

LONGEST_TEXT = 200
"""More characters than any name on the wire has."""

MOST_PEOPLE = 100_000_000
"""More than any electorate or count of votes."""

MOST_SEATS_IN_A_WARD = 100

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)


def shown(value: str, what: str) -> str:
    """Return *value* with its white space made single, checked to be text that can be shown.

    Raises `DocumentFault` for control characters, broken Unicode and more than `LONGEST_TEXT`.
    """
    text = " ".join(value.split())
    if len(text) > LONGEST_TEXT:
        raise DocumentFault(
            f"{what} has {len(text)} characters; no name is longer than {LONGEST_TEXT}."
        )
    if not text.isascii() or not text.isprintable():
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
                raise DocumentFault(
                    f"{what} holds a character that is no text (U+{ord(character):04X})."
                )
    return text


def whole_number(value: str, what: str, least: int, most: int) -> int:
    """Return *value* as a whole number from *least* to *most*; raises `DocumentFault`."""
    if _WHOLE_NUMBER.fullmatch(value) and least <= int(value) <= most:
        return int(value)
    raise DocumentFault(
        f"{what} is {clipped(value)}; a whole number from {least} to {most} belongs there."
    )


def day(value: str, what: str) -> date:
    """Return *value* as a date (YYYY-MM-DD); raises `DocumentFault`."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise DocumentFault(f"{what} is {clipped(value)}, no date (YYYY-MM-DD).") from None


def moment(value: str, what: str) -> datetime:
    """Return *value* as an aware time (ISO 8601, with its zone); raises `DocumentFault`."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1970 < found.year < 9999:
        raise DocumentFault(f"{what} is {clipped(value)}, no time with its zone.")
    return found


def turnout(voters: int | None, electorate: int | None) -> float | None:
    """Return voters in per cent, None where a number is unknown or there are more than electors."""
    if not voters or not electorate or voters > electorate:
        return None
    return round(100 * voters / electorate, 2)


def clipped(value: str) -> str:
    """Return *value* quoted, short enough to stand in a sentence."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


def slug(name: str) -> str:
    """Return a name as a part of an id: "Kingston upon Hull" is "kingston-upon-hull"."""
    return "-".join(folded(name).split())
