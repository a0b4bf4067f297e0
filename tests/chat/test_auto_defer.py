"""Answers that take long: deferred by themselves, and given all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.chat import auto_defer
from bot.chat import client as client_module
from bot.chat.client import ElectionNight
from bot.chat.components import Component, button
from bot.chat.connection import Connection
from bot.chat.questions import CannotAnswer
from bot.store.errors import StoreError
from simulation.discord import Reply, Sandbox
from tests.chat.conftest import Place

Interaction = discord.Interaction[ElectionNight]


class Gate:
    """What slow things wait for; a new one for each test, for it belongs to a loop."""

    open = asyncio.Event()


FAULTS: dict[str, Exception] = {
    "sentence": CannotAnswer("Not this one. Ask for another."),
    "store": StoreError("/secret/path is locked"),
    "fault": RuntimeError("a detail"),
}


async def slowly(fault: str | None) -> None:
    """Take until the test says so, and fail then where that is wanted."""
    await Gate.open.wait()
    if fault is not None:
        raise FAULTS[fault]


class Slow(commands.Cog):
    @app_commands.command(description="Takes long")
    async def slow(
        self, interaction: Interaction, public: bool = False, fault: str | None = None
    ) -> None:
        await slowly(fault)
        await interaction.response.send_message("At last", ephemeral=not public)

    @slow.autocomplete("fault")
    async def complete(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        await Gate.open.wait()
        return [app_commands.Choice(name="late", value="late")]

    @app_commands.command(description="Shows the buttons")
    async def panel(self, interaction: Interaction) -> None:
        view = discord.ui.View(timeout=None)
        for does in ("edit", "say", "picture", "form", "defer", "sentence", "store", "fault"):
            view.add_item(button(does, f"slow:{does}"))
        await interaction.response.send_message("A panel", view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        data: Any = interaction.data
        if data.get("custom_id") == "form":
            auto_defer.claim(interaction)
            await slowly(None)
            await interaction.response.send_message("Filled in", ephemeral=True)


class SlowButton(Component, template=r"slow:(?P<does>\w+)"):
    async def pressed(self, interaction: Interaction) -> None:
        does = self.given["does"]
        await slowly(does if does in FAULTS else None)
        match does:
            case "edit":
                await interaction.response.edit_message(content="Edited", view=None)
                await interaction.followup.send("Done", ephemeral=True)
            case "say":
                await interaction.response.send_message("Said", ephemeral=True)
            case "picture":
                await interaction.response.send_message("Words", ephemeral=True)
                await auto_defer.edit_of_answer(interaction)(content="Words and picture")
            case "form":
                await interaction.response.send_modal(Form())
            case "defer":
                await interaction.response.defer()
                await interaction.edit_original_response(content="Deferred", view=None)


class Form(discord.ui.Modal, title="Why"):
    def __init__(self) -> None:
        super().__init__(custom_id="form", timeout=None)
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="why")
        self.add_item(discord.ui.Label(text="Why", component=text))


async def setup(client: ElectionNight) -> None:
    await client.add_cog(Slow())


@pytest.fixture(autouse=True)
def _slow(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "EXTENSIONS", (__name__,))
    monkeypatch.setattr(client_module, "COMPONENTS", (SlowButton,))
    monkeypatch.setattr(Gate, "open", asyncio.Event())


@asynccontextmanager
async def running(connection: Connection, sandbox: Sandbox) -> AsyncIterator[None]:
    task = asyncio.create_task(connection.run(sandbox.token))
    try:
        await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=10)
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def soon_held(sandbox: Sandbox) -> AsyncIterator[None]:
    """Let what is asked inside be answered by asking for more time, which was done at the end."""
    answers, usual = len(callbacks(sandbox)), auto_defer.DEFERS_AFTER
    auto_defer.DEFERS_AFTER = 0.01
    try:
        yield
        await sandbox.wait_for(lambda: len(callbacks(sandbox)) > answers, within=20)
    finally:
        auto_defer.DEFERS_AFTER = usual


async def held(sandbox: Sandbox, asking: Any) -> Reply:
    """Return the reply to what is asked, which is let go on once more time was asked for."""
    async with soon_held(sandbox):
        task = asyncio.create_task(asking)
    Gate.open.set()
    reply: Reply = await task
    Gate.open.clear()
    return reply


def callbacks(sandbox: Sandbox) -> list[int]:
    """Return the kinds of the first answers so far."""
    found = [one for one in sandbox.requests if one.path.endswith("/callback")]
    return [one.request["type"] for one in found]


MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES = 4, 5, 6, 7, 8


@pytest.mark.parametrize("public", [False, True])
async def test_a_slow_command_is_deferred_and_answered_to_whom_it_was_meant(
    connection: Connection, sandbox: Sandbox, place: Place, public: bool
) -> None:
    async with running(connection, sandbox):
        reply = await held(sandbox, sandbox.slash(*place, "slow", {"public": public}))
    assert callbacks(sandbox) == [DEFERRED]
    assert (reply.failure, reply.content, reply.ephemeral) == (None, "At last", not public)
    assert not reply.followups


async def test_a_quick_command_is_not_deferred(
    connection: Connection, sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def defer_when_late(interaction: Any) -> None:
        auto_defer.defer_when_late(interaction)
        asked.append(interaction)

    monkeypatch.setattr(client_module, "defer_when_late", defer_when_late)
    async with running(connection, sandbox):
        Gate.open.set()
        reply = await sandbox.slash(*place, "slow")
    assert callbacks(sandbox) == [MESSAGE]
    assert [interaction.response._timer.cancelled() for interaction in asked] == [True]
    assert reply.content == "At last"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("sentence", "Not this one. Ask for another."),
        ("store", "nothing was changed. Try again in a moment"),
        ("fault", "this reference"),
    ],
)
@pytest.mark.parametrize("public", [False, True])
async def test_a_slow_command_that_fails_still_gets_its_sentence_in_private(
    connection: Connection, sandbox: Sandbox, place: Place, public: bool, fault: str, said: str
) -> None:
    async with running(connection, sandbox):
        reply = await held(
            sandbox, sandbox.slash(*place, "slow", {"public": public, "fault": fault})
        )
        await sandbox.wait_for(lambda: not public or reply.followups)
    last = [reply.message, *reply.followups][-1]
    assert said in last.content
    assert "/secret/path" not in last.content
    assert last.ephemeral
    assert [m for m in place[1].messages if m.deleted_at is None and not m.ephemeral] == []


@pytest.mark.parametrize(
    ("does", "shown", "followed"),
    [
        ("edit", "Edited", ["Done"]),
        ("say", "A panel", ["Said"]),
        ("picture", "A panel", ["Words and picture"]),
        ("defer", "Deferred", []),
        ("form", "A panel", ["press it once more"]),
        ("sentence", "A panel", ["Ask for another"]),
        ("store", "A panel", ["nothing was changed"]),
        ("fault", "A panel", ["this reference"]),
    ],
)
async def test_a_slow_button_is_acknowledged_and_does_what_it_is_for(
    connection: Connection,
    sandbox: Sandbox,
    place: Place,
    does: str,
    shown: str,
    followed: list[str],
) -> None:
    async with running(connection, sandbox):
        panel = await sandbox.slash(*place, "panel")
        reply = await held(sandbox, sandbox.press(place[0], panel.message, f"slow:{does}"))
        await sandbox.wait_for(lambda: panel.content == shown)
        await sandbox.wait_for(lambda: len(reply.followups) == len(followed))
        if does == "picture":
            await sandbox.wait_for(lambda: reply.followups[0].content == followed[0])
    assert callbacks(sandbox) == [MESSAGE, DEFERRED_UPDATE]
    for message, said in zip(reply.followups, followed, strict=True):
        assert said in message.content
        assert message.ephemeral


async def test_a_slow_form_is_acknowledged_and_answered(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox):
        panel = await sandbox.slash(*place, "panel")
        Gate.open.set()
        opened = await sandbox.press(place[0], panel.message, "slow:form")
        Gate.open.clear()
        filled = sandbox.submit_modal(place[0], opened, {"why": "A reason"})
        reply = await held(sandbox, filled)
        await sandbox.wait_for(lambda: reply.followups)
    assert callbacks(sandbox)[-1] == DEFERRED_UPDATE
    assert [message.content for message in reply.followups] == ["Filled in"]


async def test_slow_suggestions_are_none_rather_than_late(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox):
        async with soon_held(sandbox):
            asking = sandbox.autocomplete(*place, "slow", "fault", "l")
            task = asyncio.create_task(asking)
        Gate.open.set()
        found = await task
        await asyncio.sleep(0.02)
    assert callbacks(sandbox) == [CHOICES]
    assert list(found) == []


async def test_a_deferral_whose_answer_is_lost_is_followed_by_the_answer(
    connection: Connection, sandbox: Sandbox, place: Place
) -> None:
    async with running(connection, sandbox):
        sandbox.faults.drop_answer_after_applying("POST", "/interactions/*/*/callback")
        async with soon_held(sandbox):
            task = asyncio.create_task(sandbox.slash(*place, "slow"))
        await asyncio.sleep(0.02)
        Gate.open.set()
        reply = await task
    assert reply.content == "At last"


async def test_a_button_that_nobody_takes_is_told_so(
    connection: Connection, sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(connection, sandbox):
        panel = await sandbox.slash(*place, "panel")

        async def unknown(*_: Any) -> None:
            raise ValueError("not one of ours")

        monkeypatch.setattr(SlowButton, "from_custom_id", unknown)
        async with soon_held(sandbox):
            reply = await sandbox.press(place[0], panel.message, "slow:say")
    assert "cannot be used any more" in reply.content
    assert reply.ephemeral
