"""How loudly a place is told: quiet hours, silent posts, pings, joined posts and hidden results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.election.alert_kinds import Level
from bot.election.almanac import LONDON


class Sort(StrEnum):
    """The sorts of post that can be made silent: they are there, and no telephone rings."""

    CHANGES = "changes"
    """Changes of hands, first elections, and what may be a change."""
    HOLDS = "holds"
    CONTESTS = "contests"
    MILESTONES = "milestones"
    REMINDERS = "reminders"
    SUMMARIES = "summaries"
    CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Calm:
    """How loudly a destination is told.

    Quiet hours are "HH:MM" in London, empty for none. A role is pinged from the level `pings` on.
    After a post, alerts of the next `together` minutes are one list. `spoilers` hide every result.
    """

    quiet_from: str = ""
    quiet_until: str = ""
    silent: tuple[Sort, ...] = ()
    pings: Level = Level.EVERYTHING
    together: int = 0
    spoilers: bool = False

    def quiet_ends(self, at: datetime) -> datetime | None:
        """Return when the quiet hours end in which *at* is, None if it is in none."""
        if self.quiet_from == self.quiet_until:
            return None
        first, last = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
        local = at.astimezone(LONDON)
        now = local.time()
        if not (first <= now < last if first < last else now >= first or now < last):
            return None
        ends = local.date() + timedelta(days=1 if first > last and now >= first else 0)
        until = datetime.combine(ends, last, LONDON)
        # Where clocks go back that hour comes twice: the first may have passed.
        return until if until.timestamp() > at.timestamp() else until.replace(fold=1)


USUAL = Calm()
"""A destination that has chosen nothing."""
FOR_SERVERS = Calm(silent=(Sort.HOLDS, Sort.REMINDERS), together=20)
"""What `/setup` begins with in a channel."""
HOLDS_TOGETHER = 10
"""Minutes for which holds wait for each other, where the council is not followed by name."""
MOST_TOGETHER = 20
"""The most minutes that an alert ever waits for others."""
