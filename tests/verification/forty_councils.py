"""A night of 40 councils in 2027 that no table lists: the truth about it, drawn seat by seat.

`forty_sources` makes from it what Democracy Club, files of the eve and the desk's sheet say.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.prepare.pages import NIGHT
from tests.support.tables import shipped
from tests.verification.synthetic import VACANT, hangs_on_vacancies, majority

COUNCILS = 40
NAMES = {
    "Lab": ("Labour Party", "PP53"),
    "Con": ("Conservative and Unionist Party", "PP52"),
    "LD": ("Liberal Democrats", "PP90"),
    "Reform": ("Reform UK", "PP7931"),
    "Green": ("Green Party", "PP63"),
    "Ind": ("Independent", "ynmp-party:2"),
    "Lib": ("Liberal Party", "PP54"),
    "wire:wessex first": ("Wessex First", "PP99991"),
    "wire:harbour voice": ("Harbour Voice", "PP99992"),
    VACANT: ("Vacant", ""),
}
"""What documents call the parties; two of them no table knows."""
STRANGERS = ("Wessex First", "Harbour Voice")
_LEADING = ("Lab", "Con", "LD", "Reform", "Green", "wire:wessex first")
_SMALL = ("Ind", "Lib", "wire:harbour voice")
SPELT_OTHERWISE = {
    "King's Lynn and West Norfolk": "Kings Lynn & West Norfolk Borough Council",
    "Stoke-on-Trent": "Stoke on Trent City Council",
    "Aldermoor": "Aldermoor Borough Council",
    "Dunholme & Weald": "Dunholme and Weald",
    "Brackwater": "Brackwater  District Council",
}
"""How the sheets spell some councils."""
_INVENTED = (
    "Aldermoor", "Brackwater", "Cold Ashby", "Dunholme & Weald", "Elmsea", "Farrowdale",
    "Grimsdyke", "Holtbridge", "Inkerdale", "Jarrowmouth", "Kelverton", "Lundy Vale", "Mossgate",
    "Netherby", "Ottermere",
)  # fmt: skip
_REAL = (
    "King's Lynn and West Norfolk", "Stoke-on-Trent", "Bolton", "Bury", "Calderdale", "Cherwell",
    "Chorley", "Eastleigh", "Exeter", "Gateshead", "Hart", "Ipswich", "Knowsley", "Oldham",
    "Pendle", "Preston", "Rugby", "Stevenage", "Tamworth", "Watford", "Wigan",
)  # fmt: skip
_AS_IN_OUR_HISTORY = ("Ashford", "Gedling", "Dacorum", "Rushcliffe", "Mansfield", "Lewes")
_KINDS = (
    *(("thirds", told) for told in ("earlier",) * 3 + ("councillors",) * 4 + ("sheet",) * 3),
    *(("thirds", told) for told in ("compositions", "compositions", "nothing", "nothing")),
    *(("halves", told) for told in ("earlier", "councillors", "councillors", "sheet", "sheet")),
    ("halves", "nothing"),
    *(("all out", told) for told in ("history",) * 5 + ("councillors",) * 2 + ("sheet",) * 2),
    *(("all out", told) for told in ("compositions", "earlier", "size", "nothing")),
    *(("redrawn", told) for told in ("councillors", "sheet", "history")),
    ("new", "sheet"),
    ("new", "sheet"),
    *(("by", told) for told in ("councillors", "earlier")),
)
"""How each council is elected, and what tells of it on the eve."""


@dataclass(frozen=True)
class Ward:
    """A ward's seats by the parties that hold and win them.

    `up` are the holders of those whose term ends, `vacated` those who left seats that are filled
    too: by a ballot `apart`, or by the ordinary one. Nobody has `won` a poll that is put off.
    """

    name: str
    gss: str
    stays: tuple[str, ...] = ()
    up: tuple[str, ...] = ()
    vacated: tuple[str, ...] = ()
    apart: bool = False
    won: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    fate: str = ""

    @property
    def seats(self) -> int:
        return len(self.up) + (0 if self.apart else len(self.vacated))


@dataclass(frozen=True)
class Council:
    """A council: how it is elected, what tells of it on the eve, and the truth about its wards."""

    name: str
    cycle: str
    told: str
    wards: tuple[Ward, ...]
    old: Mapping[str, int] = field(default_factory=dict)
    """The seats on the eve where the wards do not make them: on other boundaries, or none."""

    @property
    def before(self) -> Mapping[str, int]:
        """The seats on the eve; one whose holder has left is vacant."""
        return self._eve(left=VACANT)

    @property
    def as_elected(self) -> Mapping[str, int]:
        """The same, with those who have left still sitting."""
        return self._eve(left="")

    def _eve(self, left: str) -> Mapping[str, int]:
        if self.cycle in ("redrawn", "new") or self.told == "history":
            return self.old
        return Counter(
            party
            for ward in self.wards
            for party in (*ward.stays, *ward.up, *(left or one for one in ward.vacated))
        )

    @property
    def now(self) -> Mapping[str, int]:
        seats: Counter[str] = Counter()
        for ward in self.wards:
            seats.update((*ward.stays, *ward.won, *ward.filled))
            if ward.fate == "put off":
                seats[VACANT] += ward.seats
        return seats

    @property
    def won(self) -> Mapping[str, int]:
        return Counter(one for ward in self.wards for one in (*ward.won, *ward.filled))

    @property
    def size(self) -> int:
        return sum(self.now.values())

    @property
    def votes(self) -> bool:
        return self.cycle != "by"

    @property
    def outcome(self) -> str:
        """What the night does to its control, in the product's words."""
        after = majority(self.now)
        if self.cycle == "new":
            return "first election"
        if self.told == "size":
            return "before not known"
        # Of a by-election those who left count as if they still sat.
        was = majority(self.as_elected if self.cycle == "by" else self.before)
        if was == after:
            return "hold" if after else "stays NOC"
        return ("gain" if was else "gain from NOC") if after else "loss to NOC"

    @property
    def is_told(self) -> bool:
        """Whether those who follow everything hear of it."""
        return self.outcome not in ("hold", "stays NOC")

    @property
    def in_the_sheet(self) -> bool:
        """Whether only the desk's sheet can declare it."""
        return self.told == "nothing"

    @property
    def spelt(self) -> str:
        return SPELT_OTHERWISE.get(self.name, self.name)


@dataclass(frozen=True)
class Mayor:
    """A mayor's post: its area, who is elected, and who won it before; "" where no source says."""

    area: str
    won: str
    sitting: str


@dataclass(frozen=True)
class Forty:
    """The night: what is true."""

    councils: tuple[Council, ...]
    mayors: tuple[Mayor, ...]

    @property
    def voting(self) -> tuple[Council, ...]:
        return tuple(one for one in self.councils if one.votes)


def night_of_forty(seed: int) -> Forty:
    """Return the night; the same for the same seed."""
    rng = random.Random(seed)
    invented, real, ours = list(_INVENTED), list(_REAL), list(_AS_IN_OUR_HISTORY)
    councils = []
    for cycle, told in _KINDS:
        # Our own history goes before earlier ballots, and knows nothing of what is made up here.
        pool = ours if told == "history" else real
        if told in ("earlier", "size", "nothing") or cycle == "new":
            pool = invented
        councils.append(_council(rng, pool.pop(0), cycle, told))
    mayors = [Mayor("Watford", "LD", "LD"), Mayor("Elmsea", "Reform", "Lab"),
              Mayor("Tees and Dunholme", "Con", "")]  # fmt: skip
    return Forty(tuple(councils), tuple(mayors))


def _council(rng: random.Random, name: str, cycle: str, told: str) -> Council:
    while True:
        council = _drawn(rng, name, cycle, told)
        if _is_clear(council):
            return council


def _is_clear(council: Council) -> bool:
    """Return whether it does not hang on vacant seats, or on who the independents are."""
    seats = (council.before, council.as_elected, council.now)
    if any(map(hangs_on_vacancies, seats)):
        return False
    if council.cycle != "by" and majority(council.before) != majority(council.as_elected):
        return False
    changes = majority(council.as_elected) != majority(council.now)
    if council.cycle == "by" and changes != (council.told == "councillors"):
        return False
    # Independents and local parties are taken together where they have more than half.
    local = sum(council.now.get(code, 0) for code in (*_SMALL, "wire:wessex first"))
    return (
        majority(council.now) is not None or 2 * (local + council.now.get(VACANT, 0)) < council.size
    )


def _drawn(rng: random.Random, name: str, cycle: str, told: str) -> Council:
    if told == "history":
        old = dict(_latest_of_our_history(name))
        size = sum(old.values()) + (rng.choice((-4, 3)) if cycle == "redrawn" else 0)
    else:
        old, size = {}, 3 * rng.randint(9, 19)
    before = _taste(rng)
    if told == "compositions":  # parties that its columns do not name are counted together
        before = [one for one in before if one not in (*_SMALL, "wire:wessex first")]
    after = before if rng.random() < 0.4 else _taste(rng)
    wards = []
    while (room := size - sum(len((*w.stays, *w.up, *w.vacated)) for w in wards)) > 0:
        wards.append(_ward(rng, len(wards), name, cycle, told, before, after, room))
    if cycle == "redrawn" and told != "history":
        old = Counter(_picks(rng, before, size + rng.choice((-3, 2, 5))))
    council = Council(name, cycle, told, tuple(wards), old)
    wards = [_fate(rng, ward, council) for ward in wards]
    if cycle == "by":
        filled = _picks(rng, _taste(rng), 1)
        wards[0] = replace(wards[0], stays=(), vacated=wards[0].stays, apart=True, filled=filled)
    return replace(council, wards=tuple(wards))


def _ward(
    rng: random.Random, number: int, name: str, cycle: str, told: str,
    before: Sequence[str], after: Sequence[str], room: int,
) -> Ward:  # fmt: skip
    code = sum(ord(letter) * (place + 7) for place, letter in enumerate(name)) % 9000
    ward = Ward(f"{('Abbey', 'Castle', 'Dene', 'Ferry')[number % 4]} {number}",
                f"E05{code:04}{number:02}")  # fmt: skip
    if cycle in ("thirds", "halves"):
        terms = min(3 if cycle == "thirds" else 2, room)
        holders = _picks(rng, before, terms)
        return replace(ward, up=holders[:1], stays=holders[1:], won=_picks(rng, after, 1))
    seats = min(rng.randint(1, 3), room)
    if cycle == "by":
        return replace(ward, stays=_picks(rng, before, 1 if number < 2 else seats))
    return replace(ward, up=_picks(rng, before, seats), won=_picks(rng, after, seats))


def _fate(rng: random.Random, ward: Ward, council: Council) -> Ward:
    """Let a poll be put off, a seat fall vacant, a ballot be replaced or have no contest."""
    chance = rng.random()
    if council.cycle == "by":
        return ward
    for below, fate in ((0.04, "put off"), (0.10, "uncontested"), (0.16, "replaced")):
        if chance < below:
            return replace(ward, fate=fate, won=() if fate == "put off" else ward.won)
    if not ward.stays or council.told not in ("councillors", "sheet") or chance > 0.37:
        return ward
    left, *stay = ward.stays
    if chance < 0.20:  # a vacancy that nobody fills
        return replace(ward, stays=(VACANT, *stay))
    filled = _picks(rng, _taste(rng), 1)
    empty = replace(ward, stays=tuple(stay), vacated=(left,))
    if chance < 0.27:  # a double vacancy, its by-election beside the ordinary ballot
        return replace(empty, apart=True, filled=filled)
    if chance < 0.34:  # or one ballot for both seats
        return replace(empty, won=ward.won + filled)
    stay += ward.up  # a by-election where no other seat is up
    return replace(empty, stays=tuple(stay), up=(), won=(), apart=True, filled=filled)


def _taste(rng: random.Random) -> Sequence[str]:
    first, second = rng.sample(_LEADING, 2)
    return (*(first,) * rng.randint(6, 16), *(second,) * 3, *_LEADING, *_SMALL)


def _picks(rng: random.Random, taste: Sequence[str], number: int) -> tuple[str, ...]:
    return tuple(rng.choices(taste, k=number))


def _latest_of_our_history(name: str) -> Mapping[str, int]:
    tables = shipped()
    code = tables.councils.resolve(name, NIGHT).code
    return tables.history[code][-1].seats
