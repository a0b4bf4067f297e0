"""Subscriptions: asked for once, listed, ended by those whom they belong to, forgotten."""

from __future__ import annotations

import pytest

from bot.delivery import subscriptions as subscriptions_module
from bot.delivery.subscriptions import Asked, Change, Destination, SubscriptionError, Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.delivery.conftest import Store
from tests.delivery.desk import Desk, gain

CHANNEL, USER = Destination(1, 7), Destination(2)


async def test_the_same_wish_twice_is_one_subscription(subscriptions: Subscriptions) -> None:
    first = await subscriptions.add(CHANNEL, Topic.PARTY, "Lab", by=5)
    again = await subscriptions.add(CHANNEL, Topic.PARTY, "Lab", by=6)
    assert (first.change, again.change) == (Change.ADDED, Change.NOTHING)
    assert again.subscription == first.subscription
    assert subscriptions.of_guild(7) == [first.subscription]


async def test_another_role_changes_the_subscription(subscriptions: Subscriptions) -> None:
    first = await subscriptions.add(CHANNEL, Topic.ALL, by=5)
    changed = await subscriptions.add(CHANNEL, Topic.ALL, role=9, by=5)
    assert changed.change is Change.ROLE_CHANGED
    assert (changed.subscription.id, changed.subscription.role) == (first.subscription.id, 9)


async def test_a_subscription_knows_what_is_older(
    subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    await desk.says(gain("WND"))
    added = await subscriptions.add(CHANNEL, Topic.ALL, by=5)
    (newest,) = await store.rows("SELECT MAX(outbox) FROM claims")
    assert added.subscription.after_outbox == newest[0]


@pytest.mark.parametrize(
    ("topic", "value", "role"),
    [(Topic.PARTY, "", None), (Topic.ALL, "Lab", None), (Topic.ALL, "", 3)],
)
async def test_what_makes_no_sense_is_refused(
    topic: Topic, value: str, role: int | None, subscriptions: Subscriptions
) -> None:
    with pytest.raises(ValueError, match=r"value|roles"):
        await subscriptions.add(USER, topic, value, role=role, by=2)


async def test_only_its_owner_can_end_a_subscription(subscriptions: Subscriptions) -> None:
    ours = (await subscriptions.add(CHANNEL, Topic.ALL, by=5)).subscription
    users = (await subscriptions.add(USER, Topic.ALL, by=2)).subscription
    assert await subscriptions.remove(ours.id, guild_id=8) is None
    assert await subscriptions.remove(users.id, guild_id=7) is None
    assert await subscriptions.remove(users.id, user_id=3) is None
    assert await subscriptions.remove(999, guild_id=7) is None
    assert await subscriptions.remove(ours.id, guild_id=7) == ours
    assert await subscriptions.remove(users.id, user_id=2) == users
    assert subscriptions.of_guild(7) == subscriptions.of_user(2) == []


async def test_a_change_of_several_subscriptions_is_made_whole_or_not_at_all(
    subscriptions: Subscriptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (await subscriptions.add(CHANNEL, Topic.ALL, by=5)).subscription
    other = (await subscriptions.add(USER, Topic.ALL, by=2)).subscription
    monkeypatch.setattr(subscriptions_module, "MOST_IN_A_PLACE", 1)
    two = [Asked(Topic.PARTY, "Lab"), Asked(Topic.PARTY, "Con")]
    with pytest.raises(SubscriptionError):
        await subscriptions.change(CHANNEL, two, ended=[old.id], by=5)
    assert subscriptions.of_guild(7) == [old]
    (added,) = await subscriptions.change(CHANNEL, two[:1], ended=[old.id, other.id], by=5)
    assert subscriptions.of_guild(7) == [added.subscription]
    assert subscriptions.of_user(2) == [other]


async def test_a_guild_is_forgotten_whole(
    subscriptions: Subscriptions, desk: Desk, store: Store, writer: Writer
) -> None:
    for destination in (Destination(1001, 777_001), Destination(4, 8)):
        await subscriptions.add(destination, Topic.ALL, by=1)
    await desk.says(gain("WND"))
    await store.expand()
    await subscriptions.erase_guild(777_001)
    for table, column in (
        ("subscriptions", "destination"),
        ("deliveries", "destination"),
        ("destinations", "id"),
    ):
        rows = await store.rows(f"SELECT DISTINCT {column} FROM {table}")
        assert [row[0] for row in rows] == [4]
    journal = "".join(row[0] for row in await store.rows("SELECT data FROM journal"))
    assert "777001" not in journal
    assert rebuild(writer.path).differences == ()
