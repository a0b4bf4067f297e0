"""`ask`: one question at the terminal, answered by the same cogs as on Discord."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from pathlib import Path

from bot.almanac.tables import load_almanac
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.cli.replay_files import database_meant, is_replayed, left_at
from bot.clock import Clock, RealClock, SteppedClock
from bot.delivery.watch_lists import KnownLists
from bot.election.almanac import Almanac
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--demo", action="store_true", help="from the file of the demo")
    parser.add_argument("question", nargs="+", metavar="QUESTION")


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    settings = settings.model_copy(update={"database": database_meant(given, settings)})
    almanac = load_almanac(prepared=settings.nights)
    return asyncio.run(ask(" ".join(given.question), settings, almanac))


async def ask(question: str, settings: Settings, almanac: Almanac) -> int:
    """Print the answer; return 0, or 2 for a question that cannot be answered as it was put.

    Raises `StoreError` where there is no database to answer from.
    """
    if is_replayed(settings.database):
        settings = settings.model_copy(update={"night": None})  # the replayed one
    with (
        Reader(settings.database, almanac) as reader,
        contextlib.closing(open_for_reading(settings.database)) as db,
    ):
        services = Services(
            settings=settings,
            clock=_clock(settings.database),
            almanac=almanac,
            reader=reader,
            lists=KnownLists(db, almanac),
        )
        try:
            print(await answer_at_terminal(services, question))  # noqa: T201
        except CannotAnswer as refusal:
            print(refusal)  # noqa: T201
            return 2
    return 0


def _clock(database: Path) -> Clock:
    """Return the clock of the answer: after a replay, stopped at its simulated time."""
    until = left_at(database)
    return RealClock() if until is None else SteppedClock(until)
