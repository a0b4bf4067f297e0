"""`python -m bot demo` as a process of its own, and all that it has printed."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


def free_port() -> int:
    """Return a port where nothing listens."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Demo:
    """The process, and all that it has printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed = ""

    async def read(self, stream: asyncio.StreamReader | None) -> None:
        """Keep what a stream brings until it ends."""
        assert stream is not None
        whole = codecs.getincrementaldecoder("utf-8")()  # a chunk may end within a character
        while chunk := await stream.read(4096):
            self.printed += whole.decode(chunk)

    async def says(self, wanted: str | re.Pattern[str], within: float = 60) -> str:
        """Wait until something is printed, and return it."""
        async with asyncio.timeout(within):
            while not (found := re.search(wanted, self.printed)):
                assert self.process.returncode is None, self.printed
                await asyncio.sleep(0.05)
        return found.group()

    async def ends(self) -> int:
        """Wait until the process has ended and return its status."""
        return await asyncio.wait_for(self.process.wait(), 20)


@contextlib.asynccontextmanager
async def demo(
    folder: Path, *arguments: str, tables: Path | None = None, stdin: int | None = None
) -> AsyncIterator[Demo]:
    """Start a demo whose database is in *folder*, of *tables* or the whole night; kill it after."""
    of = () if tables is None else ("--tables", str(tables))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--db", "night.sqlite", *of, *arguments,
        cwd=folder, stdin=stdin if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    started = Demo(process)
    reading = [asyncio.create_task(started.read(s)) for s in (process.stdout, process.stderr)]
    try:
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(*reading)
