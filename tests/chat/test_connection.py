"""The connection against the sandbox: coming up, staying up, and what ends it."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.chat import client as client_module
from bot.chat import connection as connection_module
from bot.chat.connection import ClientStopped, Connection
from bot.chat.services import Services
from bot.chat.sessions import SessionStarts
from bot.settings import Settings
from simulation.discord import Limits, Sandbox
from tests.chat.conftest import Place
from tests.support.connections import quick_connection

PAGE = "<html><title>Just a moment...</title><body>Cloudflare</body></html>"
RATE_LIMITED = {"message": "You are being rate limited.", "retry_after": 0.01, "global": False}


async def connected(sandbox: Sandbox) -> None:
    await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=10)


@asynccontextmanager
async def running(connection: Connection, sandbox: Sandbox) -> AsyncIterator[asyncio.Task[None]]:
    """Run a connection, connected inside; what ends it is raised."""
    task = asyncio.create_task(connection.run(sandbox.token))
    try:
        await connected(sandbox)
        await connection.ready()
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()


async def works(connection: Connection, sandbox: Sandbox, place: Place) -> bool:
    """Whether the bot answers a command."""
    await connection.ready()
    reply = await sandbox.slash(*place, "help")
    return reply.failure is None and bool(reply.embeds)


# Coming up.


NO_WORD_ON_THE_TOKEN: tuple[tuple[int, Any, dict[str, str]], ...] = (
    (200, PAGE, {}),
    (401, PAGE, {}),
    (403, PAGE, {}),
    (403, {"message": "Forbidden", "code": 0}, {}),
    (404, PAGE, {}),
    (429, PAGE, {"Retry-After": "1"}),
    (429, RATE_LIMITED, {}),
    (429, {"message": "banned for a while"}, {"Via": ""}),
    (503, PAGE, {}),
    (530, PAGE, {}),
)


async def test_what_is_no_word_on_the_token_at_login_is_waited_for(
    connection: Connection, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    for asked in ("/users/@me", "/oauth2/applications/@me"):
        for status, body, headers in NO_WORD_ON_THE_TOKEN:
            sandbox.faults.answer("GET", asked, status, body, headers=headers)
    async with running(connection, sandbox):
        pass
    met = [one.status for one in sandbox.requests if one.path == "/users/@me"]
    assert Counter(met) >= Counter(status for status, _, _ in NO_WORD_ON_THE_TOKEN)
    assert caplog.text.count("Cannot log in") >= len(NO_WORD_ON_THE_TOKEN)
    assert "Traceback" not in caplog.text
    assert "refuses the token" not in caplog.text


async def test_a_retry_after_at_login_is_waited_for(services: Services, sandbox: Sandbox) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    sandbox.faults.answer("GET", "/users/@me", 429, PAGE, headers={"Retry-After": "600"})
    async with running(quick_connection(services, pause), sandbox):
        assert waits[0] == 600


async def test_it_waits_for_a_discord_that_is_not_there_yet(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    async with Sandbox(limits=Limits.none()) as first:
        port, api = first.port, first.api_base
    late = Sandbox(port, limits=Limits.none())
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0.01)

    connection = quick_connection(replace(services, settings=Settings(discord_api=api)), pause)
    task = asyncio.create_task(connection.run(late.token))
    while len(waits) < 4:
        await asyncio.sleep(0.01)
    async with late as sandbox:
        await connected(sandbox)
        task.cancel()
        await asyncio.wait([task])
    assert all(0.75 * 2**n <= wait <= 1.25 * 2**n for n, wait in enumerate(waits[:4]))
    assert "Cannot log in" in caplog.text


async def test_a_name_that_is_not_resolved_is_waited_for(
    connection: Connection, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    resolve = asyncio.get_running_loop().getaddrinfo

    async def unresolved(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        if len(asked) == 1:
            raise OSError(-3, "Temporary failure in name resolution")
        return await resolve("127.0.0.1", *rest, **more)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unresolved)
    api = sandbox.api_base.replace("127.0.0.1", "discord.example")
    connection.services = replace(connection.services, settings=Settings(discord_api=api))
    async with running(connection, sandbox):
        assert len(asked) > 1


async def test_it_waits_where_the_gateway_cannot_be_asked_for(
    connection: Connection, sandbox: Sandbox
) -> None:
    for status in (503, 403, 200):
        sandbox.faults.answer("GET", "/gateway/bot", status, PAGE)
    async with running(connection, sandbox):
        pass


async def test_posts_leave_while_the_gateway_is_away(
    connection: Connection, sandbox: Sandbox
) -> None:
    channel = sandbox.add_guild("Gazette").add_channel("results")
    sandbox.faults.gateway_down = True
    task = asyncio.create_task(connection.run(sandbox.token))
    await connection.logged_in.wait()
    assert connection.services.alerts is not None
    rest = connection.services.alerts.rest(connection)
    await rest.send(channel.id, {"content": "Hull declares"})
    assert [message.content for message in channel.messages] == ["Hull declares"]
    first = connection.client
    sandbox.faults.gateway_down = False
    await connected(sandbox)
    assert connection.client is first
    task.cancel()
    await asyncio.wait([task])


REFUSED_COMMANDS: tuple[tuple[int, Any], ...] = (
    (400, {"message": "Max number of daily application command creates", "code": 30034}),
    (400, {"message": "Invalid Form Body", "code": 50035, "errors": {}}),
    (403, {"message": "Missing Access", "code": 50001}),
    (403, PAGE),
    (429, PAGE),
    (503, PAGE),
    (200, PAGE),
)


async def test_commands_that_discord_does_not_take_are_told_again_and_keep_nobody_waiting(
    services: Services, sandbox: Sandbox
) -> None:
    waits: list[float] = []
    go_on = asyncio.Event()

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await go_on.wait()

    for status, body in REFUSED_COMMANDS:
        sandbox.faults.answer("PUT", "/applications/*/commands", status, body)
    connection = quick_connection(services, pause)
    async with running(connection, sandbox) as task:
        assert not sandbox.registry.all(None)
        assert not connection.command_ids
        go_on.set()
        await sandbox.wait_for(lambda: connection.command_ids)
        assert sandbox.registry.all(None)
        assert not task.done()
    assert len(waits) == len(REFUSED_COMMANDS)
    assert 45 <= waits[0] <= 75
    assert waits[-1] >= 675


# What only a person can mend.


async def test_a_token_that_discord_refuses_stops_it_with_a_sentence(
    connection: Connection,
) -> None:
    with pytest.raises(ClientStopped, match="set ELECTION_NIGHT_TOKEN"):
        await connection.run("not.the.token")


@pytest.mark.parametrize(("code", "said"), [(4004, "refuses the token"), (4014, "intent")])
async def test_a_gateway_that_refuses_for_good_stops_it_with_a_sentence(
    connection: Connection, sandbox: Sandbox, code: int, said: str
) -> None:
    task = asyncio.create_task(connection.run(sandbox.token))
    await connected(sandbox)
    sandbox.gateway_control.close(code)
    with pytest.raises(ClientStopped, match=said):
        await task


# Staying up.


async def test_it_comes_back_after_a_lost_session_without_leaving_the_sandbox(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox):
        client = connection.client
        (lost,) = sandbox.gateway_control.sessions
        sandbox.gateway_control.invalidate()
        await sandbox.wait_for(lambda: sandbox.gateway_control.sessions.keys() - {lost})
        await connected(sandbox)
        assert await works(connection, sandbox, place)
        assert connection.client is client


async def test_a_gateway_that_goes_away_is_said_in_a_line(
    connection: Connection, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(connection, sandbox):
        sandbox.faults.gateway_down = True
        sandbox.gateway_control.close()
        await sandbox.wait_for(lambda: "Attempting a reconnect" in caplog.text)
        sandbox.faults.gateway_down = False
        await connected(sandbox)
    assert "503" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_lost_shard_comes_back_by_itself(services: Services) -> None:
    async with Sandbox(limits=Limits.none(), shards=2) as sandbox:
        settings = Settings(discord_api=sandbox.api_base)
        connection = quick_connection(replace(services, settings=settings))
        task = asyncio.create_task(connection.run(sandbox.token))
        gateway = sandbox.gateway_control
        await sandbox.wait_for(lambda: gateway.connected == 2)
        kept, lost = gateway.sessions.values()
        assert lost.connection is not None
        del gateway.sessions[lost.id]
        lost.connection.close(4000)
        await sandbox.wait_for(lambda: gateway.begun == 3 and gateway.connected == 2)
        assert kept.id in gateway.sessions
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize("code", [4010, 4011])
async def test_a_client_that_ends_is_replaced_and_its_commands_work(
    connection: Connection,
    sandbox: Sandbox,
    place: Place,
    code: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(connection, sandbox) as task:
        first, http = connection.client, connection.http
        sandbox.gateway_control.close(code)
        await sandbox.wait_for(lambda: connection.client is not first)
        await connected(sandbox)
        assert await works(connection, sandbox, place)
        assert not task.done()
        assert first.is_closed()
        assert connection.http is http
    assert f"closed with {code}): a new one is made" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_fault_of_the_library_costs_a_client_and_not_the_bot(
    connection: Connection, sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(connection, sandbox):
        first = connection.client

        def fails(*_: Any) -> None:
            raise KeyError("a field")

        (shard,) = vars(first)["_AutoShardedClient__shards"].values()
        monkeypatch.setattr(shard.ws, "log_receive", fails)
        sandbox.gateway_control.dispatch("TYPING_START", None, {})
        await sandbox.wait_for(lambda: connection.client is not first)
        await connected(sandbox)
        assert await works(connection, sandbox, place)


async def test_what_is_posted_while_one_client_follows_another_arrives(
    connection: Connection, sandbox: Sandbox
) -> None:
    channel = sandbox.add_guild("Gazette").add_channel("results")
    async with running(connection, sandbox):
        assert connection.services.alerts is not None
        rest = connection.services.alerts.rest(connection)
        held = sandbox.faults.hold("POST", "/channels/*/messages")
        sending = asyncio.create_task(rest.send(channel.id, {"content": "Hull declares"}))
        await held.reached.wait()
        first = connection.client
        await connection.restart()
        await sandbox.wait_for(lambda: connection.client is not first)
        held.release()
        await sending
    assert [message.content for message in channel.messages] == ["Hull declares"]


ODD = [None, [], {}, "text", 7, {"id": None}, {"guild_id": "0"}, {"id": "x", "guild_id": "y"}]


async def test_no_event_that_cannot_be_read_ends_the_client(
    connection: Connection, sandbox: Sandbox, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(connection, sandbox):
        client = connection.client
        names = [one for one in client._connection.parsers if one not in ("READY", "RESUMED")]
        assert {"CHANNEL_UPDATE", "GUILD_CREATE", "INTERACTION_CREATE"} <= {*names}
        for name, data in itertools.product(names, ODD):
            sandbox.gateway_control.dispatch(name, None, data)
        assert await works(connection, sandbox, place)
        assert connection.client is client
    assert "Discord's event CHANNEL_UPDATE cannot be read" in caplog.text


async def test_a_channel_update_without_its_fields_is_dropped_by_name(
    connection: Connection, sandbox: Sandbox, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    _, channel = place
    async with running(connection, sandbox):
        client = connection.client
        whole = {"id": str(channel.id), "guild_id": str(channel.guild.id), "type": 0}  # type: ignore[union-attr]
        for missing in ({}, {"name": "x"}, {"name": "x", "position": 1}, {"type": 99}):
            sandbox.gateway_control.dispatch("CHANNEL_UPDATE", channel.guild, whole | missing)
        assert await works(connection, sandbox, place)
        assert connection.client is client
    told = [r for r in caplog.records if "CHANNEL_UPDATE cannot be read" in r.getMessage()]
    assert told
    assert sum(record.exc_info is not None for record in told) <= len(told)


async def test_a_session_begins_though_its_list_of_servers_cannot_be_read(
    connection: Connection, sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = sandbox.gateway_control._ready
    monkeypatch.setattr(
        sandbox.gateway_control, "_ready", lambda *given: ready(*given) | {"guilds": [{}]}
    )
    async with running(connection, sandbox):
        assert await works(connection, sandbox, place)


async def test_a_session_that_discord_never_begins_is_asked_for_anew(
    connection: Connection, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_SESSIONS_BEGIN_WITHIN", 0.05)
    sandbox.faults.unanswered_sessions = 2
    async with running(connection, sandbox):
        assert sandbox.gateway_control.begun == 3


async def test_commands_that_cannot_be_loaded_stop_it_with_a_sentence(
    connection: Connection, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "EXTENSIONS", ("cogs.gone",))
    with pytest.raises(ClientStopped, match="install this version again"):
        await connection.run(sandbox.token)


class Waits:
    """Takes no time to wait, and knows how long each wait would have been."""

    def __init__(self) -> None:
        self.each: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.each.append(seconds)

    def over(self) -> float:
        """Return how long all that is over has been."""
        return sum(self.each)


async def test_a_storm_of_invalid_sessions_backs_off_and_is_outlived(
    services: Services, sandbox: Sandbox, place: Place
) -> None:
    connection = quick_connection(services)
    waits = Waits()
    connection._starts = SessionStarts(now=waits.over, sleep=waits.sleep)
    sandbox.faults.invalid_sessions = 10
    async with running(connection, sandbox):
        assert await works(connection, sandbox, place)
    assert sandbox.gateway_control.begun == 11
    assert waits.each[:6] == sorted(waits.each[:6])
    assert waits.over() > 5 + 10 + 20 + 40 + 80 + 160 + 300 + 300
    assert all(wait >= 5 for wait in waits.each)


async def test_a_storm_of_sessions_that_cannot_be_resumed_backs_off(
    services: Services, sandbox: Sandbox, place: Place
) -> None:
    connection = quick_connection(services)
    waits = Waits()
    connection._starts = SessionStarts(now=waits.over, sleep=waits.sleep)
    async with running(connection, sandbox):
        sandbox.faults.refused_resumes = 9
        (session,) = sandbox.gateway_control.sessions
        sandbox.gateway_control.close()
        await sandbox.wait_for(lambda: not sandbox.faults.refused_resumes)
        await connected(sandbox)
        assert await works(connection, sandbox, place)
        assert [*sandbox.gateway_control.sessions] == [session]
    assert waits.over() > 1 + 2 + 4 + 8 + 16 + 32 + 60


async def test_no_session_begins_when_discord_allows_none(
    services: Services, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    connection = quick_connection(services)
    sleeping = asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert 3_500 < seconds <= 3_600
        sleeping.set()
        await asyncio.sleep(0.001)

    connection._starts = SessionStarts(now=lambda: 0.0, sleep=sleep)
    sandbox.faults.session_starts_left = 0
    task = asyncio.create_task(connection.run(sandbox.token))
    await sleeping.wait()
    assert connection.logged_in.is_set()
    assert sandbox.gateway_control.begun == 0
    sandbox.faults.session_starts_left = None
    await connected(sandbox)
    task.cancel()
    await asyncio.wait([task])
    assert "Discord allows 0 more sessions" in caplog.text


async def test_a_client_that_does_not_close_is_left_behind(
    connection: Connection, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_CLOSES_WITHIN", 0.05)
    task = asyncio.create_task(connection.run(sandbox.token))
    await connected(sandbox)
    monkeypatch.setattr(connection.client, "close", asyncio.Event().wait)
    task.cancel()
    async with asyncio.timeout(2):
        await asyncio.wait([task])
    assert task.cancelled()
