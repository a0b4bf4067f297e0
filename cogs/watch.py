"""`/watch`: lists of councils that a server or a person keeps, and follows as a whole."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.card import Card
from bot.cards.night import watch_list_card
from bot.chat.answering import Choices, choices, complete_night, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.follow_buttons import follow
from bot.chat.following import ChannelOption
from bot.chat.lists import list_named, lists_here
from bot.chat.lookups import council_meant, councils_like
from bot.chat.questions import (
    LONGEST_OPTION,
    Answer,
    CannotAnswer,
    Question,
    Subject,
    Viewer,
    answered_by,
)
from bot.chat.rights import admin_keeper, channel_destination, keeper_of, viewer_of
from bot.chat.services import running
from bot.delivery.subscriptions import Destination, Topic
from bot.delivery.watch_lists import LONGEST_NAME, ListError, WatchList
from bot.wording.phrases import count, day
from bot.wording.text import escape

Interaction = discord.Interaction[ElectionNight]
Name = app_commands.Range[str, 1, LONGEST_NAME]
T = TypeVar("T")

_LIST = "The list's name, or the word by which it is shared"


@lookup
class WatchCog(commands.GroupCog, name="Watch", group_name="watch"):
    """Lists of councils."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @app_commands.command(extras=answered_by("answer_show", "Councils of the night"))
    @app_commands.describe(
        name=_LIST,
        night="The polling date; the night that is followed without it",
        public="Show the answer to everybody in the channel",
    )
    @app_commands.autocomplete(night=complete_night)
    async def show(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, LONGEST_OPTION],
        night: str | None = None,
        public: bool = False,
    ) -> None:
        """How the councils on a list stand."""
        answer = await self.answer_show(name, night, viewer=viewer_of(interaction))
        await reply(interaction, answer, public=public)

    async def answer_show(
        self, name: str, night: str | None = None, page: int = 1, viewer: Viewer | None = None
    ) -> Answer:
        """Return a page of a list that *viewer* may see: shipped, shared, or kept where they ask.

        Raises `CannotAnswer`.
        """
        services, viewer = self.services, viewer or Viewer()
        found = list_named(services, viewer.keeper, name)
        on = services.night(night or (found.night.isoformat() if found.night else None))
        if found.night not in (None, on):
            raise CannotAnswer(
                f"The list “{escape(found.name)}” is of the night of {day(found.night)} alone."
            )
        councils = [services.reader.council_of(code) for code in found.councils]
        shown = watch_list_card(
            found.name,
            [(council, services.reader.council(on, council.code)) for council in councils],
            dict(found.why),
            services.named.parties,
            now=services.moment_of(on),
            about=found.about,
            shared=found.shared,
            page=page,
            feeds=services.heard_of(on),
            known=bool(services.almanac.night(on).elections),
        )
        question = Question("watch show", {"name": found.value, "night": on.isoformat()})
        about = Subject(Topic.LIST, found.value, found.name)
        return Answer(question, (shown.card,), shown.number, shown.pages, about=about)

    @app_commands.command()
    async def lists(self, interaction: Interaction) -> None:
        """The lists that there are here."""
        known = running(self.services.lists).all(keeper_of(interaction), self.services.newest_night)
        lines = [_line(one) for one in known]
        card = Card("Watch lists", "\n".join(lines))
        await interaction.response.send_message(embed=card.to_embed(), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(name="What to call the list")
    async def create(self, interaction: Interaction, name: Name) -> None:
        """Make a list: a server's by its admins, your own in a direct message."""
        keeper = admin_keeper(interaction)
        made = await _done(lists_here(self.services).create(keeper, name))
        await self._say(
            interaction,
            f"The list “{escape(made.name)}” is made.",
            "`/watch add` puts councils on it.",
        )

    @app_commands.command()
    @app_commands.describe(name="Your list", council="The council to put on it")
    async def add(
        self,
        interaction: Interaction,
        name: Name,
        council: app_commands.Range[str, 1, LONGEST_OPTION],
    ) -> None:
        """Put a council on a list."""
        keeper = admin_keeper(interaction)
        meant = council_meant(self.services, council, self.services.newest_night)
        changed = await _done(lists_here(self.services).put(keeper, name, [meant.code]))
        sentence = f"{escape(meant.name)} is on the list “{escape(changed.name)}”."
        await self._say(interaction, sentence, _held(changed))

    @app_commands.command()
    @app_commands.describe(name="Your list", council="The council to take off it")
    async def remove(
        self,
        interaction: Interaction,
        name: Name,
        council: app_commands.Range[str, 1, LONGEST_OPTION],
    ) -> None:
        """Take a council off a list."""
        keeper = admin_keeper(interaction)
        meant = council_meant(self.services, council, self.services.newest_night)
        changed = await _done(lists_here(self.services).take(keeper, name, meant.code))
        sentence = f"{escape(meant.name)} is off the list “{escape(changed.name)}”."
        await self._say(interaction, sentence, _held(changed))

    @app_commands.command()
    @app_commands.describe(name="Your list")
    async def delete(self, interaction: Interaction, name: Name) -> None:
        """Delete a list; nobody follows it any more."""
        keeper = admin_keeper(interaction)
        gone = await _done(lists_here(self.services).delete(keeper, name))
        await self._say(interaction, f"The list “{escape(gone)}” is deleted.", "")

    @app_commands.command()
    @app_commands.describe(name="Your list", stop="Let others find it no more")
    async def share(self, interaction: Interaction, name: Name, stop: bool = False) -> None:
        """Let other servers and people see and follow a list."""
        keeper = admin_keeper(interaction)
        changed = await _done(lists_here(self.services).share(keeper, name, shared=not stop))
        if changed.shared is None:
            sentence = f"The list “{escape(changed.name)}” is shared no more."
            await self._say(interaction, sentence, "Who follows it already still does.")
            return
        await self._say(
            interaction,
            f"The list “{escape(changed.name)}” is shared as `{changed.shared}`.",
            f"Anybody can give `/watch show name:{changed.shared}` and follow it; only you "
            "change it.",
        )

    @app_commands.command(name="follow")
    @app_commands.describe(
        name=_LIST,
        channel="Where to post it, if you manage this server; by direct message without it",
        role="A role to mention with each alert in the channel",
    )
    async def follow_(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, LONGEST_OPTION],
        channel: app_commands.Transform[app_commands.AppCommandChannel, ChannelOption]
        | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Be told of every result on a list."""
        found = list_named(self.services, keeper_of(interaction), name)
        if channel is not None:
            destination = channel_destination(interaction, channel, role)
        elif role is not None:
            raise CannotAnswer("A role can be mentioned in a channel only: choose the channel too.")
        else:
            destination = Destination(interaction.user.id)
        await follow(interaction, destination, Topic.LIST, found.value, role.id if role else None)

    @create.autocomplete("name")
    async def complete_new(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what is typed: any name does that no list has."""
        name = " ".join(typed.split())[:LONGEST_NAME]
        return choices({name: name} if name else {})

    @show.autocomplete("name")
    @follow_.autocomplete("name")
    async def complete_list(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the lists that there are here."""
        return self._offered(interaction, typed, own=False)

    @add.autocomplete("name")
    @remove.autocomplete("name")
    @delete.autocomplete("name")
    @share.autocomplete("name")
    async def complete_own(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the lists that can be changed here."""
        return self._offered(interaction, typed, own=True)

    @add.autocomplete("council")
    @remove.autocomplete("council")
    async def complete_council(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the councils whose name comes near."""
        return choices(councils_like(self.services, typed, self.services.newest_night))

    def _offered(self, interaction: Interaction, typed: str, *, own: bool) -> Choices:
        if self.services.lists is None:
            return []
        known = self.services.lists.all(keeper_of(interaction), self.services.newest_night)
        return choices(
            {
                one.name: one.name
                for one in known
                if typed.casefold() in one.name.casefold() and (one.ours or not own)
            }
        )

    async def _say(self, interaction: Interaction, sentence: str, step: str) -> None:
        card = Card(sentence, step)
        await interaction.response.send_message(embed=card.to_embed(), ephemeral=True)


async def _done(work: Awaitable[T]) -> T:
    """Return what came of a change. Raises `CannotAnswer` where the list cannot be so."""
    try:
        return await work
    except ListError as fault:
        raise CannotAnswer(str(fault)) from None


def _held(one: WatchList) -> str:
    return f"It holds {count(len(one.councils), 'council')}."


def _line(one: WatchList) -> str:
    shared = f", shared as `{one.shared}`" if one.shared else ""
    return f"**{escape(one.name)}**: {count(len(one.councils), 'council')}{shared}"


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(WatchCog(client))
