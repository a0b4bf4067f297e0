"""The client against the sandbox: coming up, staying up, and never failing in silence."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot import client as client_module
from bot.client import ClientStopped, ElectionNight, run_client
from bot.sandbox import Sandbox
from bot.sandbox.limits import Limits
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel, User
from tests.cogs.chat import services_for
from tests.cogs.faulty import SECRET


@pytest.fixture
def _faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "EXTENSIONS", ("tests.cogs.faulty",))


async def connected(sandbox: Sandbox) -> None:
    await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=10)


@asynccontextmanager
async def running(sandbox: Sandbox, api: str | None = None) -> AsyncIterator[ElectionNight]:
    client = ElectionNight(services_for(api or sandbox.api_base))
    task = asyncio.create_task(run_client(client, sandbox.token))
    try:
        await connected(sandbox)
        yield client
    finally:
        await client.close()
        await task


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=Limits.none()) as sandbox:
        yield sandbox


@pytest.fixture
def place(sandbox: Sandbox) -> tuple[User, Channel]:
    guild = sandbox.add_guild("Gazette")
    reader = sandbox.add_user("Ada")
    guild.add_member(reader)
    return reader, guild.add_channel("results", deny_bot=Permission.SEND_MESSAGES)


@pytest.mark.usefixtures("_faulty")
@pytest.mark.parametrize("command", ["breaks", "breaks_later", "breaks_after"])
async def test_a_fault_is_answered_with_a_reference_and_logged_under_it(
    sandbox: Sandbox,
    place: tuple[User, Channel],
    command: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(sandbox):
        reply = await sandbox.slash(*place, command)
        await sandbox.wait_for(lambda: "reference" in _last(reply))
    said = _last(reply)
    assert reply.failure is None
    assert reply.ephemeral
    assert SECRET not in said
    reference = said.split("`")[1]
    assert f"/{command} failed, reference {reference}" in caplog.text
    assert SECRET in caplog.text


def _last(reply: object) -> str:
    return ([reply.message, *reply.followups])[-1].content  # type: ignore[attr-defined]


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
    sandbox: Sandbox,
    place: tuple[User, Channel],
    command: str,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(sandbox):
        reply = await sandbox.slash(*place, command)
    assert sentence in reply.content
    assert reply.ephemeral
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.usefixtures("_faulty")
async def test_a_button_that_fails_answers_too(
    sandbox: Sandbox, place: tuple[User, Channel]
) -> None:
    async with running(sandbox):
        reply = await sandbox.slash(*place, "turns")
        pressed = await sandbox.press(place[0], reply.message, "ask:2:/turns")
    assert "tell the bot's operator this reference" in pressed.content


@pytest.mark.usefixtures("_faulty")
async def test_a_button_of_an_older_version_says_so(
    sandbox: Sandbox, place: tuple[User, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(sandbox):
        reply = await sandbox.slash(*place, "turns")
    monkeypatch.setattr(client_module, "CONTROLS", ())
    async with running(sandbox):
        pressed = await sandbox.press(place[0], reply.message, "ask:2:/turns")
    assert "an older version of the bot" in pressed.content


async def test_a_command_that_is_gone_says_so(
    sandbox: Sandbox, place: tuple[User, Channel]
) -> None:
    async with running(sandbox) as client:
        client.tree.remove_command("help")
        reply = await sandbox.slash(*place, "help")
    assert "has changed since your Discord last looked" in reply.content


async def test_an_answer_that_came_too_late_is_logged_in_a_line(
    place: tuple[User, Channel], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(sandbox):
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


async def test_the_client_asks_for_guilds_alone_and_registers_where_commands_are_for(
    sandbox: Sandbox,
) -> None:
    async with running(sandbox) as client:
        assert client.intents.value == 1
        assert client.allowed_mentions is not None
        assert client.allowed_mentions.to_dict() == {"parse": []}
        commands = {command["name"]: command for command in sandbox.registry.all(None)}
    assert commands["help"]["integration_types"] == [0, 1]
    assert commands["help"]["contexts"] == [0, 1, 2]


async def test_it_waits_for_a_discord_that_is_not_there_yet(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Sandbox(limits=Limits.none()) as first:
        port, api = first.port, first.api_base
    client = ElectionNight(services_for(api))
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0.01)

    task = asyncio.create_task(run_client(client, first.token, pause=pause))
    while len(waits) < 4:
        await asyncio.sleep(0.01)
    async with Sandbox(port, limits=Limits.none()) as sandbox:
        await connected(sandbox)
        await client.close()
        await task
    assert all(0.75 * 2**n <= wait <= 1.25 * 2**n for n, wait in enumerate(waits[:4]))
    assert "Cannot log in" in caplog.text


async def test_it_waits_where_the_gateway_cannot_be_asked_for(sandbox: Sandbox) -> None:
    for _ in range(6):
        sandbox.faults.answer("GET", "/gateway/bot", 503)

    async def pause(seconds: float) -> None:
        await asyncio.sleep(0.01)

    client = ElectionNight(services_for(sandbox.api_base))
    task = asyncio.create_task(run_client(client, sandbox.token, pause=pause))
    await connected(sandbox)
    await client.close()
    await task
    assert client.is_closed()


async def test_a_gateway_that_is_down_at_first_is_connected_to_when_it_comes(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.gateway_down = True
    client = ElectionNight(services_for(sandbox.api_base))
    task = asyncio.create_task(run_client(client, sandbox.token))
    await asyncio.sleep(0.5)
    sandbox.faults.gateway_down = False
    await connected(sandbox)
    await client.close()
    await task
    assert client.is_closed()


async def test_it_comes_back_after_a_lost_session_without_leaving_the_sandbox(
    sandbox: Sandbox, place: tuple[User, Channel]
) -> None:
    async with running(sandbox):
        sandbox.gateway_control.close()
        await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 0)
        await connected(sandbox)
        assert (await sandbox.slash(*place, "help")).embeds


async def test_a_refused_token_stops_it_with_a_sentence(sandbox: Sandbox) -> None:
    client = ElectionNight(services_for(sandbox.api_base))
    with pytest.raises(ClientStopped, match="set ELECTION_NIGHT_TOKEN"):
        await run_client(client, "not.the.token")


@pytest.mark.parametrize(("code", "said"), [(4004, "refuses the token"), (4014, "intent")])
async def test_a_gateway_that_refuses_for_good_stops_it_with_a_sentence(
    sandbox: Sandbox, code: int, said: str
) -> None:
    client = ElectionNight(services_for(sandbox.api_base))
    task = asyncio.create_task(run_client(client, sandbox.token))
    await connected(sandbox)
    sandbox.gateway_control.close(code)
    with pytest.raises(ClientStopped, match=said):
        await task
