"""Keeps a bot's client on Discord: when one has ended, another one takes its place."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.app import App
from bot.chat.client import ElectionNight

log = logging.getLogger(__name__)

_AGAIN_AFTER = 1.0
"""Seconds of the wall between two clients: long enough to be seen, and no endless loop."""
_LOOKS_EVERY = 0.1


class Kept:
    """A bot whose client is started again, for whatever reason it ended.

    What was under way is in the store, and is taken up by the next one.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def client(self) -> ElectionNight:
        """The client that there is now."""
        return self._app.client

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the bot connected inside; it is when this is entered."""
        keeping = asyncio.create_task(self._keep())
        try:
            while not self._app.client.is_ready():  # noqa: ASYNC110 - of one client after another
                await asyncio.sleep(_LOOKS_EVERY)
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def restart(self) -> None:
        """End the client that there is."""
        await self._app.client.close()

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    delivering = tasks.create_task(self._app.deliver())
                    while not self._app.client.is_closed():  # noqa: ASYNC110 - it has no event
                        await asyncio.sleep(_LOOKS_EVERY)
                    delivering.cancel()
            except* Exception as failures:
                log.error("The bot's client failed: %s", failures.exceptions[0])
            await asyncio.sleep(_AGAIN_AFTER)
            self._app = replace(self._app, client=ElectionNight(self._app.services))
