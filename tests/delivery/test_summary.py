"""The end-of-night summary: posted once to who asked for it, edited when it changes."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from functools import partial

import discord
import pytest

from bot.cards.card import Card, length_of
from bot.clock import SteppedClock
from bot.delivery.checkpoints import Checkpoint
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import Topic
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureError, PictureRenderer
from bot.store.desk import DeskActed, DeskAction
from bot.store.rebuild import rebuild
from bot.store.summaries import Edition
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Permission, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT, Store, at_work, place, references, titles
from tests.delivery.desk import ALMANAC, NIGHT, Desk, gain

FIRST = [Card("Labour gain most", "Lead."), Card("Gains and losses", footer="146 of 146 declared")]
CHANGED = [Card("Labour gain fewer", "Lead."), FIRST[1]]


async def test_the_summary_is_posted_once_and_edited_when_it_changes(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, guild: Guild, writer: Writer
) -> None:
    asked, not_asked, late = (guild.add_channel(name) for name in "abc")
    await subscriptions.add(place(asked), Topic.SUMMARY, by=1)
    await subscriptions.add(place(not_asked), Topic.ALL, by=1)
    assert await alerts.post_summary(NIGHT, FIRST, "all councils have declared")
    assert not await alerts.post_summary(NIGHT, FIRST, "the hour has come")
    await alerts.drained()
    assert titles(asked) == [["Labour gain most", "Gains and losses"]]
    assert asked.messages[0].embeds[1]["footer"]["text"].startswith("146 of 146 declared · EN-")
    assert len({*references(asked.messages[0])}) == 1
    await subscriptions.add(place(late), Topic.SUMMARY, by=1)
    assert await alerts.post_summary(NIGHT, CHANGED, "a correction")
    await alerts.drained()
    assert titles(asked) == [["Labour gain fewer", "Gains and losses"]]
    assert not_asked.messages == late.messages == []
    assert rebuild(writer.path).differences == ()


async def test_a_summary_as_long_as_a_message_has_room_for_its_references(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, guild: Guild
) -> None:
    channel = guild.add_channel("a")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    full = [Card(f"Card {place}", "x" * 900) for place in range(9)]
    await alerts.post_summary(NIGHT, full, "the hour has come")
    await alerts.drained()
    [message] = channel.messages
    assert len({*references(message)}) == 1
    assert 5_800 < length_of(message.embeds) <= 6_000


async def test_the_summary_stands_in_a_message_of_its_own(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, guild: Guild, store: Store
) -> None:
    channel = guild.add_channel("all")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("WND"))
    await alerts.post_summary(NIGHT, FIRST, "the hour has come")
    await alerts.drained()
    assert sorted(map(len, titles(channel))) == [1, 2]


@pytest.mark.parametrize("restarted", [False, True])
async def test_while_the_desk_has_paused_alerts_a_posted_summary_stays_as_it_is(
    *,
    restarted: bool,
    writer: Writer,
    clock: SteppedClock,
    client: discord.Client,
    sandbox: Sandbox,
    subscriptions: Subscriptions,
    guild: Guild,
) -> None:
    async def switch(action: DeskAction) -> None:
        entry = DeskActed(action, "ada", "the wire is wrong")
        await writer.transact(lambda tx: tx.append(entry, clock.now()))

    channel = guild.add_channel("summary")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    async with at_work(_alerts(writer, clock), client) as alerts:
        await alerts.post_summary(NIGHT, FIRST, "all councils have declared")
        await alerts.drained()
        await switch(DeskAction.PAUSE)
        await alerts.post_summary(NIGHT, CHANGED, "a correction")
        await alerts.drained()
        assert titles(channel)[0][0] == FIRST[0].title
        if not restarted:
            await switch(DeskAction.RESUME)
            await sandbox.wait_for(lambda: titles(channel)[0][0] == CHANGED[0].title)
            return
    async with at_work(_alerts(writer, clock), client) as alerts:
        await alerts.drained()
        assert titles(channel)[0][0] == FIRST[0].title
        await switch(DeskAction.RESUME)
        await sandbox.wait_for(lambda: titles(channel)[0][0] == CHANGED[0].title)


PICTURE = Picture(
    "map",
    "Who controls the councils",
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>',
    "Who controls the councils: 146 of 146 declared.",
    40,
    30,
    (),
)


def image_of(channel: Channel) -> str:
    """Return the name of the file that a channel's first message shows, "" without one."""
    (message, *_) = channel.messages
    names = [each.filename for each in message.attachments]
    shown = str(message.embeds[0].get("image", {}).get("url", ""))
    assert names == ([shown.rsplit("/", 1)[-1]] if shown else [])
    return names[0] if names else ""


@pytest.fixture
async def illustrated(
    writer: Writer, clock: SteppedClock, client: discord.Client
) -> AsyncIterator[Alerts]:
    """Alerts at work whose summaries have pictures."""
    with closing(PictureRenderer()) as picture_renderer:
        service = Alerts(
            writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT, picture_renderer=picture_renderer
        )
        async with at_work(service, client):
            yield service


async def test_a_summary_shows_its_picture_once_its_words_stand(
    illustrated: Alerts, subscriptions: Subscriptions, guild: Guild, writer: Writer
) -> None:
    channel = guild.add_channel("summary")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    await illustrated.post_summary(NIGHT, FIRST, "the end", picture=PICTURE)
    await illustrated.drained()
    (message,) = channel.messages
    assert image_of(channel) == PICTURE.file_name
    assert message.attachments[0].description == PICTURE.alt
    assert message.versions[0].attachments == []
    assert message.embeds[0]["title"] == FIRST[0].title
    assert not await illustrated.post_summary(NIGHT, FIRST, "again", picture=PICTURE)
    other = replace(PICTURE, svg=PICTURE.svg.replace("40", "41"), width=41)
    assert await illustrated.post_summary(NIGHT, FIRST, "a correction", picture=other)
    await illustrated.drained()
    assert image_of(channel) == other.file_name != PICTURE.file_name
    assert await illustrated.post_summary(NIGHT, CHANGED, "no picture any more")
    await illustrated.drained()
    assert titles(channel) == [["Labour gain fewer", "Gains and losses"]]
    assert image_of(channel) == ""
    assert rebuild(writer.path).differences == ()


async def test_a_place_that_takes_no_files_has_the_words(
    illustrated: Alerts,
    subscriptions: Subscriptions,
    guild: Guild,
    sandbox: Sandbox,
    store: Store,
) -> None:
    channel = guild.add_channel("summary")
    channel.set_permissions(sandbox.bot, deny=Permission.ATTACH_FILES)
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    await illustrated.post_summary(NIGHT, FIRST, "the end", picture=PICTURE)
    await illustrated.drained()
    await illustrated.post_summary(NIGHT, CHANGED, "a correction", picture=PICTURE)
    await illustrated.drained()
    assert titles(channel) == [["Labour gain fewer", "Gains and losses"]]
    assert image_of(channel) == ""
    assert [row["paused_at"] for row in await store.rows("SELECT * FROM destinations")] == [None]


async def test_a_picture_that_cannot_be_drawn_keeps_no_summary_back(
    illustrated: Alerts, subscriptions: Subscriptions, guild: Guild
) -> None:
    channel = guild.add_channel("summary")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    broken = replace(PICTURE, svg="<svg")
    await illustrated.post_summary(NIGHT, FIRST, "the end", picture=broken)
    await illustrated.drained()
    await illustrated.post_summary(NIGHT, CHANGED, "a correction", picture=broken)
    await illustrated.drained()
    assert titles(channel) == [["Labour gain fewer", "Gains and losses"]]
    assert image_of(channel) == ""


async def test_a_picture_that_the_machine_cannot_draw_now_is_drawn_soon(
    illustrated: Alerts,
    subscriptions: Subscriptions,
    guild: Guild,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel, draw, tries = guild.add_channel("summary"), PictureRenderer.draw, 0
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)

    def exhausted_at_first(picture_renderer: PictureRenderer, picture: Picture) -> bytes:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise PictureError("no process") from OSError(errno.EMFILE, "Too many open files")
        return draw(picture_renderer, picture)

    monkeypatch.setattr(PictureRenderer, "draw", exhausted_at_first)
    monkeypatch.setattr("bot.delivery.courier._DRAWN_AGAIN_AFTER", (0.0,))
    await illustrated.post_summary(NIGHT, FIRST, "the end", picture=PICTURE)
    await illustrated.drained()
    assert image_of(channel) == PICTURE.file_name


async def test_a_picture_comes_after_a_restart_too(
    subscriptions: Subscriptions,
    guild: Guild,
    writer: Writer,
    clock: SteppedClock,
    client: discord.Client,
) -> None:
    edited = asyncio.Event()

    def dies(passed: Checkpoint) -> None:
        if passed is Checkpoint.EDITING:
            edited.set()
            raise RuntimeError("the process ends here")

    channel = guild.add_channel("summary")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    with closing(PictureRenderer()) as picture_renderer:
        make = partial(
            Alerts,
            writer,
            ALMANAC,
            clock,
            pace=FAST,
            patience=IMPATIENT,
            picture_renderer=picture_renderer,
        )
        async with at_work(make(passed=dies), client) as dying:
            await dying.post_summary(NIGHT, FIRST, "the end", picture=PICTURE)
            await edited.wait()
        assert image_of(channel) == ""
        async with at_work(make(), client) as alerts:
            await alerts.drained()
    assert len(channel.messages) == 1
    assert image_of(channel) == PICTURE.file_name


def _alerts(writer: Writer, clock: SteppedClock) -> Alerts:
    return Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)


async def test_the_morning_and_the_final_edition_are_messages_of_their_own(
    alerts: Alerts, subscriptions: Subscriptions, guild: Guild, writer: Writer
) -> None:
    channel = guild.add_channel("summary")
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    assert alerts.posted_summary(NIGHT, Edition.BREAKFAST) is None
    assert await alerts.post_summary(NIGHT, FIRST, "the morning", Edition.BREAKFAST, "one")
    await alerts.drained()
    assert await alerts.post_summary(NIGHT, CHANGED, "the end", Edition.FINAL, "two")
    await alerts.drained()
    assert titles(channel) == [
        ["Labour gain most", "Gains and losses"],
        ["Labour gain fewer", "Gains and losses"],
    ]
    assert await alerts.post_summary(NIGHT, CHANGED, "it was wrong", Edition.BREAKFAST, "three")
    await alerts.drained()
    assert [each[0] for each in titles(channel)] == ["Labour gain fewer"] * 2
    posted = alerts.posted_summary(NIGHT, Edition.BREAKFAST)
    assert posted is not None
    assert posted[0] == "three"
    assert rebuild(writer.path).differences == ()
