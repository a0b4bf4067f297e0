"""What is there when a feed is first asked is a backlog; what comes after that is news."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import SteppedClock
from bot.feeds.feed import Fetch
from bot.feeds.folders import DiskFolder
from bot.feeds.poller import Poller
from bot.ingest.ingest import Ingest
from bot.store.reader import Reader
from bot.store.writer import Writer
from tests.feeds.documents import HULL
from tests.support.small_night import AFTER_CLOSE, ALMANAC, NIGHT


@pytest.mark.parametrize("was_there", [True, False])
async def test_only_what_a_first_look_finds_is_silent(tmp_path: Path, was_there: bool) -> None:
    folder, path, clock = tmp_path / "pa", tmp_path / "night.db", SteppedClock(AFTER_CLOSE)
    folder.mkdir()
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, clock, seed_backlog=True)

        async def file(fetched: Fetch) -> None:
            await ingest.file(fetched)

        with Reader(path, ALMANAC) as reader:
            state = reader.feed_state("pa")
            poller = Poller(DiskFolder("pa", folder, clock), clock, 5, file, state=state)
            if not was_there:
                await poller.poll_once()
            (folder / "Local_result_Hull_1.xml").write_text(HULL, encoding="utf-8")
            await poller.poll_once()
            claims = reader.claims(NIGHT)
    assert [claim.seeded for claim in claims] == [was_there]
