"""`rebuild`: every table derived again from the journal, and compared."""

from __future__ import annotations

from pathlib import Path

from bot.cli.progress import Progress
from bot.election.almanac import Almanac
from bot.store import rebuild as store


def rebuild(database: Path, almanac: Almanac, *, into: Path | None, rejudge: bool) -> int:
    """Print what rebuilding showed; return 0 where everything is the same, else 1.

    With *rejudge* also say what today's rules would say of the recorded reports. Raises
    `StoreError`.
    """
    progress = Progress()

    def say(done: int, total: int) -> None:
        progress.say(f"{done} of {total} entries of the journal…")

    rebuilt = store.rebuild(database, into, say)
    progress.clear()
    print(f"{rebuilt.entries} entries of the journal give {rebuilt.tables} tables.")  # noqa: T201
    for difference in rebuilt.differences:
        print(difference)  # noqa: T201
    if not rebuilt.differences:
        print("Every one is the same as in the file.")  # noqa: T201
    if rejudge:
        otherwise = store.rejudge(database, almanac, say)
        progress.clear()
        for sentence in otherwise:
            print(sentence)  # noqa: T201
        if not otherwise:
            print("Today's rules would say the same of every report.")  # noqa: T201
    return 1 if rebuilt.differences else 0
