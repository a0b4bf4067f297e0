"""The wiring: which feeds a set of settings makes, and parts that break off."""

from __future__ import annotations

import asyncio
import os
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import jobs
from bot.app import opened
from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.feeds.feed import Addressed, Fetch, State
from bot.feeds.http import PoliteClient
from bot.feeds.poller import Poller
from bot.ingest.retake import Retake
from bot.jobs import RetryDelay
from bot.schedule.boards import BoardJob
from bot.schedule.damage import DamageJob
from bot.schedule.desk import DeskJob
from bot.schedule.notices import NoticeJob
from bot.schedule.summaries import SummaryJob
from bot.settings import Settings
from bot.sources import sources_of
from simulation.discord import Sandbox
from tests.feeds.documents import HULL, RECEIVED
from tests.feeds.site import serving
from tests.feeds.test_modern_gov import ELECTION
from tests.feeds.test_sheet import SHEET
from tests.support.tables import shipped

NIGHT = date(2022, 5, 5)


def test_every_kind_of_feed_has_its_name_its_setting_and_its_interval() -> None:
    settings = Settings(
        pa_folders=(Path("in"),),
        pa_urls=("http://pa.example",),
        democracy_club_url="http://dc.example",
        democracy_club_atom_url="http://dc.example/results/all.atom",
        modern_gov_urls=("Hull=http://hull.example/?l=1", "Leeds=http://leeds.example/?l=2"),
        nist_urls=("http://nist.example/report.json",),
        desk_sheet_urls=("http://sheet.example/pub?output=csv",),
        pa_interval=5,
        democracy_club_interval=60,
        documents_interval=40,
    )
    feeds = sources_of(settings, NIGHT, SteppedClock(RECEIVED), PoliteClient())
    assert [(source.called, source.interval) for source in feeds] == [
        ("pa (ELECTION_NIGHT_PA_FOLDERS)", 5),
        ("pa-2 (ELECTION_NIGHT_PA_URLS)", 5),
        ("democracy_club (ELECTION_NIGHT_DEMOCRACY_CLUB_URL)", 60),
        ("democracy_club-2 (ELECTION_NIGHT_DEMOCRACY_CLUB_ATOM_URL)", 60),
        ("modern_gov (ELECTION_NIGHT_MODERN_GOV_URLS)", 40),
        ("modern_gov-2 (ELECTION_NIGHT_MODERN_GOV_URLS)", 40),
        ("nist (ELECTION_NIGHT_NIST_URLS)", 40),
        ("desk_sheet (ELECTION_NIGHT_DESK_SHEET_URLS)", 40),
    ]


async def test_what_a_document_leaves_unsaid_is_said_by_its_setting() -> None:
    async with serving() as site, PoliteClient() as http:
        site.pages["/mgWebService.asmx/GetElectionResults"] = ELECTION
        site.pages["/pub"] = SHEET
        address = site.url / "mgWebService.asmx" / "GetElectionResults"
        settings = Settings(
            modern_gov_urls=(f"Hull={address.with_query(lElectionId=397)}",),
            desk_sheet_urls=(str(site.url / "pub"),),
        )
        for source in sources_of(settings, NIGHT, SteppedClock(RECEIVED), http):
            feed = source.feed
            fetch = await feed.fetch({})
            [reading] = fetch.readings
            assert reading.faults == ()
            assert {report.night for report in reading.reports} == {NIGHT}
            again = await feed.fetch(fetch.state)
            assert again.readings == fetch.readings
            assert (await feed.fetch(again.state)).readings == ()
        assert site.requests[0].query == {"lElectionId": "397"}


async def test_another_address_under_an_old_name_begins_anew_and_its_state_holds_no_key() -> None:
    asked: list[State] = []

    class Asked:
        name = "pa"

        async def fetch(self, state: State) -> Fetch:
            asked.append(state)
            return Fetch(self.name, (), {"seen": len(asked)})

    first, second = (Addressed(Asked(), f"http://{of}.example/?key=secret") for of in "ab")
    state = (await first.fetch({})).state
    assert "secret" not in str(state)
    state = (await first.fetch(state)).state
    state = (await second.fetch(state)).state
    await second.fetch(state)
    assert [one.get("seen") for one in asked] == [None, 1, None, 3]


async def test_addresses_that_change_places_bring_what_they_have(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "hull.xml").write_text(HULL)
    os.link(tmp_path / "a" / "hull.xml", tmp_path / "b" / "hull.xml")  # of the same time and size
    states: dict[str, State] = {}
    for folders, documents in ((["a", "b"], 1), (["a", "b"], 0), (["b", "a"], 1)):
        settings = Settings(pa_folders=tuple(tmp_path / name for name in folders))
        for source in sources_of(settings, NIGHT, SteppedClock(RECEIVED), PoliteClient()):
            fetch = await source.feed.fetch(states.get(source.feed.name, {}))
            states[source.feed.name] = fetch.state
            assert len(fetch.readings) == documents


async def test_a_part_that_breaks_off_is_taken_up_again_and_ends_no_other(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries: dict[str, int] = {}

    def breaks(kind: type) -> None:
        async def run(self: object, *_: object) -> None:
            tries[kind.__name__] = tries.get(kind.__name__, 0) + 1
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(kind, "run", run)

    parts = (Alerts, DeskJob, BoardJob, DamageJob, SummaryJob, NoticeJob, Poller)
    for kind in parts:
        breaks(kind)
    monkeypatch.setattr(jobs, "RetryDelay", partial(RetryDelay, 0.01, 0.01))
    settings = Settings(
        database=tmp_path / "night.sqlite",
        token=SecretStr(sandbox.token),
        discord_api=sandbox.api_base,
        pa_folders=(tmp_path,),
    )
    async with opened(settings, shipped(), SteppedClock(RECEIVED)) as app:
        running = asyncio.create_task(app.run())
        await sandbox.wait_for(
            lambda: len(tries) == len(parts) and min(tries.values()) > 2, within=20
        )
        await sandbox.wait_for(lambda: sandbox.gateway_control.connected == 1, within=20)
        assert not running.done()
        running.cancel()
        await asyncio.wait([running])
    assert "The boards broke off; next try in" in caplog.text


@pytest.mark.parametrize(
    ("fault", "tries"), [(OSError(24, "Too many open files"), 3), (KeyError("seats"), 1)]
)
async def test_what_was_turned_away_is_taken_again_when_a_fault_of_the_machine_is_over(
    fault: Exception, tries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours would be the same again: that waits for the next version."""
    tried = 0

    async def after_an_update(_: Retake) -> None:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise fault

    monkeypatch.setattr(Retake, "after_an_update", after_an_update)
    monkeypatch.setattr(jobs, "RetryDelay", partial(RetryDelay, 0.0))
    settings = Settings(database=tmp_path / "night.sqlite")
    async with opened(settings, shipped(), SteppedClock(RECEIVED)) as app:
        await jobs.until_done("Retaking broke off", app._take_again)
    assert tried == tries
