"""A night in a process of its own, which kills itself as told.

Run again on the same file, it goes on with the night
where it was; the alerts have to find out by themselves what was done.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

import discord
from discord.http import Route
from pydantic import TypeAdapter

from bot.clock import SteppedClock
from bot.delivery.checkpoints import Checkpoint
from bot.delivery.debounce import FLAPPING_WITHIN
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Patience
from bot.election.alert_kinds import Topic
from bot.election.calm import Calm
from bot.store.threads import Grouping
from bot.store.writer import Writer
from tests.delivery.desk import ALMANAC, MANY, START, Desk, News, gain

NEW_IN_A_ROUND = 3
CORRECTED_IN_A_ROUND = 9
ROUNDS = len(MANY) // NEW_IN_A_ROUND
QUIET = Calm(quiet_from="22:05", quiet_until="00:00")
WINNERS = ("Lab", "LD", "Green")


@dataclass(frozen=True)
class Orders:
    """Where to work, for whom, and when to die.

    `channels` are (channel, guild or None, topic, value); those of a guild use `threads`, and one
    whose value is "forum" is one. Dies at the checkpoint `die_at` when it
    was passed `spared` times before, or `die_after` seconds from the start of the work, which goes
    on to the round `until` and waits there for its end.
    """

    database: str
    api: str
    token: str
    channels: tuple[tuple[int, int | None, Topic, str], ...]
    nonce_memory: float
    pace: float = 400.0
    seed: int = 0
    die_at: Checkpoint | None = None
    spared: int = 0
    die_after: float | None = None
    until: int = ROUNDS
    threads: Grouping | None = None
    quiet: bool = False
    """Whether every place is quiet until the night's last round."""

    def to_json(self) -> str:
        """Return the orders as the process takes them."""
        return TypeAdapter(dict).dump_json(asdict(self)).decode()


def die() -> None:
    """End as a power failure would."""
    os.kill(os.getpid(), signal.SIGKILL)


def rounds() -> Iterator[tuple[News, ...]]:
    """What is declared and corrected, commit by commit: in each a few for the first time."""
    said: list[str] = []
    turns = dict.fromkeys((council.code for council in MANY), 0)
    for number in range(ROUNDS):
        new = [c.code for c in MANY[number * NEW_IN_A_ROUND : (number + 1) * NEW_IN_A_ROUND]]
        news = []
        for code in (*said[-CORRECTED_IN_A_ROUND:], *new):
            news.append(gain(code, "Con", WINNERS[turns[code] % len(WINNERS)]))
            turns[code] += 1
        said += new
        yield tuple(news)


async def go_on(orders: Orders) -> None:
    """Work through what is left of the night."""
    Route.BASE = orders.api
    clock = SteppedClock(START)
    spared = orders.spared
    fate = random.Random(orders.seed)

    def passed(checkpoint: Checkpoint) -> None:
        nonlocal spared
        if checkpoint is orders.die_at:
            if spared == 0:
                die()
            spared -= 1

    async with (
        Writer(Path(orders.database)) as writer,
        discord.Client(intents=discord.Intents(guilds=True)) as client,
    ):
        await client.login(orders.token)
        subscriptions, desk = Subscriptions(writer, clock), Desk(writer, clock)
        for channel, guild, topic, value in orders.channels:
            is_forum = value == "forum"
            place = Destination(channel, guild, is_forum=is_forum)
            await subscriptions.add(place, topic, "" if is_forum else value, by=1)
            if guild is not None and not is_forum and orders.threads is not None:
                await subscriptions.choose_threads(place, orders.threads)
            if orders.quiet:
                await subscriptions.set_calm(place, QUIET)
        memory = timedelta(seconds=orders.nonce_memory)
        patience = Patience(0.01, 0.05, memory, settles=0.05)
        alerts = Alerts(writer, ALMANAC, clock, pace=orders.pace, patience=patience, passed=passed)
        work = asyncio.create_task(alerts.run(client))
        if orders.die_after is not None:
            threading.Timer(orders.die_after, die).start()
        (made,) = (await writer.transact(lambda tx: tx.rows("SELECT COUNT(*) FROM claims")))[0]
        for news in islice(rounds(), orders.until):
            await clock.move_to(clock.now() + FLAPPING_WITHIN)
            if made > 0:
                made -= len(news)
                continue
            await desk.says(*news)
            if orders.die_after is None or fate.random() < 0.7:
                await alerts.drained()
        await alerts.drained()
        if orders.die_after is not None:
            await asyncio.Event().wait()
        work.cancel()


def work(orders: str) -> None:
    """Do as the orders say, in a process of its own."""
    asyncio.run(go_on(TypeAdapter(Orders).validate_json(orders)))
