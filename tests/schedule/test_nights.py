"""A night that is prepared or changed while the bot runs is taken up without a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.almanac.tables import load_almanac
from bot.app import App, opened
from bot.clock import LONDON, SteppedClock
from bot.election.control import Control
from bot.settings import Settings
from tests.feeds.site import Site, serving

MAY, JUNE = date(2027, 5, 6), date(2027, 6, 3)
COUNTING = datetime(2027, 5, 7, 3, 0, tzinfo=LONDON)
BALLOTS = "/api/next/ballots/"


def prepare(folder: Path, night: date, council: str) -> None:
    path = folder / night.isoformat()
    path.mkdir(parents=True, exist_ok=True)
    (path / "night.csv").write_text(
        "night,name,polls_open,polls_close\n"
        f"{night},Local elections,{night}T07:00+01:00,{night}T22:00+01:00\n"
    )
    (path / "councils.csv").write_text(f"code,proportion,seats,seats_up,sitting\n{council}\n")
    (path / "wards.csv").write_text(
        "ballot_id,code,name,seats_up\n"
        + "".join(f"local.adur.ward{n}.{night},ADU,Ward {n},1\n" for n in range(3))
    )


def ballot(number: int) -> dict[str, object]:
    won = {"elected": True, "party": {"ec_id": "PP53"}, "party_name": "Labour Party"}
    return {
        "ballot_paper_id": f"local.adur.ward{number}.{MAY}",
        "election": {"name": "Adur local election", "election_date": MAY.isoformat()},
        "post": {"id": f"ward{number}", "label": f"Ward {number}"},
        "winner_count": 1,
        "last_updated": "2027-05-07T01:00:00Z",
        "candidacies": [{**won, "person": {"id": number, "name": f"Person {number}"}}],
    }


@asynccontextmanager
async def running(folder: Path, **chosen: object) -> AsyncIterator[tuple[App, Site]]:
    async with serving() as site:
        page = {"count": 3, "next": None, "results": [ballot(number) for number in range(3)]}
        site.pages[BALLOTS] = json.dumps(page)
        settings = Settings(
            database=folder / "night.sqlite",
            nights=folder / "nights",
            democracy_club_url=str(site.url),
        ).model_copy(update=chosen)
        almanac = load_almanac(prepared=settings.nights)
        async with opened(settings, almanac, SteppedClock(COUNTING)) as app:
            yield app, site


async def look(app: App) -> None:
    """Look twice: a folder counts once it has stayed as it is."""
    await app.nights.look()
    await app.nights.look()


async def test_what_was_reported_is_decided_again_when_the_night_s_tables_change(
    tmp_path: Path,
) -> None:
    prepare(tmp_path / "nights", MAY, "ADU,,,,")
    async with running(tmp_path) as (app, _):
        await app.poll_once()
        adur = app.services.reader.council(MAY, "ADU")
        assert adur is not None
        assert (adur.is_declared, len(adur.wards)) == (False, 3)
        prepare(tmp_path / "nights", MAY, "ADU,all,3,3,Con")
        await look(app)
        adur = app.services.reader.council(MAY, "ADU")
        assert adur is not None
        assert adur.declared is not None
        assert (adur.before, adur.declared.after) == (Control("Con"), Control("Lab"))


async def test_answers_are_of_the_tables_as_they_are_now(tmp_path: Path) -> None:
    prepare(tmp_path / "nights", MAY, "ADU,,,,")
    async with running(tmp_path) as (app, _):
        reader = app.services.reader
        assert [one.seats_up for one in reader.councils(MAY)] == [None]
        prepare(tmp_path / "nights", MAY, "ADU,all,3,3,Con\nLDS,third,99,33,Lab")
        await look(app)
        assert [one.seats_up for one in reader.councils(MAY)] == [3, 33]
        adur = reader.council(MAY, "ADU")
        assert adur is not None
        assert adur.before == Control("Con")


async def test_a_folder_that_changed_while_the_bot_was_away_is_decided_on_at_the_start(
    tmp_path: Path,
) -> None:
    prepare(tmp_path / "nights", MAY, "ADU,,,,")
    async with running(tmp_path) as (app, _):
        await app.poll_once()
    prepare(tmp_path / "nights", MAY, "ADU,all,3,3,Con")
    async with running(tmp_path) as (app, _):
        await app.nights.look()
        adur = app.services.reader.council(MAY, "ADU")
        assert adur is not None
        assert adur.is_declared


async def test_the_feeds_follow_the_night_that_is_followed(tmp_path: Path) -> None:
    prepare(tmp_path / "nights", JUNE, "ADU,all,3,3,Con")
    async with running(tmp_path) as (app, site):
        assert app.services.newest_night == JUNE
        polling = asyncio.create_task(app.pollers.run())

        async def asked_about(night: date) -> None:
            while not any(one.query["election_date"] == str(night) for one in site.requests):
                await asyncio.sleep(0.01)

        await asyncio.wait_for(asked_about(JUNE), 5)
        prepare(tmp_path / "nights", MAY, "ADU,all,3,3,Con")
        await look(app)
        assert app.services.newest_night == MAY
        await asyncio.wait_for(asked_about(MAY), 5)
        assert [poller.health.feed for poller in app.services.pollers] == ["democracy_club"]
        polling.cancel()
        await asyncio.wait([polling])


async def test_a_broken_folder_is_logged_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    prepare(tmp_path / "nights", MAY, "ADU,all,3,3,Con")
    async with running(tmp_path) as (app, _):
        prepare(tmp_path / "nights", JUNE, "ADU,sometimes,3,3,Con")
        for _ in range(4):
            await app.nights.look()
        assert app.services.newest_night == MAY
    told = [one.message for one in caplog.records if "sometimes" in one.message]
    assert len(told) == 1
    assert "column proportion: 'sometimes' is none of all, half, third" in told[0]
