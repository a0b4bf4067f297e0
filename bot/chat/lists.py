"""Watch lists as readers name them, and who may keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.alerts.lists import Keeper, ListError, WatchList, WatchLists
from bot.chat.following import is_admin
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services, running

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction


def keeper_of(interaction: Interaction) -> Keeper:
    """Return whose lists are meant where somebody asks: the server's, else their own."""
    return Keeper(interaction.guild_id, interaction.user.id)


def admin_keeper(interaction: Interaction) -> Keeper:
    """Return whose lists who acts may change.

    Raises `CannotAnswer` in a server whose admin they are not.
    """
    if interaction.guild_id is not None and not is_admin(interaction):
        raise CannotAnswer(
            "Only members with Manage Server keep this server's lists. In a direct message to the "
            "bot you can keep your own."
        )
    return keeper_of(interaction)


def lists_here(services: Services) -> WatchLists:
    """Return the lists, to be changed. Raises `CannotAnswer` where this process keeps none."""
    return running(services.lists if isinstance(services.lists, WatchLists) else None)


def list_named(services: Services, keeper: Keeper, name: str) -> WatchList:
    """Return the list that somebody means. Raises `CannotAnswer` with what there is."""
    try:
        return running(services.lists).find(keeper, name)
    except ListError as fault:
        raise CannotAnswer(str(fault)) from None
