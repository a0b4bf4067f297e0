"""Changes to what discord.py 2.7.1 does, which a bot that runs unattended needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordClientWebSocketResponse
from discord.http import HTTPClient, Route

from bot.delivery.discord_errors import meaning_of

log = logging.getLogger(__name__)

_MOST_TRACEBACKS = 20
"""Tracebacks logged for each kind of event; further ones are logged in a line."""

EXTERNAL_FAULTS = (aiohttp.ClientError, OSError, discord.DiscordException)
"""Faults of Discord or the network: one line in the log is enough."""

Parse = Callable[[Any], Any]


class OneLineErrors(logging.Filter):
    """Shortens discord.py's log of a failed connection, a traceback each time, to a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove the traceback of a network failure."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, EXTERNAL_FAULTS):
            record.msg, record.args = f"{record.getMessage()} ({error})", ()
            record.exc_info = None
        return True


def drop_unreadable_events(parsers: dict[str, Parse]) -> None:
    """Let a client drop an event that one of its *parsers*, by event name, cannot read.

    `Shard.worker` of discord.py ends the whole client over one missing field.
    """
    for name, parse in parsers.items():
        parsers[name] = _tolerant(name, parse)


def _tolerant(name: str, parse: Parse) -> Parse:
    seen: set[str] = set()

    def read(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:
            new = len(seen) < _MOST_TRACEBACKS and repr(error) not in seen
            seen.add(repr(error) if new else "")
            log.warning(
                "Discord's event %s cannot be read (%r): it is dropped",
                name,
                error,
                exc_info=error if new else None,
            )
            if name == "READY" and isinstance(data, dict) and data.get("guilds"):
                # Each server has its own event too: the session can begin without the list.
                read({**data, "guilds": []})

    return read


class SharedHTTP(HTTPClient):
    """One HTTP session, with its rate limits, for all clients of the process.

    discord.py gives each client its own and closes it with the client; messages are to be sent
    while a client is replaced.
    """

    def __init__(self) -> None:
        super().__init__(asyncio.get_running_loop())
        self.logged_in = asyncio.Event()
        """Set once Discord has taken the token."""
        self._own: Any = None

    @property
    def own_id(self) -> int | None:
        """The bot's user id, None before the login."""
        return None if self._own is None else int(self._own["id"])

    async def static_login(self, token: str) -> Any:
        """Return the bot's account. Raises `LoginFailure` if Discord itself refuses the token.

        A 401 without Discord's JSON comes from a proxy.
        """
        if self._session is None:
            self._open()
        self.token = token
        try:
            own = await self.request(Route("GET", "/users/@me"))
        except discord.HTTPException as error:
            answer = meaning_of(error)
            if error.status == 401 and answer.code is not None:
                raise discord.LoginFailure(answer.sentence) from error
            raise
        if not isinstance(own, dict) or "id" not in own:
            raise aiohttp.ClientError("what came is no account")
        self._own = own
        self.logged_in.set()
        return own

    async def close(self) -> None:
        """Do nothing: the session outlives the client."""

    async def shut(self) -> None:
        """Close the session for good."""
        await super().close()

    @property
    def _session(self) -> aiohttp.ClientSession | None:
        session = vars(self)["_HTTPClient__session"]
        return session or None

    def _open(self) -> None:
        self.connector = aiohttp.TCPConnector(limit=0)
        vars(self)["_HTTPClient__session"] = aiohttp.ClientSession(
            connector=self.connector,
            ws_response_class=DiscordClientWebSocketResponse,
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=None if self.http_trace is None else [self.http_trace],
        )
        self._global_over = asyncio.Event()
        self._global_over.set()
