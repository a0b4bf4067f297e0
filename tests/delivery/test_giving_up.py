"""A fault of our own that does not pass fails where people see it, and holds nothing else back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.delivery import courier, expansion
from bot.delivery.render import Renderer
from bot.delivery.rest import Rest
from bot.delivery.service import Alerts, Counts
from bot.delivery.subscriptions import Subscriptions
from bot.store.rebuild import rebuild
from bot.store.service_notices import DeskChannel
from bot.store.writer import Writer
from simulation.discord import Channel, Guild
from tests.delivery.conftest import AlertsWith, Follow, Store, Tell, all_titles, place
from tests.delivery.desk import Desk, gain

pytestmark = pytest.mark.usefixtures("quietly")

WANDSWORTH = "Labour gain Wandsworth from Conservatives"
BARNET = "Labour gain Barnet from Conservatives"
NOT_POSTED = "A message was not posted"
NOT_TOLD = "An alert did not reach everyone"


@pytest.fixture
def room(guild: Guild) -> Channel:
    """The desk's channel."""
    return guild.add_channel("desk")


@pytest.fixture
async def alerts(alerts_with: AlertsWith, room: Channel) -> AsyncIterator[Alerts]:
    there = place(room)
    async with alerts_with(desk=DeskChannel(there.id, there.guild_id or 0)) as alerts:
        yield alerts


async def test_a_message_that_meets_faults_of_our_own_fails_and_the_next_goes_out(
    tell: Tell,
    alerts: Alerts,
    subscriptions: Subscriptions,
    followed: Channel,
    room: Channel,
    monkeypatch: pytest.MonkeyPatch,
    writer: Writer,
) -> None:
    send = Rest.send_once

    async def faulty(rest: Rest, number: int, payload: Any, *rest_of: Any, **options: Any) -> int:
        if any(embed["title"] == WANDSWORTH for embed in payload["embeds"]):
            raise KeyError("id")
        return await send(rest, number, payload, *rest_of, **options)

    monkeypatch.setattr(Rest, "send_once", faulty)
    await tell(gain("WND"), gain("BNE"))
    assert all_titles(followed) == [BARNET]
    assert await alerts.counts() == Counts(sent=1, refused=0, replaced=0, lost=1)
    (listed,) = subscriptions.of_guild(place(followed).guild_id or 0)
    assert "A fault of the bot itself" in (listed.failed or "")
    assert all_titles(room) == [NOT_POSTED]
    assert rebuild(writer.path).differences == ()


async def test_a_history_that_cannot_be_compared_stops_no_channel(
    tell: Tell, follow: Follow, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def faulty(*_: Any) -> Any:
        raise KeyError("embeds")

    monkeypatch.setattr(courier, "newer_messages", faulty)
    await follow(channel)
    await tell(gain("WND"))
    assert all_titles(channel) == [WANDSWORTH]


async def test_an_edit_that_meets_faults_of_our_own_is_given_up(
    tell: Tell, follow: Follow, channel: Channel, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def faulty(*_: Any) -> None:
        raise KeyError("id")

    await follow(channel)
    await tell(gain("WND"))
    monkeypatch.setattr(Rest, "edit", faulty)
    await tell(gain("WND", "Con", "LD"))
    (edit,) = await store.rows("SELECT reason FROM edits")
    assert "A fault of the bot itself" in edit["reason"]


async def test_a_delivery_that_cannot_be_put_into_words_is_told_to_the_desk(
    tell: Tell, follow: Follow, channel: Channel, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Renderer._alert

    def faulty(wording: Renderer, db: Any, delivery: Any) -> Any:
        if delivery["council"] == "WND":
            raise KeyError("colour")
        return plain(wording, db, delivery)

    monkeypatch.setattr(Renderer, "_alert", faulty)
    await follow(channel)
    await tell(gain("WND"), gain("BNE"))
    assert all_titles(channel) == [BARNET]
    assert all_titles(room) == [NOT_POSTED]
    assert f"<#{channel.id}>" in room.messages[0].embeds[0]["description"]


async def test_the_desk_is_told_once_of_a_claim_that_nobody_can_read(
    alerts: Alerts, desk: Desk, followed: Channel, room: Channel
) -> None:
    await desk.says_nonsense("WND", gain("BNE"))
    await alerts.drained()
    assert all_titles(followed) == [BARNET]
    assert all_titles(room) == [NOT_TOLD]
    assert room.messages[0].embeds[0]["description"].startswith("Wandsworth, 5 May 2022: ")


async def test_a_fault_in_telling_one_place_costs_no_other_and_tells_nothing_wrong_there(
    follow: Follow, desk: Desk, store: Store, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (guild.add_channel(name) for name in "ab")
    await follow(first, second)
    await desk.says(gain("WND"))
    await store.expand()
    plain = expansion._new_delivery

    def faulty(tx: Any, claim: Any, destination: int, *more: Any, **options: Any) -> Any:
        if destination == first.id:
            raise KeyError("roles")
        return plain(tx, claim, destination, *more, **options)

    monkeypatch.setattr(expansion, "_new_delivery", faulty)
    await desk.says(gain("WND", "Con", "LD"))
    await store.expand()
    assert [told for told in await store.told() if told[4] == "waiting"] == [
        (second.id, "alert", "WND", 2, "waiting"),
    ]
