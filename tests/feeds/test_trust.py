"""A feed's own times and validators are not trusted: what changes is found, and faults are told."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import SteppedClock
from bot.election.reports import CouncilResult, WardReport, WinnerStatement
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.democracy_club.winners_feed import DemocracyClubWinners
from bot.feeds.feed import FeedUnavailable, Fetch
from bot.feeds.folders import DiskFolder, HttpFolder
from bot.feeds.http import PoliteClient
from bot.feeds.web_document import WebDocument
from tests.feeds.democracy_club.test_ballots import BALLOT
from tests.feeds.democracy_club.test_ballots_feed import ENDPOINT, BallotsSite, wards
from tests.feeds.democracy_club.test_winners import entry
from tests.feeds.democracy_club.test_winners import feed as atom_feed
from tests.feeds.democracy_club.test_winners_feed import numbers
from tests.feeds.democracy_club.winners_site import PATH, WinnersSite
from tests.feeds.documents import HULL, RECEIVED, reading
from tests.feeds.site import Site
from tests.feeds.test_folders import PaSite, names, stored

NIGHT = date(2022, 5, 5)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
LATER = RECEIVED + timedelta(hours=1)


@pytest.fixture
def ballots(site: Site, clock: SteppedClock) -> BallotsSite:
    return BallotsSite(site)


@pytest.fixture
def feed(site: Site, client: PoliteClient, clock: SteppedClock) -> DemocracyClubBallots:
    return DemocracyClubBallots("dc", str(site.url), NIGHT, client, clock)


@pytest.fixture
async def doubter() -> AsyncIterator[PoliteClient]:
    """A client that believes no server that nothing has changed."""
    async with PoliteClient(timeout=2.0, max_bytes=100_000, trust=0.0) as client:
        yield client


@pytest.mark.parametrize(
    "ahead", [FAR, datetime(2026, 6, 5, tzinfo=UTC), RECEIVED + timedelta(hours=3)]
)
async def test_a_ballot_stamped_in_the_future_silences_no_later_change(
    ballots: BallotsSite, feed: DemocracyClubBallots, clock: SteppedClock, ahead: datetime
) -> None:
    ballots.change("a", at=RECEIVED - timedelta(minutes=2))
    ballots.change("wrong", at=ahead)
    first = await feed.fetch({})
    assert wards(first) == ["a", "wrong"]
    assert "stamped later than now" in (first.trouble or "")
    assert "wrong" in (first.trouble or "")

    await clock.move_to(RECEIVED + timedelta(minutes=5))
    ballots.change("a", at=RECEIVED + timedelta(minutes=4))
    ballots.change("b", at=RECEIVED + timedelta(minutes=4))
    second = await feed.fetch(stored(first))
    assert wards(second) == ["a", "b"]
    assert "stamped later than now" in (second.trouble or "")


async def test_ballots_that_are_all_stamped_in_the_future_are_told_from_new_ones(
    ballots: BallotsSite, feed: DemocracyClubBallots, clock: SteppedClock
) -> None:
    ballots.change(*"abcde", at=FAR)
    first = await feed.fetch({})
    assert sorted(wards(first)) == list("abcde")
    assert "5 ballots are stamped" in (first.trouble or "")
    assert wards(await feed.fetch(stored(first))) == []
    ballots.change("f", at=RECEIVED)
    assert wards(await feed.fetch(stored(first))) == ["f"]


async def test_a_stamp_in_the_future_is_told_of_until_it_is_put_right(
    ballots: BallotsSite, feed: DemocracyClubBallots, clock: SteppedClock
) -> None:
    ballots.change("a", at=FAR)
    state = stored(await feed.fetch({}))
    quiet = await feed.fetch(state)
    assert (quiet.readings, quiet.state) == ((), state)
    assert quiet.trouble
    await clock.move_to(LATER)
    ballots.change("a", at=LATER)
    righted = await feed.fetch(stored(quiet))
    assert wards(righted) == ["a"]


@pytest.mark.parametrize("late_by", [1, 120, 9 * 60])
async def test_a_ballot_that_is_seen_later_than_its_stamp_is_taken(
    ballots: BallotsSite, feed: DemocracyClubBallots, clock: SteppedClock, late_by: int
) -> None:
    await clock.move_to(LATER)
    for number, ward in enumerate("abcdefg"):
        ballots.change(ward, at=LATER - timedelta(seconds=60 * number))
    state = stored(await feed.fetch({}))
    ballots.change("late", at=LATER - timedelta(seconds=late_by, microseconds=7))
    second = await feed.fetch(state)
    assert (wards(second), second.trouble) == (["late"], None)


async def test_what_changes_under_the_same_stamp_is_taken(
    site: Site, feed: DemocracyClubBallots, clock: SteppedClock
) -> None:
    count = {"winner_count": 2}

    async def answer(request: web.Request) -> web.StreamResponse:
        one = BALLOT | count | {"last_updated": RECEIVED.isoformat()}
        return web.json_response({"count": 1, "next": None, "previous": None, "results": [one]})

    site.pages[ENDPOINT] = answer
    state = stored(await feed.fetch({}))
    assert (await feed.fetch(state)).readings == ()
    count["winner_count"] = 1
    [reading] = (await feed.fetch(state)).readings
    [report] = reading.reports
    assert isinstance(report, WardReport)
    assert report.seats == 1


def page_of(*numbers: int, more: bool) -> web.Response:
    results = [
        BALLOT
        | {
            "ballot_paper_id": f"local.hull.w{number}.2022-05-05",
            "last_updated": (RECEIVED - timedelta(minutes=30 - number)).isoformat(),
        }
        for number in numbers
    ]
    return web.json_response({"count": 9, "next": "x" if more else None, "results": results})


async def test_a_server_that_answers_the_same_whatever_is_asked_is_not_asked_on_and_on(
    site: Site, feed: DemocracyClubBallots, clock: SteppedClock
) -> None:
    shown = [1, 2]

    async def frozen(request: web.Request) -> web.StreamResponse:
        return page_of(*shown, more=True)

    site.pages[ENDPOINT] = frozen
    first = await feed.fetch({})
    assert wards(first) == ["w1", "w2"]
    assert len(site.asked) <= 3
    assert "answers the same page" in (first.trouble or "")
    # It is caught up as far as can be: what changes on that page is news.
    assert first.complete
    shown.append(9)
    site.asked.clear()
    second = await feed.fetch(stored(first))
    assert (wards(second), len(site.asked) <= 3) == (["w9"], True)
    assert "answers the same page" in (second.trouble or "")


async def test_a_cache_that_keeps_only_the_further_pages_is_noticed(
    site: Site, feed: DemocracyClubBallots
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return (
            page_of(2, 2, more=True) if "last_updated" in request.query else page_of(1, more=True)
        )

    site.pages[ENDPOINT] = answer
    fetch = await feed.fetch({})
    assert "answers the same page" in (fetch.trouble or "")
    assert len(site.asked) <= 4


async def test_a_server_that_does_not_heed_the_time_is_read_by_page_number_and_told_of(
    site: Site, feed: DemocracyClubBallots
) -> None:
    async def by_number(request: web.Request) -> web.StreamResponse:
        number = int(request.query["page"])
        return page_of(2 * number, 2 * number + 1, more=number < 4)

    site.pages[ENDPOINT] = by_number
    fetch = await feed.fetch({})
    assert wards(fetch) == [f"w{number}" for number in range(2, 10)]
    assert "before the time that was asked for" in (fetch.trouble or "")
    assert fetch.complete


async def test_a_limit_in_the_middle_of_many_ballots_of_one_moment_comes_to_an_end(
    site: Site, feed: DemocracyClubBallots
) -> None:
    ballots = BallotsSite(site)
    ballots.change(*"abcdefghijkl", at=RECEIVED)
    answer = site.pages[ENDPOINT]
    assert callable(answer)
    allowed = 3

    async def limited(request: web.Request) -> web.StreamResponse:
        if len(site.asked) > allowed:
            return web.Response(status=429, headers={"Retry-After": "6"})
        return await answer(request)

    site.pages[ENDPOINT] = limited
    taken: list[str] = []
    fetch = Fetch("dc", (), {})
    for _ in range(6):
        site.asked.clear()
        fetch = await feed.fetch(stored(fetch))
        taken += wards(fetch)
        if fetch.complete:
            break
    assert taken == list("abcdefghijkl")


async def test_an_entry_stamped_in_the_future_does_not_end_the_way_back(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(0)
    winners.state(99, updated=FAR.isoformat())
    state = stored(await atom.fetch({}))
    # It stays on top: more than a page of news comes in below it.
    on_top = winners.entries.pop(0)
    winners.state(1, 2, 3, 4)
    winners.entries.insert(0, on_top)
    second = await atom.fetch(state)
    assert numbers(second) == [4, 3, 2, 1]
    assert "stamped later than now" in (second.trouble or "")


async def test_an_entry_with_too_old_a_stamp_does_not_end_the_way_back(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(1)
    winners.state(2, updated="2001-01-01T00:00:00+00:00")
    winners.state(3, 4)
    assert numbers(await atom.fetch({})) == [4, 3, 2, 1]


async def test_an_entry_that_comes_late_below_known_ones_is_taken(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(1, 3)
    state = stored(await atom.fetch({}))
    newest = winners.entries.pop(0)
    winners.state(2)
    winners.entries.insert(0, newest)
    assert numbers(await atom.fetch(state)) == [2]


async def test_winners_pages_that_repeat_are_not_turned_for_ever_and_lose_nothing(
    site: Site, atom: DemocracyClubWinners
) -> None:
    shown, links = [entry(1), entry(2)], '<link rel="next" href="x"/>'
    is_frozen = True

    async def answer(request: web.Request) -> web.StreamResponse:
        if is_frozen or request.query["page"] == "1":
            return web.Response(text=atom_feed(*shown, links=links))
        return web.Response(text=atom_feed(entry(0), links='<link rel="first" href="x"/>'))

    site.pages[PATH] = answer
    first = await atom.fetch({})
    assert (numbers(first), len(site.asked)) == ([1, 2], 2)
    assert "answers the same page" in (first.trouble or "")
    shown.insert(0, entry(3))
    second = await atom.fetch(stored(first))
    assert numbers(second) == [3]
    is_frozen = False
    third = await atom.fetch(stored(second))
    assert (numbers(third), third.trouble) == ([0], None)


@pytest.mark.parametrize("statement", [True, False], ids=["Atom", "ballots"])
async def test_what_puts_a_stamp_in_the_future_right_is_the_newer_one(statement: bool) -> None:
    if statement:
        body = atom_feed(entry(1, updated=FAR.isoformat()))
    else:
        ballot = BALLOT | {"last_updated": FAR.isoformat()}
        body = json.dumps({"count": 1, "next": None, "previous": None, "results": [ballot]})
    [report] = reading(body).reports
    assert isinstance(report, WardReport | WinnerStatement)
    told = report.stated_at if isinstance(report, WinnerStatement) else report.updated_at
    assert told == RECEIVED


@pytest.fixture
def folder(site: Site) -> PaSite:
    return PaSite(site)


async def test_a_folder_whose_stamp_stands_still_is_listed_all_the_same(
    site: Site, folder: PaSite, doubter: PoliteClient, clock: SteppedClock
) -> None:
    feed = HttpFolder("pa", str(site.url / "pa"), doubter, clock)
    folder.put("a.xml", HULL)
    site.pages["/pa/.timestamp"] = "4070908800.0"  # in 2099
    state = stored(await feed.fetch({}))
    folder.put("b.xml", HULL.replace("'1'", "'2'", 1))
    site.pages["/pa/.timestamp"] = "4070908800.0"
    second = await feed.fetch(state)
    assert names(second) == ["b.xml"]
    assert ".timestamp did not move" in (second.trouble or "")

    async with PoliteClient(timeout=2.0) as believing:
        # From now on also where the server is believed that the stamp has not changed.
        feed = HttpFolder("pa", str(site.url / "pa"), believing, clock)
        folder.put("c.xml", HULL.replace("'1'", "'3'", 1))
        site.pages["/pa/.timestamp"] = "4070908800.0"
        assert names(await feed.fetch(stored(second))) == ["c.xml"]


async def test_a_stamp_that_moves_as_it_should_is_no_trouble(
    folder: PaSite, site: Site, doubter: PoliteClient, clock: SteppedClock
) -> None:
    feed = HttpFolder("pa", str(site.url / "pa"), doubter, clock)
    folder.put("a.xml", HULL)
    fetch = await feed.fetch({})
    for name in ("b.xml", "c.xml"):
        fetch = await feed.fetch(stored(fetch))
        assert (fetch.readings, fetch.trouble) == ((), None)
        folder.put(name, HULL)
        fetch = await feed.fetch(stored(fetch))
        assert (names(fetch), fetch.trouble) == ([name], None)


async def test_a_file_written_once_more_in_its_minute_is_noticed_though_it_was_seen_twice(
    folder: PaSite, site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    feed = HttpFolder("pa", str(site.url / "pa"), client, clock)
    folder.put("a.xml", HULL)
    state = stored(await feed.fetch({}))
    for seconds in (20, 40):
        await clock.move_to(RECEIVED + timedelta(seconds=seconds))
        folder.put("other.xml", HULL + " " * seconds)
        state = stored(await feed.fetch(state))
    folder.put("a.xml", HULL.replace("'29'", "'30'"))
    fetch = await feed.fetch(state)
    [report] = fetch.readings[0].reports
    assert isinstance(report, CouncilResult)
    assert (names(fetch), report.composition[0].seats) == (["a.xml"], 30)


async def test_a_folder_that_is_suddenly_empty_is_told_of_and_nothing_comes_twice(
    folder: PaSite, site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    feed = HttpFolder("pa", str(site.url / "pa"), client, clock)
    folder.put("a.xml", HULL)
    state = stored(await feed.fetch({}))
    listing = site.pages["/pa/"]
    site.pages["/pa/"] = "<html><body>Please log in</body></html>"
    site.pages["/pa/.timestamp"] = "1"
    away = await feed.fetch(state)
    assert "lists no document any more, where it had 1" in (away.trouble or "")
    site.pages["/pa/"] = listing
    back = await feed.fetch(stored(away))
    assert (back.readings, back.trouble) == ((), None)


async def test_a_listing_that_is_a_packed_file_is_named(
    folder: PaSite, site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    folder.put("a.xml", HULL)
    site.pages["/pa/"] = b"PK\x03\x04........a.xml"
    with pytest.raises(FeedUnavailable, match="a zip archive"):
        await HttpFolder("pa", str(site.url / "pa"), client, clock).fetch({})


async def test_a_file_on_disk_that_keeps_its_time_and_size_is_noticed(
    tmp_path: Path, clock: SteppedClock
) -> None:
    path = tmp_path / "a.xml"
    path.write_text(HULL)
    os.utime(path, (1, 1))
    feed = DiskFolder("pa", tmp_path, clock)
    state = stored(await feed.fetch({}))
    path.write_text(HULL.replace("'29'", "'30'"))
    os.utime(path, (1, 1))
    assert names(await feed.fetch(state)) == ["a.xml"]


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"constant"'},
        {"ETag": 'W/"constant"'},
        {"Last-Modified": "Fri, 06 May 2022 01:00:00 GMT"},
    ],
)
async def test_validators_that_stay_while_the_document_changes_hide_nothing_and_are_told_of(
    site: Site, doubter: PoliteClient, clock: SteppedClock, headers: dict[str, str]
) -> None:
    body = {"now": HULL}

    async def answer(request: web.Request) -> web.StreamResponse:
        conditions = {"If-None-Match", "If-Modified-Since"} & set(request.headers)
        if conditions:
            return web.Response(status=304)
        return web.Response(text=body["now"], headers=headers)

    site.pages["/hull.xml"] = answer
    feed = WebDocument("council", str(site.url / "hull.xml"), doubter, clock)
    first = await feed.fetch({})
    body["now"] = HULL.replace("'1'", "'2'", 1)
    second = await feed.fetch(stored(first))
    assert (len(second.readings), first.trouble) == (1, None)
    assert "has changed while its ETag and Last-Modified have not" in (second.trouble or "")


async def test_a_last_modified_in_the_future_makes_no_request_conditional(
    site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    body = {"now": HULL}

    async def answer(request: web.Request) -> web.StreamResponse:
        if "If-Modified-Since" in request.headers:
            return web.Response(status=304)
        headers = {"Last-Modified": "Thu, 01 Jan 2099 00:00:00 GMT"}
        return web.Response(text=body["now"], headers=headers)

    site.pages["/hull.xml"] = answer
    feed = WebDocument("council", str(site.url / "hull.xml"), client, clock)
    first = await feed.fetch({})
    assert (await feed.fetch(stored(first))).readings == ()
    body["now"] = HULL.replace("'1'", "'2'", 1)
    assert len((await feed.fetch(stored(first))).readings) == 1
