"""`doctor`: what is wrong with a set-up, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

from bot.almanac.tables import load_almanac
from bot.cli.discord_findings import discord_findings
from bot.cli.findings import Finding
from bot.cli.machine_findings import machine_findings
from bot.cli.rehearsal import clock_told_at
from bot.cli.replay_files import is_replayed
from bot.clock import Clock, RealClock
from bot.election.almanac import Almanac
from bot.election.nights import night_followed
from bot.feeds.http import FeedUnavailable, PoliteClient
from bot.ingest.retake import turned_away
from bot.setting_files import where_set
from bot.settings import SettingError, Settings, allowed, shown, variable
from bot.sources import Source, asked_about_the_past, sources_of
from bot.store.errors import DamagedError, StoreError
from bot.store.opening import explained, open_for_reading
from bot.store.reader import Reader
from bot.store.salvage import salvage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: everything is looked at."""


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    return asyncio.run(doctor(settings, load_almanac()))


async def doctor(settings: Settings, almanac: Almanac) -> int:
    """Print every setting and every finding; return 0 where all is well, else 1."""
    print("Settings")  # noqa: T201
    places = where_set()
    for name, field in type(settings).model_fields.items():
        place = f", from {places[name]}" if name in places else ""
        print(f"  {variable(name)} = {shown(settings, name)}{place}")  # noqa: T201
        print(f"      {field.description} ({allowed(field)})")  # noqa: T201
    print("\nFindings")  # noqa: T201
    well = True
    async for finding in _findings(settings, almanac):
        print(f"  {finding}", flush=True)  # noqa: T201
        well = well and finding.well
    return 0 if well else 1


async def _findings(settings: Settings, almanac: Almanac) -> AsyncIterator[Finding]:
    nights = ", ".join(night.isoformat() for night in sorted(almanac.nights))
    yield Finding(
        "tables",
        True,
        f"They hold {len(almanac.councils.rows)} councils; shipped nights: {nights}.",
    )
    for finding in machine_findings(settings):
        yield finding
    for finding in _database(settings, almanac):
        yield finding
    for finding in desk_findings(settings):
        yield finding
    async for finding in discord_findings(settings):
        yield finding
    async for finding in _feeds(settings, almanac):
        yield finding


def _database(settings: Settings, almanac: Almanac) -> Iterator[Finding]:
    path = settings.database
    if not path.exists():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        yield Finding("database", True, f"{path} is not there yet; it will be made in {folder}.")
        return
    try:
        with closing(open_for_reading(path)) as connection:
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            (entries,) = connection.execute("SELECT count(*) FROM journal").fetchone()
            paused = connection.execute(
                "SELECT id, reason FROM destinations WHERE paused_at IS NOT NULL"
            ).fetchall()
            lost = turned_away(connection)
    except (StoreError, sqlite3.Error) as error:
        told = error if isinstance(error, StoreError) else explained(path, error)
        yield Finding("database", False, str(told), _what_can_be_saved(path, told))
        return
    if sound != "ok":
        damage = DamagedError(path, sound.replace("\n", ": "))
        yield Finding("database", False, str(damage), _what_can_be_saved(path, damage))
        return
    yield Finding("database", True, f"{path}, {entries} entries in the journal.")
    if is_replayed(path) != (settings.clock is not None):
        whose = "a live file, and a rehearsal" if settings.clock else "a replay's, and a live `run`"
        yield Finding(
            "database", False, f"It is {whose} leaves that alone.",
            f"Set {variable('database')} to another file, or mend {variable('clock')}.",
        )  # fmt: skip
    for destination, reason in paused:
        yield Finding(
            "destination", False, f"{destination} is paused: {reason}",
            "Mend it in Discord, then `/alerts test` there takes it up again.",
        )  # fmt: skip
    if lost:
        versions = ", ".join(sorted({row["program"] for row in lost}))
        yield Finding(
            "reports", False,
            f"{len(lost)} were turned away by a fault of the program (version {versions}), the "
            f"first in {lost[0]['name']} of {lost[0]['feed']}.",
            "Update election-night, which takes them again at its start; `retake` does it at once.",
        )  # fmt: skip
    with Reader(path, almanac) as reader:
        for feed in reader.feeds():
            if feed.trouble:
                yield Finding(
                    "feed", False, f"{feed.name}: {feed.trouble}",
                    "That is what the bot last heard; whether it is so now stands below.",
                )  # fmt: skip


def _what_can_be_saved(path: Path, told: StoreError) -> str:
    """Return how much of a damaged file can be saved; nothing of one that is not."""
    if not isinstance(told, DamagedError):
        return ""
    try:
        saved = salvage(path, None, lambda done, total: None)
    except StoreError as nothing:
        return str(nothing)
    return (
        f"{saved.entries} entries of the journal can be saved; known to be lost are "
        f"{saved.lost + saved.left_out}."
    )


def desk_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether the desk is set up wholly; nothing where none of it is."""
    needed = {variable(n): getattr(settings, n) for n in ("desk_guild", "desk_role")}
    missing = [name for name, value in needed.items() if value is None]
    if len(missing) < len(needed) or settings.desk_channel is not None:
        yield Finding(
            "desk",
            not missing,
            f"{' and '.join(missing)} not set, so there is none." if missing else "it is set up.",
            "Set it to the number that Discord shows for the desk's server or role."
            if missing
            else "",
        )


async def _feeds(settings: Settings, almanac: Almanac) -> AsyncIterator[Finding]:
    clock: Clock = RealClock()
    if settings.clock is not None:
        try:
            clock = await clock_told_at(settings.clock)
        except SettingError as refusal:
            yield Finding("clock", False, str(refusal))
            return
        yield Finding("clock", True, f"A rehearsal's is followed: {clock.now():%H:%M on %d %B %Y}.")
    night = (
        settings.night
        or night_followed(almanac.nights.keys(), (), clock.now())
        or clock.now().date()
    )
    if (warning := asked_about_the_past(settings, night, clock)) is not None:
        yield Finding("night", False, warning)
    async with PoliteClient() as http:
        sources = list(sources_of(settings, night, clock, http))
        if not sources:
            yield Finding(
                "feeds", False, "None is configured.",
                f"Set {variable('pa_urls')}, {variable('pa_folders')} or "
                f"{variable('democracy_club_url')}.",
            )  # fmt: skip
        for source in sources:
            async for finding in _feed(source):
                yield finding


async def _feed(source: Source) -> AsyncIterator[Finding]:
    """Yield what a feed answers; what is wrong with it names its setting."""
    where = variable(source.setting)
    try:
        fetch = await source.feed.fetch({})
    except FeedUnavailable as refusal:
        yield Finding("feed", False, f"{source.called}: {refusal}", f"Check {where}.")
        return
    faults = [fault for reading in fetch.readings for fault in reading.faults]
    many = "1 document" if len(fetch.readings) == 1 else f"{len(fetch.readings)} documents"
    if not faults:
        yield Finding("feed", True, f"{source.called} answers, with {many}.")
    else:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        yield Finding(
            "feed", False, f"{source.called} answers, with {many} and {count}: {faults[0]}",
            f"Tell who sends them; what else comes in is taken. If it is no feed, mend {where}.",
        )  # fmt: skip
    if fetch.trouble:
        yield Finding(
            "feed", False, f"{source.called}: {fetch.trouble}",
            f"The bot goes on; tell who runs the feed, or check {where}.",
        )  # fmt: skip
