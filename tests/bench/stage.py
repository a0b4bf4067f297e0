"""The whole bot on a sandbox, with a night's documents to hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from pydantic import SecretStr

from bot.almanac.tables import load_almanac
from bot.app import App, opened
from bot.cards.card import Card, Field
from bot.chat.client import ElectionNight
from bot.chat.commands import reply
from bot.chat.questions import Answer, Followable, Question
from bot.clock import RealClock
from bot.election.alert_kinds import Topic
from bot.election.reports import Reading
from bot.feeds.files import read_paths
from bot.pictures.picture import Picture
from bot.settings import Settings
from simulation.discord import Guild, Limits, Sandbox, User
from simulation.wire.night import Night
from simulation.wire.script import Publication, Script

NIGHT = "2022-05-05"
CONSTANT, CONSTANT_CARD, CONSTANT_PICTURE = "constant", "constant-card", "constant-picture"
"""The commands that reply with a constant: a line of text, a message like the real answer, and one
with a picture of the real size."""

_TEXT = "Lib Dems gain Kingston upon Hull from Labour"
_CARD = Card(
    title=_TEXT,
    description="\n".join([_TEXT] * 4),
    fields=tuple(Field(f"Seats {number}", "\n".join([_TEXT] * 3)) for number in range(3)),
    footer=_TEXT,
)
_ANSWER = Answer(
    Question("council", {"name": "KHL", "night": NIGHT}),
    (_CARD,),
    about=Followable(Topic.COUNCIL, "KHL", "Kingston upon Hull"),
)
_PICTURE = Picture(
    "constant",
    _TEXT,
    '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1277">'
    + "".join(
        f'<circle cx="{40 * n % 1200}" cy="{40 * (n // 30)}" r="17" fill="#{n * 7919:06X}"/>'
        for n in range(900)
    )
    + "</svg>",
    _TEXT,
    1_200,
    1_277,
    (),
)
"""About 200 kB as PNG, like a council's."""
_WIRE = "wire"


@dataclass(frozen=True)
class Stage:
    """The sandbox with one server, its admin, and the bot connected to it."""

    sandbox: Sandbox
    guild: Guild
    reader: User
    app: App


@contextlib.asynccontextmanager
async def staged(
    folder: Path, *, limits: Limits | None = None, pa_url: str | None = None
) -> AsyncIterator[Stage]:
    """Start the bot on a new database in *folder*, with the commands that reply constantly."""
    async with Sandbox(limits=limits or Limits.none()) as sandbox:
        guild = sandbox.add_guild("Gazette")
        settings = Settings(
            database=folder / "night.sqlite",
            token=SecretStr(sandbox.token),
            discord_api=sandbox.api_base,
            pa_urls=(pa_url,) if pa_url else (),
        )
        async with opened(settings, load_almanac(), RealClock()) as app:
            for command in _constants():
                app.client.tree.add_command(command)
            delivering = asyncio.create_task(app.deliver())
            await app.connection.ready()
            try:
                yield Stage(sandbox, guild, guild.owner, app)
            finally:
                delivering.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await delivering


def _constants() -> list[app_commands.Command[Any, [], None]]:
    @app_commands.command(name=CONSTANT)
    async def text(interaction: discord.Interaction[ElectionNight]) -> None:
        """Reply with a line of text."""
        await interaction.response.send_message(_TEXT, ephemeral=True)

    @app_commands.command(name=CONSTANT_CARD)
    async def card(interaction: discord.Interaction[ElectionNight]) -> None:
        """Reply with a card and its buttons."""
        await reply(interaction, _ANSWER, public=False)

    @app_commands.command(name=CONSTANT_PICTURE)
    async def picture(interaction: discord.Interaction[ElectionNight]) -> None:
        """Reply with a card, and put a picture into it."""
        await reply(interaction, replace(_ANSWER, compose=lambda: _PICTURE), public=False)

    return [text, card, picture]


def publications() -> Sequence[Publication]:
    """Return the night's documents in the order of their appearance."""
    return Script.of(Night.load(NIGHT)).publications


def written(folder: Path) -> Path:
    """Write the night's documents into a new folder and return it."""
    wire = folder / _WIRE
    wire.mkdir()
    for publication in publications():
        (wire / publication.name).write_bytes(publication.body)
    return wire


def readings(wire: Path) -> list[Reading]:
    """Return the readings of a folder's documents."""
    return list(read_paths("pa", [wire], RealClock().now()))
