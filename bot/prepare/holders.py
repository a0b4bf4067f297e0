"""Who holds a council's seats, worked out from the results of earlier ballots, ward by ward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from bot.election.almanac import Almanac
from bot.election.history import ordinary_day
from bot.election.parties import Parties, folded
from bot.election.reports import WardReport
from bot.election.seats import Composition
from bot.prepare.told import KnownBallot

TERM = 4
"""Years for which a councillor is elected where a council is elected by parts.

Source: Local Government Act 1972, section 7.
"""


@dataclass(frozen=True, slots=True)
class _Seat:
    """A seat by its last ordinary election; `party` is None where nobody can say who holds it."""

    elected_on: date
    votes: float
    party: str | None


@dataclass(frozen=True, slots=True)
class ByElectionHeld:
    """A by-election before the night; `lost` is None where nobody can say who held the seat."""

    on: date
    area: str
    lost: str | None
    won: str


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds the seats of one council, from the ballots that were given.

    `before` is the whole council, None unless every seat is accounted for. `offered` are the seats
    that are up, None unless each is known. `doubts` are sentences on what is not.
    """

    before: Composition | None = None
    offered: Composition | None = None
    seats: int = 0
    last: date | None = None
    by_elections: tuple[ByElectionHeld, ...] = ()
    sitting: dict[str, str] = field(default_factory=dict)
    """Who holds the seats of tonight's by-elections, by the ballot's id."""
    doubts: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    """Wards where seats should be up and no ballot of tonight is known."""

    def held_since(self, day: date) -> list[ByElectionHeld]:
        """Return the by-elections after *day* and before the night."""
        return [one for one in self.by_elections if one.on > day]


def holders_of(
    tonight: Iterable[WardReport], earlier: Iterable[WardReport], parties: Parties, size: int | None
) -> Holders:
    """Return who holds a council's seats, of which those in *tonight*'s ballots are up.

    *earlier* are the council's ballots before tonight. *size* tells whether they are all there.
    """
    tonight, earlier = list(tonight), list(earlier)
    codes = {folded(one.area): one.gss for one in (*earlier, *tonight) if one.gss}

    def place(ballot: WardReport) -> str:
        # The code changes with a ward's boundaries; not every source has it.
        return ballot.gss or codes.get(folded(ballot.area)) or folded(ballot.area)

    ballots: defaultdict[str, list[WardReport]] = defaultdict(list)
    for ballot in earlier:
        if not (ballot.cancelled or ballot.replaced_by) and ballot.seats:
            ballots[place(ballot)].append(ballot)
    # By-elections change no number, so the first look tells whether every seat is there.
    accounted = sum(
        len(_Ward.after(found, parties, whole=True).seats) for found in ballots.values()
    )
    is_whole = accounted == size and not _election_missing(tonight, ballots.values(), parties)
    wards = {where: _Ward.after(found, parties, whole=is_whole) for where, found in ballots.items()}
    seats = {where: list(ward.seats) for where, ward in wards.items()}
    every = [seat.party for left in seats.values() for seat in left]
    up: list[str] = []
    doubts: list[str] = []
    sitting: dict[str, str] = {}
    for ballot in sorted(tonight, key=lambda one: one.by_election):
        left = seats.get(place(ballot), [])
        taken = _vacated(left, ballot.seats) if ballot.by_election else _due(left, ballot, is_whole)
        known = [seat.party for seat in taken or () if seat.party is not None]
        if taken is None or len(known) < ballot.seats:
            doubts.append(f"who holds the seats that are up in {ballot.area}")
            continue
        up += known
        if ballot.by_election and len(set(known)) == 1:
            sitting[ballot.ballot_id] = known[0]
        seats[place(ballot)] = [one for one in left if all(one is not each for each in taken)]
    voting = set(map(place, tonight))
    year = max((one.night.year for one in tonight), default=0)
    overdue = [
        ballots[where][0].area
        for where, left in seats.items()
        if where not in voting and any(year - one.elected_on.year >= TERM for one in left)
    ]
    return Holders(
        before=_composition(every) if is_whole else None,
        offered=None if doubts or not up else _composition(up),
        seats=len(every),
        last=max((one.night for one in earlier), default=None),
        by_elections=tuple(held for ward in wards.values() for held in ward.by_elections),
        sitting=sitting,
        doubts=tuple(doubts),
        overdue=tuple(sorted(overdue)) if is_whole else (),
    )


def _election_missing(
    tonight: Iterable[WardReport], wards: Iterable[Iterable[WardReport]], parties: Parties
) -> bool:
    """Return whether seats' terms ended at an election before tonight that was not given."""
    night = max((one.night for one in tonight), default=None)
    return night is not None and any(
        ordinary_day(seat.elected_on.year + TERM) < night
        for found in wards
        for seat in _Ward.after(found, parties, whole=True).seats
    )


def _composition(parties: Iterable[str | None]) -> Composition | None:
    """Return how many seats each party has, None unless that is known of every seat."""
    known = list(parties)
    return None if None in known else Composition((party, 1) for party in known if party)


@dataclass(frozen=True, slots=True)
class _Ward:
    """A ward's seats, those that are due first before the others, and its by-elections."""

    seats: tuple[_Seat, ...]
    by_elections: tuple[ByElectionHeld, ...]

    @classmethod
    def after(cls, ballots: Iterable[WardReport], parties: Parties, *, whole: bool) -> _Ward:
        """Return a ward after its *ballots*.

        An ordinary ballot fills the seats whose term ends. Where the whole ward was elected at
        once, those with the fewest votes are due first (section 7). Whose seat a by-election filled
        is not known unless all of the ward's are of one party, and all are there (*whole*).
        """
        seats: list[_Seat] = []
        held: list[ByElectionHeld] = []
        for ballot in sorted(ballots, key=lambda one: (one.night, one.by_election)):
            won = sorted(_won(ballot, parties), key=lambda one: one.votes)
            if not ballot.by_election or ballot.replaces:  # a poll that was put off
                seats = [*_kept(seats, ballot), *won]
                continue
            for new in won:
                holders = {one.party for one in seats}
                lost = next(iter(holders)) if whole and len(holders) == 1 else None
                if new.party is not None:
                    held.append(ByElectionHeld(ballot.night, ballot.area, lost, new.party))
                if whole and len(seats) == 1:
                    seats = [_Seat(seats[0].elected_on, seats[0].votes, new.party)]
                elif holders != {new.party}:
                    seats = [_Seat(one.elected_on, one.votes, None) for one in seats]
        return cls(tuple(seats), tuple(held))


def _kept(seats: list[_Seat], ballot: WardReport) -> list[_Seat]:
    """Return the seats of a ward that are not up in an ordinary ballot."""
    left = [one for one in seats if ballot.night.year - one.elected_on.year < TERM]
    if 1 < len(seats) <= ballot.seats:
        return []
    together = sum(one.elected_on == left[0].elected_on for one in left)
    if len(left) == len(seats) and together > max(1, ballot.seats):
        return left[ballot.seats :]
    return left


def _won(ballot: WardReport, parties: Parties) -> Iterator[_Seat]:
    """Yield the seats that a ballot filled; without its winners nobody can say who holds them."""
    winners = ballot.winners
    if ballot.uncontested and not winners:
        winners = ballot.candidates
    for number in range(ballot.seats):
        if len(winners) != ballot.seats:
            yield _Seat(ballot.night, 0, None)
            continue
        winner = winners[number]
        party = parties.resolve(winner.party).code if winner.party else None
        yield _Seat(ballot.night, winner.first_preferences or 0, party)


def _due(seats: list[_Seat], ballot: WardReport, is_whole: bool) -> list[_Seat] | None:
    """Return the seats of a ward that are up in an ordinary ballot, None where that is not known.

    They are all of the ward's, or those whose term ends; failing that, those elected first, if
    *is_whole* says that no election of the council is missing.
    """
    if len(seats) <= ballot.seats:
        return seats if len(seats) == ballot.seats else None
    old = [one for one in seats if ballot.night.year - one.elected_on.year >= TERM]
    if len(old) == ballot.seats:
        return old
    if len({one.party for one in seats}) == 1:
        return seats[: ballot.seats]
    if not old and is_whole and _votes_tell(seats, ballot.seats):
        return seats[: ballot.seats]
    return None


def _votes_tell(seats: list[_Seat], number: int) -> bool:
    """Return whether votes or dates, or the party, part the first *number* seats from the rest."""
    last, after = seats[number - 1], seats[number]
    differ = last.elected_on != after.elected_on or last.votes != after.votes
    return differ or last.party == after.party


def _vacated(seats: list[_Seat], number: int) -> list[_Seat] | None:
    """Return the seats that a by-election fills: known where all that are left are of one party."""
    if len(seats) < number or len({one.party for one in seats}) > 1:
        return None
    return seats[:number]


def by_council(
    ballots: Iterable[KnownBallot], night: date, almanac: Almanac
) -> dict[str, list[WardReport]]:
    """Return the wards' ballots of before a *night* by the council's code."""
    found: defaultdict[str, list[WardReport]] = defaultdict(list)
    for one in ballots:
        if (ward := one.ward) is not None and ward.night < night:
            council = almanac.councils.resolve(ward.council.name, ward.night)
            found[council.code].append(ward)
    return dict(found)
