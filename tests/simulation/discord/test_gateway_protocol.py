"""The gateway's protocol, spoken by hand: what it takes, and how it closes on what it does not."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from simulation.discord import Intent, Limits, Permission, Sandbox, Window
from tests.simulation.discord.conftest import settle
from tests.simulation.discord.raw import raw_client

JSON = dict[str, Any]


@asynccontextmanager
async def connected(
    sandbox: Sandbox, query: str = "?v=10&encoding=json"
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(sandbox.gateway + query, max_msg_size=0) as socket,
    ):
        yield socket


def identify(sandbox: Sandbox, **changes: Any) -> JSON:
    data = {"token": sandbox.token, "intents": 1, "properties": {}} | changes
    return {"op": 2, "d": data}


async def closed_with(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in socket:
        pass
    return socket.close_code


async def test_hello_ready_and_guilds_come_in_order(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Newsroom")
    async with connected(sandbox) as socket:
        hello = await socket.receive_json()
        assert hello["op"] == 10
        assert hello["d"]["heartbeat_interval"] == 41_250
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11
        await socket.send_json(identify(sandbox))
        ready = await socket.receive_json()
        assert (ready["t"], ready["s"]) == ("READY", 1)
        assert ready["d"]["guilds"] == [{"id": str(guild.id), "unavailable": True}]
        assert ready["d"]["resume_gateway_url"] == sandbox.gateway
        created = await socket.receive_json()
        assert (created["t"], created["s"]) == ("GUILD_CREATE", 2)
        assert created["d"]["name"] == "Newsroom"


async def test_a_stream_may_be_compressed_and_frames_binary(sandbox: Sandbox) -> None:
    async with connected(sandbox, "?v=10&encoding=json&compress=zlib-stream") as socket:
        inflate = zlib.decompressobj()
        first = await socket.receive_bytes()
        assert first.endswith(b"\x00\x00\xff\xff")
        assert json.loads(inflate.decompress(first))["op"] == 10
        await socket.send_bytes(json.dumps(identify(sandbox)).encode())
        ready = json.loads(inflate.decompress(await socket.receive_bytes()))
    assert ready["t"] == "READY"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("no json", 4002),
        (json.dumps([1]), 4002),
        (json.dumps({"op": 1, "d": "x" * 5_000}), 4002),
        (json.dumps({"op": 3, "d": {}}), 4003),
        (json.dumps({"op": 2, "d": {"token": "wrong", "intents": 1}}), 4004),
        (json.dumps({"op": 6, "d": {"token": "wrong"}}), 4004),
    ],
)
async def test_what_is_malformed_or_not_authenticated_closes(
    sandbox: Sandbox, sent: str, code: int
) -> None:
    async with connected(sandbox) as socket:
        await socket.send_str(sent)
        assert await closed_with(socket) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"shard": [1, 1]}, 4010),
        ({"shard": "0/1"}, 4010),
        ({"intents": 1 << 40}, 4013),
        ({"intents": None}, 4013),
        ({"intents": 1 | 1 << 1}, 4014),
    ],
)
async def test_an_identify_that_is_wrong_closes(sandbox: Sandbox, changes: JSON, code: int) -> None:
    async with connected(sandbox) as socket:
        await socket.send_json(identify(sandbox, **changes))
        assert await closed_with(socket) == code


@pytest.mark.parametrize(
    ("query", "code"),
    [("?v=6", 4012), ("?v=10&encoding=etf", 4002), ("?compress=zstd-stream", 4002)],
)
async def test_a_way_of_speaking_that_is_not_known_closes(
    sandbox: Sandbox, query: str, code: int
) -> None:
    async with connected(sandbox, query) as socket:
        assert await closed_with(socket) == code


@pytest.mark.parametrize(("op", "code"), [(2, 4005), (99, 4001)])
async def test_an_identified_connection_closes_on_what_it_must_not_send(
    sandbox: Sandbox, op: int, code: int
) -> None:
    async with connected(sandbox) as socket:
        await socket.send_json(identify(sandbox))
        await socket.send_json(identify(sandbox) | {"op": op})
        assert await closed_with(socket) == code


async def test_missed_heartbeats_close() -> None:
    async with Sandbox(heartbeat_seconds=0.05) as sandbox, connected(sandbox) as socket:
        assert await closed_with(socket) == 4009


async def test_too_many_sends_close() -> None:
    limits = Limits(gateway_sends=Window(5, 60))
    async with Sandbox(limits=limits) as sandbox, connected(sandbox) as socket:
        for _ in range(6):
            await socket.send_json({"op": 1, "d": None})
        assert await closed_with(socket) == 4008


async def session_of(socket: aiohttp.ClientWebSocketResponse, sandbox: Sandbox) -> str:
    await socket.receive_json()
    await socket.send_json(identify(sandbox))
    ready: JSON = await socket.receive_json()
    session: str = ready["d"]["session_id"]
    return session


def resume(sandbox: Sandbox, session: str, sequence: int) -> JSON:
    return {"op": 6, "d": {"token": sandbox.token, "session_id": session, "seq": sequence}}


async def test_a_resume_replays_what_came_after_the_sequence(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Newsroom")
    async with connected(sandbox) as socket:
        session = await session_of(socket, sandbox)
        sandbox.gateway_control.close(4000)
        assert await closed_with(socket) == 4000
    guild.add_channel("made-in-between")
    async with connected(sandbox) as socket:
        await socket.receive_json()
        await socket.send_json(resume(sandbox, session, 1))
        events = [await socket.receive_json() for _ in range(3)]
    assert [(event["t"], event["s"]) for event in events] == [
        ("GUILD_CREATE", 2),
        ("CHANNEL_CREATE", 3),
        ("RESUMED", 4),
    ]


async def test_a_resume_from_the_future_closes_and_an_unknown_one_is_invalid(
    sandbox: Sandbox,
) -> None:
    async with connected(sandbox) as socket:
        session = await session_of(socket, sandbox)
        sandbox.gateway_control.close(4000)
        await closed_with(socket)
    async with connected(sandbox) as socket:
        await socket.receive_json()
        await socket.send_json(resume(sandbox, "unknown", 1))
        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}
        await socket.send_json(resume(sandbox, session, 99))
        assert await closed_with(socket) == 4007


async def test_a_session_that_its_client_ended_cannot_be_resumed(sandbox: Sandbox) -> None:
    async with connected(sandbox) as socket:
        session = await session_of(socket, sandbox)
        await socket.close(code=1000)
    await sandbox.wait_for(lambda: not sandbox.gateway_control.sessions)
    async with connected(sandbox) as socket:
        await socket.receive_json()
        await socket.send_json(resume(sandbox, session, 1))
        assert (await socket.receive_json())["op"] == 9


async def test_identifying_too_fast_is_an_invalid_session() -> None:
    async with Sandbox(limits=Limits.discord()) as sandbox:
        async with connected(sandbox) as socket:
            await session_of(socket, sandbox)
        async with connected(sandbox) as socket:
            await socket.receive_json()
            await socket.send_json(identify(sandbox))
            assert (await socket.receive_json())["op"] == 9


async def test_members_roles_messages_and_pins_are_told_with_every_intent() -> None:
    held = Intent.GUILD_MEMBERS | Intent.MESSAGE_CONTENT
    sandbox = Sandbox(limits=Limits.none(), privileged_intents=held)
    async with sandbox, connected(sandbox) as socket, raw_client(sandbox) as raw:
        room = settle(sandbox)
        allowed = Permission.PIN_MESSAGES | Permission.MANAGE_MESSAGES
        room.channel.set_permissions(sandbox.bot, allow=allowed)
        every = held | Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES
        await socket.send_json(identify(sandbox, intents=int(every)))
        await sandbox.wait_for(lambda: sandbox.gateway_control.connected)
        messages = f"/channels/{room.channel.id}/messages"
        role = room.guild.add_role("watchers")
        room.guild.change_role(role, mentionable=True)
        room.guild.add_member(room.reader, [role])
        room.guild.remove_role(role)
        for text in "abc":
            sandbox.say(room.reader, room.channel, text)
        posted = await raw("POST", messages, json={"content": "x", "nonce": "n"})
        await raw("PATCH", f"{messages}/{posted.body['id']}", json={"content": "y"})
        await raw("PUT", f"{messages}/pins/{posted.body['id']}")
        await raw("DELETE", f"{messages}/{posted.body['id']}")
        sandbox.say(room.reader, sandbox.direct_channel(room.reader), "hello")
        room.guild.remove_member(room.reader)
        told = [await socket.receive_json() for _ in range(16)][3:]
    assert [event["t"] for event in told] == [
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_UPDATE",
        "GUILD_MEMBER_UPDATE",
        "GUILD_ROLE_DELETE",
        "MESSAGE_CREATE",
        "MESSAGE_CREATE",
        "MESSAGE_CREATE",
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "CHANNEL_PINS_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_CREATE",
        "GUILD_MEMBER_REMOVE",
    ]
    data = [event["d"] for event in told]
    assert data[4]["content"] == "a"
    assert data[4]["member"]["roles"] == []
    assert (data[7]["nonce"], "nonce" in data[8]) == ("n", False)
    assert "guild_id" not in data[11]
    assert data[12]["user"]["username"] == "Ann"
