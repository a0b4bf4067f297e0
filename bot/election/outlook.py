"""What is still possible in a council while its wards declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.election.cache import remembered
from bot.election.control import NOC, Control, majority_of
from bot.election.history import COLUMNS
from bot.election.parties import INDEPENDENT, VACANT
from bot.election.reports import Proportion
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding


@dataclass(frozen=True, slots=True)
class Needs:
    """A party's certain seats, how many more a majority needs, and whether it can win those."""

    party: str
    has: int
    needs: int
    possible: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is certain and what is open in a council before its result.

    `certain` holds the seats not up tonight, those won so far and those that stay vacant;
    `outstanding` is the number still to come. `secured` is the control that no ward still to come
    can change, None while it is open. That nobody will have control is not secured while a party
    could have more than half of the filled seats, or independents and local parties of all: people
    decide whether these have control.
    """

    total: int
    certain: Composition
    outstanding: int
    parties: tuple[Needs, ...]
    secured: Control | None
    wards_declared: int
    wards_total: int

    @property
    def wards_to_come(self) -> int:
        """The number of wards that have not declared."""
        return self.wards_total - self.wards_declared

    @property
    def majority(self) -> int:
        """The number of seats needed for a majority."""
        return majority_of(self.total)


@remembered(2_048)
def outlook(standing: CouncilStanding) -> Outlook | None:
    """Return what is still possible in a council, or None where too little is known.

    A party can win no more seats than it has candidates left. Seats of a cancelled poll are vacant
    and count towards the total.
    """
    total = standing.size
    not_up = _not_up_tonight(standing)
    if total is None or not_up is None:
        return None
    counting = [ward for ward in standing.wards if ward.counts_tonight]
    won = [item for ward in counting for item in ward.won.items()]
    vacant = sum(ward.vacant for ward in standing.wards)
    put_off = sum(bool(ward.vacant) for ward in standing.wards if not ward.counts_tonight)
    ballots = [ward for ward in counting if not ward.by_election]
    certain = Composition([*not_up.items(), *won, (VACANT, vacant)])
    outstanding = total - certain.total
    if outstanding < 0:
        return None
    won_so_far = Composition(won)
    # Without nominations the seats not up are our table's, whose bucket may hide a party's.
    hidden = 0 if standing.candidates else not_up.get(INDEPENDENT, 0)
    reach = {
        party: min(outstanding, _candidates_left(party, standing, won_so_far, outstanding))
        + (0 if party in not_up else hidden)
        for party in _contenders(standing, certain)
    }
    parties = tuple(
        _needs(party, has=certain.get(party, 0), majority=majority_of(total), within_reach=more)
        for party, more in reach.items()
    )
    up_still = outstanding
    if standing.seats_up is not None:
        up_still = min(outstanding, max(0, standing.seats_up - won_so_far.total - vacant))
    if standing.candidates:  # a seat for which nobody stands stays vacant
        up_still = min(up_still, sum(reach.values()))
    # By-elections for other seats may give these to anyone tonight.
    loose = sum(
        ward.seats for ward in standing.wards if ward.by_election and not ward.counts_tonight
    )
    # The size may count a vacant seat that the seats held leave out: it is never filled tonight.
    filled = total - certain.vacant - (outstanding - up_still)
    return Outlook(
        total=total,
        certain=certain,
        outstanding=outstanding,
        parties=parties,
        secured=_secured(
            parties,
            majority_of(total) + loose,
            newcomer=_newcomer_could_win(standing, total, outstanding + hidden)
            or _most_possible(standing, certain, reach, outstanding) + loose > filled // 2,
        ),
        wards_declared=sum(ward.declared for ward in ballots),
        wards_total=max(len(ballots), (standing.ward_count or 0) - put_off),
    )


def _not_up_tonight(standing: CouncilStanding) -> Composition | None:
    if standing.new_council or standing.boundary_change or standing.proportion is Proportion.ALL:
        return Composition()
    if standing.held is None or standing.offered is None:
        return None
    not_up = {
        party: seats - standing.offered.get(party, 0) for party, seats in standing.held.items()
    }
    if any(seats < 0 for seats in not_up.values()):
        return None  # the nominations contradict themselves
    return Composition(not_up)


def _contenders(standing: CouncilStanding, certain: Composition) -> list[str]:
    standing_tonight = [party for party, number in standing.candidates.items() if number]
    everyone = dict.fromkeys((*certain, *standing_tonight))
    return sorted(
        (party for party in everyone if party != VACANT),
        key=lambda party: (-certain.get(party, 0), party),
    )


def _candidates_left(
    party: str, standing: CouncilStanding, won: Composition, outstanding: int
) -> int:
    if not standing.candidates:
        return outstanding
    return max(0, standing.candidates.get(party, 0) - won.get(party, 0))


def _needs(party: str, *, has: int, majority: int, within_reach: int) -> Needs:
    needs = max(0, majority - has)
    return Needs(party, has, needs, needs <= within_reach)


def _newcomer_could_win(standing: CouncilStanding, total: int, outstanding: int) -> bool:
    """Whether a party without a seat could get a majority, if the candidates are not known."""
    return not standing.candidates and outstanding >= majority_of(total)


def _most_possible(
    standing: CouncilStanding, certain: Composition, reach: Mapping[str, int], outstanding: int
) -> int:
    """Return the most seats that one holder can have: a party, or independents and local parties.

    These may be one holder in the result, as control of independents and others.
    """
    together = [party for party in reach if party not in COLUMNS]
    joint = sum(certain.get(party, 0) for party in together)
    more = sum(reach[party] for party in together) if standing.candidates else outstanding
    single = (certain.get(party, 0) + left for party, left in reach.items())
    return max((joint + min(outstanding, more), *single))


def _secured(parties: tuple[Needs, ...], enough: int, *, newcomer: bool) -> Control | None:
    """Return the holder of *enough* seats, nobody where no one can win, else None."""
    for party in parties:
        if party.has >= enough:
            return Control(party.party)
    return None if newcomer or any(party.possible for party in parties) else NOC
