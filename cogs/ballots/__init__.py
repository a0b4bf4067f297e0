"""`/ward`, `/mayor`, `/constituency`, `/assembly`, `/referendum`: one ballot, or all of a kind."""

from __future__ import annotations

from bot.chat.client import ElectionNight
from cogs.ballots._cog import ContestsCog
from cogs.ballots._wards import WardsCog


async def setup(client: ElectionNight) -> None:
    """Add the cogs."""
    await client.add_cog(WardsCog(client))
    await client.add_cog(ContestsCog(client))
