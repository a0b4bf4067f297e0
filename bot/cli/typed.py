"""What is typed at the terminal, without a thread that Ctrl+C would have to wait for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

_MOST_AT_ONCE = 65_536


async def lines_typed(descriptor: int) -> AsyncIterator[str]:
    """Yield the lines that come in on a file *descriptor* until it ends."""
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
        return os.read(descriptor, _MOST_AT_ONCE)
    except OSError:
        return b""  # the terminal is gone
