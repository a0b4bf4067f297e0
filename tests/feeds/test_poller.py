"""Following one feed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.clock import SteppedClock
from bot.feeds.feed import FeedUnavailable, Fetch, State
from bot.feeds.poller import Poller
from tests.feeds.documents import HULL, RECEIVED, reading


class Scripted:
    """A feed that brings what it is told to; its state counts what it has brought."""

    name = "scripted"

    def __init__(self, *answers: Fetch | Exception) -> None:
        self.answers = list(answers)
        self.states: list[State] = []

    async def fetch(self, state: State) -> Fetch:
        self.states.append(state)
        answer = self.answers.pop(0) if self.answers else Fetch(self.name, (), state)
        if isinstance(answer, Exception):
            raise answer
        return answer


def news(count: int, **facts: object) -> Fetch:
    return Fetch("scripted", (reading(HULL),), {"count": count}, **facts)  # type: ignore[arg-type]


class Taken:
    """Where fetches are delivered to; refuses as long as it is told to."""

    def __init__(self) -> None:
        self.fetches: list[Fetch] = []
        self.refuses = False

    async def __call__(self, fetch: Fetch) -> None:
        if self.refuses:
            raise OSError("disk full")
        self.fetches.append(fetch)


async def test_only_news_is_delivered_and_moves_the_state(clock: SteppedClock) -> None:
    feed, taken = Scripted(news(1), Fetch("scripted", (), {"count": 1})), Taken()
    poller = Poller(feed, clock, 5, taken, state={"count": 0})
    await poller.poll_once()
    await poller.poll_once()
    await poller.poll_once()
    assert feed.states == [{"count": 0}, {"count": 1}, {"count": 1}]
    assert len(taken.fetches) == 1


async def test_a_first_answer_is_committed_though_it_is_empty(clock: SteppedClock) -> None:
    taken = Taken()
    poller = Poller(Scripted(), clock, 5, taken)
    await poller.poll_once()
    await poller.poll_once()
    assert taken.fetches == [Fetch("scripted", (), {})]


async def test_what_comes_where_nothing_was_is_no_first_answer(clock: SteppedClock) -> None:
    absent = FeedUnavailable("It answered 404.", status=404)
    taken = Taken()
    poller = Poller(Scripted(absent, absent, news(1)), clock, 5, taken)
    await poller.poll_once()
    assert taken.fetches == []
    await poller.poll_once()
    await poller.poll_once()
    assert [(len(fetch.readings), fetch.state) for fetch in taken.fetches] == [
        (0, {}),
        (1, {"count": 1}),
    ]


async def test_what_comes_after_a_failure_may_be_a_backlog(clock: SteppedClock) -> None:
    taken = Taken()
    poller = Poller(Scripted(FeedUnavailable("Down.", status=503), news(1)), clock, 5, taken)
    await poller.poll_once()
    await poller.poll_once()
    assert [len(fetch.readings) for fetch in taken.fetches] == [1]


async def test_what_was_not_committed_is_fetched_again(clock: SteppedClock) -> None:
    feed, taken = Scripted(news(1), news(1)), Taken()
    poller = Poller(feed, clock, 5, taken)
    taken.refuses = True
    with pytest.raises(OSError, match="disk full"):
        await poller.poll_once()
    taken.refuses = False
    await poller.poll_once()
    assert feed.states == [{}, {}]
    assert [fetch.state for fetch in taken.fetches] == [{"count": 1}]


async def test_health(clock: SteppedClock) -> None:
    feed = Scripted(news(1), FeedUnavailable("It is down."), news(2, trouble="One file failed."))
    poller = Poller(feed, clock, 5, Taken(), stale_after=timedelta(seconds=30))
    assert poller.health.is_stale(clock.now())
    assert poller.health.age(clock.now()) is None
    await poller.poll_once()
    assert poller.health.heard_at == poller.health.changed_at == RECEIVED
    await clock.move_to(RECEIVED + timedelta(seconds=31))
    assert await poller.poll_once() is None
    assert (poller.health.trouble, poller.health.failures) == ("It is down.", 1)
    assert poller.health.age(clock.now()) == timedelta(seconds=31)
    assert poller.health.is_stale(clock.now())
    await poller.poll_once()
    assert (poller.health.trouble, poller.health.failures) == ("One file failed.", 0)
    assert not poller.health.is_stale(clock.now())
    await poller.poll_once()
    assert poller.health.trouble is None


async def test_what_a_feed_is_in_trouble_with_is_stored_and_logged_once_and_when_it_is_over(
    clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    ill = Fetch("scripted", (), {"count": 1}, trouble="It is stamped 2099.")
    well = Fetch("scripted", (), {"count": 1})
    taken = Taken()
    poller = Poller(Scripted(well, ill, ill, well, well), clock, 5, taken, state={"count": 1})
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            await poller.poll_once()
    assert [fetch.trouble for fetch in taken.fetches] == ["It is stamped 2099.", None]
    assert [record.message for record in caplog.records] == [
        "feed scripted: It is stamped 2099.",
        "feed scripted is well again",
    ]


async def test_trouble_that_was_stored_before_a_restart_is_taken_back(clock: SteppedClock) -> None:
    taken = Taken()
    poller = Poller(Scripted(), clock, 5, taken, state={}, trouble="It is stamped 2099.")
    await poller.poll_once()
    await poller.poll_once()
    assert [fetch.trouble for fetch in taken.fetches] == [None]


class Waits(SteppedClock):
    """A clock on which every wait is over at once, and noted; the last never ends."""

    def __init__(self, most: int) -> None:
        super().__init__(RECEIVED)
        self.waits: list[float] = []
        self._most = most
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == self._most:
            self.over.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


async def waits(feed: Scripted, taken: Taken, count: int) -> list[float]:
    clock = Waits(count)
    poller = Poller(feed, clock, 10, taken, random=Random(1))
    running = asyncio.create_task(poller.run())
    await asyncio.wait_for(clock.over.wait(), 5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return clock.waits


async def test_failures_are_waited_out_longer_and_longer() -> None:
    down = [FeedUnavailable("Down.")] * 8
    found = await waits(Scripted(*down, news(1)), Taken(), 10)
    expected = [20, 40, 80, 160, 300, 300, 300, 300, 10, 10]
    assert all(
        abs(wait - about) <= about * 0.1 for wait, about in zip(found, expected, strict=True)
    )
    assert len(set(found)) == len(found)


async def test_a_server_is_left_alone_as_long_as_it_asks() -> None:
    refusal = FeedUnavailable("Busy.", retry_after=500)
    limited = news(1, complete=False, trouble="Busy.", retry_after=200.0)
    found = await waits(Scripted(refusal, limited, news(2)), Taken(), 3)
    assert found[:2] == [500, 200]
    assert found[2] < 12


async def test_a_newsroom_in_trouble_does_not_end_the_following() -> None:
    taken = Taken()
    taken.refuses = True
    feed = Scripted(*[news(1)] * 4)
    found = await waits(feed, taken, 3)
    assert found[0] < found[1] < found[2]
    assert feed.states == [{}] * 3


def test_an_interval_is_positive(clock: SteppedClock) -> None:
    with pytest.raises(ValueError, match="positive"):
        Poller(Scripted(), clock, 0, Taken())


@pytest.mark.parametrize(("bad", "asked", "taken_in"), [(1, 5, 4), (5, 3, 0)])
async def test_a_document_that_always_fails_keeps_no_other_of_its_feed_back(
    bad: int, asked: int, taken_in: int, clock: SteppedClock
) -> None:
    """Where all fail it is the machine, which is not asked about each of thousands."""
    readings = tuple(replace(reading(HULL), name=f"{number}.xml") for number in range(5))
    alone: list[Fetch] = []
    taken: list[str] = []

    async def deliver(fetch: Fetch) -> None:
        if len(fetch.readings) == 1:
            alone.append(fetch)
        if any(int(one.name[0]) < bad for one in fetch.readings):
            raise MemoryError
        taken.extend(one.name for one in fetch.readings)

    fetch = Fetch("scripted", readings, {"count": 1})
    poller = Poller(Scripted(*[fetch] * 5), clock, 5, deliver, state={"count": 0})
    for _ in range(4):
        with pytest.raises(MemoryError):
            await poller.poll_once()
    assert (len(alone), len(taken)) == (asked, taken_in)
    assert all(one.state == {"count": 0} and not one.complete for one in alone)
    with pytest.raises(MemoryError):  # what went in is not delivered alone once more
        await poller.poll_once()
    assert len(taken) == taken_in
    bad = 0
    poller._feed.answers.append(fetch)  # type: ignore[attr-defined]
    await poller.poll_once()
    assert len(taken) == taken_in + 5
