"""New evidence for what was told: the posts that stand are edited, and nobody is disturbed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.cards.card import MESSAGE_CHARACTERS, length_of
from bot.clock import SteppedClock
from bot.delivery import batches
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import Topic
from bot.election.claims import Basis
from bot.election.control import Control, Outcome
from bot.ingest.ingest import Ingest
from bot.store.rebuild import rebuild
from bot.store.standings import CouncilDecided, stored_standing
from bot.store.writer import Transaction, Writer
from simulation.discord import Channel, Guild, Sandbox
from tests.delivery.conftest import AlertsWith, Follow, Store, all_titles, place
from tests.delivery.desk import MANY, Desk, gain
from tests.election.build import NIGHT
from tests.support.small_night import AFTER_CLOSE, ALMANAC, council_result, document, fetch

FIRST = {"LD": 29, "Lab": 27, "Ind": 1}
SECOND = {"LD": 30, "Lab": 26, "Ind": 1}
PATCH = ("PATCH", "/channels/*/messages/*")


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(AFTER_CLOSE)


@pytest.fixture
async def alerts(alerts_with: AlertsWith) -> AsyncIterator[Alerts]:
    async with alerts_with(almanac=ALMANAC) as alerts:
        yield alerts


class Wire:
    """Brings in results of Hull, and lets other evidence for what is in force come in."""

    def __init__(self, writer: Writer, clock: SteppedClock) -> None:
        self._writer = writer
        self._clock = clock
        self._ingest = Ingest(writer, ALMANAC, clock)

    async def says(self, now: Mapping[str, int], revision: int, council: str = "KHL") -> None:
        result = council_result(council, now, revision=revision)
        await self._ingest.file(fetch(document(result)))

    async def shows(self, **changed: Any) -> None:
        def work(tx: Transaction) -> None:
            stored = stored_standing(tx.db.conn, NIGHT.isoformat(), "KHL")
            assert stored is not None
            entry = CouncilDecided(NIGHT, "KHL", (), replace(stored, **changed))
            tx.append(entry, self._clock.now())

        await self._writer.transact(work)


@pytest.fixture
def wire(writer: Writer, clock: SteppedClock) -> Wire:
    return Wire(writer, clock)


async def test_corrected_seats_edit_the_post_quietly(
    alerts: Alerts, wire: Wire, subscriptions: Subscriptions, guild: Guild, channel: Channel,
    writer: Writer,
) -> None:  # fmt: skip
    role = guild.add_role("Alerts", mentionable=True)
    await subscriptions.add(place(channel), Topic.ALL, role=role.id, by=1)
    await wire.says(FIRST, 1)
    await alerts.drained()
    await wire.says(SECOND, 2)
    await alerts.drained()
    (message,) = channel.messages
    (before,) = message.versions[0].embeds
    (after,) = message.embeds
    assert after["title"] == before["title"]
    assert after["footer"]["text"].split(" · ")[-1] == before["footer"]["text"].split(" · ")[-1]
    assert "**29 of 57** seats" in before["description"]
    assert "**30 of 57** seats" in after["description"]
    assert after["fields"][0]["value"].startswith("Lib Dems 30")
    assert len(message.versions) == 1
    assert rebuild(writer.path).differences == ()


async def test_the_same_in_another_revision_is_no_edit(
    alerts: Alerts, wire: Wire, followed: Channel, store: Store
) -> None:
    await wire.says(FIRST, 1)
    await alerts.drained()
    await wire.says(FIRST, 2)
    await alerts.drained()
    assert await store.rows("SELECT * FROM edits") == []


async def test_what_was_not_sent_yet_takes_the_new_evidence(
    alerts: Alerts, wire: Wire, followed: Channel, sandbox: Sandbox
) -> None:
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    await wire.says({"Lab": 20, "Con": 15}, 1, "WOR")
    await under_way.reached.wait()
    for revision, seats in enumerate((FIRST, SECOND), 1):
        await wire.says(seats, revision)
        await sandbox.wait_for(lambda: not alerts._behind())
    under_way.release()
    await alerts.drained()
    _, message = followed.messages
    assert "**30 of 57** seats" in message.embeds[0]["description"]
    assert message.versions == []


async def test_a_post_under_way_is_edited_when_it_has_arrived(
    alerts: Alerts, wire: Wire, followed: Channel, sandbox: Sandbox
) -> None:
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    await wire.says(FIRST, 1)
    await under_way.reached.wait()
    await wire.says(SECOND, 2)
    await sandbox.wait_for(lambda: not alerts._behind())
    under_way.release()
    await alerts.drained()
    assert "**30 of 57** seats" in followed.messages[0].embeds[0]["description"]


async def test_another_basis_is_shown_and_what_is_not_claimed_is_not(
    alerts: Alerts, wire: Wire, followed: Channel
) -> None:
    await wire.says(FIRST, 1)
    await alerts.drained()
    await wire.shows(basis=Basis.WARDS)
    await alerts.drained()
    (message,) = followed.messages
    assert "Source: PA, from all wards" in message.embeds[0]["footer"]["text"]
    await wire.shows(basis=Basis.DESK, confirmed=False)
    await wire.shows(basis=Basis.DESK, after=Control("Lab"), outcome=Outcome.HOLD)
    await alerts.drained()
    assert "Source: PA, from all wards" in message.embeds[0]["footer"]["text"]


async def test_a_struck_post_stays_struck(alerts: Alerts, wire: Wire, followed: Channel) -> None:
    await wire.says(FIRST, 1)
    await alerts.drained()
    await wire.says({"LD": 28, "Lab": 28, "Ind": 1}, 2)
    await alerts.drained()
    await wire.says({"LD": 27, "Lab": 28, "Ind": 2}, 3)
    await alerts.drained()
    wrong, correction = followed.messages
    assert wrong.embeds[0]["title"].startswith("WITHDRAWN: ")
    assert all_titles(followed)[1].startswith("CORRECTION: Labour lose")
    assert correction.embeds[0]["fields"][0]["value"].startswith("Labour 28")
    assert "Independents and others 2" in correction.embeds[0]["fields"][0]["value"]
    assert len(wrong.versions) == 1


async def test_all_posts_follow_in_batches(
    wire: Wire,
    follow: Follow,
    guild: Guild,
    alerts: Alerts,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    writer: Writer,
) -> None:
    monkeypatch.setattr(batches, "_EDITS_IN_A_BATCH", 3)
    channels = [guild.add_channel(f"c{number}") for number in range(7)]
    await follow(*channels)
    await wire.says(FIRST, 1)
    await alerts.drained()
    await wire.says(SECOND, 2)
    await alerts.drained()
    shown = [message.embeds[0]["description"] for c in channels for message in c.messages]
    assert sum("**30 of 57** seats" in text for text in shown) == len(shown) == 7
    entries = await store.rows("SELECT * FROM journal WHERE kind = 'evidence-followed'")
    assert len(entries) == 3
    assert rebuild(writer.path).differences == ()


@pytest.mark.parametrize("code", [20022, 30046])
async def test_too_many_edits_are_made_later(
    code: int, alerts: Alerts, wire: Wire, followed: Channel, sandbox: Sandbox
) -> None:
    await wire.says(FIRST, 1)
    await alerts.drained()
    sandbox.faults.answer(*PATCH, 400, {"message": "Too many edits", "code": code}, times=2)
    await wire.says(SECOND, 2)
    await alerts.drained()
    assert "**30 of 57** seats" in followed.messages[0].embeds[0]["description"]


async def test_a_forgotten_guild_is_not_followed(
    follow: Follow,
    alerts: Alerts,
    wire: Wire,
    subscriptions: Subscriptions,
    channel: Channel,
    sandbox: Sandbox,
    writer: Writer,
) -> None:
    left = sandbox.add_guild("Left")
    gone, kept = left.add_channel("gone"), channel
    await follow(gone, kept)
    await wire.says(FIRST, 1)
    await alerts.drained()
    await wire.says(SECOND, 2)
    await alerts.drained()
    await subscriptions.erase_guild(left.id)
    await wire.says(FIRST, 3)
    await alerts.drained()
    assert "**30 of 57** seats" in gone.messages[0].embeds[0]["description"]
    assert "**29 of 57** seats" in kept.messages[0].embeds[0]["description"]
    assert rebuild(writer.path).differences == ()


async def test_ten_embeds_with_longer_evidence_stay_within_a_message(
    alerts_with: AlertsWith,
    writer: Writer,
    clock: SteppedClock,
    follow: Follow,
    channel: Channel,
    sandbox: Sandbox,
) -> None:
    desk = Desk(writer, clock)
    await follow(channel)
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    async with alerts_with() as a:
        await desk.says(gain("WND"))
        await under_way.reached.wait()
        await desk.says(*(gain(council.code) for council in MANY[:10]))
        await sandbox.wait_for(lambda: not a._behind())
        under_way.release()
        await a.drained()
        crowd = {f"A party with a name of some length {n:02}": 2 for n in range(20)}
        for council in MANY[:10]:
            await desk.rests_on(council.code, {"Lab": 41, **crowd})
        await a.drained()
    _, message = channel.messages
    assert len(message.embeds) == 10
    assert message.versions, "the edit was refused"
    assert length_of(message.embeds) <= MESSAGE_CHARACTERS
    assert all("**41 of 81** seats" in embed["description"] for embed in message.embeds)
    assert all(embed["footer"]["text"].split(" · ")[-1][:3] == "EN-" for embed in message.embeds)
