"""A small newsroom in the sandbox, and a discord.py bot that follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import discord
import pytest
from discord.ext import commands

from simulation.discord import Channel, Guild, Sandbox, User
from tests.support.sandbox import running


@dataclass
class Newsroom:
    """A guild with a channel and a reader in it."""

    guild: Guild
    channel: Channel
    reader: User


class QuickBot(commands.AutoShardedBot):
    """A bot that does not wait where Discord would make it wait."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("intents", discord.Intents(guilds=True))
        super().__init__("!", guild_ready_timeout=0.01, **options)
        self.seen: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once."""

    async def setup_hook(self) -> None:
        """Register the commands."""
        await self.tree.sync()

    async def on_socket_event_type(self, name: str) -> None:
        """Note the gateway's events."""
        self.seen.append(name)


def settle(sandbox: Sandbox) -> Newsroom:
    """Build the newsroom."""
    guild = sandbox.add_guild("Newsroom")
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    return Newsroom(guild, guild.add_channel("results"), reader)


@pytest.fixture
def newsroom(sandbox: Sandbox) -> Newsroom:
    """A guild with the bot, a channel and a reader."""
    return settle(sandbox)


@pytest.fixture
def bot(sandbox: Sandbox, newsroom: Newsroom) -> QuickBot:
    """A discord.py bot that is not started yet: give it commands, then use `started`."""
    return QuickBot()


@pytest.fixture
async def online(sandbox: Sandbox, newsroom: Newsroom) -> AsyncIterator[QuickBot]:
    """A discord.py bot without commands, online, with every exchange checked."""
    bot = QuickBot()
    async with running(bot, sandbox):
        yield bot
