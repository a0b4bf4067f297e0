"""What came before, as far as our table of control reaches: a snapshot of each May.

What was undone between two Mays is not in it, so no more is said than that it shows. A council, or
a year, that has no row says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.election.almanac import YearOfControl
from bot.election.control import Control

_OWN_COLUMN = frozenset({"Con", "Lab", "LD", "PC", "SNP"})
"""Whose seats the table tells in every year; all others are, or have been, in its bucket."""


@dataclass(frozen=True, slots=True)
class ChangeOfControl:
    """Control differed after the May of `year` from what it was after the May of `last_seen`."""

    year: int
    before: Control
    after: Control
    last_seen: int


def changes_of_control(history: Sequence[YearOfControl], year: int) -> tuple[ChangeOfControl, ...]:
    """Return the changes that the table shows before *year*, the newest first."""
    seen = sorted((one for one in history if one.year < year), key=lambda one: one.year)
    found = [
        ChangeOfControl(after.year, before.control, after.control, before.year)
        for before, after in pairwise(seen)
        if before.control != after.control
    ]
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class FirstSince:
    """A party's first majority since the May of `year`; `at_least` where the table starts then."""

    year: int
    at_least: bool


def first_since(history: Sequence[YearOfControl], holder: Control, year: int) -> FirstSince | None:
    """Return since when *holder* had not controlled a council, where *year*'s election gives it.

    None where it held on, where the table lacks the year before, and where it cannot show the
    party: it had no column of its own all the time.
    """
    by_year = {one.year: one.control for one in history if one.year < year}
    if holder.holder is None or by_year.get(year - 1, holder) == holder:
        return None
    held = [past for past, control in by_year.items() if control == holder]
    first = min(by_year)
    if set(range(max(held, default=first), year)) - by_year.keys():
        return None
    if held:
        return FirstSince(max(held), at_least=False)
    return FirstSince(first, at_least=True) if holder.holder in _OWN_COLUMN else None
