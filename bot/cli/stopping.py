"""Stopping on SIGTERM or Ctrl+C: cleanly, within a time limit, and at once on a second signal."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from types import FrameType

_WITHIN = 10.0
"""Seconds after the first signal until the process ends, whatever is still open."""
_TOLD_TWICE = "Stopped at once, as it was told to twice; what is committed is kept.\n"
_TOO_LONG = "Stopped, though not everything could be closed; what is committed is kept.\n"


def told_to_stop(within: float = _WITHIN) -> asyncio.Event:
    """Return an event that SIGTERM or Ctrl+C sets from now on.

    After that the process ends *within* so many seconds, even if the event loop or a thread hangs;
    a second signal ends it at once.
    """
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def stop(number: int, _: FrameType | None) -> None:
        # Not by the event loop, which may be blocked or closing.
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda second, _: _leave(128 + second, _TOLD_TWICE))
        bound = threading.Timer(within, _leave, (0, _TOO_LONG))
        bound.daemon = True
        bound.start()
        if not loop.is_closed():
            loop.call_soon_threadsafe(told.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return told


def _leave(status: int, sentence: str) -> None:
    """End the process; without the log, whose lock a hanging thread may hold."""
    os.write(2, sentence.encode())
    os._exit(status)
