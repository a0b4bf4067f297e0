"""Sources at web addresses: pages of ballots as Democracy Club serves them, PA's folder, sheets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import RealClock
from bot.prepare.documents import PrepareError
from bot.prepare.gather import Asked, Prepared, gather
from tests.feeds.site import Site, serving
from tests.prepare.pages import NIGHT, ballot, page, thirds
from tests.support.tables import shipped

PATH = "/api/next/ballots/"
BEFORE = date(2026, 5, 7)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


class DemocracyClub:
    """Two ballots a page, the oldest change first, as its list of ballots has them."""

    def __init__(self, site: Site, ballots: list[dict[str, object]]) -> None:
        self.site = site
        self.ballots = ballots
        self.refusals: list[web.Response] = []
        self.answered = 0
        site.pages[PATH] = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        number, since = int(request.query["page"]), request.query.get("last_updated", "")
        if self.answered and self.refusals:
            return self.refusals.pop()
        mine = [
            one
            for one in self.ballots
            if str(one["ballot_paper_id"]).endswith(request.query["election_date"])
            and str(one["last_updated"]) > since
        ]
        self.answered += 1
        mine.sort(key=lambda one: str(one["last_updated"]))
        some = mine[2 * number - 2 : 2 * number]
        more = str(request.url.update_query(page=number + 1)) if mine[2 * number :] else None
        return web.Response(text=page(some, more), content_type="application/json")


def ballots(council: str, number: int) -> list[dict[str, object]]:
    return [
        ballot(council, f"Ward {n}", last_updated=f"2027-04-20T12:{n:02}:00+00:00")
        for n in range(number)
    ]


async def prepared(asked: Asked) -> Prepared:
    return await gather(asked, NIGHT, shipped(), RealClock())


async def test_every_page_of_the_night_and_of_earlier_ones_is_fetched(site: Site) -> None:
    earlier = thirds("Leeds", 3, ["Labour"], BEFORE)
    DemocracyClub(site, [*ballots("Leeds", 7), *earlier])
    asked = Asked(ballots=[str(site.url)], earlier=[str(BEFORE)])
    found = await prepared(asked)
    assert len(found.gathered.wards["LDS"]) == 7
    asked = Asked(ballots=[f"{site.url}{PATH}?election_date={NIGHT}"])
    assert len((await prepared(asked)).gathered.wards["LDS"]) == 7


async def test_a_site_that_asks_to_be_left_alone_is_asked_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    sleep = asyncio.sleep

    async def no_time(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    club = DemocracyClub(site, ballots("Leeds", 7))
    club.refusals = [web.Response(status=429, headers={"Retry-After": "30"}) for _ in range(2)]
    monkeypatch.setattr("bot.prepare.documents.asyncio.sleep", no_time)
    found = await prepared(Asked(ballots=[str(site.url)]))
    assert len(found.gathered.wards["LDS"]) == 7
    assert [one for one in waited if one > 1] == [30, 30]


async def test_a_part_of_the_ballots_is_not_prepared_from(site: Site) -> None:
    club = DemocracyClub(site, ballots("Leeds", 7))
    club.refusals = [web.Response(status=500) for _ in range(20)]
    with pytest.raises(PrepareError, match=r"answered 500 .* Nothing is prepared from a part"):
        await prepared(Asked(ballots=[str(site.url)]))
    with pytest.raises(PrepareError, match=r"answered 404"):
        await prepared(Asked(ballots=[str(site.url / "elsewhere")]))


async def test_sheets_files_and_the_wire_s_folder_are_had_at_addresses(
    site: Site, tmp_path: Path
) -> None:
    nominations = (
        f"<LocalElectionNominations><Election date='{NIGHT}'><Council name='Leeds' type='Metro'"
        " proportion='third'><Party name='Labour' abbreviation='Lab' seatsHeld='9'"
        " seatsOffered='3'/></Council></Election></LocalElectionNominations>"
    )
    site.pages["/sheet"] = "council,size\nLeeds,9\n"
    site.pages["/ballots.json"] = page(ballots("Leeds", 3))
    site.pages["/pa/"] = '<a href="Local_nominations_Leeds.xml">Local_nominations_Leeds.xml</a>'
    site.pages["/pa/.timestamp"] = "1809600000.5"
    site.pages["/pa/Local_nominations_Leeds.xml"] = nominations
    asked = Asked(
        ballots=[str(site.url / "ballots.json")],
        sheet=[str(site.url / "sheet")],
        wire=[str(site.url / "pa/")],
    )
    [leeds] = (await prepared(asked)).plans
    assert (leeds.facts.size, leeds.facts.seats_up, leeds.facts.offered) == (9, 3, {"Lab": 3})
    assert leeds.facts.before == {"Lab": 9}
    with pytest.raises(PrepareError, match=r"answered 404"):
        await prepared(Asked(sheet=[str(site.url / "nothing.csv")]))
    with pytest.raises(PrepareError, match=r"http://a:b:c is not a web address"):
        await prepared(Asked(sheet=["http://a:b:c"]))
