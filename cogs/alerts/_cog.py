"""`/alerts`: who is told of what, and why something did not come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

import discord
from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.card import Card
from bot.chat.calming import calm_page
from bot.chat.client import ElectionNight
from bot.chat.commands import NameOption, OfferedOption, Option, command, everywhere
from bot.chat.components import answer_privately
from bot.chat.following import chosen_destination, follow, unfollow, where
from bot.chat.interaction import Interaction
from bot.chat.lookups import containing, council_meant
from bot.chat.options import CouncilName, FollowableChannel, LevelChoice
from bot.chat.questions import CannotAnswer
from bot.chat.rights import channel_destination, is_admin, keeper_of, number_in
from bot.chat.services import running
from bot.chat.topics import topic_value, topic_words, values_like
from bot.delivery.history import Asker
from bot.delivery.references import is_board, reference_meant
from bot.delivery.subscriptions import Destination, Subscription
from bot.election.alert_kinds import Level, Topic
from bot.jobs import RetryDelay
from bot.store.deliveries import CLAIM
from bot.store.errors import StoreError
from bot.wording.text import escape, plain
from cogs.alerts._subscriptions import subscriptions_of, subscriptions_page
from cogs.alerts._why import message_card, notice_why_card, posted_label, why_card

log = logging.getLogger(__name__)


_TOPICS = {
    "the whole night: every change of hands and first election": Topic.ALL,
    "party: its gains and its losses": Topic.PARTY,
    "council: its result": Topic.COUNCIL,
    "region: changes of hands in it": Topic.REGION,
    "nation: changes of hands in it": Topic.NATION,
    "summary: at breakfast and at the end": Topic.SUMMARY,
    "list: any result of a council on it": Topic.LIST,
    "contest: a mayor, constituency or referendum": Topic.CONTEST,
    "contests: all of a kind": Topic.CONTESTS,
    "milestones: as the night passes them": Topic.MILESTONES,
    "reminders: before a council followed here is due": Topic.REMINDERS,
}
_TEST_DIRECT = "`/alerts test direct:True` tests your direct messages."
_ONE_OF = {Topic.CONTESTS: "a kind of contest", Topic.MILESTONES: "a kind of milestone"}


def _values(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer what the chosen topic can be about."""
    topic, services = interaction.namespace.topic, interaction.client.services
    if topic not in [*Topic]:
        return {}
    return values_like(services, keeper_of(interaction), Topic(topic), typed)


def _subscriptions(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the subscriptions that the person who asks may end."""
    labels = {
        f"{number}. {_label(interaction, each)}": str(each.id)
        for number, each in enumerate(subscriptions_of(interaction), 1)
    }
    return {label: labels[label] for label in containing(labels, typed)}


def _label(interaction: Interaction, subscription: Subscription) -> str:
    services, place = interaction.client.services, subscription.destination
    words = plain(topic_words(subscription.topic, subscription.value, services))
    if place.is_direct:
        return f"{words}, by direct message"
    channel = interaction.guild and interaction.guild.get_channel(place.id)
    return f"{words}, in #{channel.name if channel else place.id}"


def _references(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the last messages in the destinations of the person who asks."""
    services = interaction.client.services
    if services.alerts is None:
        return {}
    posted = services.alerts.last_posted(_asker(interaction))
    labels = {posted_label(row, services.named): row["reference"] for row in posted}
    return {label: labels[label] for label in containing(labels, typed)}


TopicChoice = Transform[str, Option("What to get alerts about", choices=_TOPICS)]
TopicValue = Transform[
    str,
    OfferedOption("Which party, council, region, nation, list, contest or kind", _values),
]
SubscriptionNumber = Transform[str, OfferedOption("Which alerts to stop", _subscriptions)]
Reference = Transform[
    str, NameOption("The reference that a post ends in, as EN-7K3Q2M9X", _references)
]


@everywhere
class AlertsCog(commands.GroupCog, name="Alerts", group_name="alerts"):
    """Subscriptions of servers' channels and of people's direct messages."""

    def __init__(self, client: ElectionNight) -> None:
        self.client = client
        self.services = client.services

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Erase a server that the bot was removed from; outages do not come here.

        The event comes only once, so it is retried until it is stored, unless the bot is back by
        then.
        """
        subscriptions, wait = self.services.subscriptions, RetryDelay()
        while subscriptions is not None and self.client.get_guild(guild.id) is None:
            try:
                await subscriptions.erase_guild(guild.id)
                return
            except StoreError as fault:
                seconds = wait.next()
                log.warning("A server is not forgotten yet (%s): again in %.0f s", fault, seconds)
            await asyncio.sleep(seconds)

    # Events after which the bot may be able to post again.

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Check everything that is paused: changes were missed while there was no session."""
        self._changed(None)

    @commands.Cog.listener("on_guild_join")
    @commands.Cog.listener("on_guild_available")
    async def look_in_guild(self, guild: discord.Guild) -> None:
        """Check what is paused in a server that is back."""
        self._changed(guild)

    @commands.Cog.listener("on_guild_channel_create")
    @commands.Cog.listener("on_guild_role_delete")
    async def look_around(self, thing: discord.abc.GuildChannel | discord.Role) -> None:
        """Check what is paused where a channel was created or a role deleted."""
        self._changed(thing.guild)

    @commands.Cog.listener("on_guild_channel_update")
    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_thread_update")
    async def look_around_changed(
        self, before: Any, after: discord.abc.GuildChannel | discord.Role | discord.Thread
    ) -> None:
        """Check what is paused where permissions may have changed, or a thread was reopened."""
        self._changed(after.guild)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Check what is paused where the bot was given roles, or its time-out ended."""
        if after.id == after.guild.me.id:
            self._changed(after.guild)

    def _changed(self, guild: discord.Guild | None) -> None:
        if self.services.alerts is not None:
            self.services.alerts.places_changed(None if guild is None else guild.id)

    @command(
        channel="Channel, if you manage this server; otherwise by direct message",
        role="A role to ping with each alert in the channel",
    )
    async def subscribe(  # noqa: PLR0917 - the command's options
        self,
        interaction: Interaction,
        topic: TopicChoice,
        which: TopicValue | None = None,
        channel: FollowableChannel | None = None,
        role: discord.Role | None = None,
        level: LevelChoice | None = None,
    ) -> None:
        """Be told the moment a council changes hands, here or by direct message."""
        chosen, value = Topic(topic), ""
        if chosen.takes_value:
            if not which:
                raise CannotAnswer(f"Choose {_ONE_OF.get(chosen, f'a {chosen}')} in `which`.")
            value = topic_value(self.services, keeper_of(interaction), chosen, which)
        destination = chosen_destination(interaction, channel, role)
        await follow(
            interaction, destination, chosen, value, role, level=Level(level) if level else None
        )

    @command(channel="Channel, if you manage this server; otherwise your direct messages")
    async def quiet(
        self, interaction: Interaction, channel: FollowableChannel | None = None
    ) -> None:
        """Quiet hours, pings, posts without a push, joined alerts and hidden results."""
        place = chosen_destination(interaction, channel, None)
        card, view = calm_page(interaction, place)
        await answer_privately(interaction, card, view=view)

    @command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """What you follow and, if you manage this server, what its channels follow."""
        card, view = subscriptions_page(interaction, 1)
        await answer_privately(interaction, card, view=view)

    @command()
    async def remove(self, interaction: Interaction, subscription: SubscriptionNumber) -> None:
        """Stop being told of something."""
        await unfollow(interaction, number_in(subscription))

    @command(council="Which council")
    async def why(
        self,
        interaction: Interaction,
        council: CouncilName | None = None,
        reference: Reference | None = None,
    ) -> None:
        """Why something was or was not posted here, or sent to you."""
        asker = _asker(interaction)
        if reference is not None:
            card = self._why_this(asker, reference)
        elif council is not None:
            night = self.services.newest_night
            meant = council_meant(self.services, council, night)
            card = self._why_council(asker, meant.code, night)
        else:
            raise CannotAnswer(
                "Choose a council, or give the reference at the end of a post (`EN-7K3Q2M9X`)."
            )
        await answer_privately(interaction, card)

    def _why_this(self, asker: Asker, reference: str) -> Card:
        """Return why the message with a *reference* was posted. Raises `CannotAnswer`."""
        if is_board(reference):
            raise CannotAnswer(
                "That is a board, not an alert. An admin of the server can see and end it with "
                "`/night board` in its channel."
            )
        meant = reference_meant(reference)
        found = None if meant is None else running(self.services.alerts).delivery(meant)
        if found is None or not asker.may_see(found["destination"], found["guild_id"]):
            raise CannotAnswer(
                f"No post “{escape(reference)}” here. The reference is at the end of a post; ask "
                "in the server where it was posted, as one of its admins."
            )
        if found["subject"] != CLAIM:
            return message_card(found)
        told = running(self.services.alerts).notice_told(found)
        if told is not None:
            return notice_why_card(found, told, self.services)
        night = date.fromisoformat(found["night"])
        return self._why_council(asker, found["council"], night, only=found["destination"])

    def _why_council(
        self, asker: Asker, code: str, night: date, *, only: int | None = None
    ) -> Card:
        services = self.services
        council = services.reader.council_of(code)
        history = running(services.alerts).history(night, council, asker, only=only)
        standing = services.reader.council(night, code)
        return why_card(council, night, standing, history, services)

    @command(
        channel="Channel to test; this one if left out",
        direct="Test your direct messages instead",
    )
    async def test(
        self,
        interaction: Interaction,
        channel: FollowableChannel | None = None,
        direct: bool = False,
    ) -> None:
        """Post a test message here, learn what is missing, and take up what was paused."""
        if channel is not None and direct:
            raise CannotAnswer("Choose a channel or your direct messages, not both.")
        if direct or (interaction.guild_id is None and channel is None):
            destination = Destination(interaction.user.id)
        else:
            here = channel or interaction.channel
            destination = channel_destination(interaction, here, instead=_TEST_DIRECT)
        await interaction.response.defer(ephemeral=True, thinking=True)
        problem = await running(self.services.alerts).test(destination)
        if problem is not None:
            raise CannotAnswer(f"The test did not reach {where(destination)}. {problem}")
        place = where(destination)
        card = Card("The test arrived", f"It is in {place}. Alerts will appear there.")
        await answer_privately(interaction, card)


def _asker(interaction: Interaction) -> Asker:
    return Asker(interaction.user.id, interaction.guild_id if is_admin(interaction) else None)
