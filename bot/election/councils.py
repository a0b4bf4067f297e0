"""Councils, and how they are found by any of their names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rapidfuzz import fuzz, process

from bot.election.parties import folded

_WIRE_PREFIX = "wire:"
_OFFICIAL_WORDS = re.compile(
    r"\b(?:the|royal|london|metropolitan|borough|city|county|district|unitary|council|of|cc|bc|dc|mbc"
    r"|cyngor|bwrdeistref|sirol|sir|dinas|yr|y|a|comhairle|konsel)\b"
)
_PARTS = re.compile(r"\s*(?:/|\||\(|\)|\s[-–—]\s)\s*")
_PUNCTUATION = re.compile(r"[\s_/,.\-–—]+")
_TITLE = re.compile(
    r"\s+(?:(?:royal\s+)?(?:metropolitan\s+)?(?:borough|district)\s+)?council$", re.IGNORECASE
)
"""What an official name adds to that of the place, but for words that tell a city from a county."""
_MATCH_SCORE = 80.0
"""A misspelt name counts as a match from this similarity (of 100)…"""
_MATCH_MARGIN = 6.0
"""…if it is ahead of the next council by this much."""
_LEAST_CUT = 4
"""The fewest letters that are enough of a name to know it by."""
_SUGGESTION_SCORE = 55.0
_MOST_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Council:
    """A council. `code` is its three-letter register code; `gss` its nine-character GSS code.

    `type` is the wire's term (County, Metro, Non-Met, Unitary, London, Scotland, Wales, NI).
    `seats` is its size by the newest source. A new council is `elected` for the first time on one
    day and in office from another, `starts`, until which its predecessors remain in office; `ends`
    is the first day on which it is no more. A day that is None is long ago, or not known. A council
    that is in none of our tables has `known=False` and the name that the wire gives it.
    """

    code: str
    name: str
    gss: str | None = None
    official_name: str = ""
    nation: str = ""
    region: str = ""
    type: str = ""
    seats: int | None = None
    elected: date | None = None
    starts: date | None = None
    ends: date | None = None
    successors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    former_gss: tuple[str, ...] = ()
    known: bool = True

    def __post_init__(self) -> None:
        if not self.code or not self.name:
            raise ValueError(f"a council needs a code and a name: {self!r}")
        if self.ends and any(day and day >= self.ends for day in (self.elected, self.starts)):
            raise ValueError(f"{self.name} ends before it begins: {self!r}")

    @property
    def is_county(self) -> bool:
        """Whether it is a county: its members are elected in divisions, and not in wards."""
        return self.type == "County"

    @property
    def ward_or_division(self) -> str:
        """What its members are elected in is called: "ward", or "division" in a county."""
        return "division" if self.is_county else "ward"

    def has_begun(self, on: date) -> bool:
        """Whether the council has been elected, or is in office, on a date."""
        begins = min(filter(None, (self.elected, self.starts)), default=None)
        return begins is None or begins <= on

    def has_ended(self, on: date) -> bool:
        """Whether the council is no more on a date."""
        return self.ends is not None and self.ends <= on

    def exists(self, on: date) -> bool:
        """Whether the council is elected or in office on a date."""
        return self.has_begun(on) and not self.has_ended(on)

    def is_first_elected(self, night: date) -> bool:
        """Whether an election on a night is the council's first.

        Where only the first day of its office is known, it is the first if it comes before.
        """
        if self.elected is not None:
            return self.elected == night
        return self.starts is not None and night < self.starts

    def awaits_office(self, on: date) -> bool:
        """Whether the council is elected on a date, and in office only later."""
        return self.exists(on) and self.starts is not None and on < self.starts


_ENGLISH_TYPES = frozenset({"county", "metro", "non-met", "unitary", "london"})
_PLACES_OF_TYPES = {
    **dict.fromkeys(_ENGLISH_TYPES, ("England", "")),
    "london": ("England", "London"),
    "scotland": ("Scotland", "Scotland"),
    "wales": ("Wales", "Wales"),
    "ni": ("Northern Ireland", "Northern Ireland"),
}


def as_the_wire_says(council: Council, name: str, kind: str) -> Council:
    """Return a council that is in none of our tables with the wire's *name* and *kind* (type).

    The type determines its nation, and outside England and in London its region too.
    """
    nation, region = _PLACES_OF_TYPES.get(kind.strip().casefold(), ("", ""))
    return replace(council, name=name, type=kind, nation=nation, region=region)


@dataclass(frozen=True, slots=True)
class Match:
    """What a reader's words match: one council, or suggestions.

    `former` is the council of that name that is no more; the others are those that followed it.
    """

    council: Council | None
    suggestions: tuple[Council, ...] = ()
    former: Council | None = None


def _one_of(found: Sequence[Council]) -> Match:
    """Return the only council that was *found*, else the first as suggestions."""
    return Match(found[0]) if len(found) == 1 else Match(None, tuple(found[:_MOST_SUGGESTED]))


def _without_punctuation(name: str) -> str:
    """Return a name without punctuation and with "and" for "&": "Aldermoor and Weald"."""
    return " ".join(_PUNCTUATION.sub(" ", name.replace("&", " and ")).split())


def _without_accents(name: str) -> str:
    """Return a folded name without accents: "Ynys Môn" is often written "Ynys Mon"."""
    letters = unicodedata.normalize("NFKD", name)
    return folded("".join(one for one in letters if not unicodedata.combining(one)))


def _without_official_words(name: str) -> str:
    """Return a folded name without words such as "council" and "city", in any language.

    "Hull City Council" becomes "hull", and "Cyngor Dinas Casnewydd" becomes "casnewydd".
    """
    return " ".join(_OFFICIAL_WORDS.sub(" ", _without_accents(name)).split())


def _may_be_one_name(one: str, other: str) -> bool:
    """Whether two squeezed names are near each other, or one is cut out of the other."""
    shorter, longer = sorted((one, other), key=len)
    is_cut = len(shorter) >= _LEAST_CUT and shorter in longer
    return is_cut or fuzz.ratio(one, other) >= _MATCH_SCORE


def _squeezed(name: str) -> str:
    """Return what of a name is compared with others: without official words and spaces."""
    return "".join((_without_official_words(name) or folded(name)).split())


@dataclass(frozen=True)
class Councils:
    """Every council in our tables, found by code, GSS code, name or alias."""

    rows: tuple[Council, ...]
    _by_code: Mapping[str, Council] = field(init=False, repr=False, compare=False)
    _folded: tuple[tuple[Council, str], ...] = field(init=False, repr=False, compare=False)
    _by_name: Mapping[str, tuple[Council, ...]] = field(init=False, repr=False, compare=False)
    _spellings: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __init__(self, rows: Iterable[Council]) -> None:
        object.__setattr__(self, "rows", tuple(rows))
        by_name: dict[str, dict[str, Council]] = defaultdict(dict)
        for council in self.rows:
            exact = (council.code, council.gss or "", *council.former_gss)
            for name in (council.name, council.official_name, *council.aliases, *exact):
                for form in filter(
                    None, (_without_accents(name), _without_accents(name).replace(" and ", " "))
                ):
                    by_name[form][council.code] = council
        bare: dict[str, dict[str, Council]] = defaultdict(dict)
        for name, found in by_name.items():
            if (form := _without_official_words(name)) and form not in by_name:
                bare[form].update(found)
        object.__setattr__(self, "_by_code", {council.code: council for council in self.rows})
        object.__setattr__(self, "_folded", tuple((c, folded(c.name)) for c in self.rows))
        object.__setattr__(
            self,
            "_by_name",
            {name: tuple(found.values()) for name, found in (*bare.items(), *by_name.items())},
        )
        object.__setattr__(
            self,
            "_spellings",
            {name: "".join(name.split()) for name in self._by_name if len(name) > 3},
        )

    def get(self, code: str) -> Council:
        """Return the council with a *code*, which may be one that only the wire knows."""
        known = self._by_code.get(code)
        if known is not None:
            return known
        return Council(code=code, name=code.removeprefix(_WIRE_PREFIX), known=False)

    def resolve(self, name: str, on: date, kind: str | None = None) -> Council:
        """Return the council that a document means by *name*; an unknown one keeps its name.

        Only exact names, aliases and codes match; a council is never guessed. Of several of one
        name it is the one elected but not yet in office, as its predecessor of that name has no
        more elections; else the document's *kind* (type) tells which. The code of an unknown one
        does not depend on how its hyphens and its "&" are written, nor on whether it is called a
        borough or district council.
        """
        found = self._meant(self._named(name), on, kind)
        if len(found) == 1:
            return found[0]
        place = _TITLE.sub("", name.strip()) or name
        return Council(code=_WIRE_PREFIX + _without_punctuation(place), name=name, known=False)

    def find(self, text: str, on: date) -> Match:
        """Return the council that a reader means by *text* on a date, or suggestions.

        An exact name wins, then the only name that begins with those words ("Stoke"), then a
        clearly closest spelling. Where that council is no more, those that took over its area are
        meant; but one that ended before councils had codes is meant by its exact name alone, and
        after any that there is ("Central", "Bath"). Otherwise there are at most five suggestions,
        the closest first.
        """
        exact = self._named(text)
        existing = self._meant(exact, on)
        if existing:
            return _one_of(existing)
        starting = self._starting_with(text, on)
        if starting and all(one.gss is None for one in exact):
            return _one_of(starting)
        if exact:
            return self._followed(exact, on)
        begun = [one for one in self._begins_with(text) if one.has_begun(on)]
        if len(begun) == 1:
            return self._followed(begun, on)
        return self._spelt_like(text, on)

    def heirs(self, council: Council, on: date) -> tuple[Council, ...]:
        """Return the councils that have a council's area on a date, after it has ended.

        They are its successors, or theirs in turn.
        """
        found: dict[str, Council] = {}
        waiting = [self.get(code) for code in council.successors]
        seen = {council.code}
        while waiting:
            one = waiting.pop(0)
            if one.code in seen:
                continue
            seen.add(one.code)
            if one.has_ended(on) and one.successors:
                waiting += [self.get(code) for code in one.successors]
            elif one.known:
                found[one.code] = one
        return tuple(found.values())

    def predecessors(self, council: Council) -> tuple[Council, ...]:
        """Return the councils that end when a council takes office, in the order of our table."""
        return tuple(
            one
            for one in self.rows
            if council.code in one.successors and one.ends == council.starts
        )

    def misspelt(self, name: str, on: date, others: Iterable[str] = ()) -> str | None:
        """Return the name of the council that *name*, which none has on a date, is a slip of.

        It may be that of a council which has ended: then those that followed are named. *others*
        are the names of further councils that no table has. Anything near is named here: who means
        another council says so.
        """
        meant = _squeezed(name)
        for other in others:
            if _may_be_one_name(meant, _squeezed(other)):
                return other
        found = self.find(name, on)
        if found.council is not None:
            return found.council.name
        if found.suggestions and (found.former is not None or self._named(name)):
            return " or ".join(council.name for council in found.suggestions)
        near = (one for one, score in self._similar(name, on) if score >= _MATCH_SCORE)
        return next((council.name for council in near if council.exists(on)), None)

    def complete(self, text: str, on: date, limit: int = 25) -> list[Council]:
        """Return councils that match what has been typed so far, names that begin with it first.

        Those that took over from a council that has ended stand for its name too.
        """
        typed = folded(text)
        containing = [
            (not name.startswith(typed), council.name, council.code)
            for council, name in self._folded
            if typed in name and council.exists(on)
        ]
        found = [code for _, _, code in sorted(containing)]
        if typed and len(found) < limit:
            others = [*self._named(text), *(one for one, name in self._folded if typed in name)]
            others += [heir for one in others if one.has_ended(on) for heir in self.heirs(one, on)]
            others += [council for council, _ in self._similar(text, on)]
            found += [council.code for council in others if council.exists(on)]
        return [self._by_code[code] for code in dict.fromkeys(found)][:limit]

    def _meant(
        self, found: Iterable[Council], on: date, kind: str | None = None
    ) -> tuple[Council, ...]:
        """Return which councils of one name are meant on a date: one, unless they are alike."""
        existing = self._existing(found, on)
        if len(existing) < 2:  # as nearly always, and documents name thousands
            return tuple(existing)
        for narrower in (
            [one for one in existing if one.awaits_office(on)],
            [one for one in existing if kind and folded(one.type) == folded(kind)],
        ):
            if len(existing) > 1 and narrower:
                existing = narrower
        return tuple(existing)

    def _followed(self, found: Sequence[Council], on: date) -> Match:
        """Return what a reader means by the name of councils none of which exists on a date.

        It is the last to have ended, and so those that followed it; else the one to come.
        """
        past = [one for one in found if one.has_ended(on)]
        last = max((one.ends for one in past if one.ends), default=None)
        latest = [one for one in past if one.ends == last] or list(found)
        if len(latest) > 1:
            return Match(None, tuple(latest[:_MOST_SUGGESTED]))
        heirs = self.heirs(latest[0], on) if past else ()
        if not heirs:
            return Match(latest[0])
        one = heirs[0] if len(heirs) == 1 else None
        return Match(one, () if one else heirs, former=latest[0])

    def _spelt_like(self, text: str, on: date) -> Match:
        scored = self._similar(text, on)
        existing = [each for each in scored if each[0].exists(on)]
        for near in (existing, scored):
            best, score = near[0] if near else (None, 0.0)
            runner_up = near[1][1] if len(near) > 1 else 0.0
            if best and score >= _MATCH_SCORE and score - runner_up >= _MATCH_MARGIN:
                return Match(best) if best.exists(on) else self._followed((best,), on)
        return Match(None, tuple(one for one, _ in (existing or scored)[:_MOST_SUGGESTED]))

    def _named(self, name: str) -> tuple[Council, ...]:
        return self._exactly_named(name) or self._named_in_two_languages(name)

    def _named_in_two_languages(self, name: str) -> tuple[Council, ...]:
        """Return the councils that every part of *name* means: "Monmouthshire / Sir Fynwy"."""
        parts = [self._exactly_named(part) for part in _PARTS.split(name) if part]
        if len(parts) < 2:
            return ()
        return tuple(one for one in parts[0] if all(one in found for found in parts[1:]))

    def _exactly_named(self, name: str) -> tuple[Council, ...]:
        form = _without_accents(name)
        return (
            self._by_name.get(form)
            or self._by_name.get(form.replace(" and ", " "))
            or self._by_name.get(_without_official_words(name))
            or ()
        )

    def living(self, on: date) -> list[Council]:
        """Return the councils that exist on a date."""
        return self._existing(self.rows, on)

    def _starting_with(self, text: str, on: date) -> tuple[Council, ...]:
        """Return the councils on a date whose name begins with the whole words of *text*."""
        return tuple(self._existing(self._begins_with(text), on))

    def _begins_with(self, text: str) -> list[Council]:
        words = folded(text) + " "
        return [c for c in self.rows if (folded(c.name) + " ").startswith(words) and words != " "]

    @staticmethod
    def _existing(found: Iterable[Council], on: date) -> list[Council]:
        return [council for council in found if council.exists(on)]

    def _similar(self, text: str, on: date) -> list[tuple[Council, float]]:
        """Return councils with the similarity of their closest name, best first.

        A name that several have is that of the one meant on the date.
        """
        near: dict[Council, float] = {}
        matches = process.extract(
            _squeezed(text),
            self._spellings,
            scorer=fuzz.ratio,
            score_cutoff=_SUGGESTION_SCORE,
            limit=40,
        )
        for _, score, name in matches:
            for council in self._meant(self._by_name[name], on) or self._by_name[name]:
                near[council] = max(near.get(council, 0.0), score)
        return sorted(near.items(), key=lambda item: (-item[1], item[0].name))
