"""A night of invented councils, and the truth about it that its documents are made from.

Nothing of it stands in the product's tables but the names of some councils. Of each council the
seats after the night are drawn first; the eve follows from them, so that everything adds up.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

NIGHT = date(2018, 5, 3)
"""A Thursday that no table of the product knows."""

VACANT = "Vac"


@dataclass(frozen=True)
class PartyNames:
    """What one party is called: `code` is what the product calls it."""

    code: str
    name: str
    abbreviation: str
    ec_id: str | None
    other_name: str


PARTIES = {
    party.code: party
    for party in (
        PartyNames("Lab", "Labour", "Lab", "PP53", "Labour Party"),
        PartyNames("Con", "Conservative", "C", "PP52", "Conservative and Unionist Party"),
        PartyNames("LD", "Liberal Democrat", "LD", "PP90", "Liberal Democrats"),
        PartyNames("Green", "Green", "Green", "PP63", "Green Party"),
        PartyNames(
            "UKIP", "UK Independence Party", "UKIP", "PP85", "United Kingdom Independence Party"
        ),
        PartyNames("Ind", "Independent/Other", "Ind", "ynmp-party:2", "Independent"),
        PartyNames("wire:wessex first", "Wessex First", "WF", "PP99991", "Wessex First"),
        PartyNames(
            "wire:save our station", "Save Our Station", "SOS", "PP99992", "Save Our Station"
        ),
        PartyNames(VACANT, "Vacant", "Vacant", None, "Vacant"),
    )
}
_LEADERS = ("Lab", "Con", "LD", "wire:wessex first")
_WINNERS = ("Lab", "Con", "LD", "Green", "UKIP", "Ind", "wire:save our station")
_WARDS = ("Abbey", "Beacon", "Castle", "Dene", "East Field", "Ferry", "Grange", "Harbour & Quay")
_INVENTED = (
    "Aldermoor",
    "Brackwater",
    "Cold Ashby",
    "Dunholme",
    "Elmsea",
    "Farrowdale",
    "Grimsdyke",
)

REAL = (
    "Adur", "Amber Valley", "Barnsley", "Basildon", "Basingstoke & Deane", "Birmingham", "Bolton",
    "Bradford", "Brentwood", "Broxbourne", "Burnley", "Bury", "Calderdale", "Cambridge",
    "Cannock Chase", "Castle Point", "Cheltenham", "Cherwell", "Chorley", "Colchester", "Coventry",
    "Crawley", "Derby", "Doncaster", "Dudley", "Eastleigh", "Elmbridge", "Epping Forest", "Exeter",
    "Fareham", "Gateshead", "Gloucester", "Gosport", "Halton", "Harlow", "Hart", "Hartlepool",
    "Hastings", "Havant", "Huntingdonshire", "Hyndburn", "Ipswich", "Kingston-upon-Hull",
    "Kirklees", "Knowsley", "Leeds", "Lincoln", "Liverpool", "Maidstone", "Manchester",
    "Milton Keynes", "Mole Valley", "Newcastle-under-Lyme", "North East Lincolnshire", "Norwich",
    "Nuneaton and Bedworth", "Oldham", "Oxford", "Pendle", "Peterborough", "Plymouth",
    "Portsmouth", "Preston", "Reading", "Redditch", "Reigate and Banstead", "Rochdale",
    "Rossendale", "Rotherham", "Rugby", "Runnymede", "Rushmoor", "Salford", "Sandwell", "Sefton",
    "Sheffield", "Slough", "Solihull", "South Tyneside", "Southampton", "Southend-on-Sea",
    "St Albans", "St. Helens", "Stevenage", "Stockport",
    "Sunderland", "Swindon", "Tameside", "Tamworth",
    "Tandridge", "Test Valley", "Three Rivers", "Thurrock", "Trafford", "Tunbridge Wells",
    "Wakefield", "Walsall", "Watford", "Welwyn Hatfield", "West Lancashire", "West Oxfordshire",
)  # fmt: skip


@dataclass(frozen=True)
class Ward:
    """A ward and the parties of its winners; a cancelled one has none and leaves seats empty."""

    name: str
    gss: str
    seats: int
    winners: tuple[str, ...]

    @property
    def cancelled(self) -> bool:
        return not self.winners


@dataclass(frozen=True)
class TrueCouncil:
    """What is true of a council: seats by party on the eve, up, won and after.

    `held` and `offered` are empty in a new council. `stated_changes` are what the wire gives, which
    may count from another day than the nominations do.
    """

    name: str
    all_up: bool
    held: Mapping[str, int]
    offered: Mapping[str, int]
    won: Mapping[str, int]
    now: Mapping[str, int]
    stated_changes: Mapping[str, int]
    wards: tuple[Ward, ...] = ()
    new: bool = False
    moved: bool = False

    @property
    def size(self) -> int:
        return sum(self.now.values())

    @property
    def winner(self) -> str | None:
        return majority(self.now)

    @property
    def sitting(self) -> str | None:
        return majority(self.held)

    @property
    def word(self) -> str:
        """The wire's word for the outcome."""
        if self.winner == self.sitting:
            return "no change"
        return "gain" if self.winner else "lose to NOC"

    @property
    def told_by_wards(self) -> bool:
        """Whether wards alone can tell the council: its size has to be that of nominations."""
        return not (self.new or self.moved)

    def with_seats_moved(self, number: int) -> TrueCouncil:
        """Return the council as it would be had the largest winner won *number* seats fewer."""
        loser = max(self.won, key=lambda party: self.won[party])
        taker = next(party for party in _WINNERS if party != loser)
        shift = Counter({taker: number, loser: -number})
        return replace(
            self,
            won=plus(self.won, shift),
            now=plus(self.now, shift),
            stated_changes=signed_plus(self.stated_changes, shift),
        )


def majority(seats: Mapping[str, int]) -> str | None:
    """Return who has more than half of all seats."""
    total = sum(seats.values())
    return next((p for p, n in seats.items() if p != VACANT and 2 * n > total), None)


def hangs_on_vacancies(seats: Mapping[str, int]) -> bool:
    """Whether counting only filled seats gives another answer."""
    return majority(seats) != majority({p: n for p, n in seats.items() if p != VACANT})


def plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return the sum by party, those with nothing left out."""
    return {party: n for party, n in signed_plus(one, other).items() if n > 0}


def signed_plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return the sum by party, zeros left out."""
    sums = {party: one.get(party, 0) + other.get(party, 0) for party in {**one, **other}}
    return {party: n for party, n in sums.items() if n}


def minus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return the difference by party, zeros left out."""
    return signed_plus(one, {party: -n for party, n in other.items()})


def night_of(number: int, seed: int) -> list[TrueCouncil]:
    """Return *number* councils: of ten one is exactly halved, one has moved boundaries, …"""
    rng = random.Random(seed)
    names = list(REAL)
    while len(names) < number:
        suffix = ("", " Vale", "-upon-Sea", " and Holme", " & Weald", " Forest", " Sands")
        names.append(_INVENTED[len(names) % 7] + suffix[(len(names) // 7) % 7])
    return [_council(rng, name, place % 10) for place, name in enumerate(names[:number])]


def _council(rng: random.Random, name: str, kind: int) -> TrueCouncil:
    while True:
        council = _drawn(rng, name, kind)
        if not (hangs_on_vacancies(council.now) or hangs_on_vacancies(council.held)):
            return council


def _drawn(rng: random.Random, name: str, kind: int) -> TrueCouncil:
    size = 2 * rng.randint(17, 32) + (0 if kind == 0 else rng.randint(0, 1))
    now = _shared(rng, size, leads=_leads(rng, size, kind), vacant=kind in (3, 7))
    new, moved = kind == 8, kind == 9
    all_up = new or moved or kind in (2, 3, 6)
    if all_up:
        won = {party: n for party, n in now.items() if party != VACANT}
        staying: Mapping[str, int] = {}
    else:
        sitting = [party for party, n in now.items() if party != VACANT for _ in range(n)]
        won = dict(Counter(rng.sample(sitting, size // 3)))
        staying = minus(now, won)
    up = size - sum(staying.values())
    offered = (
        {} if new else _shared(rng, up + (rng.choice((-3, 4)) if moved else 0), vacant=kind == 5)
    )
    held = plus(staying, offered)
    changes = {} if new else minus(now, held)
    if kind == 4:  # a by-election or a defection after nominations: the wire counts from the eve
        changes = signed_plus(changes, {"Lab": 1, "Ind": -1})
    return TrueCouncil(
        name=name,
        all_up=all_up,
        held=held,
        offered=offered,
        won=won,
        now=now,
        stated_changes=changes,
        wards=tuple(_wards(rng, name, won, up - sum(won.values()))),
        new=new,
        moved=moved,
    )


def _leads(rng: random.Random, size: int, kind: int) -> int:
    """Return the seats of the largest party: exactly half, a majority or less than one."""
    if kind == 0:
        return size // 2
    return size // 2 + (rng.randint(1, 7) if rng.random() < 0.6 else -rng.randint(2, 6))


def _shared(
    rng: random.Random, seats: int, *, leads: int | None = None, vacant: bool = False
) -> dict[str, int]:
    """Return *seats* shared out at random, the first party with exactly *leads* of them."""
    shares = Counter({VACANT: 1} if vacant else {})
    leader = rng.choice(_LEADERS)
    shares[leader] = leads if leads is not None else rng.randint(seats // 4, 2 * seats // 3)
    others = [party for party in _WINNERS if party != leader]
    shares.update(rng.choices(others, weights=range(len(others), 0, -1), k=seats - shares.total()))
    return {party: n for party, n in shares.items() if n}


def _wards(rng: random.Random, name: str, won: Mapping[str, int], cancelled: int) -> Iterable[Ward]:
    winners = [party for party, n in won.items() for _ in range(n)]
    rng.shuffle(winners)
    code = abs(hash_of(name)) % 9000
    number = 0
    while winners:
        seats = min(rng.randint(1, 3), len(winners))
        chosen, winners = winners[:seats], winners[seats:]
        yield Ward(_ward_name(number), f"E05{code:04}{number:02}", seats, tuple(chosen))
        number += 1
    if cancelled:
        yield Ward(_ward_name(number), f"E05{code:04}{number:02}", cancelled, ())


def _ward_name(number: int) -> str:
    return (
        _WARDS[number % 8]
        + ("", " North", " South", " West", " Central")[number // 8 % 5]
        + (" Outer" if number >= 40 else "")
    )


def hash_of(text: str) -> int:
    """Return a number that is the same in every run."""
    return sum(ord(character) * 31**place for place, character in enumerate(text))
