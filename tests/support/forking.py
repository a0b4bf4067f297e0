"""Processes that are started and killed often: forked off one that has imported all they need.

A process that begins anew takes a second of computing to import the bot; one that is forked is
there at once, and is as much a process of its own.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Forks:
    """Runs a module's `work` in processes, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, argument: str, within: float = 60.0) -> int:
        """Call `work(argument)` in a new process; return its exit status, or minus its signal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert "\n" not in argument
        self._process.stdin.write(f"{argument}\n".encode())
        async with asyncio.timeout(within):
            answer = await self._process.stdout.readline()
        return int(answer)


@asynccontextmanager
async def forks(module: str) -> AsyncIterator[Forks]:
    """Import a module in a process, off which its work is forked inside; end all at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, module,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield Forks(process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


def _serve(module: str) -> None:
    """Fork for each line that comes in, and answer each with how its process ended."""
    work = importlib.import_module(module).work
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            status = 1
            try:
                work(line.rstrip("\n"))
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), file=answers, flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
