"""`doctor`: what is wrong with a set-up, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

from yarl import URL

from bot.almanac.tables import load_almanac
from bot.cli.discord_findings import discord_findings
from bot.cli.findings import Finding, bad, ok
from bot.cli.night_findings import night_findings
from bot.cli.rehearsal import clock_told_at
from bot.cli.replay_files import is_replayed
from bot.clock import Clock, RealClock
from bot.election.almanac import Almanac
from bot.election.nights import night_followed
from bot.feeds.feed import FeedUnavailable
from bot.ingest.retake import turned_away
from bot.setting_files import ENVIRONMENT, files_read, where_set
from bot.settings import SettingError, Settings, allowed, shown, variable
from bot.sources import Source, asked_about_the_past, client_of, sources_of
from bot.store.errors import DamagedError, StoreError
from bot.store.opening import explained, open_for_reading
from bot.store.reader import Reader
from bot.store.salvage import salvage
from bot.wording.phrases import count

_ROOM = 500 * 1024 * 1024
"""Bytes that a night may take: its file, the write-ahead log, and a copy."""
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: everything is checked."""


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    return asyncio.run(doctor(settings, load_almanac(prepared=settings.nights)))


async def doctor(settings: Settings, almanac: Almanac) -> int:
    """Print every setting and every finding; return 0 where all is well, else 1."""
    print("Settings")  # noqa: T201
    places = where_set(settings.home)
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
    held = f"They hold {len(almanac.councils.rows)} councils; nights: {nights}."
    yield ok("tables", held)
    for findings in (
        machine_findings(settings),
        _database(settings, almanac),
        desk_findings(settings),
        key_findings(settings),
    ):
        for finding in findings:
            yield finding
    async for finding in discord_findings(settings):
        yield finding
    async for finding in _feeds(settings, almanac):
        yield finding


def machine_findings(settings: Settings) -> Iterator[Finding]:
    """Yield findings on the settings files, the database's folder and the disk."""
    yield from _files(settings)
    folder = next(one for one in settings.database.absolute().parents if one.exists())
    for one in (folder, settings.database):
        if one.exists() and not os.access(one, os.W_OK):
            yield bad(
                "database",
                f"This user may not write to {one}.",
                f"Give it the right to, or set {variable('database')} to another place.",
            )
    free = shutil.disk_usage(folder).free
    room = f"{folder} has {free // 1024**2} MiB of room."
    if free >= _ROOM:
        yield ok("disk", room)
    else:
        yield bad("disk", room, f"A night may take {_ROOM // 1024**2} MiB: make some.")


def _files(settings: Settings) -> Iterator[Finding]:
    """Yield where the settings come from."""
    set_in = where_set(settings.home)
    places = list(set_in.values())
    yield ok("settings", f"{_are(places.count(ENVIRONMENT))} set in the environment.")
    for file, there in files_read(settings.home):
        if not there:
            why = "is a folder: nothing is read from it" if file.is_dir() else "is not there"
            yield ok("settings", f"{file} {why}.")
            continue
        yield ok("settings", f"{file} was read; {_are(places.count(file.name)).lower()} from it.")
        secret = {set_in.get("token"), set_in.get("democracy_club_key")}
        if file.name in secret and file.stat().st_mode & stat.S_IROTH:
            yield bad(
                "settings",
                f"Everybody on this machine may read {file}, and the token or key in it.",
                f"Keep it to yourself: chmod 600 {file}",
            )


def _are(settings: int) -> str:
    return {0: "None is", 1: "1 is"}.get(settings, f"{settings} are")


def _database(settings: Settings, almanac: Almanac) -> Iterator[Finding]:
    path = settings.database
    if not path.exists():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        yield ok("database", f"{path} is not there yet; it will be made in {folder}.")
        return
    try:
        with closing(open_for_reading(path)) as connection:
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if sound != "ok":
                raise DamagedError(path, sound.replace("\n", ": "))
            (entries,) = connection.execute("SELECT count(*) FROM journal").fetchone()
            paused = connection.execute(
                "SELECT id, reason FROM destinations WHERE paused_at IS NOT NULL"
            ).fetchall()
            lost = turned_away(connection)
    except (StoreError, sqlite3.Error) as error:
        told = error if isinstance(error, StoreError) else explained(path, error)
        yield bad("database", str(told), _recoverable(told, settings))
        return
    yield ok("database", f"{path}, {entries} entries in the journal.")
    if is_replayed(path) != (settings.clock is not None):
        whose = "a live file, and a rehearsal" if settings.clock else "a replay's, and a live `run`"
        yield bad(
            "database",
            f"It is {whose} leaves that alone.",
            f"Set {variable('database')} to another file, or fix {variable('clock')}.",
        )
    for destination, reason in paused:
        yield bad(
            "destination",
            f"{destination} is paused: {reason}",
            "Mend it in Discord, then `/alerts test` there takes it up again.",
        )
    if lost:
        versions = ", ".join(sorted({row["program"] for row in lost}))
        yield bad(
            "reports",
            f"{len(lost)} were turned away by a fault of the program (version {versions}), the "
            f"first in {lost[0]['name']} of {lost[0]['feed']}.",
            "Update election-night, which takes them again at its start; `retake` does it at once.",
        )
    with Reader(path, almanac) as reader:
        for feed in reader.feeds():
            if feed.trouble:
                yield bad(
                    "feed",
                    f"{feed.name}: {feed.trouble}",
                    "That is what the bot last heard; whether it is so now stands below.",
                )


def _recoverable(error: StoreError, settings: Settings) -> str:
    """Return how much of a damaged file can be salvaged; nothing for other errors."""
    if not isinstance(error, DamagedError):
        return ""
    try:
        saved = salvage(settings.database, None, lambda done, total: None)
    except StoreError as nothing:
        return str(nothing)
    return (
        f"{saved.entries} entries of the journal can be saved; known to be lost are "
        f"{saved.lost + saved.left_out}."
    )


def desk_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether the desk is set up completely; nothing if no part of it is."""
    needed = {variable(n): getattr(settings, n) for n in ("desk_guild", "desk_role")}
    missing = [name for name, value in needed.items() if value is None]
    if not missing:
        yield ok("desk", "it is set up.")
    elif len(missing) < len(needed) or settings.desk_channel is not None:
        yield bad(
            "desk",
            f"{' and '.join(missing)} not set, so there is none.",
            "Set it to the number that Discord shows for the desk's server or role.",
        )


def key_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether Democracy Club's key is set and goes where it should."""
    key, site = settings.democracy_club_key, settings.democracy_club_url
    if site is None:
        if key is not None:
            yield bad(
                "key",
                f"{variable('democracy_club_key')} is set, but is sent nowhere.",
                f"Set {variable('democracy_club_url')} to the address that it is for.",
            )
        return
    if key is None:
        yield ok(
            "key",
            "Democracy Club is asked without a key, so ten times a minute at most. One is free; "
            f"put it into {variable('democracy_club_key')}.",
        )
    elif (url := URL(site)).scheme == "http" and url.host not in _THIS_MACHINE:
        yield bad(
            "key",
            "Democracy Club's key would be readable for everybody on the way to its host.",
            f"Let {variable('democracy_club_url')} begin with https://.",
        )
    else:
        yield ok("key", "Democracy Club's key is set.")


async def _feeds(settings: Settings, almanac: Almanac) -> AsyncIterator[Finding]:
    clock: Clock = RealClock()
    if settings.clock is not None:
        try:
            clock = await clock_told_at(settings.clock)
        except SettingError as refusal:
            yield bad("clock", str(refusal))
            return
        yield ok("clock", f"A rehearsal's is followed: {clock.now():%H:%M on %d %B %Y}.")
    known = night_followed(almanac.nights.keys(), (), clock.now(), almanac.prepared)
    night = settings.night or known or clock.now().date()
    if (warning := asked_about_the_past(settings, night, clock)) is not None:
        yield bad("night", warning)
    for finding in night_findings(settings, almanac, clock.now()):
        yield finding
    async with client_of(settings) as http:
        sources = list(sources_of(settings, night, clock, http))
        if not sources:
            yield bad(
                "feeds",
                "None is configured.",
                f"Set {variable('pa_urls')}, {variable('pa_folders')} or "
                f"{variable('democracy_club_url')}.",
            )
        for source in sources:
            async for finding in _feed(source):
                yield finding


def _remedy(source: Source, refusal: FeedUnavailable) -> str:
    """Return which setting to look at; where Democracy Club wants another key, that one."""
    if source.setting.startswith("democracy_club"):
        if refusal.status in (401, 403):
            return f"Check {variable('democracy_club_key')}."
        if refusal.status == 429:
            return f"Wait a minute; with {variable('democracy_club_key')} set it answers more."
    return f"Check {variable(source.setting)}."


async def _feed(source: Source) -> AsyncIterator[Finding]:
    """Yield findings on a feed, naming its setting where something is wrong."""
    where = variable(source.setting)
    try:
        fetch = await source.feed.fetch({})
    except FeedUnavailable as refusal:
        yield bad("feed", f"{source.called}: {refusal}", _remedy(source, refusal))
        return
    faults = [fault for reading in fetch.readings for fault in reading.faults]
    documents = count(len(fetch.readings), "document")
    if not faults:
        yield ok("feed", f"{source.called} answers, with {documents}.")
    else:
        yield bad(
            "feed",
            f"{source.called} answers, with {documents} and {count(len(faults), 'fault')}: "
            f"{faults[0]}",
            f"Tell who sends them; what else comes in is taken. If it is no feed, fix {where}.",
        )
    if fetch.trouble:
        yield bad(
            "feed",
            f"{source.called}: {fetch.trouble}",
            f"The bot goes on; tell who runs the feed, or check {where}.",
        )
