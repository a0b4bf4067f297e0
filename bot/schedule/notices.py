"""What follows from claims and is claimed itself: milestones, the largest party, reminders.

The newsroom claims what documents say; this looks at all of it together. Looking again changes
nothing, so it may look as often as it likes, and after a stop it goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from bot.chat.services import Services
from bot.election.alert_kinds import Topic
from bot.election.assembly import assembly_state
from bot.election.ballots import BallotStanding
from bot.election.claims import Due, LargestParty, Milestone, Notice, next_version
from bot.election.milestones import milestones
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding
from bot.jobs import Job
from bot.store import destinations
from bot.store.claims import claim_notices
from bot.store.writer import Transaction, Writer

_LOOKS_EVERY = 15.0
"""Simulated seconds between two looks where nothing is committed."""
_SETTLES = 0.2
"""Real seconds that a look waits for more to be committed: a fetch brings many."""
REMINDED_BEFORE = timedelta(minutes=15)
"""How long before a council is due those who follow it are reminded."""


class NoticeJob:
    """Claims the notices of the newest night as they come true, and takes them back."""

    def __init__(self, services: Services, writer: Writer) -> None:
        self._services = services
        self._writer = writer
        self._seen: tuple[Sequence[CouncilStanding], Sequence[BallotStanding]] | None = None
        self._outbox = 0
        self._assembly: tuple[Sequence[BallotStanding], Parties, str | None] | None = None
        tick = partial(services.clock.sleep, _LOOKS_EVERY)
        self._job = Job("The notices could not be made", self._look_when_quiet, tick)
        writer.on_commit(self._job.wake)

    async def run(self) -> None:
        """Look after each commit, and as time goes by, until cancelled."""
        await self._job.run()

    async def _look_when_quiet(self) -> None:
        await asyncio.sleep(_SETTLES)
        await self.look()

    async def look(self) -> list[int]:
        """Claim what is new and take back what holds no more; return the outbox numbers."""
        services = self._services
        night, now = services.newest_night, services.clock.now()
        if now < services.almanac.night(night).polls_close:
            return []  # nothing that could forecast is said before
        standings, ballots = services.reader.councils(night), services.reader.ballots(night)
        wanted: dict[str, Notice | None] = {}
        seeded, outbox = False, self._outbox
        if self._seen is None or self._seen[0] is not standings or self._seen[1] is not ballots:
            wanted = self._derived(night, standings, ballots)
            seeded, outbox = self._is_backlog(night)
        wanted |= {notice.key: notice for notice in self._due(standings, now)}
        made: list[int] = []
        if wanted:

            def claim(tx: Transaction) -> list[int]:
                return claim_notices(tx, night, wanted, now, seeded=seeded)

            made = await self._writer.transact(claim)
        # Only now: a look that failed is to see the same once more.
        self._seen, self._outbox = (standings, ballots), outbox
        return made

    def _derived(
        self,
        night: date,
        standings: Sequence[CouncilStanding],
        ballots: Sequence[BallotStanding],
    ) -> dict[str, Notice | None]:
        """Return by its key what is new of what holds now, and None for what holds no more."""
        services = self._services
        latest = {one.key: one.version for one in services.reader.notices(night)}
        told = [one.content for one in latest.values() if one.content is not None]
        almanac = services.almanac_of(night)
        wanted: dict[str, Notice | None] = {}
        wanted |= milestones(
            standings, almanac, [one for one in told if isinstance(one, Milestone)]
        )
        if (settled := self._settled(ballots, almanac.parties)) is not None:
            largest = LargestParty(settled)
            wanted[largest.key] = largest
        else:
            wanted |= {one.key: None for one in told if isinstance(one, LargestParty)}
        # Most looks bring nothing new: they shall cost no transaction.
        return {
            key: notice
            for key, notice in wanted.items()
            if next_version(latest.get(key), notice) is not None
        }

    def _settled(self, ballots: Sequence[BallotStanding], parties: Parties) -> str | None:
        """Return the Assembly's certain largest party, worked out once while nothing moves."""
        known = self._assembly
        if known is None or known[0] is not ballots or known[1] is not parties:
            known = (ballots, parties, assembly_state(ballots, parties).settled)
            self._assembly = known
        return known[2]

    def _is_backlog(self, night: date) -> tuple[bool, int]:
        """Return whether all that was claimed since the last look came in silently, as a backlog.

        What follows from it is as silent. Also returns up to where in the outbox this was seen.
        """
        reader = self._services.reader
        fresh = [(one.outbox, one.seeded) for one in reader.claims(night, self._outbox)]
        fresh += [(one.outbox, one.seeded) for one in reader.notices(night, self._outbox)]
        outbox = max((outbox for outbox, _ in fresh), default=self._outbox)
        return bool(fresh) and all(seeded for _, seeded in fresh), outbox

    def _due(self, standings: Sequence[CouncilStanding], now: datetime) -> Iterator[Due]:
        """Yield the councils that are due soon, where anybody wants to be reminded."""
        if not destinations.is_asked_for(self._writer.reads, Topic.REMINDERS):
            return
        for one in standings:
            at = one.expected_at
            if one.declared is None and at is not None and now < at <= now + REMINDED_BEFORE:
                yield Due(one.council.code, at)
