"""A made-up night as it is lived through: the bot on its feeds, the desk, and what was posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from bot.app import App, opened
from bot.clock import SteppedClock
from bot.election.almanac import Almanac
from bot.settings import Settings
from simulation.demo.servers import DemoServers, message_in_words
from simulation.discord import Channel, Sandbox


@asynccontextmanager
async def delivering(
    settings: Settings, almanac: Almanac, clock: SteppedClock, sandbox: Sandbox
) -> AsyncIterator[App]:
    """Run the bot, connected to the sandbox; its feeds are polled by `settled` alone."""
    async with opened(settings, almanac, clock, seed_backlog=True) as app:
        delivery = asyncio.create_task(app.deliver())
        try:
            await sandbox.wait_for(app.client.is_ready)
            yield app
        finally:
            delivery.cancel()
            await asyncio.gather(delivery, return_exceptions=True)


async def settled(app: App) -> None:
    """Poll, claim what follows, and deliver it all."""
    await app.poll_once()
    await app.notices.look()
    await app.alerts.drained()


async def introduce_parties(names: Iterable[str], sandbox: Sandbox, chat: DemoServers) -> None:
    """Have the desk say once that *names* which no table knows are parties of their own."""
    for name in names:
        options = {"name": name, "why": "registered this spring"}
        reply = await sandbox.slash(chat.editors[0], chat.desk_channel, "desk name", options)
        assert not reply.failure, reply.failure
        assert "A party of its own" in message_in_words(reply.message)
        done = await sandbox.press(chat.editors[0], reply.message, "desk-word:publish")
        assert not done.failure, done.failure


def embeds_of(channel: Channel) -> list[str]:
    """Return what each embed of a channel says, in order."""
    found = []
    for message in channel.messages:
        for embed in message.embeds:
            fields = (f"{one['name']}: {one['value']}" for one in embed.get("fields", ()))
            found.append("\n".join((embed.get("title", ""), embed.get("description", ""), *fields)))
    return found
