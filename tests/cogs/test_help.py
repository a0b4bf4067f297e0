"""`/help`: by subject, command by command, whatever commands there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.cards.card import DESCRIPTION, FIELDS, MESSAGE_CHARACTERS
from bot.chat.client import ElectionNight, load_cogs
from bot.chat.questions import Answer, CannotAnswer, Question, ask, commands_of, example_of, parse
from simulation.discord import Sandbox
from tests.cogs.chat import Chat, House, buttons, choose, menu_of, words


@pytest.fixture
async def client(house: House) -> ElectionNight:
    client = ElectionNight(house.services)
    await load_cogs(client)
    return client


async def test_a_newcomer_opens_a_subject_then_a_command_and_presses_its_example(
    chat: Chat,
) -> None:
    reply = await chat.ask("help")
    said = words(reply)
    subjects = list(menu_of(reply))
    assert subjects[:3] == ["Councils", "Parties", "The night"]
    ids = {command.name: command.id for command in await chat.client.tree.fetch_commands()}
    assert f"</night changes:{ids['night']}>" in said
    assert f"</council:{ids['council']}>" in said
    await chat.restart()
    await choose(chat, reply, "Councils")
    assert f"</council:{ids['council']}>: Who controls a council, before and now" in words(reply)
    await choose(chat, reply, "/council")
    assert "`name`: The council's name, or its code." in words(reply)
    assert "`night` (optional): The polling date" in words(reply)
    await chat.press(reply, "Try it")
    assert "gain Kingston upon Hull" in words(reply)


async def test_the_first_page_answers_what_a_newcomer_asks_first(chat: Chat) -> None:
    first = list(buttons(await chat.ask("help")))
    assert len(first) == 4
    for label in first:
        reply = await chat.ask("help")
        pressed = await chat.press(reply, label)
        assert "As of 02:40" in words(pressed)
        assert pressed.message is reply.message


async def test_a_command_or_a_subject_is_asked_for_by_its_name(chat: Chat) -> None:
    changes = words(await chat.ask("help", about="night changes"))
    assert "`party` (optional): Only this party's gains and losses." in changes
    assert "One of: changes of hands; gained from another party" in changes
    for name in ("alerts", "Alerts"):
        assert "alerts subscribe" in words(await chat.ask("help", about=name))
    assert "No help on “knight changes”. Did you mean night changes" in words(
        await chat.ask("help", about="knight changes")
    )
    offered = await chat.sandbox.autocomplete(chat.reader, chat.channel, "help", "about", "night c")
    assert offered[0].value == "night changes"


@pytest.mark.parametrize(
    ("who", "sees", "sees_not"),
    [
        ("reader", ["/council", "/alerts subscribe"], ["/setup", "delete-server", "desk queue"]),
        ("admin", ["/council", "/setup", "/night board", "delete-server"], ["desk queue"]),
        ("editor", ["/council", "/desk queue", "/desk undo"], ["/setup"]),
    ],
)
async def test_help_shows_each_what_they_can_do(
    sandbox: Sandbox, database: Path, who: str, sees: list[str], sees_not: list[str]
) -> None:
    chat = Chat(sandbox, database)
    newsroom = sandbox.add_guild("Newsroom")
    room, role = newsroom.add_channel("desk"), newsroom.add_role("Desk")
    editor = sandbox.add_user("Dana")
    newsroom.add_member(editor, [role])
    chat.settings = {"desk_guild": newsroom.id, "desk_role": role.id}
    await chat.start()
    try:
        by, at = {
            "reader": (chat.reader, chat.channel),
            "admin": (chat.admin, chat.channel),
            "editor": (editor, room),
        }[who]
        first = await chat.ask("help", by, at)
        said = words(first).replace("</", "/")
        for command in sees:
            assert command in said
        for command in sees_not:
            assert command not in said
        assert ("For server admins" in said) is (who == "admin")
        assert ("For the desk" in said) is (who == "editor")
        await chat.sandbox.select(by, first.message, "pick", [menu_of(first)["Alerts"]])
        await chat.press(first, "All subjects", by)  # what a button shows is theirs too
        assert words(first).replace("</", "/") == said
        asked = words(await chat.ask("help", by, at, about="desk queue"))
        assert ("What waits for the desk" in asked) is (who == "editor")
    finally:
        await chat.stop()


async def test_every_example_is_answered(client: ElectionNight) -> None:
    asked = 0
    for command in commands_of(client.tree):
        example = example_of(command)
        if "answered_by" in command.extras:
            assert example is not None, command.qualified_name
            assert (await ask(client.tree, example)).cards
            asked += 1
    assert asked > 15


async def test_every_command_is_found_from_the_first_page_however_many_there_are(
    client: ElectionNight,
) -> None:
    for number in range(60):
        client.tree.add_command(_further(f"further-{number}"))
    everything = {command.qualified_name for command in commands_of(client.tree)}
    assert len(everything) > 90
    found: set[str] = set()
    subjects = await _asked(client, Question("help"))
    for _, subject in subjects.menu:
        first = await _asked(client, subject)
        for page in range(1, first.pages + 1):
            shown = await _asked(client, subject, page)
            for label, question in shown.menu:
                assert f"`{label}`: " in shown.cards[0].description
                answer = await _asked(client, question)
                assert answer.cards[0].title == label
                found.add(label.removeprefix("/"))
    assert found == everything


async def _asked(client: ElectionNight, question: Question, page: int = 1) -> Answer:
    """Return an answer of help, within Discord's limits."""
    answer = await ask(client.tree, question, page)
    (card,) = answer.cards
    assert card.length <= MESSAGE_CHARACTERS
    assert len(card.fields) <= FIELDS
    assert len(card.description) < DESCRIPTION
    assert not card.description.endswith("…")
    assert len(answer.menu) <= 25
    assert all(len(str(asked)) <= 93 for _, asked in (*answer.menu, *answer.suggestions))
    return answer


def _further(name: str) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name=name, description="x" * 100)
    async def further(interaction: discord.Interaction) -> None:
        """Do nothing."""

    return further


async def test_no_sentence_is_longer_than_a_message(client: ElectionNight) -> None:
    for asked in ("/" + "x" * 5_000, "/zzzz", "/night " + "y" * 5_000):
        with pytest.raises(CannotAnswer) as refused:
            parse(client.tree, asked)
        assert len(str(refused.value)) < 500
        assert "/help lists them all." in str(refused.value)
