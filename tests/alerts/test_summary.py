"""The end-of-night summary: posted once to who asked for it, edited when it changes."""

from __future__ import annotations

from bot.alerts.references import delivery_of
from bot.alerts.service import Alerts
from bot.alerts.subscriptions import Subscriptions, Topic
from bot.cards.card import Card
from bot.sandbox import Guild
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.alerts.conftest import Store, place, references, titles
from tests.alerts.desk import NIGHT, Desk, gain

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
    assert len({delivery_of(each) for each in references(asked.messages[0])}) == 1
    await subscriptions.add(place(late), Topic.SUMMARY, by=1)
    assert await alerts.post_summary(NIGHT, CHANGED, "a correction")
    await alerts.drained()
    assert titles(asked) == [["Labour gain fewer", "Gains and losses"]]
    assert not_asked.messages == late.messages == []
    assert rebuild(writer.path).differences == ()


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
