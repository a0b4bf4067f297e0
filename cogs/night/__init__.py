"""`/night`: summary, changes of hands, latest results, what declares next, maps and charts."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.night._cog import NightCog


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(NightCog(client))
