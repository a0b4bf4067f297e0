"""How a slash command answers in chat: in private unless asked otherwise, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord import app_commands

from bot.chat.answer_buttons import controls_of
from bot.chat.dated import dated
from bot.chat.questions import Answer

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight
    from bot.chat.services import Services

T = TypeVar("T")
Choices = list[app_commands.Choice[str]]

_MOST_CHOICES = 25
_LONGEST_CHOICE = 100


def lookup(command: T) -> T:
    """Mark a command as a look-up: for servers, direct messages and people's own accounts."""
    everywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    return everywhere(app_commands.allowed_installs(guilds=True, users=True)(command))


async def reply(
    interaction: discord.Interaction[ElectionNight], answer: Answer, *, public: bool
) -> None:
    """Send *answer* with the controls that go with it, and its picture when it is drawn."""
    answer = dated(answer, interaction.client.services)
    sent = await interaction.response.send_message(
        embeds=[card.to_embed() for card in answer.cards],
        view=controls_of(answer, interaction, private=not public),
        ephemeral=not public,
    )
    await interaction.client.illustrator.illustrate(interaction, answer, sent.message_id)


def choices(offered: Mapping[str, str]) -> Choices:
    """Return values by their labels as autocomplete's choices, as many as Discord shows."""
    labelled = list(offered.items())[:_MOST_CHOICES]
    return [
        app_commands.Choice(name=label[:_LONGEST_CHOICE], value=value[:_LONGEST_CHOICE])
        for label, value in labelled
    ]


async def complete_night(interaction: discord.Interaction[Any], typed: str) -> Choices:
    """Offer the nights that are known, the newest first."""
    services: Services = interaction.client.services
    nights = (night.isoformat() for night in services.reader.nights())
    return choices({night: night for night in nights if typed.strip() in night})
