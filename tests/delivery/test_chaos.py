"""A tenth of all requests is refused or lost, at random: each alert comes once, and in order."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened
from bot.chat.services import running
from bot.clock import SteppedClock
from bot.delivery.discord_errors import counts_as_invalid
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Patience
from bot.election.alert_kinds import EVERY, AlertKind, Topic
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.threads import Grouping
from simulation.demo.command import connected, pointed_at
from simulation.demo.replay import Replay
from simulation.demo.servers import DemoServers
from simulation.discord import Channel, Limits, Sandbox
from simulation.discord.rest import Exchange
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.delivery.conftest import references
from tests.delivery.refusals import Refusals
from tests.support.night_at_hand import NIGHT, small_tables
from tests.support.tables import shipped

PATIENCE = Patience(first=0.02, longest=0.3, nonce_memory=timedelta(seconds=60), deadline=1.0)
GUILDS = 5
WISHES = (
    (Topic.ALL, ""),
    (Topic.PARTY, "Lab"),
    (Topic.PARTY, "Con"),
    (Topic.REGION, "London"),
    (Topic.NATION, "Wales"),
    (Topic.COUNCIL, "KHL"),
    (Topic.CONTESTS, EVERY),
    (Topic.MILESTONES, EVERY),
    (Topic.SUMMARY, ""),
    (Topic.ALL, ""),
)
WINDOW = timedelta(minutes=10)


class Requests:
    """Counts what Discord would count towards a ban."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.asked = 0
        self._invalid: list[Exchange] = []
        sandbox.on_exchange(self._note)

    def _note(self, exchange: Exchange) -> None:
        self.asked += 1
        if counts_as_invalid(exchange.status, {}):
            self._invalid.append(exchange)

    def most_invalid(self) -> int:
        """Return the most in any ten minutes."""
        times = [exchange.at for exchange in self._invalid]
        return max((sum(at <= one < at + WINDOW for one in times) for at in times), default=0)


Places = dict[int, Channel]
"""Where is posted, by the destination."""


async def channels_of(sandbox: Sandbox, subscriptions: Subscriptions, many: int) -> Places:
    guilds = [sandbox.add_guild(f"Server {number}") for number in range(GUILDS)]
    places: Places = {}
    for number in range(many):
        guild = guilds[number % GUILDS]
        channel = guild.add_channel(f"c{number}")
        places[channel.id] = channel
        topic, value = WISHES[number % len(WISHES)]
        destination = Destination(channel.id, guild.id)
        await subscriptions.add(destination, topic, value, by=1)
        if number % 3 == 2:
            groupings = [*Grouping]
            await subscriptions.choose_threads(destination, groupings[number % len(groupings)])
    return places


async def night_of_refusals(
    folder: Path, *, seed: int, channels: int, tables: Path | None = None, share: float = 0.1
) -> None:
    """Replay a night while Discord refuses at random, and check that nothing of it shows."""
    night = Night.load(NIGHT.isoformat(), tables)
    clock = SteppedClock(min(row.at for row in night.timetable) - timedelta(minutes=1))
    settings = Settings(database=folder / "night.sqlite")
    async with Sandbox(limits=Limits.none()) as sandbox, Rehearsal(night, clock) as rehearsal:
        chat, requests = DemoServers.furnished(sandbox), Requests(sandbox)
        pointed = pointed_at(settings, sandbox, rehearsal, chat).model_copy(update={"pace": 1_000})
        async with opened(pointed, shipped(), clock, patience=PATIENCE) as app:
            places = await channels_of(sandbox, app.subscriptions, channels)
            await chat.subscribe(app.subscriptions)
            await chat.put_up_board(running(app.services.boards), NIGHT)
            every = places | {channel.id: channel for channel in chat.places}
            every[chat.reader.id] = every.pop(chat.direct.id)
            async with connected(app):
                refusals = sandbox.faults.at_every_request = Refusals(seed, share)
                await Replay(app, rehearsal, clock, None, lambda: None).run()
                sandbox.faults.at_every_request = None
                await sandbox.wait_for(lambda: chat.board.messages, 20)
                check_paused(settings.database)
        assert requests.most_invalid() < 1_000
        assert sum(refusals.drawn.values()) > requests.asked * share / 2
        check_delivered(settings.database, every)
        assert len(chat.board.messages) == 1
        check_complete(settings.database, places)
    assert rebuild(settings.database).differences == ()


def check_paused(database: Path) -> None:
    """No place is paused, and no board is."""
    db = open_for_reading(database)
    paused = db.execute("SELECT reason FROM destinations WHERE paused_at IS NOT NULL")
    assert paused.fetchall() == []
    (board,) = db.execute("SELECT * FROM boards").fetchall()
    assert (board["paused"], board["ended"]) == (None, 0)
    db.close()


def check_delivered(database: Path, places: Places) -> None:
    """Each delivery stands once where it belongs, and in the order in which they were sealed."""
    db = open_for_reading(database)
    states = Counter(state for (state,) in db.execute("SELECT state FROM deliveries"))
    assert set(states) <= {"sent", "replaced"}, states
    for destination, channel in places.items():
        posts = db.execute(
            "SELECT message_id FROM posts WHERE destination = ? ORDER BY id", (destination,)
        ).fetchall()
        names = [thread.name for thread in channel.threads]
        assert len(names) == len(set(names))
        told = [message for place in (channel, *channel.threads) for message in place.messages]
        ours = sorted((each for each in told if each.thread is None), key=lambda each: each.id)
        assert [post["message_id"] for post in posts] == [one.id for one in ours]
        shown = Counter(found for message in ours for found in set(references(message)))
        assert set(shown.values()) <= {1}
    db.close()


def check_complete(database: Path, places: Places) -> None:
    """Channels that asked for the same were told the same: of every claim that concerns them."""
    db = open_for_reading(database)
    told: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in db.execute("SELECT * FROM deliveries WHERE state = 'sent'"):
        told[row["destination"]].add((row["subject"], row["council"]))
    alike: dict[tuple[Topic, str], list[set[tuple[str, str]]]] = defaultdict(list)
    for number, destination in enumerate(places):
        alike[WISHES[number % len(WISHES)]].append(told[destination])
    for wish, every in alike.items():
        assert all(each == every[0] for each in every), wish
    db.close()
    with Reader(database, shipped()) as reader:
        changes = {
            claim.council
            for claim in reader.claims(NIGHT)
            if claim.version.content is not None
            and claim.version.content.alert_kind is not AlertKind.HOLD
        }
    (told_of_all,) = {frozenset(each) for each in alike[Topic.ALL, ""]}
    assert {council for subject, council in told_of_all if subject == "claim"} == changes


async def test_a_small_night_of_refusals(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    tables = small_tables(tmp_path)
    await night_of_refusals(tmp_path, seed=10, channels=12, tables=tables, share=0.15)


@pytest.mark.chaos
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", range(5))
async def test_a_whole_night_of_refusals(
    seed: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await night_of_refusals(tmp_path, seed=seed, channels=50)
