"""The renderer: one drawing a state, beside the loop, and a clear exception where it fails."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from bot.pictures import renderer as drawing
from bot.pictures.canvas import Canvas
from bot.pictures.picture import LONGEST_ALT, Picture
from bot.pictures.renderer import PictureError, PictureRenderer
from tests.pictures.checks import decoded


def a_picture(text: str) -> Picture:
    canvas = Canvas()
    y = canvas.headline(text, "beneath")
    return canvas.finished("a-picture", canvas.foot(y, source="Source."), text)


class Counted(PictureRenderer):
    """A renderer that counts what it draws, and draws only when it may."""

    def __init__(self, **more: int) -> None:
        super().__init__(**more)
        self.names: list[str] = []
        self.may = threading.Event()
        self.may.set()
        self.threads: set[str] = set()

    def draw(self, picture: Picture) -> bytes:
        assert self.may.wait(10)
        self.names.append(picture.alt)
        self.threads.add(threading.current_thread().name)
        return super().draw(picture)


@pytest.fixture
async def renderer() -> AsyncIterator[Counted]:
    renderer = Counted(kept=3)
    yield renderer
    renderer.may.set()
    renderer.close()


async def test_one_state_is_drawn_once(renderer: Counted) -> None:
    first = await renderer.png(a_picture("one"))
    assert await renderer.png(a_picture("one")) is first
    assert await renderer.png(a_picture("two")) != first
    assert renderer.names == ["one Source.", "two Source."]
    assert decoded(first)[0] == 1200


async def test_who_asks_meanwhile_waits_for_the_same(renderer: Counted) -> None:
    renderer.may.clear()
    waiting = [asyncio.create_task(renderer.png(a_picture("one"))) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in waiting)  # and the loop goes on
    renderer.may.set()
    found = await asyncio.gather(*waiting)
    assert all(one is found[0] for one in found)
    assert len(renderer.names) == 1
    assert all(name.startswith("pictures") for name in renderer.threads)


async def test_who_stops_waiting_takes_it_from_nobody(renderer: Counted) -> None:
    renderer.may.clear()
    impatient = asyncio.create_task(renderer.png(a_picture("one")))
    patient = asyncio.create_task(renderer.png(a_picture("one")))
    await asyncio.sleep(0.01)
    impatient.cancel()
    renderer.may.set()
    assert decoded(await patient)
    assert len(renderer.names) == 1


async def test_only_the_latest_are_kept(renderer: Counted) -> None:
    for name in ("1", "2", "3", "1", "4", "1", "2"):
        await renderer.png(a_picture(name))
    assert [name.split()[0] for name in renderer.names] == ["1", "2", "3", "4", "2"]


async def test_a_failure_is_logged_and_the_next_try_draws(
    renderer: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    good = a_picture("one")
    with caplog.at_level(logging.ERROR), pytest.raises(PictureError, match="could not be drawn"):
        await renderer.png(replace(good, svg="no drawing"))
    assert "The picture a-picture was not drawn" in caplog.text
    with pytest.raises(PictureError):
        await renderer.png(replace(good, svg="no drawing"))
    assert len(renderer.names) == 2
    assert decoded(await renderer.png(good))


async def test_what_is_too_large_to_send_is_a_failure(
    renderer: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "MOST_BYTES", 100)
    with pytest.raises(PictureError, match="too large"):
        await renderer.png(a_picture("one"))


async def test_facts_are_composed_beside_the_loop(
    renderer: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    threads: list[str] = []

    def compose(result: Picture | None) -> Callable[[], Picture | None]:
        def make() -> Picture | None:
            threads.append(threading.current_thread().name)
            return result

        return make

    found = await renderer.drawn(compose(a_picture("one")))
    assert found is not None
    assert decoded(found.png)
    assert found.picture.alt == "one Source."
    assert await renderer.drawn(compose(None)) is None
    assert all(name.startswith("pictures") for name in threads)

    def broken() -> Picture:
        raise ZeroDivisionError

    with pytest.raises(PictureError, match="composed"):
        await renderer.drawn(broken)
    assert "A picture was not composed" in caplog.text


async def test_a_closed_studio_says_so() -> None:
    renderer = PictureRenderer()
    renderer.close()
    with pytest.raises(PictureError):
        await renderer.png(a_picture("one"))
    with pytest.raises(PictureError):
        await renderer.drawn(lambda: a_picture("one"))


def test_letters_are_really_drawn() -> None:
    renderer = PictureRenderer()
    with_text, without = a_picture("Labour"), a_picture("Labour")
    bare = replace(without, svg=without.svg.replace(">Labour</text>", "></text>"))
    assert bare.svg != with_text.svg
    assert renderer.draw(with_text) != renderer.draw(bare)
    renderer.close()


def test_a_picture_says_something_and_not_too_much() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        replace(a_picture("one"), alt=" ")
    assert len(replace(a_picture("one"), alt="word " * 500).alt) <= LONGEST_ALT


def test_another_state_has_another_file() -> None:
    one, two = a_picture("one"), a_picture("two")
    assert one.file_name != two.file_name
    assert one.file_name == a_picture("one").file_name
    assert one.file_name.startswith("a-picture-")
