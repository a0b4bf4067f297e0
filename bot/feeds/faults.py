"""Why a document, or a part of one, could not be read.

Who was elected, for which seats and parties and where, may refuse a report. What decides nothing
(votes, turnouts, electorates, spoilt papers, the names of those who lost) may not: where it cannot
be read, it is unknown, and the report says so in its doubts.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from bot.errors import is_of_the_machine

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class DocumentFault(Exception):  # noqa: N818 - the document's fault, not an error of the program
    """A document, or a part of one, cannot be read; the message is a sentence for the desk."""


class Doubts(list[str]):
    """Sentences on what of one report is not known, and why."""

    def take(self, read: Callable[[], _T], about: str = "") -> _T | None:
        """Return what *read* returns; where it raises `DocumentFault`, note that and return None.

        *about* is whom or what in the report it is about.
        """
        try:
            return read()
        except DocumentFault as fault:
            said = str(fault).rstrip(".")
            self.append(f"{about}: {said}" if about else said)
            return None


def broke_reading(error: Exception) -> str:
    """Return the fault of a document that could not be read because of a bug of ours."""
    return (
        f"The document broke the program ({type(error).__name__}), so nothing was taken from it:"
        " the log says where; tell the developers. It is kept, and taken again after an update."
    )


@contextlib.contextmanager
def bugs_as_faults() -> Iterator[None]:
    """Turn a bug of ours into a fault of the document, so that it does not stop the feed."""
    try:
        yield
    except DocumentFault:
        raise
    except Exception as error:
        if is_of_the_machine(error):
            raise
        _log.exception("A document broke the program")
        raise DocumentFault(broke_reading(error)) from error
