"""The set-up wizard: choose a channel and what is posted there; it is tested before it is saved.

It is one private message that is edited in place. What is chosen so far is kept in the message's
own menus, so that every step works after a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.calm import calm_words
from bot.cards.card import Card
from bot.cards.setup import Saved, saved_card, testing_card, unsaved_card, what_card, where_card
from bot.chat.answer_buttons import ask_button
from bot.chat.components import (
    LONGEST_OPTION_LABEL,
    Component,
    Item,
    answer_privately,
    button,
    chosen_in,
    one_chosen_in,
    view_of,
)
from bot.chat.following import subscription_line, where
from bot.chat.interaction import Interaction
from bot.chat.questions import Followable
from bot.chat.rights import (
    FOLLOWABLE,
    destination_here,
    granted_in,
    granted_to,
    guild_of_admin,
    missing_in,
    number_in,
    role_here,
    unpingable,
)
from bot.chat.services import Services, running
from bot.chat.welcome import welcome
from bot.delivery.subscriptions import Asked, Change, Destination, Subscription
from bot.delivery.watch_lists import Keeper
from bot.election.calm import FOR_SERVERS
from bot.store.threads import Grouping
from bot.wording.phrases import sentence_case
from bot.wording.text import escape
from cogs.setup._threads import ThreadsMenu, threads_menu
from cogs.setup._topics import MENUS, SUGGESTED, chosen_as, followed_by, label_of, offered, words_of

_ROLE = "role"
_NO_ROLE = "The role is gone: choose another, or none."


class SetupCog(commands.Cog, name="Setup"):
    """Sets a server up."""

    @app_commands.command(name="setup")
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    async def setup_(self, interaction: Interaction) -> None:
        """Choose what is posted where in this server; it checks permissions and posts a test."""
        card, view = _where(interaction)
        await answer_privately(interaction, card, view=view)


class _Step(Component, template=r"(?!)"):
    """A button or menu of the wizard, which is one private message."""

    in_private = True

    @property
    def channel(self) -> int:
        """The channel that is set up."""
        return int(self.given["channel"])


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen for a channel: topics, out of those that were seen, and the role."""

    topics: frozenset[Followable]
    role: int | None
    seen: frozenset[Followable] = frozenset()


class ChannelMenu(_Step, template=r"setup-channel"):
    """Asks which channel is meant."""

    async def pressed(self, interaction: Interaction) -> None:
        """Ask what is to be posted in the channel."""
        await _ask_what(interaction, number_in(one_chosen_in(interaction)))


class TopicMenu(_Step, template=r"setup-(?P<menu>what|party|place):(?P<channel>\d{1,20})"):
    """Asks for some of what can be posted in a channel."""

    async def pressed(self, interaction: Interaction) -> None:
        """Mark what is chosen, and show the result."""
        await _ask_what(interaction, self.channel, _chosen(interaction, self.given["menu"]))


class RoleMenu(_Step, template=r"setup-role:(?P<channel>\d{1,20})"):
    """Asks which role is pinged, if any."""

    async def pressed(self, interaction: Interaction) -> None:
        """Mark the role, and say what is missing to ping it.

        Discord offers every role; @everyone and the roles of apps are refused.
        """
        guild = guild_of_admin(interaction)
        for number in chosen_in(interaction):
            role_here(guild, number_in(number))
        await _ask_what(interaction, self.channel, _chosen(interaction, _ROLE))


class SaveButton(_Step, template=r"setup-(?P<how>save|anyway):(?P<channel>\d{1,20})"):
    """Saves the choice: once a test message has arrived, or anyway."""

    async def pressed(self, interaction: Interaction) -> None:
        """Test, save and confirm; or say why not, with everything still chosen."""
        setup, choice = _Setup.of(interaction, self.channel), _chosen(interaction)
        if choice.role is not None:
            role_here(setup.guild, choice.role)
        place, testing = (
            where(setup.destination),
            self.given["how"] == "save" and bool(choice.topics),
        )
        missing = setup.missing(choice) if choice.topics else None
        if testing and missing is None:
            await _put(interaction, testing_card(place), setup.view(choice))
            missing = await running(setup.services.alerts).test(setup.destination)
        if testing and missing is not None:
            card = unsaved_card(setup.card(choice), missing)
            await _put(interaction, card, setup.view(choice, stuck=True))
            return
        done, is_forum = await setup.save(choice), setup.destination.is_forum
        card = saved_card(
            place,
            done,
            missing=missing,
            tested=testing and not is_forum,
            publishes=setup.publishes,
            forum=is_forum,
        )
        await _put(interaction, card, _afterwards(setup.destination, setup.threads))
        if done.posted and missing is None and not (setup.publishes or is_forum):
            # An announcement channel is followed from other servers, where buttons do nothing.
            await welcome(interaction.client, self.channel, setup.guild.id, done.posted)


class SetupButton(_Step, template=r"setup-again:(?P<channel>\d{1,20})"):
    """Goes back to the choice for a channel, or with 0 to the choice of the channel."""

    async def pressed(self, interaction: Interaction) -> None:
        """Ask again."""
        if self.channel:
            await _ask_what(interaction, self.channel)
        else:
            await _put(interaction, *_where(interaction))


COMPONENTS: tuple[type[Component], ...] = (
    ChannelMenu,
    TopicMenu,
    RoleMenu,
    SaveButton,
    SetupButton,
    ThreadsMenu,
)


def _where(interaction: Interaction) -> tuple[Card, discord.ui.View]:
    services = interaction.client.services
    guild = guild_of_admin(interaction)
    menu: Item = discord.ui.ChannelSelect(
        custom_id="setup-channel", channel_types=[*FOLLOWABLE], placeholder="Choose a channel"
    )
    posted = running(services.subscriptions).of_guild(guild.id)
    return where_card([subscription_line(each, services) for each in posted]), view_of([menu])


def _afterwards(destination: Destination, threads: Grouping | None) -> discord.ui.View:
    channel = destination.id
    return view_of(
        [
            *threads_menu(destination, threads),
            ask_button("Latest results", "/night latest"),
            button("Quiet hours and pings", f"calm-open:{channel}"),
            button("Change this channel", f"setup-again:{channel}"),
            button("Another channel", "setup-again:0"),
            button("All alerts", "subscriptions:1", row=4),
        ]
    )


async def _ask_what(interaction: Interaction, channel: int, choice: Choice | None = None) -> None:
    setup = _Setup.of(interaction, channel)
    choice = choice or setup.first_choice()
    await _put(interaction, setup.card(choice), setup.view(choice))


async def _put(interaction: Interaction, card: Card, view: discord.ui.View) -> None:
    """Edit the wizard's message, also for the second time in one interaction."""
    if interaction.response.is_done():
        await interaction.edit_original_response(embed=card.to_embed(), view=view)
    else:
        await interaction.response.edit_message(embed=card.to_embed(), view=view)


def _chosen(interaction: Interaction, pressed: str | None = None) -> Choice:
    """Return what is marked in the menus, and what was chosen in the one that is *pressed*."""
    marked: dict[str, list[str]] = {}
    seen: list[str] = []
    for row in interaction.message.components if interaction.message else ():
        for menu in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(menu, discord.SelectMenu):
                name = (menu.custom_id or "").removeprefix("setup-").partition(":")[0]
                marked[name] = [each.value for each in menu.options if each.default]
                marked[name] += [str(each.id) for each in menu.default_values]
                seen += [each.value for each in menu.options]
    if pressed is not None:
        marked[pressed] = chosen_in(interaction)
    role = next(map(number_in, marked.get(_ROLE, ())), None)
    topics = [chosen_as(each) for name in MENUS for each in marked.get(name, ())]
    return Choice(
        frozenset(filter(None, topics)),
        role,
        frozenset(filter(None, map(chosen_as, seen))),
    )


@dataclass(frozen=True, slots=True)
class _Setup:
    """The wizard's second step for one channel of a server, for one of its admins."""

    interaction: Interaction
    guild: discord.Guild
    destination: Destination
    present: Sequence[Subscription]
    menus: dict[str, Sequence[Followable]]

    @classmethod
    def of(cls, interaction: Interaction, channel: int) -> Self:
        """Return the state of a channel.

        Raises `CannotAnswer` for who does not manage it, and for what is no channel of the server.
        """
        guild = guild_of_admin(interaction)
        destination = destination_here(interaction, guild, channel)
        services = interaction.client.services
        known = running(services.subscriptions).of_guild(guild.id)
        present = [each for each in known if each.destination.id == channel]
        keeper = Keeper(guild.id, interaction.user.id)
        menus = offered(services, keeper, map(followed_by, present))
        return cls(interaction, guild, destination, present, menus)

    @property
    def services(self) -> Services:
        """The bot's services."""
        return self.interaction.client.services

    @property
    def publishes(self) -> bool:
        """Whether it is an announcement channel."""
        channel = self.guild.get_channel(self.destination.id)
        return channel is not None and channel.type is discord.ChannelType.news

    @property
    def threads(self) -> Grouping | None:
        """What has a thread of its own in the channel."""
        return running(self.services.subscriptions).threads_of(self.destination)

    def first_choice(self) -> Choice:
        """Return what is posted there now, or a suggestion if nothing is."""
        if not self.present:
            return Choice(frozenset(SUGGESTED), None)
        roles = self._roles
        return Choice(
            frozenset(map(followed_by, self.present)), roles.pop() if len(roles) == 1 else None
        )

    @property
    def _calm(self) -> str:
        """How loudly the channel is told, in words."""
        subscriptions = running(self.services.subscriptions)
        chosen = subscriptions.has_chosen(self.destination) or self.present
        calm = subscriptions.calm_of(self.destination) if chosen else FOR_SERVERS
        words = sentence_case(calm_words(calm) or "each alert at once, with a push")
        return f"{words}. **Quiet hours and pings** changes that once it is saved."

    @property
    def _roles(self) -> set[int | None]:
        return {each.role for each in self.present}

    @property
    def _roles_differ(self) -> bool:
        return len(self._roles) > 1

    def missing(self, choice: Choice) -> str | None:
        """Return which permissions the bot lacks for a choice, and what to do."""
        granted = granted_to(self.interaction, self.guild, self.destination.id)
        place, forum = where(self.destination), self.destination.is_forum
        threads = not forum and self.threads is not None
        lacking = [missing_in(place, granted, forum=forum, threads=threads)]
        if choice.role is not None:
            role = self.guild.get_role(choice.role)
            lacking.append(unpingable(role, granted) if role else _NO_ROLE)
        return " ".join(filter(None, lacking)) or None

    def card(self, choice: Choice) -> Card:
        """Return the wizard's card for a choice."""
        granted = granted_to(self.interaction, self.guild, self.destination.id)
        present = [self._words(followed_by(each), each.role) for each in self.present]
        paused = {each.paused for each in self.present if each.paused}
        if choice.role is not None:
            roles = f"<@&{choice.role}>, with each of these."
        elif self._roles_differ:
            roles = "As now, each its own role. Choose one to ping it with all of these."
        else:
            roles = "Nobody."
        return what_card(
            where(self.destination),
            [words_of(one, self.services) for one in self._in_order(choice.topics)],
            present=[*present, *(f"**Paused**: {escape(why, 300)}" for why in paused)],
            beyond=[
                words_of(one, self.services)
                for one in map(followed_by, self.present)
                if not self._is_offered(one)
            ],
            missing=self.missing(choice),
            granted=granted_in(granted),
            roles=roles,
            calm=self._calm,
        )

    def view(self, choice: Choice, *, stuck: bool = False) -> discord.ui.View:
        """Return the menus with a choice marked; if it is *stuck*, with a button to save anyway."""
        channel = self.destination.id
        items: list[Item] = [
            discord.ui.Select(
                custom_id=f"setup-{name}:{channel}",
                placeholder=MENUS[name],
                min_values=0,
                max_values=max(len(topics), 1),
                options=[
                    discord.SelectOption(
                        label=label_of(one, self.services)[:LONGEST_OPTION_LABEL],
                        value=str(one),
                        default=one in choice.topics,
                    )
                    for one in topics
                ],
            )
            for name, topics in self.menus.items()
        ]
        items.append(
            discord.ui.RoleSelect(
                custom_id=f"setup-role:{channel}",
                placeholder="Role to ping, or none",
                min_values=0,
                default_values=[discord.Object(choice.role)] if choice.role else [],
            )
        )
        green, red = discord.ButtonStyle.success, discord.ButtonStyle.danger
        items.append(button("Test and save", f"setup-save:{channel}", green))
        if stuck:
            items.append(button("Save anyway", f"setup-anyway:{channel}", red))
        if self.present:
            items.append(button("Quiet hours and pings", f"calm-open:{channel}"))
        return view_of([*items, button("Another channel", "setup-again:0")])

    async def save(self, choice: Choice) -> Saved:
        """Subscribe to what is chosen, and end what was seen but not chosen; leave the rest."""
        subscriptions, by = running(self.services.subscriptions), self.interaction.user.id
        now = {followed_by(each): each for each in self.present}
        ended = [now[one] for one in now if one in choice.seen - choice.topics]
        topics = self._in_order(choice.topics)
        roles = [
            now[one].role
            if choice.role is None and self._roles_differ and one in now
            else choice.role
            for one in topics
        ]
        asked = [Asked(w.topic, w.value, role) for w, role in zip(topics, roles, strict=True)]
        done = await subscriptions.change(
            self.destination,
            asked,
            ended=[each.id for each in ended],
            calm=None if self.present else FOR_SERVERS,
            by=by,
        )
        added: list[str] = []
        kept: list[str] = []
        for one, role, each in zip(topics, roles, done, strict=True):
            same = each.change is Change.NOTHING
            (kept if same else added).append(self._words(one, role))
        kept += [self._words(w, each.role) for w, each in now.items() if w not in choice.seen]
        return Saved(added, kept, [words_of(followed_by(each), self.services) for each in ended])

    def _is_offered(self, one: Followable) -> bool:
        return any(one in menu for menu in self.menus.values())

    def _in_order(self, topics: frozenset[Followable]) -> list[Followable]:
        return [one for menu in self.menus.values() for one in menu if one in topics]

    def _words(self, one: Followable, role: int | None) -> str:
        words = words_of(one, self.services)
        return f"{words}, pinging <@&{role}>" if role else words
