"""Who hears of a by-election, and of what follows from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import EVERY, Topic
from bot.election.parties import VACANT
from bot.ingest.ingest import Ingest
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Guild
from tests.delivery.conftest import AlertsWith, all_titles, place
from tests.ingest.by_elections import CLOSE, NIGHT, almanac, ballot, by_election, page
from tests.support.small_night import fetch

KNOWN = almanac(
    by_election("Xyz", "Lab"),
    by_election("Abc", "Lab"),
    by_election("Def"),
    LDS={"Lab": 60, VACANT: 3},
)
FOLLOWED = {
    "council": (Topic.COUNCIL, "LDS"),
    "other council": (Topic.COUNCIL, "KHL"),
    "winner": (Topic.PARTY, "LD"),
    "loser": (Topic.PARTY, "Lab"),
    "neither": (Topic.PARTY, "Con"),
    "region": (Topic.REGION, "Yorkshire and The Humber"),
    "other region": (Topic.REGION, "London"),
    "nation": (Topic.NATION, "England"),
    "all": (Topic.ALL, ""),
    "contests": (Topic.CONTESTS, EVERY),
    "by-elections": (Topic.CONTESTS, "ward"),
    "mayors": (Topic.CONTESTS, "mayor"),
    "this one": (Topic.CONTEST, "ward.LDS.xyz"),
}
GAIN = "Lib Dems gain Xyz ward of Leeds from Labour"


@pytest.fixture
async def alerts(alerts_with: AlertsWith) -> AsyncIterator[Alerts]:
    async with alerts_with(almanac=KNOWN) as alerts:
        yield alerts


@pytest.fixture
async def channels(guild: Guild, subscriptions: Subscriptions) -> dict[str, Channel]:
    found = {name: guild.add_channel(name.replace(" ", "-")) for name in FOLLOWED}
    for name, (topic, value) in FOLLOWED.items():
        await subscriptions.add(place(found[name]), topic, value, by=1)
    return found


class News:
    """Files ballots, and waits until everybody has been told."""

    def __init__(self, writer: Writer, clock: SteppedClock, alerts: Alerts) -> None:
        self._ingest, self._alerts, self._minute = Ingest(writer, KNOWN, clock), alerts, 0

    async def comes(self, *ballots: dict[str, object]) -> None:
        self._minute += 1
        at = CLOSE + timedelta(hours=2, minutes=self._minute)
        stamped = [one | {"last_updated": at.isoformat()} for one in ballots]
        await self._ingest.file(fetch(page(*stamped, minute=self._minute), feed="dc"))
        await self._alerts.drained()


@pytest.fixture
async def news(writer: Writer, clock: SteppedClock, alerts: Alerts) -> News:
    await clock.move_to(CLOSE + timedelta(hours=3))
    return News(writer, clock, alerts)


async def test_a_gain_is_told_to_all_whom_it_concerns_and_once(
    news: News, channels: dict[str, Channel], writer: Writer
) -> None:
    await news.comes(ballot("Xyz", "LD", others="Lab"))
    await news.comes(ballot("Xyz", "LD", others="Lab Green"))
    told = {name for name, channel in channels.items() if channel.messages}
    assert told == {"council", "winner", "loser", "region", "contests", "by-elections", "this one"}
    assert {title for name in told for title in all_titles(channels[name])} == {GAIN}
    assert all(len(channels[name].messages) == 1 for name in told)
    assert rebuild(writer.path).differences == ()


async def test_a_hold_is_told_to_followers_of_the_council_and_of_contests(
    news: News, channels: dict[str, Channel]
) -> None:
    await news.comes(ballot("Abc", "Lab", others="LD"))
    told = {name for name, channel in channels.items() if channel.messages}
    assert told == {"council", "contests", "by-elections"}


async def test_who_held_it_is_not_known_it_may_be_news_to_the_party(
    news: News, channels: dict[str, Channel]
) -> None:
    await news.comes(ballot("Def", "LD"))
    told = {name for name, channel in channels.items() if channel.messages}
    assert told == {"council", "winner", "region", "contests", "by-elections"}
    assert all_titles(channels["winner"]) == ["Lib Dems win Def ward of Leeds"]


async def test_what_was_wrong_is_struck_and_corrected_where_it_was_told(
    news: News, channels: dict[str, Channel], writer: Writer
) -> None:
    await news.comes(ballot("Xyz", "LD", others="Lab"))
    await news.comes(ballot("Xyz", "Lab", others="LD"))
    struck = f"WITHDRAWN: ~~{GAIN}~~"
    for name in ("council", "winner", "region"):
        assert all_titles(channels[name]) == [struck, "CORRECTION: Labour hold Xyz ward of Leeds"]
    assert not channels["nation"].messages
    assert rebuild(writer.path).differences == ()


async def test_what_is_learnt_of_who_sat_before_is_no_correction(
    writer: Writer, clock: SteppedClock, alerts: Alerts, channels: dict[str, Channel]
) -> None:
    """The night's table is completed, is gone at a start, and is there again."""
    at = (CLOSE + timedelta(hours=2)).isoformat()
    won = page(ballot("Xyz", "LD", others="Lab") | {"last_updated": at})
    await Ingest(writer, almanac(by_election("Xyz")), clock).file(fetch(won))
    await alerts.drained()
    assert all_titles(channels["this one"]) == ["Lib Dems win Xyz ward of Leeds"]
    assert not channels["loser"].messages
    await Ingest(writer, KNOWN, clock).decide_again(NIGHT)
    await Ingest(writer, replace(KNOWN, nights={}), clock).decide_again(NIGHT)
    await Ingest(writer, KNOWN, clock).decide_again(NIGHT)
    await alerts.drained()
    for name in ("this one", "winner", "loser", "council", "by-elections"):
        assert all_titles(channels[name]) == [GAIN]
    (message,) = channels["this one"].messages
    assert len(message.versions) == 1
    await Ingest(writer, almanac(by_election("Xyz", "Con")), clock).decide_again(NIGHT)
    await alerts.drained()
    assert all_titles(channels["this one"])[1].startswith("CORRECTION: ")  # the table was wrong
    assert rebuild(writer.path).differences == ()
