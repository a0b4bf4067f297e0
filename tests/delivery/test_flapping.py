"""Flapping: A, B, A, B is told as A and B; what comes of more is told once, when it is still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.clock import SteppedClock
from bot.delivery.debounce import DEBOUNCE
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT, Store, all_titles, at_work, place
from tests.delivery.desk import ALMANAC, Desk, gain, withdrawn

LABOUR = "Labour gain Wandsworth from Conservatives"
LIBERALS = "Lib Dems gain Wandsworth from Conservatives"
MINUTE = timedelta(minutes=1)

Flap = Callable[..., Awaitable[None]]


@pytest.fixture
def flap(alerts: Alerts, desk: Desk, clock: SteppedClock) -> Flap:
    """Says of Wandsworth, one a minute, who gains it; None reverses it."""

    async def flap(*winners: str | None) -> None:
        for winner in winners:
            await desk.says(gain("WND", "Con", winner) if winner else withdrawn("WND"))
            await alerts.drained()
            await clock.move_to(clock.now() + MINUTE)

    return flap


async def test_where_it_ends_as_it_was_told_nothing_more_is_said(
    alerts: Alerts, flap: Flap, subscriptions: Subscriptions, channel: Channel, clock: SteppedClock
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await flap("Lab", "LD", "Lab", "LD")
    await clock.move_to(clock.now() + DEBOUNCE)
    await alerts.drained()
    assert all_titles(channel) == [f"WITHDRAWN: ~~{LABOUR}~~", f"CORRECTION: {LIBERALS}"]


async def test_where_it_ends_otherwise_one_correction_follows_when_it_is_still(
    alerts: Alerts, flap: Flap, subscriptions: Subscriptions, channel: Channel, clock: SteppedClock
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await flap("Lab", "LD", "Lab", "LD", "Lab")
    assert len(channel.messages) == 2
    due = alerts.next_due()
    assert due is not None and due - clock.now() == DEBOUNCE - MINUTE
    await clock.move_to(due - timedelta(seconds=1))
    await alerts.drained()
    assert len(channel.messages) == 2
    await clock.move_to(due)
    await alerts.drained()
    assert all_titles(channel) == [
        LABOUR,
        f"WITHDRAWN: ~~CORRECTION: {LIBERALS}~~",
        f"CORRECTION: {LABOUR}",
    ]
    assert alerts.next_due() is None


async def test_before_it_is_still_every_message_reads_true_already(
    flap: Flap, subscriptions: Subscriptions, channel: Channel
) -> None:
    """Nothing is posted while a claim flaps; what stands in the channel is edited at once."""
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await flap("Lab", "LD")
    for winner, standing in (("Lab", [LABOUR]), ("LD", [f"CORRECTION: {LIBERALS}"]), (None, [])):
        await flap(winner)
        shown = all_titles(channel)
        assert len(shown) == 2
        assert [title for title in shown if not title.startswith("WITHDRAWN")] == standing


async def test_a_claim_that_is_made_and_withdrawn_again_and_again_ends_in_one_retraction(
    alerts: Alerts, flap: Flap, subscriptions: Subscriptions, channel: Channel, clock: SteppedClock
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await flap("Lab", None, "Lab", None, "LD", None)
    await clock.move_to(clock.now() + DEBOUNCE)
    await alerts.drained()
    assert all_titles(channel) == [
        f"WITHDRAWN: ~~{LABOUR}~~",
        "RETRACTION: the result reported for Wandsworth is withdrawn",
    ]


async def test_who_has_seen_nothing_is_told_at_once(
    flap: Flap, subscriptions: Subscriptions, guild: Guild
) -> None:
    first, green = guild.add_channel("first"), guild.add_channel("green")
    await subscriptions.add(place(first), Topic.ALL, by=1)
    await subscriptions.add(place(green), Topic.PARTY, "Green", by=1)
    await flap("Lab", "LD", "Green")
    assert all_titles(green) == ["Greens gain Wandsworth from Conservatives"]
    assert len(first.messages) == 2


async def test_a_correction_that_was_not_sent_gives_its_place_to_the_next(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel, sandbox: Sandbox
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    await desk.says(gain("WND"))
    await under_way.reached.wait()
    for winner in ("LD", "NOC", "Green"):
        await desk.says(gain("WND", "Con", winner))
        await sandbox.wait_for(lambda: not alerts._behind())
    under_way.release()
    await alerts.drained()
    assert all_titles(channel) == [
        f"WITHDRAWN: ~~{LABOUR}~~",
        "CORRECTION: Greens gain Wandsworth from Conservatives",
    ]


async def test_the_word_of_the_desk_does_not_wait(
    alerts: Alerts,
    flap: Flap,
    desk: Desk,
    subscriptions: Subscriptions,
    channel: Channel,
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await flap("Lab", "LD", "Lab")
    await desk.says(gain("WND", "Con", "Green"), by_desk=True)
    await alerts.drained()
    assert all_titles(channel)[-1] == "CORRECTION: Greens gain Wandsworth from Conservatives"
    assert len(channel.messages) == 3


async def test_a_restart_forgets_nothing_of_it(
    writer: Writer, desk: Desk, subscriptions: Subscriptions, channel: Channel,
    clock: SteppedClock, client: object, store: Store,
) -> None:  # fmt: skip
    def started() -> Alerts:
        return Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)

    await subscriptions.add(place(channel), Topic.ALL, by=1)
    async with at_work(started(), client) as before:  # type: ignore[arg-type]
        for winner in ("Lab", "LD", "Lab"):
            await desk.says(gain("WND", "Con", winner))
            await before.drained()
            await clock.move_to(clock.now() + MINUTE)
    assert rebuild(writer.path).differences == ()
    await clock.move_to(clock.now() + DEBOUNCE)
    async with at_work(started(), client) as after:  # type: ignore[arg-type]
        await after.drained()
    assert all_titles(channel)[-1] == f"CORRECTION: {LABOUR}"
    assert await store.rows("SELECT * FROM debounced") == []
    assert rebuild(writer.path).differences == ()


async def test_many_who_wait_are_told_in_batches_each_once(
    desk: Desk, subscriptions: Subscriptions, store: Store, clock: SteppedClock, writer: Writer
) -> None:
    everybody = range(1, 251)
    for channel in everybody:
        await subscriptions.add(Destination(channel, 7), Topic.ALL, by=1)
    for winner in ("Lab", "LD"):
        await desk.says(gain("WND", "Con", winner))
        await store.expand()
        await writer.transact(lambda tx: tx.db.conn.execute("UPDATE deliveries SET state = 'sent'"))
    await desk.says(gain("WND", "Con", "Lab"))
    await store.expand()
    assert len(await store.told()) == 500
    await clock.move_to(clock.now() + DEBOUNCE)
    assert await store.expand() >= 3
    assert [row[0] for row in (await store.told())[500:]] == list(everybody)
