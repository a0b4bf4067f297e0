"""Feeds that are wrong about time and files that are no documents, from the server to the desk."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli.doctor import doctor
from bot.clock import LONDON, SteppedClock
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.http import PoliteClient
from bot.feeds.poller import Poller
from bot.settings import Settings
from bot.store.reader import Reader
from tests.cases.support import Room, ingest_with, shipped, taken_in
from tests.feeds.site import Site, serving

NIGHT = date(2022, 5, 5)
ENDPOINT = "/api/next/ballots/"
THREE = datetime(2022, 5, 6, 3, tzinfo=LONDON)

Json = dict[str, object]


def ballot(ward: str, at: datetime, votes: int = 10) -> Json:
    """Return a made-up ballot of Harlow with its one winner."""
    party = {"ec_id": "PP53", "name": "Labour Party"}
    result = {"elected": True, "num_ballots": votes}
    person = {"id": 1, "name": "A. Person"}
    return {
        "ballot_paper_id": f"local.harlow.{ward.lower().replace(' ', '-')}.2022-05-05",
        "election": {"name": "Harlow local election", "election_date": "2022-05-05"},
        "post": {"id": f"made-up:{ward}", "label": ward, "slug": ward.lower()},
        "winner_count": 1,
        "last_updated": at.isoformat(),
        "candidacies": [{"party": party, "person": person, "result": result, "elected": True}],
    }


class Followed:
    """A real poller on a real server, with a newsroom behind it."""

    def __init__(self, site: Site, room: Room, client: PoliteClient) -> None:
        self.ballots: list[Json] = []
        self.ignores_the_query = False
        self.site = site
        self.room = room
        self.clock = SteppedClock(THREE)
        feed = DemocracyClubBallots("dc", str(site.url), NIGHT, client, self.clock)
        self.poller = Poller(feed, self.clock, 60, self._take)
        site.pages[ENDPOINT] = self._answer

    async def _take(self, fetch: object) -> None:
        await self.room.ingest.file(fetch)  # type: ignore[arg-type]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        shown = sorted(
            self.ballots, key=lambda one: datetime.fromisoformat(str(one["last_updated"]))
        )
        since = request.query.get("last_updated")
        if since and not self.ignores_the_query:
            asked = datetime.fromisoformat(since)
            shown = [b for b in shown if datetime.fromisoformat(str(b["last_updated"])) >= asked]
        more = "http://localhost/" if self.ignores_the_query else None
        return web.json_response({"count": 99, "next": more, "results": shown})

    def filed(self) -> set[str]:
        with Reader(self.room.db, shipped()) as reader:
            ids = reader._db.execute("SELECT data ->> 'ballot_id' FROM reports")
            return {row[0].split(".")[2] for row in ids}

    def trouble(self) -> str | None:
        with Reader(self.room.db, shipped()) as reader:
            [feed] = reader.feeds()
            return feed.trouble


@pytest.fixture
async def followed(tmp_path: Path) -> AsyncIterator[Followed]:
    async with serving() as site, PoliteClient() as client, ingest_with(tmp_path) as room:
        yield Followed(site, room, client)


async def test_a_ballot_of_2099_hides_no_other_and_the_operator_is_told(
    followed: Followed, capsys: pytest.CaptureFixture[str]
) -> None:
    followed.ballots = [
        ballot("Bush Fair", THREE - timedelta(hours=1)),
        ballot("Netteswell", datetime(2099, 1, 1, tzinfo=LONDON)),
    ]
    await followed.poller.poll_once()
    assert followed.filed() == {"bush-fair", "netteswell"}
    await followed.clock.move_to(THREE + timedelta(minutes=10))
    followed.ballots.append(ballot("Mark Hall", THREE + timedelta(minutes=5)))
    await followed.poller.poll_once()
    assert followed.filed() == {"bush-fair", "netteswell", "mark-hall"}
    health = followed.poller.health
    assert health.trouble == followed.trouble()
    assert "netteswell" in (health.trouble or "")
    assert await doctor(Settings(database=followed.room.db), shipped()) == 1
    assert "BAD  feed: dc: 1 ballot is stamped later than now" in capsys.readouterr().out


async def test_a_ballot_that_is_seen_after_a_newer_one_is_filed(followed: Followed) -> None:
    followed.ballots = [ballot("Bush Fair", THREE - timedelta(minutes=1))]
    await followed.poller.poll_once()
    followed.ballots.append(ballot("Netteswell", THREE - timedelta(minutes=9)))
    await followed.poller.poll_once()
    assert followed.filed() == {"bush-fair", "netteswell"}
    assert (followed.poller.health.trouble, followed.trouble()) == (None, None)


async def test_a_cache_that_ignores_the_query_costs_a_few_requests_and_is_told_of(
    followed: Followed,
) -> None:
    followed.ignores_the_query = True
    followed.ballots = [ballot("Bush Fair", THREE - timedelta(minutes=1))]
    for _ in range(3):
        await followed.poller.poll_once()
    assert len(followed.site.asked) <= 9
    assert followed.poller.health.failures == 0
    assert "answers the same page" in (followed.trouble() or "")
    followed.ignores_the_query = False
    await followed.poller.poll_once()
    assert (followed.poller.health.trouble, followed.trouble()) == (None, None)


def _zip(name: str, body: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, body)
    return packed.getvalue()


def test_packed_files_are_refused_each_by_its_kind(tmp_path: Path) -> None:
    sheet = b"application/vnd.oasis.opendocument.spreadsheet"
    told = taken_in_bytes(
        {
            "results.zip": _zip("Local_result_Harlow_1.xml", b"<LocalElectionResult/>"),
            "desk_sheet_2022-05-05.ods": _zip("mimetype", sheet),
            "Local_result_Harlow_1.xml": gzip.compress(b"<LocalElectionResult/>"),
            "declaration.pdf": b"%PDF-1.4\n",
        }
    )
    reasons = {one["document"]: one["reason"] for one in told["rejected"]}
    assert "zip archive" in reasons["results.zip"]
    assert "OpenDocument sheet" in reasons["desk_sheet_2022-05-05.ods"]
    assert "gzip" in reasons["Local_result_Harlow_1.xml"]
    assert "PDF" in reasons["declaration.pdf"]


def taken_in_bytes(documents: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    return taken_in(documents)  # type: ignore[return-value]
