"""What waits becomes messages that Discord takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import discord
import pytest

from bot.cards.card import Card, length_of
from bot.clock import SteppedClock
from bot.delivery.posts import Post, _payload, seal
from bot.delivery.render import Renderer
from bot.delivery.rest import Rest, Unsendable
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Pace
from bot.election.alert_kinds import Topic
from bot.store.writer import Writer
from simulation.discord import Channel, Sandbox
from tests.delivery.conftest import FAST, Store
from tests.delivery.desk import ALMANAC, MANY, Desk, gain

CHANNEL = Destination(1, 7)


@dataclass
class Sealer:
    """Seals what waits for the channel."""

    writer: Writer
    clock: SteppedClock
    wording: Renderer

    async def seal(self) -> Post | None:
        return await self.writer.transact(
            lambda tx: seal(tx, self.wording, CHANNEL.id, at=self.clock.now(), after=0)
        )


@pytest.fixture
def sealer(writer: Writer, clock: SteppedClock) -> Sealer:
    return Sealer(writer, clock, Renderer(ALMANAC))


@pytest.fixture
async def burst(subscriptions: Subscriptions, desk: Desk, store: Store) -> None:
    await subscriptions.add(CHANNEL, Topic.ALL, role=5, by=1)
    await desk.says(*(gain(council.code) for council in MANY[:12]))
    await store.expand()


async def test_a_post_is_frozen_with_its_nonce_and_says_whom_it_may_ping(
    burst: None, sealer: Sealer, store: Store
) -> None:
    post = await sealer.seal()
    assert post is not None
    payload = post.payload
    assert len(payload["nonce"]) <= 25
    assert payload["enforce_nonce"] is True
    assert payload["allowed_mentions"] == {"parse": [], "roles": ["5"]}
    news = "Labour gain Market 00 from Conservatives and 9 more"
    assert payload["content"] == f"{news} <@&5>"
    assert len(payload["embeds"]) == 10


async def test_what_is_sealed_is_not_sealed_again(burst: None, sealer: Sealer) -> None:
    posts = [await sealer.seal() for _ in range(3)]
    assert [post and len(post.payload["embeds"]) for post in posts] == [10, 2, None]
    nonces = {post.payload["nonce"] for post in posts if post}
    assert len(nonces) == 2


async def test_a_message_stays_within_six_thousand_characters(
    burst: None, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Renderer.embeds

    def long(self: Renderer, *args: Any) -> list[dict[str, Any]]:
        (embed,) = plain(self, *args)
        return [embed | {"description": "x" * 1_700}]

    monkeypatch.setattr(Renderer, "embeds", long)
    post = await sealer.seal()
    assert post is not None
    assert len(post.payload["embeds"]) == 3
    assert length_of(post.payload["embeds"]) <= 6_000


async def test_what_cannot_be_worded_is_dropped_and_holds_nothing_up(
    burst: None, sealer: Sealer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Renderer.embeds

    def broken(self: Renderer, db: Any, delivery: Any) -> list[dict[str, Any]]:
        if delivery["council"] == "M00":
            raise ValueError("no words")
        return plain(self, db, delivery)

    monkeypatch.setattr(Renderer, "embeds", broken)
    post = await sealer.seal()
    assert post is not None
    assert post.payload["embeds"][0]["title"].startswith("Labour gain Market 01")
    (failed,) = await store.rows("SELECT council, reason FROM deliveries_failed")
    assert tuple(failed) == ("M00", "It could not be put into words: no words")


async def test_a_fault_of_the_machine_drops_no_delivery(
    burst: None, sealer: Sealer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_memory(*given: Any) -> list[dict[str, Any]]:
        raise MemoryError

    with monkeypatch.context() as passing:
        passing.setattr(Renderer, "embeds", without_memory)
        with pytest.raises(MemoryError):
            await sealer.seal()
    assert await store.rows("SELECT * FROM deliveries_failed") == []
    post = await sealer.seal()
    assert post is not None
    assert len(post.payload["embeds"]) == 10


def test_more_roles_than_a_message_has_room_for_are_not_called() -> None:
    roles = range(10**19, 10**19 + 150)
    embeds = [Card("x" * 256).to_embed_dict()] * 10
    payload = _payload(embeds, [{"roles": json.dumps([*roles])}])
    assert 1_800 < len(payload["content"]) <= 2_000
    called = payload["allowed_mentions"]["roles"]
    assert 60 < len(called) <= 100
    assert all(f"<@&{role}>" in payload["content"] for role in called)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"embeds": [{"title": "x" * 256, "description": "x" * 2_800}] * 2}, "6,112 characters"),
        ({"embeds": [{"title": "x"}] * 11}, "11 embeds"),
        ({"content": "x" * 2_001}, "2,001 characters"),
    ],
)
async def test_what_discord_would_refuse_is_not_even_sent(
    client: discord.Client,
    sandbox: Sandbox,
    channel: Channel,
    body: dict[str, Any],
    why: str,
) -> None:
    rest, before = Rest(client, Pace(FAST)), len(sandbox.requests)
    with pytest.raises(Unsendable, match=why):
        await rest.send(channel.id, body)
    if "embeds" in body:
        with pytest.raises(Unsendable, match=why):
            await rest.edit(channel.id, 1, body["embeds"])
    assert len(sandbox.requests) == before
