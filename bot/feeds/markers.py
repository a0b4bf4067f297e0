"""What names and titles mark: tests, which must never reach a live channel, and by-elections."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bot.election.parties import folded

# Test Valley is a council in Hampshire, not a mark.
_WORD = r"(?<![a-z])test(?:s|ing)?(?![a-z])(?![\W_]*valley)"
_IN_A_FILE_NAME = re.compile(rf"Test(?![a-z])(?![\W_]*Valley)|(?i:{_WORD})")
_IN_AN_ELECTION = re.compile(rf"(?i:{_WORD})|Test$")

_BY_ELECTION = re.compile(r"\bby[\s\-‐-―]?elections?\b", re.IGNORECASE)
_ELECTION = re.compile(r"\belections?\b", re.IGNORECASE)


def is_test_file(name: str) -> bool:
    """Return whether a document's file *name* has `Test` in it as a word."""
    return _IN_A_FILE_NAME.search(PurePosixPath(name).name) is not None


def is_test_election(name: str | None) -> bool:
    """Return whether an election is called a test."""
    return bool(name and _IN_AN_ELECTION.search(name))


def is_test_surname(name: str) -> bool:
    """Return whether a candidate's surname, the end of a full *name*, ends in `Test`."""
    return name.rstrip().endswith(("Test", "TEST"))


def names_by_election(title: str | None) -> bool:
    """Return whether a title names a by-election."""
    return bool(title and _BY_ELECTION.search(title))


def names_only_by_elections(title: str | None) -> bool:
    """Return whether a title names by-elections and no other election.

    "Borough Council Elections and Abbey by-election" names a scheduled election too.
    """
    rest, found = _BY_ELECTION.subn(" ", title or "")
    return bool(found) and _ELECTION.search(rest) is None


def names_by_election_of(title: str | None, area: str) -> bool:
    """Return whether a title names the by-election of an *area*: "Abbey by-election"."""
    if not title or not folded(area):
        return False
    before = [title[: found.start()] for found in _BY_ELECTION.finditer(title)]
    endings = (folded(area), f"{folded(area)} ward")
    return any(folded(one).endswith(endings) for one in before)
