"""Standard output that somebody may stop reading, as `| head -1` does."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import select
import sys
import threading
from pathlib import Path

_LOOKS_EVERY = 0.25

_given_up = threading.Event()
"""Set once nobody reads what this process prints."""


def say(text: str) -> None:
    """Print *text* at once; nothing where nobody reads on."""
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        discard_output()


def discard_output() -> None:
    """Let what is still to be printed go nowhere, also what Python prints as it ends."""
    _given_up.set()
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
    watched = select.poll()
    watched.register(number, 0)  # what ends is told unasked

    def read() -> bool:
        return not any(what & select.POLLERR for _, what in watched.poll(0))

    while read() and not _given_up.is_set():  # noqa: ASYNC110 - neither has an event
        await asyncio.sleep(_LOOKS_EVERY)
    discard_output()
