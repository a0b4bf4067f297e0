"""`rebuild`: derives every table again from the journal and compares."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.almanac.tables import load_almanac
from bot.cli.replay_files import database_meant
from bot.cli.terminal import Progress
from bot.election.almanac import Almanac
from bot.ingest.rejudge import rejudge as rejudge_recorded
from bot.settings import Settings
from bot.store import rebuild as store
from bot.store.errors import DamagedError, OtherTablesError, StoreError, UnusableEntryError
from bot.store.integrity import refuse_damaged
from bot.store.salvage import Saved, salvage
from bot.wording.phrases import count


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--demo", action="store_true", help="the file of the demo")
    parser.add_argument("--into", type=Path, metavar="FILE", help="keep the new tables in a file")
    parser.add_argument(
        "--rejudge", action="store_true", help="also say what today's rules would say otherwise"
    )


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    almanac = load_almanac(prepared=settings.nights)
    return rebuild(database_meant(given, settings), almanac, into=given.into, rejudge=given.rejudge)


def rebuild(database: Path, almanac: Almanac, *, into: Path | None, rejudge: bool) -> int:
    """Print the result of rebuilding; return 0 if every table is the same, else 1.

    Whatever is readable of a damaged file, or of another build's, is saved *into* a file, or
    counted. With *rejudge* also print what today's rules would say of the recorded reports. Raises
    `StoreError`.
    """
    progress = Progress()

    def say(done: int, total: int) -> None:
        progress.say(f"{done} of {total} entries of the journal…")

    fault: StoreError | None = None
    try:
        refuse_damaged(database)
        rebuilt = store.rebuild(database, into, say)
    except (DamagedError, OtherTablesError, UnusableEntryError) as refusal:
        fault = refusal
    if fault is not None:  # outside the handler: errors of salvaging have another cause
        saved = salvage(database, into, say)
        progress.clear()
        for line in (_why(database, fault), *_saved(database, into, saved)):
            print(line)  # noqa: T201
        return 0 if saved.whole and into is not None else 1
    progress.clear()
    print(f"{rebuilt.entries} entries of the journal give {rebuilt.tables} tables.")  # noqa: T201
    for difference in rebuilt.differences:
        print(difference)  # noqa: T201
    if not rebuilt.differences:
        print("Every one is the same as in the file.")  # noqa: T201
    if rejudge:
        otherwise = rejudge_recorded(database, almanac, say)
        progress.clear()
        for sentence in otherwise:
            print(sentence)  # noqa: T201
        if not otherwise:
            print("Today's rules would say the same of every report.")  # noqa: T201
    return 1 if rebuilt.differences else 0


def _why(database: Path, fault: StoreError) -> str:
    """Return a sentence on why the journal is salvaged."""
    if isinstance(fault, UnusableEntryError):
        return str(fault)
    why = "is damaged" if isinstance(fault, DamagedError) else "was made by another build"
    return f"{database} {why}: its journal is read."


def _saved(database: Path, into: Path | None, saved: Saved) -> Iterator[str]:
    done = "can be saved" if into is None else f"are saved in {into}"
    entries = count(saved.entries, "entry", "entries")
    yield f"{entries} of the journal and {count(saved.documents, 'document')} {done}."
    if saved.lost:
        yield f"{count(saved.lost, 'entry is', 'entries are')} lost."
    if saved.left_out:
        yield f"{count(saved.left_out, 'entry', 'entries')} cannot be applied without what is lost."
    if saved.end_is_open:
        yield "Whether more is lost that came last is not known."
    if saved.whole:
        yield "Nothing is lost."
    if into is None:
        yield f"Save it: `election-night rebuild --db {database} --into FILE`."
    else:
        yield f"Put it in place: `election-night restore {into} --db {database}`."
