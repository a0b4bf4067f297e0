"""How test material marks itself on the wire: it must never reach a live channel."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# Test Valley is a council in Hampshire, not a mark.
_WORD = r"(?<![a-z])test(?:s|ing)?(?![a-z])(?![\W_]*valley)"
_IN_A_FILE_NAME = re.compile(rf"Test(?![a-z])(?![\W_]*Valley)|(?i:{_WORD})")
_IN_AN_ELECTION = re.compile(rf"(?i:{_WORD})|Test$")


def in_file_name(name: str) -> bool:
    """Return whether a document's file *name* has `Test` in it as a word."""
    return _IN_A_FILE_NAME.search(PurePosixPath(name).name) is not None


def in_election_name(name: str | None) -> bool:
    """Return whether an election is called a test."""
    return bool(name and _IN_AN_ELECTION.search(name))


def in_surname(name: str) -> bool:
    """Return whether a candidate's surname, the end of a full *name*, ends in `Test`."""
    return name.rstrip().endswith(("Test", "TEST"))
