"""What the tests of fetching share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import SteppedClock
from bot.feeds.democracy_club.winners_feed import DemocracyClubWinners
from bot.feeds.http import PoliteClient
from tests.election.build import NIGHT
from tests.feeds.democracy_club.winners_site import PATH, WinnersSite
from tests.feeds.documents import RECEIVED
from tests.feeds.site import Site, serving


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


@pytest.fixture
async def client() -> AsyncIterator[PoliteClient]:
    async with PoliteClient(timeout=2.0, max_bytes=100_000) as client:
        yield client


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(RECEIVED)


@pytest.fixture
def winners(site: Site) -> WinnersSite:
    return WinnersSite(site)


@pytest.fixture
def atom(site: Site, client: PoliteClient, clock: SteppedClock) -> DemocracyClubWinners:
    return DemocracyClubWinners("dc", str(site.url) + PATH, NIGHT, client, clock)
