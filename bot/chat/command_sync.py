"""Registers the bot's commands with Discord at each start, and again later if that fails.

Until then people have the commands of the last start, and the bot serves them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.delivery.discord_errors import About, Meaning, meaning_of
from bot.delivery.traffic import Patience

log = logging.getLogger(__name__)

Tree = app_commands.CommandTree[Any]
WholeTree = Callable[[], Tree | None]
"""Returns the current client's commands, None if it has none yet or any more."""

_PATIENCE = Patience(first=60.0, longest=900.0)
"""Discord limits new commands by the day, and the bot may be invited to the desk's server any time.
"""


class CommandSync:
    """Which commands are still to be registered: all servers' and the desk's."""

    def __init__(
        self, desk_guild: int | None, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.ids: dict[str, int] = {}
        """Discord's ids of the commands, by name."""
        self._pause = pause
        desk = [] if desk_guild is None else [discord.Object(desk_guild)]
        self._left: list[discord.Object | None] = [None, *desk]
        self._tried = asyncio.Event()

    async def first(self, tree: WholeTree, within: float) -> None:
        """Register what is left, taking no longer than *within* seconds."""
        if not self._tried.is_set():
            try:
                async with asyncio.timeout(within):
                    await self._attempt(tree)
            except TimeoutError:
                log.warning("Discord takes its time over the commands: they are sent again later")
            self._tried.set()

    async def run(self, tree: WholeTree, logged_in: asyncio.Event) -> None:
        """Try again, after longer and longer waits, until Discord has all commands."""
        await self._tried.wait()
        delay = _PATIENCE.delay()
        while self._left:
            await self._pause(delay.next())
            await logged_in.wait()
            await self._attempt(tree)

    async def _attempt(self, tree: WholeTree) -> None:
        for guild in tuple(self._left):
            whole = tree()
            if whole is None:
                return  # an empty tree would remove all commands
            try:
                synced = await whole.sync(guild=guild)
                self.ids |= {command.name: command.id for command in synced}
            except discord.HTTPException as refusal:
                _say_refused(guild, meaning_of(refusal))
            except Exception as error:  # it must not keep the bot from connecting
                log.warning("Discord did not take the commands (%s): they are sent later", error)
            else:
                self._left.remove(guild)


def _say_refused(guild: discord.Object | None, answer: Meaning) -> None:
    if guild is not None and answer.about is About.DESTINATION:
        log.warning(
            "The desk's commands cannot be made: the bot is not in the server %d that "
            "ELECTION_NIGHT_DESK_GUILD names. Invite it there; it is tried again.",
            guild.id,
        )
    else:
        log.warning("Discord did not take the commands: they are sent later. %s", answer.sentence)
