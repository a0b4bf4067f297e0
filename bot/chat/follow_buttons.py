"""Buttons that follow and end that, and the pages of what is followed.

`follow:me:council:KHL` follows for the one who presses it, `follow:here:council:KHL` for the
channel, and `unfollow:` with the same ends that; `unfollow:17` ends a subscription,
`subscriptions:2` shows a page of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.cards.card import Card
from bot.cards.desk import pause_banner
from bot.chat.components import LONGEST_LABEL, Control
from bot.chat.following import (
    added_card,
    subscription_line,
    subscriptions_of,
    topic_value,
    topic_words,
    where,
)
from bot.chat.questions import CannotAnswer, Subject
from bot.chat.rights import channel_destination, guild_of_admin, is_admin, keeper_of
from bot.chat.services import running
from bot.delivery.subscriptions import Destination, Topic
from bot.wording.text import plain

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction

_NOTHING_FOLLOWED = "Nothing is followed here yet. `/alerts subscribe` starts."
_SUBSCRIPTIONS_ON_A_PAGE = 10
"""A line with the longest reason for a pause takes some 400 of a description's 4,096 characters."""


class FollowButton(
    Control,
    template=rf"(?P<un>un)?follow:(?P<place>me|here):(?P<topic>{'|'.join(Topic)}):(?P<value>.+)",
):
    """Follows a council or a party, or ends that: for oneself, or for an admin in the channel."""

    def __init__(
        self, name: str, place: str, topic: Topic, value: str, *, follows: bool = False
    ) -> None:
        self.place = place
        self.topic = topic
        self.value = value
        self.follows = follows
        button: discord.ui.Button[Any] = discord.ui.Button(row=1)
        self._inscribe(button, name, follows=follows)
        super().__init__(button)

    def _inscribe(self, button: discord.ui.Button[Any], name: str, *, follows: bool) -> None:
        """Let a button say and remember what it does next."""
        act = "unfollow" if follows else "follow"
        button.label = f"{act.capitalize()} {name}"[:LONGEST_LABEL]
        button.custom_id = f"{act}:{self.place}:{self.topic}:{self.value}"
        button.style = discord.ButtonStyle.secondary if follows else discord.ButtonStyle.primary

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        follows = match["un"] is not None
        return cls("", match["place"], Topic(match["topic"]), match["value"], follows=follows)

    async def pressed(self, interaction: Interaction) -> None:
        """Do it, turn the presser's own button over, and say in private what was done."""
        view: Any = discord.utils.MISSING
        if self.follows:
            card = await self._unfollowed(interaction)
        else:
            destination = (
                channel_destination(interaction, interaction.channel)
                if self.place == "here"
                else Destination(interaction.user.id)
            )
            value = self._value(interaction)
            card, view = await _begun(interaction, destination, self.topic, value)
        say: Any = interaction.response.send_message
        if await self._turned_over(interaction):
            say = interaction.followup.send
        await say(embed=card.to_embed(), view=view, ephemeral=True)

    def _value(self, interaction: Interaction) -> str:
        services, keeper = interaction.client.services, keeper_of(interaction)
        try:
            return topic_value(services, keeper, self.topic, self.value)
        except CannotAnswer:
            raise CannotAnswer(
                "What this button follows is not there any more, or not to be followed from here: "
                "ask for it with a command, `/help` lists them."
            ) from None

    async def _unfollowed(self, interaction: Interaction) -> Card:
        place = interaction.user.id
        if self.place == "here":
            guild_of_admin(interaction)
            place = interaction.channel_id or 0
        number = running(interaction.client.services.subscriptions).number_of(
            Destination(place), self.topic, self.value
        )
        if number is None:
            return Card("That is no longer followed.", "Press again to follow it.")
        return await _ended(interaction, number)

    async def _turned_over(self, interaction: Interaction) -> bool:
        """Let the button say what it would do next; return False where others see it too."""
        message = interaction.message
        if message is None or not message.flags.ephemeral:
            return False
        view = discord.ui.View.from_message(message, timeout=None)
        for button in view.children:
            if isinstance(button, discord.ui.Button) and button.custom_id == self.custom_id:
                name = (button.label or "").partition(" ")[2]
                self._inscribe(button, name, follows=not self.follows)
        view.stop()  # nothing of it is kept: its buttons are known by their custom ids
        await interaction.response.edit_message(view=view)
        return True


class UnfollowButton(Control, template=r"unfollow:(?P<number>\d+)"):
    """Ends a subscription of one's own, or of the server that one is an admin of."""

    def __init__(self, label: str, number: int, row: int | None = None) -> None:
        self.number = number
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label[:LONGEST_LABEL], custom_id=f"unfollow:{number}", row=row
        )
        super().__init__(button)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        return cls("", int(match["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        """Unsubscribe, and say so in private."""
        await unfollow(interaction, self.number)


class SubscriptionsButton(Control, template=r"subscriptions:(?P<page>\d{1,4})"):
    """Shows a page of what is followed."""

    in_private = True

    def __init__(self, label: str, page: int) -> None:
        self.page = page
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"subscriptions:{page}", row=4
        )
        super().__init__(button)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        return cls("", int(match["page"]))

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page."""
        embed, view = subscriptions_page(interaction, self.page)
        await interaction.response.edit_message(embed=embed, view=view)


CONTROLS: tuple[type[Control], ...] = (FollowButton, UnfollowButton, SubscriptionsButton)


def subscriptions_page(
    interaction: Interaction, page: int
) -> tuple[discord.Embed, discord.ui.View]:
    """Return a page of what who acts may end, with a button for each and those that turn it."""
    services = interaction.client.services
    found = subscriptions_of(interaction)
    last = max(1, -(-len(found) // _SUBSCRIPTIONS_ON_A_PAGE))
    page = max(1, min(page, last))
    first = (page - 1) * _SUBSCRIPTIONS_ON_A_PAGE
    shown = list(enumerate(found, 1))[first : first + _SUBSCRIPTIONS_ON_A_PAGE]
    lines = [f"{n}. {subscription_line(each, services)}" for n, each in shown]
    paused = services.reader.desk_pause()
    banner = [] if paused is None else [pause_banner(paused.at)]
    card = Card(
        title=f"Alerts ({len(found)})" if found else "No alerts",
        description="\n".join([*banner, *(lines or [_NOTHING_FOLLOWED])]),
        footer=f"Page {page} of {last}" if last > 1 else "",
    )
    view = discord.ui.View(timeout=None)
    for number, each in shown:
        words = plain(topic_words(each.topic, each.value, services))
        view.add_item(UnfollowButton(f"Unfollow {number}: {words}", each.id))
    if page > 1:
        view.add_item(SubscriptionsButton("Previous page", page - 1))
    if page < last:
        view.add_item(SubscriptionsButton("Next page", page + 1))
    return card.to_embed(), view


async def follow(
    interaction: Interaction,
    destination: Destination,
    topic: Topic,
    value: str,
    role: int | None = None,
) -> None:
    """Subscribe a destination that was checked before, and say so with the button that ends it."""
    card, view = await _begun(interaction, destination, topic, value, role)
    await interaction.response.send_message(embed=card.to_embed(), view=view, ephemeral=True)


async def unfollow(interaction: Interaction, number: int) -> None:
    """End a subscription and say so. Raises `CannotAnswer` where who acts has none such."""
    card = await _ended(interaction, number)
    await interaction.response.send_message(embed=card.to_embed(), ephemeral=True)


async def _begun(
    interaction: Interaction,
    destination: Destination,
    topic: Topic,
    value: str,
    role: int | None = None,
) -> tuple[Card, discord.ui.View]:
    """Subscribe; return what is said of it and the button that ends it."""
    services = interaction.client.services
    added = await running(services.subscriptions).add(
        destination, topic, value, role=role, by=interaction.user.id
    )
    view = discord.ui.View(timeout=None)
    view.add_item(UnfollowButton("Unfollow", added.subscription.id))
    return added_card(added, services), view


async def _ended(interaction: Interaction, number: int) -> Card:
    services = interaction.client.services
    ended = await running(services.subscriptions).remove(
        number,
        guild_id=interaction.guild_id if is_admin(interaction) else None,
        user_id=interaction.user.id,
    )
    if ended is None:
        raise CannotAnswer(
            "That is no longer followed, or not yours to end. `/alerts list` shows what is."
        )
    words = topic_words(ended.topic, ended.value, services)
    return Card(
        f"No longer following {words}.", f"Nothing more of it comes to {where(ended.destination)}."
    )


def is_followed(client: ElectionNight, destination: int, about: Subject) -> bool:
    """Tell whether a destination follows what an answer is about."""
    subscriptions = client.services.subscriptions
    return (
        subscriptions is not None
        and subscriptions.number_of(Destination(destination), about.topic, about.value) is not None
    )
