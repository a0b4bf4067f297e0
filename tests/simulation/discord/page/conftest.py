"""A page with three people, a night to control, a discord.py bot, and a browser's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from simulation.discord import Channel, Guild, Permission, Sandbox, User
from simulation.discord.page.controls import ControlRefused, Injection, Jump, NightState
from simulation.discord.page.views import Persona
from tests.simulation.discord.conftest import QuickBot
from tests.support.sandbox import running

JSON = dict[str, Any]

NIGHT = datetime(2022, 5, 5, 21, 58, tzinfo=UTC)


@dataclass
class Night:
    """A night of which the tests say how it stands; it keeps what was done to it."""

    now: datetime = NIGHT
    paused: bool = False
    speed: float = 60.0
    run_on_by_another: bool = False
    """Somebody else was quicker, and the page does not know it yet."""
    done: list[tuple[str, object]] = field(default_factory=list)
    jumps = (
        Jump("The first result", NIGHT + timedelta(hours=1)),
        Jump("Half past two", NIGHT + timedelta(hours=3, minutes=32)),
    )
    injections = (
        Injection("outage", "Outage", "The feed answers 503 for ten minutes."),
        Injection("correction", "Correction", "Hull's result is corrected."),
    )

    def state(self) -> NightState:
        return NightState(self.now, self.paused, self.speed, False, "3 of 200 councils declared")

    async def pause(self) -> None:
        self.paused = True

    async def resume(self) -> None:
        if self.run_on_by_another or not self.paused:
            raise ControlRefused("The night is running already.")
        self.paused = False

    async def set_speed(self, speed: float) -> None:
        self.speed = speed

    async def jump(self, to: datetime) -> None:
        if to < self.now:
            raise ControlRefused("The night does not run backwards. Start it again.")
        self.now = to

    async def inject(self, key: str) -> None:
        self.done.append(("inject", key))


@dataclass
class Scene:
    """The page at `address`, and what is in its world."""

    sandbox: Sandbox
    night: Night
    address: str
    guild: Guild
    results: Channel
    newsroom: Channel
    reader: User
    admin: User
    desk: User


def furnish(sandbox: Sandbox, night: Night | None = None) -> Scene:
    """Build a server with a public channel and the desk's, and open the page."""
    admin, reader, desk = (sandbox.add_user(name) for name in ("Ada", "Robin", "Dee"))
    guild = sandbox.add_guild(
        "Election Night", owner=admin, bot_permissions=Permission.PIN_MESSAGES
    )
    role = guild.add_role("Desk")
    guild.add_member(reader)
    guild.add_member(desk, [role])
    results = guild.add_channel("results", topic="Changes of hands, as they come")
    newsroom = guild.add_channel("newsroom")
    newsroom.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)
    newsroom.set_permissions(role, allow=Permission.VIEW_CHANNEL)
    newsroom.set_permissions(sandbox.bot, allow=Permission.VIEW_CHANNEL)
    night = night or Night()
    people = [
        Persona("reader", reader, "Reader"),
        Persona("admin", admin, "Server admin"),
        Persona("desk", desk, "Desk"),
    ]
    address = sandbox.open_page(night, people)
    return Scene(sandbox, night, address, guild, results, newsroom, reader, admin, desk)


@pytest.fixture
def scene(sandbox: Sandbox) -> Scene:
    """The page over a sandbox whose exchanges are checked."""
    return furnish(sandbox)


class AskWhy(discord.ui.Modal, title="Confirm Crawley"):
    why: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Why", custom_id="why")

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"Confirmed: {self.why.value}")


class Follow(discord.ui.View):
    @discord.ui.button(label="Follow Hull", custom_id="follow")
    async def follow(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await interaction.response.send_message("Followed.", ephemeral=True)

    @discord.ui.button(label="Confirm…", custom_id="confirm")
    async def confirm(self, interaction: discord.Interaction[Any], _: Any) -> None:
        await interaction.response.send_modal(AskWhy())

    @discord.ui.select(
        cls=discord.ui.ChannelSelect, custom_id="where", channel_types=[discord.ChannelType.text]
    )
    async def where(self, interaction: discord.Interaction[Any], menu: Any) -> None:
        await interaction.response.edit_message(content=f"Posts go to #{menu.values[0].name}.")


@pytest.fixture
async def bot(scene: Scene) -> AsyncIterator[QuickBot]:
    """A bot with one command of each kind that the page has to do with."""
    bot = QuickBot()

    @bot.tree.command(description="Who controls a council")
    async def council(interaction: discord.Interaction[Any], name: str) -> None:
        await interaction.response.send_message(f"{name}: Labour hold", view=Follow(timeout=None))

    @council.autocomplete("name")
    async def names(_: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        found = [name for name in ("Hull", "Hartlepool") if typed.lower() in name.lower()]
        return [app_commands.Choice(name=name, value=name.upper()) for name in found]

    @bot.tree.command(description="Something that takes time")
    async def slow(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content="Done.")

    @bot.tree.command(description="Greets somebody")
    async def greet(interaction: discord.Interaction[Any], who: discord.Member) -> None:
        await interaction.response.send_message(f"Good evening, {who.mention}")

    @bot.tree.command(description="For admins")
    @app_commands.default_permissions(manage_guild=True)
    async def setup(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Set up.", ephemeral=True)

    night = app_commands.Group(name="night", description="The night")

    @night.command(description="Where the night stands")
    async def latest(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("3 of 200 declared")

    bot.tree.add_command(night)
    async with running(bot, scene.sandbox):
        yield bot


class Browser:
    """What the page's script does with its socket: requests with answers, and the events."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.events: list[JSON] = []

    async def receive(self) -> JSON:
        """Return the next thing that comes."""
        message: JSON = await self._socket.receive_json(timeout=5)
        return message

    async def ask(self, do: str, **fields: Any) -> JSON:
        """Make a request and return its answer; events that come before it are kept."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "do": do, **fields})
        while (message := await self.receive()).get("re") != self._number:
            self.events.append(message)
        return message

    async def event(self, name: str) -> JSON:
        """Return the next event of a name; what else comes is dropped."""
        while True:
            message = self.events.pop(0) if self.events else await self.receive()
            if message.get("event") == name:
                return message

    async def quiet(self) -> list[JSON]:
        """Return everything but the night's pulse that has come by now."""
        await self.ask("nothing")
        await asyncio.sleep(0)
        events, self.events = self.events, []
        return [event for event in events if event["event"] != "pulse"]


@asynccontextmanager
async def browsing(scene: Scene, persona: str) -> AsyncIterator[tuple[Browser, JSON]]:
    """Connect as a person; gives the browser and the state it was greeted with."""
    origin = scene.address.rstrip("/")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{origin}/page/socket?as={persona}", origin=origin) as socket,
    ):
        browser = Browser(socket)
        yield browser, await browser.event("state")
