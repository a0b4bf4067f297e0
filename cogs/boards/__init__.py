"""`/night board`: one message in a channel that shows the night as it goes."""

from __future__ import annotations

from typing import Any

from bot.chat.client import ElectionNight
from cogs.boards._cog import board_command
from cogs.boards._views import COMPONENTS


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    client.components.extend(COMPONENTS)
    night: Any = client.tree.get_command("night")  # the group is there: its cog is loaded earlier
    night.add_command(board_command())
