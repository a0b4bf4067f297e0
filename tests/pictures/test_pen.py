"""The pen: drawn in a process of its own, by either library, and taken up again when it breaks."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.pictures import pen as module
from bot.pictures.lettering import font_files
from bot.pictures.pen import LIBRARIES, Pen, PenError
from tests.pictures.checks import decoded
from tests.pictures.test_drawing import a_picture

SVG = a_picture("Labour hold Wolverhampton").svg


@pytest.fixture
def pen() -> Iterator[Pen]:
    with closing(Pen(font_files())) as pen:
        yield pen


def process_of(pen: Pen) -> subprocess.Popen[bytes]:
    assert pen._process is not None
    return pen._process


def test_both_libraries_draw_the_same() -> None:
    drawn = []
    for library in LIBRARIES:
        with closing(Pen(font_files(), [library])) as pen:
            drawn.append(decoded(pen.draw(SVG)))
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0][2])) > 20, "letters were drawn"


def test_where_the_first_library_is_not_installed_the_next_draws() -> None:
    with closing(Pen(font_files(), ["no_such_library", LIBRARIES[1]])) as pen:
        assert decoded(pen.draw(SVG))
    with closing(Pen(font_files(), ["no_such_library"])) as pen, pytest.raises(PenError):
        pen.draw(SVG)


def test_one_process_draws_all(pen: Pen) -> None:
    first = pen.draw(SVG)
    process = process_of(pen)
    assert pen.draw(SVG) == first
    assert process_of(pen) is process
    assert process.pid != 0


def test_what_is_no_drawing_is_said_and_the_process_goes_on(pen: Pen) -> None:
    pen.draw(SVG)
    process = process_of(pen)
    with pytest.raises(PenError, match=r"\w"):
        pen.draw("no drawing")
    assert decoded(pen.draw(SVG))
    assert process_of(pen) is process


def test_where_no_process_can_be_started_that_is_said_and_tried_again(
    pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/no/such/python")
        with pytest.raises(PenError, match="cannot be started"):
            pen.draw(SVG)
    assert decoded(pen.draw(SVG))


def test_a_process_that_dies_is_followed_by_another(pen: Pen) -> None:
    first = pen.draw(SVG)
    process_of(pen).kill()
    process_of(pen).wait()
    assert pen.draw(SVG) == first


def test_a_drawing_that_takes_too_long_is_given_up(
    pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pen.draw(SVG)
    process_of(pen).send_signal(signal.SIGSTOP)
    with monkeypatch.context() as patched, pytest.raises(PenError, match="has ended"):
        patched.setattr(module, "_AT_MOST", 0.05)
        pen.draw(SVG)
    assert pen.draw(SVG) == first


def test_it_can_be_closed_while_it_draws(pen: Pen) -> None:
    pen.draw(SVG)
    process_of(pen).send_signal(signal.SIGSTOP)
    said: list[str] = []

    def draw() -> None:
        try:
            pen.draw(SVG)
        except PenError as error:
            said.append(str(error))

    drawing = threading.Thread(target=draw)
    drawing.start()
    time.sleep(0.05)
    pen.close()
    drawing.join(10)
    assert said == ["the process that draws has ended"]
    assert process_of(pen).returncode is not None
    with pytest.raises(PenError, match="any more"):
        pen.draw(SVG)


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
