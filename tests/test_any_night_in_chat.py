"""Whatever a night brings, no body is sent that Discord would refuse.

The whole bot runs against the sandbox; Discord's own schema judges every request, and what that
misses is checked beside it (tests/support/openapi.py).
"""

from __future__ import annotations

import asyncio
import logging
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.app import App
from bot.chat.questions import CannotAnswer, Question, ask, commands_of
from bot.election.stories import WHOLE_NIGHT
from simulation.demo.servers import DemoServers
from simulation.discord import Limits, Reply, Sandbox
from tests.election.build import NIGHT, POLLS_CLOSE
from tests.support.any_night import AnyNight, any_night
from tests.support.living_night import file_all, running
from tests.support.sandbox import checked

_PRESSES = 2


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(any_night(), st.integers(0, 2**32).map(random.Random))
@settings(max_examples=5, phases=[Phase.generate])  # an example takes seconds: none is shrunk
def test_nothing_is_sent_that_discord_refuses(night: AnyNight, chance: random.Random) -> None:
    asyncio.run(_lived_through(night, chance))


async def _lived_through(night: AnyNight, chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder, _complaints() as complaints:
        async with Sandbox(limits=Limits.none()) as sandbox, checked(sandbox) as checker:
            async with running(Path(folder), sandbox, night) as (app, chat):
                await file_all(app, night.first)
                await _look_at_a_board(sandbox, chat, app)
                await _ask_everything(sandbox, chat, app, chance)
                await file_all(app, night.corrected)
                await app.services.clock.move_to(POLLS_CLOSE + timedelta(days=3))
                await app.summaries.look()
                await app.alerts.drained()
                await _look_at_a_board(sandbox, chat, app)
            refused = [one for one in sandbox.requests if one.status == 400]
            assert not refused, refused
        assert checker is None or checker.checked > 50
    assert not complaints, complaints


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What the bot logs as a fault inside."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("bot").addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger("bot").removeHandler(handler)


async def _look_at_a_board(sandbox: Sandbox, chat: DemoServers, app: App) -> None:
    """Put up a board and wait until it stands there with what it has to show."""
    boards, channel = app.services.boards, chat.guild.add_channel("another")
    assert boards is not None
    await boards.put(channel.id, chat.guild.id, NIGHT, WHOLE_NIGHT, by=chat.admin.id)

    def is_shown() -> bool:
        board = boards.within(channel.id)
        return board is not None and board.told is not None

    await sandbox.wait_for(is_shown, within=30)


async def _ask_everything(
    sandbox: Sandbox, chat: DemoServers, app: App, chance: random.Random
) -> None:
    """Give every look-up, look at its picture, and press what is under the answer."""
    place = chat.channels[0]
    for command in commands_of(app.client.tree):
        if "answered_by" not in command.extras:
            continue
        options: dict[str, str] = {}
        for option in command.parameters:
            if option.autocomplete and (option.required or chance.random() < 0.2):
                near = await sandbox.autocomplete(
                    chat.admin, place, command.qualified_name, option.name, "", options=options
                )
                if near:
                    options[option.name] = str(chance.choice(near).value)
        required = {option.name for option in command.parameters if option.required}
        if not required <= options.keys():
            continue
        reply = await sandbox.slash(chat.admin, place, command.qualified_name, options)
        assert not reply.failure, (command.qualified_name, reply.failure)
        try:
            answer = await ask(app.client.tree, Question(command.qualified_name, options))
        except CannotAnswer:  # two options that do not go together: said in a sentence
            continue
        if answer.compose is not None and answer.compose() is not None:
            message = reply.message
            await sandbox.wait_for(lambda shown=message: shown.attachments, within=30)
        await _press(sandbox, chat, reply, chance)


async def _press(sandbox: Sandbox, chat: DemoServers, reply: Reply, chance: random.Random) -> None:
    for _ in range(_PRESSES):
        parts = [each for row in reply.message.components for each in row["components"]]
        able = [each for each in parts if not each.get("disabled")]
        if not able:
            return
        part = chance.choice(able)
        if "options" in part:
            value = chance.choice(part["options"])["value"]
            pressed = await sandbox.select(chat.admin, reply.message, part["custom_id"], [value])
        else:
            pressed = await sandbox.press(chat.admin, reply.message, part["custom_id"])
        assert not pressed.failure, (part, pressed.failure)
