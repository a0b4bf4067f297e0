"""Which ward a report means, by its GSS code, its name and its ballot's id."""

from __future__ import annotations

import difflib
import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.election.almanac import NightAlmanac, WardSeat
from bot.election.ballots import Ballot
from bot.election.parties import folded
from bot.election.reports import SourceKind, WardReport, WinnerStatement

_ALIKE = 0.8
"""The similarity from which two names with one code count as spellings of the same name."""


@dataclass(frozen=True, slots=True)
class Place:
    """The ward that a report means. `key` is the same for all sources; `known` is from our table.

    `doubt` is a sentence for the desk where the code and the name mean different wards; the place
    is then the one with the name.
    """

    key: str
    known: WardSeat | None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How a source identifies a ward in a report."""

    kind: SourceKind
    gss: str | None
    name: str
    ballot: str | None = None

    @classmethod
    def by(cls, kind: SourceKind, report: WardReport) -> Told:
        """Return how a report identifies its ward."""
        return cls(kind, report.gss, report.area, report.ballot_id)


class Places:
    """The wards of one council on one night."""

    def __init__(self, council: str, night: NightAlmanac, told: Iterable[Told] = ()) -> None:
        """Take a council's wards from our table, or without one from what its reports *told*."""
        self.wards = tuple(night.wards.get(council, ()))
        # Looked up once, because reports are placed often and hashing all wards is slow.
        self._indexed = _index(self.wards) if self.wards else ({}, {}, {})
        self._council = council
        self._night = night
        self._seen: defaultdict[str, set[tuple[SourceKind, str, str]]] = defaultdict(set)
        self._names: dict[str, str] = {}
        if self.wards:
            return
        for one in told:
            self._names.setdefault(folded(one.name), one.name)
            if code := _code(one.gss):
                self._seen[code].add((one.kind, folded(one.name), one.ballot or ""))

    def of(self, gss: str | None, name: str | None, ballot: str | None = None) -> Place | None:
        """Return the ward that a name and a code mean, or None if our table has no such ward.

        Without a table, every code or name is a ward. There is a `doubt` if the name, the code and
        the *ballot*'s id do not all mean the same ward.
        """
        code, folded_name = _code(gss), folded(name or "")
        return (
            self._in_table(code, folded_name, name or "", ballot)
            if self.wards
            else self._without_table(code, folded_name)
        )

    def nearest(self, name: str | None) -> list[WardSeat]:
        """Return up to three of our wards with names close to *name*, to suggest to the desk."""
        names = {folded(ward.name): ward for ward in self.wards}
        near = difflib.get_close_matches(folded(name or ""), names, n=3, cutoff=0.5)
        return [names[one] for one in near]

    def _in_table(self, code: str, folded_name: str, name: str, ballot: str | None) -> Place | None:
        by_code, by_name, by_key = self._indexed
        coded, named, keyed = by_code.get(code), by_name.get(folded_name), by_key.get(ballot or "")
        found = named or keyed or coded
        if found is None:
            return None
        means = f"its {'name' if named else 'id'} that of {found.name}"
        other = next((one for one in (coded, keyed) if one is not None and one is not found), None)
        if other is not None:
            what = "code" if other is coded else "id"
            return Place(found.key, found, f"its {what} is that of {other.name}, {means}")
        if coded is None and code and self._is_of_another_council(code):
            return Place(found.key, found, f"its code is that of another council's ward, {means}")
        if (
            named is None
            and keyed is None
            and folded_name
            and not alike(folded_name, folded(found.name))
        ):
            said = f"its code is that of {found.name}, and our table has no ward {name}"
            return Place(found.key, found, said)
        # A ballot's id alone, without a known code or name, is not enough.
        return None if named is None and coded is None else Place(found.key, found)

    def _is_of_another_council(self, code: str) -> bool:
        return _councils_by_code(_ByIdentity(self._night.wards)).get(code, self._council) != (
            self._council
        )

    def _without_table(self, code: str, folded_name: str) -> Place | None:
        if not code:
            codes = [one for one in self._seen if folded_name in self._names_of(one)]
            unambiguous = len(codes) == 1 and self._conflicting_names(codes[0]) is None
            key = codes[0] if unambiguous else folded_name
            return Place(key, None) if key else None
        if not folded_name:
            return Place(code, None)
        if (others := self._conflicting_names(code)) is not None:
            names = sorted(self._names[one] for one in others)
            return Place(folded_name, None, f"its code is given to {' and to '.join(names)}")
        codes = sorted(one for one in self._seen if folded_name in self._names_of(one))
        if len(codes) > 1:
            return Place(folded_name, None, f"two codes are given to it: {' and '.join(codes)}")
        return Place(code, None)

    def _names_of(self, code: str) -> set[str]:
        return {name for _, name, _ in self._seen[code]}

    def _conflicting_names(self, code: str) -> set[str] | None:
        """Return the names given to a code if they mean several wards, else None.

        Two sources may spell a ward's name differently; one source does not in two ballots.
        """
        names = self._names_of(code)
        if len(names) < 2:
            return None
        ballots = defaultdict(set)
        for kind, name, ballot in self._seen[code]:
            ballots[kind].add((ballot, name))
        twice = any(
            len({ballot for ballot, _ in told}) > 1 and len({name for _, name in told}) > 1
            for told in ballots.values()
        )
        first, *rest = sorted(names)
        return names if twice or not all(alike(first, one) for one in rest) else None


def listed(gss: str | None, name: str, wards: Sequence[WardSeat]) -> WardSeat | None:
    """Return the ward of a table with a name, else the one with a code, else None."""
    by_code, by_name, _ = _index(tuple(wards))
    return by_name.get(folded(name)) or by_code.get(_code(gss))


def listed_by_election(
    council: str, report: WardReport | WinnerStatement, night: NightAlmanac
) -> Ballot | None:
    """Return a by-election of the night's table: by its id, else by name, else by code."""
    known = night.by_elections.get(report.ballot_id) if isinstance(report, WardReport) else None
    if known is not None and known.council == council:
        return known
    ours = [one for one in night.by_elections.values() if one.council == council]
    name = folded(report.area or "")
    named = next((one for one in ours if folded(one.area) == name), None)
    return named or next((one for one in ours if report.gss and one.gss == report.gss), None)


def seats_listed(
    statement: WinnerStatement, place: Place | None, council: str, night: NightAlmanac
) -> int | None:
    """Return how many seats our tables say are filled where a statement names a winner."""
    if statement.by_election:
        known = listed_by_election(council, statement, night)
        return known.seats if known else None
    return place.known.seats if place and place.known else None


def by_election_names(
    reports: Iterable[tuple[int, WardReport]], council: str, night: NightAlmanac
) -> dict[int, str]:
    """Return a name of the ward of each by-election's report by its id, which no later one changes.

    It is the same for all sources, so that their reports can be compared: the one in the night's
    table, or without one the first that came with the ward's code.
    """
    found: dict[int, str] = {}
    by_code: dict[str, str] = {}
    for number, ward in sorted(reports, key=lambda report: report[0]):
        if ward.by_election:
            known = listed_by_election(council, ward, night)
            name = folded(known.area if known else ward.area)
            found[number] = by_code.setdefault(ward.gss, name) if ward.gss else name
    return found


def alike(one: str, other: str) -> bool:
    """Whether two folded names may be spellings of the same place."""
    words, others = set(one.split()), set(other.split())
    near = difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE
    return near or words <= others or others <= words


def _code(gss: str | None) -> str:
    return (gss or "").removeprefix("gss:").strip()


@functools.lru_cache(maxsize=512)
def _index(
    wards: tuple[WardSeat, ...],
) -> tuple[Mapping[str, WardSeat], Mapping[str, WardSeat], Mapping[str, WardSeat]]:
    """Return wards by code, by folded name if it is unique, and by key."""
    names = Counter(folded(ward.name) for ward in wards)
    return (
        {ward.gss: ward for ward in wards if ward.gss},
        {folded(ward.name): ward for ward in wards if names[folded(ward.name)] == 1},
        {ward.key: ward for ward in wards},
    )


class _ByIdentity:
    """A mapping as a cache key, compared by identity: a night's wards never change in place."""

    def __init__(self, wards: Mapping[str, Sequence[WardSeat]]) -> None:
        self.wards = wards

    def __hash__(self) -> int:
        return id(self.wards)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.wards is self.wards


@functools.lru_cache(maxsize=8)
def _councils_by_code(night: _ByIdentity) -> Mapping[str, str]:
    return {ward.gss: council for council, of in night.wards.items() for ward in of if ward.gss}
