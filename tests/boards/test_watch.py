"""A board from its command to its end, with the real client in the sandbox."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cards.board import board_cards
from bot.clock import LONDON
from bot.delivery import refusals
from bot.delivery.board_messages import BoardPosts, Tempo
from bot.delivery.sending import Post, Sender
from bot.delivery.subscriptions import Destination
from bot.desk import Editor
from bot.election.alert_kinds import Topic
from bot.pictures.renderer import PictureError, PictureRenderer
from bot.schedule.night_log import NightLog
from bot.store.journal import Entry
from bot.wording.night import NightView
from simulation.discord import Message, Permission
from tests.boards.conftest import FAST, Boarded
from tests.boards.results import HULL, SUNDERLAND
from tests.cogs.chat import buttons, words
from tests.election.build import lines
from tests.pictures.checks import decoded

EDITOR = Editor("Dana", 5)
PATCH = ("PATCH", "/channels/*/messages/*")
FORBIDDEN = {"message": "Missing Permissions", "code": 50013}


def said(message: Any) -> str:
    return json.dumps(message.embeds, ensure_ascii=False)


async def put(chat: Boarded, **options: Any) -> Any:
    reply = await chat.ask("night board", chat.admin, **options)
    assert reply.message.ephemeral
    return reply


async def put_up(chat: Boarded) -> Message:
    """Put a board up; return its message as it is when nothing is left to show."""
    await put(chat)
    return await chat.settled()


async def test_a_board_is_one_pinned_message_with_its_picture_and_words(chat: Boarded) -> None:
    reply = await put(chat)
    assert "Board added" in words(reply)
    assert "Pin Messages" not in words(reply)
    message = await chat.settled()
    assert message.pinned_at is not None
    assert message.nonce
    lead, to_come = message.embeds
    assert lead["title"] == "Elections of 5 May 2022: 3 of 200 councils declared"
    assert [field["name"] for field in lead["fields"]] == [
        "Councils and seats won, 3 of 200 councils declared",
        "2 changes of hands",
    ]
    assert "Lib Dems gain Kingston upon Hull from Labour" in said(message)
    assert to_come["title"] == "Still to come"
    assert "Held for checks and not counted: " in said(message)
    assert to_come["footer"]["text"].startswith("Source: PA · As of 02:40 on Friday 6 May")
    (picture,) = message.attachments
    assert picture.description is not None
    assert picture.description.startswith(
        "Lib Dems take Kingston upon Hull after 11 years: 3 of 200 "
    )
    assert picture.filename in lead["image"]["url"]
    assert decoded(picture.content)[0] >= 1_200


async def test_it_is_edited_in_place_and_its_picture_is_sent_when_it_changes(
    chat: Boarded,
) -> None:
    message = await put_up(chat)
    (first,) = message.attachments
    await chat.declares(SUNDERLAND)
    await chat.sandbox.wait_for(lambda: "4 of 200" in message.embeds[0]["title"])
    (second,) = message.attachments
    assert first.id != second.id
    # What is due next changes, the map does not: the same attachment is kept.
    clock = chat.house.services.clock
    await clock.move_to(clock.now() + timedelta(hours=1))
    await chat.settled()
    assert "Overdue" in said(message)
    assert message.attachments == [second]
    assert [exchange.files for exchange in chat.edits()] == [1, 1, 0]
    assert len(chat.channel.messages) == 1


async def test_its_message_is_logged_as_a_board_s(
    chat: Boarded, caplog: pytest.LogCaptureFixture
) -> None:
    night_log = NightLog(chat.house.writer, chat.house.services.reader)
    message = await put_up(chat)
    with caplog.at_level(logging.INFO, "bot.schedule.night_log"):
        night_log.look()
    assert caplog.messages == [
        f"Posted a message of the board in channel {chat.channel.id}, message {message.id}"
    ]


async def test_a_burst_is_one_edit_to_the_last_state(chat: Boarded) -> None:
    await chat.stop()
    chat.tempo = replace(FAST, young=1.0)
    await chat.start()
    message = await put_up(chat)
    for seats in range(43, 37, -1):
        now = {"Lab": seats, "Con": 19, "LD": 55 - seats, "Green": 1}
        await chat.declares(replace(SUNDERLAND, revision=44 - seats, composition=lines(now)))
        await asyncio.sleep(0.03)
    await chat.settled()
    assert len(chat.edits()) == 2
    gone = message.versions[-1].until - message.versions[-2].until
    assert gone >= timedelta(seconds=0.95)
    assert "4 of 200" in message.embeds[0]["title"]


async def test_nothing_that_is_new_is_no_edit_and_its_date_is_renewed_sparingly(
    chat: Boarded,
) -> None:
    await put(chat, region="North West")
    message = await chat.settled()
    assert message.embeds[0]["title"] == (
        "Elections of 5 May 2022, North West: 1 of 25 councils declared"
    )
    already = len(chat.edits())
    await chat.declares(SUNDERLAND)  # elsewhere
    clock = chat.house.services.clock
    await clock.move_to(clock.now() + timedelta(minutes=10))
    await asyncio.sleep(0.3)
    assert len(chat.edits()) == already
    await clock.move_to(clock.now() + timedelta(minutes=21))
    await chat.declares()
    await chat.sandbox.wait_for(lambda: len(chat.edits()) == already + 1, 10)
    assert "As of 03:11" in said(message)
    await asyncio.sleep(0.3)
    assert len(chat.edits()) == already + 1


async def test_after_a_restart_it_goes_on_in_the_same_message(chat: Boarded) -> None:
    message = await put_up(chat)
    edits = len(chat.edits())
    await chat.restart()
    await asyncio.sleep(0.3)
    assert len(chat.edits()) == edits, "what it shows already needs no edit"
    await chat.declares(SUNDERLAND)
    assert await chat.settled() is message
    assert "4 of 200" in message.embeds[0]["title"]


async def test_without_the_permission_to_pin_it_stands_unpinned_and_that_is_said(
    chat: Boarded,
) -> None:
    channel = chat.guild.add_channel("plain")
    reply = await put(chat, channel=channel)
    assert "Give it Pin Messages" in words(reply)
    message = await chat.settled(channel)
    assert message.pinned_at is None
    channel.set_permissions(chat.sandbox.bot, allow=Permission.PIN_MESSAGES)
    assert "Board already there" in words(await put(chat, channel=channel))
    await chat.sandbox.wait_for(lambda: message.pinned_at)
    await chat.settled(channel)


@pytest.mark.parametrize(
    "missing", ["VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES"]
)
async def test_what_is_missing_is_told_and_nothing_is_put_up(chat: Boarded, missing: str) -> None:
    channel = chat.guild.add_channel("shut", deny_bot=Permission[missing])
    reply = await put(chat, channel=channel)
    assert f"lacks {missing.replace('_', ' ').title()}" in words(reply).replace(",", "")
    assert chat.boards.within(channel.id) is None


async def test_only_admins_of_the_server_put_up_and_end_boards(chat: Boarded) -> None:
    refused = await chat.ask("night board")
    assert "Only members with Manage Server" in words(refused)
    assert chat.boards.within(chat.channel.id) is None
    direct = chat.sandbox.direct_channel(chat.admin)
    assert "in its own server only" in words(await chat.ask("night board", chat.admin, direct))
    manager = chat.guild.add_role("Manager", permissions=Permission.MANAGE_GUILD)
    chat.guild.add_member(chat.reader, [manager])
    reply = await chat.ask("night board")
    await chat.settled()
    chat.guild.add_member(chat.reader, [])
    assert "needs Manage Server" in words(await chat.press(reply, "End the board"))
    other = chat.sandbox.add_guild("Echo")
    theirs = other.add_channel("results")
    there = await chat.ask("night board", other.owner, theirs)
    assert await chat.boards.end(chat.board().id, other.id) is None
    assert chat.board().stands
    await chat.settled(theirs)
    await chat.press(there, "End the board", other.owner)
    await chat.sandbox.wait_for(lambda: chat.board(theirs).ended)
    assert chat.board().stands


async def test_a_channel_never_has_two(chat: Boarded) -> None:
    message = await put_up(chat)
    turned = await put(chat, nation="England")
    assert "shows another place" in words(turned)
    assert await chat.settled() is message
    assert ", England: 3 of " in message.embeds[0]["title"]
    assert "Board already there" in words(await put(chat, nation="England"))
    assert await chat.settled() is message
    other = chat.guild.add_channel("other")
    listed = await put(chat, channel=other)
    assert f"<#{chat.channel.id}>" in words(listed)
    assert "how England stands" in words(listed)


async def test_its_reference_is_no_alert_s(chat: Boarded) -> None:
    message = await put_up(chat)
    reference = message.embeds[-1]["footer"]["text"].split(" · ")[-1]
    assert reference == chat.board().reference
    said_of_it = await chat.ask("alerts why", chat.admin, reference=reference.lower())
    assert "That is a board" in words(said_of_it)


async def test_what_a_board_cannot_show_is_said(chat: Boarded) -> None:
    assert "No council votes there" in words(await put(chat, nation="Northern Ireland"))
    refused = await put(chat, nation="Wales", region="London")
    assert "Choose one filter" in words(refused)
    assert chat.boards.within(chat.channel.id) is None


async def test_an_admin_ends_it_and_its_message_says_so(chat: Boarded) -> None:
    reply, another = await put(chat), await put(chat)
    message = await chat.settled()
    ended = await chat.press(reply, "End the board", chat.admin)
    assert "Board ended" in words(ended)
    assert not buttons(ended)
    await chat.sandbox.wait_for(lambda: chat.board().ended)
    assert "Board ended" in said(message)
    assert message.pinned_at is None
    await chat.declares(SUNDERLAND)
    await asyncio.sleep(0.2)
    assert "3 of 200" in message.embeds[0]["title"]
    assert "ended already" in words(await chat.press(another, "End the board", chat.admin))
    again = await put(chat)
    assert "An admin of the server ended it" in words(again)
    await chat.sandbox.wait_for(lambda: len(chat.channel.messages) == 2)


@pytest.mark.parametrize("of", ["the board", "the server's data"])
async def test_what_ends_while_it_is_written_is_never_sent(
    chat: Boarded, of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, go_on = asyncio.Event(), asyncio.Event()
    seal = Sender.seal

    async def slowly(sender: Sender, place: Destination, *rest: Any, **options: Any) -> Post:
        if place.id == chat.channel.id:
            written.set()
            await go_on.wait()
        return await seal(sender, place, *rest, **options)

    monkeypatch.setattr(Sender, "seal", slowly)
    reply = await put(chat)
    await written.wait()
    if of == "the board":
        await chat.press(reply, "End the board", chat.admin)
    else:
        assert chat.house.services.subscriptions is not None
        await chat.house.services.subscriptions.erase_guild(chat.guild.id)
    go_on.set()
    # A board that is put up afterwards is there, and this one is not.
    await put(chat, channel=(other := chat.guild.add_channel("other")))
    await chat.settled(other)
    await asyncio.sleep(0.2)
    assert chat.channel.messages == []


async def test_a_board_that_cannot_be_worded_keeps_no_other_waiting(
    chat: Boarded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    region = chat.guild.add_channel("region")
    await put(chat)
    await put(chat, region="North East", channel=region)
    await chat.settled()
    message = await chat.settled(region)

    def faulty(view: NightView, **more: Any) -> Any:
        if view.lens.is_whole_night:
            raise ValueError("no words for the night")
        return board_cards(view, **more)

    await asyncio.sleep(0.3)  # until nobody is at the boards
    monkeypatch.setattr("bot.schedule.boards.board_cards", faulty)
    await chat.declares(SUNDERLAND)
    await chat.sandbox.wait_for(lambda: ": 1 of " in message.embeds[0]["title"])
    assert "no words for the night" in caplog.text


async def test_its_words_and_its_picture_are_of_one_state(
    chat: Boarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put_up(chat)
    board, facts = chat.board(), chat.watch._facts(chat.board().night)
    later = replace(facts, standings=facts.standings[:1])
    told = iter((facts, later))
    monkeypatch.setattr(chat.watch, "_facts", lambda _: next(told, later))
    showing = await chat.watch.showing(board)
    assert showing.compose is not None
    picture = showing.compose()
    assert picture is not None
    assert "3 of 200" in picture.alt
    assert "3 of 200" in showing.cards[0].title


async def test_a_deleted_message_ends_the_board(chat: Boarded) -> None:
    message = await put_up(chat)
    message.deleted_at = chat.sandbox.world.now()
    await chat.declares(SUNDERLAND)
    await chat.sandbox.wait_for(lambda: chat.board().ended)
    assert chat.channel.messages == []
    again = await put(chat)
    assert "The message was deleted" in words(again)
    assert await chat.settled() is not message


async def test_a_deleted_channel_ends_the_board(chat: Boarded) -> None:
    await put_up(chat)
    chat.channel.delete()
    await chat.declares(SUNDERLAND)
    await chat.sandbox.wait_for(lambda: chat.board().ended)


async def put_up_and_hidden(chat: Boarded) -> Message:
    """Put a board up, and hide its channel from the bot when it has something new to show."""
    message = await put_up(chat)
    chat.channel.set_permissions(chat.sandbox.bot, deny=Permission.VIEW_CHANNEL)
    await chat.declares(SUNDERLAND)
    return message


async def test_a_channel_that_refuses_is_paused_with_the_reason_for_its_admin(
    chat: Boarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    message = await put_up_and_hidden(chat)
    await chat.sandbox.wait_for(lambda: chat.board().paused)
    asked = len(chat.edits())
    await chat.declares(HULL)
    await asyncio.sleep(0.2)
    assert len(chat.edits()) == asked, "a board that is paused asks for nothing"
    other = chat.guild.add_channel("other")
    listed = words(await put(chat, channel=other))
    assert "**Paused**: The bot cannot see this channel. Give it the permission" in listed
    assert "/night board" in listed
    assert "/alerts test" not in listed
    chat.channel.set_permissions(chat.sandbox.bot, allow=Permission.PIN_MESSAGES)
    assert "Board resumed" in words(await put(chat))
    assert await chat.settled() is message
    assert "4 of 200" in message.embeds[0]["title"]


async def test_a_paused_board_is_told_of_and_comes_back_by_itself(
    chat: Boarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    message = await put_up_and_hidden(chat)
    told = chat.sandbox.direct_channel(chat.admin)
    await chat.sandbox.wait_for(lambda: told.messages)
    (notice,) = told.messages
    assert notice.embeds[0]["title"] == "Board paused"
    assert f"<#{chat.channel.id}>" in notice.embeds[0]["description"]
    chat.channel.set_permissions(chat.sandbox.bot, allow=Permission.PIN_MESSAGES)
    await chat.sandbox.wait_for(lambda: "4 of 200" in message.embeds[0]["title"])
    await chat.sandbox.wait_for(lambda: notice.embeds[0]["title"] == "Board resumed")
    assert len(told.messages) == 1


@pytest.mark.parametrize("ours", [False, True])
async def test_an_edit_that_can_never_be_made_is_told_and_not_asked_for_ever(
    ours: bool,
    chat: Boarded,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    await put_up(chat)
    if ours:

        async def faulty(*_: Any) -> None:
            raise KeyError("embeds")

        monkeypatch.setattr(BoardPosts, "_edit", faulty)
    else:
        monkeypatch.setattr(refusals, "_CHECKS_BELIEVED", 1)
        not_taken = {"message": "Invalid Form Body", "code": 50035}
        chat.sandbox.faults.answer(*PATCH, 400, not_taken, times=1_000)
    await chat.declares(SUNDERLAND)
    await chat.sandbox.wait_for(lambda: chat.board().paused)
    told = chat.sandbox.direct_channel(chat.admin)
    await chat.sandbox.wait_for(lambda: told.messages)
    assert told.messages[0].embeds[0]["title"] == "Board paused"
    assert not await chat.watch.behind()


async def test_a_single_unknown_message_ends_no_board(chat: Boarded) -> None:
    message = await put_up(chat)
    unknown = {"message": "Unknown Message", "code": 10008}
    chat.sandbox.faults.answer(*PATCH, 404, unknown, times=2)
    await chat.declares(SUNDERLAND)
    assert await chat.settled() is message
    assert "4 of 200" in message.embeds[0]["title"]
    assert not chat.board().ended


async def test_a_single_refusal_of_a_pin_leaves_a_board_pinned(chat: Boarded) -> None:
    pin = ("PUT", "/channels/*/messages/pins/*")
    chat.sandbox.faults.answer(*pin, 404, {"message": "Unknown Message", "code": 10008})
    chat.sandbox.faults.answer(*pin, 403, FORBIDDEN)
    chat.sandbox.faults.answer("PUT", "/channels/*/pins/*", 403, FORBIDDEN)
    await put(chat)
    assert (await chat.settled()).pinned_at is not None


async def test_a_slow_channel_delays_no_other_board_and_no_alert(chat: Boarded) -> None:
    slow, quick = chat.channel, chat.guild.add_channel("quick")
    services = chat.house.services
    assert services.subscriptions is not None
    follower = chat.guild.add_channel("alerts")
    here = Destination(follower.id, chat.guild.id)
    await services.subscriptions.add(here, Topic.COUNCIL, "SND", by=1)
    await put(chat)
    await put(chat, channel=quick)
    first, second = await chat.settled(slow), await chat.settled(quick)
    hold = chat.sandbox.faults.hold("PATCH", f"/channels/{slow.id}/messages/*")
    await chat.declares(SUNDERLAND)
    await hold.reached.wait()
    await chat.sandbox.wait_for(lambda: "4 of 200" in second.embeds[0]["title"])
    await chat.sandbox.wait_for(lambda: follower.messages)
    assert "3 of 200" in first.embeds[0]["title"]
    hold.release()
    await chat.settled(slow)


async def test_when_discord_has_enough_of_edits_it_is_tried_later(
    chat: Boarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    message = await put_up(chat)
    enough = {"message": "Maximum number of edits to messages older than 1 hour", "code": 30046}
    chat.sandbox.faults.answer(*PATCH, 400, enough)
    chat.sandbox.faults.drop_answer_after_applying(*PATCH)
    await chat.declares(SUNDERLAND)
    assert await chat.settled() is message
    assert "4 of 200" in message.embeds[0]["title"]
    assert chat.board().paused is None


@pytest.mark.parametrize("fault", ["not drawn", "never drawn", "not attached"])
async def test_without_a_picture_the_words_go_on(
    chat: Boarded,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    message = await put_up(chat)
    assert message.attachments

    async def not_drawn(*_: object) -> None:
        raise PictureError("no ink")

    async def never_drawn(*_: object) -> None:
        await asyncio.Event().wait()

    if fault == "not attached":
        chat.channel.set_permissions(
            chat.sandbox.bot, allow=Permission.PIN_MESSAGES, deny=Permission.ATTACH_FILES
        )
    else:
        monkeypatch.setattr("bot.delivery.board_messages._DRAWN_WITHIN", 0.05)
        monkeypatch.setattr(
            PictureRenderer, "drawn", not_drawn if fault == "not drawn" else never_drawn
        )
    await chat.declares(SUNDERLAND)
    await chat.settled()
    assert "4 of 200" in message.embeds[0]["title"]
    assert message.attachments == []
    assert "image" not in message.embeds[0]
    assert chat.board().paused is None


async def test_a_fault_of_our_own_ends_nothing_and_is_tried_again(
    chat: Boarded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = await put_up(chat)
    record, faults = chat.boards.record, iter([OSError("the disk is full")] * 3)

    async def full(number: int, *entries: Entry) -> bool:
        if (fault := next(faults, None)) is not None:
            raise fault
        return await record(number, *entries)

    monkeypatch.setattr(chat.boards, "record", full)
    await chat.declares(SUNDERLAND)
    assert await chat.settled() is message
    assert "4 of 200" in message.embeds[0]["title"]
    assert "the disk is full" in caplog.text


async def test_the_desk_s_pause_holds_boards_too(chat: Boarded) -> None:
    desk = chat.house.services.desk
    assert desk is not None
    message = await put_up(chat)
    await desk.pause(EDITOR, "the wire is wrong")
    other = chat.guild.add_channel("other")
    assert "Alerts paused" in words(await put(chat, channel=other))
    await chat.declares(SUNDERLAND)
    await asyncio.sleep(0.3)
    assert "3 of 200" in message.embeds[0]["title"]
    assert other.messages == []
    await desk.resume(EDITOR, "it is right")
    await chat.sandbox.wait_for(lambda: "4 of 200" in message.embeds[0]["title"])
    await chat.settled(other)


async def test_at_the_end_of_the_night_it_says_so_and_corrections_are_still_made(
    chat: Boarded,
) -> None:
    message = await put_up(chat)
    clock = chat.house.services.clock
    await clock.move_to(datetime(2022, 5, 7, 21, 1, tzinfo=LONDON))
    await chat.declares()
    await chat.sandbox.wait_for(lambda: "Later results will appear here" in said(message), 10)
    lead = message.embeds[0]
    assert lead["title"] == ("Elections of 5 May 2022, not final: 3 of 200 councils declared")
    assert "As of 21:01 on Saturday 7 May" in said(message)
    assert message.pinned_at is not None, "who comes on Sunday finds it"
    edits = len(chat.edits())
    await clock.move_to(clock.now() + timedelta(hours=6))
    await chat.declares()
    await asyncio.sleep(0.3)
    assert len(chat.edits()) == edits, "a night that is over needs no new date"
    await chat.declares(HULL)
    assert await chat.settled() is message
    assert "1 change of hands" in said(message)


async def test_a_server_that_removes_the_bot_has_no_board_any_more(chat: Boarded) -> None:
    await put_up(chat)
    chat.guild.remove_bot()
    await chat.sandbox.wait_for(lambda: chat.boards.within(chat.channel.id) is None)
    await chat.declares(SUNDERLAND)
    await asyncio.sleep(0.1)


async def test_its_data_are_shown_and_deleted(chat: Boarded) -> None:
    await put_up(chat)
    assert "1 board" in words(await chat.ask("mydata show-server", chat.admin))
    assert "Set up for servers: 1 board." in words(await chat.ask("mydata show", chat.admin))
    asked = await chat.ask("mydata delete-server", chat.admin)
    assert "1 board" in words(asked)
    assert "boards are no longer updated" in words(asked)
    await chat.press(asked, "Delete it for good", chat.admin)
    await chat.sandbox.wait_for(lambda: chat.boards.within(chat.channel.id) is None)


def test_old_messages_are_edited_more_rarely() -> None:
    tempo = Tempo()
    assert tempo.after_edit(timedelta(minutes=59)) == 5
    assert tempo.after_edit(timedelta(minutes=61)) == 20
    assert tempo.after_edit(None) == 20
