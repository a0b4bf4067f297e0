"""`/setup`: a wizard that asks an admin where alerts are posted, and which."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.setup._wizard import COMPONENTS, SetupCog


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    client.components.extend(COMPONENTS)
    await client.add_cog(SetupCog())
