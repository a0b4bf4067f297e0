"""An interaction with the bot, as commands, buttons and forms are given it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction
