"""Every answer of the whole night of 5 May 2022, and the controls under it, are within limits."""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.cards.card import MESSAGE_CARDS, MESSAGE_CHARACTERS
from bot.chat.answer_buttons import buttons_of, filters_under
from bot.chat.questions import Answer, Question, ask, commands_of, example_of
from simulation.discord import Sandbox, components
from simulation.discord.errors import FormProblems
from tests.cogs.chat import Chat
from tests.support.moments import NIGHT
from tests.support.whole_night import whole_night

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

WARDS_OF_A_COUNCIL = 2
"""Of the night's 4,000 wards; they differ in their candidates, whom no control names."""


@pytest.fixture
async def chat(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Chat]:
    chat = Chat(sandbox, Path(shutil.copy(whole_night().database, tmp_path)))
    await chat.start()
    yield chat
    await chat.stop()


async def test_every_answer_and_every_control_is_what_discord_takes(chat: Chat) -> None:
    client = chat.client
    asking = asyncio.create_task(client.wait_for("interaction"))
    await chat.ask("help", chat.admin)
    interaction: discord.Interaction[Any] = await asking
    waiting = deque(_first_questions(chat))
    asked = set(map(str, waiting))
    answers = 0
    while waiting:
        question = waiting.popleft()
        answer = await ask(client.tree, question)
        for page in range(1, answer.pages + 1):
            shown = await ask(client.tree, question, page) if page > 1 else answer
            _check(shown, interaction)
            answers += 1
            further = [*shown.suggestions, *_some(question, shown)]
            if not {"party", "nation", "region"} & question.options.keys():
                for each in filters_under(shown, client):
                    options = [option.partition(":")[::2] for _, option in each.offered]
                    further += [
                        ("", Question(each.base.command, {**each.base.options, name: value}))
                        for name, value in options
                    ]
            for _, other in further:
                if str(other) not in asked:
                    asked.add(str(other))
                    waiting.append(other)
    assert answers > 1_500
    commands = {question.split()[0] for question in asked}
    assert len(commands) > 12


def _first_questions(chat: Chat) -> list[Question]:
    """Return the example of every command, and a question for each council and party."""
    services = chat.house.services
    examples = map(example_of, commands_of(chat.client.tree))
    councils = [standing.council for standing in services.reader.councils(NIGHT)]
    return [
        *filter(None, examples),
        *(Question("council", {"name": one.code}) for one in councils),
        *(Question("party", {"name": party.name}) for party in services.almanac.parties.rows[:-1]),
    ]


def _some(question: Question, answer: Answer) -> list[tuple[str, Question]]:
    menu = list(answer.menu)
    return menu[:WARDS_OF_A_COUNCIL] if question.command == "ward" else menu


def _check(answer: Answer, interaction: discord.Interaction[Any]) -> None:
    """Check an answer's cards and the controls under it, and that no control is left out."""
    about = str(answer.question)
    assert 0 < len(answer.cards) <= MESSAGE_CARDS, about
    assert sum(card.length for card in answer.cards) <= MESSAGE_CHARACTERS, about
    rows = buttons_of(answer, interaction, private=True).to_components()
    problems = FormProblems()
    components.check(rows, problems)
    assert not problems._tree, (about, problems._tree)
    shown = list(components.walk(rows))
    labels = {each.get("label") for each in shown if each["type"] == components.BUTTON}
    first = {str(asked): label[:80] for label, asked in reversed(answer.suggestions)}
    assert set(first.values()) <= labels, about
    if answer.pages > 1:
        assert {"Previous page"} < labels, about
    if answer.about is not None:
        assert {f"Follow {answer.about.name}"[:80], "Follow in this channel"} <= labels, about
    menus = [each for each in shown if each["type"] == components.STRING_SELECT]
    options = [len(menu["options"]) for menu in menus]
    if answer.menu:
        assert options == [len({str(asked) for _, asked in answer.menu})], about
    else:
        offered = filters_under(answer, interaction.client)
        assert options == [len(each.offered) + 1 for each in offered], about
