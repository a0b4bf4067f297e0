"""`doctor`: what is wrong with a set-up, and how to mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.clock import RealClock
from bot.election.almanac import Almanac
from bot.election.nights import night_followed
from bot.feeds.http import FeedUnavailable, PoliteClient
from bot.redaction import redacted
from bot.retake import turned_away
from bot.settings import Settings, allowed, shown, variable
from bot.sources import asked_about_the_past, sources_of
from bot.store.errors import StoreError
from bot.store.opening import open_for_reading
from bot.store.reader import Reader

_DISCORD = "https://discord.com/api/v10"
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_CLOCK_MAY_BE_OFF = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mend` says what to do where it is not `well`."""

    subject: str
    well: bool
    text: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" {self.mend}" if self.mend else ""
        return redacted(f"{'ok  ' if self.well else 'BAD '} {self.subject}: {self.text}{mend}")


async def doctor(settings: Settings, almanac: Almanac) -> int:
    """Print every setting and every finding; return 0 where all is well, else 1."""
    print("Settings")  # noqa: T201
    for name, field in type(settings).model_fields.items():
        print(f"  {variable(name)} = {shown(settings, name)}")  # noqa: T201
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
        "tables", True, f"{len(almanac.councils.rows)} councils; shipped nights: {nights}."
    )
    for finding in _database(settings, almanac):
        yield finding
    for finding in desk_findings(settings):
        yield finding
    async for finding in _discord(settings):
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
        yield Finding("database", False, str(error))
        return
    yield Finding(
        "database",
        sound == "ok",
        f"{path}, {entries} entries in the journal.",
        "" if sound == "ok" else f"SQLite finds it damaged ({sound}): `rebuild` derives it again.",
    )
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
                yield Finding("feed", False, f"{feed.name}: {feed.trouble}")


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


async def _discord(settings: Settings) -> AsyncIterator[Finding]:
    base = settings.discord_api or _DISCORD
    if settings.token is None:
        yield Finding(
            "token", False, "none is set.",
            f"Set {variable('token')}; the developer portal has it under Bot. "
            "The demo and `ask` need none.",
        )  # fmt: skip
        return
    headers = {"Authorization": f"Bot {settings.token.get_secret_value()}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, headers=headers) as session,
            session.get(f"{base}/users/@me") as answer,
        ):
            date_header = answer.headers.get("Date")
            if answer.status == 401:
                yield Finding(
                    "token", False, "Discord refuses it.",
                    "Make a new one in the developer portal and set it.",
                )  # fmt: skip
                return
            answer.raise_for_status()
            name = (await answer.json())["username"]
            yield Finding("token", True, f"Discord knows it as {name}.")
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, headers=headers) as session,
            session.get(f"{base}/users/@me/guilds") as answer,
        ):
            if answer.ok:
                guilds = await answer.json()
                yield Finding("servers", True, f"the bot is in {len(guilds)}.")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield Finding(
            "Discord", False, f"{base} does not answer ({type(error).__name__}: {error}).",
            "Check the network, and the setting if it is not Discord's own.",
        )  # fmt: skip
        return
    if date_header:
        off = abs(datetime.now(UTC) - parsedate_to_datetime(date_header))
        yield Finding(
            "clock", off <= _CLOCK_MAY_BE_OFF, f"{off.total_seconds():.0f} s off Discord's.",
            "" if off <= _CLOCK_MAY_BE_OFF else "Set it by NTP: every time that is told is wrong.",
        )  # fmt: skip


async def _feeds(settings: Settings, almanac: Almanac) -> AsyncIterator[Finding]:
    clock = RealClock()
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
                "feeds", False, "none is configured.",
                f"Set {variable('pa_urls')}, {variable('pa_folders')} or "
                f"{variable('democracy_club_url')}.",
            )  # fmt: skip
        for source in sources:
            try:
                fetch = await source.feed.fetch({})
            except FeedUnavailable as refusal:
                yield Finding("feed", False, f"{source.called}: {refusal}")
                continue
            faults = [fault for reading in fetch.readings for fault in reading.faults]
            yield Finding(
                "feed",
                not faults,
                f"{source.called} has {len(fetch.readings)} documents"
                + (f", {len(faults)} faults, the first: {faults[0]}" if faults else "."),
            )
            if fetch.trouble:
                yield Finding("feed", False, f"{source.called}: {fetch.trouble}")
