"""The demo behind its page, on a night of a few councils: the real bot, feeds and sandbox."""

from __future__ import annotations

import asyncio
import csv
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.almanac.tables import data_folder
from bot.app import App, opened
from bot.clock import LONDON, ScaledClock
from bot.settings import Settings
from simulation.demo.command import DESK_WAITS, connected, pointed_at
from simulation.demo.controls import ReplayControls
from simulation.demo.replay import Replay
from simulation.demo.servers import DemoServers, message_in_words
from simulation.discord import Channel, Limits, Sandbox
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.support.connections import quick_connection
from tests.support.shared import made_once, shared_folder
from tests.support.tables import shipped

NIGHT = date(2022, 5, 5)
COUNCILS = frozenset({"HAL", "WOC", "KHL", "STH", "CRW", "TWH"})
"""Halton, Worcester, Hull, Southampton, Crawley, Tower Hamlets: from 00:05 to Saturday 17:00."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 5, day, hour, minute, tzinfo=LONDON)


EVE = at(5, 21, 59)


def small_tables(folder: Path) -> Path:
    """Return a copy of the recorded night's tables with a few of its councils, nothing else."""
    tables = folder / "tables"
    shutil.copytree(data_folder(), tables)
    night = tables / "nights" / NIGHT.isoformat()
    for other in night.parent.iterdir():
        if other != night:
            shutil.rmtree(other)
    for name in ("timetable", "wards", "desk", "ballot_timetable", "stv_wards"):
        _keep(night / f"{name}.csv", "code", COUNCILS)
    _keep(night / "candidates.csv", "ward_id", _values(night / "wards.csv", "ward_id"))
    _keep(night / "stv_candidates.csv", "ward", _values(night / "stv_wards.csv", "ward"))
    return tables


def _keep(table: Path, column: str, values: Collection[str]) -> None:
    """Keep the rows of a table that have one of *values* in a column."""
    with table.open(newline="") as file:
        rows = csv.DictReader(file)
        columns = rows.fieldnames or ()
        kept = [row for row in rows if row.get(column) in values]
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def _values(table: Path, column: str) -> set[str]:
    with table.open(newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


@cache
def small_night() -> Night:
    """Return the night of a few councils, which nobody changes."""

    def made() -> Path:
        return small_tables(shared_folder() or Path(tempfile.mkdtemp()))

    return Night.load(NIGHT.isoformat(), made_once("small-tables", made))


@dataclass
class AtHand:
    """The night, and everything that a test looks at."""

    sandbox: Sandbox
    chat: DemoServers
    app: App
    replay: Replay
    controls: ReplayControls

    def channel(self, name: str) -> Channel:
        (channel,) = (one for one in self.chat.channels if one.name == name)
        return channel

    def titles(self, name: str = "changes-of-hands") -> list[str]:
        """Return the titles of a channel's embeds, the oldest first."""
        messages = self.channel(name).messages
        return [embed.get("title", "") for message in messages for embed in message.embeds]

    def words(self, name: str) -> str:
        return "\n".join(map(message_in_words, self.channel(name).messages))

    def control(self, code: str) -> str | None:
        """Return who controls a council by the result in force: a party's code, or "NOC"."""
        standing = self.app.services.reader.council(NIGHT, code)
        assert standing is not None
        if standing.declared is None:
            return None
        return standing.declared.after.holder or "NOC"

    async def until(self, condition: Callable[[], object], within: float = 20.0) -> None:
        await self.sandbox.wait_for(condition, within)


@asynccontextmanager
async def night_at_hand(
    folder: Path, *, until: datetime | None = None, speed: float = 1.0, whole: bool = False
) -> AsyncIterator[AtHand]:
    """Open the night, paused a minute before polls close, with its replay under way.

    The *whole* one has all its councils.
    """
    night = Night.load(NIGHT.isoformat()) if whole else small_night()
    clock = ScaledClock(EVE, speed)
    clock.pause()
    settings = Settings(database=folder / "night.sqlite")
    async with Sandbox(limits=Limits.none()) as sandbox, Rehearsal(night, clock) as rehearsal:
        chat = DemoServers.furnished(sandbox, night)
        pointed = pointed_at(settings, sandbox, rehearsal, chat)
        async with opened(pointed, shipped(), clock) as opened_app:
            app = replace(opened_app, connection=quick_connection(opened_app.services))
            replay = Replay(app, rehearsal, clock, until, lambda: None, desk_waits=DESK_WAITS)
            controls = ReplayControls(replay, app.services, app.connection.restart, since=EVE)
            async with connected(app):
                await chat.subscribe(app.subscriptions)
                await replay.jump(EVE + timedelta(seconds=1))
                staying = asyncio.create_task(replay.stay())
                try:
                    yield AtHand(sandbox, chat, app, replay, controls)
                finally:
                    await controls.close()
                    staying.cancel()
                    await asyncio.gather(staying, return_exceptions=True)
