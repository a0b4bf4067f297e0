"""`/council` and `/history`: a council now, and its past."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.council._council import CouncilCog
from cogs.council._history import HistoryCog


async def setup(client: ElectionNight) -> None:
    """Add the cogs."""
    await client.add_cog(CouncilCog(client))
    await client.add_cog(HistoryCog(client))
