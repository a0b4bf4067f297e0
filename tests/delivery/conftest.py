"""A store, a desk that makes claims, and alerts that run against the sandbox."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery.expansion import expand, expand_debounced
from bot.delivery.rest import Online
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Patience
from bot.election.alert_kinds import Topic
from bot.election.almanac import Almanac
from bot.store.codec import Row
from bot.store.writer import Transaction, Writer
from simulation.discord import Channel, Guild, Message, Sandbox
from tests.delivery.desk import ALMANAC, START, Desk, News
from tests.support.sandbox import pointed_at

FAST = 2_000.0
"""Requests a second, where the pace is not what is tested."""
IMPATIENT = Patience(first=0.01, longest=0.05)

AlertsWith = Callable[..., AbstractAsyncContextManager[Alerts]]
Follow = Callable[..., Awaitable[None]]
Tell = Callable[..., Awaitable[None]]


@pytest.fixture
def quietly(caplog: pytest.LogCaptureFixture) -> None:
    """Keep the log empty of the faults that a module is about."""
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START)


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    async with Writer(tmp_path / "night.sqlite") as writer:
        yield writer


@pytest.fixture
def desk(writer: Writer, clock: SteppedClock) -> Desk:
    return Desk(writer, clock)


@pytest.fixture
def subscriptions(writer: Writer, clock: SteppedClock) -> Subscriptions:
    return Subscriptions(writer, clock)


class Store:
    """Looks into the tables, and expands without a courier."""

    def __init__(self, writer: Writer, clock: SteppedClock) -> None:
        self._writer = writer
        self._clock = clock

    async def rows(self, sql: str, *parameters: Any) -> list[Row]:
        return await self._writer.transact(lambda tx: tx.rows(sql, parameters))

    async def expand(self) -> int:
        """Expand all that is committed; return the number of batches."""

        def work(tx: Transaction) -> bool:
            now = self._clock.now()
            batches = [step(tx, ALMANAC, now) for step in (expand, expand_debounced)]
            return all(batch.finished for batch in batches)

        batches = 1
        while not await self._writer.transact(work):
            batches += 1
        return batches

    async def told(self) -> list[tuple[int, str, str, int, str]]:
        """Return destination, kind, council, version and state of every delivery."""
        rows = await self.rows(
            "SELECT destination, kind, council, version, state FROM deliveries ORDER BY id"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def store(writer: Writer, clock: SteppedClock) -> Store:
    return Store(writer, clock)


@asynccontextmanager
async def logged_in(sandbox: Sandbox) -> AsyncIterator[discord.Client]:
    """A discord.py client that can use REST; it has no gateway connection."""
    with pointed_at(sandbox):
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            await client.login(sandbox.token)
            yield client


@asynccontextmanager
async def at_work(alerts: Alerts, client: Online) -> AsyncIterator[Alerts]:
    """Let alerts run inside; what they raise is raised."""
    task = asyncio.create_task(alerts.run(client))
    try:
        yield alerts
        if task.done():
            task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[discord.Client]:
    async with logged_in(sandbox) as client:
        yield client


@pytest.fixture
def alerts_with(writer: Writer, clock: SteppedClock, client: discord.Client) -> AlertsWith:
    """Alerts at work inside, as `alerts` are but for what is given."""

    @asynccontextmanager
    async def alerts_with(*, almanac: Almanac = ALMANAC, **given: Any) -> AsyncIterator[Alerts]:
        options: dict[str, Any] = {"pace": FAST, "patience": IMPATIENT, **given}
        async with at_work(Alerts(writer, almanac, clock, **options), client) as alerts:
            yield alerts

    return alerts_with


@pytest.fixture
async def alerts(alerts_with: AlertsWith) -> AsyncIterator[Alerts]:
    """Alerts at work, at a pace that tests can wait for."""
    async with alerts_with() as alerts:
        yield alerts


@pytest.fixture
def tell(alerts: Alerts, desk: Desk) -> Tell:
    """Say news, all in one commit, and wait until nothing is left to deliver."""

    async def tell(*news: News, **how: bool) -> None:
        await desk.says(*news, **how)
        await alerts.drained()

    return tell


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    return sandbox.add_guild("Newsroom")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel("results")


@pytest.fixture
def follow(subscriptions: Subscriptions) -> Follow:
    """Let all news be told in channels from now on."""

    async def follow(*channels: Channel) -> None:
        for channel in channels:
            await subscriptions.add(place(channel), Topic.ALL, by=1)

    return follow


@pytest.fixture
async def followed(channel: Channel, follow: Follow) -> Channel:
    """A channel in which all news is told."""
    await follow(channel)
    return channel


def place(channel: Channel) -> Destination:
    """The destination that a channel is."""
    assert channel.guild is not None
    return Destination(channel.id, channel.guild.id)


def titles(channel: Channel) -> list[list[str]]:
    """The titles of a channel's embeds, message by message."""
    return [[embed["title"] for embed in message.embeds] for message in channel.messages]


def all_titles(channel: Channel) -> list[str]:
    """The titles of a channel's embeds."""
    return [title for message in titles(channel) for title in message]


def references(message: Message) -> list[str]:
    """The references in a message's footers."""
    return [embed["footer"]["text"].split(" · ")[-1] for embed in message.embeds]


def roles_of(row: Row) -> list[int]:
    """The roles that a delivery pings."""
    return list(json.loads(row["roles"]))
