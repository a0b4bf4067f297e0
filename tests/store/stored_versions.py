"""A database file of each version of the schema, kept so that the tests can open it.

`python -m tests.store.stored_versions` makes the present version's file anew. Until a version is
released its schema and entries may change, and its file with them; from then on both are frozen.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import sqlite3
import tempfile
from pathlib import Path

from bot.clock import SteppedClock
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.schema import FOLDER as MIGRATIONS
from bot.store.writer import Writer
from tests.store.test_rebuild import DOCUMENTS, take_in
from tests.support.small_night import AFTER_CLOSE

FOLDER = Path(__file__).with_name("versions")
VERSIONS = [path.stem for path in sorted(MIGRATIONS.glob("*.sql"))]


def stored_file(version: str) -> Path:
    """Return where the file that a version made is kept, compressed."""
    return FOLDER / f"{version}.sqlite.gz"


def unpack(version: str, into: Path) -> Path:
    """Write the file of a version to a folder and return its path."""
    path = into / f"{version}.sqlite"
    path.write_bytes(gzip.decompress(stored_file(version).read_bytes()))
    return path


async def make(path: Path) -> None:
    """Make a file with a small night, a ruling of the desk and a subscription."""
    await take_in(path, [DOCUMENTS], confirm=True)
    async with Writer(path) as writer:
        subscriptions = Subscriptions(writer, SteppedClock(AFTER_CLOSE))
        await subscriptions.add(Destination(7, 5), Topic.PARTY, "Lab", by=3)


def main() -> None:
    """Make the present version's file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.sqlite"
        asyncio.run(make(path))
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("VACUUM")
            db.execute("PRAGMA journal_mode = DELETE")
        FOLDER.mkdir(exist_ok=True)
        stored_file(VERSIONS[-1]).write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
