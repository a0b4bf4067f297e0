"""Printing at a terminal, or into a pipe that somebody may stop reading, and reading from it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import select
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TextIO

_PIPE_CHECK_INTERVAL = 0.25
_PROGRESS_INTERVAL_ON_SCREEN = 0.1
_PROGRESS_INTERVAL_IN_A_LOG = 5.0
_LARGEST_READ = 65_536

_discarding = threading.Event()
"""Set once nobody reads what this process prints."""


def say(text: str) -> None:
    """Print *text* at once; nothing where nobody reads on."""
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        discard_output()


def discard_output() -> None:
    """Let what is still to be printed go nowhere, including what Python prints as it ends."""
    _discarding.set()
    with (
        contextlib.suppress(OSError, io.UnsupportedOperation),
        Path(os.devnull).open("wb") as nowhere,
    ):
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


async def nobody_reads() -> None:
    """Wait until nobody reads standard output any more; for ever where it is no pipe."""
    try:
        number = sys.stdout.fileno()
    except (OSError, io.UnsupportedOperation):
        await asyncio.Event().wait()
    poll = select.poll()
    poll.register(number, 0)  # errors are reported unasked
    while not _discarding.is_set():
        if any(event & select.POLLERR for _, event in poll.poll(0)):
            break
        await asyncio.sleep(_PIPE_CHECK_INTERVAL)
    discard_output()


class Progress:
    """Shows how far a long piece of work has come; silent for work of less than a second.

    On a screen it is one line that rewrites itself, in a log a line now and then.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._on_screen = self._out.isatty()
        self._interval = (
            _PROGRESS_INTERVAL_ON_SCREEN if self._on_screen else _PROGRESS_INTERVAL_IN_A_LOG
        )
        self._began = self._last = time.monotonic()
        self._width = 0

    def say(self, text: str) -> None:
        """Show *text* as the present state, unless something was shown a moment ago."""
        now = time.monotonic()
        if now - self._began < 1.0 or now - self._last < self._interval:
            return
        self._last = now
        if self._on_screen:
            self._write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self._write(text + "\n")

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._on_screen and self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # nobody reads it: the work goes on
            self._out.write(text)
            self._out.flush()


async def lines_typed(descriptor: int) -> AsyncIterator[str]:
    """Yield the lines that come in on a file *descriptor* until it ends.

    It has no thread, which Ctrl+C would have to wait for.
    """
    loop = asyncio.get_running_loop()
    typed: asyncio.Queue[bytes] = asyncio.Queue()
    loop.add_reader(descriptor, lambda: typed.put_nowait(_read(descriptor)))
    rest = b""
    try:
        while chunk := await typed.get():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
    finally:
        loop.remove_reader(descriptor)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _LARGEST_READ)
    except OSError:
        return b""  # the terminal is gone
