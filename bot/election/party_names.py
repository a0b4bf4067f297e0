"""The rules by which different spellings and descriptions are recognised as one party's name.

A party registers a name and descriptions (Political Parties, Elections and Referendums Act 2000,
sections 28 and 28A), and either may be printed: "Local Conservatives", "The Green Party Candidate",
"Welsh Labour / Llafur Cymru", "Liberal Democrats (Focus Team)".
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

_SEPARATORS = re.compile(r"[\s_/\\.,'’‘`´()\[\]\-–—&:;+!\"“”]+")
_IGNORED_WORDS = frozenset({"the", "and"})
_PLACE_WORDS = frozenset(
    [
        "local",
        "your",
        "welsh",
        "wales",
        "cymru",
        "cymreig",
        "scottish",
        "scotland",
        "yr",
        "alban",
        "london",
        "in",
    ]
)
_CANDIDATE_WORDS = frozenset(["candidate", "candidates", "ymgeisydd", "ymgeiswyr", "focus", "team"])
_CO_OPERATIVE = re.compile(r"\b(?:co ?operative|co ?op)\b")
_GENERIC = frozenset({"alliance", "party", "national", "unionist", "union"})
"""Words that name no party on their own, as when "Scottish Alliance" loses its first word."""
_INDEPENDENTS = frozenset({"independent", "independents", "annibynnol", "annibynwyr"})
_ABBREVIATION_LENGTH = 3
"""The length up to which a word counts as an abbreviation."""
_PARTS = re.compile(r"\s*(?:/|\||\(|\)|:|\s[-–—]+\s)\s*")
_PARTY = " party"


@functools.lru_cache(maxsize=1 << 14)
def spelt(text: str) -> str:
    """Return a party's name without case, accents, punctuation, "the", "and" and "&"."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(
        word for word in _SEPARATORS.sub(" ", plain).split() if word not in _IGNORED_WORDS
    )


def without_candidate(text: str) -> str:
    """Return a name in the form of `spelt`, without words such as "candidate"."""
    return " ".join(word for word in spelt(text).split() if word not in _CANDIDATE_WORDS)


def shorter_forms(text: str) -> Iterator[str]:
    """Yield shorter names that *text* may be a longer form of, the closest first, as by `spelt`.

    They leave out "candidate", "local" and the like, the nation, "Co-operative" or "party". This
    applies only to parties that stand in many places: these words belong to a local party's name.
    """
    base_name = without_candidate(text)
    without_places = " ".join(word for word in base_name.split() if word not in _PLACE_WORDS)
    without_co_operative = " ".join(_CO_OPERATIVE.sub(" ", without_places).split())
    for form in dict.fromkeys((base_name, without_places, without_co_operative)):
        if not _GENERIC.issuperset(form.split()):
            yield from (form, form.removesuffix(_PARTY), form + _PARTY)


def parts_of(text: str) -> list[str]:
    """Return the parts of a name in two languages or with a slogan; empty for a name in one part.

    They are separated by a stroke, a spaced dash, a colon or brackets: "Welsh Labour / Llafur
    Cymru", "Green Party - Stop HS2".
    """
    found = [part for part in _PARTS.split(text) if spelt(part)]
    return found if len(found) > 1 else []


def speaks_of_independents(text: str) -> bool:
    """Whether *text* contains a word for independents: "Labour - Independent Group"."""
    return not _INDEPENDENTS.isdisjoint(spelt(text).split())


def looks_like(name: str, other: str) -> bool:
    """Whether *name* contains all distinctive words of *other*, as "Real Conservatives" does."""
    words = set(spelt(other).split()) - _GENERIC
    return (
        bool(words)
        and max(map(len, words)) > _ABBREVIATION_LENGTH
        and words <= set(spelt(name).split())
    )


def is_translation(text: str) -> bool:
    """Whether *text* has names between strokes, each of which must mean the same party."""
    return "/" in text or "|" in text
