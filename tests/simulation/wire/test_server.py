"""The night over HTTP, followed by the real feeds."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.almanac.csv_rows import TablesError
from bot.almanac.tables import data_folder
from bot.clock import LONDON, SteppedClock
from bot.election.reports import CouncilResult, Nominations, Report, WardReport
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.feed import Feed, FeedUnavailable, Fetch
from bot.feeds.folders import HttpFolder
from bot.feeds.http import PoliteClient
from bot.feeds.pa.array import JsonArray
from bot.feeds.poller import Poller
from simulation.wire.faults import Fault
from simulation.wire.night import Night, most_fully_recorded
from simulation.wire.server import Rehearsal, port_of, serve

NIGHT = date(2022, 5, 5)
EVE = datetime(2022, 5, 5, 17, tzinfo=LONDON)


class Follower:
    """Follows a feed step by step and keeps every report."""

    def __init__(self, feed: Feed, clock: SteppedClock) -> None:
        self.reports: list[Report] = []
        self.faults: list[str] = []
        self.poller = Poller(feed, clock, 5, self._take)

    async def _take(self, fetch: Fetch) -> None:
        json.dumps(fetch.state)
        for reading in fetch.readings:
            self.reports += reading.reports
            self.faults += reading.faults

    @property
    def results(self) -> dict[str, CouncilResult]:
        """The result in force of each council."""
        found: dict[str, CouncilResult] = {}
        for report in self.reports:
            if isinstance(report, CouncilResult):
                present = found.get(report.council.name)
                if present is None or report.revision > present.revision:
                    found[report.council.name] = report
        return found


@pytest.mark.night
async def test_a_whole_night_with_every_fault_over_three_feeds(night: Night) -> None:
    clock = SteppedClock(EVE)
    async with (
        Rehearsal(night, clock, faults=list(Fault), hangs_for=0.01) as rehearsal,
        PoliteClient() as client,
    ):
        folder = Follower(HttpFolder("pa", rehearsal.pa_url, client, clock), clock)
        array = Follower(JsonArray("json", rehearsal.pa_json_url, client, clock), clock)
        wards = Follower(DemocracyClubBallots("dc", rehearsal.dc_url, NIGHT, client, clock), clock)
        for step, moment in enumerate(rehearsal.moments):
            await clock.move_to(moment)
            await folder.poller.poll_once()
            if step % 10 == 0:
                await wards.poller.poll_once()
            if step % 100 == 0:
                await array.poller.poll_once()
        await wards.poller.poll_once()
        await array.poller.poll_once()
        assert folder.poller.health.trouble is None
    assert len(folder.results) == 200
    assert folder.results == array.results
    assert any("breaks off" in fault for fault in folder.faults)
    assert array.faults == wards.faults == []
    names = {code: party.abbreviation for code, party in night.parties.items()}
    for figures in night.figures.values():
        result = folder.results[figures.council.wire_name]
        winner = result.winner.name if result.winner else None
        assert winner == (names[figures.winner] if figures.winner else None)
    assert sum(isinstance(report, Nominations) for report in folder.reports) == 200
    latest = {
        report.ballot_id: report for report in wards.reports if isinstance(report, WardReport)
    }
    assert len(latest) == len(night.wards)
    elected = {
        ward.ballot_id: sum(bool(candidate.elected) for candidate in night.candidates[ward.ward_id])
        for ward in night.wards.values()
    }
    assert {ballot: len(report.winners) for ballot, report in latest.items()} == elected


async def test_nothing_is_there_before_its_time(night: Night) -> None:
    clock = SteppedClock(EVE)
    async with Rehearsal(night, clock) as rehearsal, PoliteClient() as client:
        folder = HttpFolder("pa", rehearsal.pa_url, client, clock)
        ballots = DemocracyClubBallots("dc", rehearsal.dc_url, NIGHT, client, clock)
        assert (await folder.fetch({})).readings == ()
        assert (await ballots.fetch({})).readings == ()
        await clock.move_to(EVE.replace(hour=21))
        assert len((await folder.fetch({})).readings) == 200
        reports = [r for reading in (await ballots.fetch({})).readings for r in reading.reports]
        assert len(reports) == len(night.wards)
        other_day = DemocracyClubBallots("dc", rehearsal.dc_url, date(2023, 5, 4), client, clock)
        assert (await other_day.fetch({})).readings == ()


async def test_the_servers_fail_as_the_fault_says(night: Night) -> None:
    clock = SteppedClock(EVE)
    async with (
        Rehearsal(night, clock, faults=[Fault.OUTAGE], hangs_for=0.01) as rehearsal,
        PoliteClient() as client,
    ):
        feed = HttpFolder("pa", rehearsal.pa_url, client, clock)
        loud, silent = rehearsal.script.outages
        await clock.move_to(loud.start)
        with pytest.raises(FeedUnavailable, match="503") as refusal:
            await feed.fetch({})
        assert refusal.value.retry_after == 2
        await clock.move_to(silent.start)
        with pytest.raises(FeedUnavailable, match="could not be reached"):
            await feed.fetch({})
        await clock.move_to(silent.end)
        assert (await feed.fetch({})).readings


async def test_the_wire_s_manners(night: Night) -> None:
    clock = SteppedClock(EVE.replace(hour=19))
    async with Rehearsal(night, clock) as rehearsal, aiohttp.ClientSession() as session:
        async with session.get(rehearsal.pa_url + ".timestamp") as stamp:
            etag = stamp.headers["ETag"]
            assert float(await stamp.text()) <= clock.now().timestamp()
        async with session.get(
            rehearsal.pa_url + ".timestamp", headers={"If-None-Match": etag}
        ) as unmoved:
            assert unmoved.status == 304
        async with session.get(rehearsal.pa_url + "nothing.xml") as missing:
            assert missing.status == 404
        url = rehearsal.dc_url + "/api/next/ballots/"
        async with session.get(url, params={"page": "2"}) as page:
            body = await page.json()
            assert "page=3" in body["next"]
            assert "page=1" in body["previous"]
            assert body["count"] > 200
        for wrong in ({"page": "x"}, {"last_updated": "2022-05-05T20:00:00"}):
            async with session.get(url, params=wrong) as refused:
                assert refused.status == 400


async def test_one_altered_table_alters_its_document(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    table = folder / "nights" / "2022-05-05" / "composition.csv"
    lines = table.read_text().splitlines()
    table.write_text(
        "\n".join(
            {"KHL,Lab,9,27,-3": "KHL,Lab,12,30,0", "KHL,LD,10,29,3": "KHL,LD,7,26,0"}.get(
                line, line
            )
            for line in lines
        )
        + "\n"
    )
    night = Night.load("2022-05-05", folder)
    clock = SteppedClock(EVE)
    async with Rehearsal(night, clock) as rehearsal, PoliteClient() as client:
        await clock.move_to(rehearsal.moments[-1])
        follower = Follower(HttpFolder("pa", rehearsal.pa_url, client, clock), clock)
        await follower.poller.poll_once()
    hull = follower.results["Kingston-upon-Hull"]
    assert hull.winner is not None
    assert (hull.winner.name, hull.gain_or_hold.value) == ("Lab", "no change")
    assert hull.changes == ()


async def test_serving_on_the_night_s_own_clock() -> None:
    ready: asyncio.Queue[Rehearsal] = asyncio.Queue()
    serving = asyncio.create_task(
        serve("2022-05-05", speed=3600.0, faults=[Fault.CORRECTION], on_ready=ready.put)
    )
    rehearsal = await asyncio.wait_for(ready.get(), 10)
    async with aiohttp.ClientSession() as session:
        for _ in range(100):
            await asyncio.sleep(0.02)
            async with session.get(rehearsal.pa_url) as answer:
                if len(await answer.json()) >= 20:
                    break
        else:
            pytest.fail("the night does not move")
    assert rehearsal.clock.now() > rehearsal.moments[0]
    assert rehearsal.clock.now().astimezone(UTC) - EVE < timedelta(days=3)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_a_night_that_we_do_not_have() -> None:
    with pytest.raises(TablesError, match="1997-05-01"):
        await serve("1997-05-01", on_ready=lambda _: asyncio.sleep(0))


@pytest.mark.parametrize(
    ("night", "port"),
    [
        (date(2022, 5, 5), 5522),
        (date(2026, 5, 7), 7526),
        (date(2031, 1, 1), 1131),
        (date(2031, 12, 31), 41231),
    ],
)
def test_a_night_has_a_port_of_its_own(night: date, port: int) -> None:
    assert port_of(night) == port
    assert 1_024 <= port_of(night, after=1) <= 65_535


def test_every_night_of_a_century_has_a_port_that_anybody_may_open() -> None:
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(36_525)]
    assert all(1_024 <= port_of(day, after) <= 65_535 for day in days for after in (0, 1))


def test_an_example_to_ask_about_is_the_reader_s_or_any_council(tmp_path: Path) -> None:
    assert Night.load("2022-05-05").example == "Hull"
    tables = tmp_path / "tables"
    shutil.copytree(data_folder(), tables)
    night = tables / "nights" / "2026-05-07"
    (night / "demo_channels.csv").unlink()
    assert Night.load("2026-05-07", tables).example == "Adur"
    for name in ("councils", "composition", "nominations"):
        (night / f"{name}.csv").unlink()
    assert Night.load("2026-05-07", tables).example == ""


def test_the_night_of_which_most_is_recorded_is_found_by_its_timetable(tmp_path: Path) -> None:
    assert most_fully_recorded() == "2022-05-05"
    tables = tmp_path / "tables"
    shutil.copytree(data_folder(), tables)
    (tables / "nights" / "2022-05-05" / "timetable.csv").unlink()
    assert most_fully_recorded(tables) == "2026-05-07"
    Night.load("2026-05-07", tables).must_be_recorded()
    with pytest.raises(TablesError, match="nothing to replay"):
        Night.load("2022-05-05", tables).must_be_recorded()
    (tables / "nights" / "2026-05-07" / "timetable.csv").unlink()
    with pytest.raises(TablesError, match="is recorded"):
        most_fully_recorded(tables)
