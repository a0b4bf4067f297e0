"""Following: what can be followed, and how it is said. `bot.chat.rights` says by whom and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.cards.card import Card
from bot.chat.lists import list_named
from bot.chat.lookups import (
    ballot_named,
    council_meant,
    followed_nation,
    followed_region,
    kind_named,
    party_named,
)
from bot.chat.questions import CannotAnswer
from bot.chat.rights import POSTABLE, is_admin
from bot.chat.services import Services, running
from bot.delivery.subscriptions import EVERY, Added, Change, Destination, Subscription, Topic
from bot.delivery.watch_lists import Keeper
from bot.election.ballots import ballot_of
from bot.election.notices import MilestoneKind
from bot.wording.phrases import name_of, sentence_case, the_members
from bot.wording.text import at, escape

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction

_FAILURE_IS_NEWS = timedelta(days=1)
"""So long a message that Discord did not take is shown where one's subscriptions are."""
_WORDS = {
    Topic.ALL: "every change of hands and first election",
    Topic.SUMMARY: "the summaries, in the morning and at the end",
    Topic.REMINDERS: "reminders before councils followed here are due",
}
KINDS_OF_BALLOT = {
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
            ballot = ballot_of(value, almanac.night(services.newest_night).ballots)
            words = f"the result: {escape(ballot.name)}" if ballot else escape(value)
        case Topic.CONTESTS:
            words = KINDS_OF_BALLOT.get(value, escape(value))
        case Topic.MILESTONES:
            words = KINDS_OF_MILESTONE.get(value, escape(value))
    return words


def topic_value(services: Services, keeper: Keeper, topic: Topic, which: str) -> str:
    """Return the value of a topic that *which* means, for who asks as a *keeper* of lists.

    A button's value goes this way too: it gives nobody more than the same words typed. Raises
    `CannotAnswer` for what there is not, or not for them, and for a topic that takes no value.
    """
    night = services.newest_night
    find: dict[Topic, Callable[[str], str]] = {
        Topic.PARTY: lambda name: party_named(services.almanac_of(night), name).code,
        Topic.COUNCIL: lambda name: _council(services, name, night),
        Topic.REGION: lambda name: followed_region(services, night, name),
        Topic.NATION: lambda name: followed_nation(services, night, name),
        Topic.CONTEST: lambda name: _ballot(services, name, night),
        Topic.CONTESTS: lambda name: kind_named(KINDS_OF_BALLOT, "contest", name),
        Topic.MILESTONES: lambda name: kind_named(KINDS_OF_MILESTONE, "milestone", name),
        Topic.LIST: lambda name: list_named(services, keeper, name).value,
    }
    if topic not in find:
        raise CannotAnswer("That is followed as a whole: `/alerts subscribe` does it.")
    return find[topic](which)


def _council(services: Services, name: str, night: date) -> str:
    """Return the code of a council: by its code any of our tables, by name one that exists."""
    known = services.almanac.councils.get(name)
    return (known if known.known else council_meant(services, name, night)).code


def _ballot(services: Services, name: str, night: date) -> str:
    """Return the code of a contest: by its code one of any night, by name one of this."""
    ballots = [one.ballot for one in services.reader.ballots(night)]
    for other in services.reader.nights():
        if any(one.ballot.code == name for one in services.reader.ballots(other)):
            return name
    return ballot_named(ballots, Topic.CONTEST, name).code


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
    direct = subscription.destination.is_direct
    test = "`/alerts test direct:True`" if direct else "`/alerts test` there"
    steps.append(f"{test} posts a test.")
    return Card(done, " ".join(steps))


def subscription_line(subscription: Subscription, services: Services) -> str:
    """Return a subscription in a line: what, where, whom it pings, and whether it is paused."""
    words = sentence_case(topic_words(subscription.topic, subscription.value, services))
    line = f"{words} → {where(subscription.destination)}"
    if subscription.role:
        line += f", pinging <@&{subscription.role}>"
    if subscription.paused:
        line += f". **Paused**: {escape(subscription.paused, 300)}"
    elif subscription.failed and subscription.failed_at is not None:
        moment = subscription.failed_at
        if services.clock.now() - moment < _FAILURE_IS_NEWS:
            line += f". **A message failed**, {at(moment)}: {escape(subscription.failed, 300)}"
    return line


def subscriptions_of(interaction: Interaction) -> list[Subscription]:
    """Return what who acts may see and end: the server's if they are its admin, and their own."""
    subscriptions = running(interaction.client.services.subscriptions)
    own = subscriptions.of_user(interaction.user.id)
    if interaction.guild_id is None or not is_admin(interaction):
        return own
    return [*subscriptions.of_guild(interaction.guild_id), *own]
