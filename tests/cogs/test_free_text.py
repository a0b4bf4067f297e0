"""A newcomer is met: a welcome with buttons, and an answer to who writes a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat import free_text
from bot.chat.free_text import question_in
from bot.chat.questions import Question
from bot.chat.welcome import welcome
from simulation.discord import Channel, Message, Permission, Sandbox, User, posting
from simulation.discord.bodies import Body
from simulation.discord.interactions import Answer
from simulation.discord.world import Pings
from tests.cogs.chat import Chat, House, words

HULL = Question("council", {"name": "KHL"})


@pytest.fixture
async def chat(sandbox: Sandbox, database: Path) -> AsyncIterator[Chat]:
    chat = Chat(sandbox, database)
    chat.channel.set_permissions(sandbox.bot, allow=Permission.PIN_MESSAGES)
    await chat.start()
    yield chat
    await chat.stop()


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hull", HULL),
        ("How is Hull doing?", HULL),
        ("what about Kingston upon Hull’s council…", HULL),
        ("KHL", HULL),
        ("lab", Question("party", {"name": "Lab"})),
        ("Sunderland", Question("council", {"name": "SND"})),
        ("Tories", Question("party", {"name": "Con"})),
        ("how are the liberal democrats doing", Question("party", {"name": "LD"})),
        ("LD", Question("party", {"name": "LD"})),
        ("who is mayor of Croydon", Question("mayor", {"area": "mayor.croydon"})),
        ("Croydon", Question("council", {"name": "CRY"})),
        ("Belfast East", Question("constituency", {"name": "assembly.belfast-east"})),
        ("latest", Question("night latest")),
        ("Wales", Question("night headline", {"nation": "Wales"})),
        ("who is winning in London?", Question("night headline", {"region": "London"})),
        ("what's next in the north west", Question("night next", {"region": "North West"})),
        ("map of Scotland", Question("night map", {"nation": "Scotland"})),
        ("all in all it is fine", None),  # All is the Alliance's abbreviation, ALL Allerdale's code
        ("thanks a lot", None),
        ("West Morland & Furness", None),
        ("good evening everybody, what a lovely night this is", None),
        ("", None),
    ],
)
async def test_plain_words_ask_for_the_longest_name_in_them(
    house: House, text: str, question: Question | None
) -> None:
    found = question_in(text, house.services)
    if question is not None and found is not None and question.command in ("mayor", "constituency"):
        assert found.command == question.command
        return
    assert found == question


async def _answer(chat: Chat, said: Message, channel: Channel) -> Message:
    """Wait for the bot's answer to what was said."""
    await chat.sandbox.wait_for(lambda: channel.messages[-1] is not said)
    return channel.messages[-1]


def _text(message: Message) -> str:
    return words(message)


async def test_a_mention_with_a_name_is_answered_where_it_was_made(chat: Chat) -> None:
    bot = chat.sandbox.bot
    said = chat.sandbox.say(chat.reader, chat.channel, f"<@{bot.id}> how is Hull?")
    answer = await _answer(chat, said, chat.channel)
    assert "Lib Dems gain Kingston upon Hull from Labour" in _text(answer)
    assert answer.reference is not None
    assert not answer.pinged.users  # nobody is pinged by it
    assert "Wards" in buttons_of(answer)


async def test_a_mention_whose_answer_fails_is_told_a_reference(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr(free_text, "ask", fails)
    said = chat.sandbox.say(chat.reader, chat.channel, f"<@{chat.sandbox.bot.id}> Hull")
    text = (await _answer(chat, said, chat.channel)).content
    assert "a detail" not in text
    assert f"A message failed, reference {text.split('`')[1]}" in caplog.text


async def test_a_direct_message_needs_no_mention(chat: Chat) -> None:
    direct = chat.sandbox.direct_channel(chat.reader)
    answer = await _answer(chat, chat.sandbox.say(chat.reader, direct, "hull"), direct)
    assert "Kingston upon Hull" in _text(answer)
    answer = await _answer(chat, chat.sandbox.say(chat.reader, direct, "/night latest"), direct)
    assert "Latest results" in _text(answer)
    answer = await _answer(chat, chat.sandbox.say(chat.reader, direct, "/nihgt latest"), direct)
    assert "There is no command" in _text(answer)
    said = chat.sandbox.say(chat.reader, direct, "a lovely night to all of you there")
    assert "no council, party or mayor" in _text(await _answer(chat, said, direct))
    for asked, answered in (
        ("who is winning?", "Lib Dems gain Kingston upon Hull"),
        ("what has changed so far tonight?", "2 councils have changed hands"),
        ("When is the next one?", "Still to declare"),
        ("Wales", "Wales"),
        ("votes in Scotland", "Scotland: votes known in 0 of 32 councils"),
        ("the latest of the South West", "South West"),
    ):
        answer = await _answer(chat, chat.sandbox.say(chat.reader, direct, asked), direct)
        assert answered in _text(answer)
    answer = await _answer(chat, chat.sandbox.say(chat.reader, direct, "xyzzy"), direct)
    assert "No council found for “xyzzy”" in _text(answer)


async def test_what_is_not_meant_for_the_bot_stays_unread(chat: Chat) -> None:
    chat.sandbox.say(chat.reader, chat.channel, "Hull")
    chat.sandbox.say(chat.reader, chat.channel, "<@1> Hull")
    last = chat.sandbox.say(chat.reader, chat.channel, f"<@{chat.sandbox.bot.id}> Sunderland")
    answer = await _answer(chat, last, chat.channel)
    assert "Sunderland" in _text(answer)
    assert len(chat.channel.messages) == 4


async def test_a_mention_alone_is_told_how_to_ask(chat: Chat) -> None:
    said = chat.sandbox.say(chat.reader, chat.channel, f"<@{chat.sandbox.bot.id}>")
    answer = await _answer(chat, said, chat.channel)
    assert "Election results: ask here" in _text(answer)
    assert "Find a council" in buttons_of(answer)


async def test_where_the_bot_may_not_write_a_mention_does_no_harm(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    mute = chat.guild.add_channel("mute", deny_bot=Permission.SEND_MESSAGES)
    chat.sandbox.say(chat.reader, mute, f"<@{chat.sandbox.bot.id}> Hull")
    said = chat.sandbox.say(chat.reader, chat.channel, f"<@{chat.sandbox.bot.id}> Hull")
    assert "Hull" in _text(await _answer(chat, said, chat.channel))
    await chat.sandbox.wait_for(lambda: "stays unanswered" in caplog.text)
    assert len(mute.messages) == 1


async def test_thanks_for_an_answer_are_no_question(chat: Chat) -> None:
    said = chat.sandbox.say(chat.reader, chat.channel, f"<@{chat.sandbox.bot.id}> Hull")
    answer = await _answer(chat, said, chat.channel)
    bot = chat.sandbox.bot
    # A reply mentions whom it replies to without a mention in its text.
    reference = {"message_id": str(answer.id), "channel_id": str(chat.channel.id)}
    thanks = Message(chat.sandbox.world.ids.next(), chat.channel, chat.reader, reference=reference)
    posting.fill(thanks, posting.read_draft(Body({"content": "thanks a lot"})))
    thanks.mentions = Pings(users=frozenset({bot.id}))
    posting.enter(thanks)
    said = chat.sandbox.say(chat.reader, chat.channel, f"<@{bot.id}> Sunderland")
    answer = await _answer(chat, said, chat.channel)
    assert "Sunderland" in _text(answer)


def buttons_of(message: Message) -> list[str]:
    return [
        button["label"]
        for row in message.components
        for button in row["components"]
        if "label" in button
    ]


async def test_a_welcome_is_pinned_once_and_its_buttons_ask_in_private_after_a_restart(
    chat: Chat,
) -> None:
    await chat.client.wait_until_ready()
    posted = ("every change of hands",)
    assert await welcome(chat.client, chat.channel.id, chat.guild.id, posted)
    (message,) = chat.channel.messages
    assert message.pinned_at is not None
    assert "• Every change of hands" in _text(message)
    await chat.restart()
    await chat.client.wait_until_ready()
    assert not await welcome(chat.client, chat.channel.id, chat.guild.id, posted)
    assert chat.channel.messages == [message]
    for label, beginning in (
        ("What’s the headline?", "Lib Dems gain Kingston upon Hull"),
        ("What changed hands?", "2 councils have changed hands"),
        ("Latest results", "Latest results"),
        ("What declares next?", "Still to declare"),
    ):
        reply = await _press(chat, message, label)
        assert reply.ephemeral
        assert words(reply).startswith(beginning)


async def _press(chat: Chat, message: Message, label: str, by: User | None = None) -> Any:
    (custom_id,) = (
        button["custom_id"]
        for row in message.components
        for button in row["components"]
        if button["label"] == label
    )
    return await chat.sandbox.press(by or chat.reader, message, custom_id)


async def test_the_form_of_the_welcome_finds_a_council_also_after_a_restart(chat: Chat) -> None:
    await chat.client.wait_until_ready()
    await welcome(chat.client, chat.channel.id, chat.guild.id)
    opened = await _press(chat, chat.channel.messages[0], "Find a council")
    assert opened.answer is Answer.MODAL
    await chat.restart()
    answer = await chat.sandbox.submit_modal(chat.reader, opened, {"name": "hull city"})
    assert answer.ephemeral
    assert "Lib Dems gain Kingston upon Hull" in words(answer)


async def test_setting_a_channel_up_welcomes_it(chat: Chat) -> None:
    shown = await chat.ask("setup", chat.admin)
    chosen = await chat.sandbox.select(chat.admin, shown.message, "setup-channel", [chat.channel])
    await chat.press(chosen, "Test and save", chat.admin)
    await chat.sandbox.wait_for(
        lambda: any(one.pinned_at is not None for one in chat.channel.messages)
    )
    (message,) = (one for one in chat.channel.messages if one.pinned_at is not None)
    assert "Every change of hands and first election" in _text(message)


async def test_a_welcome_that_cannot_be_posted_breaks_nothing(chat: Chat) -> None:
    await chat.client.wait_until_ready()
    assert not await welcome(chat.client, 4711, chat.guild.id)
    assert not await welcome(chat.client, 4711, chat.guild.id)


async def test_two_welcomes_at_once_are_one(chat: Chat) -> None:
    await chat.client.wait_until_ready()
    place = (chat.channel.id, chat.guild.id)
    await asyncio.gather(welcome(chat.client, *place), welcome(chat.client, *place))
    assert len(chat.channel.messages) == 1


def test_the_sandbox_says_who_is_the_bot(sandbox: Sandbox) -> None:
    assert sandbox.bot.bot


@pytest.mark.parametrize(
    ("custom_id", "sentence"),
    [
        ("follow:me:council:XXX", "is not there any more"),
        ("follow:me:party:Whigs", "is not there any more"),
        ("follow:me:list:4711", "is not there any more"),
        ("follow:me:nonsense:KHL", "older version of the bot"),
        ("ask:1:/nights of old", "There is no command"),
        ("ask:1:/council name:Atlantis", "No council found"),
        ("find:KHL", "older version of the bot"),
    ],
)
async def test_what_a_button_remembers_is_looked_at_again_when_it_is_pressed(
    chat: Chat, custom_id: str, sentence: str
) -> None:
    await chat.client.wait_until_ready()
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="An old one", custom_id=custom_id))
    view.stop()
    await chat.client.get_partial_messageable(chat.channel.id).send("?", view=view)
    reply = await _press(chat, chat.channel.messages[-1], "An old one")
    assert reply.ephemeral
    assert sentence in words(reply)
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    assert subscriptions.of_user(chat.reader.id) == []
