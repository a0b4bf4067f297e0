"""Stopping on SIGTERM or Ctrl+C: in good order, within a bound, and at once when told twice."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from types import FrameType

_WITHIN = 10.0
"""Seconds after the first signal, when the process ends whatever is still to be closed."""
_TOLD_TWICE = "Stopped at once, as it was told to twice; what is committed is kept.\n"
_TOO_LONG = "Stopped, though not everything could be closed; what is committed is kept.\n"


def told_to_stop(within: float = _WITHIN) -> asyncio.Event:
    """Return what is set by SIGTERM or Ctrl+C, from now on until the process ends.

    The process ends *within* so many seconds then, also if the event loop or a thread hangs; a
    second signal ends it at once.
    """
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def hear(number: int, _: FrameType | None) -> None:
        # Not by the loop: while that is blocked or being closed, it would not hear.
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda second, _: _leave(128 + second, _TOLD_TWICE))
        bound = threading.Timer(within, _leave, (0, _TOO_LONG))
        bound.daemon = True
        bound.start()
        if not loop.is_closed():
            loop.call_soon_threadsafe(told.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hear)
    return told


def _leave(status: int, sentence: str) -> None:
    """End the process. Not by the log, for whoever hangs may hold its lock."""
    os.write(2, sentence.encode())
    os._exit(status)
