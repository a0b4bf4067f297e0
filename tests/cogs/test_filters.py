"""The menus by which the same is asked of a nation, a region or a party, and of all again."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.client import ElectionNight, load_cogs
from bot.chat.filters import filters_of
from bot.chat.questions import Question, command_of
from simulation.discord import Reply
from tests.cogs.chat import Chat, House, words
from tests.election.build import NIGHT

JSON = dict[str, Any]
WHOLE = "The whole night"


def _menus(reply: Reply) -> dict[str, JSON]:
    """Return an answer's menus by what they filter by."""
    menus = [menu for row in reply.message.components for menu in row["components"]]
    return {m["custom_id"].split(":")[1]: m for m in menus if m["custom_id"].startswith("filter:")}


def _chosen(menu: JSON) -> list[str]:
    return [option["label"] for option in menu["options"] if option.get("default")]


async def _choose(chat: Chat, reply: Reply, what: str, label: str) -> Reply:
    menu = _menus(reply)[what]
    (value,) = (option["value"] for option in menu["options"] if option["label"] == label)
    return await chat.sandbox.select(chat.reader, reply.message, menu["custom_id"], [value])


async def test_the_changes_are_filtered_by_place_and_party_and_back_after_a_restart(
    chat: Chat,
) -> None:
    reply = await chat.ask("night changes", kind="changes")
    every = words(reply)
    assert {what: _chosen(menu) for what, menu in _menus(reply).items()} == {
        "place": [WHOLE],
        "party": ["Every party"],
    }
    await chat.restart()
    hull = await _choose(chat, reply, "place", "Yorkshire and The Humber")
    assert hull.message is reply.message
    assert "Kingston upon Hull" in words(reply)
    assert "Worcester" not in words(reply)
    await _choose(chat, reply, "party", "Conservative")
    assert "None so far." in words(reply)
    assert _chosen(_menus(reply)["place"]) == ["Yorkshire and The Humber"]
    assert _chosen(_menus(reply)["party"]) == ["Conservative"]
    await _choose(chat, reply, "place", WHOLE)
    assert "Conservatives lose Worcester" in words(reply)
    await _choose(chat, reply, "party", "Every party")
    assert words(reply) == every


async def test_one_lens_at_a_time_takes_the_place_of_the_other(chat: Chat) -> None:
    reply = await chat.ask("night headline", council="Hull")
    assert [_chosen(menu) for menu in _menus(reply).values()] == [[], []]
    await _choose(chat, reply, "party", "Labour")
    assert words(reply).startswith("Labour")
    await _choose(chat, reply, "place", "Wales")
    assert words(reply).startswith("Wales: No council has declared")
    assert _chosen(_menus(reply)["place"]) == ["Wales"]
    assert _chosen(_menus(reply)["party"]) == []


async def test_who_filters_somebody_elses_answer_gets_one_of_their_own(chat: Chat) -> None:
    reply = await chat.ask("night latest", chat.admin, public=True)
    before = words(reply)
    own = await _choose(chat, reply, "place", "England")
    assert own.ephemeral
    assert "Latest results, England" in words(own)
    assert words(reply) == before


@pytest.mark.parametrize("command", ["night next", "night latest", "night summary"])
async def test_every_answer_of_the_night_can_be_filtered(chat: Chat, command: str) -> None:
    reply = await chat.ask(command)
    assert _chosen(_menus(reply)["place"]) == [WHOLE]
    offered = [option["label"] for option in _menus(reply)["place"]["options"]]
    assert offered[:5] == [WHOLE, "England", "Northern Ireland", "Scotland", "Wales"]
    assert len(offered) == len(set(offered)) == 14


async def test_the_longest_question_can_still_be_filtered_and_its_pages_turned(
    house: House,
) -> None:
    client = ElectionNight(house.services)
    await load_cogs(client)
    almanac = house.services.almanac
    changes = command_of(client.tree, Question("night changes"))
    kinds = next(p.choices for p in changes.parameters if p.name == "kind")
    longest = {
        "party": max((party.code for party in almanac.parties.rows), key=len),
        "kind": max((choice.value for choice in kinds), key=len),
        "region": "Yorkshire and The Humber",
        "night": NIGHT.isoformat(),
    }
    question = Question("night changes", longest)
    assert len(f"ask:999:{question}") <= 100
    for menu in filters_of(changes, question, house.services):
        assert len(f"filter:{menu.what}:{menu.base}") <= 100
        assert max(len(value) for _, value in menu.offered) <= 100
