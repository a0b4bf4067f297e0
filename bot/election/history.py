"""Who controlled a council in earlier years and since when, by our table and cited facts.

The table is a snapshot after each May, so changes that were reversed between two Mays are not in
it, and nothing is said about a council or a year without a row. A change between two snapshots is
put down to the election between them, if there was one; otherwise it came from defections or
by-elections at a time that the table does not give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from bot.election.almanac import Almanac, CitedKind, ElectionYears, YearOfControl
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.parties import INDEPENDENT

_OWN_COLUMN = frozenset({"Con", "Lab", "LD", "PC", "SNP"})
"""Parties with a column in every year; all others are, or once were, in the table's bucket."""


@dataclass(frozen=True, slots=True)
class ChangeOfControl:
    """Control after the May of `year` differed from that after the May of `last_seen`."""

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
    """A party's first majority since the May of `year`, or longer if `at_least`."""

    year: int
    at_least: bool


def first_since(history: Sequence[YearOfControl], holder: Control, year: int) -> FirstSince | None:
    """Return since when *holder* had not controlled a council that it gains in *year*.

    None if it already had control, if the table lacks a year in between, or if the party had no
    column of its own in every year.
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


NO_CONTROL = "NOC"
"""No overall control, in the place of a party in a cited fact."""


class Start(StrEnum):
    """What is known of when a party took control."""

    ELECTION = "election"
    """In an election between two snapshots that differ, or at a time that a source gives."""
    FIRST_ELECTION = "first election"
    """In the council's first election."""
    AT_LEAST = "at least"
    """By then at the latest: the table begins there or has a gap before it."""
    BEFORE = "before"
    """Before that May without an election, at a time that the table does not give."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """Unbroken control since the May of `since`, or since another `month` that a source gives."""

    holder: Control
    since: int
    start: Start = Start.ELECTION
    month: int | None = None


def tenure_of(council: Council, holder: Control, night: date, almanac: Almanac) -> Tenure | None:
    """Return for how long *holder* had controlled a council before the election of *night*.

    A cited fact takes precedence over the snapshots. None if nothing shows *holder* in control.
    """
    for fact in almanac.cited.get(council.code, ()):
        held = Control(None) if fact.party == NO_CONTROL else Control(fact.party)
        if (fact.night, fact.kind, held) == (night, CitedKind.SINCE, holder):
            return Tenure(holder, fact.year, month=fact.month)
    history = almanac.history.get(council.code, ())
    return tenure(
        history,
        holder,
        night.year,
        council,
        almanac.history_starts,
        years=almanac.election_years,
    )


def tenure(
    history: Sequence[YearOfControl],
    holder: Control,
    year: int,
    council: Council | None = None,
    table_starts: int | None = None,
    *,
    years: ElectionYears | None = None,
) -> Tenure | None:
    """Return for how long *holder* had controlled a council before *year*'s election, by snapshots.

    None if the table does not show *holder* in control in the year before. If the council's history
    begins after *table_starts*, it begins with the council's first election.
    """
    by_year = {entry.year: entry.control for entry in history}
    since = year
    while by_year.get(since - 1) == holder:
        since -= 1
    if since == year:
        return None
    before = by_year.get(since - 1)
    if before is None:
        created = since == min(by_year) and table_starts is not None and since > table_starts
        return Tenure(holder, since, Start.FIRST_ELECTION if created else Start.AT_LEAST)
    if before.holder == INDEPENDENT:
        # The table's bucket holds several parties, so its majority may have been no control at all.
        return Tenure(holder, since, Start.AT_LEAST)
    voted = council is None or years is None or years.may_have_voted(council, since)
    return Tenure(holder, since, Start.ELECTION if voted else Start.BEFORE)
