"""`/alerts quiet`, levels, and what the list and `/alerts why` say of them, through the sandbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Level, Topic
from bot.election.calm import FOR_SERVERS, Calm, Sort
from bot.election.reports import GainOrHold
from simulation.discord import Reply
from tests.cogs.chat import LEVEL, Chat, words
from tests.cogs.test_setup import _begin, _save
from tests.cogs.test_why import _says, _why
from tests.support import forged


def _subscriptions(chat: Chat) -> Subscriptions:
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    return subscriptions


def _calm(chat: Chat) -> Calm:
    return _subscriptions(chat).calm_of(Destination(chat.channel.id, chat.guild.id))


async def _quiet(chat: Chat) -> Reply:
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    return await chat.ask("alerts quiet", chat.admin, channel=chat.channel)


async def _choose(chat: Chat, page: Reply, menu: str, *values: str) -> str:
    custom_id = f"calm-{menu}:{chat.channel.id}"
    await chat.sandbox.select(chat.admin, page.message, custom_id, list(values))
    return words(page)


async def test_each_setting_is_saved_at_once_and_shown(chat: Chat) -> None:
    page = await _quiet(chat)
    assert "How much: Changes of hands and first elections." in words(page)
    assert "“While you slept”" in await _choose(chat, page, "quiet", "00:00-06:30")
    assert "Without a push: Holds and summaries." in await _choose(
        chat, page, "silent", "summaries", "holds"
    )
    assert "Headlines alone." in await _choose(chat, page, "pings", "headlines")
    assert "How much: Every result, holds too." in await _choose(chat, page, "level", "everything")
    await chat.restart()
    await chat.press(page, "Join alerts: no", by=chat.admin)
    await chat.press(page, "Hide results", by=chat.admin)
    assert "behind spoiler marks" in words(page)
    assert _calm(chat) == Calm(
        "00:00", "06:30", (Sort.HOLDS, Sort.SUMMARIES), Level.HEADLINES, 5, spoilers=True
    )
    (followed,) = _subscriptions(chat).of_guild(chat.guild.id)
    assert (followed.topic, followed.level) == (Topic.ALL, Level.EVERYTHING)
    listed = words(await chat.ask("alerts list", chat.admin))
    assert "Every change of hands and first election (every result, holds too) →" in listed
    assert (
        f"<#{chat.channel.id}>: quiet 00:00–06:30, alerts joined for 5 minutes, pings for "
        "headlines alone, no push for holds and summaries, results hidden." in listed
    )


async def test_who_presses_on_in_the_wizard_gets_the_calm_of_a_server(chat: Chat) -> None:
    reply = await _begin(chat)
    assert "How loudly: Alerts joined for 20 minutes, no push for holds and reminders." in words(
        reply
    )
    assert "will now get alerts." in await _save(chat, reply)
    assert _calm(chat) == FOR_SERVERS


async def test_setting_a_channel_up_again_keeps_what_it_has_chosen(chat: Chat) -> None:
    page = await _quiet(chat)
    await _choose(chat, page, "quiet", "00:00-06:30")
    await _save(chat, await _begin(chat))
    assert _calm(chat) == Calm("00:00", "06:30")


async def test_a_level_is_chosen_when_following_and_refused_where_there_is_none(
    chat: Chat,
) -> None:
    said = words(await chat.ask("alerts subscribe", topic="all", level="headlines"))
    assert "Level: flagships, firsts in decades, the night's biggest." in said
    again = words(await chat.ask("alerts subscribe", topic="all", level="changes"))
    assert "at another level" in again
    refused = words(await chat.ask("alerts subscribe", topic="reminders", level="changes"))
    assert "leave out `level`" in refused


async def test_why_says_what_is_held_for_the_morning(chat: Chat) -> None:
    """It is 02:40 in these tests."""
    page = await _quiet(chat)
    await _choose(chat, page, "quiet", "00:00-06:30")
    await _says(chat, LEVEL)
    assert chat.channel.messages == []
    said = await _why(chat, council="Hull")
    assert "held for the morning, due <t:" in said


async def test_why_says_what_is_below_the_level(chat: Chat) -> None:
    page = await _quiet(chat)
    await _choose(chat, page, "level", "headlines")
    held = replace(LEVEL, sitting=None, revision=4, winner=None, gain_or_hold=GainOrHold.NO_CHANGE)
    await _says(chat, held)
    said = await _why(chat, council="Hull")
    assert "Below your level: it was not posted here." in said


@pytest.mark.parametrize(
    ("control", "value"),
    [("level", "loud"), ("quiet", "25:00-99:00"), ("quiet", "00:00-00:00"), ("pings", "never")],
)
async def test_what_the_page_does_not_offer_is_refused(
    chat: Chat, control: str, value: str
) -> None:
    await _quiet(chat)
    custom_id = f"calm-{control}:{chat.channel.id}"
    told = await forged.pressed(chat.sandbox, chat.admin, chat.channel, custom_id, values=[value])
    refused = "\n".join(map(words, (told, *told.followups)))
    assert "cannot be chosen any more" in refused
    assert _calm(chat) == Calm()
