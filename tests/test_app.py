"""The wiring: which feeds a set of settings makes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.app import feeds_of
from bot.clock import SteppedClock
from bot.feeds.http import PoliteClient
from bot.settings import Settings
from tests.feeds.documents import RECEIVED
from tests.feeds.site import serving
from tests.feeds.test_desk_sheet import SHEET
from tests.feeds.test_modern_gov import ELECTION

NIGHT = date(2022, 5, 5)


def test_every_kind_of_feed_has_its_name_and_its_interval() -> None:
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
    feeds = feeds_of(settings, NIGHT, SteppedClock(RECEIVED), PoliteClient())
    assert [(feed.name, interval) for feed, interval in feeds] == [
        ("pa", 5),
        ("pa-2", 5),
        ("democracy_club", 60),
        ("democracy_club-2", 60),
        ("modern_gov", 40),
        ("modern_gov-2", 40),
        ("nist", 40),
        ("desk_sheet", 40),
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
        for feed, _ in feeds_of(settings, NIGHT, SteppedClock(RECEIVED), http):
            fetch = await feed.fetch({})
            [reading] = fetch.readings
            assert reading.faults == ()
            assert {report.night for report in reading.reports} == {NIGHT}
            again = await feed.fetch(fetch.state)
            assert again.readings == fetch.readings
            assert (await feed.fetch(again.state)).readings == ()
        assert site.requests[0].query == {"lElectionId": "397"}
