"""Faults of the gateway at random, one upon the other: the bot comes back, and posts meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from bot.chat.connection import Connection
from bot.delivery.subscriptions import Destination
from simulation.discord import Sandbox
from tests.chat.conftest import Place

CODES = (1000, 1001, 1011, 4000, 4001, 4003, 4007, 4008, 4009, 4010, 4011)
ODD: tuple[Any, ...] = (None, [], {}, "text", {"id": "1"}, {"guild_id": None}, {"guilds": 3})


class Storm:
    """What goes wrong, chosen by a seed."""

    def __init__(self, sandbox: Sandbox, fate: random.Random) -> None:
        self._gateway = sandbox.gateway_control
        self._faults = sandbox.faults
        self._fate = fate
        self._kinds: list[Callable[[], None]] = [
            lambda: self._gateway.close(self._fate.choice(CODES)),
            self._gateway.reconnect,
            self._gateway.invalidate,
            lambda: self._gateway.invalidate(resumable=True),
            self._odd_event,
            self._odd_event,
            lambda: setattr(self._faults, "gateway_down", True),
            lambda: setattr(self._faults, "gateway_silent", True),
            lambda: setattr(self._faults, "invalid_sessions", 3),
            lambda: setattr(self._faults, "refused_resumes", 3),
            lambda: self._faults.answer("GET", "/gateway/bot", self._fate.choice((403, 503)), "no"),
            lambda: self._faults.answer("GET", "/users/@me", self._fate.choice((403, 200)), "no"),
        ]

    def _odd_event(self) -> None:
        names = ("CHANNEL_UPDATE", "GUILD_CREATE", "GUILD_UPDATE", "INTERACTION_CREATE", "READY")
        self._gateway.dispatch(self._fate.choice(names), None, self._fate.choice(ODD))

    def strikes(self) -> None:
        self._fate.choice(self._kinds)()

    def abates(self) -> None:
        """What only ends by itself ends."""
        self._faults.gateway_down = self._faults.gateway_silent = False


async def until_it_answers(connection: Connection, sandbox: Sandbox, place: Place) -> None:
    """Wait until a command is answered; one that comes while no session is there is lost."""
    async with asyncio.timeout(30):
        while True:
            await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=30)
            await connection.ready()
            asking = asyncio.create_task(sandbox.slash(*place, "help"))
            await asyncio.wait({asking}, timeout=1.0)
            if asking.done():
                assert asking.result().failure is None
                return
            asking.cancel()


async def outlived(
    connection: Connection, sandbox: Sandbox, place: Place, seed: int, strikes: int
) -> None:
    """Let a storm rage while messages are posted, and look that everything is well after it."""
    fate = random.Random(seed)
    storm = Storm(sandbox, fate)
    channel = sandbox.add_guild("Ours").add_channel("results")
    alerts = connection.services.alerts
    assert alerts is not None
    running = asyncio.create_task(connection.run(sandbox.token))
    await connection.logged_in.wait()
    rest, look = alerts.rest(connection), alerts.verifier(connection)
    here = Destination(channel.id, channel.guild.id if channel.guild else None)
    for number in range(strikes):
        storm.strikes()
        await look.insist(here, lambda n=number: rest.send(channel.id, {"content": f"Post {n}"}))  # type: ignore[misc]
        await asyncio.sleep(fate.choice((0, 0.01, 0.05)))
        if fate.random() < 0.4:
            storm.abates()
        assert not running.done(), running.exception()
    storm.abates()
    sandbox.faults.clear()
    await until_it_answers(connection, sandbox, place)
    posted = Counter(message.content for message in channel.messages)
    assert posted == Counter(f"Post {number}" for number in range(strikes))
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_gateway_faults_is_outlived(
    connection: Connection, sandbox: Sandbox, place: Place, seed: int
) -> None:
    await outlived(connection, sandbox, place, seed, strikes=25)
