"""Rendering in a separate process, by either library, which is started again when it breaks."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.pictures import render_process as module
from bot.pictures.lettering import font_files
from bot.pictures.render_process import LIBRARIES, RenderError, RenderProcess
from tests.pictures.checks import decoded
from tests.pictures.test_renderer import a_picture

SVG = a_picture("Labour hold Wolverhampton").svg


@pytest.fixture
def renderer() -> Iterator[RenderProcess]:
    with closing(RenderProcess(font_files())) as renderer:
        yield renderer


def process_of(renderer: RenderProcess) -> subprocess.Popen[bytes]:
    assert renderer._process is not None
    return renderer._process


def test_both_libraries_draw_the_same() -> None:
    drawn = []
    for library in LIBRARIES:
        with closing(RenderProcess(font_files(), [library])) as renderer:
            drawn.append(decoded(renderer.draw(SVG)))
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0][2])) > 20, "letters were drawn"


def test_where_the_first_library_is_not_installed_the_next_draws() -> None:
    with closing(RenderProcess(font_files(), ["no_such_library", LIBRARIES[1]])) as renderer:
        assert decoded(renderer.draw(SVG))
    with (
        closing(RenderProcess(font_files(), ["no_such_library"])) as renderer,
        pytest.raises(RenderError),
    ):
        renderer.draw(SVG)


def test_one_process_draws_all(renderer: RenderProcess) -> None:
    first = renderer.draw(SVG)
    process = process_of(renderer)
    assert renderer.draw(SVG) == first
    assert process_of(renderer) is process
    assert process.pid != 0


def test_what_is_no_drawing_is_said_and_the_process_goes_on(renderer: RenderProcess) -> None:
    renderer.draw(SVG)
    process = process_of(renderer)
    with pytest.raises(RenderError, match=r"\w"):
        renderer.draw("no drawing")
    assert decoded(renderer.draw(SVG))
    assert process_of(renderer) is process


def test_where_no_process_can_be_started_that_is_said_and_tried_again(
    renderer: RenderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/no/such/python")
        with pytest.raises(RenderError, match="cannot be started"):
            renderer.draw(SVG)
    assert decoded(renderer.draw(SVG))


def test_a_process_that_dies_is_followed_by_another(renderer: RenderProcess) -> None:
    first = renderer.draw(SVG)
    process_of(renderer).kill()
    process_of(renderer).wait()
    assert renderer.draw(SVG) == first


def test_a_drawing_that_takes_too_long_is_given_up(
    renderer: RenderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = renderer.draw(SVG)
    process_of(renderer).send_signal(signal.SIGSTOP)
    with monkeypatch.context() as patched, pytest.raises(RenderError, match="has ended"):
        patched.setattr(module, "_AT_MOST", 0.05)
        renderer.draw(SVG)
    assert renderer.draw(SVG) == first


def test_it_can_be_closed_while_it_draws(renderer: RenderProcess) -> None:
    renderer.draw(SVG)
    process_of(renderer).send_signal(signal.SIGSTOP)
    said: list[str] = []

    def draw() -> None:
        try:
            renderer.draw(SVG)
        except RenderError as error:
            said.append(str(error))

    drawing = threading.Thread(target=draw)
    drawing.start()
    time.sleep(0.05)
    renderer.close()
    drawing.join(10)
    assert said == ["the process that draws has ended"]
    assert process_of(renderer).returncode is not None
    with pytest.raises(RenderError, match="any more"):
        renderer.draw(SVG)


def test_it_ends_with_who_uses_it_and_not_by_an_interrupt() -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", module.__file__, ",".join(LIBRARIES), *map(str, font_files())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin as asked, process.stdout as answered:
        module._write(asked, SVG.encode())
        assert module._read(answered)[0]
        process.send_signal(signal.SIGINT)
        module._write(asked, SVG.encode())
        assert module._read(answered)[0]
    assert process.wait(10) == 0
