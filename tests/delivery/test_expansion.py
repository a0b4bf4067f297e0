"""The outbox becomes deliveries: in batches, once, and from where a stopped process was."""

from __future__ import annotations

import pytest

from bot.delivery import expansion
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from bot.store.writer import Transaction, Writer
from tests.delivery.conftest import Store, roles_of
from tests.delivery.desk import MANY, NIGHT, Desk, News, gain, hold
from tests.support.small_night import ALMANAC

GUILD = 7


async def subscribed(subscriptions: Subscriptions, *channels: int) -> None:
    for channel in channels:
        await subscriptions.add(Destination(channel, GUILD), Topic.ALL, by=1)


@pytest.mark.parametrize(
    ("topic", "value", "told"),
    [
        (Topic.ALL, "", ["WND", "BNE", "CMA", "CRF"]),
        (Topic.PARTY, "Con", ["WND", "CRF"]),
        (Topic.PARTY, "Lab", ["WND", "BNE", "CMA"]),
        (Topic.PARTY, "Green", []),
        (Topic.COUNCIL, "KHL", ["KHL"]),
        (Topic.COUNCIL, "CMA", ["CMA"]),
        (Topic.REGION, "London", ["WND", "BNE"]),
        (Topic.NATION, "Wales", ["CRF"]),
        (Topic.NATION, "Scotland", []),
        (Topic.SUMMARY, "", []),
    ],
)
async def test_a_topic_matches_what_it_is_about(
    topic: Topic,
    value: str,
    told: list[str],
    subscriptions: Subscriptions,
    desk: Desk,
    store: Store,
) -> None:
    await subscriptions.add(Destination(1, GUILD), topic, value, by=1)
    await desk.says(
        gain("WND", "Con", "Lab"),
        gain("BNE", "Lab", "NOC"),
        News("CMA", None, "Lab"),
        gain("CRF", "NOC", "Con"),
        hold("KHL", "Lab"),
    )
    await store.expand()
    assert [council for _, _, council, _, _ in await store.told()] == told


async def test_many_destinations_are_told_in_batches_each_once(
    subscriptions: Subscriptions, desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expansion, "BATCH", 7)
    await subscribed(subscriptions, *range(1, 41))
    for channel in range(20, 61):
        await subscriptions.add(Destination(channel, GUILD), Topic.PARTY, "Lab", by=1)
    await desk.says(gain("WND"), gain("BNE", "Con", "LD"))
    assert await store.expand() >= 14
    told = [(council, destination) for destination, _, council, _, _ in await store.told()]
    assert told == [("WND", n) for n in range(1, 61)] + [("BNE", n) for n in range(1, 41)]
    await desk.says(gain("WND", "Con", "Green"))
    await store.expand()
    latest = [row for row in await store.told() if row[3] == 2]
    assert [row[0] for row in latest] == list(range(1, 41))


async def test_a_batch_that_is_undone_is_done_again(
    writer: Writer, subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    await subscribed(subscriptions, 1, 2)
    await desk.says(gain("WND"))

    def stopped(tx: Transaction) -> None:
        expansion.expand(tx, ALMANAC, desk._clock.now())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await writer.transact(stopped)
    assert await store.told() == []
    await store.expand()
    assert len(await store.told()) == 2


async def test_a_seeded_backlog_makes_one_digest_a_destination(
    subscriptions: Subscriptions, desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expansion, "BATCH", 3)
    await subscribed(subscriptions, 1, 2, 3, 4, 5)
    await subscriptions.add(Destination(6, GUILD), Topic.COUNCIL, "KHL", by=1)
    await subscriptions.add(Destination(7, GUILD), Topic.COUNCIL, "CRF", by=1)
    await desk.says(gain("WND"), gain("BNE"), hold("KHL"), seeded=True)
    await store.expand()
    told = [(destination, kind) for destination, kind, *_ in await store.told()]
    assert told == [(n, "digest") for n in range(1, 7)]


async def test_roles_are_united_in_the_order_of_their_subscriptions(
    subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    for role, (topic, value) in zip(
        (30, 10, 30, 20),
        (
            (Topic.REGION, "London"),
            (Topic.ALL, ""),
            (Topic.PARTY, "Con"),
            (Topic.COUNCIL, "WND"),
        ),
        strict=True,
    ):
        await subscriptions.add(Destination(1, GUILD), topic, value, role=role, by=1)
    await desk.says(gain("WND"))
    await store.expand()
    (row,) = await store.rows("SELECT roles FROM deliveries")
    assert roles_of(row) == [30, 10, 20]


async def test_a_subscription_costs_nothing_where_it_is_not_hit(
    writer: Writer, subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    """SQLite's own count of rows visited, with a hundred thousand who asked for other things."""

    def fill(tx: Transaction) -> None:
        tx.db.conn.executemany(
            "INSERT INTO subscriptions VALUES (?, ?, 7, 'council', ?, 'changes', NULL, 1, '', 0)",
            [(n + 1_000, 5, f"X{n}") for n in range(100_000)],
        )

    await subscribed(subscriptions, 5)
    await writer.transact(fill)
    await desk.says(gain("WND"))
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    await writer.transact(lambda tx: tx.db.conn.set_progress_handler(count, 100))
    await store.expand()
    await writer.transact(lambda tx: tx.db.conn.set_progress_handler(None, 0))
    assert len(await store.told()) == 1
    assert steps < 50


async def test_the_journal_alone_gives_the_same_tables(
    writer: Writer, subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    await subscribed(subscriptions, 1, 3)
    await subscriptions.add(Destination(2, GUILD + 1), Topic.ALL, by=1)
    removed = await subscriptions.add(Destination(3, GUILD), Topic.PARTY, "Lab", by=1)
    await subscriptions.remove(removed.subscription.id, guild_id=GUILD)
    await subscriptions.add(Destination(9), Topic.SUMMARY, by=9)
    await desk.says(gain("WND"), *(gain(council.code) for council in MANY))
    await store.expand()
    await desk.says(gain("WND", "Con", "LD"))
    await store.expand()
    await subscriptions.erase_guild(GUILD + 1)
    rebuilt = rebuild(writer.path)
    assert rebuilt.differences == ()
    assert {row[0] for row in await store.told()} == {1, 3}
    assert NIGHT.isoformat() == (await store.rows("SELECT night FROM deliveries"))[0]["night"]


async def test_versions_that_wait_together_are_told_as_the_last_of_them(
    subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    await subscribed(subscriptions, 1)
    await desk.says(gain("WND"))
    await desk.says(gain("BNE"))
    await desk.says(gain("WND", "Con", "LD"))
    await store.expand()
    told = [(council, version, state) for _, _, council, version, state in await store.told()]
    assert told == [("WND", 1, "replaced"), ("BNE", 1, "waiting"), ("WND", 2, "waiting")]
