"""Forgetting a person or a server: nothing of them is left, and the journal still says the rest."""

from __future__ import annotations

import pytest

from bot.clock import SteppedClock
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.watch_lists import Keeper, WatchLists
from bot.election.alert_kinds import Topic
from bot.election.calm import Calm
from bot.store.erasure import StillSending
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.delivery.conftest import Store
from tests.delivery.desk import ALMANAC, Desk, gain

PERSON, GUILD = 777_000_000_000_001, 777_000_000_000_002
CHANNEL = Destination(777_000_000_000_003, GUILD)
OTHER = Destination(4, 8)
NAMING = {"destination", "guild_id", "created_by", "owner", "person", "channel_id", "expanded_to"}


@pytest.fixture
def lists(writer: Writer, clock: SteppedClock) -> WatchLists:
    return WatchLists(writer, ALMANAC, clock)


async def _dump(store: Store) -> str:
    """Return every value of every table as text."""
    tables = await store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    rows = [tuple(row) for (name,) in tables for row in await store.rows(f"SELECT * FROM {name}")]
    return repr(rows)


async def _followed(subscriptions: Subscriptions, lists: WatchLists) -> None:
    """Let the person follow for themselves and for a server, and keep a list of either."""
    await subscriptions.add(Destination(PERSON), Topic.ALL, by=PERSON)
    await subscriptions.add(CHANNEL, Topic.ALL, role=66_000_000_000_001, by=PERSON)
    await subscriptions.add(OTHER, Topic.ALL, by=5)
    for place in (Destination(PERSON), CHANNEL):
        await subscriptions.set_calm(place, Calm(together=5))
    for keeper, name in ((Keeper(None, PERSON), "My street"), (Keeper(GUILD, PERSON), "Our patch")):
        made = await lists.create(keeper, name)
        await lists.put(keeper, name, ["KHL", "WOC"])
        await lists.share(keeper, name)
        await subscriptions.add(OTHER, Topic.LIST, made.value, by=5)


async def test_a_person_is_forgotten_whole_and_their_server_is_not(
    subscriptions: Subscriptions, lists: WatchLists, desk: Desk, store: Store, writer: Writer
) -> None:
    await _followed(subscriptions, lists)
    await desk.says(gain("WND"))
    await store.expand()
    kept = await subscriptions.kept_of_person(PERSON)
    assert {what: number for what, number in kept.totals.items() if number} == {
        "subscriptions": 1,
        "calm": 1,
        "direct_messages": 1,
        "deliveries": 1,
        "lists": 1,
        "subscriptions_made_for_servers": 1,
        "lists_made_for_servers": 1,
        "journal": 6,
    }
    assert kept.rows["lists"][0]["councils"] == "KHL WOC"
    assert await subscriptions.erase_person(PERSON) == kept
    dump = await _dump(store)
    assert str(PERSON) not in dump
    assert "My street" not in dump
    assert not any((await subscriptions.kept_of_person(PERSON)).totals.values())
    assert [each.topic for each in subscriptions.of_guild(GUILD)] == [Topic.ALL]
    assert [one.name for one in lists.all(Keeper(GUILD, 5)) if one.ours] == ["Our patch"]
    told = await store.told()
    assert {destination for destination, *_ in told} == {CHANNEL.id, OTHER.id}
    followed = await store.rows("SELECT value FROM subscriptions WHERE topic = 'list'")
    assert len(followed) == 1
    assert rebuild(writer.path).differences == ()


async def test_a_server_is_forgotten_with_its_lists_and_who_made_them(
    subscriptions: Subscriptions, lists: WatchLists, desk: Desk, store: Store, writer: Writer
) -> None:
    await _followed(subscriptions, lists)
    await desk.says(gain("WND"))
    await store.expand()
    kept = await subscriptions.erase_guild(GUILD)
    assert (kept.totals["subscriptions"], kept.totals["lists"], kept.totals["deliveries"]) == (
        1,
        1,
        1,
    )
    assert str(GUILD) not in await _dump(store)
    assert "Our patch" not in await _dump(store)
    (person,) = await store.rows(
        "SELECT count(*) FROM journal WHERE instr(data, ?) AND NOT instr(data, ?)",
        str(PERSON),
        '"guild_id":null',
    )
    assert person[0] == 0
    followed = await store.rows("SELECT value FROM subscriptions WHERE topic = 'list'")
    assert len(followed) == 1
    assert len(subscriptions.of_user(PERSON)) == 1
    assert rebuild(writer.path).differences == ()


async def test_who_was_forgotten_can_come_back_and_be_forgotten_again(
    subscriptions: Subscriptions, lists: WatchLists, store: Store, writer: Writer
) -> None:
    for _ in range(2):
        await subscriptions.add(Destination(PERSON), Topic.ALL, by=PERSON)
        await lists.create(Keeper(None, PERSON), "My street")
        assert len(subscriptions.of_user(PERSON)) == 1
        await subscriptions.erase_person(PERSON)
        assert str(PERSON) not in await _dump(store)
    assert rebuild(writer.path).differences == ()


@pytest.mark.parametrize(
    "position",
    [
        "UPDATE expansion SET destination = ?",
        "INSERT INTO debounced VALUES ('2022-05-05', 'WND', 1, ?)",
        "INSERT INTO summaries VALUES ('2022-05-05', 1, 1, '', '', '', '', '', 1, ?, 0)",
    ],
)
async def test_while_a_batch_goes_on_behind_a_person_they_wait(
    position: str, subscriptions: Subscriptions, writer: Writer
) -> None:
    await subscriptions.add(Destination(PERSON), Topic.ALL, by=PERSON)
    await writer.transact(lambda tx: tx.db.conn.execute(position, (PERSON,)))
    with pytest.raises(StillSending):
        await subscriptions.erase_person(PERSON)
    assert len(subscriptions.of_user(PERSON)) == 1


async def test_every_table_that_can_name_somebody_is_thought_of(store: Store) -> None:
    """A new column that names a server or a person needs its place in forgetting and showing."""
    tables = await store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    naming = {
        f"{table}.{row['name']}"
        for (table,) in tables
        for row in await store.rows(f"PRAGMA table_info({table})")
        if row["name"] in NAMING
    }
    assert naming == {
        "boards.channel_id",
        "boards.created_by",
        "boards.guild_id",
        "calm.destination",
        "calm.guild_id",
        "deliveries.destination",
        "deliveries.guild_id",
        "desk_actions.person",
        "edits.destination",
        "edits.guild_id",
        "evidence.expanded_to",
        "expansion.destination",
        "lists.guild_id",
        "lists.owner",
        "posts.channel_id",
        "threads.channel_id",
        "threads.destination",
        "threads.guild_id",
        "posts.destination",
        "posts.guild_id",
        "destinations.guild_id",
        "debounced.expanded_to",
        "unrecorded_embeds.destination",
        "unrecorded_embeds.guild_id",
        "subscriptions.created_by",
        "subscriptions.destination",
        "subscriptions.guild_id",
        "summaries.expanded_to",
        "welcomes.channel_id",
        "welcomes.guild_id",
    }


async def test_a_number_that_was_forgotten_is_never_given_out_again(
    subscriptions: Subscriptions, desk: Desk, store: Store, writer: Writer
) -> None:
    """An alert with another's reference would be found in the channel's history, and not sent."""
    numbers: list[int] = []
    for council in ("WND", "WOC", "KHL"):
        await subscriptions.add(CHANNEL, Topic.ALL, by=5)
        await desk.says(gain(council))
        await store.expand()
        numbers += [row["id"] for row in await store.rows("SELECT id FROM deliveries")]
        await subscriptions.erase_guild(GUILD)
        assert rebuild(writer.path).differences == ()
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 3
