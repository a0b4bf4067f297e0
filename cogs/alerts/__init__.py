"""`/alerts`: who is told of what, and why something did not come."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.alerts._cog import AlertsCog
from cogs.alerts._subscriptions import COMPONENTS


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    client.components.extend(COMPONENTS)
    await client.add_cog(AlertsCog(client))
