"""What decides nothing: where it cannot be read it is not known, and the report says so.

Who was elected, for which seats and parties and where, may refuse a report. Votes, turnouts,
electorates, spoilt papers and the names of those who lost may not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.feeds.faults import DocumentFault

T = TypeVar("T")


class Decoration:
    """Collects `doubts`: in sentences what of one report is not known, and why."""

    def __init__(self) -> None:
        self.doubts: list[str] = []

    def take(self, read: Callable[[], T], about: str = "") -> T | None:
        """Return what *read* returns, None where it raises `DocumentFault`.

        *about* is whom or what in the report it is about.
        """
        try:
            return read()
        except DocumentFault as fault:
            said = str(fault).rstrip(".")
            self.doubts.append(f"{about}: {said}" if about else said)
            return None
