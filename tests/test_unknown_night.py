"""A night of which no table of ours says who votes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.clock import LONDON, SteppedClock
from bot.delivery.service import Alerts
from bot.ingest.ingest import Ingest
from bot.schedule.summaries import SummaryJob
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.summaries import Edition
from bot.store.writer import Writer
from tests.support.small_night import council_result, document, fetch, state_of_parties
from tests.support.tables import shipped

NIGHT = date(2023, 5, 4)
NOTHING_POSTED = Mock(Alerts, posted_summary=Mock(return_value=None))
NOON = datetime(2023, 5, 5, 12, 0, tzinfo=LONDON)
SWINDON = replace(
    council_result("SWD", {"Lab": 33, "Con": 23, "LD": 1}, name="Swindon", sitting="Con"),
    night=NIGHT,
)


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[Ingest]:
    async with Writer(tmp_path / "night.db") as writer:
        ingest = Ingest(writer, shipped(), SteppedClock(NOON))
        await ingest.file(fetch(document(SWINDON, at=NOON)))
        yield ingest


@pytest.fixture
def services(tmp_path: Path, ingest: Ingest) -> Iterator[Services]:
    almanac = shipped()
    with Reader(tmp_path / "night.db", almanac) as reader:
        yield Services(Settings(), SteppedClock(NOON), almanac, reader)


async def test_its_first_result_is_not_its_last(services: Services) -> None:
    summary = await answer_at_terminal(services, "/night summary")
    assert "1 council declared, of how many is not known" in summary
    assert "final" not in summary.partition("Before this is final")[0]
    assert SummaryJob(services, NOTHING_POSTED).due(NIGHT, NOON) == {}


async def test_nothing_says_that_a_council_does_not_vote(services: Services) -> None:
    bedford = await answer_at_terminal(services, "/council Bedford")
    assert "no council election" not in bedford
    assert "Bedford: nothing has come in for 4 May 2023" in bedford


@pytest.mark.parametrize(
    ("total", "due"), [(230, {}), (1, {Edition.FINAL: "everything has declared"})]
)
async def test_the_wire_says_how_many_vote(
    services: Services, ingest: Ingest, total: int, due: dict[Edition, str]
) -> None:
    told = replace(state_of_parties(1), night=NIGHT, total_councils=total)
    await ingest.file(fetch(document(told, at=NOON)))
    assert SummaryJob(services, NOTHING_POSTED).due(NIGHT, NOON) == due
    councils = "councils" if total > 1 else "council"
    assert f"1 of {total} {councils} declared" in await answer_at_terminal(
        services, "/night latest"
    )
