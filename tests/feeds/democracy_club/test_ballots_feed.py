"""Following the ballots by their last change."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from aiohttp import web

from bot.clock import SteppedClock
from bot.election.reports import WardReport
from bot.feeds.democracy_club import ballots_feed
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.feed import FeedUnavailable, Fetch
from bot.feeds.http import PoliteClient
from tests.feeds.democracy_club.test_ballots import BALLOT
from tests.feeds.documents import RECEIVED
from tests.feeds.site import Site, conditional
from tests.feeds.test_folders import stored

ENDPOINT = "/api/next/ballots/"
PAGE_SIZE = 3


class BallotsSite:
    """The endpoint: ballots by id with their last change, three a page."""

    def __init__(self, site: Site, *, includes_the_moment: bool = True) -> None:
        site.pages[ENDPOINT] = self._answer
        self.changed: dict[str, datetime] = {}
        self.site = site
        self.before_page_two: list[str] = []
        self._includes = includes_the_moment

    def change(self, *wards: str, at: datetime | None = None) -> None:
        for ward in wards:
            newest = max(self.changed.values(), default=RECEIVED)
            self.changed[ward] = at or newest + timedelta(seconds=1)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        since = request.query.get("last_updated")
        number = int(request.query["page"])
        if self.before_page_two and len(self.site.asked) == 2:
            self.change(*self.before_page_two)
        rows = sorted((at, ward) for ward, at in self.changed.items())
        if since:
            moment = datetime.fromisoformat(since)
            rows = [row for row in rows if row[0] > moment or (self._includes and row[0] == moment)]
        shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        body = {
            "count": len(rows),
            "next": "http://elsewhere.example/" if number * PAGE_SIZE < len(rows) else None,
            "previous": None,
            "results": [
                BALLOT
                | {
                    "ballot_paper_id": f"local.hull.{ward}.2022-05-05",
                    "last_updated": at.isoformat(),
                }
                for at, ward in shown
            ],
        }
        return conditional(request, json.dumps(body).encode())


def wards(fetch: Fetch) -> list[str]:
    return [
        report.ballot_id.split(".")[2]
        for reading in fetch.readings
        for report in reading.reports
        if isinstance(report, WardReport)
    ]


@pytest.fixture(params=[True, False], ids=["since includes the moment", "since excludes it"])
def ballots(request: pytest.FixtureRequest, site: Site) -> BallotsSite:
    return BallotsSite(site, includes_the_moment=request.param)


@pytest.fixture
def feed(site: Site, client: PoliteClient, clock: SteppedClock) -> DemocracyClubBallots:
    return DemocracyClubBallots("dc", str(site.url), date(2022, 5, 5), client, clock)


async def test_all_pages_and_then_only_changes(
    ballots: BallotsSite, feed: DemocracyClubBallots
) -> None:
    ballots.change(*"abcdefg")
    first = await feed.fetch({})
    assert wards(first) == list("abcdefg")
    assert first.complete
    assert ballots.site.requests[0].query["election_date"] == "2022-05-05"

    again = await feed.fetch(stored(first))
    assert wards(again) == []
    ballots.change("c", "x")
    second = await feed.fetch(stored(again))
    assert wards(second) == ["c", "x"]


async def test_nothing_new_is_answered_in_one_request_without_a_body(
    ballots: BallotsSite, feed: DemocracyClubBallots
) -> None:
    ballots.change("a")
    state = stored(await feed.fetch({}))
    state = stored(await feed.fetch(state))
    ballots.site.asked.clear()
    quiet = await feed.fetch(state)
    assert quiet.readings == ()
    assert quiet.state == state
    assert ballots.site.asked == [ENDPOINT]
    assert "If-None-Match" in ballots.site.requests[-1].headers


async def test_ballots_of_one_instant_over_several_pages(
    ballots: BallotsSite, feed: DemocracyClubBallots
) -> None:
    ballots.change(*"abcdefgh", at=RECEIVED)
    first = await feed.fetch({})
    assert wards(first) == list("abcdefgh")
    ballots.change("z", at=RECEIVED)
    assert wards(await feed.fetch(stored(first))) == ["z"]


async def test_a_ballot_that_moves_while_pages_are_turned_hides_no_other(
    ballots: BallotsSite, feed: DemocracyClubBallots
) -> None:
    ballots.change(*"abcdef")
    ballots.before_page_two = ["a"]
    fetch = await feed.fetch({})
    assert set(wards(fetch)) == set("abcdef")


async def test_an_empty_election(ballots: BallotsSite, feed: DemocracyClubBallots) -> None:
    empty = await feed.fetch({})
    assert empty.readings == ()
    ballots.change("a")
    assert wards(await feed.fetch(stored(empty))) == ["a"]


async def test_the_server_s_limit_ends_an_asking_in_the_middle(
    site: Site, feed: DemocracyClubBallots
) -> None:
    ballots = BallotsSite(site)
    ballots.change(*"abcdefg")
    answer = site.pages[ENDPOINT]

    async def limited(request: web.Request) -> web.StreamResponse:
        if len(site.asked) > 2:
            return web.Response(status=429, headers={"Retry-After": "6"})
        assert callable(answer)
        return await answer(request)

    site.pages[ENDPOINT] = limited
    first = await feed.fetch({})
    assert (first.complete, first.retry_after) == (False, 6.0)
    with pytest.raises(FeedUnavailable):
        await feed.fetch(stored(first))
    site.pages[ENDPOINT] = answer
    rest = await feed.fetch(stored(first))
    assert wards(first) + wards(rest) == list("abcdefg")
    assert rest.complete


async def test_a_page_that_cannot_be_read_is_said_once(
    site: Site, feed: DemocracyClubBallots
) -> None:
    site.pages[ENDPOINT] = "<html><title>Sorry</title></html>"
    first = await feed.fetch({})
    assert not first.complete
    assert "web page" in (first.readings[0].fault or "")
    assert first.trouble
    second = await feed.fetch(stored(first))
    assert second.readings == ()
    BallotsSite(site).change("a")
    assert wards(await feed.fetch(stored(second))) == ["a"]


async def test_unordered_pages_are_turned_by_number(site: Site, feed: DemocracyClubBallots) -> None:
    async def unordered(request: web.Request) -> web.StreamResponse:
        number = int(request.query["page"])
        times = {1: (5, 9), 2: (1, 3)}[number]
        if request.query.get("last_updated") and number == 1:
            times = (9, 5)
        results = [
            BALLOT
            | {
                "ballot_paper_id": f"local.hull.w{second}.2022-05-05",
                "last_updated": f"2022-05-06T01:00:0{second}+01:00",
            }
            for second in (times if number == 2 else reversed(times))
        ]
        body = {"count": 4, "next": "x" if number == 1 else None, "results": results}
        return web.json_response(body)

    site.pages[ENDPOINT] = unordered
    assert set(wards(await feed.fetch({}))) == {"w5", "w9", "w1", "w3"}


class RealSite:
    """The endpoint as Democracy Club runs it, with smaller numbers than its 200 and 100.

    A query by `last_updated` is answered with the first ballots that have changed since, without a
    next page; any other is paged by the ballots' ids.
    """

    def __init__(self, site: Site, chunk: int = 4) -> None:
        site.pages[ENDPOINT] = self._answer
        self.changed: dict[str, datetime] = {}
        self._chunk = chunk

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        since, number = request.query.get("last_updated"), int(request.query["page"])
        if since:
            moment = datetime.fromisoformat(since)
            rows = sorted((at, ward) for ward, at in self.changed.items() if at >= moment)
            shown, more = [ward for _, ward in rows[: self._chunk]], False
        else:
            every = sorted(self.changed)
            shown = every[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
            more = number * PAGE_SIZE < len(every)
        results = [
            BALLOT
            | {
                "ballot_paper_id": f"local.hull.{ward}.2022-05-05",
                "last_updated": self.changed[ward].isoformat(),
            }
            for ward in shown
        ]
        body = {"count": len(shown), "next": "x" if more else None, "results": results}
        return conditional(request, json.dumps(body).encode())


@pytest.fixture
def real(site: Site, monkeypatch: pytest.MonkeyPatch) -> RealSite:
    monkeypatch.setattr(ballots_feed, "_CHUNK", 4)
    return RealSite(site)


async def test_what_an_answer_leaves_out_is_asked_for_by_time(
    real: RealSite, feed: DemocracyClubBallots
) -> None:
    # Neither the order of the ids nor the times of one page say which ballots are left.
    for number, ward in enumerate("hgfedcba"):
        real.changed[ward] = RECEIVED + timedelta(seconds=number)
    first = await feed.fetch({})
    assert sorted(wards(first)) == list("abcdefgh")
    assert first.complete and first.trouble is None
    real.changed |= {ward: RECEIVED + timedelta(minutes=1) for ward in "ijk"}
    assert sorted(wards(await feed.fetch(stored(first)))) == list("ijk")


@pytest.mark.parametrize("chunk", [4, 7])
async def test_more_of_one_instant_than_an_answer_holds_hide_nothing(
    site: Site, feed: DemocracyClubBallots, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(ballots_feed, "_CHUNK", chunk)
    real = RealSite(site, chunk)
    real.changed = dict.fromkeys("abcdefghij", RECEIVED)
    first = await feed.fetch({})
    assert sorted(wards(first)) == list("abcdefghij")
    assert first.complete and first.trouble is None
    real.changed["z"] = RECEIVED + timedelta(seconds=5)
    assert wards(await feed.fetch(stored(first))) == ["z"]
