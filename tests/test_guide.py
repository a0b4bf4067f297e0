"""The operator's guide: every command in it is run, in its order, with what it says to write."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from simulation.discord import Limits, Sandbox
from tests.feeds.site import serving
from tests.prepare.pages import NIGHT, ballot, page

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
PROGRAM = "venv/bin/election-night "
WARDS = 15


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.M | re.S)


COMMANDS = [line for block in blocks("console") for line in block.splitlines()]


@asynccontextmanager
async def begun(command: str, folder: Path, words: str) -> AsyncIterator[str]:
    """Run a command that stays until it has said *words*, and tell it to end afterwards."""
    process = await _start(command, folder)
    said: list[str] = []
    try:
        assert process.stdout is not None
        while words not in "".join(said):
            line = await asyncio.wait_for(process.stdout.readline(), 30)
            assert line, "".join(said)  # it has ended
            said.append(line.decode())
        yield "".join(said)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()


async def _start(command: str, folder: Path) -> Process:
    given = shlex.split(command.removeprefix(PROGRAM))
    clean = {name: value for name, value in os.environ.items() if "ELECTION_NIGHT" not in name}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "bot", *given,
        cwd=folder, env={**clean, "PYTHONPATH": str(ROOT)}, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip


async def done(command: str, folder: Path) -> tuple[int | None, str]:
    process = await _start(command, folder)
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def ballots(request: web.Request) -> web.StreamResponse:
    """Answer as Democracy Club does: the night's ballots, nobody elected yet."""
    mine = [ballot("Adur", f"Ward {n}", 1) for n in range(WARDS)]
    asked = request.query.get("election_date", str(NIGHT)) == str(NIGHT)
    some = mine if asked and request.query.get("page", "1") == "1" else []
    return web.Response(text=page(some), content_type="application/json")


@pytest.mark.timeout(240)
async def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    newsroom, results = blocks("csv")
    (settings,) = blocks("ini")
    (prepare, doctor, mkdir, rehearse, practice, run, ask) = COMMANDS[2:]
    async with serving() as site, Sandbox(limits=Limits.none()) as discord:
        site.pages["/api/next/ballots/"] = ballots
        site.pages["/results.csv"] = results
        discord_api = f"ELECTION_NIGHT_DISCORD_API={discord.api_base}\n"
        settings = settings.replace("https://candidates.democracyclub.org.uk", str(site.url))
        settings = settings.replace("https://sheets.example", str(site.url).rstrip("/"))
        settings = settings.replace("_TOKEN=", f"_TOKEN={discord.token}") + discord_api
        (tmp_path / ".env").write_text(settings)
        (tmp_path / "newsroom.csv").write_text(newsroom)

        status, said = await done(prepare, tmp_path)
        assert status == 0, said
        assert "Adur: 29 seats (the newsroom's sheet), 15 of them up" in said, said
        assert "1 can be declared from wards alone" in said, said
        assert (tmp_path / "nights" / "2027-05-06" / "councils.csv").is_file()
        _, said = await done(doctor, tmp_path)
        assert "2027-05-06" in said
        assert "oauth2/authorize?client_id=" in said, said
        assert "the desk sheet can declare all 1 councils" in said, said

        assert mkdir == "mkdir practice"
        (tmp_path / "practice").mkdir()
        rehearse, _, into = rehearse.partition(" > ")
        async with begun(f"{rehearse} --port 0", tmp_path, "\n# ELECTION_NIGHT_PA_") as env:
            (tmp_path / into).write_text(
                env.replace("# ELECTION_NIGHT_TOKEN=", f"ELECTION_NIGHT_TOKEN={discord.token}")
                + f"\n{discord_api}"
            )
            async with begun(practice, tmp_path, "Ready as") as said:
                assert "2027-05-06" in said
        assert list((tmp_path / "practice" / "var").glob("rehearsal-*.sqlite"))

        async with begun(run, tmp_path, "Ready as"):
            pass
        status, said = await done(ask, tmp_path)
        assert status == 0, said
        assert "Adur" in said


def test_the_wheel_that_the_guide_installs_is_the_one_that_is_built() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version is not None
    assert COMMANDS[0] == "python3 -m venv venv"
    assert COMMANDS[1].split()[-1] == f"election_night-{version[1]}-py3-none-any.whl"
