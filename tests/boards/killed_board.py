"""The process that `test_kills` kills: a board of a night in which one result comes in."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from pydantic import TypeAdapter

from bot.chat.connection import use_discord_api
from bot.delivery.checkpoints import Checkpoint
from bot.delivery.service import Alerts
from bot.delivery.traffic import Patience
from bot.election.stories import WHOLE_NIGHT
from bot.schedule.boards import BoardJob
from bot.schedule.summaries import SummaryJob
from tests.boards.conftest import FAST
from tests.boards.results import SUNDERLAND
from tests.cogs.chat import open_house
from tests.election.build import NIGHT
from tests.support.connections import quick_connection
from tests.support.small_night import document, fetch
from tests.support.tables import shipped


@dataclass(frozen=True)
class Orders:
    """Where to work, and at which moment to die; None: at the end of the work, alive."""

    database: str
    api: str
    token: str
    channel: int
    guild: int
    nonce_memory: float
    die_at: Checkpoint | None = None

    def to_json(self) -> str:
        """Return the orders as the process takes them."""
        return TypeAdapter(dict).dump_json(asdict(self)).decode()


async def go_on(orders: Orders) -> None:
    """Put up the board unless it is, let the result come in, and wait until it is shown."""

    def passed(checkpoint: Checkpoint) -> None:
        if checkpoint is orders.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_house(Path(orders.database)) as house:
        patience = Patience(0.01, 0.05, timedelta(seconds=orders.nonce_memory))
        services = house.services
        alerts = Alerts(house.writer, services.almanac, services.clock, patience=patience)
        services = replace(services, alerts=alerts)
        boards = services.boards
        assert boards is not None
        use_discord_api(orders.api)
        connection = quick_connection(services)
        online = asyncio.create_task(connection.run(orders.token))
        summary_job = SummaryJob(services, alerts)
        watch = BoardJob(services, alerts, summary_job, connection, tempo=FAST, passed=passed)
        if boards.within(orders.channel) is None:
            await boards.put(orders.channel, orders.guild, NIGHT, WHOLE_NIGHT, by=1)
        watching = asyncio.create_task(watch.run())
        while not (board := boards.within(orders.channel)) or board.told is None:
            await asyncio.sleep(0.01)
        now = services.clock.now()
        await house.ingest.file(fetch(document(SUNDERLAND, at=now)))
        while await watch.behind():
            await asyncio.sleep(0.01)
        watching.cancel()
        online.cancel()


shipped()  # loaded once, before processes are forked off


def work(orders: str) -> None:
    """Do as the orders say, in a process of its own."""
    asyncio.run(go_on(TypeAdapter(Orders).validate_json(orders)))
