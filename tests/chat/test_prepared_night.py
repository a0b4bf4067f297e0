"""Before a prepared night begins answers are about it, and show nothing of another one unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.almanac.tables import load_almanac
from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.clock import LONDON, SteppedClock
from bot.ingest.ingest import Ingest
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.writer import Writer
from tests.schedule.test_nights import MAY, prepare
from tests.support.small_night import council_result, document, fetch

BY_ELECTIONS = date(2027, 4, 15)
NOON = datetime(2027, 4, 16, 12, 0, tzinfo=LONDON)
TOLD = replace(
    council_result("ADU", {"Lab": 17, "Con": 12}, name="Adur", sitting="Con"), night=BY_ELECTIONS
)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """Yield what answers on a day on which the feeds have told of a night of their own."""
    prepare(tmp_path / "nights", MAY, "ADU,all,3,3,Con")
    almanac = load_almanac(prepared=tmp_path / "nights")
    async with Writer(tmp_path / "night.db") as writer:
        await Ingest(writer, almanac, SteppedClock(NOON)).file(fetch(document(TOLD, at=NOON)))
    with Reader(tmp_path / "night.db", almanac) as reader:
        yield Services(Settings(), SteppedClock(NOON), almanac, reader)


async def test_the_prepared_night_is_followed_before_it_begins(services: Services) -> None:
    assert services.reader.nights_in_force() == {BY_ELECTIONS}
    assert services.newest_night == MAY
    summary = await answer_at_terminal(services, "/night summary")
    assert "1 council votes, polls close at 22:00" in summary
    assert "polls close at 22:00" in summary
    assert "Adur votes on 6 May 2027" in await answer_at_terminal(services, "/council Adur")
    assert "had" not in (await answer_at_terminal(services, "/council Hull")).splitlines()[0]


async def test_the_other_night_is_shown_when_it_is_asked_for(services: Services) -> None:
    other = await answer_at_terminal(services, f"/council council:Adur night:{BY_ELECTIONS}")
    assert "Labour" in other.splitlines()[0]


async def test_the_setting_chooses_before_all(services: Services) -> None:
    chosen = replace(services, settings=Settings(night=BY_ELECTIONS))
    assert chosen.newest_night == BY_ELECTIONS
