"""A newsroom at work on real tables, fed with documents as they are on the wire."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.cli.overview import Overview
from bot.clock import LONDON, SteppedClock
from bot.election.almanac import Almanac
from bot.election.control import Control
from bot.election.policy import ClaimsNeed, Policy
from bot.election.standings import CouncilStanding
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.filing import Filing
from bot.ingest.ingest import Ingest
from bot.store.reader import Reader
from bot.store.writer import Writer
from tests.support.tables import shipped


@cache
def almanac() -> Almanac:
    """Return the project's tables; who the night's local parties are, the desk has said."""
    return shipped().knowing(
        {name: f"wire:{name}" for name in ("wessex first", "save our station")}
    )


"""The tables that the product ships."""


def after_close(night: date, minutes: int = 240) -> datetime:
    """Return a moment some minutes after polls closed."""
    return datetime(night.year, night.month, night.day, 22, tzinfo=LONDON) + timedelta(
        minutes=minutes
    )


class AtWork:
    """What goes into a newsroom, and what can be seen of it from outside."""

    def __init__(
        self, path: Path, ingest: Ingest, reader: Reader, clock: SteppedClock, night: date
    ) -> None:
        self.ingest, self.reader, self.clock, self.night = ingest, reader, clock, night
        self._path = path

    async def take(
        self,
        documents: Mapping[str, str | bytes],
        *,
        minutes: int | None = None,
        feed: str = "wire",
    ) -> Filing:
        """Let one fetch bring *documents*, by name, some minutes after polls closed."""
        if minutes is not None:
            # Set, not moved: a test may put its documents before the close of polls.
            self.clock = self.ingest._clock = SteppedClock(after_close(self.night, minutes))
        now = self.clock.now()
        readings = tuple(
            read(feed, name, body.encode() if isinstance(body, str) else body, now)
            for name, body in documents.items()
        )
        return await self.ingest.file(Fetch(feed, readings, {}))

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each document; a faulty one is "unreadable"."""
        return {name: verdict for name, verdict, _, _ in self._reports()}

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Why each document that is not believed is not."""
        return {name: reasons for name, _, reasons, _ in self._reports() if reasons}

    @property
    def warnings(self) -> dict[str, list[str]]:
        """What looked odd in each document all the same."""
        return {name: warnings for name, _, _, warnings in self._reports() if warnings}

    def _reports(self) -> list[tuple[str, str, list[str], list[str]]]:
        with contextlib.closing(sqlite3.connect(self._path)) as db:
            rows = db.execute(
                "SELECT d.name, r.verdict, r.reasons, r.warnings FROM reports AS r "
                "JOIN readings AS d ON d.id = r.reading_id ORDER BY r.id"
            ).fetchall()
            broken = db.execute("SELECT name, faults FROM readings WHERE faults != '[]'").fetchall()
        told = [(name, verdict, json.loads(r), json.loads(w)) for name, verdict, r, w in rows]
        return told + [(name, "unreadable", json.loads(faults), []) for name, faults in broken]

    def standing(self, council: str) -> CouncilStanding | None:
        """Return how a council stands by the name that the wire gives it."""
        code = almanac().councils.resolve(council, self.night).code
        return self.reader.council(self.night, code)

    def outcome(self, council: str) -> str | None:
        """Return who had and has a council, "Lab > LD, gain"; None while it is not declared."""
        standing = self.standing(council)
        if standing is None or standing.declared is None:
            return None
        return _told(standing.before, standing.declared.after, standing.declared.outcome)

    def claims(self, council: str) -> list[str]:
        """Return every version of a council's claim: "2 corrected: Lab > LD, gain"."""
        code = almanac().councils.resolve(council, self.night).code
        return [
            f"{one.version.version} {one.version.state}"
            + (f": {_told(c.before, c.after, c.outcome)}" if (c := one.version.content) else "")
            for one in self.reader.claims(self.night)
            if one.council == code
        ]

    @property
    def alerts(self) -> list[str]:
        """What followers of changes of hands hear of, in order."""
        account = Overview(self.reader, almanac(), self.night).to_json()
        return [f"{one['kind']}: {one['council']} to {one['to']}" for one in account["alerts"]]


def _told(before: Control | None, after: Control, outcome: object) -> str:
    was = "" if before is None else f"{before.holder or 'NOC'} > "
    return f"{was}{after.holder or 'NOC'}, {outcome}"


@contextlib.asynccontextmanager
async def at_work(
    path: Path,
    night: date,
    *,
    settles: bool = True,
    allow_test: bool = False,
    claims_need: ClaimsNeed = ClaimsNeed.ONE_SOURCE,
) -> AsyncIterator[AtWork]:
    """Open a newsroom on a new database at *path*, at four hours past the close of polls."""
    clock = SteppedClock(after_close(night))
    async with Writer(path) as writer:
        ingest = Ingest(
            writer,
            almanac(),
            clock,
            policy=Policy(settles=settles, allow_test=allow_test, claims_need=claims_need),
        )
        with Reader(path, almanac()) as reader:
            yield AtWork(path, ingest, reader, clock, night)
