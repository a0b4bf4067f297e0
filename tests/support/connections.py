"""The bot's connection to the sandbox for tests: it waits for nothing that Discord would count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.chat.connection import Connection
from bot.chat.services import Services
from bot.chat.sessions import SessionStarts


async def a_moment(seconds: float) -> None:
    """Wait a moment in place of so many *seconds*."""
    await asyncio.sleep(min(seconds, 0.01))


def quick_connection(
    services: Services, pause: Callable[[float], Awaitable[None]] = a_moment
) -> Connection:
    """Return a connection that may begin sessions as fast as it likes."""
    starts = SessionStarts(spacing=0.01, longest=0.05)
    return Connection(services, pause=pause, starts=starts)
