"""The client against the sandbox: coming up, staying up, and never failing in silence."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import discord
import pytest

from bot.chat import client as client_module
from bot.chat.client import ClientStopped, ElectionNight, run_client
from bot.chat.services import Services
from bot.sandbox import Channel, Limits, Permission, Reply, Sandbox, User
from bot.settings import Settings
from tests.cogs.chat import open_house
from tests.cogs.faulty import SECRET


@pytest.fixture
def _faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "EXTENSIONS", ("tests.cogs.faulty",))


async def connected(sandbox: Sandbox) -> None:
    await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=10)


@pytest.fixture
async def services(tmp_path: Path, sandbox: Sandbox) -> AsyncIterator[Services]:
    """Services over a database in which nothing has come in."""
    async with open_house(tmp_path / "night.sqlite", sandbox.api_base) as house:
        yield house.services


@pytest.fixture
async def client(services: Services, monkeypatch: pytest.MonkeyPatch) -> ElectionNight:
    async def at_once(self: ElectionNight, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the five seconds that Discord wants between two sessions."""

    monkeypatch.setattr(ElectionNight, "before_identify_hook", at_once)
    return ElectionNight(services)


@asynccontextmanager
async def running(client: ElectionNight, sandbox: Sandbox) -> AsyncIterator[None]:
    task = asyncio.create_task(run_client(client, sandbox.token))
    try:
        await connected(sandbox)
        yield
    finally:
        await client.close()
        await task


@pytest.fixture
def place(sandbox: Sandbox) -> tuple[User, Channel]:
    guild = sandbox.add_guild("Gazette")
    reader = sandbox.add_user("Ada")
    guild.add_member(reader)
    return reader, guild.add_channel("results", deny_bot=Permission.SEND_MESSAGES)


@pytest.mark.usefixtures("_faulty")
@pytest.mark.parametrize("command", ["breaks", "breaks_later", "breaks_after"])
async def test_a_fault_is_answered_with_a_reference_and_logged_under_it(
    client: ElectionNight,
    sandbox: Sandbox,
    place: tuple[User, Channel],
    command: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(client, sandbox):
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
    client: ElectionNight,
    sandbox: Sandbox,
    place: tuple[User, Channel],
    command: str,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(client, sandbox):
        reply = await sandbox.slash(*place, command)
    assert sentence in reply.content
    assert reply.ephemeral
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.usefixtures("_faulty")
async def test_a_button_that_fails_answers_too(
    client: ElectionNight, sandbox: Sandbox, place: tuple[User, Channel]
) -> None:
    async with running(client, sandbox):
        reply = await sandbox.slash(*place, "turns")
        pressed = await sandbox.press(place[0], reply.message, "ask:2:/turns")
    assert "tell the bot's operator this reference" in pressed.content


@pytest.mark.usefixtures("_faulty")
async def test_a_button_of_an_older_version_says_so(
    client: ElectionNight,
    sandbox: Sandbox,
    place: tuple[User, Channel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(client, sandbox):
        reply = await sandbox.slash(*place, "turns")
    monkeypatch.setattr(client_module, "CONTROLS", ())
    async with running(ElectionNight(client.services), sandbox):
        pressed = await sandbox.press(place[0], reply.message, "ask:2:/turns")
    assert "an older version of the bot" in pressed.content


async def test_a_command_that_is_gone_says_so(
    client: ElectionNight, sandbox: Sandbox, place: tuple[User, Channel]
) -> None:
    async with running(client, sandbox):
        client.tree.remove_command("help")
        reply = await sandbox.slash(*place, "help")
    assert "has changed since your Discord last looked" in reply.content


async def test_an_answer_that_came_too_late_is_logged_in_a_line(
    client: ElectionNight,
    place: tuple[User, Channel],
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(client, sandbox):
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
    client: ElectionNight, sandbox: Sandbox
) -> None:
    async with running(client, sandbox):
        assert client.intents == discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        assert client.allowed_mentions is not None
        assert client.allowed_mentions.to_dict() == {"parse": []}
        commands = {command["name"]: command for command in sandbox.registry.all(None)}
    assert commands["help"]["integration_types"] == [0, 1]
    assert commands["help"]["contexts"] == [0, 1, 2]


async def test_it_waits_for_a_discord_that_is_not_there_yet(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    async with Sandbox(limits=Limits.none()) as first:
        port, api = first.port, first.api_base
    late = Sandbox(port, limits=Limits.none())
    client = ElectionNight(replace(services, settings=Settings(discord_api=api)))
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0.01)

    task = asyncio.create_task(run_client(client, late.token, pause=pause))
    while len(waits) < 4:
        await asyncio.sleep(0.01)
    async with late as sandbox:
        await connected(sandbox)
        await client.close()
        await task
    assert all(0.75 * 2**n <= wait <= 1.25 * 2**n for n, wait in enumerate(waits[:4]))
    assert "Cannot log in" in caplog.text


async def test_it_waits_where_the_gateway_cannot_be_asked_for(
    client: ElectionNight, sandbox: Sandbox
) -> None:
    for _ in range(6):
        sandbox.faults.answer("GET", "/gateway/bot", 503)

    async def pause(seconds: float) -> None:
        await asyncio.sleep(0.01)

    task = asyncio.create_task(run_client(client, sandbox.token, pause=pause))
    await connected(sandbox)
    await client.close()
    await task
    assert client.is_closed()


async def test_a_gateway_that_is_down_at_first_is_connected_to_when_it_comes(
    client: ElectionNight, sandbox: Sandbox
) -> None:
    sandbox.faults.gateway_down = True
    task = asyncio.create_task(run_client(client, sandbox.token))
    await asyncio.sleep(0.5)
    sandbox.faults.gateway_down = False
    await connected(sandbox)
    await client.close()
    await task
    assert client.is_closed()


async def test_it_comes_back_after_a_lost_session_without_leaving_the_sandbox(
    client: ElectionNight, sandbox: Sandbox, place: tuple[User, Channel]
) -> None:
    async with running(client, sandbox):
        (lost,) = sandbox.gateway_control.sessions
        sandbox.gateway_control.invalidate()
        await sandbox.wait_for(lambda: sandbox.gateway_control.sessions.keys() - {lost})
        await connected(sandbox)
        assert (await sandbox.slash(*place, "help")).embeds


async def test_a_refused_token_stops_it_with_a_sentence(
    client: ElectionNight, sandbox: Sandbox
) -> None:
    with pytest.raises(ClientStopped, match="set ELECTION_NIGHT_TOKEN"):
        await run_client(client, "not.the.token")


@pytest.mark.parametrize(("code", "said"), [(4004, "refuses the token"), (4014, "intent")])
async def test_a_gateway_that_refuses_for_good_stops_it_with_a_sentence(
    client: ElectionNight, sandbox: Sandbox, code: int, said: str
) -> None:
    task = asyncio.create_task(run_client(client, sandbox.token))
    await connected(sandbox)
    sandbox.gateway_control.close(code)
    with pytest.raises(ClientStopped, match=said):
        await task
