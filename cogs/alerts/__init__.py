"""`/alerts`: who is told of what, and why something did not come."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.alerts._cog import AlertsCog


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(AlertsCog(client))
