"""What a person cannot do in Discord's client, they cannot do in the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from simulation.discord import Message, Permission, Refused, Sandbox
from simulation.discord.bodies import Body
from simulation.discord.posting import read_draft
from tests.simulation.discord.conftest import Newsroom

JSON = dict[str, Any]

COMMANDS: list[JSON] = [
    {
        "name": "council",
        "description": "Who controls a council",
        "options": [
            {"type": 3, "name": "name", "description": "x", "required": True, "autocomplete": True},
            {"type": 4, "name": "seats", "description": "x", "min_value": 1, "max_value": 9},
            {
                "type": 3,
                "name": "kind",
                "description": "x",
                "choices": [{"name": "Gains", "value": "gain"}],
            },
            {"type": 7, "name": "channel", "description": "x", "channel_types": [5]},
            {"type": 8, "name": "role", "description": "x"},
        ],
    },
    {
        "name": "night",
        "description": "The night",
        "options": [{"type": 1, "name": "summary", "description": "x"}],
    },
    {
        "name": "desk",
        "description": "The desk",
        "default_member_permissions": str(int(Permission.MANAGE_GUILD)),
    },
    {"name": "locked", "description": "x", "default_member_permissions": "0"},
    {"name": "guilds-only", "description": "x", "contexts": [0]},
]


@pytest.fixture(autouse=True)
def registered(sandbox: Sandbox) -> None:
    sandbox.registry.replace(None, COMMANDS)


@pytest.mark.parametrize(
    ("command", "options", "says"),
    [
        ("party", {}, "no command /party"),
        ("council", {}, "name is required"),
        ("council", {"name": "Hull", "size": 1}, "has no size"),
        ("council", {"name": 29}, "wants a string"),
        ("council", {"name": "Hull", "seats": True}, "wants a integer"),
        ("council", {"name": "Hull", "seats": 10}, "seats is “10”: give it"),
        ("council", {"name": "x" * 7_000}, "name has 7,000 characters: give it"),
        ("council", {"name": "Hull", "kind": "x" * 2_000}, "x{59}…”: choose"),
        (
            "council",
            {"name": "Hull", "kind": "losses"},
            "kind cannot be “losses”: choose one of those",
        ),
        ("council", {"name": "Hull", "role": "watchers"}, "wants a role"),
        ("night", {}, "choose one of its parts"),
        ("night tomorrow", {}, "has no tomorrow"),
        ("council name", {}, "is not a command"),
        ("desk", {}, "permission to use /desk"),
        ("locked", {}, "permission to use /locked"),
    ],
)
async def test_a_command_that_the_client_would_not_send(
    sandbox: Sandbox, newsroom: Newsroom, command: str, options: JSON, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        await sandbox.slash(newsroom.reader, newsroom.channel, command, options)


async def test_a_channel_of_the_wrong_kind_is_not_offered(
    sandbox: Sandbox, newsroom: Newsroom
) -> None:
    options = {"name": "Hull", "channel": newsroom.channel}
    with pytest.raises(Refused, match="cannot be chosen"):
        await sandbox.slash(newsroom.reader, newsroom.channel, "council", options)


async def test_an_option_without_autocomplete_suggests_nothing(
    sandbox: Sandbox, newsroom: Newsroom
) -> None:
    with pytest.raises(Refused, match="no autocomplete"):
        await sandbox.autocomplete(newsroom.reader, newsroom.channel, "council", "kind", "g")


async def test_commands_end_where_permissions_and_places_do(
    sandbox: Sandbox, newsroom: Newsroom
) -> None:
    reader, channel = newsroom.reader, newsroom.channel
    with pytest.raises(Refused, match="no command /guilds-only"):
        await sandbox.slash(reader, sandbox.direct_channel(reader), "guilds-only")
    channel.set_permissions(reader, deny=Permission.USE_APPLICATION_COMMANDS)
    with pytest.raises(Refused, match="permission to use commands"):
        await sandbox.slash(reader, channel, "night summary")
    channel.set_permissions(reader, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(Refused, match="no command"):
        await sandbox.slash(reader, channel, "night summary")
    with pytest.raises(Refused, match="permission to send"):
        sandbox.say(reader, channel, "Hull?")
    newsroom.guild.remove_bot()
    with pytest.raises(Refused, match="no command"):
        await sandbox.slash(newsroom.guild.owner, channel, "night summary")


async def test_nobody_answers_when_no_bot_is_there(newsroom: Newsroom) -> None:
    async with Sandbox(deadline=0.02) as sandbox:
        guild = sandbox.add_guild("Quiet")
        sandbox.registry.replace(None, COMMANDS)
        channel = guild.add_channel("results")
        reply = await sandbox.slash(guild.owner, channel, "desk")
        with pytest.raises(Refused, match="Loading options failed"):
            await sandbox.autocomplete(guild.owner, channel, "council", "name", "hu")
    assert reply.failure == "The application did not respond"


def board(sandbox: Sandbox, newsroom: Newsroom, **changes: Any) -> Message:
    from simulation.discord import posting

    button: JSON = {"type": 2, "style": 1, "label": "Follow", "custom_id": "follow"}
    menu: JSON = {
        "type": 3,
        "custom_id": "region",
        "options": [{"label": "London", "value": "london"}, {"label": "Wales", "value": "wales"}],
    }
    off = button | {"custom_id": "off", "disabled": True}
    rows = [{"type": 1, "components": [button, off]}, {"type": 1, "components": [menu]}]
    draft = read_draft(Body({"content": "x", "components": rows}))
    return posting.post(draft, newsroom.channel, sandbox.bot, **changes)


async def test_components_that_cannot_be_used(sandbox: Sandbox, newsroom: Newsroom) -> None:
    reader, message = newsroom.reader, board(sandbox, newsroom)
    with pytest.raises(Refused, match="disabled"):
        await sandbox.press(reader, message, "off")
    with pytest.raises(Refused, match="no component"):
        await sandbox.press(reader, message, "unfollow")
    with pytest.raises(Refused, match="not a button"):
        await sandbox.press(reader, message, "region")
    with pytest.raises(Refused, match="not a menu"):
        await sandbox.select(reader, message, "follow", ["london"])
    with pytest.raises(Refused, match="does not offer “Kent”"):
        await sandbox.select(reader, message, "region", ["Kent"])
    with pytest.raises(Refused, match="between 1 and 1"):
        await sandbox.select(reader, message, "region", ["london", "wales"])
    with pytest.raises(Refused, match="cannot see"):
        await sandbox.press(sandbox.add_user("Stranger"), message, "follow")
    private = board(sandbox, newsroom, visible_to=reader)
    with pytest.raises(Refused, match="Only the person"):
        await sandbox.press(newsroom.guild.owner, private, "follow")
    message.deleted_at = message.created_at
    with pytest.raises(Refused, match="gone"):
        await sandbox.press(reader, message, "follow")
