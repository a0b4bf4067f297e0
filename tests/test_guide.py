"""The operator's guide: every command on the page is run, in its order, with what it says to write.

Democracy Club, the spreadsheet and Discord are servers on loopback. Nothing of the commands is
written here: a command that is added to the page is run, or this fails.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.almanac.tables import load_almanac
from bot.clock import SteppedClock
from bot.election.control import Control, Outcome
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.ingest import Ingest
from bot.store.reader import Reader
from bot.store.writer import Writer
from simulation.discord import Limits, Sandbox
from tests.feeds.site import Site, serving
from tests.prepare.pages import NIGHT, ballot, page
from tests.support.wheel import built_wheel, install

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
SHEETS = "https://sheets.example"
KEY = "nobodys-key-of-democracy-club"
WARDS = [f"Ward {n}" for n in range(15)]
HELD = [*["Labour"] * 9, *["Reform UK"] * 2, *["Independent"] * 2, *["Green"] * 2]


WEEKS = timedelta(weeks=max(0, (datetime.now(UTC).date() - NIGHT).days // 7 + 2))
"""By how much the page's nights are moved so that they are still to come, whenever it is tested."""
LATER = date(2027, 6, 10)
GUIDE = PAGE.replace(str(LATER), str(LATER + WEEKS)).replace(str(NIGHT), str(NIGHT + WEEKS))


EARLIER = re.findall(r"\d{4}-\d\d-\d\d", PAGE.partition("--earlier")[2])


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.M | re.S)


class Machine:
    """A terminal in an empty folder; the guide's commands are given one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = ""
        self.commands: Iterator[str] = iter(
            [line for block in blocks("console") for line in block.splitlines()]
        )

    async def start(self, expected: str, more: str = "", **environment: str) -> Process:
        """Give the next command, which is the *expected* one, with *more* after it."""
        command = next(self.commands).replace(SHEETS, self.site)
        assert command.removeprefix("venv/bin/").startswith(expected), command
        program, _, into = command.partition(" > ")
        clean = {k: v for k, v in os.environ.items() if "ELECTION_NIGHT" not in k}
        clean.pop("PYTHONPATH", None)
        return await asyncio.create_subprocess_shell(
            f"exec {program}{more} > {into}" if into else f"exec {program}{more}",
            cwd=self.folder,
            env={**clean, "PYTHONUNBUFFERED": "1", **environment},
            stdout=PIPE,
            stderr=STDOUT,
        )

    async def done(
        self, expected: str, more: str = "", **environment: str
    ) -> tuple[int | None, str]:
        """Return the next command's exit status and what it has said."""
        process = await self.start(expected, more, **environment)
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    async def well(self, expected: str, more: str = "", **environment: str) -> str:
        """Return what the next command has said; its exit status is 0."""
        status, said = await self.done(expected, more, **environment)
        assert status == 0, said
        return said

    @asynccontextmanager
    async def while_it_runs(self, expected: str, words: str, more: str = "") -> AsyncIterator[None]:
        """Give a command that stays until Ctrl+C, and go on once it has said *words*."""
        process = await self.start(expected, more)
        said: list[str] = []
        try:
            assert process.stdout is not None
            while words not in "".join(said):
                line = await asyncio.wait_for(process.stdout.readline(), 30)
                assert line, "".join(said)  # it has ended
                said.append(line.decode())
            yield
        finally:
            process.send_signal(signal.SIGINT)
            await process.communicate()


class DemocracyClub:
    """Its list of ballots: 15 wards of Adur vote, and a ward of Leeds on the later day."""

    def __init__(self, site: Site) -> None:
        self.keys: set[str | None] = set()
        site.pages["/api/next/ballots/"] = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.keys.add(request.headers.get("Authorization"))
        first = request.query.get("page", "1") == "1"
        found = self.ballots(date.fromisoformat(request.query["election_date"])) if first else []
        return web.Response(text=page(found), content_type="application/json")

    def ballots(self, day: date) -> list[dict[str, Any]]:
        """Return a day's ballots: nobody is elected yet, except on the first of earlier days."""
        about: dict[str, Any] = {"night": day, "last_updated": "2026-11-01T12:00:00+00:00"}
        if day == LATER + WEEKS:
            return [ballot("Leeds", "Armley", by=True, **about)]
        if day == NIGHT + WEEKS:
            return [ballot("Adur", ward, **about) for ward in WARDS]
        if str(day) != EARLIER[0]:
            return []
        won = zip(WARDS, HELD, strict=True)
        return [ballot("Adur", ward, 1, [party], **about) for ward, party in won]


def settings(site: Site, discord: Sandbox) -> str:
    """Return the `.env` of the guide with the servers on loopback."""
    (written,) = blocks("ini")
    for name, value in (("TOKEN", discord.token), ("DEMOCRACY_CLUB_KEY", KEY)):
        written = written.replace(f"NIGHT_{name}=", f"NIGHT_{name}={value}")
    written = written.replace("https://candidates.democracyclub.org.uk", str(site.url))
    written = written.replace(SHEETS, str(site.url).rstrip("/"))
    return written + f"ELECTION_NIGHT_DISCORD_API={discord.api_base}\n"


@pytest.mark.timeout(240)
async def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    home = Machine(tmp_path)
    newsroom, results = blocks("csv")
    async with serving() as site, Sandbox(limits=Limits.none()) as discord:
        club = DemocracyClub(site)
        site.pages["/newsroom.csv"], site.pages["/results.csv"] = newsroom, results
        await installed(home)
        (tmp_path / ".env").write_text(settings(site, discord))
        await home.well("chmod 600 .env")

        home.site = str(site.url).rstrip("/")
        said = await home.well("election-night prepare")
        assert "Adur: 29 seats (the newsroom's sheet), 15 of them up" in said, said
        assert "1 can be declared from wards alone" in said, said
        assert (tmp_path / "nights" / str(NIGHT + WEEKS) / "councils.csv").is_file()
        await declare(tmp_path, results)
        _, said = await home.done("election-night doctor")
        told = said.partition("Findings")[2]
        assert "oauth2/authorize?client_id=" in told, said
        assert "Democracy Club will declare 1 of 1 council by their wards" in told, said
        assert "the desk sheet can declare all 1 councils" in told, said
        assert set(re.findall(r"BAD  (\w+):", told)) == {"servers"}, said
        assert KEY not in said
        assert discord.token not in said

        await home.well("mkdir practice")
        await rehearsed(home, discord)
        async with home.while_it_runs("election-night run", "Ready as"):
            pass
        said = await home.well("election-night ask")
        assert "Adur" in said
        said = await home.well("election-night prepare")
        assert "1 by-election of a ward" in said, said
        assert next(home.commands, None) is None
        assert club.keys == {f"Token {KEY}"}


async def declare(folder: Path, results: str) -> None:
    """See the results of the guide declare its council on the night that was prepared."""
    almanac, night = load_almanac(prepared=folder / "nights"), NIGHT + WEEKS
    clock = SteppedClock(almanac.night(night).polls_close + timedelta(hours=5))
    async with Writer(folder / "declared.db") as writer:
        for _ in range(2):  # a second fetch confirms it
            reading = read("desk_sheet", f"desk_sheet_{night}.csv", results.encode(), clock.now())
            await Ingest(writer, almanac, clock).file(Fetch("desk_sheet", (reading,), {}))
            await clock.move_to(clock.now() + timedelta(minutes=1))
        with Reader(folder / "declared.db", almanac) as reader:
            adur = reader.council(night, "ADU")
            assert adur is not None
            assert adur.declared is not None, adur
            now = {"Lab": 15, "Reform": 8, "Ind": 4, "Green": 2}
            assert dict(adur.declared.now) == now
            assert (adur.declared.after, adur.declared.outcome) == (Control("Lab"), Outcome.HOLD)


async def installed(home: Machine) -> None:
    """Run the commands of the installation, with no network."""
    built = built_wheel(home.folder)
    python = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    await home.well("python3 -m venv venv", " --without-pip", PATH=python)
    command = next(home.commands)
    assert command == f"venv/bin/pip install {built.name}"
    install(built, home.folder / "venv")


async def written(file: Path) -> str:
    """Return the settings that a rehearsal writes, once all of them are there."""
    async with asyncio.timeout(30):
        while not file.exists() or "# ELECTION_NIGHT_PA_" not in file.read_text():
            await asyncio.sleep(0.1)
    return file.read_text()


async def rehearsed(home: Machine, discord: Sandbox) -> None:
    """Rehearse, with the token put into the practice's `.env` as the guide says."""
    file = home.folder / "practice" / ".env"
    async with home.while_it_runs("election-night rehearse", "", " --port 0"):
        env = await written(file)
        assert "\nELECTION_NIGHT_TOKEN=\n" in env
        assert "take the line with `ELECTION_NIGHT_PA_URLS` out" in GUIDE
        env = re.sub(r"^ELECTION_NIGHT_PA_URLS=.*\n", "", env, flags=re.M)
        env = env.replace("NIGHT_TOKEN=", f"NIGHT_TOKEN={discord.token}")
        file.write_text(f"{env}\nELECTION_NIGHT_DISCORD_API={discord.api_base}\n")
        async with home.while_it_runs("election-night run --home practice", "Ready as"):
            pass
    assert list((home.folder / "practice" / "var").glob("rehearsal-*.sqlite"))
