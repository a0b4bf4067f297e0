"""Each answer of Discord's has one class, and the same wherever it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from bot.delivery.discord_errors import (
    PUBLISHED_ALREADY,
    TABLE,
    UNKNOWN_CHANNEL,
    About,
    Body,
    classified,
    counts_as_invalid,
    meaning_of,
)
from bot.delivery.rest import Gone, NoChannel, Refused, Rest, Unreachable, Unsendable
from bot.delivery.traffic import Pace
from simulation.discord import Channel, Guild, Limits, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT

pytestmark = pytest.mark.usefixtures("quietly")

POST = ("POST", "/channels/*/messages")
BODY = {"content": "Hull"}
RAISED = {
    About.DESTINATION: Refused,
    About.PAYLOAD: Unsendable,
    About.MESSAGE: Gone,
    About.INTERACTION: Unreachable,
    About.LATER: Unreachable,
    About.EVERYWHERE: Unreachable,
}
PAGE = "<html><body>Access denied</body></html>"
UNSPECIFIC: list[tuple[int, Any]] = [
    (401, {"message": "401: Unauthorized", "code": 0}),
    (403, {"message": "Cloudflare is blocking your request.", "code": 40333}),
    (403, {"message": "403: Forbidden", "code": 0}),
    (404, {"message": "404: Not Found", "code": 0}),
    (400, {"message": "400: Bad Request", "code": 0}),
    (403, {"message": "What is new", "code": 987_654}),
    (403, {"error": "forbidden"}),
    (403, PAGE),
    (404, PAGE),
    (400, PAGE),
    (429, PAGE),
    (503, PAGE),
    (418, PAGE),
    (429, {"title": "Error 1015", "retry_after": 0.01}),
    (503, {"message": "Service unavailable", "code": 0}),
    (200, PAGE),
    (200, {}),
    (200, {"message": "fine"}),
    (200, []),
    (204, None),
]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Discord whose answers here are not what its schema says."""
    async with Sandbox(limits=Limits.none()) as sandbox:
        yield sandbox


@pytest.fixture
def rest(client: discord.Client) -> Rest:
    return Rest(client, Pace(FAST), IMPATIENT)


@pytest.mark.parametrize("code", TABLE)
def test_every_code_has_one_class_a_sentence_and_what_is_done(code: int) -> None:
    answer = TABLE[code]
    assert answer.code == code
    assert answer.sentence[0].isupper()
    assert answer.sentence.endswith(".")
    assert answer.done
    for status in (400, 403, 404):
        assert classified(status, code, {}, Body.DISCORD) == answer
    assert classified(403, code, {}, Body.OTHER).about is About.EVERYWHERE


async def test_every_code_is_raised_as_what_its_class_says(
    rest: Rest, channel: Channel, sandbox: Sandbox
) -> None:
    for code, answer in TABLE.items():
        sandbox.faults.answer(*POST, 400, {"message": "No", "code": code})
        with pytest.raises(RAISED[answer.about]) as raised:
            await rest.send(channel.id, BODY)
        assert isinstance(raised.value, NoChannel) is (code == UNKNOWN_CHANNEL)
        if isinstance(raised.value, Unreachable):
            assert raised.value.everywhere is (answer.about is not About.LATER)
        else:
            assert raised.value.code == code


@pytest.mark.parametrize(("status", "body"), UNSPECIFIC)
async def test_what_no_code_explains_is_trouble_everywhere(
    status: int, body: Any, rest: Rest, channel: Channel, sandbox: Sandbox
) -> None:
    sandbox.faults.answer(*POST, status, body, headers={"Via": ""})
    with pytest.raises(Unreachable) as raised:
        await rest.send(channel.id, BODY)
    assert raised.value.everywhere


@pytest.mark.parametrize(
    ("method", "path", "ask"),
    [
        ("PATCH", "/channels/*/messages/*", lambda rest: rest.edit(1, 2, [])),
        ("GET", "/channels/*/messages", lambda rest: rest.find(1, "EN-1", 0)),
        ("POST", "/channels/*/messages/*/crosspost", lambda rest: rest.publish(1, 2)),
        ("PUT", "/channels/*/messages/pins/*", lambda rest: rest.pin(1, 2)),
        ("DELETE", "/channels/*/messages/pins/*", lambda rest: rest.unpin(1, 2)),
    ],
)
async def test_a_success_that_brings_a_page_is_none(
    method: str, path: str, ask: Any, rest: Rest, sandbox: Sandbox
) -> None:
    sandbox.faults.answer(method, path, 200, PAGE)
    with pytest.raises(Unreachable) as raised:
        await ask(rest)
    assert raised.value.everywhere


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "application/json"}, {"X-RateLimit-Remaining": "many"}]
)
async def test_an_answer_that_discord_py_cannot_read_is_trouble_everywhere(
    headers: dict[str, str], rest: Rest, channel: Channel, sandbox: Sandbox
) -> None:
    sandbox.faults.answer(*POST, 200, "{", headers=headers)
    with pytest.raises(Unreachable) as raised:
        await rest.send(channel.id, BODY)
    assert raised.value.everywhere


async def test_a_429_in_discord_s_json_says_how_long_this_request_waits(
    channel: Channel, sandbox: Sandbox, rest: Rest
) -> None:
    body = {"message": "You are being rate limited.", "retry_after": 0.01, "global": False}
    sandbox.faults.answer(*POST, 429, body, headers={"Retry-After": "7"}, times=5)
    with pytest.raises(Unreachable) as raised:
        await rest.send(channel.id, BODY)
    assert (raised.value.everywhere, raised.value.after) == (False, 7.0)


@pytest.mark.parametrize("text", ["soon", "nan", "inf", "-5", ""])
def test_a_wait_that_is_no_number_of_seconds_is_none(text: str) -> None:
    assert classified(429, None, {"Retry-After": text}, Body.DISCORD).after in (0.0, 3600.0)


async def test_what_is_published_already_is_published(rest: Rest, sandbox: Sandbox) -> None:
    said = {"message": "This message has already been crossposted", "code": PUBLISHED_ALREADY}
    sandbox.faults.answer("POST", "/channels/*/messages/*/crosspost", 400, said)
    await rest.publish(1, 2)


async def test_the_class_is_found_from_what_discord_py_raises(
    client: discord.Client, guild: Guild, sandbox: Sandbox
) -> None:
    for status, body, about in (
        (403, {"message": "Missing Access", "code": 50001}, About.DESTINATION),
        (403, PAGE, About.EVERYWHERE),
        (404, {"message": "Unknown interaction", "code": 10062}, About.INTERACTION),
    ):
        sandbox.faults.answer("GET", "/users/@me", status, body)
        with pytest.raises(discord.HTTPException) as raised:
            await client.http.request(discord.http.Route("GET", "/users/@me"))
        assert meaning_of(raised.value).about is about


def test_discord_counts_401_403_and_its_own_429_but_none_that_a_resource_shares() -> None:
    assert [counts_as_invalid(status, {}) for status in (401, 403, 429)] == [True] * 3
    assert not any(counts_as_invalid(status, {}) for status in (200, 400, 404, 500))
    assert not counts_as_invalid(429, {"X-RateLimit-Scope": "shared"})
    assert counts_as_invalid(429, {"X-RateLimit-Scope": "user"})
