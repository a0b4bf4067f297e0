"""`ingest`: files and folders of wire documents, through the same newsroom as the feeds."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.cli.account import Account
from bot.cli.progress import Progress
from bot.cli.report import account_in_words
from bot.clock import Clock, RealClock
from bot.election.almanac import Almanac
from bot.election.reports import Reading
from bot.feeds.fetching import Fetch
from bot.feeds.files import read_paths
from bot.newsroom import Newsroom
from bot.store.reader import Reader
from bot.store.writer import Writer

FEED = "ingest"
_DOCUMENTS_A_COMMIT = 500


async def ingest(
    paths: Sequence[Path],
    *,
    db: Path,
    almanac: Almanac,
    allow_test: bool = False,
    as_json: bool = False,
    clock: Clock | None = None,
) -> int:
    """Take in every document under *paths*, print what became of them, return the exit status.

    0: everything was accepted; 1: something is held or was rejected. Raises `StoreError` for a
    database that cannot be used.
    """
    clock = clock or RealClock()
    progress = Progress()
    filed: list[int] = []
    repeated = 0
    nights = set()
    async with Writer(db) as writer:
        newsroom = Newsroom(writer, almanac, clock, allow_test=allow_test, settles=True)
        for batch in _batches(read_paths(FEED, paths, clock.now())):
            nights |= {report.night for reading in batch for report in reading.reports}
            filing = await newsroom.file(Fetch(FEED, batch, {}))
            filed += [number for _, number in filing.documents]
            repeated += len(filing.repeated)
            progress.say(f"{len(filed) + repeated} documents taken in…")
    progress.clear()
    with Reader(db, almanac) as reader:
        account = Account(reader, almanac, max(nights, default=reader.newest_night()))
        told = account.to_json(filed, repeated)
    print(json.dumps(told, ensure_ascii=False) if as_json else account_in_words(told))  # noqa: T201
    return 1 if told["held"] or told["rejected"] else 0


def _batches(readings: Iterable[Reading]) -> Iterator[tuple[Reading, ...]]:
    """Yield *readings* in commits of a bearable size."""
    remaining = iter(readings)
    while batch := tuple(itertools.islice(remaining, _DOCUMENTS_A_COMMIT)):
        yield batch
