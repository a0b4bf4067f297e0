"""The client against the sandbox: it never fails in silence."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest

from bot.chat import client as client_module
from bot.chat.client import ElectionNight
from bot.chat.connection import Connection
from simulation.discord import Reply, Sandbox
from tests.chat.conftest import Place
from tests.cogs.faulty import SECRET
from tests.support.connections import quick_connection


@pytest.fixture
def _faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "EXTENSIONS", ("tests.cogs.faulty",))


@asynccontextmanager
async def running(connection: Connection, sandbox: Sandbox) -> AsyncIterator[ElectionNight]:
    task = asyncio.create_task(connection.run(sandbox.token))
    try:
        await sandbox.wait_for(connection.client.is_ready, within=10)
        yield connection.client
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.usefixtures("_faulty")
@pytest.mark.parametrize("command", ["breaks", "breaks_later", "breaks_after"])
async def test_a_fault_is_answered_with_a_reference_and_logged_under_it(
    connection: Connection,
    sandbox: Sandbox,
    place: Place,
    command: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(connection, sandbox):
        reply = await sandbox.slash(*place, command)
        await sandbox.wait_for(lambda: "reference" in _last(reply))
    said = _last(reply)
    assert reply.failure is None
    assert reply.ephemeral
    assert SECRET not in said
    reference = said.split("`")[1]
    assert f"/{command} failed, reference {reference}" in caplog.text
    assert SECRET in caplog.text


def _last(reply: Reply) -> str:
    return [reply.message, *reply.followups][-1].content


@pytest.mark.usefixtures("_faulty")
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("refuses", "Not this one. Ask for another."),
        ("guarded", "You need the permission to manage guild in this server"),
        ("oversteps", "an admin can check its permissions with `/alerts test`"),
    ],
)
async def test_what_the_reader_can_mend_is_said_and_not_logged_as_a_fault(
    connection: Connection,
    sandbox: Sandbox,
    place: Place,
    command: str,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(connection, sandbox):
        reply = await sandbox.slash(*place, command)
    assert sentence in reply.content
    assert reply.ephemeral
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.usefixtures("_faulty")
async def test_a_button_that_fails_answers_too(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox):
        reply = await sandbox.slash(*place, "turns")
        pressed = await sandbox.press(place[0], reply.message, "ask:2:/turns")
    assert "tell the bot's operator this reference" in pressed.content


@pytest.mark.usefixtures("_faulty")
async def test_a_button_of_an_older_version_says_so(
    connection: Connection, sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(connection, sandbox):
        reply = await sandbox.slash(*place, "turns")
    monkeypatch.setattr(client_module, "COMPONENTS", ())
    async with running(quick_connection(connection.services), sandbox):
        pressed = await sandbox.press(place[0], reply.message, "ask:2:/turns")
    assert "an older version of the bot" in pressed.content


async def test_a_command_that_is_gone_says_so(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox) as client:
        client.tree.remove_command("help")
        reply = await sandbox.slash(*place, "help")
    assert "has changed since your Discord last looked" in reply.content


async def test_a_command_that_comes_while_the_client_closes_is_no_unknown_one(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox) as client:
        client.loaded.clear()
        client.tree.clear_commands(guild=None)
        reply = await sandbox.slash(*place, "help")
    assert "again in a moment" in reply.content


async def test_an_answer_that_came_too_late_is_logged_in_a_line(
    connection: Connection, place: Place, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(connection, sandbox):
        sandbox.faults.answer(
            "POST",
            "/interactions/*/*/callback",
            404,
            {"code": 10062, "message": "Unknown interaction"},
        )
        asking = asyncio.create_task(sandbox.slash(*place, "help"))
        await sandbox.wait_for(lambda: "came too late" in caplog.text)
        asking.cancel()
    assert "Traceback" not in caplog.text


async def test_the_client_asks_for_no_privileged_intent_and_registers_where_commands_are_for(
    connection: Connection, sandbox: Sandbox
) -> None:
    async with running(connection, sandbox) as client:
        assert client.intents == discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        assert client.allowed_mentions is not None
        assert client.allowed_mentions.to_dict() == {"parse": []}
        commands = {command["name"]: command for command in sandbox.registry.all(None)}
    assert commands["help"]["integration_types"] == [0, 1]
    assert commands["help"]["contexts"] == [0, 1, 2]
