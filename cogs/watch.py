"""`/watch`: lists of councils that a server or a person keeps, and follows as a whole."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import TypeVar

import discord
from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.card import Card
from bot.cards.night import watch_list_card
from bot.chat.client import ElectionNight
from bot.chat.commands import NameOption, OfferedOption, command, everywhere, look_up
from bot.chat.components import answer_privately
from bot.chat.following import chosen_destination, follow
from bot.chat.interaction import Interaction
from bot.chat.lookups import council_meant, list_named
from bot.chat.options import CouncilName, LevelChoice, Night, PostableChannel, lists_offered
from bot.chat.questions import Answer, CannotAnswer, Followable, Viewer, question_of
from bot.chat.rights import admin_keeper, keeper_of
from bot.chat.services import running
from bot.delivery.watch_lists import LONGEST_NAME, ListError, WatchList, WatchLists
from bot.election.alert_kinds import Level, Topic
from bot.wording.phrases import count, day
from bot.wording.text import escape

T = TypeVar("T")


def _as_typed(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer what is typed: any name will do."""
    name = " ".join(typed.split())[:LONGEST_NAME]
    return {name: name} if name else {}


ListName = Transform[str, NameOption("The list's name, or its share code", lists_offered)]
OwnList = Transform[
    str, OfferedOption("Your list", partial(lists_offered, own=True), longest=LONGEST_NAME)
]
NewName = Transform[str, OfferedOption("What to call the list", _as_typed, longest=LONGEST_NAME)]


@everywhere
class WatchCog(commands.GroupCog, name="Watch", group_name="watch"):
    """Lists of councils."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up("Councils of the night")
    async def show(
        self,
        name: ListName,
        night: Night | None = None,
        page: int = 1,
        viewer: Viewer | None = None,
    ) -> Answer:
        """How the councils on a list stand."""
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
        question = question_of("watch show", on, name=found.value)
        about = Followable(Topic.LIST, found.value, found.name)
        return Answer.of_page(question, shown, about=about)

    @command()
    async def lists(self, interaction: Interaction) -> None:
        """The lists that there are here."""
        known = running(self.services.lists).all(keeper_of(interaction), self.services.newest_night)
        lines = [_line(one) for one in known]
        await answer_privately(interaction, Card("Watch lists", "\n".join(lines)))

    @command()
    async def create(self, interaction: Interaction, name: NewName) -> None:
        """Make a list: a server's by its admins, your own in a direct message."""
        keeper = admin_keeper(interaction)
        made = await _done(self._lists.create(keeper, name))
        await _say(
            interaction,
            f"List “{escape(made.name)}” created.",
            "Add councils with `/watch add`.",
        )

    @command(council="The council to put on it")
    async def add(
        self,
        interaction: Interaction,
        name: OwnList,
        council: CouncilName,
    ) -> None:
        """Put a council on a list."""
        keeper = admin_keeper(interaction)
        meant = council_meant(self.services, council, self.services.newest_night)
        changed = await _done(self._lists.put(keeper, name, [meant.code]))
        sentence = f"{escape(meant.name)} is on the list “{escape(changed.name)}”."
        await _say(interaction, sentence, _held(changed))

    @command(council="The council to take off it")
    async def remove(
        self,
        interaction: Interaction,
        name: OwnList,
        council: CouncilName,
    ) -> None:
        """Take a council off a list."""
        keeper = admin_keeper(interaction)
        meant = council_meant(self.services, council, self.services.newest_night)
        changed = await _done(self._lists.take(keeper, name, meant.code))
        sentence = f"{escape(meant.name)} has been taken off the list “{escape(changed.name)}”."
        await _say(interaction, sentence, _held(changed))

    @command()
    async def delete(self, interaction: Interaction, name: OwnList) -> None:
        """Delete a list; nobody follows it any more."""
        keeper = admin_keeper(interaction)
        gone = await _done(self._lists.delete(keeper, name))
        await _say(interaction, f"List “{escape(gone)}” deleted.", "")

    @command(stop="Stop others finding it")
    async def share(self, interaction: Interaction, name: OwnList, stop: bool = False) -> None:
        """Let other servers and people see and follow a list."""
        keeper = admin_keeper(interaction)
        changed = await _done(self._lists.share(keeper, name, shared=not stop))
        if changed.shared is None:
            sentence = f"The list “{escape(changed.name)}” is no longer shared."
            await _say(interaction, sentence, "Those who follow it already keep it.")
            return
        await _say(
            interaction,
            f"The list “{escape(changed.name)}” is shared as `{changed.shared}`.",
            f"Anyone can open it with `/watch show name:{changed.shared}` and follow it; only you "
            "can change it.",
        )

    @command(
        name="follow",
        channel="Channel, if you manage this server; otherwise by direct message",
        role="A role to ping with each alert in the channel",
    )
    async def follow_(
        self,
        interaction: Interaction,
        name: ListName,
        channel: PostableChannel | None = None,
        role: discord.Role | None = None,
        level: LevelChoice | None = None,
    ) -> None:
        """Be told of every result on a list, or of the changes alone."""
        found = list_named(self.services, keeper_of(interaction), name)
        destination = chosen_destination(interaction, channel, role)
        how_much = Level(level) if level else None
        await follow(interaction, destination, Topic.LIST, found.value, role, level=how_much)

    @property
    def _lists(self) -> WatchLists:
        """The lists, writable. Raises `CannotAnswer` if this process has none."""
        lists = self.services.lists
        return running(lists if isinstance(lists, WatchLists) else None)


async def _say(interaction: Interaction, sentence: str, step: str) -> None:
    await answer_privately(interaction, Card(sentence, step))


async def _done(work: Awaitable[T]) -> T:
    """Return the result of a change. Raises `CannotAnswer` if it is refused."""
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
