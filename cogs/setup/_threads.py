"""The last step of the wizard: whether a channel's alerts go to threads, and of what."""

from __future__ import annotations

import discord

from bot.cards.card import Card
from bot.chat.components import Component, Item, one_chosen_in
from bot.chat.following import THREADS, where
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer
from bot.chat.rights import destination_here, granted_to, guild_of_admin, missing_in
from bot.chat.services import running
from bot.delivery.subscriptions import Destination
from bot.store.threads import Grouping

_IN_CHANNEL = "none"


def threads_menu(destination: Destination, present: Grouping | None) -> list[Item]:
    """Return the menu for a channel, nothing for a forum: that has a post for each council."""
    if destination.is_forum:
        return []
    offered = [("In the channel itself", _IN_CHANNEL)]
    offered += [(f"In {words}", grouping.value) for grouping, words in THREADS.items()]
    chosen = present.value if present is not None else _IN_CHANNEL
    return [
        discord.ui.Select(
            custom_id=f"setup-threads:{destination.id}",
            placeholder="In the channel itself, or in threads?",
            row=3,
            options=[
                discord.SelectOption(label=label, value=value, default=value == chosen)
                for label, value in offered
            ],
        )
    ]


class ThreadsMenu(Component, template=r"setup-threads:(?P<channel>\d{1,20})"):
    """Asks whether a channel's alerts go to threads; the bot's permissions are checked first."""

    in_private = True

    async def pressed(self, interaction: Interaction) -> None:
        """Save the choice, or say what is missing for it."""
        guild = guild_of_admin(interaction)
        destination = destination_here(interaction, guild, int(self.given["channel"]))
        value, place = one_chosen_in(interaction), where(destination)
        if destination.is_forum or value not in (_IN_CHANNEL, *Grouping):
            raise CannotAnswer("Choose how to group alerts from the menu.")
        grouping = None if value == _IN_CHANNEL else Grouping(value)
        granted = granted_to(interaction, guild, destination.id)
        missing = missing_in(place, granted, threads=True) if grouping is not None else None
        if missing is not None:
            raise CannotAnswer(f"Not saved: {missing}")
        await running(interaction.client.services.subscriptions).choose_threads(
            destination, grouping
        )
        card = _saved_card(place, grouping)
        await interaction.response.edit_message(embed=card.to_embed())


def _saved_card(place: str, grouping: Grouping | None) -> Card:
    if grouping is None:
        return Card("Set up: no threads", f"Alerts will now appear in {place} itself.")
    return Card(
        "Set up: threads",
        f"Alerts for {place} will now appear in {THREADS[grouping]}, made when its first alert is "
        "due and closed when the night is over. What is already posted stays where it is.",
    )
