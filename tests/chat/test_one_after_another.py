"""One client after another: the one that ended leaves nothing behind, and speaks for nobody."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

from bot.chat.connection import Connection
from bot.chat.services import Services
from simulation.discord import Sandbox
from tests.chat.conftest import Place
from tests.chat.test_connection import connected, running, works
from tests.support.connections import quick_connection


async def test_a_client_that_ended_is_let_go_with_all_that_it_answered(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox):
        first = weakref.ref(connection.client)
        reply = await sandbox.slash(*place, "help")
        assert reply.ephemeral and reply.message.components
        await connection.restart()
        await sandbox.wait_for(lambda: connection.client is not first())
        await connected(sandbox)
        assert await works(connection, sandbox, place)

        def is_gone() -> bool:
            gc.collect()
            return first() is None

        await sandbox.wait_for(is_gone, within=20)


async def test_nothing_of_a_connection_goes_on_after_its_end(
    connection: Connection, sandbox: Sandbox
) -> None:
    async with running(connection, sandbox):
        pass

    def left() -> list[str]:
        names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
        return [name for name in names if "Connection." in name or name.startswith("_")]

    await sandbox.wait_for(lambda: not left())


async def test_a_client_that_ended_is_not_asked_what_is_so_until_the_next_one_is_ready(
    services: Services, sandbox: Sandbox
) -> None:
    go_on = asyncio.Event()

    async def pause(_: float) -> None:
        await go_on.wait()

    connection = quick_connection(services, pause)
    async with running(connection, sandbox):
        first = connection.client
        await connection.restart()
        assert connection.client is first
        assert not connection.is_ready()
        go_on.set()
        await connection.ready()
        assert connection.client is not first


async def test_commands_are_not_told_again_from_a_client_that_has_none_any_more(
    services: Services, sandbox: Sandbox
) -> None:
    gates: list[asyncio.Event] = []

    async def pause(_: float) -> None:
        gates.append(asyncio.Event())
        await gates[-1].wait()

    def told() -> list[Any]:
        return [one.request for one in sandbox.requests if one.method == "PUT"]

    sandbox.faults.answer("PUT", "/applications/*/commands", 503, {})
    connection = quick_connection(services, pause)
    async with running(connection, sandbox):
        await sandbox.wait_for(lambda: len(gates) == 1)
        sandbox.gateway_control.close(4010)
        await sandbox.wait_for(lambda: len(gates) == 2)  # the next client waits for its turn
        gates[0].set()
        await sandbox.wait_for(lambda: len(gates) == 3 or len(told()) == 2)
        gates[1].set()
        await connection.ready()
        gates[2].set()
        await sandbox.wait_for(lambda: connection.command_ids)
    assert all(told())
    assert "council" in {command["name"] for command in sandbox.registry.all(None)}
