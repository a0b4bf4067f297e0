"""discord.py's REST client, made to outlive the clients that use it.

discord.py gives each client one of its own and closes it with the client. Here one session with
its rate limits serves whoever is connected, so that posting goes on while a client ends.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordClientWebSocketResponse
from discord.http import HTTPClient, Route

from bot.delivery.discord_errors import meaning_of


class LastingHTTP(HTTPClient):
    """One HTTP session for all clients of the process."""

    def __init__(self) -> None:
        super().__init__(asyncio.get_running_loop())
        self.logged_in = asyncio.Event()
        """Set once Discord has taken the token."""
        self._own: Any = None

    @property
    def own_id(self) -> int | None:
        """The bot's number, None before Discord has told it."""
        return None if self._own is None else int(self._own["id"])

    async def static_login(self, token: str) -> Any:
        """Return the bot's account. Raises `LoginFailure` where Discord itself refuses the token.

        A 401 without Discord's JSON is a proxy's.
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
        """Stay open: a client that ends does not end the session of the others."""

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
