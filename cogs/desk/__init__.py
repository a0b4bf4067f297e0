"""`/desk`: the queue, the desk's own results and notes, and its log."""

from __future__ import annotations

import discord

from bot.chat.client import ElectionNight
from cogs.desk import _preview, _queue, _together
from cogs.desk._cog import DeskCog


async def setup(client: ElectionNight) -> None:
    """Add the cog to the desk's server; where no desk is set, there is none."""
    client.components.extend((*_queue.COMPONENTS, *_preview.COMPONENTS, *_together.COMPONENTS))
    settings = client.services.settings
    if settings.desk_guild is not None and settings.desk_role is not None:
        client.forms.extend(_queue.FORMS)
        await client.add_cog(DeskCog(client), guild=discord.Object(settings.desk_guild))
