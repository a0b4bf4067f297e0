"""What a document does not say, but its feed or its file name does: the council, the night."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_MODERN_GOV = re.compile(r"modern_?gov(?P<council>[ _-].*?)??(?:[ _-]\d+)?", re.IGNORECASE)
_TEST = re.compile(r"(?:^|[ _-])test(?![a-z])(?![\W_]*valley)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hints:
    """The council and the polling day that a document is about, None where unknown."""

    council: str | None = None
    night: date | None = None

    def or_else(self, other: Hints) -> Hints:
        """Return these hints, completed by *other* ones."""
        return Hints(self.council or other.council, self.night or other.night)


UNSAID = Hints()
"""Nothing is known beyond what the document says."""


def from_name(name: str) -> Hints:
    """Return what a file's path says: `modern_gov_Hull_397_YYYY-MM-DD.xml`, `Hull/397.xml`.

    The night is a date anywhere in it, the one nearest to the file name first. The council is what
    the file name has between `modern_gov` and a number, else the name of the nearest folder that
    has letters in it.
    """
    path = PurePosixPath(name)
    places = [path.stem, *(folder.name for folder in path.parents)]
    councils = (_council(place, is_file=number == 0) for number, place in enumerate(places))
    return Hints(
        council=next(filter(None, councils), None),
        night=next(filter(None, map(_night, places)), None),
    )


def _council(place: str, *, is_file: bool) -> str | None:
    bare = _TEST.sub("", _DATE.sub("", place)).strip(" _-")
    marked = _MODERN_GOV.fullmatch(bare)
    if is_file and not marked:
        return None
    council = " ".join(re.split(r"[ _]+", (marked["council"] or "") if marked else bare)).strip(
        " -"
    )
    return council if any(map(str.isalpha, council)) else None


def _night(place: str) -> date | None:
    for found in _DATE.findall(place):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None
