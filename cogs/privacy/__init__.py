"""`/privacy` and `/mydata`: what is kept of people and servers, to be seen and to be deleted."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.privacy._cog import MyDataCog, PrivacyCog
from cogs.privacy._views import COMPONENTS


async def setup(client: ElectionNight) -> None:
    """Add the cogs."""
    client.components.extend(COMPONENTS)
    await client.add_cog(PrivacyCog())
    await client.add_cog(MyDataCog())
