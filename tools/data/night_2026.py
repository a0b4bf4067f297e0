"""The councils of 7 May 2026: what each elected, from Democracy Club and Open Council Data.

Seats won are by party as elected. Where the whole council was elected they are the council; where
a part was, the rest is known from the composition after, in which the source counts all parties
but five together: there every other party's seats stand under Ind, but those won under its name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.election.parties import Parties, Party
from tools.data import night_2022, timetable, wards
from tools.data.council_dates import dated
from tools.data.councils import name_of
from tools.data.night import VACANT, CouncilNight, fit_the_eve
from tools.data.parties import PARTIES
from tools.data.sources import Row, Sources, number
from tools.data.timetable import Times, Told
from tools.data.writing import Cell

POLLING_DAY = date(2026, 5, 7)
_BEFORE, _AFTER = 2025, 2026
SNAPSHOT = "snapshot:2025-05-01"
"""Open Council Data's compositions of 2025 are of after that May's elections, of no exact day."""
SNAPSHOT_SOURCE = "open-council-data-2025"

IN_THE_SOURCE = {"Lab": "lab", "Con": "con", "LD": "ld", "Green": "green", "Reform": "ref"}
"""The parties that the compositions tell apart, by our code; the others are "other" in them."""
_OTHERS = "Ind"

_MOST_OF_A_THIRD, _MOST_OF_A_PART = 0.4, 0.75
"""Shares of a council's seats: what is up is a third (with by-elections), a half, or all."""

_SAME_WARDS = 0.5
_TOLD_APART = (
    "the snapshot counts it with others; as many as were elected under its name in May 2022"
)


class Night:
    """Every council of the night, composed from the sources."""

    def __init__(self, sources: Sources, last: wards.Wards) -> None:
        self.sources = sources
        self._last = last
        """The wards of the last recorded night."""

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """The parties of the council tables: those that won, in the order of their seats."""
        won = sum((council.won_by for council in self.councils.values()), Counter[str]())
        named = [party for party, _ in won.most_common() if party != _OTHERS]
        return (*named, _OTHERS, VACANT)

    @property
    def wire_names(self) -> dict[str, str]:
        """Names as PA printed them in 2022, where they are not our own."""
        return self._last.night.wire_names

    @cached_property
    def councils(self) -> dict[str, CouncilNight]:
        """The councils by their code."""
        won = self.sources.won_2026
        councils = [self._council(name, rows) for name, rows in won.items()]
        return {council.code: council for council in sorted(councils, key=lambda one: one.code)}

    def _council(self, name: str, rows: list[Row]) -> CouncilNight:
        code = self.sources.code_called(name)
        after = self.sources.recent_history[code, _AFTER]
        before = self.sources.recent_history.get((code, _BEFORE))
        size, up = number(after["total"]), number(rows[0]["seats_up"])
        proportion = _proportion(up, size)
        whole = proportion == "all"
        council = CouncilNight(
            code=code,
            size=size,
            seats_up=size if whole else up,
            is_new=before is None,
            proportion=proportion,
            counted_from="" if before is None else SNAPSHOT,
            counted_from_source="" if before is None else SNAPSHOT_SOURCE,
            standing=tuple(dict.fromkeys(map(_code_of, rows))),
        )
        for row in rows:
            council.won_by[_code_of(row)] += number(row["seats_won"])
        if whole:
            council.won = Counter(council.won_by)
            council.now = Counter(council.won_by)
            council.now[VACANT] = size - up
        else:
            council.won = _grouped(council.won_by)
            council.now = _composition(after)
            if any(council.now[party] < seats for party, seats in council.won.items()):
                raise ValueError(f"{code}: a party won more tonight than it has after")
        if before is not None:
            council.boundary_change = whole and number(before["total"]) != size
            self._eve(council, _composition(before))
        return council

    def _eve(self, council: CouncilNight, before: Counter[str]) -> None:
        """Fill in who sat before and what they defended."""
        council.held = before
        if council.proportion == "all":
            self._tell_apart(council)
            council.offered = Counter(council.held)
            return
        groups = (*IN_THE_SOURCE, _OTHERS)
        fit_the_eve(council, groups, self._last_time(council.code))
        council.offered = Counter(
            {p: council.held[p] - council.now[p] + council.won[p] for p in groups}
        )

    def _tell_apart(self, council: CouncilNight) -> None:
        """Take local parties out of the snapshot's others, where the last election had them.

        That is, where the whole council was elected then and the party won seats tonight too.
        """
        last = self._last.night.councils.get(council.code)
        if last is None or last.proportion != "all":
            return
        for party, seats in self._elected_last[council.code].items():
            if party in council.won_by and party not in (*IN_THE_SOURCE, _OTHERS):
                seats = min(seats, council.held[_OTHERS])
                council.adjust(_OTHERS, "seats_held", council.held[_OTHERS] - seats, _TOLD_APART)
                council.adjust(party, "seats_held", seats, _TOLD_APART)
                if 2 * seats > council.held.total():
                    size = council.held.total()
                    council.cited_sitting = (party, "election-2022", f"{seats} of {size} elected")

    @cached_property
    def _elected_last(self) -> dict[str, Counter[str]]:
        """Who was elected on the last recorded night, by council and party."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for ward in self._last.all:
            for candidate in ward.candidates:
                if candidate["Elected"] == "1":
                    found[ward.code][wards.party_of(candidate)] += 1
        return dict(found)

    def _last_time(self, code: str) -> Counter[str]:
        """Return who won the seats up tonight four years ago, if the wards are the same."""
        last = self._last.night.councils.get(code)
        names = {_plain(ward.name) for ward in self._last.all if ward.code == code}
        tonight = {_plain(ward.name) for ward in self.wards if ward.code == code}
        same = len(names & tonight) >= _SAME_WARDS * len(tonight)
        if last is None or last.proportion == "all" or not same:
            return Counter()
        return _grouped(last.won)

    @cached_property
    def wards(self) -> list[Ward]:
        """Every ward, numbered from 1, by council and name."""
        rows = [(self.sources.code_called(row["council"]), row) for row in self.sources.wards_2026]
        rows.sort(key=lambda pair: (pair[0], pair[1]["ward"]))
        return [
            Ward(place, code, row["ballot_id"], row["ward"], number(row["seats"]))
            for place, (code, row) in enumerate(rows, start=1)
        ]

    @cached_property
    def won_by_one(self) -> dict[str, str]:
        """The party that won every seat of a council that was up, by council.

        Who won a ward follows there, and nowhere else: no source has it.
        """
        return {
            code: party
            for code, council in self.councils.items()
            for party, seats in council.won_by.items()
            if seats == council.won_by.total()
        }


@dataclass(frozen=True)
class Ward:
    """A ward of the night: its number, its council's code, its ballot and seats."""

    id: int
    code: str
    ballot_id: str
    name: str
    seats: int
    status: str = "contested"


_PARTIES = Parties(
    Party(one.code, one.name, one.abbreviation, full_name=one.full_name, aliases=one.aliases)
    for one in PARTIES
)


def _code_of(row: Row) -> str:
    """Return our code of a row's party, Ind for one that our table does not list.

    Raises `ValueError` if that party won a seat.
    """
    party = _PARTIES.find(row["party"])
    if party is None and number(row["seats_won"]):
        raise ValueError(f"{row['party']} won in {row['council']} and is in no table of parties")
    return party.code if party else _OTHERS


def _proportion(up: int, size: int) -> str:
    share = up / size
    if share > _MOST_OF_A_PART:
        return "all"
    return "half" if share > _MOST_OF_A_THIRD else "third"


def _composition(row: Row) -> Counter[str]:
    """Return the seats of a row of the history by our codes."""
    seats = Counter({code: number(row[column]) for code, column in IN_THE_SOURCE.items()})
    seats[_OTHERS] = number(row["total"]) - seats.total()
    return seats


def _grouped(seats: Mapping[str, int]) -> Counter[str]:
    """Return seats by the parties that the compositions tell apart."""
    found: Counter[str] = Counter()
    for party, won in seats.items():
        found[party if party in IN_THE_SOURCE else _OTHERS] += won
    return found


def _plain(name: str) -> str:
    return wards.slug(name).replace("-and-", "-")


def night_rows() -> list[dict[str, Cell]]:
    """Return the night itself."""
    return [
        {
            "night": POLLING_DAY.isoformat(),
            "name": "Local elections, 7 May 2026",
            "polls_open": timetable.text(timetable.at(POLLING_DAY, 7)),
            "polls_close": timetable.text(timetable.at(POLLING_DAY, 22)),
            "wire": "array",
            "source_note": "136 councils of England",
        }
    ]


def ward_rows(night: Night) -> list[dict[str, Cell]]:
    """Return the rows of the wards' table."""
    return [
        {
            "ward_id": ward.id,
            "ballot_id": ward.ballot_id,
            "code": ward.code,
            "name": ward.name,
            "seats_up": ward.seats,
            "status": ward.status,
        }
        for ward in night.wards
    ]


def candidate_rows(night: Night) -> list[dict[str, Cell]]:
    """Return the winners of wards where they follow; no source names the people."""
    return [
        {
            "ward_id": ward.id,
            "name": f"Name not recorded ({place})",
            "party": (party := night.won_by_one[ward.code]),
            "party_name": wards.FULL_NAMES[party],
            "elected": True,
        }
        for ward in night.wards
        if ward.code in night.won_by_one
        for place in range(1, ward.seats + 1)
    ]


def result_times(night: Night, last: Mapping[str, Told]) -> dict[str, Told]:
    """Return when each council declares: as long after the day began as on the last night.

    *last* are the times of that night. Councils that did not vote then count by day.
    """
    midnight = timetable.at(night_2022.POLLING_DAY, 0)
    why = "no source has it; at the hour of May 2022"
    times = {
        code: (timetable.at(POLLING_DAY, 0) + (last[code][0] - midnight), "modelled", why)
        for code in night.councils
        if code in last
    }
    registry = dated(night.sources.registry)
    untimed = sorted(night.councils.keys() - times.keys(), key=lambda c: name_of(registry[c]))
    return times | timetable.daytime(POLLING_DAY, untimed)


def timetable_rows(night: Night, last: Mapping[str, Told]) -> list[dict[str, Cell]]:
    """Return the script of the replay in the order of time."""

    def times(_: str, contested: list[Ward], result: object) -> Times:
        return timetable.before(POLLING_DAY, contested, result)

    declared = [ward for ward in night.wards if ward.code in night.won_by_one]
    return timetable.script_rows(POLLING_DAY, result_times(night, last), declared, times)
