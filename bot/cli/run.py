"""`run`: the bot on Discord with the configured feeds."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging

from bot.almanac.tables import load_almanac
from bot.app import App, opened
from bot.chat.questions import CannotAnswer
from bot.cli.rehearsal import clock_told_at, take_for_rehearsal
from bot.cli.replay_files import refuse_replayed
from bot.cli.stopping import told_to_stop
from bot.clock import Clock, RealClock
from bot.election.almanac import Almanac
from bot.settings import SettingError, Settings, variable
from bot.store.integrity import refuse_damaged
from bot.version import PROGRAM

log = logging.getLogger(__name__)

_STOPPING_TIMEOUT = 7.0
"""Seconds that the parts have to end before the database is closed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: the settings say everything."""


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    asyncio.run(run(settings, load_almanac(prepared=settings.nights)))
    return 0


async def run(settings: Settings, almanac: Almanac) -> None:
    """Follow the feeds and deliver until SIGTERM or Ctrl+C; unfinished work is kept.

    The clock is the real one, or that of the rehearsal in the settings. A live run refuses a
    replay's database and a rehearsal a live one: they hold different nights and subscriptions.
    Raises `SettingError` without a token, `StoreError`, `DamagedError` also for damage found while
    the bot runs, and `ClientStopped` if Discord refuses for good; the last two within a group.
    """
    if settings.token is None:
        raise SettingError(
            f"There is no token: set {variable('token')} to the one that Discord's developer "
            "portal shows. `election-night demo` needs none."
        )
    clock = await _clock(settings)
    if settings.database.exists():
        await asyncio.to_thread(refuse_damaged, settings.database)
    stopped = told_to_stop()
    async with opened(settings, almanac, clock, seed_backlog=True) as app:
        _log_start(app)
        if not app.pollers:
            log.warning(
                "No feed is configured (%s, …): the bot answers and delivers, and nothing comes in",
                variable("pa_urls"),
            )
        running = asyncio.create_task(app.run())
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in (running, waiting):
            task.cancel()
        # Whatever hangs ends with the process.
        await asyncio.wait({running}, timeout=_STOPPING_TIMEOUT)
        if running.done():
            with contextlib.suppress(asyncio.CancelledError):
                await running
        else:
            log.warning("A part of the bot did not end: it is left behind")
    log.info("Stopped; everything is kept, and the next start goes on from here")


def _log_start(app: App) -> None:
    """Log the version, the database, the night and the feeds."""
    services = app.services
    log.info("Election Night %s, file %s", PROGRAM, services.settings.database.absolute())
    try:
        log.info("The night that is followed is %s", services.newest_night)
    except CannotAnswer as refusal:
        log.warning("%s", refusal)
    for poller in app.pollers:
        log.info("Follows the feed %s", poller.called)


async def _clock(settings: Settings) -> Clock:
    """Return the real clock or a rehearsal's, after checking that the database belongs to it."""
    if settings.clock is None:
        refuse_replayed(settings.database, "run")
        return RealClock()
    clock = await clock_told_at(settings.clock)
    take_for_rehearsal(settings.database, clock.now())
    log.warning(
        "A rehearsal: the night is at %s and runs at %g times real time",
        f"{clock.now():%H:%M on %d %B %Y}",
        clock.speed,
    )
    return clock
