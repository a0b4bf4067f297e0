"""`restore`: puts back a copy of the database, after saying what that does."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.cli.replay_files import refuse_of_the_other_kind
from bot.clock import RealClock
from bot.settings import Settings
from bot.store.boards import BoardPut
from bot.store.desk import DeskActed
from bot.store.destinations import Subscribed, Unsubscribed
from bot.store.erasure import GuildErased, PersonErased
from bot.store.posts import PostSent
from bot.store.readings import ReadingFiled
from bot.store.restore import JournalExtent, Plan, examined
from bot.store.watch_lists import ListMade
from bot.wording.phrases import count, day, in_words
from bot.wording.text import clock_time

_WORDS = {
    ReadingFiled.kind: ("document", "documents"),
    PostSent.kind: ("posted message", "posted messages"),
    Subscribed.kind: ("subscription begun or changed", "subscriptions begun or changed"),
    Unsubscribed.kind: ("subscription ended", "subscriptions ended"),
    DeskActed.kind: ("action of the desk", "actions of the desk"),
    ListMade.kind: ("watch list made", "watch lists made"),
    BoardPut.kind: ("board put up", "boards put up"),
    GuildErased.kind: ("server forgotten", "servers forgotten"),
    PersonErased.kind: ("person forgotten", "persons forgotten"),
}
"""The kinds of entry that an operator may have to redo."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("copy", type=Path, metavar="COPY")
    parser.add_argument(
        "--yes", action="store_true", help="do it; without, only say what it would do"
    )


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    return restore(settings.database, given.copy, yes=given.yes)


def restore(database: Path, copy: Path, *, yes: bool) -> int:
    """Print the effect of replacing *database* by *copy*, and with *yes* do it.

    Returns 0 where it was done, else 1. Raises `StoreError` and `OSError`.
    """
    with examined(database, copy) as (plan, put_in_place):
        refuse_of_the_other_kind(copy, put_in_place.fresh, database)
        for line in _planned(database, copy, plan):
            print(line)  # noqa: T201
        if not yes:
            print("Nothing is changed yet: give the command again with --yes.")  # noqa: T201
            return 1
        kept = put_in_place(RealClock().now())
    if kept is not None:
        print(f"The file before is kept as {kept}.")  # noqa: T201
    print(  # noqa: T201
        f"{database} is the copy now. Before it posts anything in a channel, `election-night run` "
        "looks there for what was posted since, and repeats none of it; the feeds bring their "
        "documents again."
    )
    return 0


def _planned(database: Path, copy: Path, plan: Plan) -> Iterator[str]:
    yield f"{copy} is sound: {_stands(plan.copy)}."
    if plan.unreadable is not None:
        yield f"It takes the place of a file that cannot be read ({plan.unreadable})."
        yield (
            f"`election-night rebuild --db {database} --into FILE` saves what can be read of that, "
            "which may be more than the copy has: try that first."
        )
    elif plan.present is None:
        yield f"There is no file {database} now."
    else:
        yield f"It takes the place of {database}: {_stands(plan.present)}."
        yield from _lacking(plan)


def _lacking(plan: Plan) -> Iterator[str]:
    if plan.newer is None:
        yield "The copy is no earlier state of that file: they have different journals."
        return
    if not plan.newer:
        yield "Nothing in that file is newer than the copy."
        return
    told = [count(plan.newer[kind], *words) for kind, words in _WORDS.items() if plan.newer[kind]]
    entries = count(plan.newer.total(), "entry", "entries")
    yield f"{entries} of that file are newer than the copy{': ' if told else ''}{in_words(told)}."
    if any(plan.newer[kind] for kind in _WORDS if kind not in (ReadingFiled.kind, PostSent.kind)):
        yield (
            "Documents come again and messages are found again. What people did comes back to how "
            "it was, also who was forgotten: it has to be done again."
        )


def _stands(standing: JournalExtent) -> str:
    entries = count(standing.entries, "entry", "entries")
    if standing.last_at is None:
        return f"{entries} in the journal"
    moment = f"{day(standing.last_at.date())}, {clock_time(standing.last_at)}"
    return f"{entries} in the journal, the last of {moment}"
