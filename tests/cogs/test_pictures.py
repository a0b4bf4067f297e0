"""Pictures in chat: the words first, then what they say to look at."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.chat import answer_buttons, illustrator
from bot.chat.questions import Answer, Question
from bot.chat.terminal import answer_at_terminal
from bot.pictures import renderer as drawing
from bot.pictures.picture import Picture
from bot.pictures.render_process import RenderError, RenderProcess
from simulation.discord import Attachment, Message, Reply
from tests.cogs.chat import Chat, House, buttons, choose, menu_of, words
from tests.pictures.checks import decoded

ILLUSTRATED = {
    "council": ({"name": "Hull"}, "Lib Dems take Kingston upon Hull after "),
    "party": (
        {"name": "Labour"},
        "Labour lose 1 council. 3 of 200 councils declared",
    ),
    "night map": (
        {},
        "Lib Dems take Kingston upon Hull after 11 years: 3 of 200 councils declared. Lib Dems 1 ",
    ),
    "night chart": ({}, "Labour and Lib Dems level on 1 council each. 3 of 200 councils declared"),
    "night summary": (
        {},
        "Lib Dems take Kingston upon Hull after 11 years: 3 of 200 councils declared. Lib Dems 1 ",
    ),
}


async def shown(chat: Chat, reply: Reply) -> Attachment:
    """Wait until an answer has its one picture, and return it."""
    await chat.sandbox.wait_for(lambda: reply.message.attachments)
    (picture,) = reply.message.attachments
    return picture


def image_of(message: Message) -> str:
    return str(message.embeds[0].get("image", {}).get("url", ""))


@pytest.mark.parametrize("command", ILLUSTRATED)
async def test_an_answer_has_its_picture_with_the_same_in_words(chat: Chat, command: str) -> None:
    options, alt = ILLUSTRATED[command]
    reply = await chat.ask(command, **options)
    assert words(reply)
    picture = await shown(chat, reply)
    assert picture.description is not None
    assert picture.description.startswith(alt)
    assert picture.filename in image_of(reply.message)
    width, _, _ = decoded(picture.content)
    assert width >= 1_200


@pytest.mark.parametrize("command", ["night map", "night chart"])
async def test_what_is_only_a_picture_is_said_in_words_until_it_is_there(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    with held_up(monkeypatch) as go_on:
        reply = await chat.ask(command)
        said = words(reply)
        assert "3 of 200 councils declared" in said
        assert "last news came" in said
        before = reply.embeds[0]["description"]
        go_on.set()
        picture = await shown(chat, reply)
    assert picture.description is not None
    assert picture.description.endswith(before)
    assert "description" not in reply.embeds[0]
    assert "last news came" in words(reply)


async def test_the_map_is_looked_at_place_by_place(chat: Chat) -> None:
    reply = await chat.ask("night map")
    assert {"All councils", "England", "London", "North West"} <= set(menu_of(reply))
    first = await shown(chat, reply)
    await choose(chat, reply, "London")
    assert "expected" in reply.embeds[0]["title"] or "declared" in reply.embeds[0]["title"]
    await chat.sandbox.wait_for(lambda: reply.message.attachments not in ([], [first]))
    assert "map-london" in image_of(reply.message)


async def test_the_large_map_is_a_button_away_and_leads_back(chat: Chat) -> None:
    reply = await chat.ask("night map", region="London")
    first = await shown(chat, reply)
    await chat.press(reply, "Large map")
    await chat.sandbox.wait_for(lambda: "large-map-london" in image_of(reply.message))
    (large,) = reply.message.attachments
    assert large.description == first.description, "both say the same in words"
    assert decoded(large.content)[0] > decoded(first.content)[0]
    assert "Open the picture to see every name" in words(reply)
    await chat.press(reply, "Map")
    await chat.sandbox.wait_for(lambda: "/map-london" in image_of(reply.message))


async def test_charts_lead_to_each_other_and_to_the_map(chat: Chat) -> None:
    reply = await chat.ask("night chart")
    offered = [label for label in buttons(reply) if not label.startswith("Follow")]
    assert offered == [
        "Gains and losses",
        "Councils won from whom",
        "Hour by hour",
        "Progress of the count",
        "Map",
    ]
    await chat.press(reply, "Councils won")
    offered = [label for label in buttons(reply) if not label.startswith("Follow")]
    assert offered[:2] == ["Seats won from whom", "State of the parties"]
    await chat.press(reply, "Progress")
    assert "197 councils still to declare" in words(reply)
    await chat.sandbox.wait_for(lambda: "progress" in image_of(reply.message))


async def test_a_chart_that_cannot_be_drawn_yet_says_when_it_can(chat: Chat) -> None:
    reply = await chat.ask("night chart", nation="Wales")
    assert "no council has declared yet." in words(reply)
    assert "/night next" in words(reply)


async def test_progress_is_of_the_whole_night(chat: Chat) -> None:
    reply = await chat.ask("night chart", kind="progress of the count", region="London")
    assert "Leave out the place" in reply.content


async def test_a_council_that_has_not_declared_has_no_picture(chat: Chat) -> None:
    reply = await chat.ask("council", name="Sunderland")
    await shown(chat, await chat.ask("council", name="Hull"))
    assert reply.message.attachments == []
    assert not reply.message.versions


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let no picture be finished until told so."""
    go_on = threading.Event()
    draw = RenderProcess.draw

    def slowly(process: RenderProcess, svg: str) -> bytes:
        go_on.wait(10)
        return draw(process, svg)

    monkeypatch.setattr(RenderProcess, "draw", slowly)
    try:
        yield go_on
    finally:
        go_on.set()


async def test_a_picture_that_takes_long_is_announced(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(illustrator, "_PATIENCE", 0.01)
    with held_up(monkeypatch) as go_on:
        reply = await chat.ask("council", name="Hull")
        await chat.sandbox.wait_for(lambda: "The picture is being drawn" in words(reply))
        go_on.set()
        await shown(chat, reply)
        assert "being drawn" not in words(reply)


async def test_who_goes_on_is_not_sent_back_by_a_late_picture(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held_up(monkeypatch) as go_on:
        reply = await chat.ask("council", name="Hull")
        await chat.press(reply, "History")
        go_on.set()
    # The next picture comes after the one that was given up.
    await shown(chat, await chat.ask("council", name="Worcester"))
    assert "since 2011" in words(reply)
    assert reply.message.attachments == []


async def test_of_two_presses_at_once_the_later_answer_stays(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = await chat.ask("night map")
    await shown(chat, reply)
    await choose(chat, reply, "London")
    await chat.sandbox.wait_for(lambda: "map-london" in image_of(reply.message))
    answered = answer_buttons.ask

    async def slow_about_the_map(tree: Any, question: Question, *asked: Any) -> Answer:
        if "North West" in str(question):
            await asyncio.sleep(0.1)
        return await answered(tree, question, *asked)

    monkeypatch.setattr(answer_buttons, "ask", slow_about_the_map)
    with held_up(monkeypatch) as go_on:
        await asyncio.gather(
            choose(chat, reply, "North West"),
            chat.press(reply, "State of the parties"),  # which has nothing to draw yet
        )
        go_on.set()
    # Whatever was asked for by then is drawn before this.
    await shown(chat, await chat.ask("council", name="Worcester"))
    assert "no council has declared yet" in words(reply)
    assert reply.message.attachments == []


async def test_the_words_stay_where_no_picture_can_be_drawn(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(process: RenderProcess, svg: str) -> bytes:
        raise RenderError("no ink")

    monkeypatch.setattr(RenderProcess, "draw", broken)
    reply = await chat.ask("council", name="Hull")
    await chat.sandbox.wait_for(lambda: "The picture could not be drawn" in words(reply))
    assert "**29 of 57** seats" in words(reply)
    assert reply.message.attachments == []
    assert "no ink" in caplog.text


async def test_an_answer_of_several_pages_keeps_no_old_picture(chat: Chat) -> None:
    reply = await chat.ask("council", name="Hull")
    await shown(chat, reply)
    await chat.press(reply, "History")
    assert reply.message.attachments == []
    assert image_of(reply.message) == ""


async def test_a_terminal_is_told_the_same_in_words(house: House) -> None:
    said = await answer_at_terminal(house.services, "/night map")
    assert "3 of 200 councils declared" in said
    assert "Lib Dems 1 (+1), Labour 1 (−1), Conservatives 0 (−1); no overall control 1" in said


async def test_pictures_are_drawn_beside_the_event_loop(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()
    compose = drawing.PictureRenderer.drawn

    async def watched(picture_renderer: Any, make: Any) -> Any:
        def there() -> Picture | None:
            threads.add(threading.get_ident())
            made: Picture | None = make()
            return made

        return await compose(picture_renderer, there)

    monkeypatch.setattr(drawing.PictureRenderer, "drawn", watched)
    await shown(chat, await chat.ask("council", name="Hull"))
    assert threads
    assert threading.get_ident() not in threads


async def test_a_chart_that_cannot_come_says_why_and_promises_nothing(chat: Chat) -> None:
    alone = await chat.ask(
        "night chart", kind="hour by hour", region="East Midlands", night="2026-05-07"
    )
    assert "Nothing to draw\n" in words(alone)
    only = "East Midlands: only Lincoln votes, and it compares two councils."
    assert only in words(alone)
    several = words(await chat.ask("night chart", kind="councils won from whom", nation="Wales"))
    assert "Nothing to draw yet" in several
    assert "Wales: no council has changed hands yet. What declares next: `/night next`." in several
