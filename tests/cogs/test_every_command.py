"""One walk over every cog: names that clash, options without a hint, answers nobody can ask."""

from __future__ import annotations

import pkgutil
from collections import Counter

import pytest
from discord import app_commands

import cogs
from bot.chat.client import EXTENSIONS, ElectionNight, load_cogs
from bot.chat.questions import Command, commands_of
from tests.cogs.chat import House

LOOK_UPS = (
    "council",
    "party",
    "night summary",
    "night changes",
    "night headline",
    "night latest",
    "night next",
    "night map",
    "night chart",
    "ward",
    "votes",
    "history",
    "mayor",
    "referendum",
    "constituency",
    "assembly",
    "contests",
    "watch show",
    "privacy",
    "help",
)


@pytest.fixture
async def commands(house: House) -> list[Command]:
    client = ElectionNight(house.services)
    await load_cogs(client)
    return list(commands_of(client.tree))


def test_every_cog_is_loaded() -> None:
    modules = {f"cogs.{module.name}" for module in pkgutil.iter_modules(cogs.__path__)}
    assert modules == set(EXTENSIONS)


async def test_no_two_commands_have_one_name(commands: list[Command]) -> None:
    names = Counter(command.qualified_name for command in commands)
    assert max(names.values()) == 1
    assert len(names) >= 10


async def test_every_command_and_every_option_says_what_it_is_for(commands: list[Command]) -> None:
    for command in commands:
        assert command.description.endswith("."), command.qualified_name
        for parameter in command.parameters:
            where = f"{command.qualified_name} {parameter.display_name}"
            assert len(str(parameter.description)) > 3, where
            assert not str(parameter.description).endswith("."), where


async def test_look_ups_are_private_unless_public_is_chosen(commands: list[Command]) -> None:
    named = {command.qualified_name: command for command in commands}
    for name in LOOK_UPS:
        public = named[name].get_parameter("public")
        assert public is not None
        assert public.default is False
    for name in named.keys() - set(LOOK_UPS):
        assert named[name].get_parameter("public") is None


async def test_look_ups_and_they_alone_can_be_asked_as_questions(commands: list[Command]) -> None:
    for command in commands:
        is_answered = command.extras.get("answered_by") is not None
        assert is_answered is (command.qualified_name in LOOK_UPS), command.qualified_name


async def test_choices_and_autocomplete_leave_no_text_option_without_help(
    commands: list[Command],
) -> None:
    for command in commands:
        for parameter in command.parameters:
            if isinstance(parameter, app_commands.Parameter) and parameter.type.value == 3:
                helped = parameter.autocomplete or parameter.choices
                assert helped, f"{command.qualified_name} {parameter.display_name}"


async def test_no_two_components_answer_to_one_custom_id(house: House) -> None:
    client = ElectionNight(house.services)
    await load_cogs(client)
    samples = (
        "ask:1:/night latest",
        "follow:me:council:KHL",
        "follow:me:contest:assembly.belfast-east",
        "pick",
        "unfollow:17",
        "unfollow:here:party:Lab",
        "filter:party:/night changes kind:gain",
        "subscriptions:2",
        "desk:confirm:2097152",
        "desk-queue:2",
        "forget:me:123456789012345678",
        "setup-channel",
        "setup-what:123456789012345678",
        "setup-role:123456789012345678",
        "setup-save:123456789012345678",
        "setup-again:0",
        "board-end:17",
    )
    for sample in samples:
        answering = [
            c for c in client.components if c.__discord_ui_compiled_template__.fullmatch(sample)
        ]
        assert len(answering) == 1, sample
