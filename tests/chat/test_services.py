"""How old the feeds are, as the answers say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.services import Services
from bot.clock import LONDON, SteppedClock
from bot.feeds.feed import FeedUnavailable, Fetch, State
from bot.feeds.poller import Poller
from bot.ingest.ingest import Ingest
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.writer import Writer
from bot.wording.sources import FeedAges, as_of
from tests.support.small_night import AFTER_CLOSE, ALMANAC, council_result, document, fetch

SEVEN = datetime(2022, 5, 6, 7, 0, tzinfo=LONDON)


class Quiet:
    """A feed that answers and has no news, until it is down."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.down = False
        self.trouble: str | None = None

    async def fetch(self, state: State) -> Fetch:
        if self.down:
            raise FeedUnavailable("It is down.")
        return Fetch(self.name, (), {}, trouble=self.trouble)


async def kept(fetched: Fetch) -> None:
    """Take a fetch in and do nothing with it."""


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(SEVEN)


async def footer(path: Path, clock: SteppedClock, pollers: Sequence[Poller] = ()) -> str:
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE))
        await ingest.file(fetch(document(council_result("KHL", {"LD": 29, "Lab": 28}))))
        with Reader(path, ALMANAC) as reader:
            services = Services(Settings(), clock, ALMANAC, reader, pollers=pollers)
            return as_of(clock.now(), services.heard)


async def test_a_feed_without_news_was_heard_all_the_same(
    tmp_path: Path, clock: SteppedClock
) -> None:
    pa, dc = Quiet("pa"), Quiet("democracy_club")
    pollers = [Poller(feed, clock, 10, kept) for feed in (pa, dc)]
    for minutes in range(0, 240, 4):
        await clock.move_to(SEVEN + timedelta(minutes=minutes))
        for poller in pollers:
            await poller.poll_once()
    said = await footer(tmp_path / "night.db", clock, pollers)
    assert said.endswith("feeds last heard under a minute ago")
    pa.down = True
    for minutes in range(240, 252, 4):
        await clock.move_to(SEVEN + timedelta(minutes=minutes))
        for poller in pollers:
            await poller.poll_once()
    said = await footer(tmp_path / "night.db", clock, pollers)
    assert "feeds last heard under a minute ago · PA has been silent for 12 minutes" in said


async def test_a_feed_that_never_answered_is_named(tmp_path: Path, clock: SteppedClock) -> None:
    feed = Quiet("pa")
    feed.down = True
    poller = Poller(feed, clock, 10, kept)
    assert "PA" not in await footer(tmp_path / "night.db", clock, [poller])
    await poller.poll_once()
    said = await footer(tmp_path / "again.db", clock, [poller])
    assert said.endswith("PA has never answered")


async def test_a_feed_that_answers_with_something_wrong_is_named(
    tmp_path: Path, clock: SteppedClock
) -> None:
    feed = Quiet("democracy_club")
    feed.trouble = "It is stamped 2099."
    poller = Poller(feed, clock, 10, kept)
    await poller.poll_once()
    said = await footer(tmp_path / "night.db", clock, [poller])
    assert said.endswith(
        "feeds last heard under a minute ago · Democracy Club (CC BY 4.0) may lack results"
    )
    feed.trouble = None
    await poller.poll_once()
    said = await footer(tmp_path / "again.db", clock, [poller])
    assert "may lack" not in said


async def test_where_nobody_follows_the_feeds_the_last_news_is_told(
    tmp_path: Path, clock: SteppedClock
) -> None:
    said = await footer(tmp_path / "night.db", clock)
    age = SEVEN - AFTER_CLOSE
    assert "feeds" not in said
    assert said == as_of(SEVEN, FeedAges(SEVEN - age, followed=False))
    assert "last news came" in said
