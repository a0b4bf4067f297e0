"""The bot's connection to Discord: one client after another, and what outlives each of them.

REST is logged in separately from the gateway, so that messages are sent even while no session can
begin. Only what a person has to put right ends the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.client import ElectionNight, load_cogs
from bot.chat.command_sync import CommandSync, Tree
from bot.chat.discord_patches import EXTERNAL_FAULTS, SharedHTTP
from bot.chat.services import Services
from bot.chat.sessions import Allowance, SessionStarts
from bot.delivery.discord_errors import TABLE, meaning_of
from bot.delivery.traffic import Patience
from bot.errors import OperatorError
from bot.jobs import RetryDelay

log = logging.getLogger(__name__)

_REFUSED = {
    4004: TABLE[50014].sentence,
    4012: "Discord no longer speaks this version of its gateway: update discord.py.",
    4013: "Discord does not know the intents that were asked for: update discord.py.",
    4014: "Discord refuses an intent that the bot did not ask for itself: the bot needs "
    "no privileged intent; start this version unchanged.",
}
"""What only a person can put right, by the gateway's close code."""

_LOGS_IN_WITHIN = 60.0
_SYNCS_WITHIN = 30.0
"""Seconds that registering the commands may delay connecting."""
_TELLS_WITHIN = 15.0
"""Seconds to wait for Discord's session limit; without it only our own spacing applies."""
_SESSIONS_BEGIN_WITHIN = 60.0
"""Seconds between two looks for sessions that do not begin; the second look restarts the client."""
_CLOSES_WITHIN = 5.0
_LASTS = 600.0
"""A client that lasted this many seconds was healthy: the next one starts without a wait."""

Pause = Callable[[float], Awaitable[None]]


class Where(NamedTuple):
    """How many shards Discord recommends, and the address of the gateway."""

    shards: int
    url: yarl.URL


class ClientStopped(OperatorError):  # noqa: N818 - an end, not an error of the program
    """The connection cannot go on by itself; the text says why, and what to do."""


class Connection:
    """Keeps the bot connected while `run` runs; `client` is the current client."""

    def __init__(
        self,
        services: Services,
        *,
        pause: Pause = asyncio.sleep,
        starts: SessionStarts | None = None,
    ) -> None:
        self.services = services
        self.http = SharedHTTP()
        self.logged_in = self.http.logged_in
        """Set once REST calls can be made."""
        self._pause = pause
        self._patience = Patience()
        self._starts = starts or SessionStarts()
        self._sync = CommandSync(services.settings.desk_guild, pause)
        self.client = ElectionNight(services, self)

    # What sending messages needs, whichever client there is.

    @property
    def user(self) -> discord.abc.Snowflake | None:
        """The bot's account, None before it is logged in."""
        own = self.http.own_id
        return None if own is None else discord.Object(own)

    def get_channel(self, number: int, /) -> Any:
        """Return a channel from the gateway's cache, None if it is not there."""
        return self.client.get_channel(number)

    def get_guild(self, number: int, /) -> discord.Guild | None:
        """Return a server from the gateway's cache, None if it is not there."""
        return self.client.get_guild(number)

    def is_ready(self) -> bool:
        """Whether the current client has received its servers from the gateway."""
        # discord.py leaves a closed client marked as ready.
        return self.client.is_ready() and not self.client.is_closed()

    # What clients share.

    @property
    def command_ids(self) -> dict[str, int]:
        """Discord's ids of the commands, by name."""
        return self._sync.ids

    def _commands(self) -> Tree | None:
        return self.client.tree if self.client.has_commands else None

    async def where(self) -> Where:
        """Return the gateway's address, trying until Discord gives it."""
        delay = self._patience.delay()
        while True:
            try:
                where, _ = await self._ask_where()
            except Exception as error:
                await self._wait_after("ask for the gateway", error, delay)
            else:
                return where

    async def begin_session(self, shard: int) -> None:
        """Wait for the turn to begin a session."""
        await self._starts.turn(shard, self._allowance)

    async def resume_session(self, shard: int) -> None:
        """Wait for the turn to resume one."""
        await self._starts.resume(shard)

    async def _allowance(self) -> Allowance | None:
        try:
            async with asyncio.timeout(_TELLS_WITHIN):  # REST may be down, and the gateway up
                _, allowance = await self._ask_where()
        except Exception as error:
            log.warning("Discord does not say how many sessions may begin (%s)", _in_words(error))
            return None
        return allowance

    async def _ask_where(self) -> tuple[Where, Allowance]:
        """Ask for the gateway and the session limit. Raises whatever fails."""
        told = await self.http.request(Route("GET", "/gateway/bot"))
        where = Where(int(told["shards"]), yarl.URL(told["url"]))
        if where.shards < 1:
            raise ValueError("no shard is to be begun")
        return where, Allowance.told(told["session_start_limit"])

    # One client after another.

    async def run(self, token: str) -> None:
        """Keep the bot connected until cancelled.

        A client that ends, for whatever reason, is replaced by a new one, so that what breaks
        discord.py (https://github.com/Rapptz/discord.py/issues/10520) does not end the bot. Raises
        `ClientStopped` where only a person can help.
        """
        use_discord_api(self.services.settings.discord_api)
        loop, delay = asyncio.get_running_loop(), self._patience.delay()
        syncing = loop.create_task(self._sync.run(self._commands, self.logged_in))
        try:
            while True:
                began = loop.time()
                try:
                    await self._live(token)
                except ClientStopped:
                    raise
                except Exception as error:
                    log.error(
                        "The client for Discord ended (%s): a new one is made",
                        _in_words(error),
                        # Faults of Discord and the network need no traceback.
                        exc_info=None if isinstance(error, EXTERNAL_FAULTS) else error,
                    )
                else:
                    log.warning("The client for Discord ended: a new one is made")
                if loop.time() - began > _LASTS:
                    delay.reset()
                await self._pause(delay.next())
                self.client = ElectionNight(self.services, self)
        finally:
            syncing.cancel()
            await self.http.shut()

    async def restart(self) -> None:
        """End the current client; a new one replaces it."""
        await _closed(self.client)

    async def ready(self) -> None:
        """Wait until the current client, whichever it is by then, is ready."""
        while not self.is_ready():  # noqa: ASYNC110 - of one client after another
            await asyncio.sleep(0.05)

    async def _live(self, token: str) -> None:
        """Log in and stay connected until the client ends; close it then."""
        client = self.client
        await _with_cogs(client)
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._log_in(client, token)
            await self._sync.first(self._commands, _SYNCS_WITHIN)
            connecting = asyncio.create_task(self._connect(client))
            tasks = [connecting, asyncio.create_task(_never_begins(client))]
            # Not awaited directly: discord.py swallows a cancellation.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                connecting.result()
        except discord.LoginFailure as refusal:
            raise ClientStopped(str(refusal)) from None
        except discord.PrivilegedIntentsRequired:
            raise ClientStopped(_REFUSED[4014]) from None
        except discord.ConnectionClosed as closed:
            if closed.code in _REFUSED:
                raise ClientStopped(_REFUSED[closed.code]) from None
            raise
        finally:
            await _closed(client)
            for task in tasks:
                task.cancel()
                task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _log_in(self, client: ElectionNight, token: str) -> None:
        """Log in, trying again until Discord answers. Raises `LoginFailure`."""
        delay = self._patience.delay()
        while True:
            try:
                async with asyncio.timeout(_LOGS_IN_WITHIN):
                    return await client.login(token)
            except discord.LoginFailure:
                raise
            except Exception as error:
                await self._wait_after("log in", error, delay)

    async def _connect(self, client: ElectionNight) -> None:
        """Connect, trying again while no session could begin."""
        delay = self._patience.delay()
        while True:
            try:
                return await client.connect()
            except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired):
                raise
            except Exception as error:
                if client.is_closed() or client.shards:
                    raise
                await self._wait_after("connect", error, delay)

    async def _wait_after(self, what: str, error: Exception, delay: RetryDelay) -> None:
        wait = max(delay.next(), _told(error))
        log.warning(
            "Cannot %s (%s): next attempt in about %.0f s",
            what,
            _in_words(error),
            wait,
        )
        await self._pause(wait)


def use_discord_api(base: str | None) -> None:
    """Send all REST calls of this process to another *base* than Discord's own, if one is given.

    The gateway is the one that `/gateway/bot` names there.
    """
    if base:
        Route.BASE = base.rstrip("/")


async def _with_cogs(client: ElectionNight) -> None:
    """Load a client's commands. Raises `ClientStopped`, as any client would fail alike."""
    try:
        await load_cogs(client)
    except Exception as error:
        log.exception("The commands cannot be loaded")
        raise ClientStopped(
            f"The bot's commands cannot be loaded ({error}): install this version again."
        ) from error


async def _never_begins(client: ElectionNight) -> None:
    """Return once Discord has left a session that was asked for unbegun for too long."""
    waited: set[DiscordWebSocket] = set()
    while True:
        await asyncio.sleep(_SESSIONS_BEGIN_WITHIN)
        waiting = {one for one in client.sockets if one.open and one.session_id is None}
        if waited & waiting:
            log.warning("Discord does not begin the session that was asked for")
            return
        waited = waiting


async def _closed(client: ElectionNight) -> None:
    """Close a client, without waiting long for Discord."""
    closing = asyncio.ensure_future(client.close())
    await asyncio.wait({closing}, timeout=_CLOSES_WITHIN)
    if not closing.done():
        log.warning("Discord does not close the connection: it is left as it is")
        closing.cancel()
    with contextlib.suppress(Exception, asyncio.CancelledError):
        # discord.py fails to close a client that was never logged in.
        await asyncio.wait_for(closing, 0)


def _told(error: Exception) -> float:
    """Return how many seconds Discord, or a proxy, tells us to wait, else 0."""
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    return meaning_of(error).after if isinstance(error, discord.HTTPException) else 0.0


def _in_words(error: Exception) -> str:
    """Return an error in one line; a proxy's page is not quoted."""
    if isinstance(error, discord.HTTPException):
        answer = meaning_of(error)
        is_a_proxy = error.status == 401 and answer.code is None
        return (
            f"{error.status}: {'it is not Discord that says so' if is_a_proxy else answer.sentence}"
        )
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
