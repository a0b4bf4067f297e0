"""What was wrong is struck, told to those who saw it, and to nobody else as a correction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import SteppedClock
from bot.delivery.debounce import FLAPPING_WITHIN
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.delivery.watch_lists import Keeper, WatchLists
from bot.election.alert_kinds import Topic
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Sandbox
from tests.delivery.conftest import Follow, Store, Tell, all_titles, place
from tests.delivery.desk import ALMANAC, Desk, gain, hold, withdrawn

LAB_GAIN_WANDSWORTH = "Labour gain Wandsworth from Conservatives"
LAB_GAIN_BARNET = "Labour gain Barnet from Conservatives"


@asynccontextmanager
async def while_barnet_is_posted(
    alerts: Alerts, desk: Desk, sandbox: Sandbox
) -> AsyncIterator[None]:
    """Hold Barnet's post back until what is said inside waits behind it; then all is delivered."""
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    await desk.says(gain("BNE"))
    await under_way.reached.wait()
    yield
    await sandbox.wait_for(lambda: not alerts._behind())
    under_way.release()
    await alerts.drained()


async def test_the_one_wrong_embed_is_struck_and_the_correction_follows(
    tell: Tell, followed: Channel
) -> None:
    await tell(gain("BNE"), gain("WND"))
    await tell(gain("WND", "Con", "LD"))
    first, second = followed.messages
    correction = "CORRECTION: Lib Dems gain Wandsworth from Conservatives"
    assert [embed["title"] for embed in second.embeds] == [correction]
    kept, struck = first.embeds
    assert kept["title"] == LAB_GAIN_BARNET
    assert struck["title"] == f"WITHDRAWN: ~~{LAB_GAIN_WANDSWORTH}~~"
    assert struck["footer"] == first.versions[0].embeds[1]["footer"]
    guild = followed.guild and followed.guild.id
    assert f"/channels/{guild}/{followed.id}/{second.id}" in struck["description"]
    sentence = correction.removeprefix("CORRECTION: ")
    assert struck["description"].startswith(f"This was wrong. {sentence}.")
    assert len(first.versions) == 1
    ((barnet, wandsworth),) = (row["components"] for row in first.components)
    assert (barnet["label"], wandsworth["label"]) == (
        "How we know: Barnet", "How we know: Wandsworth"
    )  # fmt: skip
    assert [row["components"][0]["label"] for row in second.components] == ["How we know"]


async def test_a_correction_pings_whom_the_original_pinged(
    tell: Tell, subscriptions: Subscriptions, guild: Guild, channel: Channel
) -> None:
    labour, liberal = (guild.add_role(name, mentionable=True).id for name in ("red", "yellow"))
    await subscriptions.add(place(channel), Topic.PARTY, "Lab", role=labour, by=1)
    await tell(gain("WND"))
    await subscriptions.add(place(channel), Topic.PARTY, "LD", role=liberal, by=1)
    await tell(gain("WND", "Con", "LD"))
    assert [message.pinged.roles for message in channel.messages] == [frozenset({labour})] * 2


async def test_a_list_changed_in_mid_night_loses_no_correction_and_repeats_nothing(
    tell: Tell,
    alerts: Alerts,
    subscriptions: Subscriptions,
    channel: Channel,
    writer: Writer,
    clock: SteppedClock,
) -> None:
    destination = place(channel)
    lists, keeper = WatchLists(writer, ALMANAC, clock), Keeper(destination.guild_id, 1)
    patch = await lists.create(keeper, "Our patch")
    await lists.put(keeper, "Our patch", ["WND"])
    await subscriptions.add(destination, Topic.LIST, patch.value, by=1)
    await tell(gain("WND"), gain("BNE"))
    assert all_titles(channel) == [LAB_GAIN_WANDSWORTH]
    await lists.take(keeper, "Our patch", "WND")
    await lists.put(keeper, "Our patch", ["BNE"])
    await alerts.drained()
    assert len(channel.messages) == 1  # Barnet's is older than its place on the list
    await tell(gain("WND", "Con", "LD"))
    correction = "CORRECTION: Lib Dems gain Wandsworth from Conservatives"
    assert all_titles(channel) == [f"WITHDRAWN: ~~{LAB_GAIN_WANDSWORTH}~~", correction]


async def test_who_saw_the_wrong_claim_is_corrected_and_others_are_alerted(
    tell: Tell, follow: Follow, subscriptions: Subscriptions, guild: Guild
) -> None:
    """Also where the corrected claim would no longer concern those who saw the wrong one."""
    labour, liberal, everything, new = (guild.add_channel(name) for name in "abcd")
    await subscriptions.add(place(labour), Topic.PARTY, "Lab", by=1)
    await subscriptions.add(place(liberal), Topic.PARTY, "LD", by=1)
    await follow(everything)
    await tell(gain("WND", "Con", "Lab"))
    await follow(new)
    await tell(gain("WND", "Con", "LD"))
    news = "Lib Dems gain Wandsworth from Conservatives"
    assert all_titles(labour)[1:] == [f"CORRECTION: {news}"]
    assert all_titles(everything)[1:] == [f"CORRECTION: {news}"]
    assert all_titles(liberal) == [news]
    assert all_titles(new) == [news]


async def test_a_withdrawn_claim_is_retracted_where_it_was_seen(
    tell: Tell, follow: Follow, guild: Guild, clock: SteppedClock
) -> None:
    saw, other = guild.add_channel("saw"), guild.add_channel("other")
    await follow(saw)
    await tell(gain("WND"))
    await follow(other)
    await tell(withdrawn("WND"))
    assert all_titles(saw) == [
        f"WITHDRAWN: ~~{LAB_GAIN_WANDSWORTH}~~",
        "RETRACTION: the result reported for Wandsworth is withdrawn",
    ]
    assert other.messages == []
    await clock.move_to(clock.now() + FLAPPING_WITHIN)
    await tell(gain("WND", "Con", "LD"))
    again = "Lib Dems gain Wandsworth from Conservatives"
    assert all_titles(saw)[2:] == all_titles(other) == [again]
    retraction = saw.messages[1].embeds[0]
    assert retraction["title"].startswith("WITHDRAWN: ~~RETRACTION")
    assert retraction["description"].startswith(f"Reported again: {again}.")


async def test_a_correction_of_a_correction_leaves_the_last_word_in_every_struck_post(
    tell: Tell, followed: Channel, clock: SteppedClock
) -> None:
    for winner in ("Lab", "LD", "Green"):
        await clock.move_to(clock.now() + FLAPPING_WITHIN)
        await tell(gain("WND", "Con", winner))
    first, second, third = (message.embeds[0] for message in followed.messages)
    last = "Greens gain Wandsworth from Conservatives"
    assert third["title"] == f"CORRECTION: {last}"
    assert last in first["description"]
    assert last in second["description"]


async def test_a_correction_before_the_original_was_sent_replaces_it_silently(
    alerts: Alerts, desk: Desk, followed: Channel, sandbox: Sandbox, store: Store
) -> None:
    async with while_barnet_is_posted(alerts, desk, sandbox):
        await desk.says(gain("WND"), gain("CRF"), gain("CMA"))
        await desk.says(gain("WND", "Con", "LD"))
        await desk.says(hold("CRF", "Con"))
        await desk.says(withdrawn("CMA"))
    assert all_titles(followed) == [
        LAB_GAIN_BARNET,
        "Lib Dems gain Wandsworth from Conservatives",
    ]
    assert [row[2:] for row in await store.told() if row[4] == "replaced"] == [
        ("WND", 1, "replaced"),
        ("CRF", 1, "replaced"),
        ("CMA", 1, "replaced"),
    ]


async def test_flapping_back_before_anything_was_sent_says_nothing_twice(
    tell: Tell, alerts: Alerts, desk: Desk, followed: Channel, sandbox: Sandbox
) -> None:
    await tell(gain("WND"))
    async with while_barnet_is_posted(alerts, desk, sandbox):
        await desk.says(gain("WND", "Con", "LD"))
        await sandbox.wait_for(lambda: not alerts._behind())
        await desk.says(gain("WND"))
    assert all_titles(followed) == [LAB_GAIN_WANDSWORTH, LAB_GAIN_BARNET]


async def test_corrections_go_before_what_waits_longer(
    tell: Tell, alerts: Alerts, desk: Desk, followed: Channel, sandbox: Sandbox
) -> None:
    await tell(gain("WND"))
    async with while_barnet_is_posted(alerts, desk, sandbox):
        await desk.says(gain("KHL"))
        await desk.says(gain("WND", "Con", "LD"))
    assert all_titles(followed)[2:] == [
        "CORRECTION: Lib Dems gain Wandsworth from Conservatives",
        "Labour gain Kingston upon Hull from Conservatives",
    ]


async def test_a_correction_of_what_a_digest_told_follows_it_there(
    tell: Tell, followed: Channel
) -> None:
    await tell(gain("WND"), gain("BNE"), seeded=True)
    await tell(gain("WND", "Con", "LD"))
    digest, correction = followed.messages
    news = "Lib Dems gain Wandsworth from Conservatives"
    assert correction.embeds[0]["title"] == f"CORRECTION: {news}"
    assert digest.embeds[0]["description"].splitlines()[:2] == [LAB_GAIN_BARNET, news]


async def test_a_deleted_message_is_not_edited_and_holds_nothing_up(
    tell: Tell, followed: Channel, store: Store, clock: SteppedClock
) -> None:
    await tell(gain("WND"))
    followed.messages[0].deleted_at = clock.now()
    await tell(gain("WND", "Con", "LD"))
    (edit,) = await store.rows("SELECT requested, done, reason FROM edits")
    assert tuple(edit) == (1, 1, "The message was deleted.")
