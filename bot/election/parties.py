"""Parties, and how they are found by the names that documents use."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from string import capwords

from bot.election.party_identity import given_colour, possible_letters
from bot.election.party_names import (
    is_translation,
    parts_of,
    shorter_forms,
    speaks_of_independents,
    spelt,
    without_candidate,
)

INDEPENDENT = "Ind"
"""The wire's bucket "Independent/Other", which is never treated as one party."""

VACANT = "Vac"
"""Vacant seats: they count towards the total and belong to no party."""

NOC_NAME = "No overall control"
NOC_CODE = "NOC"
"""What tables and columns have in the place of a party where nobody has control."""

_NOC_NAMES = frozenset({"noc", "n o c", "no overall control", "no overall majority", "hung"})

_WIRE_PREFIX = "wire:"
_FALLBACK_COLOUR = "#6B7280"
_MOST_CACHED = 10_000
_MOST_COMBINATIONS = 500
"""The most entries in the cache of `knowing`."""
_PUNCTUATION = re.compile(r"[\s_/\\.,'’()\-–—&]+")


class PartyKind(StrEnum):
    """What the name of a party on the wire stands for."""

    PARTY = "party"
    LOCAL = "local"
    BUCKET = "bucket"
    VACANT = "vacant"


@dataclass(frozen=True, slots=True)
class Party:
    """A party.

    `code` is our own and stable; `colour` is the party's, as `#RRGGBB`. A party that is in none of
    our tables has `known=False`, the name that the wire gives it, and a colour and letters that
    `Parties` has given it. Pictures show `letters` where there is no room for a name; where there
    are none, the abbreviation, if it is short, or the initials. Its people are called `members`
    ("Conservatives", "Liberal Democrats") in sentences, where `article` asks for "the", and `short`
    ("Lib Dems") in headlines and tables; one of them is `one` ("Lib Dem"). Where `short` is blank
    `members` stands for it, where the others are, its name.
    """

    code: str
    name: str
    abbreviation: str
    kind: PartyKind = PartyKind.PARTY
    colour: str = _FALLBACK_COLOUR
    full_name: str = ""
    ec_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    known: bool = True
    letters: str = ""
    short: str = ""
    members: str = ""
    one: str = ""
    article: bool = False

    def __post_init__(self) -> None:
        if not self.code or not self.name or not self.abbreviation:
            raise ValueError(f"a party needs a code, a name and an abbreviation: {self!r}")
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", self.colour):
            raise ValueError(f"the colour of {self.name} is not #RRGGBB: {self.colour!r}")

    @property
    def is_one_party(self) -> bool:
        """Whether this is one party, and neither the bucket nor vacant seats."""
        return self.kind in (PartyKind.PARTY, PartyKind.LOCAL)

    @property
    def is_in_many_places(self) -> bool:
        """Whether it stands across a nation, and so under many descriptions, not only locally."""
        return self.kind is PartyKind.PARTY


@dataclass(frozen=True, slots=True)
class WireParty:
    """How a document names a party; at least one of the parts is given."""

    name: str
    abbreviation: str | None = None
    ec_id: str | None = None

    def __post_init__(self) -> None:
        if not (self.name or self.abbreviation or self.ec_id):
            raise ValueError("a party on the wire has neither a name nor an abbreviation nor an id")

    @property
    def label(self) -> str:
        """The shortest name that the document gives."""
        return self.abbreviation or self.name or self.ec_id or ""


@functools.lru_cache(maxsize=1 << 14)
def folded(text: str) -> str:
    """Return *text* without case, punctuation and repeated spaces, for comparing names."""
    return _PUNCTUATION.sub(" ", text).strip().casefold()


def means_noc(name: str) -> bool:
    """Whether *name* stands in the place of a party for no overall control."""
    return folded(name) in _NOC_NAMES


def _folded_ec_ids(ec_id: str) -> tuple[str, ...]:
    """Return an Electoral Commission id in its standard form; for a joint candidate, both parties'.

    `PP52` and the older `party:52` are the same; `joint-party:53-119` is Labour and Co-operative.
    """
    text = "".join(ec_id.split()).casefold()
    if text.startswith("joint-party:"):
        return (text, *(f"pp{one}" for one in text.removeprefix("joint-party:").split("-")))
    return ("pp" + text.removeprefix("party:") if text.startswith("party:") else text,)


@dataclass(frozen=True)
class Parties:
    """Every party in our tables, found by code, id, name or abbreviation."""

    rows: tuple[Party, ...]
    _by_code: Mapping[str, Party] = field(init=False, repr=False, compare=False)
    _by_name: Mapping[str, Party] = field(init=False, repr=False, compare=False)
    _by_ec_id: Mapping[str, Party] = field(init=False, repr=False, compare=False)
    _described: dict[str, Party | None] = field(init=False, repr=False, compare=False)
    _said: Mapping[str, str] = field(repr=False)
    _shared: frozenset[str] = field(repr=False)
    _told: dict[tuple[tuple[str, str], ...], Parties] = field(init=False, repr=False, compare=False)
    _resolved: dict[WireParty, Party] = field(init=False, repr=False, compare=False)
    _names: Mapping[str, str] = field(repr=False)
    _named: dict[tuple[tuple[str, str], ...], Parties] = field(
        init=False, repr=False, compare=False
    )
    _joined: dict[tuple[Party, ...], Parties] = field(init=False, repr=False, compare=False)
    _wider: dict[tuple[tuple[Party, ...], tuple[tuple[str, str], ...], frozenset[str]], Parties] = (
        field(init=False, repr=False, compare=False)
    )

    def __init__(
        self,
        rows: Iterable[Party],
        said: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        shared: frozenset[str] = frozenset(),
    ) -> None:
        object.__setattr__(self, "rows", tuple(rows))
        object.__setattr__(self, "_said", dict(said or {}))
        object.__setattr__(self, "_shared", shared)
        object.__setattr__(self, "_told", {})
        object.__setattr__(self, "_names", dict(names or {}))
        object.__setattr__(self, "_named", {})
        by_name: dict[str, Party] = {}
        for party in self.rows:
            own = (party.code, party.name, party.full_name, party.abbreviation, *party.aliases)
            for name in filter(None, map(spelt, own)):
                other = by_name.setdefault(name, party)
                if other.code != party.code:
                    raise ValueError(f"{name!r} names both {other.name} and {party.name}")
        object.__setattr__(self, "_by_code", {party.code: party for party in self.rows})
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(
            self,
            "_by_ec_id",
            {_folded_ec_ids(i)[0]: party for party in self.rows for i in party.ec_ids},
        )
        object.__setattr__(self, "_described", {})
        object.__setattr__(self, "_resolved", {})
        object.__setattr__(self, "_joined", {})
        object.__setattr__(self, "_wider", {})

    def get(self, code: str) -> Party:
        """Return the party with a *code*, which may be one that only the wire knows."""
        known = self._by_code.get(code)
        if known is not None:
            return known
        party = self._strangers.get(code)
        if party is None:
            if len(self._strangers) > _MOST_CACHED + len(self._names):
                del self.__dict__["_strangers"]  # those that have names are made again
            label = code.removeprefix(_WIRE_PREFIX)
            name = label if label != label.casefold() else capwords(label)
            party = self._strangers[code] = self._stranger(code, name)
        return party

    @functools.cached_property
    def _strangers(self) -> dict[str, Party]:
        """The parties that only documents know, by code.

        Each has another colour and other letters than those before it, so that a party keeps its
        own when further ones become known.
        """
        found: dict[str, Party] = {}
        for code, name in self._names.items():
            if code not in self._by_code:
                found[code] = self._stranger(code, name, tuple(found.values()))
        return found

    def _stranger(self, code: str, name: str, before: tuple[Party, ...] = ()) -> Party:
        wide, local, taken = self._taken
        before = (*(one for one in self.rows if not one.known), *before)
        taken = taken | {one.letters for one in before}
        return Party(
            code=code,
            name=name,
            abbreviation=name,
            kind=PartyKind.LOCAL,
            colour=given_colour(code, wide, tuple(one.colour for one in before), local),
            known=code in self._said.values(),
            letters=next(one for one in possible_letters(name, "") if one not in taken),
        )

    @functools.cached_property
    def _taken(self) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
        """The colours of parties in many places, those of local ones, and the letters of both."""
        ours = [party for party in self.rows if party.known]
        wide = tuple(party.colour for party in ours if party.kind is not PartyKind.LOCAL)
        local = tuple(party.colour for party in ours if party.kind is PartyKind.LOCAL)
        return wide, local, frozenset(letters for party in ours for letters in letters_of(party))

    def find(self, text: str) -> Party | None:
        """Return the party that a reader's *text* names or describes, or None."""
        return self._by_description(text)

    def is_of_no_party(self, name: str) -> bool:
        """Whether a *name* only says that a candidate has no party: "Ind", "No description"."""
        found = self.find(name)
        return not name or "/" in name or (found is not None and found.code == INDEPENDENT)

    def resolve(self, wire: WireParty) -> Party:
        """Return the party that a document means; an unknown one keeps the wire's name.

        The id takes precedence over the name, which may be one of the party's descriptions on
        ballot papers. The abbreviation is used only without a name, because two parties may share
        it. The wire's `paId` is not used: it differs between elections, and between two feeds on
        the same night.
        """
        party = self._resolved.get(wire)
        if party is None:
            if len(self._resolved) > _MOST_CACHED:
                self._resolved.clear()
            party = self._resolved[wire] = self._resolve(wire)
        return party

    def _resolve(self, wire: WireParty) -> Party:
        found = {self._by_ec_id.get(one) for one in _folded_ec_ids(wire.ec_id or "")} - {None}
        if len(found) == 1 and (party := found.pop()) is not None:
            return party
        said = self._said.get(spelt(wire.name)) if self._said else None
        if said is not None:
            return self._by_code.get(said) or self._unknown(wire, said)
        if spelt(wire.name or wire.label) in self._shared:
            return self._unknown(wire)
        return self._by_description(wire.name or wire.abbreviation or "") or self._unknown(wire)

    def _unknown(self, wire: WireParty, code: str | None = None) -> Party:
        """Return a party in none of our tables, with the longest name that the wire gives."""
        name = wire.name or wire.label
        party = self.get(code or code_of_name(name))
        return replace(party, name=name, abbreviation=wire.label, known=code is not None)

    def _by_description(self, text: str) -> Party | None:
        if text not in self._described:
            if len(self._described) > _MOST_CACHED:
                self._described.clear()
            self._described[text] = self._by_whole_text(text) or self._by_parts(text)
        return self._described[text]

    def _by_whole_text(self, text: str) -> Party | None:
        party = self._by_name.get(spelt(text)) or self._by_name.get(without_candidate(text))
        if party is not None:
            return party
        longer = (self._by_name.get(form) for form in shorter_forms(text))
        return next((party for party in longer if party and party.is_in_many_places), None)

    def _by_parts(self, text: str) -> Party | None:
        """Return the party that is meant by a name in two languages or a name with a slogan.

        None where the parts mean two parties: "Independent (Conservative)". A slogan means none.
        """
        parts = [self._by_whole_text(part) for part in parts_of(text)]
        known = {party.code: party for party in parts if party is not None}
        if len(known) != 1 or parts[0] is None:
            return None
        no_slogan = is_translation(text) or speaks_of_independents(text)
        if None in parts and (no_slogan or not parts[0].is_in_many_places):
            return None
        return parts[0]

    def told(self, said: Mapping[str, str]) -> Parties:
        """Return these parties with the names that the desk has assigned (*said*).

        *said* maps names in the form of `spelt` to party codes. A name may be a party of its own,
        with the code that `code_of_name` returns.
        """
        if all(self._said.get(name) == code for name, code in said.items()):
            return self
        key = tuple(sorted(said.items()))
        if key not in self._told:
            self._told.clear()
            self._told[key] = Parties(self.rows, {**self._said, **said}, self._names, self._shared)
        return self._told[key]

    def named(self, names: Mapping[str, str]) -> Parties:
        """Return these parties with *names*, by code, for parties that only the wire knows.

        A code has no capitals, so "SOS Elmsea" would otherwise be shown as "Sos Elmsea".
        """
        if all(self._names.get(code) == name for code, name in names.items()):
            return self
        key = tuple(names.items())
        if key not in self._named:
            self._named.clear()
            self._named[key] = Parties(
                self.rows, self._said, {**self._names, **names}, self._shared
            )
        return self._named[key]

    def joined_by(self, strangers: Iterable[Party]) -> Parties:
        """Return these parties and those of *strangers* whose name is not taken."""
        free = tuple(party for party in strangers if self.find(party.name) is None)
        if free and free not in self._joined:
            self._joined.clear()
            self._joined[free] = Parties((*self.rows, *free), self._said, self._names, self._shared)
        return self._joined[free] if free else self

    def knowing(self, wires: Iterable[WireParty]) -> Parties:
        """Return these parties and the unknown ones among *wires*, found by abbreviation too.

        Results name a party by its abbreviation only, nominations by both. An abbreviation means
        the party that has it in *wires*, even if a party in our tables has the same one. If two
        parties in *wires* share it, it means no party.
        """
        wires = [wire for wire in wires if wire.name and wire.abbreviation]
        owners: dict[str, set[str]] = {}
        for wire in wires:
            owners.setdefault(spelt(wire.abbreviation or ""), set()).add(self.resolve(wire).code)
        strangers = {party.code: party for wire in wires if not (party := self.resolve(wire)).known}
        assigned = {self._said[name] for wire in wires if (name := spelt(wire.name)) in self._said}
        new = strangers.keys() | assigned
        named = {
            letters: owner
            for letters, (owner, *others) in owners.items()
            if not others and owner in new
        }
        names = {spelt(wire.name) for wire in wires}
        shared = frozenset(letters for letters, all_of in owners.items() if len(all_of) > 1) - names
        if not (strangers or shared):
            return self.told(named)
        key = tuple(strangers.values()), tuple(sorted(named.items())), shared
        if key not in self._wider:
            if len(self._wider) > _MOST_COMBINATIONS:
                self._wider.clear()
            self._wider[key] = self._including(key[0], named, shared)
        return self._wider[key]

    def _including(
        self, strangers: tuple[Party, ...], named: Mapping[str, str], shared: frozenset[str]
    ) -> Parties:
        short = Counter(spelt(party.abbreviation) for party in strangers)
        return Parties(
            [
                *self.rows,
                *(
                    party
                    if short[spelt(party.abbreviation)] == 1
                    and self.find(party.abbreviation) is None
                    else replace(party, abbreviation=party.name)
                    for party in strangers
                ),
            ],
            {**self._said, **named},
            self._names,
            shared,
        )


def code_of_name(name: str) -> str:
    """Return the code of a party in none of our tables; it is the same for all spellings."""
    return _WIRE_PREFIX + (spelt(name) or name)


def name_in_code(code: str) -> str:
    """Return the name that the code of a party in none of our tables has; other codes unchanged."""
    return code.removeprefix(_WIRE_PREFIX)


def letters_of(party: Party) -> tuple[str, ...]:
    """Return the letters that a party is shown by where it can be, its own abbreviation first."""
    if party.letters:
        return (party.letters,)
    return tuple(itertools.islice(possible_letters(party.name, party.abbreviation), 2))
