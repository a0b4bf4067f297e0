"""The sandbox for tests, and discord.py pointed at it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat import auto_defer
from simulation.discord import Limits, Sandbox
from tests.support.openapi import ExchangeChecker


@contextmanager
def pointed_at(sandbox: Sandbox) -> Iterator[None]:
    """Let every discord.py client made inside talk to the sandbox."""
    api, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = sandbox.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api, gateway


@asynccontextmanager
async def running(client: discord.Client, sandbox: Sandbox) -> AsyncIterator[None]:
    """Run a discord.py client against the sandbox, ready inside, closed afterwards.

    Whatever ends the client early is raised. Give it `guild_ready_timeout=0.01`: the default
    lets it wait two seconds for guilds.
    """
    with pointed_at(sandbox):
        task = asyncio.create_task(client.start(sandbox.token))
        try:
            await sandbox.wait_for(lambda: client.is_ready() or task.done())
            if task.done():
                task.result()
            yield
        finally:
            await client.close()
            await asyncio.gather(task, return_exceptions=True)


def _openapi() -> Path | None:
    path = os.environ.get("DISCORD_OPENAPI")
    return Path(path) if path else None


@asynccontextmanager
async def checked(sandbox: Sandbox) -> AsyncIterator[ExchangeChecker | None]:
    """Check every exchange inside against Discord's schema, if there is a file of it."""
    path = _openapi()
    if path is None:
        yield None
        return
    checker = ExchangeChecker(path)
    stop = sandbox.on_exchange(checker)
    yield checker
    stop()
    assert not checker.violations, "\n".join(checker.violations)


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """A Discord without rate limits, whose exchanges are checked where the schema is at hand.

    It waits long for answers, and the bot asks for more time late: a loaded machine fails no test.
    """
    monkeypatch.setattr(auto_defer, "DEFERS_AFTER", 25.0)
    async with Sandbox(limits=Limits.none(), deadline=30.0) as sandbox, checked(sandbox):
        yield sandbox


@pytest.fixture
def openapi_checked_sandbox(sandbox: Sandbox) -> Sandbox:
    """The sandbox for a test that says nothing without Discord's schema."""
    if _openapi() is None:
        pytest.skip("DISCORD_OPENAPI does not name Discord's OpenAPI file")
    return sandbox
