"""`python -m tests.style FILE NIGHT HOURS`: what breaks the house style in a replayed night's file.

HOURS are counted from midnight of polling day.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot.election.almanac import LONDON
from tests.style.rules import report
from tests.style.texts import answers, posted
from tests.support.tables import shipped


def main(file: str, night: str, *hours: str) -> None:
    """Print the broken rules of the posts, then those of the answers at each of *hours*."""
    database, midnight = Path(file), datetime.fromisoformat(night).replace(tzinfo=LONDON)
    sys.stdout.write(f"Posts:\n{report(posted(database))}\n")
    for hour in map(float, hours):
        at = midnight + timedelta(hours=hour)
        shown = asyncio.run(answers(database, shipped(), midnight.date(), at, pictures=True))
        said = [one for each in shown for one in each.said]
        sys.stdout.write(f"\nAnswers at {at:%a %H:%M}:\n{report(said)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
