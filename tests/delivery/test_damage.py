"""A file that is damaged while the bot runs ends it; a full disk only makes it wait."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing, suppress
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import Topic
from bot.jobs import RetryDelay, until_done
from bot.schedule.damage import DamageJob
from bot.store.errors import DamagedError, StoreError
from bot.store.integrity import IntegrityMonitor
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Guild
from tests.delivery.conftest import FAST, IMPATIENT, all_titles, place
from tests.delivery.desk import ALMANAC, MANY, Desk, gain
from tests.store.test_integrity import leaf_of_journal


@pytest.fixture(autouse=True)
def quietly(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)


def connected(client: discord.Client) -> Any:
    """What a watch asks of a connection."""
    logged_in = asyncio.Event()
    logged_in.set()
    return SimpleNamespace(logged_in=logged_in, http=client.http)


def checkpoint(writer: Writer) -> None:
    """Let the pages stand in the file and none in the log."""
    with closing(sqlite3.connect(writer.path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("reachable", [True, False])
async def test_the_desk_is_told_once_if_it_can_be_and_nothing_more_is_posted(
    reachable: bool,
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    writer: Writer,
    client: discord.Client,
    guild: Guild,
    channel: Channel,
) -> None:
    room = guild.add_channel("desk")
    number = room.id if reachable else 404
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    for council in MANY:
        await desk.says(gain(council.code))
    await alerts.drained()
    posted = len(channel.messages)
    await writer.transact(lambda tx: tx.rows("SELECT 1"))
    checkpoint(writer)
    leaf_of_journal(writer.path)
    watch = DamageJob(IntegrityMonitor(writer.path, every=0.01), alerts, connected(client), number)
    with pytest.raises(DamagedError):
        await asyncio.wait_for(watch.run(), 10)
    assert [message.content[:30] for message in room.messages] == [
        "The bot's database is damaged."
    ] * reachable
    with suppress(StoreError, sqlite3.Error):
        await desk.says(gain("WND"))
    await asyncio.sleep(0.1)
    assert len(channel.messages) == posted


async def test_on_a_full_disk_nothing_is_lost_and_nothing_repeated(
    writer: Writer,
    clock: SteppedClock,
    desk: Desk,
    subscriptions: Subscriptions,
    client: discord.Client,
    channel: Channel,
) -> None:
    """What was sent and could not be written down is found, not sent again."""
    alerts = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)

    async def most_pages(pages: int) -> None:
        # Of the connection, not of a transaction: as a disk has room or has not.
        await writer.transact(lambda tx: tx.rows(f"PRAGMA max_page_count = {pages}"))

    await subscriptions.add(place(channel), Topic.ALL, by=1)
    ((pages,),) = await writer.transact(lambda tx: tx.rows("PRAGMA page_count"))
    delivering = asyncio.create_task(
        until_done("Delivery broke off", lambda: alerts.run(client), delay=RetryDelay(0.05, 0.05))
    )
    told: list[str] = []
    for extra in range(3):
        await most_pages(pages + extra)
        with suppress(StoreError, sqlite3.Error):
            for council in MANY[len(told) :]:
                await desk.says(gain(council.code))
                told.append(f"Labour gain {council.name} from Conservatives")
        await asyncio.sleep(0.3)
    assert len(told) < len(MANY)
    await most_pages(1 << 30)
    await asyncio.wait_for(alerts.drained(), 20)
    assert all_titles(channel) == told
    assert (await alerts.counts()).sent == len(told)
    delivering.cancel()
    assert rebuild(writer.path).differences == ()
