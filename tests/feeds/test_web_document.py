"""Feeds that are one document."""

from __future__ import annotations

from datetime import date

import pytest

from bot.clock import SteppedClock
from bot.election.reports import CouncilResult
from bot.feeds.feed import FeedUnavailable, Fetch
from bot.feeds.hints import Hints
from bot.feeds.http import PoliteClient
from bot.feeds.web_document import WebDocument
from tests.feeds.site import Site
from tests.feeds.test_folders import stored
from tests.feeds.test_sheet import SHEET

NIGHT = Hints(night=date(2022, 5, 5))
CORRECTED = SHEET.replace(",29,", ",30,")


@pytest.fixture
def sheet(site: Site, client: PoliteClient, clock: SteppedClock) -> WebDocument:
    site.pages["/pub"] = SHEET
    url = str((site.url / "pub").with_query(key="secret"))
    return WebDocument("desk_sheet", url, client, clock, known=NIGHT, twice=True)


def hashes(fetch: Fetch) -> list[str]:
    return [reading.sha256 for reading in fetch.readings]


async def test_what_has_no_revision_is_delivered_twice_and_then_when_it_changes(
    site: Site, sheet: WebDocument
) -> None:
    first = await sheet.fetch({})
    assert len(first.readings[0].reports) == 2
    second = await sheet.fetch(stored(first))
    assert second.readings == first.readings
    third = await sheet.fetch(stored(second))
    assert third.readings == ()
    assert third.state == second.state
    assert "If-None-Match" in site.requests[2].headers
    assert "If-None-Match" not in site.requests[1].headers

    site.pages["/pub"] = CORRECTED
    changed = await sheet.fetch(stored(third))
    [report, _] = changed.readings[0].reports
    assert isinstance(report, CouncilResult)
    assert report.composition[0].seats == 30
    assert hashes(await sheet.fetch(stored(changed))) == hashes(changed)


async def test_what_changes_before_its_confirmation_is_confirmed_itself(
    site: Site, sheet: WebDocument
) -> None:
    first = await sheet.fetch({})
    site.pages["/pub"] = CORRECTED
    second = await sheet.fetch(stored(first))
    assert hashes(second) != hashes(first)
    third = await sheet.fetch(stored(second))
    assert hashes(third) == hashes(second)
    assert (await sheet.fetch(stored(third))).readings == ()


async def test_a_server_without_validators_confirms_once_all_the_same(
    site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    state: dict[str, object] = {}
    brought = []
    for _ in range(4):
        site.pages["/pub"] = SHEET
        feed = WebDocument("s", str(site.url / "pub"), client, clock, known=NIGHT, twice=True)
        fetch = await feed.fetch(state)
        state = stored(fetch) | {"validators": {}}
        brought.append(len(fetch.readings))
    assert brought == [1, 1, 0, 0]


async def test_a_faulty_document_is_delivered_once(site: Site, sheet: WebDocument) -> None:
    site.pages["/pub"] = "<html><title>Sorry</title></html>"
    first = await sheet.fetch({})
    assert "web page" in (first.readings[0].fault or "")
    assert (await sheet.fetch(stored(first))).readings == ()


async def test_a_format_with_revisions_is_delivered_once(
    site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    site.pages["/pub"] = SHEET
    feed = WebDocument("nist", str(site.url / "pub"), client, clock, known=NIGHT)
    first = await feed.fetch({})
    assert len(first.readings) == 1
    assert (await feed.fetch(stored(first))).readings == ()


async def test_a_server_in_trouble(site: Site, sheet: WebDocument) -> None:
    site.fails("/pub", 503)
    with pytest.raises(FeedUnavailable, match="503"):
        await sheet.fetch({})
