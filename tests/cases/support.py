"""Takes documents in as `ingest` does, into a fresh database, and returns what became of them."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.cli.ingest import ingest
from bot.cli.overview import Overview
from bot.clock import RealClock
from bot.desk import Desk
from bot.election.almanac import Almanac
from bot.election.policy import USUAL, Policy
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.filing import Filing
from bot.ingest.ingest import Ingest
from bot.store.reader import Reader
from bot.store.writer import Writer
from tests.support.tables import shipped

Json = dict[str, Any]
Documents = Mapping[str, bytes | str]


def taken_in(documents: Documents, *, almanac: Almanac | None = None) -> Json:
    """Return what `ingest --json` prints of *documents*, which are by the names of their files.

    They are taken in together, in the order of their names. It runs its own loop, so a test that
    calls it is no coroutine; `newsroom_with` is for those that go on with what was taken in.
    """
    with tempfile.TemporaryDirectory() as folder:
        wire = Path(folder, "wire")
        for name, body in documents.items():
            path = wire / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(body))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            asyncio.run(
                ingest(
                    [wire],
                    db=Path(folder, "night.db"),
                    almanac=almanac or shipped(),
                    as_json=True,
                )
            )
        told: Json = json.loads(printed.getvalue())
        return told


@dataclass
class Room:
    """A newsroom and its desk over a database of their own."""

    db: Path
    almanac: Almanac
    ingest: Ingest
    desk: Desk

    async def file(self, documents: Documents, *, feed: str = "cases") -> Filing:
        """Take in *documents* in one fetch of a feed."""
        now = self._clock.now()
        readings = tuple(
            read(feed, name, _bytes(body), now) for name, body in sorted(documents.items())
        )
        return await self.ingest.file(Fetch(feed, readings, {}))

    def account(self) -> Json:
        """Return what `ingest --json` would print of all that has come in."""
        with Reader(self.db, self.almanac) as reader:
            return Overview(reader, self.almanac, reader.newest_night()).to_json()

    @property
    def _clock(self) -> RealClock:
        return RealClock()


@contextlib.asynccontextmanager
async def ingest_with(
    folder: Path,
    *,
    almanac: Almanac | None = None,
    settles: bool = True,
    policy: Policy = USUAL,
) -> AsyncIterator[Room]:
    """Open a newsroom and a desk over a fresh database in *folder*.

    With *settles* a source without revisions is believed at first sight, as `ingest` does.
    """
    almanac, clock, db = almanac or shipped(), RealClock(), folder / "night.db"
    async with Writer(db) as writer:
        ingest = Ingest(writer, almanac, clock, policy=replace(policy, settles=settles))
        yield Room(db, almanac, ingest, Desk(writer, ingest, almanac, clock))


def change_of(told: Json, council: str) -> Json | None:
    """Return the change of hands of a council in what `ingest --json` printed, None if none."""
    return next((c for c in told["councils"]["changes_of_hands"] if c["council"] == council), None)


def alerts_of(told: Json, council: str) -> list[Json]:
    """Return what followers of a council were told, in order."""
    return [alert for alert in told["alerts"] if alert["council"] == council]


def _bytes(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else body
