"""The page's socket: what each person is told, what they can do, and who may not connect."""

from __future__ import annotations

import asyncio
import io
import math
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from simulation.discord import Limits, Permission, Sandbox
from simulation.discord.page.views import Persona
from tests.simulation.discord.conftest import QuickBot
from tests.simulation.discord.page.conftest import NIGHT, Scene, browsing, furnish

JSON = dict[str, Any]


async def test_the_state_is_what_the_person_may_see(scene: Scene) -> None:
    async with browsing(scene, "reader") as (browser, state):
        assert state["as"] == "reader"
        assert [each["description"] for each in state["personas"]] == [
            "Reader",
            "Server admin",
            "Desk",
        ]
        (guild,) = state["places"]["guilds"]
        assert [channel["name"] for channel in guild["channels"]] == ["results"]
        assert [channel["name"] for channel in state["places"]["direct"]] == ["Election Night"]
        assert state["night"]["now"] == NIGHT.isoformat()
        assert state["controls"]["jumps"][1]["label"] == "Half past two"
        told = await browser.ask("history", channel=str(scene.newsroom.id))
        assert told["refused"] == "That channel is gone, or not for you to see."
    async with browsing(scene, "desk") as (_, state):
        (guild,) = state["places"]["guilds"]
        assert [channel["name"] for channel in guild["channels"]] == ["results", "newsroom"]


async def test_a_stranger_to_the_page_is_its_first_person(scene: Scene) -> None:
    async with browsing(scene, "nobody") as (_, state):
        assert state["as"] == "reader"


async def test_a_message_is_said_and_told_with_the_nights_time(scene: Scene) -> None:
    scene.night.now = NIGHT + timedelta(hours=4)
    channel = str(scene.results.id)
    async with (
        browsing(scene, "reader") as (reader, _),
        browsing(scene, "admin") as (admin, _),
    ):
        said = await reader.ask("say", channel=channel, content="Hull?")
        told = await admin.event("message")
        assert told["new"]
        assert told["message"]["id"] == said["message"]
        assert told["message"]["content"] == f"<@{scene.sandbox.bot.id}> Hull?"
        assert told["message"]["posted_at"] == (NIGHT + timedelta(hours=4)).isoformat()
        history = await admin.ask("history", channel=channel)
        assert [each["id"] for each in history["messages"]] == [said["message"]]
        assert history["messages"][0]["posted_at"] == told["message"]["posted_at"]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"do": "say", "content": "  "}, "nothing in the message"),
        ({"do": "say", "content": "x" * 2_001}, "at most 2,000 characters"),
        ({"do": "say"}, "did not say which content"),
        ({"do": "say", "content": 5}, "did not say which content"),
        ({"do": "say", "channel": "1", "content": "x"}, "channel is gone"),
        ({"do": "say", "channel": "x", "content": "x"}, "something that is not there"),
        ({"do": "slash", "command": "council"}, "The option name is required."),
        ({"do": "slash", "command": "council", "options": {"name": ["x"]}}, "no such value"),
        ({"do": "slash", "command": "council", "options": [1]}, "which options"),
        ({"do": "slash", "command": ""}, "no command"),
        ({"do": "slash", "command": "setup"}, "permission to use /setup"),
        ({"do": "slash", "command": "greet", "options": {"who": "12"}}, "not to be found"),
        ({"do": "press", "message": "12", "component": "follow"}, "The message is gone."),
        ({"do": "submit", "modal": "9", "values": {}}, "no longer open"),
        ({"do": "jump", "to": "tomorrow"}, "no such moment"),
        ({"do": "inject", "key": "flood"}, "nothing of that name"),
        ({"do": "speed", "speed": -1}, "above nought"),
        ({"do": "speed", "speed": "fast"}, "which speed"),
        ({"do": "resume"}, "The night is running already."),
        ({"do": "undo"}, "cannot be done"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_a_sentence(
    scene: Scene, bot: QuickBot, request_: JSON, says: str
) -> None:
    async with browsing(scene, "reader") as (browser, _):
        told = await browser.ask(**{"channel": str(scene.results.id), **request_})
    assert says in told["refused"]
    assert told["refused"].endswith(".")


async def test_commands_are_those_that_the_person_may_use(scene: Scene, bot: QuickBot) -> None:
    channel = str(scene.results.id)
    async with browsing(scene, "reader") as (browser, _):
        told = await browser.ask("commands", channel=channel)
        paths = [each["path"] for each in told["commands"]]
        assert paths == ["council", "slow", "greet", "night latest"]
        assert told["commands"][0]["options"][0]["autocomplete"]
        direct = str(scene.sandbox.direct_channel(scene.reader).id)
        told = await browser.ask("commands", channel=direct)
        assert "council" in [each["path"] for each in told["commands"]]
    async with browsing(scene, "admin") as (browser, _):
        told = await browser.ask("commands", channel=channel)
        assert "setup" in [each["path"] for each in told["commands"]]


async def test_a_command_is_filled_in_and_answered_by_the_bot(scene: Scene, bot: QuickBot) -> None:
    channel = str(scene.results.id)
    async with browsing(scene, "reader") as (browser, _):
        told = await browser.ask(
            "autocomplete", channel=channel, command="council", option="name", typed="hu"
        )
        assert told["choices"] == [{"name": "Hull", "value": "HULL"}]
        answered = await browser.ask(
            "slash", channel=channel, command="council", options={"name": "HULL"}
        )
        assert "refused" not in answered
        assert "failure" not in answered
        shown = (await browser.event("message"))["message"]
        assert shown["content"] == "HULL: Labour hold"
        assert shown["command"] == "council"
        assert shown["interaction_metadata"]["user"]["username"] == "Robin"
        await browser.ask(
            "slash", channel=channel, command="greet", options={"who": str(scene.admin.id)}
        )
        shown = (await browser.event("message"))["message"]
        assert shown["content"] == f"Good evening, <@{scene.admin.id}>"


async def test_thinking_is_shown_and_then_the_reply(scene: Scene, bot: QuickBot) -> None:
    async with browsing(scene, "reader") as (browser, _):
        await browser.ask("slash", channel=str(scene.results.id), command="slow")
        first, second = await browser.event("message"), await browser.event("message")
    assert (first["new"], first["message"]["loading"]) == (True, True)
    assert first["message"]["command"] == "slow"
    assert (second["new"], second["message"]["loading"]) == (False, False)
    assert second["message"]["content"] == "Done."
    assert second["message"]["edited_at"] is None


async def test_a_private_reply_is_told_to_nobody_else(scene: Scene, bot: QuickBot) -> None:
    channel = str(scene.results.id)
    async with (
        browsing(scene, "reader") as (reader, _),
        browsing(scene, "admin") as (admin, _),
    ):
        await reader.ask("slash", channel=channel, command="council", options={"name": "Hull"})
        board = (await admin.event("message"))["message"]["id"]
        await reader.event("message")
        await reader.ask("press", channel=channel, message=board, component="follow")
        private = (await reader.event("message"))["message"]
        assert private["ephemeral"]
        assert private["content"] == "Followed."
        assert await admin.quiet() == []
        history = await admin.ask("history", channel=channel)
        assert [each["id"] for each in history["messages"]] == [board]
        told = await admin.ask(
            "press", channel=channel, message=private["id"], component="unfollow"
        )
        assert told["refused"] == "The message is gone."
        await reader.ask("dismiss", channel=channel, message=private["id"])
        history = await reader.ask("history", channel=channel)
        assert [each["id"] for each in history["messages"]] == [board]
        told = await reader.ask("dismiss", channel=channel, message=board)
        assert told["refused"] == "Only a private reply can be dismissed."


async def test_a_direct_message_is_told_to_nobody_else(scene: Scene, bot: QuickBot) -> None:
    async with (
        browsing(scene, "reader") as (reader, _),
        browsing(scene, "admin") as (admin, _),
    ):
        user = await bot.fetch_user(scene.reader.id)
        await user.send("Hull is in.")
        told = (await reader.event("message"))["message"]
        assert told["content"] == "Hull is in."
        assert await admin.quiet() == []
        answer = await admin.ask("history", channel=told["channel_id"])
        assert answer["refused"] == "That channel is gone, or not for you to see."
        answer = await admin.ask("say", channel=told["channel_id"], content="What?")
        assert answer["refused"] == "That channel is gone, or not for you to see."


async def test_a_form_is_opened_filled_in_and_answered(scene: Scene, bot: QuickBot) -> None:
    channel = str(scene.results.id)
    async with browsing(scene, "desk") as (browser, _):
        await browser.ask("slash", channel=channel, command="council", options={"name": "Crawley"})
        board = (await browser.event("message"))["message"]["id"]
        opened = await browser.ask("press", channel=channel, message=board, component="confirm")
        assert opened["modal"]["title"] == "Confirm Crawley"
        key = opened["modal"]["key"]
        told = await browser.ask("submit", modal=key, values={"why": ""})
        assert told["refused"] == "why is required."
        await browser.ask("submit", modal=key, values={"why": "Rung up"})
        assert (await browser.event("message"))["message"]["content"] == "Confirmed: Rung up"


async def test_a_menu_of_channels_takes_one_by_its_id(scene: Scene, bot: QuickBot) -> None:
    channel = str(scene.results.id)
    async with browsing(scene, "reader") as (browser, _):
        await browser.ask("slash", channel=channel, command="council", options={"name": "Hull"})
        board = (await browser.event("message"))["message"]["id"]
        await browser.ask(
            "select", channel=channel, message=board, component="where", values=[channel]
        )
        told = await browser.event("message")
        assert not told["new"]
        assert told["message"]["content"] == "Posts go to #results."
        assert told["message"]["edited_at"] is not None


async def test_edits_deletions_and_pins_are_told(scene: Scene, bot: QuickBot) -> None:
    place = bot.get_channel(scene.results.id)
    assert isinstance(place, discord.TextChannel)
    async with browsing(scene, "reader") as (browser, _):
        message = await place.send("Labour gain Westmorland")
        scene.night.now += timedelta(minutes=5)
        await message.edit(content="~~Labour gain Westmorland~~")
        edited = [await browser.event("message") for _ in range(2)][1]["message"]
        assert edited["content"] == "~~Labour gain Westmorland~~"
        assert edited["posted_at"] == NIGHT.isoformat()
        assert edited["edited_at"] == (NIGHT + timedelta(minutes=5)).isoformat()
        await message.pin()
        assert (await browser.event("pins"))["pins"] == 1
        pins = await browser.ask("pins", channel=str(place.id))
        assert [each["id"] for each in pins["messages"]] == [str(message.id)]
        await message.delete()
        gone = await browser.event("gone")
        assert gone["ids"] == [str(message.id)]
        others = [await place.send(text) for text in ("One", "Two")]
        await bot.http.request(
            discord.http.Route("DELETE", f"/channels/{place.id}/messages/{others[0].id}")
        )
        assert (await browser.event("gone"))["ids"] == [str(others[0].id)]


async def test_places_follow_what_the_person_may_see(scene: Scene) -> None:
    async with browsing(scene, "reader") as (browser, _):
        scene.newsroom.set_permissions(scene.reader, allow=Permission.VIEW_CHANNEL)
        (guild,) = (await browser.event("places"))["places"]["guilds"]
        assert [channel["name"] for channel in guild["channels"]] == ["results", "newsroom"]
        scene.guild.remove_member(scene.reader)
        assert (await browser.event("places"))["places"]["guilds"] == []
        scene.sandbox.say(scene.admin, scene.results, "Has he gone?")
        assert await browser.quiet() == []


async def test_a_talk_that_begins_later_is_listed_before_its_message(scene: Scene) -> None:
    async with browsing(scene, "reader") as (browser, state):
        assert len(state["places"]["direct"]) == 1
        talk = scene.sandbox.direct_channel(scene.reader, scene.admin)
        scene.sandbox.say(scene.admin, talk, "Tea?")
        places = (await browser.event("places"))["places"]
        assert [channel["name"] for channel in places["direct"]] == ["Election Night", "Ada"]
        assert (await browser.event("message"))["message"]["content"] == "Tea?"


async def test_history_comes_in_pages(scene: Scene) -> None:
    for number in range(60):
        scene.sandbox.say(scene.reader, scene.results, str(number))
    async with browsing(scene, "reader") as (browser, _):
        channel = str(scene.results.id)
        newest = await browser.ask("history", channel=channel)
        assert [each["content"] for each in newest["messages"]] == [str(n) for n in range(10, 60)]
        assert newest["more"]
        oldest = await browser.ask("history", channel=channel, before=newest["messages"][0]["id"])
        assert [each["content"] for each in oldest["messages"]] == [str(n) for n in range(10)]
        assert not oldest["more"]


async def test_the_night_is_controlled_and_its_pulse_told(scene: Scene) -> None:
    night = scene.night
    async with browsing(scene, "reader") as (browser, state):
        assert state["night"]["status"] == "3 of 200 councils declared"
        assert state["online"] is False
        await browser.ask("pause")
        assert night.paused
        assert (await browser.event("pulse"))["night"]["paused"]
        await browser.ask("resume")
        await browser.ask("speed", speed=600)
        assert night.speed == 600
        await browser.ask("speed", speed=None)
        assert math.isinf(night.speed)
        half_past_two = state["controls"]["jumps"][1]["at"]
        await browser.ask("jump", to=half_past_two)
        pulse = await browser.event("pulse")
        while pulse["night"]["now"] != half_past_two:
            pulse = await browser.event("pulse")
        assert pulse["night"]["speed"] is None
        told = await browser.ask("jump", to=state["controls"]["jumps"][0]["at"])
        assert told["refused"] == "The night does not run backwards. Start it again."
        await browser.ask("inject", key="outage")
        assert night.done == [("inject", "outage")]


async def test_without_a_night_there_is_none_to_control(sandbox: Sandbox) -> None:
    user = sandbox.add_user("Robin")
    sandbox.open_page(None, [Persona("reader", user, "Reader")])
    address = f"http://127.0.0.1:{sandbox.port}"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{address}/page/socket", origin=address) as socket,
    ):
        state = await socket.receive_json(timeout=5)
        assert state["controls"] is state["night"] is None
        await socket.send_json({"id": 1, "do": "pause"})
        told = await socket.receive_json(timeout=5)
        assert told["refused"] == "There is no night to control here."


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        (None, "http://evil.example", 403),
        (None, None, 403),
        ("evil.example", "http://evil.example", 403),
        ("127.0.0.1:1", "http://127.0.0.1:1", 403),
        (None, "same", 101),
        ("localhost", "same", 101),
    ],
)
async def test_no_other_web_site_gets_in(
    scene: Scene, host: str | None, origin: str | None, status: int
) -> None:
    port = scene.sandbox.port
    host = f"localhost:{port}" if host == "localhost" else host or f"127.0.0.1:{port}"
    headers = {"Host": host}
    if origin is not None:
        headers["Origin"] = f"http://{host}" if origin == "same" else origin
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(
                f"http://127.0.0.1:{port}/page/socket", headers=headers
            ) as socket:
                assert (await socket.receive_json(timeout=5))["event"] == "state"
                answered = 101
        except aiohttp.WSServerHandshakeError as refusal:
            answered = refusal.status
    assert answered == status


async def test_the_files_are_served_with_a_strict_policy_and_nothing_else_is(
    scene: Scene,
) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(scene.address) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/html"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        async with session.get(f"{scene.address}page/index.html") as answer:
            assert answer.status == 200
        for path in ("page/nothing.js", "page/..%2Fsite.py", "page/%2Fetc%2Fpasswd"):
            async with session.get(f"{scene.address}{path}") as answer:
                assert answer.status == 404
        async with session.get(scene.address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403


async def test_an_attachment_cannot_act_as_the_page(scene: Scene, bot: QuickBot) -> None:
    place = bot.get_channel(scene.results.id)
    assert isinstance(place, discord.TextChannel)
    message = await place.send(file=discord.File(io.BytesIO(b"<script>"), "a.html"))
    async with (
        aiohttp.ClientSession() as session,
        session.get(message.attachments[0].url) as answer,
    ):
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_no_page_is_there_before_it_is_opened(sandbox: Sandbox) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{sandbox.port}/") as answer,
    ):
        assert answer.status == 404
    user = sandbox.add_user("Robin")
    one = Persona("reader", user, "Reader")
    with pytest.raises(ValueError, match="people"):
        sandbox.open_page(None, [])
    with pytest.raises(ValueError, match="key"):
        sandbox.open_page(None, [one, one])
    sandbox.open_page(None, [one])
    with pytest.raises(ValueError, match="open already"):
        sandbox.open_page(None, [one])


async def test_the_sandbox_ends_without_waiting_for_its_browsers() -> None:
    async with Sandbox(limits=Limits.none()) as sandbox:
        scene = furnish(sandbox)
        async with browsing(scene, "reader") as (browser, _):
            async with asyncio.timeout(2):
                await sandbox.__aexit__(None, None, None)
            with pytest.raises(TypeError):
                while True:
                    await browser.receive()


async def test_what_is_not_understood_is_passed_over(scene: Scene) -> None:
    origin = scene.address.rstrip("/")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{origin}/page/socket", origin=origin) as socket,
    ):
        for text in ("", "[]", "{", '"do"'):
            await socket.send_str(text)
        await socket.send_json({"id": 7})
        answers = [await socket.receive_json(timeout=5) for _ in range(2)]
        assert answers[1]["re"] == 7
        assert "cannot be done" in answers[1]["refused"]


async def test_only_an_edit_of_its_words_marks_a_message_as_edited(
    scene: Scene, bot: QuickBot
) -> None:
    message = await bot.get_partial_messageable(scene.results.id).send(
        embed=discord.Embed(title="Hull", description="29 of 57").set_footer(text="As of 02:40")
    )
    picture = discord.File(io.BytesIO(b"png"), "hull.png")
    drawn = discord.Embed(title="Hull", description="29 of 57").set_image(
        url="attachment://hull.png"
    )
    async with browsing(scene, "reader") as (browser, _):
        await message.edit(embed=drawn, attachments=[picture])
        told = await browser.event("message")
        assert told["message"]["edited_at"] is None
        await message.edit(embed=discord.Embed(title="Hull", description="30 of 57"))
        told = await browser.event("message")
        assert told["message"]["edited_at"] is not None


async def test_plain_words_are_put_to_the_bot_with_a_hint_of_what_discord_wants(
    scene: Scene,
) -> None:
    channel = str(scene.results.id)
    async with browsing(scene, "reader") as (browser, _):
        said = await browser.ask("say", channel=channel, content="Hull")
        asked = scene.results.log[int(said["message"])]
        assert asked.content == f"<@{scene.sandbox.bot.id}> Hull"
        assert said["hint"].startswith("Sent to @Election Night.")
        said = await browser.ask("say", channel=channel, content="@election night Hull?")
        assert "hint" not in said
        message = scene.results.log[int(said["message"])]
        assert message.content == f"<@{scene.sandbox.bot.id}> Hull?"
        direct = str(scene.sandbox.direct_channel(scene.reader).id)
        assert "hint" not in await browser.ask("say", channel=direct, content="Hull")


async def test_words_to_somebody_else_and_where_the_bot_is_not_stay_as_they_are(
    scene: Scene,
) -> None:
    async with browsing(scene, "admin") as (browser, _):
        said = await browser.ask(
            "say", channel=str(scene.results.id), content=f"<@{scene.reader.id}> look"
        )
        assert scene.results.log[int(said["message"])].content == f"<@{scene.reader.id}> look"
        scene.results.set_permissions(scene.sandbox.bot, deny=Permission.VIEW_CHANNEL)
        said = await browser.ask("say", channel=str(scene.results.id), content="Hull")
        assert scene.results.log[int(said["message"])].content == "Hull"
