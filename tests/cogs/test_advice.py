"""What the bot advises can be done, and does what it says."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands

from bot.__main__ import parser
from bot.chat.questions import commands_of
from cogs.desk._cog import DeskCog
from simulation.discord import Channel, Permission
from tests.cogs.chat import Chat, words
from tests.cogs.test_alerts import _correct_hull
from tests.cogs.test_desk import Office, office  # noqa: F401 - the fixture

ROOT = Path(__file__).resolve().parents[2]
IN_CHAT = re.compile(
    r"(?:`|\b(?:give|use|with|command|in|on:) )/([a-z]+(?:[ -][a-z-]+)?)((?: [a-z]+:)?)"
)
AT_TERMINAL = re.compile(r"`election-night (?:--?\S+ )*([a-z]+)(?:((?: --[a-z]+)*))")


def _sentences() -> Iterator[tuple[str, str]]:
    """Yield every text of the program that is no docstring, with the place where it stands."""
    for path in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")]):
        if "sandbox" in path.parts or "feeds" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        documents = {
            id(node.value)
            for owner in ast.walk(tree)
            if isinstance(owner, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            for node in owner.body[:1]
            if isinstance(node, ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "…" for p in node.values)
                yield f"{path.name}:{node.lineno}", "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and id(node) not in documents:
                yield f"{path.name}:{node.lineno}", str(node.value)


async def test_every_command_that_a_sentence_names_exists_with_its_options(chat: Chat) -> None:
    commands = {one.qualified_name: one for one in commands_of(chat.client.tree)}
    desk = DeskCog(chat.client).__cog_app_commands_group__
    assert desk is not None
    for one in desk.walk_commands():
        if isinstance(one, app_commands.Command):
            commands[one.qualified_name] = one
    missing, found = [], 0
    for place, sentence in _sentences():
        for name, option in IN_CHAT.findall(sentence):
            found += 1
            command = commands.get(name) or commands.get(name.split()[0])
            options = {p.display_name for p in command.parameters} if command else set()
            if command is None or (option and option.strip(" :") not in options):
                missing.append(f"{place}: /{name}{option}")
    assert missing == []
    assert found > 40


def test_every_command_at_the_terminal_that_a_sentence_names_exists() -> None:
    (choices,) = (
        action.choices
        for action in parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    for choice in choices.values():
        choice.load()
    helps = {name: choice.format_help() for name, choice in choices.items()}
    documents = [(path.name, path.read_text()) for path in (ROOT / "docs").glob("*.md")]
    missing, found = [], 0
    for place, sentence in [
        *_sentences(),
        *documents,
        ("README", (ROOT / "README.md").read_text()),
    ]:
        for name, options in AT_TERMINAL.findall(sentence):
            found += 1
            known = helps.get(name, "")
            if name not in helps or any(one not in known for one in options.split()):
                missing.append(f"{place}: {name}{options}")
    assert missing == []
    assert found > 5


async def _paused(chat: Chat, channel: Channel, denied: Permission) -> str:
    """Let a channel refuse an alert, and return what its admin is told of it."""
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=channel)
    channel.set_permissions(chat.sandbox.bot, deny=denied)
    await _correct_hull(chat)
    return words(await chat.ask("alerts list", chat.admin))


@pytest.mark.parametrize("denied", [Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL])
async def test_a_paused_channel_is_taken_up_by_doing_what_its_reason_says(
    chat: Chat, denied: Permission
) -> None:
    place = chat.guild.add_channel("alerts")
    told = await _paused(chat, place, denied)
    assert "**Paused**" in told
    assert "then run /alerts test there" in told
    place.set_permissions(chat.sandbox.bot)
    tested = words(await chat.ask("alerts test", chat.admin, at=place))
    assert f"It is in <#{place.id}>. Alerts" in tested
    assert "This is only a test" in place.messages[-1].embeds[0]["title"]
    assert "Paused" not in words(await chat.ask("alerts list", chat.admin))


async def test_a_test_is_of_the_place_where_it_is_asked_for(chat: Chat) -> None:
    other, direct = chat.guild.add_channel("other"), chat.sandbox.direct_channel(chat.admin)
    await chat.ask("alerts test", chat.admin, at=other)
    await chat.ask("alerts test", chat.admin, at=direct)
    await chat.ask("alerts test", chat.admin, at=other, channel=chat.channel)
    await chat.ask("alerts test", chat.admin, at=other, direct=True)
    assert [len(one.messages) for one in (other, direct, chat.channel)] == [1, 2, 1]
    both = await chat.ask("alerts test", chat.admin, channel=other, direct=True)
    assert "not both" in words(both)


async def test_who_may_not_test_a_channel_is_told_what_they_may_and_it_is_so(chat: Chat) -> None:
    refused = words(await chat.ask("alerts test"))
    assert refused.endswith("`/alerts test direct:True` tests your direct messages.")
    assert chat.channel.messages == []
    await chat.ask("alerts test", direct=True)
    assert len(chat.sandbox.direct_channel(chat.reader).messages) == 1


async def test_what_follows_names_the_test_of_the_very_place(chat: Chat) -> None:
    place = chat.guild.add_channel("alerts")
    told = words(await chat.ask("alerts subscribe", chat.admin, topic="all", channel=place))
    assert "`/alerts test` there posts a test." in told
    await chat.ask("alerts test", chat.admin, at=place)
    assert len(place.messages) == 1
    told = words(await chat.ask("alerts subscribe", topic="all"))
    assert "`/alerts test direct:True` posts a test." in told
    await chat.ask("alerts test", direct=True)
    assert len(chat.sandbox.direct_channel(chat.reader).messages) == 1


async def test_who_may_decide_for_no_channel_is_told_how_to_follow_and_it_is_so(
    chat: Chat,
) -> None:
    refused = words(await chat.ask("alerts subscribe", topic="all", channel=chat.channel))
    assert "`/alerts subscribe` without a channel tells you by direct message." in refused
    assert "Alerts will appear in your direct messages" in words(
        await chat.ask("alerts subscribe", topic="all")
    )


READER, ADMIN, DESK = "reader", "admin", "desk"
LAST = 0
"""Stands for the number of the desk's last action."""
DONE: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    (READER, "help", {}, "What you can ask"),
    (READER, "help", {"about": "alerts"}, "What you follow"),
    (READER, "council", {"name": "Hull"}, "gain Kingston upon Hull"),
    (READER, "contests", {}, "Other contests"),
    (READER, "night latest", {}, "Latest results"),
    (READER, "night changes", {}, "2 councils have changed hands"),
    (READER, "night next", {}, "Still to declare"),
    (READER, "night summary", {}, "Hull"),
    (READER, "privacy", {}, "What is kept about you, and how to delete it"),
    (ADMIN, "setup", {}, "Set up: where should alerts be posted?"),
    (ADMIN, "night board", {}, "Board added"),
    (READER, "alerts subscribe", {"topic": "all"}, "Alerts will appear in your direct messages"),
    (READER, "alerts list", {}, "1. Every change of hands"),
    (READER, "alerts quiet", {}, "Choices are saved at once"),
    (READER, "alerts test", {"direct": True}, "It is in your direct messages"),
    (READER, "alerts why", {"council": "Hull"}, "Why: Kingston upon Hull"),
    (ADMIN, "watch create", {"name": "Mine"}, "Add councils with `/watch add`."),
    (ADMIN, "watch add", {"name": "Mine", "council": "Hull"}, "Kingston upon Hull"),
    (ADMIN, "watch lists", {}, "**Mine**: 1 council"),
    (ADMIN, "watch show", {"name": "Mine"}, "Mine: 1 of 1 council declared"),
    (READER, "mydata show", {}, "Followed (1)"),
    (READER, "mydata delete", {}, "Delete what is kept about you?"),
    (ADMIN, "mydata show-server", {}, "What is kept about this server"),
    (ADMIN, "mydata delete-server", {}, "Delete what is kept about this server?"),
    (DESK, "desk queue", {}, "Crawley: result held for checks"),
    (
        DESK,
        "desk confirm",
        {"reason": "control hangs on vacant seats", "why": "By phone."},
        "Confirm 1 report held for one reason?",
    ),
    (DESK, "desk note", {"council": "Hull", "text": "A recount"}, "Note added: Kingston upon Hull"),
    (DESK, "desk log", {}, "note, Kingston upon Hull: A recount"),
    (DESK, "desk undo", {"action": LAST, "why": "It is over."}, "Undone: action"),
    (
        DESK,
        "desk correct",
        {"council": "Hull", "control": "NOC", "seats": "LD 28, Lab 28, Ind 1", "why": "A slip."},
        "Kingston upon Hull",
    ),
    (
        DESK,
        "desk result",
        {"council": "Oldham", "control": "Labour", "seats": "Lab 40, Con 20", "why": "By phone."},
        "Oldham",
    ),
    (DESK, "desk pause", {"why": "A storm."}, "Alerts paused"),
    (DESK, "desk resume", {"why": "Over."}, "Alerts resumed"),
    (DESK, "desk pause", {"why": "Another."}, "`/desk resume` resumes them."),
    (DESK, "desk explain", {"why": "A rounding."}, "The state of parties agrees"),
)
"""Each command that any sentence names: who gives it, and what of the advice they then see."""


async def test_every_command_that_is_advised_does_what_its_sentence_says(
    office: Office,  # noqa: F811
) -> None:
    tried = {command for _, command, _, _ in DONE}
    advised = {name for _, sentence in _sentences() for name, _ in IN_CHAT.findall(sentence)}
    assert {name if name in tried else name.split()[0] for name in advised} <= tried
    chat = office.chat
    for who, command, options, told in DONE:
        match who:
            case "reader":
                said = words(await chat.ask(command, **options))
            case "admin":
                said = words(await chat.ask(command, chat.admin, **options))
            case _:
                given = {name: one or office.log()[0].id for name, one in options.items()}
                said = words(await office.say(command.removeprefix("desk "), **given))
        assert told in said, (command, said)


async def test_an_action_is_offered_to_be_undone_only_where_it_can_be(office: Office) -> None:  # noqa: F811
    """Whatever the desk does, what is advised to take it back is tried at once."""
    for command, options in (
        ("note", {"council": "Hull", "text": "A recount"}),
        ("pause", {"why": "A storm."}),
        ("resume", {"why": "Over."}),
        (
            "correct",
            {
                "council": "Hull",
                "control": "NOC",
                "seats": "LD 28, Lab 28, Ind 1",
                "why": "A slip.",
            },
        ),
        ("undo", {"action": LAST, "why": "No slip."}),
    ):
        given = {name: one or office.log()[0].id for name, one in options.items()}
        said = words(await office.say(command, **given))
        for back, number in re.findall(r"`/desk (undo|pause|resume)(?: action:(\d+))?`", said):
            again = {"why": "Back.", **({"action": int(number)} if number else {})}
            told = words(await office.say(back, **again))
            assert re.match("Undone|Alerts resumed|Alerts paused", told), (command, told)
