"""SIGTERM ends the bot in good order, within a bound, and at once when it comes twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.__main__ import parser
from bot.cli import retake
from bot.store.opening import lock_for_writing
from bot.store.rebuild import rebuild
from simulation.discord import Sandbox

HANGS = """
import asyncio, sys, time
from bot.cli.stopping import told_to_stop
async def main():
    told = told_to_stop(within=float(sys.argv[1]))
    print("up", flush=True)
    await told.wait()
    print("told", flush=True)
    time.sleep(60)
asyncio.run(main())
"""


async def hanging(within: float) -> asyncio.subprocess.Process:
    """A process that is up, and whose event loop hangs as soon as it is told to stop."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HANGS, str(within),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGTERM)
    assert await process.stdout.readline() == b"told\n"
    return process


async def test_what_hangs_while_stopping_is_left_behind_after_the_bound() -> None:
    process = await hanging(within=0.1)
    _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert b"not everything could be closed" in said


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(second: signal.Signals) -> None:
    process = await hanging(within=60)
    process.send_signal(second)
    _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 128 + second
    assert b"told to twice" in said


async def bot(sandbox: Sandbox, database: Path, token: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run",
        env={
            **os.environ,
            "ELECTION_NIGHT_DATABASE": str(database),
            "ELECTION_NIGHT_TOKEN": token,
            "ELECTION_NIGHT_DISCORD_API": sandbox.api_base,
        },
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_a_refused_token_ends_it_with_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    process = await bot(sandbox, tmp_path / "night.sqlite", "not.the.token")
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert b"Traceback" not in said
    assert said.decode().splitlines()[-1].startswith("Discord refuses the token: set ELECTION")


async def test_the_bot_stops_while_discord_says_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    database = tmp_path / "night.sqlite"
    process = await bot(sandbox, database, sandbox.token)
    await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=60)
    sandbox.faults.gateway_silent = True
    connections = sandbox.gateway_control.taken
    sandbox.gateway_control.close()
    await sandbox.wait_for(lambda: sandbox.gateway_control.taken > connections, within=30)
    process.send_signal(signal.SIGTERM)
    _, said = await asyncio.wait_for(process.communicate(), 30)
    sandbox.faults.gateway_silent = False
    assert process.returncode == 0
    assert b"Traceback" not in said
    assert b"left behind" not in said
    assert b"everything is kept" in said
    lock_for_writing(database).close()
    assert rebuild(database).differences == ()


def test_ctrl_c_while_a_command_is_loaded_ends_it_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handlers: list[object] = []

    def load(name: str) -> ModuleType:
        handlers.append(signal.getsignal(signal.SIGINT))
        return sys.modules["bot.cli.retake"]

    monkeypatch.setattr("bot.__main__.importlib.import_module", load)
    # A command that was run in this process may have left its own.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        given = parser().parse_args(["retake"])
        handlers.append(signal.getsignal(signal.SIGINT))
    finally:
        signal.signal(signal.SIGINT, before)
    assert given.main is retake.main
    assert handlers == [signal.SIG_DFL, signal.default_int_handler]
