"""How ballot papers and newsrooms write a party's name: the rules by which many are one.

A party registers a name and descriptions (Political Parties, Elections and Referendums Act 2000,
sections 28 and 28A), and lists print either: "Local Conservatives", "The Green Party Candidate",
"Welsh Labour / Llafur Cymru", "Liberal Democrats (Focus Team)".
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

_SEPARATORS = re.compile(r"[\s_/\\.,'’‘`´()\[\]\-–—&:;+!\"“”]+")
_EMPTY_WORDS = frozenset({"the", "and"})
_OF_PLACES = frozenset(
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
_OF_CANDIDATES = frozenset(["candidate", "candidates", "ymgeisydd", "ymgeiswyr", "focus", "team"])
_CO_OPERATIVE = re.compile(r"\b(?:co ?operative|co ?op)\b")
_GENERIC = frozenset({"alliance", "party", "national", "unionist", "union"})
"""What is left of "Scottish Alliance" names no party."""
_INDEPENDENTS = frozenset({"independent", "independents", "annibynnol", "annibynwyr"})
_LETTERS = 3
"""A word of no more letters than that is an abbreviation."""
_PARTS = re.compile(r"\s*(?:/|\||\(|\)|:|\s[-–—]+\s)\s*")
_PARTY = " party"


@functools.lru_cache(maxsize=1 << 14)
def spelt(text: str) -> str:
    """Return a party's name without case, accents, punctuation, articles and "and" or "&"."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(
        word for word in _SEPARATORS.sub(" ", plain).split() if word not in _EMPTY_WORDS
    )


def without_candidate(text: str) -> str:
    """Return a name as `spelt` writes it, without "candidate": "Independent Candidate"."""
    return " ".join(word for word in spelt(text).split() if word not in _OF_CANDIDATES)


def shorter_forms(text: str) -> Iterator[str]:
    """Yield what *text* may be a longer way to write, the nearest first, as `spelt` writes it.

    Left out are "candidate", "local" and the like, the nation, "Co-operative", "party". Only a
    party that stands in many places is written so: the name of a local one is all its own.
    """
    of_party = without_candidate(text)
    anywhere = " ".join(word for word in of_party.split() if word not in _OF_PLACES)
    alone = " ".join(_CO_OPERATIVE.sub(" ", anywhere).split())
    for form in dict.fromkeys((of_party, anywhere, alone)):
        if not _GENERIC.issuperset(form.split()):
            yield from (form, form.removesuffix(_PARTY), form + _PARTY)


def parts_of(text: str) -> list[str]:
    """Return the parts of a name that is written twice, or has a slogan behind it.

    They stand beside a stroke, a spaced dash or a colon, or in brackets: "Welsh Labour / Llafur
    Cymru", "Green Party - Stop HS2". A name that is in one piece has no parts.
    """
    found = [part for part in _PARTS.split(text) if spelt(part)]
    return found if len(found) > 1 else []


def speaks_of_independents(text: str) -> bool:
    """Return whether *text* calls somebody independent: "Labour - Independent Group"."""
    return not _INDEPENDENTS.isdisjoint(spelt(text).split())


def looks_like(name: str, other: str) -> bool:
    """Return whether all that makes up *other* stands in *name*: "Real Conservatives"."""
    words = set(spelt(other).split()) - _GENERIC
    return bool(words) and max(map(len, words)) > _LETTERS and words <= set(spelt(name).split())


def is_translation(text: str) -> bool:
    """Return whether *text* is strokes between names, each of which has to be the same party."""
    return "/" in text or "|" in text
