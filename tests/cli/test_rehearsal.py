"""`rehearse` beside `run`: the run goes by the rehearsal's clock, on a file of its own."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Self

import pytest
from aiohttp import web
from dotenv import dotenv_values

from bot.__main__ import main
from bot.cli.rehearsal import clock_told_at, take_for_rehearsal
from bot.cli.replay_files import is_replayed
from bot.clock import ScaledClock, SteppedClock
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from bot.setting_files import load_settings
from bot.settings import SettingError
from bot.store.errors import StoreError
from bot.store.opening import open_for_writing
from bot.store.writer import Writer
from simulation.demo.servers import DemoServers, message_in_words
from simulation.discord import Limits, Sandbox
from simulation.rehearse import env_file
from simulation.wire.faults import Fault
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.support.night_at_hand import NIGHT, at, small_night


@pytest.fixture
def night() -> Night:
    return small_night()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextlib.asynccontextmanager
async def telling(body: str) -> AsyncIterator[str]:
    """Serve *body* as somebody else's clock."""
    app = web.Application()

    async def tell(_: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    app.router.add_get("/clock", tell)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/clock"
    finally:
        await runner.cleanup()


async def test_the_clock_that_is_followed_is_the_rehearsal_s_in_time_and_speed(
    night: Night,
) -> None:
    clock = ScaledClock(at(6, 2), 240.0)
    async with Rehearsal(night, clock) as rehearsal:
        followed = await clock_told_at(rehearsal.clock_url)
        apart = abs(followed.now() - clock.now())
    assert followed.speed == 240
    assert apart < timedelta(minutes=20)  # five seconds of a busy machine's


async def test_an_outage_of_the_feeds_is_none_of_the_clock(night: Night) -> None:
    clock = SteppedClock(at(5, 20))
    async with Rehearsal(night, clock, faults=[Fault.OUTAGE], hangs_for=0.01) as rehearsal:
        outage = rehearsal.script.outages[0]
        await clock.move_to(outage.start)
        assert (await clock_told_at(rehearsal.clock_url)).now() >= outage.start


@pytest.mark.parametrize("told", ["[]", '{"now": "soon", "speed": 1}', '{"speed": 2}', "no JSON"])
async def test_what_tells_no_clock_is_refused_in_a_sentence(told: str) -> None:
    async with telling(told) as url:
        with pytest.raises(SettingError, match=r"ELECTION_NIGHT_CLOCK \(.*\) tells no clock"):
            await clock_told_at(url)


async def test_a_clock_that_nobody_tells_is_refused_in_a_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/clock"
        with pytest.raises(SettingError, match="start `election-night rehearse` first"):
            await clock_told_at(url)


async def test_what_rehearse_prints_is_a_whole_env_file_but_for_the_token(night: Night) -> None:
    async with Rehearsal(night, SteppedClock(at(5, 20))) as rehearsal:
        printed = env_file(rehearsal, night.date)
        Path(".env").write_text(printed)
        settings = load_settings()
        assert set(dotenv_values(stream=StringIO(printed))) == {
            "ELECTION_NIGHT_TOKEN",
            "ELECTION_NIGHT_DATABASE",
            "ELECTION_NIGHT_NIGHT",
            "ELECTION_NIGHT_CLOCK",
            "ELECTION_NIGHT_PA_URLS",
            "ELECTION_NIGHT_NIST_URLS",
            "ELECTION_NIGHT_DEMOCRACY_CLUB_URL",
        }
        assert settings.clock == rehearsal.clock_url
        assert settings.night == NIGHT
        assert settings.token is None


async def test_a_night_on_the_array_is_followed_there() -> None:
    night = Night.load("2026-05-07")
    async with Rehearsal(night, SteppedClock(night.tables.night.polls_close)) as rehearsal:
        Path(".env").write_text(env_file(rehearsal, night.date))
        settings = load_settings()
        assert (settings.pa_json_urls, settings.pa_urls) == ((rehearsal.pa_json_url,), ())


def test_rehearse_keeps_the_port_that_the_night_s_date_gives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[int] = []

    class Noted(Rehearsal):
        async def __aenter__(self) -> Self:
            given.append(self._port)
            raise OSError("noted")

    monkeypatch.setattr("simulation.wire.server.Rehearsal", Noted)
    for arguments in (["2022-05-05"], ["2022-05-05"], ["2026-05-07"], [], ["--port=5600"]):
        assert main(["rehearse", *arguments])
    assert given == [5523, 5523, 7527, 5523, 5600]


def test_a_rehearsal_touches_no_live_file(tmp_path: Path) -> None:
    live = tmp_path / "live.sqlite"
    with contextlib.closing(open_for_writing(live)):
        pass
    before = live.read_bytes()
    with pytest.raises(StoreError, match="a live file, which no rehearsal may touch"):
        take_for_rehearsal(live, at(5, 20))
    assert live.read_bytes() == before


def test_a_rehearsal_goes_on_with_its_file_and_not_back_in_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "rehearsal.sqlite"
    take_for_rehearsal(file, at(5, 20))
    take_for_rehearsal(file, at(6, 3))
    assert is_replayed(file)
    with pytest.raises(StoreError, match="which has gone on to 03:00 on 06 May 2022"):
        take_for_rehearsal(file, at(5, 20))


async def _keep(stream: asyncio.StreamReader | None, lines: list[str]) -> None:
    assert stream is not None
    async for line in stream:
        lines.append(line.decode())


async def test_a_run_beside_a_rehearsal_is_told_the_night_at_the_night_s_own_time(
    night: Night, tmp_path: Path
) -> None:
    clock = ScaledClock(at(6, 6, 30), 600.0)
    clock.pause()  # until the run goes by it
    async with Sandbox(limits=Limits.none()) as sandbox, Rehearsal(night, clock) as rehearsal:
        chat = DemoServers.furnished(sandbox, night)
        summary = chat.channels[-1]
        Path(".env").write_text(
            f"{env_file(rehearsal, night.date)}\n"
            f"ELECTION_NIGHT_TOKEN={sandbox.token}\n"
            f"ELECTION_NIGHT_DISCORD_API={sandbox.api_base}\n"
        )
        file = load_settings().database
        take_for_rehearsal(file, clock.now())
        async with Writer(file) as writer:
            here = Destination(summary.id, chat.guild.id)
            await Subscriptions(writer, clock).add(here, Topic.SUMMARY, "", by=chat.admin.id)
        going = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", stderr=asyncio.subprocess.PIPE
        )
        lines: list[str] = []
        logging = asyncio.create_task(_keep(going.stderr, lines))
        try:
            await sandbox.wait_for(lambda: sandbox.registry.all(None), 60)
            clock.resume()
            await sandbox.wait_for(lambda: summary.messages, 60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                going.terminate()
            await asyncio.wait_for(going.wait(), 20)
        await logging
        logged = "".join(lines)
        told = "\n".join(map(message_in_words, summary.messages))
    assert "· breakfast edition · 07:" in told
    assert re.search(r"\b[1-6] of 200 councils declared", told)
    assert re.search(r"A rehearsal: the night is at 06:\d\d on 06 May 2022 and runs at 600", logged)
    assert "Follows the feed pa (ELECTION_NIGHT_PA_URLS)" in logged
    assert "Result of Halton: accepted (" in logged
    assert "Traceback" not in logged
    assert is_replayed(file)
