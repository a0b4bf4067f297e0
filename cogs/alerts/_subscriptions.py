"""The list of subscriptions, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cards.calm import calm_words
from bot.cards.card import Card
from bot.cards.desk import pause_banner
from bot.chat.components import Component, button, page_buttons, view_of
from bot.chat.following import subscription_line, unfollow, where
from bot.chat.interaction import Interaction
from bot.chat.rights import is_admin
from bot.chat.services import running
from bot.chat.topics import topic_words
from bot.delivery.subscriptions import Subscription
from bot.wording.phrases import sentence_case
from bot.wording.text import plain

_ON_A_PAGE = 10
"""A line with the longest reason for a pause takes some 400 of a description's 4,096 characters."""


def subscriptions_of(interaction: Interaction) -> list[Subscription]:
    """Return the subscriptions of the person who acts, and the server's if they are its admin."""
    subscriptions = running(interaction.client.services.subscriptions)
    own = subscriptions.of_user(interaction.user.id)
    if interaction.guild_id is None or not is_admin(interaction):
        return own
    return [*subscriptions.of_guild(interaction.guild_id), *own]


def subscriptions_page(interaction: Interaction, page: int) -> tuple[Card, discord.ui.View]:
    """Return a page of subscriptions, with buttons that end each one and turn the page."""
    services = interaction.client.services
    found = subscriptions_of(interaction)
    last = max(1, -(-len(found) // _ON_A_PAGE))
    page = max(1, min(page, last))
    first = (page - 1) * _ON_A_PAGE
    shown = list(enumerate(found, 1))[first : first + _ON_A_PAGE]
    lines = [f"{n}. {subscription_line(each, services)}" for n, each in shown]
    lines += _calm_lines(interaction, [each for _, each in shown])
    paused = services.reader.desk_pause()
    banner = [] if paused is None else [pause_banner(paused.at)]
    nothing = "Nothing is followed here yet. `/alerts subscribe` starts."
    card = Card(
        title=f"Alerts ({len(found)})" if found else "No alerts",
        description="\n".join([*banner, *(lines or [nothing])]),
        footer=f"Page {page} of {last}" if last > 1 else "",
    )
    buttons = [
        button(
            f"Unfollow {number}: {plain(topic_words(each.topic, each.value, services))}",
            f"unfollow:{each.id}",
        )
        for number, each in shown
    ]
    return card, view_of([*buttons, *page_buttons("subscriptions", page, last)])


def _calm_lines(interaction: Interaction, shown: Sequence[Subscription]) -> list[str]:
    """Return how loudly each place of these subscriptions is told, where it has chosen."""
    subscriptions = running(interaction.client.services.subscriptions)
    words = {
        place: calm_words(subscriptions.calm_of(place))
        for place in dict.fromkeys(each.destination for each in shown)
    }
    said = [f"{sentence_case(where(place))}: {told}." for place, told in words.items() if told]
    return ["", *said, "`/alerts quiet` changes that."] if said else []


class UnfollowButton(Component, template=r"unfollow:(?P<number>\d+)"):
    """Ends a subscription of one's own, or of the server of which one is an admin."""

    async def pressed(self, interaction: Interaction) -> None:
        """Unsubscribe, and say so in private."""
        await unfollow(interaction, int(self.given["number"]))


class SubscriptionsButton(Component, template=r"subscriptions:(?P<page>\d{1,4})"):
    """Shows a page of what is followed."""

    in_private = True

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page."""
        card, view = subscriptions_page(interaction, int(self.given["page"]))
        await interaction.response.edit_message(embed=card.to_embed(), view=view)


COMPONENTS: tuple[type[Component], ...] = (UnfollowButton, SubscriptionsButton)
