"""Milestones, the largest party and reminders: claimed once, told once, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bot.chat.services import Services
from bot.clock import SteppedClock
from bot.delivery.expansion import expand
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.watch_lists import Keeper, WatchLists
from bot.election.alert_kinds import MilestoneKind, Topic
from bot.election.almanac import Almanac, CouncilList, ListedCouncil
from bot.election.claims import ClaimState, Due, LargestParty, Milestone
from bot.ingest.ingest import Ingest
from bot.schedule.notices import NoticeJob
from bot.settings import Settings
from bot.store.errors import StoreError
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.support.contests import ALMANAC_WITH_BALLOTS, constituency_report
from tests.support.small_night import (
    AFTER_CLOSE,
    NIGHT,
    POLLS_CLOSE,
    council_result,
    document,
    fetch,
)

CHANNEL, GUILD = 900, 800
DUE = AFTER_CLOSE + timedelta(hours=1)


def almanac() -> Almanac:
    known = ALMANAC_WITH_BALLOTS.night(NIGHT)
    hull = replace(known.elections["KHL"], expected_at=DUE)
    untimed = {code: replace(one, expected_at=None) for code, one in known.elections.items()}
    night = replace(
        known,
        elections={**untimed, "KHL": hull},
        ballots={"assembly.belfast-east": known.ballots["assembly.belfast-east"]},
    )
    listed = CouncilList("shipped", "Shipped", "", (ListedCouncil("KHL", "Why."),), flagships=True)
    return replace(ALMANAC_WITH_BALLOTS, nights={NIGHT: night}, lists={"shipped": listed})


@dataclass
class House:
    path: Path
    writer: Writer
    clock: SteppedClock
    ingest: Ingest
    reader: Reader
    subscriptions: Subscriptions
    lists: WatchLists
    watch: NoticeJob

    async def says(self, *reports: object, feed: str = "pa") -> None:
        await self.ingest.file(fetch(document(*reports), feed=feed))  # type: ignore[arg-type]

    async def told(self) -> list[tuple[int, str, str]]:
        """Expand all and return destination, what it is filed under, and kind."""
        while not (
            await self.writer.transact(lambda tx: expand(tx, almanac(), self.clock.now()))
        ).finished:
            pass
        rows = await self.writer.transact(
            lambda tx: tx.rows(
                "SELECT destination, council, kind FROM deliveries WHERE state = 'waiting' "
                "ORDER BY id"
            )
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


@asynccontextmanager
async def at_work(path: Path, *, seed_backlog: bool = False) -> AsyncIterator[House]:
    clock = SteppedClock(AFTER_CLOSE)
    async with Writer(path) as writer:
        ingest = Ingest(writer, almanac(), clock, seed_backlog=seed_backlog)
        with Reader(path, almanac()) as reader:
            services = Services(Settings(database=path), clock, almanac(), reader)
            yield House(
                path,
                writer,
                clock,
                ingest,
                reader,
                Subscriptions(writer, clock),
                WatchLists(writer, almanac(), clock),
                NoticeJob(services, writer),
            )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_work(tmp_path / "night.db") as house:
        yield house


HULL_GAINED = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, won={"LD": 12, "Lab": 7})


async def test_a_milestone_is_claimed_once_and_told_to_who_asked(house: House) -> None:
    await house.subscriptions.add(Destination(CHANNEL, GUILD), Topic.MILESTONES, "all", by=1)
    await house.subscriptions.add(
        Destination(CHANNEL + 1, GUILD), Topic.MILESTONES, "flagship", by=1
    )
    await house.subscriptions.add(
        Destination(CHANNEL + 2, GUILD), Topic.MILESTONES, "certain", by=1
    )
    await house.says(HULL_GAINED)
    made = await house.watch.look()
    assert len(made) >= 1
    assert await house.watch.look() == []
    flagship = Milestone(MilestoneKind.FLAGSHIP, "KHL", "LD")
    told = [(where, key) for where, key, _ in await house.told()]
    assert (CHANNEL, flagship.key) in told
    assert [key for where, key in told if where == CHANNEL + 1] == [flagship.key]
    assert CHANNEL + 2 not in [where for where, _ in told]


async def test_a_look_that_finds_nothing_new_costs_no_transaction(house: House) -> None:
    commits: list[None] = []
    await house.says(HULL_GAINED)
    await house.watch.look()
    # Another council comes in, which brings no notice of its own.
    await house.says(council_result("STH", {"Con": 24, "Lab": 24}))
    house.writer.on_commit(lambda: commits.append(None))
    assert await house.watch.look() == []
    assert commits == []


async def test_another_watch_over_the_same_file_claims_nothing_again(tmp_path: Path) -> None:
    async with at_work(tmp_path / "n.db") as house:
        await house.says(HULL_GAINED)
        assert await house.watch.look()
    async with at_work(tmp_path / "n.db") as house:
        assert await house.watch.look() == []


async def test_a_milestone_whose_ground_is_corrected_is_taken_back(house: House) -> None:
    await house.says(HULL_GAINED)
    await house.watch.look()
    held = council_result("KHL", {"Lab": 29, "LD": 27, "Ind": 1}, revision=2)
    await house.says(held)
    await house.watch.look()
    states = {
        one.key: one.version.state
        for one in house.reader.notices(NIGHT)
        if one.key == Milestone(MilestoneKind.FLAGSHIP, "KHL", "LD").key
    }
    assert list(states.values()) == [ClaimState.RETRACTED]
    assert rebuild(house.path).differences == ()


async def test_what_a_backlog_brings_is_silent(tmp_path: Path) -> None:
    async with at_work(tmp_path / "n.db", seed_backlog=True) as house:
        await house.subscriptions.add(Destination(CHANNEL, GUILD), Topic.MILESTONES, "all", by=1)
        await house.says(HULL_GAINED)
        assert await house.watch.look()
        assert {one.seeded for one in house.reader.notices(NIGHT)} == {True}
        assert {kind for _, _, kind in await house.told()} == {"digest"}


async def test_a_look_that_failed_sees_the_same_backlog_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(tmp_path / "n.db", seed_backlog=True) as house:
        await house.says(HULL_GAINED)
        with monkeypatch.context() as passing:

            async def full(work: object) -> None:
                raise StoreError("There is no room.")

            passing.setattr(house.writer, "transact", full)
            with pytest.raises(StoreError):
                await house.watch.look()
        assert await house.watch.look()
        assert {one.seeded for one in house.reader.notices(NIGHT)} == {True}


async def test_the_largest_party_is_claimed_when_it_is_settled(house: House) -> None:
    at = AFTER_CLOSE.astimezone(UTC)
    await house.says(constituency_report("SF", "DUP", updated_at=at), feed="nist")
    await house.watch.look()
    assert "assembly:largest" not in [one.key for one in house.reader.notices(NIGHT)]
    whole = constituency_report(
        "SF", "SF", "DUP", "SF", "All", updated_at=at + timedelta(minutes=1)
    )
    await house.says(whole, feed="nist")
    await house.watch.look()
    await house.watch.look()
    largest = [one for one in house.reader.notices(NIGHT) if one.key == "assembly:largest"]
    assert len(largest) == 1
    assert isinstance(largest[0].version.content, LargestParty)


async def test_before_polls_close_nothing_is_said(tmp_path: Path) -> None:
    async with at_work(tmp_path / "n.db") as house:
        await house.says(HULL_GAINED)
        house.clock._now = POLLS_CLOSE - timedelta(minutes=1)
        assert await house.watch.look() == []


async def test_who_follows_a_council_and_asked_is_reminded_once(house: House) -> None:
    by_council, by_list, neither, no_reminder = (Destination(CHANNEL + n, GUILD) for n in range(4))
    for one in (by_council, by_list, neither):
        await house.subscriptions.add(one, Topic.REMINDERS, by=1)
    await house.subscriptions.add(by_council, Topic.COUNCIL, "KHL", by=1)
    await house.subscriptions.add(by_list, Topic.LIST, "shipped", by=1)
    await house.subscriptions.add(neither, Topic.COUNCIL, "CRA", by=1)
    await house.subscriptions.add(no_reminder, Topic.COUNCIL, "KHL", by=1)
    assert await house.watch.look() == []
    await house.clock.move_to(DUE - timedelta(minutes=10))
    assert len(await house.watch.look()) == 1
    assert await house.watch.look() == []
    key = Due("KHL", DUE).key
    assert await house.told() == [
        (by_council.id, key, "alert"),
        (by_list.id, key, "alert"),
    ]


async def test_a_reminder_that_was_not_sent_in_time_is_not_sent_late(house: House) -> None:
    here = Destination(CHANNEL, GUILD)
    await house.subscriptions.add(here, Topic.REMINDERS, by=1)
    await house.subscriptions.add(here, Topic.COUNCIL, "KHL", by=1)
    await house.clock.move_to(DUE - timedelta(minutes=10))
    await house.watch.look()
    assert [key for _, key, _ in await house.told()] == ["due:KHL"]
    await house.says(HULL_GAINED)
    assert [key for _, key, _ in await house.told()] == ["KHL"]


async def test_a_reminder_that_is_past_its_time_is_told_to_nobody(house: House) -> None:
    here = Destination(CHANNEL, GUILD)
    await house.subscriptions.add(here, Topic.REMINDERS, by=1)
    await house.subscriptions.add(here, Topic.COUNCIL, "KHL", by=1)
    await house.clock.move_to(DUE - timedelta(minutes=10))
    await house.watch.look()
    await house.clock.move_to(DUE + timedelta(minutes=1))
    assert await house.told() == []


async def test_a_result_reaches_who_follows_a_list_that_holds_its_council(house: House) -> None:
    keeper = Keeper(GUILD, 1)
    mine = await house.lists.create(keeper, "Our patch")
    await house.lists.put(keeper, "our patch", ["KHL", "CRA"])
    await house.subscriptions.add(Destination(CHANNEL, GUILD), Topic.LIST, mine.value, by=1)
    await house.subscriptions.add(Destination(CHANNEL, GUILD), Topic.LIST, "shipped", by=1)
    await house.says(HULL_GAINED)
    assert await house.told() == [(CHANNEL, "KHL", "alert")]
    await house.lists.take(keeper, "Our patch", "CRA")
    await house.says(council_result("CRA", {"Con": 20, "Lab": 16}))
    assert [key for _, key, _ in await house.told()] == ["KHL"]
    assert rebuild(house.path).differences == ()


async def test_a_list_that_is_deleted_is_followed_by_nobody(house: House) -> None:
    keeper = Keeper(GUILD, 1)
    mine = await house.lists.create(keeper, "Our patch")
    await house.subscriptions.add(Destination(CHANNEL, GUILD), Topic.LIST, mine.value, by=1)
    await house.lists.delete(keeper, "Our patch")
    assert house.subscriptions.of_guild(GUILD) == []
    assert house.lists.by_value(mine.value) is None


async def test_a_forgotten_server_leaves_no_list(house: House) -> None:
    keeper = Keeper(GUILD, 1)
    await house.lists.create(keeper, "Our patch")
    await house.lists.put(keeper, "Our patch", ["KHL"])
    await house.subscriptions.erase_guild(GUILD)
    assert [one.name for one in house.lists.all(keeper)] == ["Shipped"]
    assert rebuild(house.path).differences == ()
    rows = await house.writer.transact(
        lambda tx: tx.rows("SELECT count(*) FROM journal WHERE instr(data, '800')")
    )
    assert rows[0][0] == 0
