"""`/alerts`: who is told of what, and why something did not come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.card import Card
from bot.chat.answering import Choices, choices, lookup
from bot.chat.client import ElectionNight
from bot.chat.follow_buttons import follow, subscriptions_page, unfollow
from bot.chat.following import (
    KINDS_OF_BALLOT,
    KINDS_OF_MILESTONE,
    ChannelOption,
    subscriptions_of,
    topic_value,
    topic_words,
    where,
)
from bot.chat.lookups import (
    ballots_like,
    council_meant,
    councils_like,
    nations,
    parties_like,
    regions,
)
from bot.chat.questions import LONGEST_OPTION, CannotAnswer
from bot.chat.rights import channel_destination, is_admin, keeper_of, number_in
from bot.chat.services import running
from bot.delivery.history import Asker
from bot.delivery.references import is_board, reference_meant
from bot.delivery.subscriptions import Destination, Subscription, Topic
from bot.jobs import RetryDelay
from bot.store.deliveries import CLAIM
from bot.store.errors import StoreError
from bot.wording.text import escape, plain
from cogs.alerts._why import message_card, notice_why_card, posted_label, why_card

log = logging.getLogger(__name__)

Interaction = discord.Interaction[ElectionNight]

_TOPICS = {
    "everything: every change of hands and first election": Topic.ALL,
    "party: its gains and its losses": Topic.PARTY,
    "council: its result": Topic.COUNCIL,
    "region: changes of hands in it": Topic.REGION,
    "nation: changes of hands in it": Topic.NATION,
    "summary: in the morning and at the end": Topic.SUMMARY,
    "list: any result of a council on it": Topic.LIST,
    "contest: a mayor, constituency or referendum": Topic.CONTEST,
    "contests: all of a kind": Topic.CONTESTS,
    "milestones: as the night passes them": Topic.MILESTONES,
    "reminders: before a council followed here is due": Topic.REMINDERS,
}


_TEST_DIRECT = "`/alerts test direct:True` tests your direct messages."
_ONE_OF = {Topic.CONTESTS: "a kind of contest", Topic.MILESTONES: "a kind of milestone"}


@lookup
class AlertsCog(commands.GroupCog, name="Alerts", group_name="alerts"):
    """Subscriptions of servers' channels and of people's direct messages."""

    def __init__(self, client: ElectionNight) -> None:
        self.client = client
        self.services = client.services

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a server that the bot was removed from; discord.py tells outages apart.

        Nobody tells again: where it cannot be written down, it is tried until it is. Where the bot
        was invited again meanwhile, what the server follows by then is not lost to that.
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

    # What may let the bot post again where it was refused.

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look at all that is paused: nobody told of changes while there was no session."""
        self._changed(None)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Look at what is paused in a server that the bot is in again."""
        self._changed(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look at what is paused in a server that is there again."""
        self._changed(guild)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Look at what is paused where a channel came to be seen."""
        self._changed(channel.guild)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Look at what is paused where a channel's permissions may have changed."""
        self._changed(after.guild)

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Look at what is paused where a role may do other things."""
        self._changed(after.guild)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Look at what is paused where a role is gone that may have kept the bot out."""
        self._changed(role.guild)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Look at what is paused where the bot was given roles, or a time-out ended."""
        if after.id == after.guild.me.id:
            self._changed(after.guild)

    @commands.Cog.listener()
    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """Look at what is paused where a thread may be open again."""
        self._changed(after.guild)

    def _changed(self, guild: discord.Guild | None) -> None:
        if self.services.alerts is not None:
            self.services.alerts.places_changed(None if guild is None else guild.id)

    @app_commands.command()
    @app_commands.describe(
        topic="What to be told of",
        which="Which party, council, region, nation, list, contest or kind",
        channel="Where to post it, if you manage this server; by direct message without it",
        role="A role to mention with each alert in the channel",
    )
    @app_commands.choices(
        topic=[app_commands.Choice(name=words, value=topic) for words, topic in _TOPICS.items()]
    )
    async def subscribe(
        self,
        interaction: Interaction,
        topic: str,
        which: str | None = None,
        channel: app_commands.Transform[app_commands.AppCommandChannel, ChannelOption]
        | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Be told the moment a council changes hands, here or by direct message."""
        value = self._value(interaction, Topic(topic), which)
        if channel is not None:
            destination = channel_destination(interaction, channel, role)
        elif role is not None:
            raise CannotAnswer("A role can be mentioned in a channel only: choose the channel too.")
        else:
            destination = Destination(interaction.user.id)
        await follow(interaction, destination, Topic(topic), value, role.id if role else None)

    @subscribe.autocomplete("which")
    async def complete_which(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what the chosen topic can be about."""
        night = self.services.newest_night
        match interaction.namespace.topic:
            case Topic.PARTY:
                offered = parties_like(self.services.almanac_of(night), typed)
            case Topic.COUNCIL:
                offered = councils_like(self.services, typed, night)
            case Topic.REGION | Topic.NATION as topic:
                places = (regions if topic == Topic.REGION else nations)(self.services, night)
                offered = _near(places, typed)
            case Topic.CONTEST:
                ballots = self.services.reader.ballots(night)
                offered = ballots_like((one.ballot for one in ballots), typed)
            case Topic.CONTESTS:
                offered = _near(_by_words(KINDS_OF_BALLOT), typed)
            case Topic.MILESTONES:
                offered = _near(_by_words(KINDS_OF_MILESTONE), typed)
            case Topic.LIST:
                lists = self.services.lists
                night = self.services.newest_night
                known = lists.all(keeper_of(interaction), night) if lists else []
                offered = _near({one.name: one.value for one in known}, typed)
            case _:
                offered = {}
        return choices(offered)

    def _value(self, interaction: Interaction, topic: Topic, which: str | None) -> str:
        """Return the value of a topic that a reader means. Raises `CannotAnswer`."""
        if not topic.takes_value:
            return ""
        if not which:
            raise CannotAnswer(f"Choose {_ONE_OF.get(topic, f'a {topic}')} in `which`.")
        return topic_value(self.services, keeper_of(interaction), topic, which)

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """What you follow and, if you manage this server, what its channels follow."""
        embed, view = subscriptions_page(interaction, 1)
        await interaction.response.send_message(embed=embed, view=view, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(subscription="What to be told of no more")
    async def remove(self, interaction: Interaction, subscription: str) -> None:
        """Stop being told of something."""
        await unfollow(interaction, number_in(subscription))

    @remove.autocomplete("subscription")
    async def complete_subscription(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what may be removed by who asks."""
        offered = {
            f"{number}. {self._label(interaction, each)}": str(each.id)
            for number, each in enumerate(subscriptions_of(interaction), 1)
        }
        near = {label: v for label, v in offered.items() if typed.lower() in label.lower()}
        return choices(near)

    def _label(self, interaction: Interaction, subscription: Subscription) -> str:
        words = plain(topic_words(subscription.topic, subscription.value, self.services))
        if subscription.destination.is_direct:
            return f"{words}, by direct message"
        channel = interaction.guild and interaction.guild.get_channel(subscription.destination.id)
        return f"{words}, in #{channel.name if channel else subscription.destination.id}"

    @app_commands.command()
    @app_commands.describe(
        council="Which council", reference="The reference that a post ends in, as EN-7K3Q2M9X"
    )
    async def why(
        self,
        interaction: Interaction,
        council: app_commands.Range[str, 1, LONGEST_OPTION] | None = None,
        reference: app_commands.Range[str, 1, LONGEST_OPTION] | None = None,
    ) -> None:
        """Why something was or was not posted here, or sent to you."""
        asker = _asker(interaction)
        if reference is not None:
            card = self._why_this(asker, reference)
        elif council is not None:
            services = self.services
            night = services.newest_night
            meant = council_meant(services, council, night)
            card = self._why_council(asker, meant.code, night)
        else:
            raise CannotAnswer(
                "Why what? Name a council, or the reference that a post ends in (`EN-7K3Q2M9X`)."
            )
        await interaction.response.send_message(embed=card.to_embed(), ephemeral=True)

    @why.autocomplete("council")
    async def complete_council(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the councils whose name comes near."""
        return choices(councils_like(self.services, typed, self.services.newest_night))

    @why.autocomplete("reference")
    async def complete_reference(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the last posts of the places that are theirs who asks."""
        if self.services.alerts is None:
            return []
        offered = {
            posted_label(row, self.services.named): row["reference"]
            for row in self.services.alerts.last_posted(_asker(interaction))
        }
        near = {label: v for label, v in offered.items() if typed.lower() in label.lower()}
        return choices(near)

    def _why_this(self, asker: Asker, reference: str) -> Card:
        """Return why the post of a *reference* is there. Raises `CannotAnswer`."""
        if is_board(reference):
            raise CannotAnswer(
                "That is a board, which no alert made: `/night board`, given in its channel by an "
                "admin of the server, tells of it and ends it."
            )
        meant = reference_meant(reference)
        found = None if meant is None else running(self.services.alerts).delivery(meant)
        if found is None or not asker.may_see(found["destination"], found["guild_id"]):
            raise CannotAnswer(
                f"There is no post “{escape(reference)}” here. A post ends in its reference; ask "
                "in the server where it stands, as one of its admins."
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

    @app_commands.command()
    @app_commands.describe(
        channel="Another channel than the one in which this is given",
        direct="Test your direct messages instead",
    )
    async def test(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[app_commands.AppCommandChannel, ChannelOption]
        | None = None,
        direct: bool = False,
    ) -> None:
        """Post a test message here, learn what is missing, and take up what was paused."""
        if channel is not None and direct:
            raise CannotAnswer("A channel or your direct messages: test one after the other.")
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
        card = Card("The test arrived", f"It is in {place}, and alerts will come there too.")
        await interaction.followup.send(embed=card.to_embed(), ephemeral=True)


def _near(offered: Mapping[str, str], typed: str) -> dict[str, str]:
    return {name: value for name, value in offered.items() if typed.lower() in name.lower()}


def _by_words(kinds: Mapping[str, str]) -> dict[str, str]:
    return {words: kind for kind, words in kinds.items()}


def _asker(interaction: Interaction) -> Asker:
    return Asker(interaction.user.id, interaction.guild_id if is_admin(interaction) else None)
