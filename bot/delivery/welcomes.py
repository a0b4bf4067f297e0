"""Which channels have been told how to ask: each is told once, also over restarts."""

from __future__ import annotations

from bot.clock import Clock
from bot.store.welcomes import Welcomed, is_welcomed
from bot.store.writer import Writer


class Welcomes:
    """Knows and writes down where a welcome stands."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def stands_in(self, channel: int) -> bool:
        """Tell whether a channel was welcomed, also if the message was deleted since."""
        return is_welcomed(self._writer.reads, channel)

    async def note(self, channel: int, guild: int, message: int) -> None:
        """Write down that a guild's channel was welcomed."""
        now = self._clock.now()
        await self._writer.transact(lambda tx: tx.append(Welcomed(channel, guild, message), now))
