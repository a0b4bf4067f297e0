"""`ingest`: files and folders of wire documents, taken in like those of the feeds."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.almanac.tables import load_almanac
from bot.cli.overview import Overview
from bot.cli.overview_text import overview_in_words
from bot.cli.replay_files import refuse_replayed
from bot.cli.terminal import Progress
from bot.clock import Clock, RealClock
from bot.election.almanac import Almanac
from bot.election.policy import Policy
from bot.election.reports import Reading
from bot.feeds.feed import Fetch
from bot.feeds.files import read_paths
from bot.ingest.ingest import Ingest
from bot.ingest.retake import Retake
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.writer import Writer

FEED = "ingest"
_DOCUMENTS_A_COMMIT = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--allow-test", action="store_true", help="take in documents that are marked as test"
    )


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    reading = ingest(
        given.paths,
        db=settings.database,
        almanac=load_almanac(prepared=settings.nights),
        allow_test=given.allow_test or settings.allow_test,
        as_json=given.json,
    )
    return asyncio.run(reading)


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

    0: everything was accepted; 1: something is held or rejected, even if it came before; 2: a path
    is missing or there is no document, and nothing was read or written. Documents of several nights
    are all taken in; the overview is of the night with most reports. Raises `StoreError` for an
    unusable database, or a replay's.
    """
    if missing := [str(path) for path in paths if not path.exists()]:
        verb = "is" if len(missing) == 1 else "are"
        print(  # noqa: T201
            f"{', '.join(missing)} {verb} not there: nothing was taken in. Check the path and try "
            "again.",
            file=sys.stderr,
        )
        return 2
    clock = clock or RealClock()
    progress = Progress()
    filed: list[int] = []
    repeated: list[str] = []
    nights: Counter[date] = Counter()
    batches = _batches(read_paths(FEED, paths, clock.now()))
    first = next(batches, None)
    if first is None:
        print(f"Nothing was found in {', '.join(map(str, paths))}.", file=sys.stderr)  # noqa: T201
        return 2
    refuse_replayed(db, "ingest")
    db.parent.mkdir(parents=True, exist_ok=True)
    async with Writer(db) as writer:
        policy = Policy(allow_test=allow_test, settles=True)
        ingest = Ingest(writer, almanac, clock, policy=policy)
        await Retake(writer, ingest, almanac, clock).after_an_update()
        for batch in itertools.chain((first,), batches):
            nights.update(report.night for reading in batch for report in reading.reports)
            filing = await ingest.file(Fetch(FEED, batch, {}))
            filed += [number for _, number in filing.documents]
            repeated += filing.repeated
            progress.say(f"{len(filed) + len(repeated)} documents taken in…")
    progress.clear()
    with Reader(db, almanac) as reader:
        overview = Overview(reader, almanac, _foremost(nights, reader))
        told = {**overview.to_json(filed, repeated, FEED), **_of_nights(overview.night, nights)}
        text = (
            json.dumps(told, ensure_ascii=False)
            if as_json
            else overview_in_words(told, overview.remarks())
        )
    print(text)  # noqa: T201
    return 1 if told["held"] or told["rejected"] else 0


def _foremost(nights: Counter[date], reader: Reader) -> date | None:
    """Return the night with most reports, of those for which anything was accepted."""
    believed = reader.nights_in_force() & nights.keys()
    return max(believed, key=lambda night: (nights[night], night), default=reader.newest_night())


def _of_nights(accounted: date | None, nights: Counter[date]) -> dict[str, Any]:
    """Return the night of the overview, and how many reports the documents have of each."""
    return {
        "night": accounted and accounted.isoformat(),
        "nights": {night.isoformat(): reports for night, reports in sorted(nights.items())},
    }


def _batches(readings: Iterable[Reading]) -> Iterator[tuple[Reading, ...]]:
    """Yield *readings* in commits of a bearable size."""
    remaining = iter(readings)
    while batch := tuple(itertools.islice(remaining, _DOCUMENTS_A_COMMIT)):
        yield batch
