"""Why a document could not be read."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from bot.errors import is_of_the_machine

_log = logging.getLogger(__name__)


class DocumentFault(Exception):  # noqa: N818 - the document's fault, not an error of the program
    """A document, or a part of one, cannot be read; the message is a sentence for the desk."""


def broke_reading(error: Exception) -> str:
    """Return what a bug of ours is to a document that could not be read for it."""
    return (
        f"The document broke the program ({type(error).__name__}), so nothing was taken from it:"
        " the log says where; tell the developers. It is kept, and taken again after an update."
    )


@contextlib.contextmanager
def bugs_as_faults() -> Iterator[None]:
    """Let a bug of ours be a fault of the document at hand, so that it does not stop its feed."""
    try:
        yield
    except DocumentFault:
        raise
    except Exception as error:
        if is_of_the_machine(error):
            raise
        _log.exception("A document broke the program")
        raise DocumentFault(broke_reading(error)) from error
