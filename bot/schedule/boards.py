"""What boards should show during the night, and which of them need an update."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from bot.cards.board import Phase, board_cards, board_message
from bot.cards.card import Card
from bot.cards.summary import is_settled
from bot.chat.connection import Connection
from bot.chat.services import Services, running
from bot.delivery.board_messages import BoardPosts, Showing, Tempo
from bot.delivery.boards import Board
from bot.delivery.checkpoints import Pass, unwatched
from bot.delivery.queues import SerialTasks
from bot.delivery.service import Alerts
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.jobs import Job
from bot.pictures.hexmap import map_picture
from bot.pictures.picture import Picture
from bot.schedule.summaries import SummaryJob
from bot.store.summaries import Edition
from bot.wording.night import NightView

log = logging.getLogger(__name__)

_CHECKS_EVERY = 5.0
"""Real seconds between two checks if nothing is committed, as councils become overdue."""
_REST = 0.5
"""The least real seconds between two checks, however much is committed."""
_CLOCK_TOLERANCE = timedelta(minutes=1)
_RENEWED_AFTER = timedelta(minutes=30)
"""After this simulated time without news during a night, a board's time is renewed."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a night's boards are made from; `posted`: the final summary was posted."""

    minute: datetime
    standings: Sequence[CouncilStanding]
    ballots: Sequence[BallotStanding]
    total: int
    posted: bool
    silent: tuple[str, ...]
    almanac: Almanac = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Content:
    """A board's cards without their time, and a hash of their content."""

    cards: tuple[Card, ...]
    told: str
    phase: Phase


class BoardJob:
    """Keeps every board up to date while `run` runs.

    A board says that its night is over when the final summary is due or posted; it still follows
    corrections after that.
    """

    def __init__(
        self,
        services: Services,
        alerts: Alerts,
        summary_job: SummaryJob,
        connection: Connection,
        *,
        tempo: Tempo | None = None,
        rests: float = _REST,
        passed: Pass = unwatched,
    ) -> None:
        self._services = services
        self._boards = running(services.boards)
        self._alerts = alerts
        self._summary_job = summary_job
        self._connection = connection
        self._tempo = tempo or Tempo()
        tick = partial(asyncio.sleep, _CHECKS_EVERY)
        self._job = Job("The boards could not be updated", self._check, tick, rest=rests)
        self._boards.on_commit(self._job.wake)
        self._serve: Callable[[int], None] = lambda _: None
        self._passed = passed
        self._settled: dict[date, tuple[_Facts, bool]] = {}
        self._written: dict[tuple[date, Lens], tuple[object, _Content]] = {}

    async def run(self) -> None:
        """Update boards until cancelled, beginning with what an earlier run left."""
        await self._connection.logged_in.wait()
        posts = BoardPosts(
            self._boards,
            self._alerts.sender(self._connection, self._passed),
            self.showing,
            self._services.picture_renderer,
            pace=self._alerts.boards_pace,
            tempo=self._tempo,
        )
        serial = SerialTasks(posts.serve)
        async with asyncio.TaskGroup() as tasks:
            self._serve = partial(serial.call, tasks=tasks)
            await self._job.run()

    async def _check(self) -> None:
        for number in await self.behind():
            self._serve(number)

    async def behind(self) -> list[int]:
        """Return the boards that need an update."""
        found = []
        for view in self._boards.views():
            night = date.fromisoformat(view["night"])
            lens = Lens(nation=view["nation"], region=view["region"])
            try:
                said = await self._content(night, lens, self._facts(night))
            except Exception:  # one bad card must not block the other boards
                log.exception("The boards of %s cannot be rendered; next try soon", night)
                continue
            found += self._boards.behind(view, said.told, self._dated_within(night, said.phase))
        return found

    async def showing(self, board: Board) -> Showing:
        """Return what a board should show now."""
        services, lens = self._services, board.lens
        facts = self._facts(board.night)
        said = await self._content(board.night, lens, facts)
        now = services.clock.now()

        def compose() -> Picture | None:
            return map_picture(NightView(facts.standings, facts.almanac, now, lens=lens))

        return Showing(
            board_message(
                said.cards,
                now,
                phase=said.phase,
                ended=not board.stands,
                reference=board.reference,
                feeds=services.heard,
                standings=lens.councils(facts.standings),
            ),
            said.told,
            compose if self._is_counting(board.night) else None,
            self._dated_within(board.night, said.phase),
        )

    def _facts(self, night: date) -> _Facts:
        services = self._services
        now = services.clock.now()
        return _Facts(
            minute=now.replace(second=0, microsecond=0),
            standings=services.reader.councils(night),
            ballots=services.reader.ballots(night),
            total=services.reader.told_total(night),
            posted=self._alerts.posted_summary(night, Edition.FINAL) is not None,
            silent=tuple(feed for feed, _ in services.heard.silent),
            almanac=services.almanac_of(night),
        )

    async def _content(self, night: date, lens: Lens, facts: _Facts) -> _Content:
        """Return the content of a night's board for a lens, computed off the event loop."""
        known, settled = self._settled.get(night, (None, False))
        if known != facts:
            settled = await asyncio.to_thread(
                is_settled, facts.standings, facts.almanac, facts.ballots
            )
            self._settled[night] = (facts, settled)
        # There is nothing to compare until everything has declared.
        reconciled = not settled or self._services.is_reconciled(night)
        phase = Phase.RUNNING
        if facts.posted or self._summary_job.is_over(night, facts.minute, settled=settled):
            phase = Phase.FINAL if settled and reconciled else Phase.OVER
        key = (facts, phase, reconciled)
        written = self._written.get((night, lens))
        if written is None or written[0] != key:
            said = await asyncio.to_thread(_rendered, facts, phase, lens, reconciled=reconciled)
            written = self._written[night, lens] = (key, said)
        return written[1]

    def _is_counting(self, night: date) -> bool:
        services = self._services
        return services.clock.now() >= services.almanac.night(night).polls_close

    def _dated_within(self, night: date, phase: Phase) -> tuple[datetime, datetime] | None:
        """Return the bounds of the time that a board may show; None for any time.

        A time in the future was written by a wrong clock.
        """
        if phase is not Phase.RUNNING or not self._is_counting(night):
            return None
        now = self._services.clock.now()
        return now - _RENEWED_AFTER, now + _CLOCK_TOLERANCE


def _rendered(facts: _Facts, phase: Phase, lens: Lens, *, reconciled: bool) -> _Content:
    cards = board_cards(
        NightView(facts.standings, facts.almanac, facts.minute, ballots=facts.ballots, lens=lens),
        phase=phase,
        reconciled=reconciled,
    )
    # A result that the text leaves out may still be in the picture.
    results = [
        (one.council.code, one.declared.after.holder, one.declared.outcome)
        for one in lens.councils(facts.standings)
        if one.declared is not None
    ]
    told = hashlib.sha256(repr((cards, results, facts.silent)).encode()).hexdigest()
    return _Content(cards, told, phase)
