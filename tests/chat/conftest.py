"""The connection over a database in which nothing has come in, and a place to talk in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import client
from bot.chat.connection import Connection
from bot.chat.services import Services
from bot.delivery.service import Alerts
from simulation.discord import Channel, Permission, Sandbox, User
from tests.cogs.chat import open_house
from tests.delivery.conftest import IMPATIENT
from tests.support.connections import quick_connection

Place = tuple[User, Channel]
"""A reader, and where that person writes."""


@pytest.fixture(autouse=True)
def _servers_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "GUILDS_WITHIN", 0.02)


@pytest.fixture
async def services(tmp_path: Path, sandbox: Sandbox) -> AsyncIterator[Services]:
    async with open_house(tmp_path / "night.sqlite", sandbox.api_base) as house:
        services = house.services
        alerts = Alerts(house.writer, services.almanac, services.clock, patience=IMPATIENT)
        yield replace(services, alerts=alerts)


@pytest.fixture
async def connection(services: Services) -> Connection:
    return quick_connection(services)


@pytest.fixture
def place(sandbox: Sandbox) -> Place:
    guild = sandbox.add_guild("Gazette")
    reader = sandbox.add_user("Ada")
    guild.add_member(reader)
    return reader, guild.add_channel("results", deny_bot=Permission.SEND_MESSAGES)
