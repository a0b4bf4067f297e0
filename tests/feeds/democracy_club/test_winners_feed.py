"""Following the statements about winners, newest first."""

from __future__ import annotations

from datetime import date

import pytest
from aiohttp import web

from bot.clock import SteppedClock
from bot.election.reports import WinnerStatement
from bot.feeds.democracy_club.winners_feed import DemocracyClubWinners
from bot.feeds.feed import FeedUnavailable, Fetch
from bot.feeds.http import PoliteClient
from tests.feeds.democracy_club.test_winners import entry, feed
from tests.feeds.democracy_club.winners_site import PATH, WinnersSite
from tests.feeds.documents import RECEIVED
from tests.feeds.site import Site, conditional
from tests.feeds.test_folders import stored

NIGHT = date(2022, 5, 5)


def numbers(fetch: Fetch) -> list[int]:
    return [
        int(report.entry.rpartition("#")[2])
        for reading in fetch.readings
        for report in reading.reports
        if isinstance(report, WinnerStatement)
    ]


async def test_all_pages_and_then_only_what_is_new(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(*range(8))
    first = await atom.fetch({})
    assert numbers(first) == [7, 6, 5, 4, 3, 2, 1, 0]
    assert first.complete

    winners.site.asked.clear()
    again = await atom.fetch(stored(first))
    assert (again.readings, again.state) == ((), first.state)
    assert len(winners.site.asked) == 1

    winners.state(8)
    second = await atom.fetch(stored(again))
    assert numbers(second) == [8]
    winners.state(*range(9, 14))
    winners.site.asked.clear()
    assert numbers(await atom.fetch(stored(second))) == [13, 12, 11, 10, 9]
    assert len(winners.site.asked) == 2


async def test_other_nights_are_left_alone_and_end_the_way_back(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(*range(9), election_date="2021-05-06", updated="2021-05-07T01:00:00Z")
    winners.state(20, 21)
    winners.state(22, election_date="2022-04-28")
    fetch = await atom.fetch({})
    assert numbers(fetch) == [21, 20]
    assert len(winners.site.asked) == 2
    assert numbers(await atom.fetch(stored(fetch))) == []


async def test_the_server_s_limit_ends_an_asking_in_the_middle(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(*range(9))
    winners.pages_allowed = 1
    first = await atom.fetch({})
    assert (numbers(first), first.complete, first.retry_after) == ([8, 7, 6], False, 6.0)
    with pytest.raises(FeedUnavailable):
        await atom.fetch(stored(first))
    winners.pages_allowed = 1000
    winners.state(9)  # What is new moves the pages on, and hides nothing.
    rest = await atom.fetch(stored(first))
    assert numbers(rest) == [5, 4, 3, 2, 1, 0]
    assert rest.complete
    assert numbers(await atom.fetch(stored(rest))) == [9]


async def test_pages_of_other_nights_are_turned_too_though_they_bring_nothing(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(0)
    winners.state(*range(1, 7), election_date="2022-06-09")
    winners.pages_allowed = 1
    first = await atom.fetch({})
    assert (numbers(first), first.complete, first.retry_after) == ([], False, 6.0)
    winners.pages_allowed = 1000
    assert numbers(await atom.fetch(stored(first))) == [0]


async def test_a_feed_without_entries(winners: WinnersSite, atom: DemocracyClubWinners) -> None:
    empty = await atom.fetch({})
    assert (empty.readings, empty.complete) == ((), True)
    winners.state(1)
    assert numbers(await atom.fetch(stored(empty))) == [1]


async def test_a_feed_without_links_ends_with_a_page_that_is_not_full(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.linked = False
    winners.state(1, 2, 3)
    assert numbers(await atom.fetch({})) == [3, 2, 1]
    assert len(winners.site.asked) == 1


async def test_a_page_that_is_missing_is_the_end(
    site: Site, winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    entries = [entry(number) for number in range(300)]

    async def full(request: web.Request) -> web.StreamResponse:
        if request.query["page"] != "1":
            return web.Response(status=404)
        return conditional(request, feed(*entries).encode())

    site.pages[PATH] = full
    async with PoliteClient() as client:
        large = DemocracyClubWinners(
            "dc", str(site.url) + PATH, NIGHT, client, SteppedClock(RECEIVED)
        )
        fetch = await large.fetch({})
        assert len(numbers(fetch)) == 300
        assert fetch.complete
        assert (await large.fetch(stored(fetch))).readings == ()


async def test_a_faulty_entry_is_handed_over_once(
    winners: WinnersSite, atom: DemocracyClubWinners
) -> None:
    winners.state(1)
    winners.state(2, election_slug="broken", election_date=None)
    first = await atom.fetch({})
    assert numbers(first) == [1]
    assert "which is none" in (first.readings[0].fault or "")
    assert (await atom.fetch(stored(first))).readings == ()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><title>Sorry</title></html>", "web page"),
        (feed("<entry><id>1</id><title>A (B) won in C</title></entry>"), "basic Atom feed"),
        ("<rss/>", "'rss' is no kind of document"),
    ],
)
async def test_a_page_that_cannot_be_read_is_said_once_and_loses_nothing(
    site: Site, winners: WinnersSite, atom: DemocracyClubWinners, page: str, words: str
) -> None:
    winners.state(1, 2)
    known = stored(await atom.fetch({}))
    answer = site.pages[PATH]
    site.pages[PATH] = page
    first = await atom.fetch(known)
    assert not first.complete
    assert words in (first.readings[0].fault or "")
    second = await atom.fetch(stored(first))
    assert second.readings == ()
    site.pages[PATH] = answer
    winners.state(3)
    assert numbers(await atom.fetch(stored(second))) == [3]
