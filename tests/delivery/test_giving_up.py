"""A fault of our own that does not pass fails where people see it, and holds nothing else back."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery import courier, expansion
from bot.delivery.render import Renderer
from bot.delivery.rest import Rest
from bot.delivery.service import Alerts, Counts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from bot.store.service_notices import DeskChannel
from bot.store.writer import Transaction, Writer
from simulation.discord import Channel, Guild
from tests.delivery.conftest import FAST, IMPATIENT, Store, all_titles, at_work, place
from tests.delivery.desk import ALMANAC, START, Desk, gain, say

WANDSWORTH = "Labour gain Wandsworth from Conservatives"
BARNET = "Labour gain Barnet from Conservatives"
NOT_POSTED = "A message was not posted"
NOT_TOLD = "An alert was not told to all who follow it"


@pytest.fixture(autouse=True)
def quietly(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def room(guild: Guild) -> Channel:
    """The desk's channel."""
    return guild.add_channel("desk")


@pytest.fixture
async def alerts(
    writer: Writer, clock: SteppedClock, client: discord.Client, room: Channel
) -> AsyncIterator[Alerts]:
    there = place(room)
    service = Alerts(
        writer,
        ALMANAC,
        clock,
        pace=FAST,
        patience=IMPATIENT,
        desk=DeskChannel(there.id, there.guild_id or 0),
    )
    async with at_work(service, client):
        yield service


async def test_a_message_that_meets_faults_of_our_own_fails_and_the_next_goes_out(
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    channel: Channel,
    room: Channel,
    monkeypatch: pytest.MonkeyPatch,
    writer: Writer,
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    send = Rest.send_once

    async def faulty(rest: Rest, number: int, payload: Any, *rest_of: Any, **options: Any) -> int:
        if any(embed["title"] == WANDSWORTH for embed in payload["embeds"]):
            raise KeyError("id")
        return await send(rest, number, payload, *rest_of, **options)

    monkeypatch.setattr(Rest, "send_once", faulty)
    await desk.says(gain("WND"), gain("BNE"))
    await alerts.drained()
    assert all_titles(channel) == [BARNET]
    assert await alerts.counts() == Counts(sent=1, refused=0, replaced=0, lost=1)
    (listed,) = subscriptions.of_guild(place(channel).guild_id or 0)
    assert "A fault of the bot itself" in (listed.failed or "")
    assert all_titles(room) == [NOT_POSTED]
    assert rebuild(writer.path).differences == ()


async def test_a_history_that_cannot_be_compared_stops_no_channel(
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def faulty(*_: Any) -> Any:
        raise KeyError("embeds")

    monkeypatch.setattr(courier, "newer_messages", faulty)
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("WND"))
    await alerts.drained()
    assert all_titles(channel) == [WANDSWORTH]


async def test_an_edit_that_meets_faults_of_our_own_is_given_up(
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    channel: Channel,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def faulty(*_: Any) -> None:
        raise KeyError("id")

    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("WND"))
    await alerts.drained()
    monkeypatch.setattr(Rest, "edit", faulty)
    await desk.says(gain("WND", "Con", "LD"))
    await alerts.drained()
    (edit,) = await store.rows("SELECT reason FROM edits")
    assert "A fault of the bot itself" in edit["reason"]


async def test_a_delivery_that_cannot_be_put_into_words_is_told_to_the_desk(
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    channel: Channel,
    room: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = Renderer._alert

    def faulty(wording: Renderer, db: Any, delivery: Any) -> Any:
        if delivery["council"] == "WND":
            raise KeyError("colour")
        return plain(wording, db, delivery)

    monkeypatch.setattr(Renderer, "_alert", faulty)
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("WND"), gain("BNE"))
    await alerts.drained()
    assert all_titles(channel) == [BARNET]
    assert all_titles(room) == [NOT_POSTED]
    assert f"<#{channel.id}>" in room.messages[0].embeds[0]["description"]


async def test_the_desk_is_told_once_of_a_claim_that_nobody_can_read(
    alerts: Alerts,
    subscriptions: Subscriptions,
    channel: Channel,
    room: Channel,
    writer: Writer,
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)

    def spoil(tx: Transaction) -> None:
        say(tx, gain("WND"), SteppedClock(START))
        tx.db.conn.execute("UPDATE claims SET outcome = 'nonsense' WHERE council = 'WND'")
        say(tx, gain("BNE"), SteppedClock(START))

    await writer.transact(spoil)
    await alerts.drained()
    assert all_titles(channel) == [BARNET]
    assert all_titles(room) == [NOT_TOLD]
    assert room.messages[0].embeds[0]["description"].startswith("Wandsworth, 5 May 2022: ")


async def test_a_fault_in_telling_one_place_costs_no_other_and_tells_nothing_wrong_there(
    desk: Desk,
    subscriptions: Subscriptions,
    store: Store,
    guild: Guild,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (guild.add_channel(name) for name in "ab")
    for each in (first, second):
        await subscriptions.add(place(each), Topic.ALL, by=1)
    await desk.says(gain("WND"))
    await store.expand()
    plain = expansion._what_is_news

    def faulty(tx: Any, claim: Any, destination: int, *more: Any, **options: Any) -> Any:
        if destination == first.id:
            raise KeyError("roles")
        return plain(tx, claim, destination, *more, **options)

    monkeypatch.setattr(expansion, "_what_is_news", faulty)
    await desk.says(gain("WND", "Con", "LD"))
    await store.expand()
    assert [told for told in await store.told() if told[4] == "waiting"] == [
        (second.id, "alert", "WND", 2, "waiting"),
    ]
