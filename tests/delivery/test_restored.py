"""After a copy of the file was put back, no alert is repeated and none is lost."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.boards import BoardPosted
from bot.store.erasure import erase_guild, erase_person, kept_of_guild, kept_of_person
from bot.store.posts import Purpose
from bot.store.rebuild import rebuild
from bot.store.unrecorded import SKIPPED, mark_restored
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Permission, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT, all_titles, at_work, place, references, titles
from tests.delivery.desk import ALMANAC, MANY, START, Desk, News, before_unknown, gain, hold
from tests.support.sandbox import running

pytestmark = pytest.mark.usefixtures("quietly")

LAB, LD = "Labour gain Wandsworth from Conservatives", "Lib Dems gain Wandsworth from"


class Bot:
    """The bot on one file, with its desk and subscriptions."""

    def __init__(self, writer: Writer, alerts: Alerts, clock: SteppedClock) -> None:
        self.writer = writer
        self.alerts = alerts
        self.clock = clock
        self.desk = Desk(writer, clock)
        self.subscriptions = Subscriptions(writer, clock)

    async def tells(self, *news: News) -> None:
        """Say news at the desk, and wait until nothing is left to deliver."""
        await self.desk.says(*news)
        await self.alerts.drained()


class Machine:
    """Where the bot runs again and again, on a file that can be replaced by a copy."""

    def __init__(self, folder: Path, client: discord.Client) -> None:
        self._path = folder / "night.sqlite"
        self._copy = folder / "copy.sqlite"
        self._client = client

    @asynccontextmanager
    async def bot(self, *, marked: bool = False, drains: bool = True) -> AsyncIterator[Bot]:
        """The bot at work; *marked* says that its file is a copy that `restore` put back.

        It is cancelled at the end, with nothing left to do where it *drains*.
        """
        clock = SteppedClock(START)
        async with Writer(self._path) as writer:
            if marked:
                await writer.transact(lambda tx: mark_restored(tx, START))
            alerts = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)
            async with at_work(alerts, self._client):
                yield Bot(writer, alerts, clock)
                if drains:
                    await alerts.drained()
        assert rebuild(self._path).differences == ()

    def copy(self) -> None:
        """Copy the file as it stands, also beneath a running bot."""
        with (
            closing(sqlite3.connect(self._path)) as file,
            closing(sqlite3.connect(self._copy)) as to,
        ):
            file.backup(to)

    async def tells_and_forgets(
        self, whose: Destination, *news: News, seeded: bool = False, role: int | None = None
    ) -> None:
        """Let a place follow everything and be told news, of which the file knows nothing then.

        A copy of the file is made before the news, and put back after it.
        """
        async with self.bot() as bot:
            await bot.subscriptions.add(whose, Topic.ALL, role=role, by=1)
            self.copy()
            await bot.desk.says(*news, seeded=seeded)
        self.put_copy_back()

    def put_copy_back(self) -> None:
        """Put the copy where the file is."""
        for suffix in ("-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        self._path.write_bytes(self._copy.read_bytes())


@pytest.fixture
def machine(tmp_path: Path, client: discord.Client) -> Machine:
    return Machine(tmp_path, client)


@pytest.mark.parametrize("marked", [True, False], ids=["restore", "by hand"])
async def test_what_was_posted_since_the_copy_is_not_posted_again_and_what_was_not_is(
    marked: bool, machine: Machine, channel: Channel, guild: Guild, sandbox: Sandbox
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    every = [channel, sandbox.direct_channel(reader), guild.add_channel("other")]
    async with machine.bot() as bot:
        for one in (place(channel), Destination(reader.id), place(every[2])):
            await bot.subscriptions.add(one, Topic.ALL, by=1)
        await bot.tells(gain("KHL"))
        machine.copy()
        await bot.tells(*(gain(council.code) for council in MANY[:14]))
        await bot.tells(gain("WND"))
    before = [titles(each) for each in every]
    machine.put_copy_back()
    async with machine.bot(marked=marked) as bot:
        await bot.desk.says(gain("BNE"), gain("WND"))
        await bot.tells(*(gain(council.code) for council in MANY[:14]))
        assert (await bot.alerts.counts()).sent == 17 * 3
        await bot.desk.says(gain("WND", "Con", "LD"))
    for each, then in zip(every, before, strict=True):
        assert Counter(all_titles(each)) == Counter(
            [title for message in then for title in message if title != LAB]
            + [f"WITHDRAWN: ~~{LAB}~~", f"CORRECTION: {LD} Conservatives"]
            + ["Labour gain Barnet from Conservatives"]
        )
        assert titles(each)[1:3] == then[1:3]


async def test_a_file_that_is_put_back_again_and_again_repeats_nothing(
    machine: Machine, channel: Channel
) -> None:
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        machine.copy()
    for after in range(3):
        machine.put_copy_back()
        async with machine.bot() as bot:
            await bot.desk.says(*(gain(council.code) for council in MANY[: after + 1]))
        async with machine.bot() as bot:
            await bot.desk.says(gain(f"M3{after}"))
    assert len(all_titles(channel)) == len(set(all_titles(channel))) == 6


async def test_a_correction_that_was_told_since_the_copy_stands(
    machine: Machine, channel: Channel
) -> None:
    """The feed brings the last revision alone, as the first that the copy hears of."""
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        machine.copy()
        await bot.tells(gain("WND"))
        await bot.desk.says(gain("WND", "Con", "LD"))
    machine.put_copy_back()
    async with machine.bot() as bot:
        await bot.desk.says(gain("WND", "Con", "LD"))
    first, last = titles(channel)
    assert (first, len(last)) == ([f"WITHDRAWN: ~~{LAB}~~"], 1)
    assert last[0].endswith(f"{LD} Conservatives")


async def test_who_was_told_otherwise_since_the_copy_is_corrected(
    machine: Machine, channel: Channel, guild: Guild
) -> None:
    role = guild.add_role("alerts", mentionable=True).id
    await machine.tells_and_forgets(place(channel), gain("WND"), gain("BNE"), role=role)
    async with machine.bot() as bot:
        await bot.desk.says(gain("WND", "Con", "LD"))
    first, second = channel.messages
    assert [embed["title"] for embed in first.embeds] == [
        f"WITHDRAWN: ~~{LAB}~~",
        "Labour gain Barnet from Conservatives",
    ]
    assert f"/{second.id}" in first.embeds[0]["description"]
    assert "See below" in first.embeds[0]["description"]
    (embed,) = second.embeds
    assert embed["title"] == f"CORRECTION: {LD} Conservatives"
    assert embed["description"].startswith(f"We had reported: {LAB}.")
    assert second.pinged.roles == frozenset({role})


async def test_what_is_complete_now_corrects_nothing_that_was_told_since_the_copy(
    machine: Machine, channel: Channel
) -> None:
    """What was told says less, and no less true."""
    await machine.tells_and_forgets(place(channel), before_unknown("WND"))
    async with machine.bot() as bot:
        await bot.tells(before_unknown("WND"))
        await bot.desk.says(gain("WND"))
    assert titles(channel) == [[LAB]]


async def test_what_comes_complete_at_once_corrects_nothing_that_was_told_since_the_copy(
    machine: Machine, channel: Channel
) -> None:
    await machine.tells_and_forgets(place(channel), before_unknown("WND"))
    async with machine.bot() as bot:
        await bot.desk.says(before_unknown("WND"), gain("WND"))
    assert len(titles(channel)) == 1 and "WITHDRAWN" not in str(titles(channel))


async def test_a_correction_after_the_copy_was_put_back_strikes_what_was_told_since_it(
    machine: Machine, channel: Channel
) -> None:
    await machine.tells_and_forgets(place(channel), gain("WND"), gain("BNE"))
    async with machine.bot() as bot:
        await bot.tells(gain("WND"))
        await bot.desk.says(gain("WND", "Con", "LD"))
    assert titles(channel) == [
        [f"WITHDRAWN: ~~{LAB}~~", "Labour gain Barnet from Conservatives"],
        [f"CORRECTION: {LD} Conservatives"],
    ]


async def test_a_post_that_was_on_its_way_when_the_copy_was_made_is_settled_as_ever(
    machine: Machine, channel: Channel, sandbox: Sandbox
) -> None:
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        hold_ = sandbox.faults.hold("POST", "/channels/*/messages")
        await bot.desk.says(gain("WND"))
        await hold_.reached.wait()
        machine.copy()
        hold_.release()
    machine.put_copy_back()
    async with machine.bot(marked=True) as bot:
        await bot.desk.says(gain("BNE"))
    assert all_titles(channel) == [LAB, "Labour gain Barnet from Conservatives"]


async def test_a_digest_and_a_claim_it_told_are_known_again(
    machine: Machine, channel: Channel
) -> None:
    await machine.tells_and_forgets(place(channel), gain("WND"), hold("BNE"), seeded=True)
    async with machine.bot() as bot:
        await bot.desk.says(gain("WND"), hold("BNE"), gain("KHL"), seeded=True)
    (message,) = channel.messages
    assert message.embeds[0]["title"] == "3 councils had declared when we began to follow"


async def test_numbers_that_may_have_been_given_out_since_the_copy_are_skipped(
    machine: Machine, channel: Channel
) -> None:
    """The desk's old buttons name reports by numbers of the journal."""
    await machine.tells_and_forgets(place(channel), gain("WND"))
    async with machine.bot() as bot:
        await bot.tells(gain("WND"))
        await bot.tells(gain("BNE"))
        ((claim, delivery),) = await bot.writer.transact(
            lambda tx: tx.rows("SELECT max(outbox), max(id) FROM deliveries")
        )
    assert min(claim, delivery) > SKIPPED


@pytest.mark.parametrize("marked", [True, False], ids=["restore", "by hand"])
async def test_a_message_that_was_edited_since_the_copy_reads_true_again(
    marked: bool, machine: Machine, channel: Channel, guild: Guild
) -> None:
    """A claim that flaps is struck at once and told later: the copy knows of neither.

    Where nobody says that it is a copy, another channel's messages tell.
    """
    other = guild.add_channel("other")
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        await bot.tells(gain("WND"), gain("BNE"))
        await bot.tells(gain("WND", "Con", "LD"))
        await bot.subscriptions.add(place(other), Topic.COUNCIL, "KHL", by=1)
        machine.copy()
        await bot.desk.says(gain("WND", "Con", "Green"))
        await bot.desk.says(gain("KHL"))
    assert f"WITHDRAWN: ~~CORRECTION: {LD} Conservatives~~" in all_titles(channel)
    machine.put_copy_back()
    async with machine.bot(marked=marked) as bot:
        await bot.desk.says(gain("KHL"))
    assert len(all_titles(other)) == 1
    assert [title for title in all_titles(channel) if not title.startswith("WITHDRAWN")] == [
        "Labour gain Barnet from Conservatives",
        f"CORRECTION: {LD} Conservatives",
        all_titles(other)[0],
    ]


async def test_what_was_told_since_the_copy_and_does_not_hold_is_struck_though_nothing_is_due(
    machine: Machine, channel: Channel
) -> None:
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        await bot.tells(gain("WND"))
        machine.copy()
        await bot.desk.says(gain("WND", "Con", "LD"))
    machine.put_copy_back()
    async with machine.bot(marked=True):
        pass
    assert all_titles(channel) == [LAB, f"WITHDRAWN: ~~CORRECTION: {LD} Conservatives~~"]


Chat = Callable[[], Awaitable[None]]


@pytest.mark.parametrize(("marked", "posts"), [(True, 1), (False, 2)])
async def test_a_marked_copy_is_searched_to_its_end_and_any_other_file_only_near(
    marked: bool, posts: int, machine: Machine, channel: Channel, guild: Guild, sandbox: Sandbox
) -> None:
    """So that a busy channel's chatter delays nobody where nothing tells of a copy."""
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    await machine.tells_and_forgets(place(channel), gain("WND"))
    for number in range(320):
        sandbox.say(reader, channel, f"message {number}")
    read = len([one for one in sandbox.requests if one.method == "GET"])
    async with machine.bot(marked=marked) as bot:
        await bot.desk.says(gain("WND"))
    assert all_titles(channel).count(LAB) == posts
    looks = [one for one in sandbox.requests if one.method == "GET"][read:]
    pages = [one for one in looks if one.route.endswith("/messages")]
    assert len(pages) == (4 if marked else 3)


async def test_who_subscribes_long_after_a_restore_waits_for_no_search(
    machine: Machine,
    channel: Channel,
    guild: Guild,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with machine.bot(marked=True):
        pass
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    for number in range(420):
        sandbox.say(reader, channel, f"message {number}")
    monkeypatch.setattr("bot.store.unrecorded._MATTERS", timedelta())
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        await bot.desk.says(gain("WND"))
    read = [one for one in sandbox.requests if one.method == "GET" and "messages" in one.route]
    assert (len(read), all_titles(channel)) == (3, [LAB])


async def test_direct_messages_that_were_first_written_since_the_copy_are_known_again(
    machine: Machine, guild: Guild, sandbox: Sandbox
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    await machine.tells_and_forgets(Destination(reader.id), gain("WND"))
    async with machine.bot() as bot:
        await bot.desk.says(gain("WND"))
    assert all_titles(sandbox.direct_channel(reader)) == [LAB]


async def test_a_copy_that_nobody_told_of_is_seen_once_and_hides_nothing_elsewhere(
    machine: Machine, guild: Guild
) -> None:
    """Another channel was posted to before the first of the unknown messages was seen."""
    early, late = guild.add_channel("early"), guild.add_channel("late")
    async with machine.bot() as bot:
        await bot.subscriptions.add(place(early), Topic.COUNCIL, "WND", by=1)
        await bot.subscriptions.add(place(late), Topic.COUNCIL, "BNE", by=1)
        await bot.subscriptions.add(place(late), Topic.COUNCIL, "KHL", by=1)
        machine.copy()
        await bot.tells(gain("BNE"))
    machine.put_copy_back()
    async with machine.bot() as bot:
        await bot.tells(gain("WND"))
        await bot.tells(gain("BNE"))
        await bot.desk.says(gain("KHL"))
    async with machine.bot() as bot:
        marks = await bot.writer.transact(lambda tx: tx.rows("SELECT * FROM restores"))
    assert len(marks) == 1
    assert (len(all_titles(early)), len(all_titles(late))) == (1, 2)


async def test_a_board_that_was_put_up_after_the_copy_hides_nothing(
    machine: Machine, channel: Channel, client: discord.Client
) -> None:
    """Its message is newer than the alerts that the copy does not know of."""
    await machine.tells_and_forgets(place(channel), gain("WND"))
    async with machine.bot() as bot:
        sender = bot.alerts.sender(client)
        board = await sender.seal(
            place(channel),
            {"embeds": [{"title": "Board", "footer": {"text": "BD-00001"}}]},
            "BD-00001",
            Purpose.BOARD,
            partial(BoardPosted, 1),
        )
        await sender.send(board, sender.verifier.once)
        await bot.desk.says(gain("WND"))
    assert all_titles(channel) == [LAB, "Board"]


async def test_a_channel_that_is_shut_after_the_copy_is_compared_when_it_is_open_again(
    machine: Machine, channel: Channel, sandbox: Sandbox
) -> None:
    """Else what is due would be sealed uncompared: repeated, or taken for one that it is not."""
    await machine.tells_and_forgets(place(channel), gain("WND"))
    channel.set_permissions(sandbox.bot, deny=Permission.VIEW_CHANNEL)
    async with machine.bot(marked=True) as bot:
        await bot.tells(gain("WND"), gain("BNE"))
        assert (await bot.alerts.counts()).refused == 2
        channel.set_permissions(sandbox.bot)
        assert await bot.alerts.test(place(channel)) is None
    told = [title for title in all_titles(channel) if not title.startswith("This is only a test")]
    assert told == [LAB, "Labour gain Barnet from Conservatives"]


async def test_a_channel_whose_history_may_not_be_read_gets_what_is_due(
    machine: Machine, guild: Guild
) -> None:
    channel = guild.add_channel("results", deny_bot=Permission.READ_MESSAGE_HISTORY)
    async with machine.bot(marked=True) as bot:
        await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
        await bot.desk.says(gain("WND"))
    assert all_titles(channel) == [LAB]


async def test_where_the_gateway_tells_of_nothing_newer_no_history_is_read(
    tmp_path: Path, sandbox: Sandbox, guild: Guild, channel: Channel
) -> None:
    """A start costs no channel a request."""
    client = discord.Client(intents=discord.Intents(guilds=True), guild_ready_timeout=0.01)
    async with running(client, sandbox):
        machine = Machine(tmp_path, client)
        for council in ("WND", "BNE"):
            async with machine.bot() as bot:
                await bot.subscriptions.add(place(channel), Topic.ALL, by=1)
                await bot.desk.says(gain(council))
    read = [one for one in sandbox.requests if one.method == "GET" and "messages" in one.route]
    assert (len(channel.messages), read) == (2, [])
    assert len({*map(str, map(references, channel.messages))}) == 2


async def restored_at_random(
    machine: Machine, channels: list[Channel], *, seed: int, rounds: int = 12
) -> None:
    """Declarations, corrections, kills and copies, in any order; the feed has the last word."""
    fate = random.Random(seed)
    holds: dict[str, str] = {}

    async def catch_up(bot: Bot) -> None:
        """File what the feed has: of each council the last revision alone."""
        rows = await bot.writer.transact(
            lambda tx: tx.rows("SELECT council, after, max(version) FROM claims GROUP BY council")
        )
        known = {row["council"]: row["after"] for row in rows}
        news = [gain(code, "Con", to) for code, to in holds.items() if known.get(code) != to]
        fate.shuffle(news)
        for each in news:
            await bot.desk.says(each)
            if fate.random() < 0.3:
                await bot.alerts.drained()

    async with machine.bot() as bot:
        for each in channels:
            await bot.subscriptions.add(place(each), Topic.ALL, by=1)
        machine.copy()
    for _ in range(rounds):
        for council in fate.sample(MANY[:12], fate.randint(1, 4)):
            following = {"Lab": "LD", "LD": "Green", "Green": "Green"}
            holds[council.code] = following.get(holds.get(council.code, ""), "Lab")
        async with machine.bot(drains=False) as bot:
            await catch_up(bot)
            if fate.random() < 0.7:
                await bot.alerts.drained()
            if fate.random() < 0.4:
                machine.copy()
        if fate.random() < 0.4:
            machine.put_copy_back()
    async with machine.bot() as bot:
        await catch_up(bot)
        await bot.alerts.drained()
        await bot.clock.move_to(bot.clock.now() + timedelta(hours=1))
        await bot.alerts.drained()
    names = {"Lab": "Labour", "LD": "Lib Dems", "Green": "Greens"}
    for each in channels:
        told = [title.removeprefix("CORRECTION: ") for title in all_titles(each)]
        standing = Counter(title for title in told if not title.startswith("WITHDRAWN"))
        councils = {council.code: council.name for council in MANY}
        assert {title.split(" gain ")[1].split(" from ")[0] for title in standing} == {
            councils[code] for code in holds
        }
        for code, party in holds.items():
            right = f"{names[party]} gain {councils[code]} from Conservatives"
            assert [title for title in standing if councils[code] in title] == [right]
            assert standing[right] == 1


async def test_restored_at_random_moments_every_channel_ends_with_what_holds(
    machine: Machine, guild: Guild
) -> None:
    await restored_at_random(machine, [guild.add_channel("a")], seed=2022, rounds=5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
async def test_restored_again_and_again(seed: int, machine: Machine, guild: Guild) -> None:
    await restored_at_random(machine, [guild.add_channel(name) for name in "ab"], seed=seed)


@pytest.mark.parametrize("direct", [True, False], ids=["person", "server"])
async def test_who_is_forgotten_after_a_restore_is_so_in_the_journal_too(
    direct: bool, machine: Machine, channel: Channel, guild: Guild, sandbox: Sandbox
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    whose = Destination(reader.id) if direct else place(channel)
    async with machine.bot() as bot:
        await bot.subscriptions.add(whose, Topic.ALL, by=reader.id)
        machine.copy()
        await bot.desk.says(gain("WND"), gain("BNE"))
    machine.put_copy_back()
    async with machine.bot(marked=True) as bot:
        await bot.tells(gain("WND", "Con", "LD"))
        forget, whom = (erase_person, reader.id) if direct else (erase_guild, whose.guild_id or 0)
        await bot.writer.transact(lambda tx: forget(tx, whom, START))
        for kept in (kept_of_person, kept_of_guild):
            found = await bot.writer.transact(lambda tx, kept=kept: kept(tx.db.conn, whom))
            assert not any(found.totals.values())
        named = await bot.writer.transact(
            lambda tx: tx.rows("SELECT kind FROM journal WHERE instr(data, ?)", (str(whom),))
        )
        assert named == []
