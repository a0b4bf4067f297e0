"""Whatever is sent, the answer is a message or one of Discord's refusals, never a crash."""

from __future__ import annotations

import contextlib
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulation.discord.bodies import Body
from simulation.discord.commands import CommandRegistry
from simulation.discord.errors import DiscordError
from simulation.discord.interactions import Interactions, Kind
from simulation.discord.posting import edit, post, read_draft
from simulation.discord.world import World

JSON = dict[str, Any]

BUTTON: JSON = {"type": 2, "style": 1, "label": "Follow", "custom_id": "follow", "emoji": None}
MENU: JSON = {
    "type": 3,
    "custom_id": "region",
    "placeholder": "Region",
    "min_values": 1,
    "max_values": 1,
    "options": [{"label": "London", "value": "london", "description": "x", "default": True}],
}
MESSAGE: JSON = {
    "content": "Hull <@1> <@&2>",
    "tts": False,
    "flags": 0,
    "nonce": "n",
    "allowed_mentions": {"parse": ["users"], "roles": ["1"]},
    "embeds": [
        {
            "title": "Hull",
            "color": 1,
            "url": "https://example.org",
            "timestamp": "2022-05-06T02:12:00+00:00",
            "footer": {"text": "x"},
            "author": {"name": "x"},
            "image": {"url": "https://example.org/a.png"},
            "fields": [{"name": "Seats", "value": "29", "inline": True}],
        }
    ],
    "components": [
        {"type": 1, "components": [BUTTON]},
        {"type": 1, "components": [MENU]},
    ],
    "attachments": [{"id": "0", "filename": "a.png", "description": "x"}],
}
COMMAND: JSON = {
    "name": "council",
    "description": "x",
    "type": 1,
    "contexts": [0, 1],
    "integration_types": [0],
    "default_member_permissions": "32",
    "options": [
        {
            "type": 1,
            "name": "find",
            "description": "x",
            "options": [
                {
                    "type": 3,
                    "name": "name",
                    "description": "x",
                    "required": True,
                    "choices": [{"name": "Hull", "value": "hull"}],
                }
            ],
        }
    ],
}
CHOICES: JSON = {"type": 8, "data": {"choices": [{"name": "Hull", "value": "hull"}]}}
MODAL: JSON = {
    "type": 9,
    "data": {
        "title": "Note",
        "custom_id": "note",
        "components": [
            {
                "type": 1,
                "components": [{"type": 4, "custom_id": "t", "label": "x", "style": 1}],
            },
            {"type": 18, "label": "x", "component": MENU},
        ],
    },
}

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 1 << 70),
    st.floats(allow_nan=False),
    st.text(max_size=3),
    st.just("x" * 5_000),
    st.just([]),
    st.just({}),
    st.just([None, 1, "x", [], {}]),
    st.just({"type": 2}),
    st.just({"components": {}, "options": 1, "fields": "x"}),
)


def replaced(body: JSON, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    changed = deepcopy(body)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = odd
    return changed


def broken(*bodies: JSON) -> st.SearchStrategy[Any]:
    every = [(body, path) for body in bodies for path in _places(body)]
    return st.builds(lambda at, odd: replaced(at[0], at[1], odd), st.sampled_from(every), ODD)


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(node, dict):
        children = list(node.items())
    elif isinstance(node, list):
        children = list(enumerate(node))
    else:
        children = []
    return [path, *(p for key, child in children for p in _places(child, (*path, key)))]


@given(broken(MESSAGE), broken(MESSAGE))
def test_messages(body: Any, again: Any) -> None:
    world = World("bot")
    channel = world.add_guild("Newsroom").add_channel("results")
    with contextlib.suppress(DiscordError):
        message = post(read_draft(Body(body)), channel, world.bot)
        edit(message, read_draft(Body(again), editing=message))
        assert channel.messages == [message]


@given(broken(COMMAND))
def test_commands(body: Any) -> None:
    registry = CommandRegistry(World("bot"))
    with contextlib.suppress(DiscordError):
        stored = registry.replace(None, [body])
        assert registry.find(stored[0]["name"], None) in (stored[0], None)


@given(broken(CHOICES, MODAL, {"type": 4, "data": MESSAGE}))
def test_callbacks(body: Any) -> None:
    world = World("bot")
    channel = world.add_guild("Newsroom").add_channel("results")
    interactions = Interactions(world, deadline=3, token_lifetime=900)
    for kind in (Kind.COMMAND, Kind.AUTOCOMPLETE):
        interaction = interactions.open(kind, world.bot, channel, {})
        with contextlib.suppress(DiscordError):
            interactions.respond(interaction.id, interaction.token, Body(body))
            assert interaction.answered.is_set()
