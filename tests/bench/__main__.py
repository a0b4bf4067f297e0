"""`python -m tests.bench [answer pictures chat fan-out ingest]`: all of it, or what is named."""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path

from tests.bench.answering import answering
from tests.bench.fanning_out import fanning_out
from tests.bench.illustrating import illustrating
from tests.bench.measures import Figure, table
from tests.bench.reaching_chat import reaching_chat
from tests.bench.taking_in import taking_in

_BENCHES: dict[str, Callable[[Path], Coroutine[None, None, list[Figure]]]] = {
    "answer": answering,
    "pictures": illustrating,
    "chat": reaching_chat,
    "fan-out": fanning_out,
    "ingest": taking_in,
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_BENCHES))
    names = parser.parse_args().names or list(_BENCHES)
    if strange := set(names) - _BENCHES.keys():
        parser.error(f"there is no {', '.join(sorted(strange))}: choose from {', '.join(_BENCHES)}")
    logging.basicConfig(level=logging.ERROR)
    figures: list[Figure] = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            figures += asyncio.run(_BENCHES[name](Path(folder)))
    print(table(figures))


if __name__ == "__main__":
    main()
