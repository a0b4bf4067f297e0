"""The machine fails at random, for seconds, and the bot is killed: the night is as without."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest

from bot.app import policy_of
from bot.clock import RealClock, SteppedClock
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import EVERY, AlertKind, Topic
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.feed import Feed
from bot.feeds.folders import DiskFolder, HttpFolder
from bot.feeds.http import PoliteClient
from bot.ingest.ingest import Ingest
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from bot.wording.councils import outcome_sentence
from simulation.discord import Channel, Sandbox
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.support.night_at_hand import NIGHT, small_tables
from tests.support.tables import shipped
from tests.troubled_bot import Trouble

LOCK, RESTORE = "lock", "restore"
"""What is done from outside: another process writes to the file; a copy of it is put back."""
TOPICS = (
    (Topic.ALL, ""),
    (Topic.PARTY, "Con"),
    (Topic.COUNCIL, "KHL"),
    (Topic.CONTESTS, EVERY),
    (Topic.MILESTONES, EVERY),
)

# Numbers and times differ from run to run, as what one fetch brings does.
IN_FORCE = {
    "standings": "night, council, name, votes, new_council, boundary_change, seats_up, before, "
    "before_source, after, outcome, basis, by_desk, confirmed, differences, lacking, total, "
    "baseline, state",
    "standing_seats": "*",
    "ballots": "night, ballot, kind, name, elected, declared, confirmed, by_desk, differences, "
    "state",
    "wards": "night, council, ballot, name, gss, seats, declared, counts, by_election, vacant, won",
    "wire_names": "what, code, name",
    "reports": "kind, night, council, revision, content, verdict, reasons",
}
ONLY = {"reports": "kind IN ('result', 'nominations')"}
"""Of a page that is replaced by the next, a run may miss the one or the other."""


InForce = dict[str, list[tuple[object, ...]]]


class TroubledBot:
    """`run` in a process of its own, on a machine that fails."""

    def __init__(self, folder: Path, sandbox: Sandbox, rehearsal: Rehearsal) -> None:
        self.database = folder / "night.sqlite"
        self._environment = {
            **os.environ,
            "ELECTION_NIGHT_DATABASE": str(self.database),
            "ELECTION_NIGHT_NIGHT": NIGHT.isoformat(),
            "ELECTION_NIGHT_TOKEN": sandbox.token,
            "ELECTION_NIGHT_DISCORD_API": sandbox.api_base,
            "ELECTION_NIGHT_PA_FOLDERS": str(folder / "pa"),
            "ELECTION_NIGHT_PA_INTERVAL": "1",
            "ELECTION_NIGHT_DEMOCRACY_CLUB_URL": rehearsal.dc_url,
            "ELECTION_NIGHT_DEMOCRACY_CLUB_INTERVAL": "1",
            "ELECTION_NIGHT_NIST_URLS": rehearsal.counts_url,
            "ELECTION_NIGHT_DOCUMENTS_INTERVAL": "1",
            "ELECTION_NIGHT_LOG_LEVEL": "error",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the bot, and wait until it asks its feeds."""
        self._process = await self._run("-m", "tests.troubled_bot")
        assert self._process.stdout is not None
        assert await asyncio.wait_for(self._process.stdout.readline(), 60)
        self._output = asyncio.create_task(self._process.stdout.read())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.end(signal.SIGKILL)

    async def end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), 30)

    async def suffer(self, trouble: str, seconds: float) -> None:
        """Let the machine fail, and wait until that is over."""
        assert self._process is not None
        if trouble == LOCK:
            await asyncio.to_thread(self._locked, seconds)
            return
        assert self._process.stdin is not None
        self._process.stdin.write(f"{trouble} {seconds}\n".encode())
        await asyncio.sleep(seconds)

    def copy(self) -> None:
        """Keep a copy of the file, as an operator would beside the running bot."""
        with (
            closing(sqlite3.connect(self.database)) as one,
            closing(sqlite3.connect(self._copy)) as other,
        ):
            one.backup(other)

    async def put_back(self) -> None:
        """Kill the bot, put the copy in the file's place, and start it again."""
        assert await self.end(signal.SIGKILL) == -signal.SIGKILL
        restoring = await self._run("-m", "bot", "restore", str(self._copy), "--yes")
        await restoring.communicate()
        assert restoring.returncode == 0
        await self.start()

    @property
    def _copy(self) -> Path:
        return self.database.with_name("copy.sqlite")

    def _locked(self, seconds: float) -> None:
        with closing(sqlite3.connect(self.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)

    async def _run(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )


async def until(condition: Callable[[], bool], within: float) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.1)


def titles(channel: Channel) -> Counter[str]:
    return Counter(e["title"] for message in channel.messages for e in message.embeds)


def in_force(path: Path) -> InForce:
    """Return what holds at the end: of every table what does not depend on when things came in."""
    with closing(open_for_reading(path)) as db:
        return {
            table: sorted(
                map(
                    tuple,
                    db.execute(
                        f"SELECT DISTINCT {columns} FROM {table} WHERE {ONLY.get(table, True)}"
                    ),
                ),
                key=repr,
            )
            for table, columns in IN_FORCE.items()
        }


def mirror(rehearsal: Rehearsal, folder: Path) -> None:
    """Let PA's folder on disk have what has been published, as an FTP mirror would."""
    folder.mkdir(exist_ok=True)
    now = rehearsal.clock.now()
    files = {each.name: each for each in rehearsal.script.publications if each.at <= now}
    for name, published in files.items():
        file = folder / name
        if not file.exists() or file.read_bytes() != published.body:
            unfinished = folder / f".{name}"
            unfinished.write_bytes(published.body)
            unfinished.rename(file)


async def undisturbed(folder: Path, rehearsal: Rehearsal) -> tuple[Path, Counter[str]]:
    """Take in all that the feeds have at the end; return the file, and what is to be told of it."""
    path, almanac, clock = folder / "undisturbed.sqlite", shipped(), RealClock()
    async with Writer(path) as writer, PoliteClient() as http:
        ingest = Ingest(writer, almanac, clock, policy=policy_of(Settings()))
        feeds: list[Feed] = [
            DiskFolder("pa", folder / "pa", clock),
            DemocracyClubBallots("democracy_club", rehearsal.dc_url, NIGHT, http, clock),
            HttpFolder("nist", rehearsal.counts_url, http, clock),
        ]
        for feed in feeds:
            await ingest.file(await feed.fetch({}))
    with Reader(path, almanac) as reader:
        told = Counter(
            outcome_sentence(reader.council_of(claim.council), content, almanac.parties, claim.now)
            for claim in reader.claims(NIGHT)
            if (content := claim.version.content) is not None
            and content.alert_kind is not AlertKind.HOLD
        )
    return path, told


def differences(one: InForce, other: InForce) -> dict[str, set[tuple[object, ...]]]:
    """Return the rows by table that only one of two has."""
    found = {table: set(one[table]) ^ set(other[table]) for table in one}
    return {table: rows for table, rows in found.items() if rows}


class Fate:
    """Draws what happens next, by a seed."""

    def __init__(self, seed: int, longest: float) -> None:
        self._random = random.Random(seed)
        self._longest = longest
        self._left: list[str] = []

    def trouble(self) -> str:
        """Return the next trouble: each comes as often as the others."""
        if not self._left:
            self._left = [*Trouble, LOCK]
            self._random.shuffle(self._left)
        return self._left.pop()

    def seconds(self) -> float:
        return self._random.uniform(0.4, self._longest)

    def moments(self, many: int, of: int) -> set[int]:
        """Return *many* of the numbers below *of*."""
        return set(self._random.sample(range(1, of), many))


async def night_of_troubles(
    folder: Path,
    sandbox: Sandbox,
    *,
    seed: int,
    jumps: int,
    kills: int,
    longest: float,
    restored: bool,
    tables: Path | None = None,
) -> None:
    """Let a night go by on a machine that fails, and check that nothing of it shows."""
    guild = sandbox.add_guild("Newsroom")
    channels = [guild.add_channel(topic.value) for topic, _ in TOPICS]
    recorded = Night.load(NIGHT.isoformat(), tables)
    clock = SteppedClock(min(row.at for row in recorded.timetable) - timedelta(hours=1))
    fate = Fate(seed, longest)
    async with (
        Rehearsal(recorded, clock) as rehearsal,
        TroubledBot(folder, sandbox, rehearsal) as bot,
    ):
        async with Writer(bot.database) as writer:
            subscriptions = Subscriptions(writer, RealClock())
            for channel, (topic, value) in zip(channels, TOPICS, strict=True):
                place = Destination(channel.id, guild.id)
                await subscriptions.add(place, topic, value, by=1)
        (folder / "pa").mkdir()
        await bot.start()
        with Reader(bot.database, shipped()) as reader:
            await until(lambda: sum(feed.caught_up for feed in reader.feeds()) == 3, 60)
        moments = rehearsal.moments
        steps = [moments[len(moments) * (number + 1) // jumps - 1] for number in range(jumps)]
        kills_at, copied_at = fate.moments(kills, jumps), jumps // 3
        for number, moment in enumerate(steps):
            trouble, seconds = fate.trouble(), fate.seconds()
            suffering = asyncio.create_task(bot.suffer(trouble, seconds))
            await asyncio.sleep(seconds / 4)
            await clock.move_to(moment)
            mirror(rehearsal, folder / "pa")
            await suffering
            if number in kills_at:
                assert await bot.end(signal.SIGKILL) == -signal.SIGKILL
                await bot.start()
            if restored and number == copied_at:
                bot.copy()
            if restored and number == 2 * copied_at:
                await bot.put_back()
        path, told = await undisturbed(folder, rehearsal)
        expected = in_force(path)
        with contextlib.suppress(TimeoutError):  # what differs says more
            await until(lambda: in_force(bot.database) == expected, 60)
            await until(lambda: titles(channels[0]).keys() >= told.keys(), 30)
        await asyncio.sleep(longest)  # what came twice would be here by then
        assert differences(in_force(bot.database), expected) == {}
        assert await bot.end(signal.SIGTERM) == 0
    check(bot.database, channels, told)


def check(database: Path, channels: list[Channel], told: Counter[str]) -> None:
    """Nothing was turned away, lost or repeated, and the journal gives the same tables."""
    assert titles(channels[0]) == told
    for channel in channels:
        assert set(titles(channel).values()) <= {1}, titles(channel)
    with closing(open_for_reading(database)) as db:
        states = {state for (state,) in db.execute("SELECT state FROM deliveries")}
        assert db.execute("SELECT count(*) FROM own_faults").fetchone()[0] == 0
        rejected = db.execute("SELECT reasons FROM reports WHERE verdict = 'rejected'").fetchall()
    assert states <= {"sent", "replaced"}
    assert rejected == []
    assert rebuild(database).differences == ()


async def test_a_small_night_on_a_machine_that_fails(sandbox: Sandbox, tmp_path: Path) -> None:
    await night_of_troubles(
        tmp_path, sandbox, seed=1, jumps=6, kills=1, longest=0.8, restored=False,
        tables=small_tables(tmp_path),
    )  # fmt: skip


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(5))
async def test_a_whole_night_on_a_machine_that_fails(
    seed: int, sandbox: Sandbox, tmp_path: Path
) -> None:
    await night_of_troubles(
        tmp_path, sandbox, seed=seed, jumps=30, kills=5, longest=4.0, restored=True
    )
