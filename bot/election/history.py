"""Who controlled a council in earlier years and since when, by our table and cited facts.

The table has a snapshot after each May, and of some elections what they elected. Changes that were
reversed between two of these are not in it, and nothing is said about a council or a year without a
row. A change between two years is put down to the election between them, if there was one;
otherwise it came from defections or by-elections at a time that the table does not give. The table
goes on after a night: only what it states of earlier days counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.election.almanac import Almanac, CitedFact, CitedKind, ElectionYears, YearOfControl
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.parties import INDEPENDENT
from bot.election.seats import Composition

_OWN_COLUMN = frozenset({"Con", "Lab", "LD", "PC", "SNP"})
"""Parties with a column in every year; all others are, or once were, in the table's bucket."""
COLUMNS = _OWN_COLUMN | {"Green", "Reform"}
"""Parties with a column in the newest years: a table of this kind has all others in its bucket."""
_THURSDAY = 3
_MAY = 5


def ordinary_day(year: int) -> date:
    """Return the ordinary day of local elections, the first Thursday in May.

    Source: Representation of the People Act 1983, section 37.
    """
    first = date(year, 5, 1)
    return first + timedelta((_THURSDAY - first.weekday()) % 7)


def history_before(history: Iterable[YearOfControl], night: date) -> list[YearOfControl]:
    """Return what the table states of days before a *night*, oldest first.

    Of the year of the night it is a snapshot taken before, or else what was elected before.
    """
    known = []
    for one in sorted(history, key=lambda one: one.year):
        if (one.taken_by < night) if one.taken_by else (one.year < night.year):
            known.append(one)
        elif (elected := one.elected) and elected.on < night:
            known.append(
                YearOfControl(one.year, elected.seats, elected.control, elected.on, elected)
            )
    return known


def is_of_the_eve(
    last: YearOfControl, council: Council | None, night: date, years: ElectionYears | None
) -> bool:
    """Whether a council has had no ordinary election between the *last* year known and a night."""
    ahead = range(last.year + 1, night.year + 1)
    voted_since = [year for year in ahead if ordinary_day(year) < night]
    if council is None or years is None:
        return not voted_since
    return last.year >= night.year - 1 and not any(
        years.may_have_voted(council, year) for year in voted_since
    )


def control_before(council: Council, night: date, almanac: Almanac) -> YearOfControl | None:
    """Return the last year that says who controlled a council before a *night*.

    None if the council may have had an election since, or if the table's bucket of others has the
    majority: one party that it does not name may have had control then.
    """
    known = history_before(almanac.history.get(council.code, ()), night)
    if not known or not is_of_the_eve(known[-1], council, night, almanac.election_years):
        return None
    return None if known[-1].control.holder == INDEPENDENT else known[-1]


def in_the_columns(seats: Composition) -> Composition:
    """Return seats as the snapshots count them: local parties and empty seats among the others."""
    return Composition(
        (code if code in COLUMNS else INDEPENDENT, held) for code, held in seats.items()
    )


@dataclass(frozen=True, slots=True)
class _Stated:
    """Control at one moment of a year: right after its election, or in its snapshot."""

    year: int
    control: Control
    elected: bool
    after_election: bool = False
    """A snapshot that follows what was elected in the same year."""


def _stated(history: Iterable[YearOfControl]) -> Iterator[_Stated]:
    for one in history:
        if one.elected is not None:
            yield _Stated(one.year, one.elected.control, elected=True)
        if one.elected is None or one.otherwise_elected:
            yield _Stated(one.year, one.control, elected=False, after_election=bool(one.elected))


@dataclass(frozen=True, slots=True)
class ChangeOfControl:
    """Control in `year` differed from that last seen, after the May of `last_seen`.

    `after_election`: it came between the election of that year and its snapshot.
    """

    year: int
    before: Control
    after: Control
    last_seen: int
    after_election: bool = False


def changes_of_control(
    history: Iterable[YearOfControl], night: date
) -> tuple[ChangeOfControl, ...]:
    """Return the changes that the table shows before a *night*, the newest first.

    A local party that a snapshot counts among the others has not lost control by that.
    """
    found = [
        ChangeOfControl(now.year, before.control, now.control, before.year, now.after_election)
        for before, now in pairwise(_stated(history_before(history, night)))
        if before.control != now.control and not _are_one(before.control, now.control)
    ]
    return tuple(reversed(found))


def _are_one(one: Control, other: Control) -> bool:
    """Whether two majorities may be one, under its name and in the bucket of the snapshots."""
    holders = {one.holder, other.holder}
    return INDEPENDENT in holders and None not in holders and not holders & _OWN_COLUMN


@dataclass(frozen=True, slots=True)
class FirstSince:
    """A party's first majority since the May of `year`, or longer if `at_least`."""

    year: int
    at_least: bool


def first_since(
    history: Sequence[YearOfControl], holder: Control, night: date
) -> FirstSince | None:
    """Return since when *holder* had not controlled a council that it gains on a *night*.

    None if it already had control, if the table lacks a year in between, or if the party had no
    column of its own in every year.
    """
    known = history_before(history, night)
    if holder.holder is None or not known or known[-1].control == holder:
        return None
    if not is_of_the_eve(known[-1], None, night, None):
        return None
    years = {one.year for one in known}
    held = [one.year for one in _stated(known) if one.control == holder]
    last = max(held, default=min(years))
    if set(range(last, night.year)) - years:
        return None
    if held:
        return FirstSince(last, at_least=False)
    return FirstSince(last, at_least=True) if holder.holder in _OWN_COLUMN else None


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
    AFTER_ELECTION = "after election"
    """Between the election of that year, which another won or nobody, and the year's snapshot."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """Unbroken control since the May of `since`, or since another `month` that a source gives."""

    holder: Control
    since: int
    start: Start = Start.ELECTION
    month: int | None = None


def years_of(lasted: Tenure, night: date) -> int:
    """Return the full years from the beginning of a tenure to a night, without a month from May."""
    return night.year - lasted.since - (night.month < (lasted.month or _MAY))


def tenure_of(council: Council, holder: Control, night: date, almanac: Almanac) -> Tenure | None:
    """Return for how long *holder* had controlled a council before the election of *night*.

    A cited fact of that night takes precedence over the snapshots; one of an earlier night does if
    they show no break since, also where it tells of a majority by defections before that night's
    election. None if nothing shows *holder* in control.
    """
    history = almanac.history.get(council.code, ())
    shown = tenure(history, holder, night, council, years=almanac.election_years)
    for fact in almanac.cited.get(council.code, ()):
        if Control.from_code(fact.party) == holder and _begins(fact, shown, night):
            return Tenure(holder, fact.year, month=fact.month)
    return shown


def _begins(fact: CitedFact, shown: Tenure | None, night: date) -> bool:
    """Whether a cited fact tells when the control began that is *shown* before a *night*."""
    if fact.kind is CitedKind.SINCE and fact.night == night:
        return True
    if fact.kind is CitedKind.NEVER_SINCE or shown is None or fact.night >= night:
        return False
    # Defections made it before an election that the table may have it begin with.
    return shown.since < fact.night.year + (fact.kind is CitedKind.BY_DEFECTIONS)


def tenure(
    history: Iterable[YearOfControl],
    holder: Control,
    night: date,
    council: Council | None = None,
    *,
    years: ElectionYears | None = None,
) -> Tenure | None:
    """Return for how long *holder* had controlled a council before a *night*, by the table.

    None if the table does not show *holder* in control at its last election before the night.
    """
    known = history_before(history, night)
    if not known or not is_of_the_eve(known[-1], council, night, years):
        return None
    stated = list(_stated(known))
    if stated[-1].control != holder:
        return None
    start = len(stated) - 1
    while start and stated[start - 1].control == holder and _is_next(stated, start):
        start -= 1
    first = stated[start]
    if start == 0 or not _is_next(stated, start):
        created = start == 0 and council is not None and _is_first_year(council, first.year)
        return Tenure(holder, first.year, Start.FIRST_ELECTION if created else Start.AT_LEAST)
    if holder.holder is None and stated[start - 1].control.holder == INDEPENDENT:
        # The table's bucket holds several parties, so its majority may have been no control at all.
        return Tenure(holder, first.year, Start.AT_LEAST)
    if first.after_election:
        return Tenure(holder, first.year, Start.AFTER_ELECTION)
    voted = council is None or years is None or years.may_have_voted(council, first.year)
    return Tenure(holder, first.year, Start.ELECTION if voted or first.elected else Start.BEFORE)


def _is_first_year(council: Council, year: int) -> bool:
    """Whether a council was first elected in a year: known, or the one before it took office."""
    if council.elected is not None:
        return council.elected.year == year
    return council.starts is not None and council.starts.year == year + 1


def _is_next(stated: Sequence[_Stated], at: int) -> bool:
    """Whether no year is missing before a statement."""
    return stated[at].year - stated[at - 1].year <= 1
