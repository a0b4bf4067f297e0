"""Who asks, by what Discord says they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.chat.following import is_admin
from bot.chat.questions import Viewer

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction


def is_desk(interaction: Interaction) -> bool:
    """Tell whether who acts has the desk's role, and acts in the desk's server."""
    settings, user = interaction.client.services.settings, interaction.user
    return (
        settings.desk_role is not None
        and settings.desk_guild is not None
        and interaction.guild_id == settings.desk_guild
        and isinstance(user, discord.Member)
        and user.get_role(settings.desk_role) is not None
    )


def viewer_of(interaction: Interaction) -> Viewer:
    """Return who acts."""
    return Viewer(
        in_server=interaction.guild_id is not None,
        is_admin=is_admin(interaction),
        is_desk=is_desk(interaction),
    )
