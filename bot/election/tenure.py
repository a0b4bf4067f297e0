"""How long a party has controlled a council, as far as our history reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.almanac import YearOfControl
from bot.election.control import Control


@dataclass(frozen=True, slots=True)
class Tenure:
    """Unbroken control from the May of `since` on; `at_least` where the table starts there.

    The table is a snapshot of each May: a change that was undone within a year is not in it.
    """

    holder: Control
    since: int
    at_least: bool


def tenure(history: Sequence[YearOfControl], holder: Control, year: int) -> Tenure | None:
    """Return for how long *holder* had controlled a council on the eve of *year*'s election.

    None where the table does not show *holder* in control in the year before.
    """
    by_year = {entry.year: entry.control for entry in history}
    since = year
    while by_year.get(since - 1) == holder:
        since -= 1
    if since == year:
        return None
    return Tenure(holder, since, at_least=since - 1 not in by_year)
