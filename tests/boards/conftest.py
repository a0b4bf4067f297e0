"""The bot in a sandbox with its boards, which are edited as fast as a test can wait for."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.board_messages import Tempo
from bot.delivery.boards import Board, Boards
from bot.schedule.boards import BoardJob
from bot.schedule.summaries import SummaryJob
from bot.store.rebuild import rebuild
from simulation.discord import Channel, Exchange, Message, Permission, Sandbox
from tests.cogs.chat import Chat
from tests.support.small_night import document, fetch

FAST = Tempo(young=0.05, old=0.05, faulty=0.05)


class Boarded(Chat):
    """The chat with its boards at work. The bot may pin in the server."""

    tempo = FAST

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        super().__init__(sandbox, path)
        self.channel.set_permissions(sandbox.bot, allow=Permission.PIN_MESSAGES)

    async def start(self) -> None:
        """Start the bot and let it keep its boards."""
        await super().start()
        services = self.house.services
        assert services.alerts is not None
        self.summary_job = SummaryJob(services, services.alerts)
        self.watch = BoardJob(
            services,
            services.alerts,
            self.summary_job,
            self.connection,
            tempo=self.tempo,
            rests=0.01,
        )
        watching = asyncio.create_task(self.watch.run())
        assert self._running is not None
        self._running.push_async_callback(asyncio.wait, [watching])
        self._running.callback(watching.cancel)

    @property
    def boards(self) -> Boards:
        boards = self.house.services.boards
        assert boards is not None
        return boards

    def board(self, channel: Channel | None = None) -> Board:
        found = self.boards.within((channel or self.channel).id)
        assert found is not None
        return found

    async def settled(self, channel: Channel | None = None) -> Message:
        """Wait until a channel's board shows what there is to show; return its one message."""
        async with asyncio.timeout(10):
            while self.board(channel).told is None or await self.watch.behind():
                await asyncio.sleep(0.01)
        (message,) = (channel or self.channel).messages
        assert message.id == self.board(channel).message
        return message

    async def declares(self, *results: Any) -> None:
        """Let results come in, as one fetch."""
        now = self.house.services.clock.now()
        await self.house.ingest.file(fetch(*(document(each, at=now) for each in results)))

    def edits(self, channel: Channel | None = None) -> list[Exchange]:
        """Return the edits that were asked of a channel's messages."""
        place = f"/channels/{(channel or self.channel).id}/"
        return [r for r in self.sandbox.requests if r.method == "PATCH" and place in r.path]

    def check_rebuilt(self) -> None:
        """Every table follows from the journal."""
        assert rebuild(self.path).differences == ()


@pytest.fixture
async def chat(
    sandbox: Sandbox,
    night_file: Path,
    tmp_path: Path,
) -> AsyncIterator[Boarded]:
    chat = Boarded(sandbox, Path(shutil.copy(night_file, tmp_path / "night.sqlite")))
    await chat.start()
    try:
        yield chat
    finally:
        with contextlib.suppress(RuntimeError):
            await chat.stop()
    chat.check_rebuilt()
