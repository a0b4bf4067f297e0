"""Whether a title speaks of a by-election, and of nothing else."""

from __future__ import annotations

import re

from bot.election.parties import folded

_BY_ELECTION = re.compile(r"\bby[\s\-‐-―]?elections?\b", re.IGNORECASE)
_ELECTION = re.compile(r"\belections?\b", re.IGNORECASE)


def is_named(title: str | None) -> bool:
    """Return whether a title has the word."""
    return bool(title and _BY_ELECTION.search(title))


def is_all(title: str | None) -> bool:
    """Return whether all that a title names is a by-election, or several.

    "Borough Council Elections and Abbey by-election" names a scheduled election too, whose wards
    stay in it.
    """
    rest, found = _BY_ELECTION.subn(" ", title or "")
    return bool(found) and _ELECTION.search(rest) is None


def is_of(title: str | None, area: str) -> bool:
    """Return whether it is an *area*'s by-election that a title names: "Abbey by-election"."""
    if not title or not folded(area):
        return False
    before = [title[: found.start()] for found in _BY_ELECTION.finditer(title)]
    endings = (folded(area), f"{folded(area)} ward")
    return any(folded(one).endswith(endings) for one in before)
