"""Everything that writes, while another program holds the database: in time, whole, and once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.chat import auto_defer
from bot.jobs import RetryDelay
from bot.store import opening
from bot.store.rebuild import rebuild
from cogs.alerts import _cog as alerts
from simulation.discord import Message, Permission, Reply, Sandbox
from tests.cogs.chat import Chat, buttons, words
from tests.cogs.test_desk import WHY, Office

Act = Callable[[Office], Awaitable[Reply]]
Prepared = Callable[[Office], Awaitable[Act]]


@pytest.fixture
async def office(
    sandbox: Sandbox, database: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    monkeypatch.setattr(opening, "_BUSY_MILLISECONDS", 300)
    chat = Chat(sandbox, database)
    office = Office(chat)
    await chat.start()
    yield office
    await chat.stop()
    assert rebuild(database).differences == ()


def command(name: str, /, **options: object) -> Prepared:
    """A command of the Gazette's admin."""

    async def prepared(_: Office) -> Act:
        return lambda office: office.chat.ask(name, office.chat.admin, **options)

    return prepared


def at_the_desk(name: str, /, **options: object) -> Prepared:
    async def prepared(_: Office) -> Act:
        return lambda office: office.desk(name, **options)

    return prepared


def pressed(label: str, name: str, /, **options: object) -> Prepared:
    """A button under the answer to a command of the Gazette's admin."""

    async def prepared(office: Office) -> Act:
        shown = await office.chat.ask(name, office.chat.admin, **options)
        return lambda office: office.chat.press(shown, label, by=office.chat.admin)

    return prepared


async def published(office: Office) -> Act:
    shown = await office.desk("retract", council="Hull", why=WHY)
    return lambda office: office.chat.press(shown, "Publish", by=office.ada)


async def confirmed(office: Office) -> Act:
    queue = await office.desk("queue")
    (custom_id,) = (i for label, i in buttons(queue).items() if label.startswith("Confirm"))
    opened = await office.chat.sandbox.press(office.ada, queue.message, custom_id)
    return lambda office: office.chat.sandbox.submit_modal(office.ada, opened, {"why": WHY})


async def set_up(office: Office) -> Act:
    chat = office.chat
    shown = await chat.ask("setup", chat.admin)
    await chat.sandbox.select(chat.admin, shown.message, "setup-channel", [chat.channel])
    return lambda office: chat.press(shown, "Test and save", by=chat.admin)


async def forgotten(office: Office) -> Act:
    chat = office.chat
    await chat.ask("alerts subscribe", chat.admin, topic="all")
    shown = await chat.ask("mydata delete", chat.admin)
    return lambda office: chat.press(shown, "Delete", by=chat.admin)


async def listed(office: Office) -> Act:
    admin = office.chat.admin
    await office.chat.ask("watch create", admin, name="Ours")
    return lambda office: office.chat.ask("watch add", admin, name="Ours", council="Hull")


WRITES: dict[str, tuple[Prepared, str]] = {
    "alerts subscribe": (command("alerts subscribe", topic="all"), "Following"),
    "follow": (pressed("Follow King", "council", name="Hull"), "Following"),
    "unfollow": (pressed("Unfollow", "alerts subscribe", topic="all"), "No longer following"),
    "watch create": (command("watch create", name="Mine"), "created"),
    "watch add": (listed, "is on the list"),
    "night board": (command("night board"), "Board added"),
    "end of a board": (pressed("End the board", "night board"), "Board ended"),
    "forget": (forgotten, "Deleted"),
    "setup": (set_up, "The test message arrived"),
    "desk retract": (at_the_desk("retract", council="Hull", why=WHY), "Withdraw the result"),
    "desk note": (at_the_desk("note", council="Hull", text="A concession"), "Note added"),
    "publish": (published, "Result withdrawn"),
    "confirm": (confirmed, "confirmed"),
}
NOT_WRITTEN = "nothing was changed. Try again in a moment"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's write lock inside, as another program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def said(reply: Reply) -> str:
    shown: list[Reply | Message] = [reply, *reply.followups]
    return "\n".join(map(words, shown))


def answers(sandbox: Sandbox) -> list[Any]:
    return [one for one in sandbox.requests if one.path.endswith("/callback")]


def entries(database: Path) -> list[str]:
    """Return what the journal holds, kind by kind, but for what goes on by itself."""
    with closing(sqlite3.connect(database)) as file:
        rows = file.execute("SELECT kind FROM journal WHERE kind <> 'deliveries-queued'")
        return [kind for (kind,) in rows]


async def waits_long(office: Office) -> None:
    """Let what is written from here on wait for the file for as long as a test may take."""
    await office.chat.house.writer.transact(
        lambda tx: tx.db.conn.execute("PRAGMA busy_timeout = 60000")
    )


@pytest.mark.parametrize("what", WRITES)
async def test_what_writes_is_answered_in_time_while_the_file_is_locked(
    office: Office, database: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    prepare, done = WRITES[what]
    sandbox, act = office.chat.sandbox, await prepare(office)
    monkeypatch.setattr(auto_defer, "DEFERS_AFTER", 0.1)
    before = entries(database)
    with locked(database):
        refused = await act(office)
        await sandbox.wait_for(lambda: NOT_WRITTEN in said(refused), within=20)
    assert refused.failure is None
    assert entries(database) == before
    answered = len(answers(sandbox))
    await waits_long(office)
    with locked(database):
        acting = asyncio.ensure_future(act(office))
        await sandbox.wait_for(lambda: len(answers(sandbox)) > answered, within=20)
    reply = await acting
    await sandbox.wait_for(lambda: done in said(reply), within=20)
    assert reply.failure is None
    assert reply.deferred or what == "setup"


CORRECTION = {"council": "Hull", "control": "NOC", "seats": "LD 28, Lab 28, Ind 1", "why": WHY}


async def test_what_is_published_with_two_presses_at_once_is_published_once(
    office: Office, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await office.desk("correct", **CORRECTION)
    monkeypatch.setattr(auto_defer, "DEFERS_AFTER", 0.1)
    await waits_long(office)
    (custom_id,) = (i for label, i in buttons(shown).items() if label == "Publish")
    sandbox, answered = office.chat.sandbox, len(answers(office.chat.sandbox))
    with locked(database):
        presses = [
            asyncio.ensure_future(sandbox.press(office.ada, shown.message, custom_id))
            for _ in range(2)
        ]
        await sandbox.wait_for(lambda: len(answers(sandbox)) == answered + 2, within=20)
    await asyncio.gather(*presses)
    await sandbox.wait_for(
        lambda: sum(r.path.endswith("@original") for r in sandbox.requests) >= 2, within=20
    )
    assert [record.action.value for record in office.log()] == ["correct"]


@pytest.mark.parametrize("invited_again", [False, True])
async def test_a_server_that_removed_the_bot_is_forgotten_when_it_can_be_written(
    sandbox: Sandbox,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    invited_again: bool,
) -> None:
    monkeypatch.setattr(opening, "_BUSY_MILLISECONDS", 50)
    monkeypatch.setattr(alerts, "RetryDelay", partial(RetryDelay, 0.05))
    chat = Chat(sandbox, database)
    await chat.start()
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    subscriptions, guild = chat.house.services.subscriptions, chat.guild
    assert subscriptions is not None
    assert subscriptions.of_guild(guild.id)
    with locked(database):
        guild.remove_bot()
        await sandbox.wait_for(lambda: "is not forgotten yet" in caplog.text, within=20)
        forgetting = next(t for t in asyncio.all_tasks() if "on_guild_remove" in t.get_name())
        if invited_again:
            guild.add_bot(Permission.ADMINISTRATOR)
            await sandbox.wait_for(lambda: chat.client.get_guild(guild.id), within=20)
    await asyncio.wait([forgetting])
    assert bool(subscriptions.of_guild(guild.id)) is invited_again
    await chat.stop()
