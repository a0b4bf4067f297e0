"""Notices: claims derived from other claims (milestones, the largest party, reminders).

Ingest claims what documents say; this job looks at all of it together. Running it again changes
nothing, so it needs no state of its own after a restart.
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

_CHECKS_EVERY = 15.0
"""Simulated seconds between two checks if nothing is committed."""
_SETTLES = 0.2
"""Real seconds that a check waits for more commits, as a fetch makes many."""
REMINDED_BEFORE = timedelta(minutes=15)
"""How long before a council is due those who follow it are reminded."""


class NoticeJob:
    """Claims the notices of the newest night when they become true, and retracts them."""

    def __init__(self, services: Services, writer: Writer) -> None:
        self._services = services
        self._writer = writer
        self._seen: tuple[Sequence[CouncilStanding], Sequence[BallotStanding]] | None = None
        self._outbox = 0
        self._assembly: tuple[Sequence[BallotStanding], Parties, str | None] | None = None
        tick = partial(services.clock.sleep, _CHECKS_EVERY)
        self._job = Job("The notices could not be made", self._check_when_quiet, tick)
        writer.on_commit(self._job.wake)

    async def run(self) -> None:
        """Check after each commit, and at intervals, until cancelled."""
        await self._job.run()

    async def _check_when_quiet(self) -> None:
        await asyncio.sleep(_SETTLES)
        await self.look()

    async def look(self) -> list[int]:
        """Claim new notices and retract those that no longer hold; return the outbox numbers."""
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
        # Only now, so that a failed check sees the same again.
        self._seen, self._outbox = (standings, ballots), outbox
        return made

    def _derived(
        self,
        night: date,
        standings: Sequence[CouncilStanding],
        ballots: Sequence[BallotStanding],
    ) -> dict[str, Notice | None]:
        """Return the notices that are new, by key, and None for those that no longer hold."""
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
        # Most checks find nothing new and should cost no transaction.
        return {
            key: notice
            for key, notice in wanted.items()
            if next_version(latest.get(key), notice) is not None
        }

    def _settled(self, ballots: Sequence[BallotStanding], parties: Parties) -> str | None:
        """Return the Assembly's certain largest party, cached until the results change."""
        known = self._assembly
        if known is None or known[0] is not ballots or known[1] is not parties:
            known = (ballots, parties, assembly_state(ballots, parties).settled)
            self._assembly = known
        return known[2]

    def _is_backlog(self, night: date) -> tuple[bool, int]:
        """Return whether every claim since the last check came from a backlog, told in a digest.

        What is derived from it counts as backlog too. Also returns the last outbox number seen.
        """
        reader = self._services.reader
        fresh = [(one.outbox, one.seeded) for one in reader.claims(night, self._outbox)]
        fresh += [(one.outbox, one.seeded) for one in reader.notices(night, self._outbox)]
        outbox = max((outbox for outbox, _ in fresh), default=self._outbox)
        return bool(fresh) and all(seeded for _, seeded in fresh), outbox

    def _due(self, standings: Sequence[CouncilStanding], now: datetime) -> Iterator[Due]:
        """Yield reminders of councils that are due soon, if anybody asked for reminders."""
        if not destinations.is_asked_for(self._writer.reads, Topic.REMINDERS):
            return
        for one in standings:
            at = one.expected_at
            if one.declared is None and at is not None and now < at <= now + REMINDED_BEFORE:
                yield Due(one.council.code, at)
