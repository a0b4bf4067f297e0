"""Progress on standard error: one line that rewrites itself, or a line now and then in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TextIO

_EVERY_SECONDS_ON_SCREEN = 0.1
_EVERY_SECONDS_IN_A_LOG = 5.0


class Progress:
    """Says how far a long piece of work has come; silent for work that is done within a second."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._on_screen = self._out.isatty()
        self._began = self._last = time.monotonic()
        self._width = 0

    def say(self, text: str) -> None:
        """Show *text* as the present state, unless something was shown a moment ago."""
        now = time.monotonic()
        every = _EVERY_SECONDS_ON_SCREEN if self._on_screen else _EVERY_SECONDS_IN_A_LOG
        if now - self._began < 1.0 or now - self._last < every:
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
