"""How long a council has been under one control, as far as our history and cited facts reach.

The history is a snapshot after each May. A change between two snapshots is of the election between
them where there was one; else somebody changed sides at a time that the table does not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.election.almanac import Almanac, CitedKind, YearOfControl
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.election_years import ElectionYears
from bot.election.parties import INDEPENDENT

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
