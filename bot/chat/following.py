"""Following: from a press or a command to a subscription, with everything checked before.

An admin is who has Manage Server in the server that the interaction comes from; they decide for
its channels, everybody for their own direct messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.alerts.subscriptions import EVERY, Added, Change, Destination, Subscription, Topic
from bot.cards.card import Card
from bot.cards.lists import notice_card
from bot.cards.text import escape
from bot.cards.words import name_of, sentence_case, the_members
from bot.chat.permissions import missing_in, unpingable
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services, running
from bot.election.contests import contest_of
from bot.election.notices import MilestoneKind

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
    Channel = app_commands.AppCommandChannel | discord.interactions.InteractionChannel
else:
    Interaction = discord.Interaction

POSTABLE = (discord.ChannelType.text, discord.ChannelType.news)
"""The kinds of channel that alerts can be posted to."""

_BY_DIRECT_MESSAGE = "You can be told by direct message instead: leave the channel out."
_WORDS = {
    Topic.ALL: "every change of hands and first election",
    Topic.SUMMARY: "the summaries, in the morning and at the end",
    Topic.REMINDERS: "reminders before councils followed here are due",
}
KINDS_OF_CONTEST = {
    EVERY: "everything beside the councils",
    "mayor": "every mayor",
    "assembly": "the Northern Ireland Assembly",
    "referendum": "every referendum",
}
KINDS_OF_MILESTONE = {
    EVERY: "every milestone in declared results",
    MilestoneKind.HALF_DECLARED.value: "half of the councils declared",
    MilestoneKind.NET_SEATS.value: "parties past round figures of net seats",
    MilestoneKind.FIRST_IN_DECADES.value: "firsts in decades",
    MilestoneKind.FLAGSHIP.value: "councils of the night that change hands",
    MilestoneKind.CERTAIN.value: "certain results, before the last wards declare",
}


class ChannelOption(app_commands.Transformer["ElectionNight"]):
    """A text or announcement channel, also one that the bot cannot see."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord lets people choose."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds of channel that can be posted to."""
        return [*POSTABLE]

    async def transform(
        self, interaction: Interaction, value: Any, /
    ) -> app_commands.AppCommandChannel:
        """Return the channel as Discord described it."""
        channel: app_commands.AppCommandChannel = value
        return channel


def topic_words(topic: Topic, value: str, services: Services) -> str:
    """Return what a subscription asks for, in words that are safe to show."""
    almanac = services.named
    words = _WORDS.get(topic, "")
    match topic:
        case Topic.COUNCIL:
            words = f"the result in {name_of(services.reader.council_of(value))}"
        case Topic.PARTY:
            party = almanac.parties.get(value)
            whose = the_members(party) if party.known else escape(services.reader.party_name(value))
            words = f"gains and losses of {whose}"
        case Topic.REGION | Topic.NATION:
            words = f"changes of hands in {escape(value)}"
        case Topic.LIST:
            found = services.lists.by_value(value) if services.lists else None
            words = f"the list “{escape(found.name)}”" if found else "a list that is gone"
        case Topic.CONTEST:
            contest = contest_of(value, almanac.night(services.newest_night).contests)
            words = f"the result: {escape(contest.name)}" if contest else escape(value)
        case Topic.CONTESTS:
            words = KINDS_OF_CONTEST.get(value, escape(value))
        case Topic.MILESTONES:
            words = KINDS_OF_MILESTONE.get(value, escape(value))
    return words


def check_followable(topic: Topic, value: str, services: Services) -> None:
    """Raise `CannotAnswer` for what a button remembers and is not there: it would match nothing."""
    standings = services.reader.councils(services.newest_night)
    there = {
        Topic.COUNCIL: lambda: (
            services.almanac.councils.get(value).known
            or any(one.council.code == value for one in standings)
        ),
        Topic.PARTY: lambda: (
            services.almanac_of(services.newest_night).parties.find(value) is not None
        ),
        Topic.LIST: lambda: services.lists is None or services.lists.by_value(value) is not None,
    }
    if topic in there and not there[topic]():
        raise CannotAnswer(
            f"The {topic} that this button follows is not there any more: ask for it with a "
            "command, `/help` lists them."
        )


def is_admin(interaction: Interaction) -> bool:
    """Tell whether who acts may decide for the channels of this server."""
    return (
        interaction.guild_id is not None
        and interaction.is_guild_integration()
        and interaction.permissions.manage_guild
    )


def channel_destination(
    interaction: Interaction, channel: Channel | None, role: discord.Role | None = None
) -> Destination:
    """Return a channel of this server as a destination.

    Raises `CannotAnswer` where who acts is no admin of it, and where the bot cannot post there or
    may not mention *role*, with precisely what is missing.
    """
    return granted_channel(interaction, channel, "Alerts are", _BY_DIRECT_MESSAGE, role)[0]


def granted_channel(
    interaction: Interaction,
    channel: Channel | None,
    what: str,
    instead: str = "",
    role: discord.Role | None = None,
) -> tuple[Destination, discord.Permissions]:
    """Return a channel of this server, in which *what* ("Alerts are") posted, and what is allowed.

    Raises `CannotAnswer` as `channel_destination` does; *instead* says what else can be done.
    """
    guild = guild_of_admin(interaction, instead)
    if channel is None or channel.type not in POSTABLE:
        raise CannotAnswer(f"{what} posted in text and announcement channels: choose one.")
    granted = granted_to(interaction, guild, channel.id)
    missing = missing_in(f"<#{channel.id}>", granted)
    unheard = unpingable(role, granted) if role is not None else None
    if missing or unheard:
        raise CannotAnswer(" ".join(filter(None, (missing, unheard))))
    return Destination(channel.id, guild.id), granted


def guild_of_admin(interaction: Interaction, instead: str = _BY_DIRECT_MESSAGE) -> discord.Guild:
    """Return the server whose channels who acts may decide for.

    Raises `CannotAnswer`, which says what can be done *instead*.
    """
    guild = interaction.guild
    reason = None
    if guild is None:
        reason = "A channel can be chosen in its own server only."
    elif not interaction.is_guild_integration():
        reason = "The bot is not a member of this server: one of its admins can invite it."
    elif not is_admin(interaction):
        reason = "Only members with Manage Server decide what is posted in this server's channels."
    if guild is None or reason is not None:
        raise CannotAnswer(" ".join(filter(None, (reason, instead))))
    return guild


def granted_to(interaction: Interaction, guild: discord.Guild, channel: int) -> discord.Permissions:
    """Return what the bot may do in a channel; nothing in one that it does not know of."""
    if channel == interaction.channel_id:
        return interaction.app_permissions
    known = guild.get_channel(channel)
    return discord.Permissions.none() if known is None else known.permissions_for(guild.me)


def where(destination: Destination) -> str:
    """Return where alerts go, as Discord shows it."""
    return "your direct messages" if destination.is_direct else f"<#{destination.id}>"


def added_card(added: Added, services: Services) -> Card:
    """Return what is said when something is followed."""
    subscription = added.subscription
    words = topic_words(subscription.topic, subscription.value, services)
    goes_to = where(subscription.destination)
    pinged = f", pinging <@&{subscription.role}>" if subscription.role else ""
    match added.change:
        case Change.ADDED:
            done = f"Following {words}."
        case Change.ROLE_CHANGED:
            done = f"Still following {words}, with another role."
        case Change.NOTHING:
            done = f"Already following {words}."
    steps = [f"Told in {goes_to}{pinged}, from now on; `/night changes` shows what came before."]
    if added.resumed:
        steps.append("Alerts there had been paused and go on now.")
    steps.append("`/alerts test` posts a test there.")
    return notice_card(done, " ".join(steps))


def subscription_line(subscription: Subscription, services: Services) -> str:
    """Return a subscription in a line: what, where, whom it pings, and whether it is paused."""
    words = sentence_case(topic_words(subscription.topic, subscription.value, services))
    line = f"{words} → {where(subscription.destination)}"
    if subscription.role:
        line += f", pinging <@&{subscription.role}>"
    if subscription.paused:
        line += f". **Paused**: {escape(subscription.paused, 300)}"
    return line


def subscriptions_of(interaction: Interaction) -> list[Subscription]:
    """Return what who acts may see and end: the server's if they are its admin, and their own."""
    subscriptions = running(interaction.client.services.subscriptions)
    own = subscriptions.of_user(interaction.user.id)
    if interaction.guild_id is None or not is_admin(interaction):
        return own
    return [*subscriptions.of_guild(interaction.guild_id), *own]
