"""`/privacy` and `/mydata`, through the sandbox: shown, put into a file, asked about, deleted."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from bot.desk import Editor
from bot.election.reports import GainOrHold
from bot.store.rebuild import rebuild
from simulation.discord import Permission, Refused, Reply, User
from tests.cogs.chat import RESULTS, Chat, buttons, words
from tests.support.small_night import document, fetch


async def _told_of_hull(chat: Chat) -> None:
    """Let the reader and the channel follow Hull, keep lists, and be told of a correction."""
    direct = chat.sandbox.direct_channel(chat.reader)
    await chat.ask("alerts subscribe", topic="council", which="Hull")
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    await chat.ask("watch create", at=direct, name="My street")
    await chat.ask("watch add", at=direct, name="My street", council="Hull")
    await chat.ask("watch create", chat.admin, name="Our *patch*")
    hull = RESULTS[0]
    seats = (
        replace(hull.composition[0], seats=28),
        replace(hull.composition[1], seats=28),
        hull.composition[2],
    )
    corrected = replace(
        hull, revision=2, composition=seats, winner=None, gain_or_hold=GainOrHold.LOSE_TO_NOC
    )
    await chat.house.ingest.file(fetch(document(corrected)))
    alerts = chat.house.services.alerts
    assert alerts is not None
    await alerts.drained()
    assert len(direct.messages) >= 1


def _file(chat: Chat, reply: Reply) -> dict[str, Any]:
    (attached,) = reply.message.attachments
    assert attached.filename == "election-night-data.json"
    loaded: dict[str, Any] = json.loads(attached.content)
    return loaded


async def _press(chat: Chat, asked: Reply, by: User | None = None) -> str:
    """Press the button, wait until the question is gone, and return what stands in its place."""
    await chat.press(asked, "Delete it for good", by=by)
    await chat.sandbox.wait_for(lambda: not asked.message.components)
    return words(asked)


def _everything(chat: Chat) -> str:
    """Return all that the database file holds, beside the desk's log, as text."""
    with sqlite3.connect(chat.path) as db:
        return "\n".join(db.iterdump())


async def test_privacy_says_what_is_kept_and_how_to_delete_it(chat: Chat) -> None:
    reply = await chat.ask("privacy")
    said = words(reply)
    for heading in ("About you", "About a server", "Why", "never kept", "How long", "delete it"):
        assert heading in said
    for command in ("/mydata show", "/mydata delete", "/mydata delete-server", "/alerts why"):
        assert command in said
    assert reply.ephemeral
    assert not (await chat.ask("privacy", public=True)).ephemeral


async def test_everybody_sees_what_is_kept_of_them_and_of_nobody_else(chat: Chat) -> None:
    await _told_of_hull(chat)
    reply = await chat.ask("mydata show")
    said = words(reply)
    assert "Followed (1): The result in Kingston upon Hull → your direct messages" in said
    assert "Watch lists (1): “My street”" in said
    assert "1 delivery." in said
    assert "1 message that was sent." in said
    assert "patch" not in said
    assert reply.ephemeral
    kept = _file(chat, reply)
    (subscription,) = kept["rows"]["subscriptions"]
    assert (subscription["topic"], subscription["value"]) == ("council", "KHL")
    assert kept["rows"]["lists"][0]["councils"] == "KHL"
    assert kept["rows"]["posts"][0]["message_id"]
    assert kept["in_all"]["journal"] == len(kept["rows"]["journal"]) > 2
    assert str(chat.admin.id) not in json.dumps(kept)


async def test_who_left_no_trace_is_told_so_and_has_nothing_to_delete(chat: Chat) -> None:
    shown = await chat.ask("mydata show")
    assert "Nothing is kept about you" in words(shown)
    assert shown.message.attachments == []
    refused = await chat.ask("mydata delete")
    assert "Nothing is kept about you: there is nothing to delete." in words(refused)
    assert buttons(refused) == {}


async def test_what_is_kept_of_a_person_is_deleted_after_a_question_and_a_restart(
    chat: Chat,
) -> None:
    await _told_of_hull(chat)
    asked = await chat.ask("mydata delete")
    assert "That is 1 subscription, 1 delivery, 1 message that was sent and 1 watch list." in words(
        asked
    )
    assert "This cannot be undone." in words(asked)
    await chat.restart()
    done = await _press(chat, asked)
    assert "Deleted: what was kept about you" in done
    assert "Gone: 1 subscription, 1 delivery, 1 message that was sent and 1 watch list" in done
    everything = _everything(chat)
    assert str(chat.reader.id) not in everything
    assert str(chat.sandbox.direct_channel(chat.reader).id) not in everything
    assert "My street" not in everything
    assert str(chat.guild.id) in everything
    assert "No alerts" in words(await chat.ask("alerts list"))
    assert "Alerts (1)" in words(await chat.ask("alerts list", chat.admin))
    assert rebuild(chat.path).differences == ()


async def test_nobody_presses_the_button_of_another(chat: Chat) -> None:
    await _told_of_hull(chat)
    asked = await chat.ask("mydata delete")
    with pytest.raises(Refused, match="Only the person who asked"):
        await chat.press(asked, "Delete it for good", by=chat.admin)
    asked.message.visible_to = None
    refused = await chat.press(asked, "Delete it for good", by=chat.admin)
    assert "This button is somebody else's" in words(refused)
    assert "Alerts (1)" in words(await chat.ask("alerts list"))


async def test_an_admin_sees_and_deletes_the_servers_and_nothing_of_its_members(
    chat: Chat,
) -> None:
    await _told_of_hull(chat)
    shown = await chat.ask("mydata show-server", chat.admin)
    said = words(shown)
    assert "What is kept about this server" in said
    assert f"Every change of hands and first election → <#{chat.channel.id}>" in said
    assert "“Our \\*patch\\*”" in said
    assert str(chat.reader.id) not in json.dumps(_file(chat, shown))
    asked = await chat.ask("mydata delete-server", chat.admin)
    done = await _press(chat, asked, by=chat.admin)
    assert "Deleted: what was kept about this server" in done
    assert str(chat.guild.id) not in _everything(chat)
    assert "Our *patch*" not in _everything(chat)
    assert "Alerts (1)" in words(await chat.ask("alerts list"))
    assert rebuild(chat.path).differences == ()


async def test_only_admins_come_near_the_servers_data(chat: Chat) -> None:
    await _told_of_hull(chat)
    for command in ("mydata show-server", "mydata delete-server"):
        assert "Only members with Manage Server" in words(await chat.ask(command))
        direct = chat.sandbox.direct_channel(chat.admin)
        said = words(await chat.ask(command, chat.admin, direct))
        assert "Run this in the server itself" in said


async def test_who_is_no_admin_any_more_cannot_press_the_button(chat: Chat) -> None:
    await _told_of_hull(chat)
    editors = chat.guild.add_role("Editors", permissions=Permission.MANAGE_GUILD)
    editor = chat.sandbox.add_user("Eva")
    chat.guild.add_member(editor, [editors])
    asked = await chat.ask("mydata delete-server", editor)
    chat.guild.change_role(editors, permissions=Permission.NONE)
    refused = await chat.press(asked, "Delete it for good", by=editor)
    assert "Only members with Manage Server" in words(refused)
    assert "Alerts (1)" in words(await chat.ask("alerts list", chat.admin))


async def test_the_desks_log_stays_and_that_is_said(chat: Chat) -> None:
    desk = chat.house.services.desk
    assert desk is not None
    await desk.refused(Editor("ada", chat.reader.id), "/desk queue")
    shown = await chat.ask("mydata show")
    assert "The desk's log: 1 entry." in words(shown)
    assert _file(chat, shown)["rows"]["desk_log"][0]["why"] == "/desk queue"
    asked = await chat.ask("mydata delete")
    assert "The desk's log stays" in words(asked)
    assert "The desk's log stays" in await _press(chat, asked)
