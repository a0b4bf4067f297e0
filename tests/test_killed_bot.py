"""The whole bot, feeds and all, killed with SIGKILL in the middle of the night, again and again."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.clock import RealClock, SteppedClock
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import EVERY, AlertKind, Topic
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Sandbox
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.support.tables import shipped

NIGHT = date(2022, 5, 5)
KILLS = 7
JUMPS = 30
CONTESTS_AND_THE_LARGEST = 26 + 1
WITHOUT_CRAWLEY = 36
"""33 changes of hands and 4 first elections, less Crawley: nobody is at the desk."""


def titles(channel: Channel) -> Counter[str]:
    return Counter(e["title"] for message in channel.messages for e in message.embeds)


class Bot:
    """`run` in a process of its own, started and killed."""

    def __init__(self, database: Path, sandbox: Sandbox, rehearsal: Rehearsal) -> None:
        self._environment = {
            **os.environ,
            "ELECTION_NIGHT_DATABASE": str(database),
            "ELECTION_NIGHT_TOKEN": sandbox.token,
            "ELECTION_NIGHT_DISCORD_API": sandbox.api_base,
            "ELECTION_NIGHT_PA_URLS": rehearsal.pa_url,
            "ELECTION_NIGHT_PA_INTERVAL": "1",
            "ELECTION_NIGHT_DEMOCRACY_CLUB_URL": rehearsal.dc_url,
            "ELECTION_NIGHT_DEMOCRACY_CLUB_INTERVAL": "1",
            "ELECTION_NIGHT_NIST_URLS": rehearsal.counts_url,
            "ELECTION_NIGHT_DOCUMENTS_INTERVAL": "1",
            "ELECTION_NIGHT_LOG_LEVEL": "error",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=self._environment
        )

    async def end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), 20)


async def until(condition: object, within: float = 60.0) -> None:
    assert callable(condition)
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.1)


@pytest.mark.night
@pytest.mark.timeout(280)
async def test_killed_in_the_middle_of_the_night(sandbox: Sandbox, tmp_path: Path) -> None:
    database, almanac, fate = tmp_path / "night.sqlite", shipped(), random.Random(5)
    guild = sandbox.add_guild("Newsroom")
    everything, conservative, hull = map(guild.add_channel, ("all", "con", "hull"))
    ballots, milestones = map(guild.add_channel, ("contests", "milestones"))
    async with Writer(database) as writer:
        subscriptions = Subscriptions(writer, RealClock())
        for channel, topic, value in (
            (everything, Topic.ALL, ""),
            (conservative, Topic.PARTY, "Con"),
            (hull, Topic.COUNCIL, "KHL"),
            (ballots, Topic.CONTESTS, EVERY),
            (milestones, Topic.MILESTONES, EVERY),
        ):
            await subscriptions.add(Destination(channel.id, guild.id), topic, value, by=1)
    recorded = Night.load("2022-05-05")
    clock = SteppedClock(recorded.timetable[0].at - timedelta(hours=1))
    async with Rehearsal(recorded, clock) as rehearsal:
        bot = Bot(database, sandbox, rehearsal)
        before_polls_close = [m for m in rehearsal.moments if m.date() == NIGHT]
        await clock.move_to(before_polls_close[-1])
        await bot.start()
        with Reader(database, almanac) as reader:
            await until(lambda: sum(feed.caught_up for feed in reader.feeds()) == 3)
            jumps = rehearsal.moments[len(before_polls_close) :: len(rehearsal.moments) // JUMPS]
            kills = set(fate.sample(range(1, len(jumps) - 1), KILLS))
            for number, moment in enumerate(jumps):
                await clock.move_to(moment)
                await asyncio.sleep(fate.uniform(0.1, 1.3))
                if number in kills:
                    assert await bot.end(signal.SIGKILL) == -signal.SIGKILL
                    await bot.start()
            await clock.move_to(rehearsal.moments[-1])
            await until(lambda: titles(everything).total() >= WITHOUT_CRAWLEY)
            await until(lambda: titles(ballots).total() >= CONTESTS_AND_THE_LARGEST)
            await asyncio.sleep(2.5)
            told = [
                claim
                for claim in reader.claims(NIGHT)
                if claim.version.content is not None
                and claim.version.content.alert_kind is not AlertKind.HOLD
            ]
        assert await bot.end(signal.SIGTERM) == 0
    assert len(told) == WITHOUT_CRAWLEY
    assert not any(claim.seeded for claim in told)
    for channel in (everything, conservative, hull, ballots, milestones):
        assert set(titles(channel).values()) == {1}, titles(channel)
    assert titles(everything).total() == WITHOUT_CRAWLEY
    concerning = re.compile("Conservatives")
    assert titles(conservative).keys() == {
        title for title in titles(everything) if concerning.search(title)
    }
    assert titles(hull) == {"Lib Dems gain Kingston upon Hull from Labour": 1}
    assert titles(ballots).total() == CONTESTS_AND_THE_LARGEST
    assert [title for title in titles(ballots) if "largest" in title] == [
        "Sinn Féin certain to be largest Assembly party"
    ]
    assert rebuild(database).differences == ()
    with open_for_reading(database) as connection:
        states = {state for (state,) in connection.execute("SELECT state FROM deliveries")}
    connection.close()
    assert states == {"sent"}
