"""How a slash command answers in chat: in private unless asked otherwise, in one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import discord
from discord import app_commands

from bot.controls import controls_of
from bot.questions import Answer

if TYPE_CHECKING:
    from bot.client import ElectionNight

T = TypeVar("T")


def lookup(command: T) -> T:
    """Mark a command as a look-up: for servers, direct messages and people's own accounts."""
    everywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    return everywhere(app_commands.allowed_installs(guilds=True, users=True)(command))


async def reply(
    interaction: discord.Interaction[ElectionNight], answer: Answer, *, public: bool
) -> None:
    """Send the first page of *answer*, with the controls that go with it."""
    _, card = answer.page(1)
    await interaction.response.send_message(
        embed=card.to_embed(), view=controls_of(answer, interaction), ephemeral=not public
    )
