"""The process is killed, with SIGKILL, and started again: every version arrives exactly once."""

from __future__ import annotations

import random
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.checkpoints import Checkpoint
from bot.delivery.lists import MORNING_TITLE
from bot.delivery.matching import content_of
from bot.election.alert_kinds import Topic
from bot.election.claims import ClaimContent
from bot.store.opening import open_for_reading
from bot.store.rebuild import rebuild
from bot.store.threads import Grouping
from bot.wording.councils import outcome_sentence
from simulation.discord import Channel, Sandbox
from simulation.discord.routes import channels as sandbox_channels
from tests.delivery.conftest import references
from tests.delivery.desk import ALMANAC
from tests.delivery.killed_night import Orders
from tests.support.forking import Forks, forks

REMEMBERED = 60.0
RANDOM_KILLS = 12


class Night:
    """The night's channels, and the process that is killed in it."""

    def __init__(
        self,
        sandbox: Sandbox,
        folder: Path,
        processes: Forks,
        nonce_memory: float,
        threads: Grouping | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        guild = sandbox.add_guild("Newsroom")
        reader = sandbox.add_user("Ann")
        guild.add_member(reader)
        everything, liberal = guild.add_channel("all"), guild.add_channel("liberal")
        self.channels: list[Channel] = [everything, liberal, sandbox.direct_channel(reader)]
        forum = guild.add_channel("councils", "forum") if threads else None
        self._parents = [*self.channels, *([forum] if forum else [])]
        self._processes = processes
        self._path = folder / "night.sqlite"
        self._orders = Orders(
            database=str(self._path),
            api=sandbox.api_base,
            token=sandbox.token,
            channels=(
                (everything.id, guild.id, Topic.ALL, ""),
                (liberal.id, guild.id, Topic.PARTY, "LD"),
                (reader.id, None, Topic.PARTY, "Lab"),
                *([(forum.id, guild.id, Topic.ALL, "forum")] if forum else []),
            ),
            nonce_memory=nonce_memory,
            threads=threads,
            quiet=quiet,
        )

    async def run(self, **orders: Any) -> int:
        """Let the process run until it dies or the night is over; return its exit status."""
        return await self._processes.run(replace(self._orders, **orders).to_json())

    async def dies(self, checkpoint: Checkpoint, **orders: Any) -> None:
        """Let the process be killed at a point, which it has to come to."""
        killed = await self.run(die_at=checkpoint, **orders)
        assert killed == -signal.SIGKILL, f"the point {checkpoint.name} was never passed"

    def check(self) -> None:
        """Every destination has what it is to have, once, and what was wrong is struck."""
        threads = [each for parent in self._parents for each in parent.threads]
        assert len({(each.thread and each.thread.parent, each.name) for each in threads}) == len(
            threads
        )
        self.channels += threads
        db = open_for_reading(self._path)
        states = Counter(row["state"] for row in db.execute("SELECT state FROM deliveries"))
        assert set(states) <= {"sent", "replaced"}, states
        receipts = {
            row["reference"]: row
            for row in db.execute(
                "SELECT r.*, d.reference FROM receipts AS r JOIN deliveries AS d ON d.id = delivery"
            )
        }
        shown: Counter[str] = Counter()
        for channel in self.channels:
            for message in channel.messages:
                for reference in references(message):
                    shown[reference] += 1
                    assert receipts[reference]["message_id"] == message.id
        assert shown == Counter(receipts.keys())
        self._check_struck(db)
        db.close()
        assert rebuild(self._path).differences == ()

    def check_morning(self) -> None:
        """What was told before the quiet hours and in the morning is all there, once, and true."""
        db = open_for_reading(self._path)
        holds = _holding(db)
        mornings = {
            channel.id: [one for one in channel.messages if one.embeds[0]["title"] == MORNING_TITLE]
            for channel in self.channels
        }
        assert sorted(map(len, mornings.values())) == [0, 1, 1]  # nothing was held for the LDs
        for (morning,) in filter(None, mornings.values()):
            listed = morning.embeds[0]["description"].splitlines()
            held = db.execute(
                "SELECT council FROM deliveries WHERE gathered = 'morning' AND state = 'sent' "
                "AND post_id IN (SELECT id FROM posts WHERE message_id = ?)",
                (morning.id,),
            ).fetchall()
            assert len(held) == len(listed) > 5
            for (council,) in held:
                said = holds[ALMANAC.councils.get(council).name]
                assert sum(line.endswith(f": {said}") for line in listed) == 1
        for channel in self.channels:
            every = Counter(
                reference for message in channel.messages for reference in references(message)
            )
            assert set(every.values()) == {1}
        states = {row["state"] for row in db.execute("SELECT state FROM deliveries")}
        assert states <= {"sent", "replaced"}
        db.close()
        assert rebuild(self._path).differences == ()

    def _check_struck(self, db: sqlite3.Connection) -> None:
        """In each channel, what stands about a council is what is claimed now, and something is."""
        holds = _holding(db)
        for channel in self.channels:
            embeds = [embed for message in channel.messages for embed in message.embeds]
            if any(channel.threads):
                assert not embeds
                continue
            titles = [embed["title"].removeprefix("CORRECTION: ") for embed in embeds]
            standing = {title for title in titles if not title.startswith("WITHDRAWN")}
            told = {title.split(" gain ")[1].split(" from ")[0] for title in titles}
            assert told
            assert standing == {holds[name] for name in told}


def _holding(db: sqlite3.Connection) -> dict[str, str]:
    """Return by a council's name what is claimed of it now."""
    return {
        council.name: outcome_sentence(council, content, ALMANAC.parties)
        for row in db.execute("SELECT * FROM claims ORDER BY version")
        if isinstance(content := content_of(row), ClaimContent)
        and (council := ALMANAC.councils.get(row["council"]))
    }


@pytest.fixture
async def processes() -> AsyncIterator[Forks]:
    async with forks("tests.delivery.killed_night") as started:
        yield started


@pytest.mark.parametrize("nonce_memory", [REMEMBERED, 0.0], ids=["nonce", "history"])
async def test_killed_at_every_named_point(
    nonce_memory: float,
    sandbox: Sandbox,
    tmp_path: Path,
    processes: Forks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Settled by the nonce and, where Discord has forgotten it, by the channel's history."""
    monkeypatch.setattr(sandbox_channels, "NONCE_SECONDS", nonce_memory)
    night = Night(sandbox, tmp_path, processes, nonce_memory)
    for checkpoint in _POINTS:
        spared = 1 if checkpoint in (Checkpoint.SENT, Checkpoint.SEALED) else 0
        await night.dies(checkpoint, spared=spared)
    assert await night.run() == 0
    night.check()


@pytest.mark.parametrize("nonce_memory", [REMEMBERED, 0.0], ids=["nonce", "history"])
async def test_killed_while_threads_and_posts_of_a_forum_are_made(
    nonce_memory: float,
    sandbox: Sandbox,
    tmp_path: Path,
    processes: Forks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No thread is made twice, and no first message of a forum's post either."""
    monkeypatch.setattr(sandbox_channels, "NONCE_SECONDS", nonce_memory)
    night = Night(sandbox, tmp_path, processes, nonce_memory, Grouping.COUNCIL)
    for checkpoint in _OF_THREADS:
        for spared in (0, 1, 4):
            await night.dies(checkpoint, spared=spared)
    assert await night.run() == 0
    night.check()


async def test_killed_around_the_morning_message(
    sandbox: Sandbox, tmp_path: Path, processes: Forks
) -> None:
    """What was held arrives in one message, once, and says what holds then."""
    night = Night(sandbox, tmp_path, processes, REMEMBERED, quiet=True)
    for checkpoint in (
        Checkpoint.EXPANDING,
        Checkpoint.RELEASED,
        Checkpoint.SEALED,
        Checkpoint.SENT,
        Checkpoint.RECORDED,
    ):
        await night.dies(checkpoint)
    assert await night.run() == 0
    night.check_morning()


async def killed_at_random_moments(
    sandbox: Sandbox, folder: Path, processes: Forks, *, seed: int
) -> None:
    """Each time a round of declarations further, at a pace that a round takes as long as this."""
    night, fate = Night(sandbox, folder, processes, REMEMBERED), random.Random(seed)
    for number in range(RANDOM_KILLS):
        killed = await night.run(
            die_after=fate.uniform(0.0, 0.3), until=number + 1, seed=number, pace=40.0
        )
        assert killed == -signal.SIGKILL
    assert await night.run(seed=seed) == 0
    night.check()


async def test_killed_at_random_moments(sandbox: Sandbox, tmp_path: Path, processes: Forks) -> None:
    await killed_at_random_moments(sandbox, tmp_path, processes, seed=2022)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
async def test_killed_again_and_again(
    seed: int, sandbox: Sandbox, tmp_path: Path, processes: Forks
) -> None:
    await killed_at_random_moments(sandbox, tmp_path, processes, seed=seed)


_POINTS = [
    one
    for one in Checkpoint
    if one is not Checkpoint.RELEASED and not one.name.startswith(("BOARD_", "THREAD_"))
]
_OF_THREADS = [one for one in Checkpoint if one.name.startswith("THREAD_")]
