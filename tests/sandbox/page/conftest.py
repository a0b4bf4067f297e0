"""A page with three people, a night to control, a discord.py bot, and a browser's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Channel, Guild, Permission, Sandbox, User
from bot.sandbox.page.controls import ControlRefused, Injection, Jump, NightState
from bot.sandbox.page.personas import Persona

JSON = dict[str, Any]

NIGHT = datetime(2022, 5, 5, 21, 58, tzinfo=UTC)


@dataclass
class Night:
    """A night of which the tests say how it stands; it keeps what was done to it."""

    now: datetime = NIGHT
    paused: bool = False
    speed: float = 60.0
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
        if not self.paused:
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
