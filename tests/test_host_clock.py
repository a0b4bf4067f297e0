"""The clock of the machine is wrong, and is put right in the middle of the night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bot.app import opened
from bot.clock import LONDON, RealClock, is_within
from bot.delivery.board_messages import Showing
from bot.delivery.boards import Board
from bot.delivery.expansion import expand, expand_debounced
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import DiscordClock
from bot.desk import Desk, Editor
from bot.election.alert_kinds import Topic
from bot.feeds.feed import Fetch
from bot.feeds.folders import _Copy
from bot.feeds.http import _retry_after
from bot.feeds.poller import FeedHealth
from bot.ingest.ingest import Ingest
from bot.settings import Settings
from bot.store import posts
from bot.store.posts import PostPublished, PostSealed, PostSent
from bot.store.reader import Reader
from bot.store.writer import Transaction, Writer
from tests.delivery import desk as told
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    NIGHT,
    council_result,
    document,
    fetch,
    ward_report,
)

AHEAD = timedelta(hours=2)


class Host:
    """A machine's clock that somebody sets."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def host() -> Host:
    """Two hours ahead."""
    return Host(AFTER_CLOSE + AHEAD)


def test_an_age_below_nothing_is_old() -> None:
    hour = timedelta(hours=1)
    ages = [timedelta(), timedelta(minutes=59), hour, timedelta(seconds=-1), -AHEAD]
    assert [is_within(age, hour) for age in ages] == [True, True, False, False, False]


def test_the_real_time_is_discord_s_as_soon_as_it_was_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed = 1_000.0
    monkeypatch.setattr("bot.delivery.traffic.elapsed", lambda: passed)
    discord, clock = DiscordClock(), RealClock()
    clock.follow(discord.now)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    discord.heard("Thu, 05 May 2022 22:00:00 GMT")
    passed += 90
    assert clock.now() == datetime(2022, 5, 5, 22, 1, 30, tzinfo=UTC)
    assert clock.now().tzinfo is LONDON
    # Within a second or two it is the same time: it shall not jump back and forth.
    discord.heard("Thu, 05 May 2022 22:01:29 GMT")
    assert clock.now() == datetime(2022, 5, 5, 22, 1, 30, tzinfo=UTC)
    discord.heard("Thu, 05 May 2022 22:05:00 GMT")
    discord.heard("Thu, 05 May 2022 22:05:00 GMT")
    assert clock.now() == datetime(2022, 5, 5, 22, 5, tzinfo=UTC)


def test_one_answer_with_a_false_time_turns_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 1_000.0
    monkeypatch.setattr("bot.delivery.traffic.elapsed", lambda: passed)
    clock = DiscordClock()
    clock.heard("Fri, 31 Dec 9999 23:59:59 GMT")  # which no sum with it could hold
    assert clock.now() is None
    clock.heard("Thu, 05 May 2022 22:00:00 GMT")
    right = datetime(2022, 5, 5, 22, tzinfo=UTC)
    for false in ("Fri, 06 May 2022 07:00:00 GMT", "Mon, 01 Jan 1970 00:00:00 GMT"):
        clock.heard(false)
        assert clock.now() == right
    clock.heard("Fri, 06 May 2022 07:00:00 GMT")
    clock.heard("Thu, 05 May 2022 22:00:01 GMT")
    clock.heard("Fri, 06 May 2022 07:00:00 GMT")
    assert clock.now() == right
    passed += 60
    clock.heard("Fri, 06 May 2022 07:01:00 GMT")
    assert clock.now() == datetime(2022, 5, 6, 7, 1, tzinfo=UTC)


async def test_the_whole_bot_goes_by_the_time_that_discord_tells(tmp_path: Path) -> None:
    clock, real = RealClock(), datetime(2022, 5, 5, 20, 30, tzinfo=UTC)
    settings = Settings(database=tmp_path / "night.sqlite", night=NIGHT)
    async with opened(settings, ALMANAC, clock) as app:
        app.alerts.traffic.clock.heard(format_datetime(real, usegmt=True))
        early = real + timedelta(minutes=1) < ALMANAC.night(NIGHT).polls_close
        assert early
        assert app.alerts.traffic.now() - real < timedelta(minutes=1)
        filing = await app.ingest.file(
            fetch(replace(document(council_result("WOR", {"Con": 17, "Lab": 18})),
                          received_at=clock.now()))
        )  # fmt: skip
    (problem,) = filing.problems
    assert "polls" in problem.reasons[0]


async def test_a_backlog_that_began_in_the_future_does_not_silence_the_night(
    tmp_path: Path, host: Host
) -> None:
    path = tmp_path / "night.db"
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, host, seed_backlog=True)
        hull = document(council_result("KHL", {"LD": 30, "Lab": 27}))
        await ingest.file(Fetch("pa", (hull,), {}, complete=False))
        host.time -= AHEAD
        await ingest.file(fetch(document(council_result("WOR", {"Con": 17, "Lab": 18}))))
        with Reader(path, ALMANAC) as reader:
            seeded = {claim.council: claim.seeded for claim in reader.claims(NIGHT)}
    assert seeded == {"KHL": True, "WOR": False}


async def test_what_flapped_in_the_future_is_told_when_the_clock_is_right(
    tmp_path: Path, host: Host
) -> None:
    async with Writer(tmp_path / "night.db") as writer:
        desk, channel = told.Desk(writer, host), Destination(1, 2)  # type: ignore[arg-type]
        await Subscriptions(writer, host).add(channel, Topic.ALL, by=1)

        def step(tx: Transaction) -> bool:
            work = (expand, expand_debounced)
            return all(one(tx, told.ALMANAC, host.now()).finished for one in work)

        async def is_told() -> int:
            while not await writer.transact(step):
                pass
            query = "SELECT count(*) FROM deliveries WHERE state = 'waiting'"
            rows = await writer.transact(lambda tx: tx.rows(query))
            return int(rows[0][0])

        for winner in ("Lab", "LD", "Lab"):
            await desk.says(told.gain("WND", "Con", winner))
            await is_told()
        before = await writer.transact(lambda tx: tx.rows("SELECT * FROM debounced"))
        host.time -= AHEAD
        await is_told()
        after = await writer.transact(lambda tx: tx.rows("SELECT * FROM debounced"))
    assert (len(before), len(after)) == (1, 0)


async def test_of_a_source_without_times_the_last_look_counts_whatever_the_clock_said(
    tmp_path: Path, host: Host
) -> None:
    path = tmp_path / "night.db"

    def ward(winner: str, loser: str) -> object:
        return replace(ward_report("KHL", "Avenue", {winner: True, loser: False}), updated_at=None)

    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, host)
        for winner, loser in (("LD", "Lab"), ("Lab", "LD")):
            said = document(ward(winner, loser), name="avenue.xml")  # type: ignore[arg-type]
            await ingest.file(fetch(replace(said, received_at=host.now())))
            host.time -= AHEAD
        rows = await writer.transact(lambda tx: tx.rows("SELECT won FROM wards"))
    assert [row[0] for row in rows] == ['{"Lab":1}']


async def test_what_was_published_in_the_future_uses_up_no_hour(tmp_path: Path) -> None:
    now = datetime(2022, 5, 5, 23, tzinfo=UTC)
    hour = (now - timedelta(hours=1), now)
    async with Writer(tmp_path / "night.db") as writer:

        def work(tx: Transaction) -> tuple[int, int]:
            db = tx.db.conn
            for at in (now - timedelta(minutes=5), now + AHEAD):
                nonce = f"{at:%H%M}"
                post = tx.append(PostSealed(1, 2, nonce, "{}", (), 1, 0), now)
                tx.append(PostSent(post, 1, post, at), now)
                tx.append(PostPublished(post, at), now)
                waiting = tx.append(PostSealed(1, 2, f"{nonce}-", "{}", (), 1, 0), now)
                tx.append(PostSent(waiting, 1, waiting, at), now)
            recent = posts.published_between(db, 1, *hour)
            found = posts.unpublished(db, 1, *hour)
            assert found is not None
            tx.append(PostPublished(found["id"], now), now)
            assert posts.unpublished(db, 1, *hour) is None
            return len(recent), len(posts.all_unpublished(db, *hour))

        assert await writer.transact(work) == (1, 0)


def test_a_feed_that_was_heard_in_the_future_is_silent() -> None:
    health = FeedHealth("pa", timedelta(minutes=5), heard_at=AFTER_CLOSE + AHEAD)
    assert health.is_stale(AFTER_CLOSE)
    assert not health.is_stale(AFTER_CLOSE + AHEAD)


def test_a_server_s_date_to_wait_for_is_by_its_own_clock() -> None:
    date, answered = "Thu, 05 May 2022 22:01:00 GMT", "Thu, 05 May 2022 22:00:00 GMT"
    assert _retry_after(date, answered) == 60


def test_a_file_that_was_seen_in_the_future_settles_a_minute_after_the_clock_is_right() -> None:
    copy = _Copy(mark="mark", sha256="abc", since=AFTER_CLOSE + AHEAD)
    again = copy.seen_again("mark", AFTER_CLOSE)
    assert not again.settled
    assert again.seen_again("mark", AFTER_CLOSE + timedelta(minutes=1)).settled


def test_a_board_that_is_dated_in_the_future_is_dated_anew() -> None:
    showing = Showing((), "told", dated_within=(AFTER_CLOSE - timedelta(hours=1), AFTER_CLOSE))
    for at, shown in ((AFTER_CLOSE, True), (AFTER_CLOSE + AHEAD, False)):
        board = cast("Board", SimpleNamespace(told="told", told_at=at))
        assert showing.is_shown_by(board) is shown


async def test_a_refusal_in_the_future_does_not_hide_those_that_follow(
    tmp_path: Path, host: Host
) -> None:
    async with Writer(tmp_path / "night.db") as writer:
        desk = Desk(writer, Ingest(writer, ALMANAC, host), ALMANAC, host)
        for _ in range(2):
            await desk.refused(Editor("Eve", 5), "confirm")
            host.time -= AHEAD
        rows = await writer.transact(lambda tx: tx.rows("SELECT * FROM desk_actions"))
    assert len(rows) == 2
