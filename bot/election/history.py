"""What came before, and since when, as far as our table of control and cited facts reach.

The table is a snapshot after each May. What was undone between two Mays is not in it, so no more is
said than that it shows; a council, or a year, that has no row says nothing. A change between two
snapshots is of the election between them where there was one; else somebody changed sides at a
time that the table does not tell.
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


NO_CONTROL = "NOC"
"""No overall control, where a cited fact says that nobody has had it since."""


class Start(StrEnum):
    """What is known of the moment from which on control lasted."""

    ELECTION = "election"
    """The snapshots differ, and an election lies between them; or a source cites the moment."""
    FIRST_ELECTION = "first election"
    """The council was first elected then."""
    AT_LEAST = "at least"
    """The table starts there, or does not tell what was before."""
    BEFORE = "before"
    """Between the elections before that May: the table does not tell when."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """Unbroken control from the May of `since` on; `month` where a source cites another."""

    holder: Control
    since: int
    start: Start = Start.ELECTION
    month: int | None = None


def tenure_of(council: Council, holder: Control, night: date, almanac: Almanac) -> Tenure | None:
    """Return for how long *holder* had controlled a council before the election of *night*.

    What is cited goes before what snapshots show. None where nothing shows *holder* in control.
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

    None where the table does not show *holder* in control in the year before. A table that starts
    later for this *council* than for others (*table_starts*) starts with its first election.
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
        # A majority of the table's bucket is of several parties: perhaps nobody had control.
        return Tenure(holder, since, Start.AT_LEAST)
    voted = council is None or years is None or years.may_have_voted(council, since)
    return Tenure(holder, since, Start.ELECTION if voted else Start.BEFORE)
