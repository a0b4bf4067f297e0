"""`retake`: takes again the reports that a fault of the program rejected."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.almanac.tables import load_almanac
from bot.app import policy_of
from bot.cli.replay_files import refuse_replayed
from bot.clock import RealClock
from bot.election.almanac import Almanac
from bot.ingest.ingest import Ingest
from bot.ingest.retake import Retake
from bot.settings import Settings
from bot.store.errors import StoreError
from bot.store.writer import Writer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: everything is taken again."""


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    return asyncio.run(retake(settings, load_almanac(prepared=settings.nights)))


async def retake(settings: Settings, almanac: Almanac) -> int:
    """Take everything again, print the result, and return 1 if something still fails.

    Raises `StoreError` for a missing or unusable database.
    """
    path, clock = settings.database, RealClock()
    if not path.exists():
        raise StoreError(f"There is no database at {path}: nothing was turned away.")
    refuse_replayed(path, "retake")
    async with Writer(path) as writer:
        ingest = Ingest(writer, almanac, clock, policy=policy_of(settings))
        retaken = await Retake(writer, ingest, almanac, clock).everything()
    if not retaken.tried:
        print("Nothing was turned away by a fault of the program.")  # noqa: T201
        return 0
    print(  # noqa: T201
        f"Taken again: {retaken.tried} of reports and documents, from which {len(retaken.claims)} "
        "claims follow; the next `run` tells of them."
    )
    if retaken.failing:
        print(  # noqa: T201
            f"Fail still: {retaken.failing}. The log above says at what: tell the developers, and "
            "try again with the version that mends it.",
            file=sys.stderr,
        )
    return 1 if retaken.failing else 0
