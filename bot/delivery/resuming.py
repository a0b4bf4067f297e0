"""Resuming: paused channels, people and boards are tried again when they may accept messages.

Channels and boards are checked when the gateway reports a change in their server, and rarely
otherwise. For a person, and for a refusal that is not about permissions, only sending can tell;
that is tried rarely, and only if something waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from bot.delivery.refusals import RefusalVerifier
from bot.delivery.subscriptions import Destination
from bot.jobs import Job
from bot.store import boards, pausing
from bot.store.boards import BoardPaused
from bot.store.writer import Transaction, Writer

log = logging.getLogger(__name__)

_EVERYWHERE = 0
"""Stands for all servers in place of an id."""


@dataclass(frozen=True, slots=True)
class ResumeDelays:
    """Real seconds until a check: `settles` after a change, as changes come in groups; without a
    change `first`, doubling to `longest`."""

    settles: float = 2.0
    first: float = 3_600.0
    longest: float = 86_400.0


@dataclass(frozen=True, slots=True)
class _Paused:
    """A paused place; `board` is the id of the paused board, 0 if alerts are paused.

    `by_trial`: only sending can show whether it accepts anything.
    """

    place: Destination
    board: int
    waits: bool
    by_trial: bool


@dataclass(slots=True)
class _Next:
    """When a paused place is checked next without a change, and the interval after that."""

    at: float
    wait: float


class Resumer:
    """Resumes paused places while `run` runs."""

    def __init__(self, writer: Writer, clock: Clock, delays: ResumeDelays | None = None) -> None:
        self._writer = writer
        self._clock = clock
        self._delays = delays or ResumeDelays()
        self._changed: dict[int, float] = {}
        self._wake: Callable[[], None] = lambda: None
        self._next: dict[tuple[int, int], _Next] = {}

    def look_at(self, guild: int | None) -> None:
        """Check soon what is paused in a *guild*, or in all: something has changed there."""
        if guild is not None and not pausing.has_paused(self._writer.reads, guild):
            return
        self._changed.setdefault(guild or _EVERYWHERE, _now() + self._delays.settles)
        self._wake()

    async def run(self, verifier: RefusalVerifier) -> None:
        """Check until cancelled."""
        step = partial(self._step, verifier)
        job = Job("Paused destinations could not be checked", step, self._until_due)
        self._wake = job.wake
        await job.run()

    async def _until_due(self) -> None:
        due = [*self._changed.values(), *(each.at for each in self._next.values())]
        await asyncio.sleep(min(due, default=_now() + self._delays.first) - _now())

    async def _step(self, verifier: RefusalVerifier) -> None:
        now = _now()
        changed = {guild for guild, at in self._changed.items() if at <= now}
        for guild in changed:
            del self._changed[guild]
        found = {(one.place.id, one.board): one for one in self._paused()}
        self._next = {key: at for key, at in self._next.items() if key in found}
        for key, one in found.items():
            first = self._delays.first
            due = self._next.setdefault(key, _Next(now + first, first))
            is_changed = bool(changed & {_EVERYWHERE, one.place.guild_id})
            if due.at > now and not (is_changed and not one.by_trial):
                continue
            if due.at <= now:
                due.wait = min(2 * due.wait, self._delays.longest)
                due.at = now + due.wait
            try:
                await self._try(verifier, one)
            except Exception:  # the others are still tried
                log.exception("The paused destination %d could not be checked", one.place.id)

    async def _try(self, verifier: RefusalVerifier, one: _Paused) -> None:
        place = one.place
        if one.by_trial and not one.waits:
            return
        if place.is_direct or await verifier.is_open(place):
            log.info("The bot may post in %d again and resumes there", place.id)
            if one.board:
                await self._resume_board(one.board, trial=one.by_trial)
            else:
                await self._resume(place, trial=one.by_trial)

    async def _resume(self, place: Destination, *, trial: bool) -> None:
        def work(tx: Transaction) -> None:
            pausing.resume(tx, place.id, self._clock.now(), trial=trial)

        await self._writer.transact(work)

    async def _resume_board(self, number: int, *, trial: bool) -> None:
        def work(tx: Transaction) -> None:
            row = boards.board(tx.db.conn, number)
            if row is not None and row["paused"] is not None:
                tx.append(BoardPaused(number, None, trial=trial), self._clock.now())

        await self._writer.transact(work)

    def _paused(self) -> Iterator[_Paused]:
        reads = self._writer.reads
        for row in pausing.paused_places(reads):
            place = Destination(row["id"], row["guild_id"])
            yield _Paused(place, 0, bool(row["waits"]), place.is_direct or bool(row["by_trial"]))
        for row in boards.paused_boards(reads):
            place = Destination(row["channel_id"], row["guild_id"])
            yield _Paused(place, row["id"], waits=True, by_trial=bool(row["by_trial"]))


def _now() -> float:
    return asyncio.get_running_loop().time()
