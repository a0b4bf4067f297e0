"""`/privacy` and `/mydata`: what is kept of people and servers, to be seen and to be deleted."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.cards.privacy import asking_card, deleted_card, kept_card, privacy_card
from bot.chat.client import ElectionNight
from bot.chat.commands import command, everywhere, look_up
from bot.chat.components import Component, answer_privately, button, view_of
from bot.chat.following import where
from bot.chat.interaction import Interaction
from bot.chat.questions import Answer, CannotAnswer, Question
from bot.chat.rights import is_admin
from bot.chat.services import running
from bot.chat.topics import topic_words
from bot.store.erasure import StillSending, StoredData
from bot.wording.phrases import sentence_case

if TYPE_CHECKING:
    from bot.delivery.subscriptions import Subscriptions


class PrivacyCog(commands.Cog, name="Privacy"):
    """Says what is kept."""

    @look_up()
    async def privacy(self) -> Answer:
        """What is kept about you and of a server, why, and how to delete it."""
        return Answer(Question("privacy"), (privacy_card(),))


@everywhere
class MyDataCog(commands.GroupCog, name="My data", group_name="mydata"):
    """What is kept about you: see it, delete it."""

    @command()
    async def show(self, interaction: Interaction) -> None:
        """Everything that is kept about you, also as a file."""
        await show_kept(interaction, of_server=False)

    @command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete everything that is kept about you; it asks first."""
        await ask_before_deleting(interaction, of_server=False)

    @command(name="show-server", for_admins=True)
    async def show_server(self, interaction: Interaction) -> None:
        """Everything that is kept about this server, for its admins."""
        await show_kept(interaction, of_server=True)

    @command(name="delete-server", for_admins=True)
    async def delete_server(self, interaction: Interaction) -> None:
        """Delete everything that is kept about this server, for its admins; it asks first."""
        await ask_before_deleting(interaction, of_server=True)


_ME, _SERVER = "me", "server"
_WHOSE = {_ME: "you", _SERVER: "this server"}


def managed_guild(interaction: Interaction) -> int:
    """Return the server of which the person who acts is an admin. Raises `CannotAnswer`."""
    if interaction.guild_id is None:
        raise CannotAnswer(
            "Run this in the server itself, as one of its admins. `/mydata show` and "
            "`/mydata delete` are for what is kept about you."
        )
    if not is_admin(interaction):
        raise CannotAnswer(
            "Only members with Manage Server see or delete what is kept about this server. "
            "`/mydata show` and `/mydata delete` are for what is kept about you."
        )
    return interaction.guild_id


async def show_kept(interaction: Interaction, *, of_server: bool) -> None:
    """Show what is kept of the person who asks, or of their server, with a file of all of it."""
    services = interaction.client.services
    subscriptions = running(services.subscriptions)
    if of_server:
        guild = managed_guild(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept, followed = await subscriptions.kept_of_guild(guild), subscriptions.of_guild(guild)
    else:
        person = interaction.user.id
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept, followed = await subscriptions.kept_of_person(person), subscriptions.of_user(person)
    card = kept_card(
        _WHOSE[_SERVER if of_server else _ME],
        kept.totals,
        [
            f"{sentence_case(topic_words(each.topic, each.value, services))} → "
            f"{where(each.destination)}"
            for each in followed
        ],
        [row["name"] for row in kept.rows["lists"]],
        services.clock.now(),
    )
    files = [_file_of(kept)] if any(kept.totals.values()) else []
    await answer_privately(interaction, card, files=files)


async def ask_before_deleting(interaction: Interaction, *, of_server: bool) -> None:
    """Show what would be deleted, with the button that does it."""
    subscriptions = running(interaction.client.services.subscriptions)
    whose = _SERVER if of_server else _ME
    number = managed_guild(interaction) if of_server else interaction.user.id
    await interaction.response.defer(ephemeral=True, thinking=True)
    kept = await _something_kept(subscriptions, whose, number)
    delete = button("Delete it for good", f"forget:{whose}:{number}", discord.ButtonStyle.danger)
    card = asking_card(_WHOSE[whose], kept.totals)
    await answer_privately(interaction, card, view=view_of([delete]))


class ForgetButton(Component, template=r"forget:(?P<whose>me|server):(?P<number>\d{1,20})"):
    """Deletes what is kept of one person or server; nobody else can press it for them."""

    in_private = True

    async def pressed(self, interaction: Interaction) -> None:
        """Delete, and show what was deleted in the same message."""
        subscriptions = running(interaction.client.services.subscriptions)
        whose, number = self.given["whose"], int(self.given["number"])
        acting = managed_guild(interaction) if whose == _SERVER else interaction.user.id
        if acting != number:
            raise CannotAnswer("This button is somebody else's: `/mydata delete` is for you.")
        await interaction.response.defer()
        await _something_kept(subscriptions, whose, number)
        forget = subscriptions.erase_guild if whose == _SERVER else subscriptions.erase_person
        try:
            kept = await forget(number)
        except StillSending:
            raise CannotAnswer(
                "Something is just being sent to you: press the button again in a moment."
            ) from None
        card = deleted_card(_WHOSE[whose], kept.totals)
        await interaction.edit_original_response(embed=card.to_embed(), view=None)


COMPONENTS: tuple[type[Component], ...] = (ForgetButton,)


async def _something_kept(subscriptions: Subscriptions, whose: str, number: int) -> StoredData:
    """Return what is kept of a person or a server. Raises `CannotAnswer` where that is nothing."""
    of_server = whose == _SERVER
    look_up = subscriptions.kept_of_guild if of_server else subscriptions.kept_of_person
    kept = await look_up(number)
    if not any(kept.totals.values()):
        raise CannotAnswer(f"Nothing is kept about {_WHOSE[whose]}: there is nothing to delete.")
    return kept


def _file_of(kept: StoredData) -> discord.File:
    text = json.dumps({"rows": kept.rows, "in_all": kept.totals}, ensure_ascii=False, indent=1)
    return discord.File(
        io.BytesIO(text.encode()),
        "election-night-data.json",
        description="Everything that is kept, as JSON: rows by kind, and how many there are in all",
    )


async def setup(client: ElectionNight) -> None:
    """Add the cogs."""
    client.components.extend(COMPONENTS)
    await client.add_cog(PrivacyCog())
    await client.add_cog(MyDataCog())
