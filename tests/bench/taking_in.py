"""`ingest` of the whole night beside reading the same files and inserting their rows by hand."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import statistics
import time
from pathlib import Path

from bot.almanac.tables import load_almanac
from bot.cli.ingest import ingest
from bot.store.reports import encode
from tests.bench.measures import Figure
from tests.bench.stage import readings, written

_TIMES = 3
_TARGET = 3.0


async def taking_in(folder: Path) -> list[Figure]:
    """Measure the whole night's documents of PA."""
    wire, almanac = written(folder), load_almanac()
    ours: list[float] = []
    raw: list[float] = []
    for turn in range(_TIMES):
        began = time.perf_counter()
        _by_hand(wire, folder / f"raw-{turn}.sqlite")
        raw.append(time.perf_counter() - began)
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            await ingest([wire], db=folder / f"ours-{turn}.sqlite", almanac=almanac, as_json=True)
        ours.append(time.perf_counter() - began)
    median, baseline = statistics.median(ours), statistics.median(raw)
    return [
        Figure(
            f"ingest of {len(list(wire.iterdir()))} documents",
            f"{median:.2f} s",
            f"{baseline:.2f} s for parsing and raw inserts",
            f"{median / baseline:.2f} times",
            f"at most {_TARGET:g}",
            median <= _TARGET * baseline,
        )
    ]


def _by_hand(wire: Path, path: Path) -> None:
    """Read every file and insert its bytes and its reports, in one commit."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE readings (id INTEGER PRIMARY KEY, name, sha256, body)")
        db.execute("CREATE TABLE reports (id INTEGER PRIMARY KEY, reading, night, data)")
        for number, reading in enumerate(readings(wire)):
            db.execute(
                "INSERT INTO readings VALUES (?, ?, ?, ?)",
                (number, reading.name, reading.sha256, reading.body),
            )
            db.executemany(
                "INSERT INTO reports (reading, night, data) VALUES (?, ?, ?)",
                [(number, one.night.isoformat(), encode(one)) for one in reading.reports],
            )
        db.commit()
