"""What Discord refuses, the sandbox refuses: with the same status, code and place."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from simulation.discord import Permission, Sandbox
from tests.simulation.discord.conftest import Newsroom
from tests.simulation.discord.raw import Raw, raw_client

JSON = dict[str, Any]


@pytest.fixture
async def raw(sandbox: Sandbox) -> AsyncIterator[Raw]:
    async with raw_client(sandbox) as raw:
        yield raw


def button(custom_id: str, **extra: Any) -> JSON:
    return {"type": 2, "style": 1, "label": "Follow", "custom_id": custom_id} | extra


def row(*components: JSON) -> JSON:
    return {"type": 1, "components": list(components)}


def menu(**changes: Any) -> JSON:
    options = [{"label": "Hull", "value": "hull"}]
    return {"type": 3, "custom_id": "menu", "options": options} | changes


def roles(*chosen: JSON) -> JSON:
    return {"type": 6, "custom_id": "roles", "default_values": list(chosen)}


ROLE = {"id": "1", "type": "role"}
MARKED = [{"label": name, "value": name, "default": True} for name in ("hull", "leeds")]
FIELD = {"name": "Seats", "value": "29"}
BAD_MESSAGES: list[tuple[JSON, str, str]] = [
    ({"content": "x" * 2_001}, "content", "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "nonce": "n" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "x" * 4_097}]}, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"fields": [FIELD] * 26}]}, "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"),
    (
        {"embeds": [{"fields": [FIELD | {"name": ""}]}]},
        "embeds.0.fields.0.name",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"embeds": [{"fields": [FIELD | {"name": " "}]}]},
        "embeds.0.fields.0.name",
        "BASE_TYPE_REQUIRED",
    ),
    ({"embeds": [{"fields": [{"name": "x"}]}]}, "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"),
    (
        {"embeds": [{"fields": [FIELD | {"value": "x" * 1_025}]}]},
        "embeds.0.fields.0.value",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"embeds": [{"footer": {"text": "x" * 2_049}}]},
        "embeds.0.footer.text",
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({"embeds": [{"author": {"name": "x" * 257}}]}, "embeds.0.author.name", "BASE_TYPE_BAD_LENGTH"),
    ({"embeds": [{}]}, "embeds.0.description", "BASE_TYPE_REQUIRED"),
    ({"embeds": [{"title": "x", "color": 1 << 24}]}, "embeds.0.color", "NUMBER_TYPE_MAX"),
    (
        {"embeds": [{"title": "x", "timestamp": "noon"}]},
        "embeds.0.timestamp",
        "DATE_TIME_TYPE_PARSE",
    ),
    ({"embeds": [{"title": "x", "url": "hull"}]}, "embeds.0.url", "URL_TYPE_INVALID_URL"),
    ({"embeds": [{"image": {"url": "attachment://no.png"}}]}, "embeds", "ATTACHMENT_NOT_FOUND"),
    ({"embeds": [{"description": "x" * 2_001}] * 3}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
    ({"embeds": {"title": "x"}}, "embeds", "LIST_TYPE_CONVERT"),
    ({"content": "x", "components": [button("a")]}, "components.0.type", "BASE_TYPE_CHOICES"),
    ({"content": "x", "components": [row()]}, "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    (
        {"content": "x", "components": [row(button("a"), button("a"))]},
        "components",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        {"content": "x", "components": [row(*(button(str(n)) for n in range(6)))]},
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row(button(str(n))) for n in range(6)]},
        "components",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"content": "x", "components": [row(button("a", label="x" * 81))]},
        "components.0.components.0.label",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"content": "x", "components": [row(button("", style=5))]},
        "components.0.components.0.url",
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"content": "x", "components": [row(menu(options=[]))]},
        "components.0.components.0.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row(menu(max_values=2))]},
        "components.0.components.0.max_values",
        "BASE_TYPE_MAX",
    ),
    (
        {"content": "x", "components": [row(menu(options=MARKED))]},
        "components.0.components.0.options",
        "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
    ),
    (
        {"content": "x", "components": [row(roles({"id": "1", "type": "channel"}))]},
        "components.0.components.0.default_values.0.type",
        "BASE_TYPE_CHOICES",
    ),
    (
        {"content": "x", "components": [row(roles({"id": "mine", "type": "role"}))]},
        "components.0.components.0.default_values.0.id",
        "NUMBER_TYPE_COERCE",
    ),
    (
        {"content": "x", "components": [row(roles(ROLE, ROLE))]},
        "components.0.components.0.default_values",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row(menu(), button("a"))]},
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    ({"flags": 1 << 15, "components": []}, "flags", "NOT_IN_THE_SANDBOX"),
    (
        {"content": "x", "components": [{"type": 10, "content": "y"}]},
        "components.0.type",
        "BASE_TYPE_CHOICES",
    ),
    (
        {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
        "allowed_mentions",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    (
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        "allowed_mentions.parse.0",
        "BASE_TYPE_CHOICES",
    ),
    (
        {"content": "x", "message_reference": {"message_id": "1"}},
        "message_reference",
        "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
    ),
    ({"content": "x", "poll": {"question": {}}}, "poll", "NOT_IN_THE_SANDBOX"),
]


@pytest.mark.parametrize(("body", "path", "code"), BAD_MESSAGES)
async def test_a_message_against_the_form_is_refused_at_its_place(
    newsroom: Newsroom, raw: Raw, body: JSON, path: str, code: str
) -> None:
    answer = await raw("POST", f"/channels/{newsroom.channel.id}/messages", json=body)
    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error_at(path) == code
    assert newsroom.channel.messages == []


async def test_everything_wrong_is_told_at_once(newsroom: Newsroom, raw: Raw) -> None:
    body = {"content": "x" * 2_001, "embeds": [{"title": "x" * 257}]}
    answer = await raw("POST", f"/channels/{newsroom.channel.id}/messages", json=body)
    assert answer.body["errors"].keys() == {"content", "embeds"}


async def test_an_empty_message_and_a_body_that_is_no_json(newsroom: Newsroom, raw: Raw) -> None:
    path = f"/channels/{newsroom.channel.id}/messages"
    assert (await raw("POST", path, json={"content": ""})).code == 50006
    assert (await raw("POST", path, data=b"{")).code == 50109
    assert (await raw("POST", path, json=[1])).code == 50109
    posted = await raw("POST", path, json={"content": "x"})
    emptied = await raw("PATCH", f"{path}/{posted.body['id']}", json={"content": ""})
    assert emptied.code == 50006


def upload(name: str, content: bytes, description: str = "") -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    listed = [{"id": 0, "description": description}]
    form.add_field("payload_json", aiohttp.payload.JsonPayload({"attachments": listed}))
    form.add_field("files[0]", io.BytesIO(content), filename=name)
    return form


async def test_files_are_bounded_and_need_their_permission(newsroom: Newsroom, raw: Raw) -> None:
    path = f"/channels/{newsroom.channel.id}/messages"
    big = await raw("POST", path, data=upload("big.bin", b"x" * (10 * 1024 * 1024 + 1)))
    assert (big.status, big.code) == (413, 40005)
    wordy = await raw("POST", path, data=upload("a.png", b"x", "y" * 1_025))
    assert wordy.error_at("attachments.0.description") == "BASE_TYPE_MAX_LENGTH"
    newsroom.channel.set_permissions(newsroom.guild.world.bot, deny=Permission.ATTACH_FILES)
    assert (await raw("POST", path, data=upload("a.png", b"x"))).code == 50013


async def test_a_token_is_asked_for(newsroom: Newsroom, sandbox: Sandbox, raw: Raw) -> None:
    answer = await raw("GET", "/users/@me", headers={"Authorization": "Bot wrong"})
    assert (answer.status, answer.body) == (401, {"message": "401: Unauthorized", "code": 0})
    assert sandbox.invalid_answers == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, 0),
        ("GET", "/channels/1", 404, 10003),
        ("GET", "/channels/hull", 400, 50035),
        ("GET", "/channels/{channel}/messages/1", 404, 10008),
        ("GET", "/channels/{channel}/messages?limit=101", 400, 50035),
        ("GET", "/channels/{channel}/messages?before=1&after=2", 400, 50035),
        ("GET", "/guilds/1", 404, 10004),
        ("GET", "/guilds/{guild}/members/1", 404, 10007),
        ("GET", "/users/1", 404, 10013),
        ("GET", "/applications/1/commands", 404, 10002),
        ("POST", "/interactions/1/unknown/callback", 404, 10062),
        ("POST", "/webhooks/{bot}/unknown", 404, 10015),
        ("POST", "/users/@me/channels", 400, 50035),
    ],
)
async def test_what_is_not_there_or_not_allowed(
    newsroom: Newsroom, raw: Raw, method: str, path: str, status: int, code: int
) -> None:
    names = {
        "channel": newsroom.channel.id,
        "guild": newsroom.guild.id,
        "bot": newsroom.guild.world.bot.id,
    }
    answer = await raw(method, path.format(**names))
    assert (answer.status, answer.code) == (status, code)


async def test_the_messages_of_others(sandbox: Sandbox, newsroom: Newsroom, raw: Raw) -> None:
    said = sandbox.say(newsroom.reader, newsroom.channel, "Hull?")
    path = f"/channels/{newsroom.channel.id}/messages/{said.id}"
    assert (await raw("PATCH", path, json={"content": "Hell"})).code == 50005
    assert (await raw("DELETE", path)).code == 50013
    newsroom.channel.set_permissions(sandbox.bot, allow=Permission.MANAGE_MESSAGES)
    assert (await raw("DELETE", path)).status == 204


async def test_without_the_history_permission_the_past_is_empty(
    newsroom: Newsroom, raw: Raw
) -> None:
    path = f"/channels/{newsroom.channel.id}/messages"
    await raw("POST", path, json={"content": "x"})
    newsroom.channel.set_permissions(newsroom.guild.world.bot, deny=Permission.READ_MESSAGE_HISTORY)
    assert (await raw("GET", path)).body == []


OPTION = {"type": 3, "name": "name", "description": "Its name"}
BAD_COMMANDS: list[tuple[JSON, str, str]] = [
    ({"name": "Council", "description": "x"}, "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    ({"name": "a b", "description": "x"}, "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    ({"name": "council", "description": ""}, "0.description", "BASE_TYPE_BAD_LENGTH"),
    ({"name": "council"}, "0.description", "BASE_TYPE_REQUIRED"),
    ({"name": "council", "options": [OPTION] * 26}, "0.options", "BASE_TYPE_MAX_LENGTH"),
    (
        {"name": "council", "options": [OPTION, OPTION]},
        "0.options.1.name",
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    (
        {"name": "council", "options": [OPTION, OPTION | {"name": "b", "required": True}]},
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (
        {
            "name": "council",
            "options": [OPTION | {"autocomplete": True, "choices": [{"name": "a", "value": "a"}]}],
        },
        "0.options.0",
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
    ),
    (
        {"name": "council", "options": [OPTION | {"type": 1, "options": [OPTION | {"type": 1}]}]},
        "0.options.0.options.0.type",
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    (
        {
            "name": "council",
            "options": [
                OPTION
                | {
                    "name": f"o{n}",
                    "choices": [{"name": "n" * 100, "value": f"{c}" * 50} for c in range(9)],
                }
                for n in range(6)
            ],
        },
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
    ({"name": "council", "type": 3, "description": "x"}, "0.type", "NOT_IN_THE_SANDBOX"),
]


@pytest.mark.parametrize(("command", "path", "code"), BAD_COMMANDS)
async def test_a_command_against_the_form_is_refused(
    sandbox: Sandbox, raw: Raw, command: JSON, path: str, code: str
) -> None:
    described = {"description": "x"} if "options" in command else {}
    answer = await raw(
        "PUT", f"/applications/{sandbox.bot.id}/commands", json=[described | command]
    )
    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error_at(path) == code
    assert sandbox.registry.all(None) == []


async def test_commands_are_replaced_and_those_known_by_name_keep_their_ids(
    sandbox: Sandbox, newsroom: Newsroom, raw: Raw
) -> None:
    path = f"/applications/{sandbox.bot.id}/guilds/{newsroom.guild.id}/commands"
    council = {"name": "council", "description": "Who controls a council"}
    created = await raw("PUT", path, json=[council])
    replaced = await raw("PUT", path, json=[council, {"name": "party", "description": "x"}])
    assert replaced.body[0]["id"] == created.body[0]["id"]
    assert (await raw("PUT", path, json=[council, council])).error_at("1") == (
        "APPLICATION_COMMANDS_DUPLICATE_NAME"
    )
    assert [each["name"] for each in (await raw("GET", path)).body] == ["council", "party"]
    many = [{"name": f"c{number}", "description": "x"} for number in range(101)]
    assert (await raw("PUT", path, json=many)).code == 30032


async def test_content_types_are_exactly_what_clients_expect(raw: Raw) -> None:
    answer = await raw("GET", "/gateway/bot")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body["shards"] == 1
    assert answer.body["session_start_limit"]["total"] == 1_000


async def test_an_attachment_that_is_not_there(sandbox: Sandbox) -> None:
    origin = sandbox.api_base.removesuffix("/api/v10")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{origin}/attachments/1/2/a.png") as response,
    ):
        assert response.status == 404


async def test_only_the_guilds_that_the_bot_is_in_are_listed(newsroom: Newsroom, raw: Raw) -> None:
    listed = await raw("GET", "/users/@me/guilds")
    assert [guild["name"] for guild in listed.body] == ["Newsroom"]
    newsroom.guild.remove_bot()
    assert (await raw("GET", "/users/@me/guilds")).body == []
