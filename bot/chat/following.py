"""Following and unfollowing.

The button `follow:me:council:KHL` subscribes the person who presses it, `follow:here:council:KHL`
the channel, and `unfollow:` with the same ends that. `bot.chat.rights` says who may do it where.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.cards.calm import LEVELS
from bot.cards.card import Card
from bot.chat.components import LONGEST_LABEL, Component, Item, answer_privately, button, view_of
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer, Followable
from bot.chat.rights import channel_destination, guild_of_admin, is_admin, keeper_of
from bot.chat.services import Services, running
from bot.chat.topics import topic_value, topic_words
from bot.delivery.subscriptions import Added, Change, Destination, Subscription
from bot.election.alert_kinds import Level, Topic
from bot.store.threads import Grouping
from bot.wording.phrases import sentence_case
from bot.wording.text import at, escape

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

_FAILURE_IS_NEWS = timedelta(days=1)
"""How long a message that Discord refused is shown beside its subscription."""


THREADS = {
    Grouping.NIGHT: "one thread for the night",
    Grouping.REGION: "a thread for each region",
    Grouping.PARTY: "a thread for each party",
    Grouping.COUNCIL: "a thread for each council",
}
"""Where a channel's alerts go, in words."""


def where(destination: Destination) -> str:
    """Return a destination as Discord shows it."""
    return "your direct messages" if destination.is_direct else f"<#{destination.id}>"


def subscription_line(subscription: Subscription, services: Services) -> str:
    """Return a subscription in a line: what, where, which role, and whether it is paused."""
    words = sentence_case(topic_words(subscription.topic, subscription.value, services))
    if subscription.topic.has_levels and subscription.level is not subscription.topic.usual_level:
        words += f" ({LEVELS[subscription.level]})"
    line = f"{words} → {where(subscription.destination)}"
    if subscription.destination.is_forum:
        line += ", a post for each council"
    elif subscription.threads is not None:
        line += f", in {THREADS[subscription.threads]}"
    if subscription.role:
        line += f", pinging <@&{subscription.role}>"
    if subscription.paused:
        line += f". **Paused**: {escape(subscription.paused, 300)}"
    elif subscription.failed and subscription.failed_at is not None:
        moment = subscription.failed_at
        if services.clock.now() - moment < _FAILURE_IS_NEWS:
            line += f". **A message failed**, {at(moment)}: {escape(subscription.failed, 300)}"
    return line


def is_followed(client: ElectionNight, destination: int, about: Followable) -> bool:
    """Tell whether a destination follows what an answer is about."""
    subscriptions = client.services.subscriptions
    return (
        subscriptions is not None
        and subscriptions.number_of(Destination(destination), about.topic, about.value) is not None
    )


def chosen_destination(
    interaction: Interaction, channel: discord.abc.Snowflake | None, role: discord.Role | None
) -> Destination:
    """Return the *channel* that was chosen, else direct messages, as a destination.

    Raises `CannotAnswer` for a channel or a role that is not theirs to choose.
    """
    if channel is not None:
        return channel_destination(interaction, channel, role)
    if role is not None:
        raise CannotAnswer("A role can be mentioned in a channel only: choose the channel too.")
    return Destination(interaction.user.id)


async def follow(
    interaction: Interaction,
    destination: Destination,
    topic: Topic,
    value: str,
    role: discord.Role | None = None,
    *,
    level: Level | None = None,
) -> None:
    """Subscribe a destination that was checked before, and confirm it with an Unfollow button.

    Raises `CannotAnswer` for a *level* of what has none.
    """
    if level is not None and not topic.has_levels:
        raise CannotAnswer(f"There are no levels of {topic}: leave out `level`.")
    card, view = await _begun(interaction, destination, topic, value, role, level=level)
    await answer_privately(interaction, card, view=view)


async def unfollow(interaction: Interaction, number: int) -> None:
    """End a subscription and confirm it. Raises `CannotAnswer` if it is not theirs to end."""
    await answer_privately(interaction, await _ended(interaction, number))


class FollowButton(
    Component,
    template=rf"(?P<un>un)?follow:(?P<place>me|here):(?P<topic>{'|'.join(Topic)}):(?P<value>.+)",
):
    """Follows a council or a party, or ends that: for oneself, or for an admin in the channel."""

    async def pressed(self, interaction: Interaction) -> None:
        """Follow or unfollow, change the presser's own button, and confirm in private."""
        view: discord.ui.View | None = None
        if self.given["un"]:
            card = await self._unfollowed(interaction)
        else:
            channel: Any = interaction.channel
            in_channel = self.given["place"] == "here"
            destination = (
                channel_destination(interaction, channel)
                if in_channel
                else Destination(interaction.user.id)
            )
            topic, value = self._topic_and_value(interaction)
            card, view = await _begun(interaction, destination, topic, value)
        await self._turn_over(interaction)
        await answer_privately(interaction, card, view=view)

    def _topic_and_value(self, interaction: Interaction) -> tuple[Topic, str]:
        services, topic = interaction.client.services, Topic(self.given["topic"])
        try:
            value = topic_value(services, keeper_of(interaction), topic, self.given["value"])
        except CannotAnswer:
            raise CannotAnswer(
                "What this button follows is not there any more, or not to be followed from here: "
                "ask for it with a command, `/help` lists them."
            ) from None
        return topic, value

    async def _unfollowed(self, interaction: Interaction) -> Card:
        place = interaction.user.id
        if self.given["place"] == "here":
            guild_of_admin(interaction)
            place = interaction.channel_id or 0
        number = running(interaction.client.services.subscriptions).number_of(
            Destination(place), Topic(self.given["topic"]), self.given["value"]
        )
        if number is None:
            return Card("That is no longer followed.", "Press again to follow it.")
        return await _ended(interaction, number)

    async def _turn_over(self, interaction: Interaction) -> None:
        """Change the button to what it would do next, unless others see it too."""
        message = interaction.message
        if message is None or not message.flags.ephemeral:
            return
        about = Followable(Topic(self.given["topic"]), self.given["value"], "")
        view = discord.ui.View.from_message(message, timeout=None)
        for there in view.children:
            if isinstance(there, discord.ui.Button) and there.custom_id == self.custom_id:
                name = (there.label or "").partition(" ")[2]
                _inscribe(there, name, self.given["place"], about, follows=not self.given["un"])
        view.stop()
        await interaction.response.edit_message(view=view)


COMPONENTS: tuple[type[Component], ...] = (FollowButton,)


def follow_button(name: str, place: str, about: Followable, *, follows: bool) -> Item:
    """Return the Follow button, or Unfollow if it is followed already."""
    made: discord.ui.Button[Any] = discord.ui.Button(row=1)
    _inscribe(made, name, place, about, follows=follows)
    return made


def _inscribe(
    made: discord.ui.Button[Any], name: str, place: str, about: Followable, *, follows: bool
) -> None:
    """Set a button's label, custom id and style."""
    act = "unfollow" if follows else "follow"
    made.label = f"{act.capitalize()} {name}"[:LONGEST_LABEL]
    made.custom_id = f"{act}:{place}:{about.topic}:{about.value}"
    made.style = discord.ButtonStyle.secondary if follows else discord.ButtonStyle.primary


async def _begun(
    interaction: Interaction,
    destination: Destination,
    topic: Topic,
    value: str,
    role: discord.Role | None = None,
    *,
    level: Level | None = None,
) -> tuple[Card, discord.ui.View]:
    """Subscribe; return the confirmation and its Unfollow button."""
    services = interaction.client.services
    added = await running(services.subscriptions).add(
        destination,
        topic,
        value,
        role=role.id if role else None,
        level=level,
        by=interaction.user.id,
    )
    number = 0 if destination.is_direct else destination.id
    view = view_of(
        [
            button("Unfollow", f"unfollow:{added.subscription.id}"),
            button("Quiet hours and pings", f"calm-open:{number}"),
        ]
    )
    return _added_card(added, services), view


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


def _added_card(added: Added, services: Services) -> Card:
    """Return the confirmation of a subscription."""
    subscription = added.subscription
    words = topic_words(subscription.topic, subscription.value, services)
    done = {
        Change.ADDED: f"Following {words}.",
        Change.ROLE_CHANGED: f"Still following {words}, with another role.",
        Change.LEVEL_CHANGED: f"Still following {words}, at another level.",
        Change.NOTHING: f"Already following {words}.",
    }[added.change]
    goes_to = where(subscription.destination)
    pinged = f", pinging <@&{subscription.role}>" if subscription.role else ""
    steps = [f"Alerts will appear in {goes_to}{pinged}. `/night changes` shows earlier results."]
    if subscription.topic.has_levels and subscription.level is not subscription.topic.usual_level:
        steps.insert(0, f"Level: {LEVELS[subscription.level]}.")
    if added.resumed:
        steps.append("Alerts there had been paused and have resumed.")
    direct = subscription.destination.is_direct
    test = "`/alerts test direct:True`" if direct else "`/alerts test` there"
    steps.append(f"{test} posts a test.")
    return Card(done, " ".join(steps))
