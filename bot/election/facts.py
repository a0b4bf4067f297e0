"""Facts about one council that give a result its context, each with what it is computed from.

`council_facts` returns them, the most important first; `superlatives` has those of the night.
Nothing here is a forecast: `CouldNotChange` is arithmetic on the seats that were up, and only shown
after polls close. The national equivalent share is not computed; an author's estimate belongs in
the desk's notes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.election.almanac import Almanac, CouncilElection
from bot.election.baselines import BaselineKind
from bot.election.cache import remembered
from bot.election.control import NOC, Control, majority_of, majority_over_others
from bot.election.outlook import outlook
from bot.election.parties import VACANT, Parties
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared
from bot.election.vote_changes import FEW_VOTES, CloseCall, close_call
from bot.election.votes import ShareMethod, Swing, Votes

_NARROW_MARGIN = 2
_FEWEST_IN_SWEEP = 3
"""The fewest seats up for election that make winning all of them a sweep."""


class FactBasis(StrEnum):
    """What a fact is computed from."""

    RESULT = "the result's seats"
    NOMINATIONS = "the seats held and up, by the nominations"
    WARD_ORDER = "when each ward came in"
    WARD_VOTES = "the wards' votes"
    WARD_TURNOUT = "the wards' turnout"
    LAST_FOUGHT = "the last contest of these seats"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about a council. `weight` is its importance beside the result, from 0 to 100."""

    council: str
    basis: FactBasis
    weight: int


@dataclass(frozen=True, slots=True)
class Majority(Fact):
    """A party has a majority of all seats: `ahead` more than all others together."""

    party: str
    seats: int
    total: int
    ahead: int


@dataclass(frozen=True, slots=True)
class LargestShort(Fact):
    """The largest party is `short` seats short of a majority."""

    party: str
    seats: int
    total: int
    short: int


@dataclass(frozen=True, slots=True)
class Sweep(Fact):
    """A party won every seat that was up; with `whole_council`, it has every seat there is."""

    party: str
    seats: int
    whole_council: bool


@dataclass(frozen=True, slots=True)
class CouldNotChange(Fact):
    """Control could not change, whoever won the `up` seats."""

    control: Control
    up: int
    total: int


@dataclass(frozen=True, slots=True)
class SettledEarly(Fact):
    """Control was certain when `wards` of `of_wards` had declared."""

    control: Control
    wards: int
    of_wards: int


@dataclass(frozen=True, slots=True)
class Lot(Fact):
    """A ward's last seat was drawn by lot: `winner` and `loser` had the same number of votes."""

    ward: str
    votes: int
    winner: str
    loser: str


@dataclass(frozen=True, slots=True)
class LastTime(Fact):
    """A party's seats won tonight, compared with when the same seats were last contested."""

    party: str
    won: int
    then: int
    fought_on: date


@dataclass(frozen=True, slots=True)
class Turnout(Fact):
    """The turnout in per cent, weighted by electorate, over `wards` of `of_wards`."""

    per_cent: float
    wards: int
    of_wards: int


@dataclass(frozen=True, slots=True)
class VoteShare(Fact):
    """The party with most votes: its share in per cent, by a method, in `wards` of `of_wards`.

    `change` is in points since the last contest of the same wards, on the days `fought_on`; None
    where it is not known. The change is *everywhere* if it is over all of these wards.
    """

    party: str
    per_cent: float
    method: ShareMethod
    wards: int
    of_wards: int
    change: float | None = None
    fought_on: frozenset[date] = frozenset()
    everywhere: bool = True


@dataclass(frozen=True, slots=True)
class VoteSwing(Fact):
    """The swing between the parties with most votes, since the days on which they last fought.

    It is *everywhere* if it is over all wards whose votes are known.
    """

    swing: Swing
    fought_on: frozenset[date]
    everywhere: bool = True


@dataclass(frozen=True, slots=True)
class FewVotes(Fact):
    """How few votes would have changed who controls the council."""

    call: CloseCall


def council_facts(
    standing: CouncilStanding, almanac: Almanac, votes: Votes | None = None
) -> list[Fact]:
    """Return the facts about a council, the most important first.

    The *votes* of its wards give lots, turnout, shares and how close it was.
    """
    election = almanac.night(standing.night).elections.get(standing.council.code)
    found: list[Fact | None] = [could_not_change(standing)]
    if standing.declared is not None:
        found += [
            _seats_fact(standing, standing.declared, almanac.parties),
            sweep_of(standing, standing.declared, almanac.parties),
            settled_early(standing),
            _last_time(standing, standing.declared, election, almanac.parties),
        ]
    if votes is not None:
        found += vote_facts(standing, votes)
    return sorted(filter(None, found), key=lambda fact: -fact.weight)


def vote_facts(standing: CouncilStanding, votes: Votes) -> list[Fact]:
    """Return what the votes of a council's wards tell; shares only where enough are known."""
    code = standing.council.code
    found: list[Fact] = [
        Lot(code, FactBasis.WARD_VOTES, 65, one.ward, one.polled, one.winner, one.runner_up)
        for one in (ward.margin for ward in votes.wards)
        if one is not None and one.by_lot
    ]
    if (call := close_call(standing, votes)) and call.is_news:
        weight = 62 if call.votes <= FEW_VOTES else 20
        found.append(FewVotes(code, FactBasis.WARD_VOTES, weight, call))
    polled = votes.turnout if votes.is_whole else None
    if polled is not None and 2 * polled.wards >= votes.polls:
        found.append(
            Turnout(code, FactBasis.WARD_TURNOUT, 10, polled.per_cent, polled.wards, votes.polls)
        )
    largest, everywhere = votes.largest, len(votes.compared) == votes.known
    if votes.is_enough and votes.is_led and largest is not None:
        found.append(
            VoteShare(
                code,
                FactBasis.WARD_VOTES,
                12,
                largest.party,
                largest.per_cent,
                votes.method,
                votes.known,
                votes.polls,
                largest.change,
                votes.fought_on,
                everywhere,
            )
        )
    if votes.is_enough and votes.swing is not None:
        swing, days = votes.swing, votes.fought_on
        found.append(VoteSwing(code, FactBasis.WARD_VOTES, 9, swing, days, everywhere))
    return found


def _seats_fact(standing: CouncilStanding, declared: Declared, parties: Parties) -> Fact | None:
    """Return the size of the majority, or by how much the largest party misses one."""
    now, holder = declared.now, declared.after.holder
    code = standing.council.code
    if holder is not None:
        if now.get(holder, 0) < majority_of(now.total) or not parties.get(holder).is_one_party:
            return None
        ahead = majority_over_others(holder, now)
        weight = 60 if ahead <= _NARROW_MARGIN else 5
        return Majority(code, FactBasis.RESULT, weight, holder, now[holder], now.total, ahead)
    largest = now.largest
    if largest is None or not parties.get(largest).is_one_party:
        return None
    short = majority_of(now.total) - now[largest]
    if short <= 0:
        return None  # people have decided that it is no control
    weight = 55 if short <= _NARROW_MARGIN else 30
    return LargestShort(code, FactBasis.RESULT, weight, largest, now[largest], now.total, short)


def sweep_of(standing: CouncilStanding, declared: Declared, parties: Parties) -> Sweep | None:
    """Return the sweep of a party that won all seats up; None if there is none or it is unknown."""
    won = declared.won
    if won is None or len(won) != 1 or won.total < _FEWEST_IN_SWEEP:
        return None
    (party,) = won
    if party == VACANT or not parties.get(party).is_one_party:
        return None
    if standing.seats_up is not None and won.total < standing.seats_up:
        return None
    whole = len(declared.now) == 1
    return Sweep(
        standing.council.code,
        FactBasis.RESULT,
        80 if whole else 50,
        party,
        won.total,
        whole,
    )


@remembered(2_048)
def could_not_change(standing: CouncilStanding) -> CouldNotChange | None:
    """Return that control could not change tonight; None if it could or too little is known.

    Either the holder keeps a majority without any of the seats that are up, or no party can reach
    one even if all its candidates win.
    """
    eve = replace(
        standing,
        declared=None,
        wards=tuple(ward for ward in standing.wards if not ward.counts_tonight),
    )
    ahead = outlook(eve)
    if ahead is None or not ahead.outstanding or ahead.outstanding == ahead.total:
        return None
    if not standing.candidates or ahead.secured is None or ahead.secured != standing.before:
        return None
    return CouldNotChange(
        standing.council.code,
        FactBasis.NOMINATIONS,
        70,
        ahead.secured,
        ahead.outstanding,
        ahead.total,
    )


def settled_early(standing: CouncilStanding) -> SettledEarly | None:
    """Return after how many wards control was certain; None if only after the last, or not yet."""
    counting = [ward for ward in standing.wards if ward.counts_tonight and ward.declared]
    times = sorted({ward.source.received_at for ward in counting})
    after = standing.declared.after if standing.declared else None
    undeclared = replace(standing, declared=None)
    if could_not_change(standing) is not None:
        return None
    for time in times:
        so_far = tuple(
            ward
            if not ward.counts_tonight or ward.source.received_at <= time
            else replace(ward, declared=False, won=Composition())
            for ward in standing.wards
        )
        ahead = outlook(replace(undeclared, wards=so_far))
        if ahead is None:
            return None
        if ahead.secured is None or ahead.wards_declared == 0:
            continue
        if ahead.wards_declared == ahead.wards_total or after not in (None, ahead.secured):
            return None
        return SettledEarly(
            standing.council.code,
            FactBasis.WARD_ORDER,
            40 if ahead.secured != NOC else 25,
            ahead.secured,
            ahead.wards_declared,
            ahead.wards_total,
        )
    return None


def _last_time(
    standing: CouncilStanding,
    declared: Declared,
    election: CouncilElection | None,
    parties: Parties,
) -> LastTime | None:
    """Return the party with the largest change since these seats were last contested.

    None where the number of seats was another then, since they are not the same seats.
    """
    if election is None or election.last_fought is None or election.last_fought_on is None:
        return None
    then, won = election.last_fought, declared.won
    if declared.baseline.kind is BaselineKind.ELECTION:
        return None  # the changes since then say it
    if won is None or won.filled != then.filled:
        return None
    moved = [
        (party, change)
        for party, change in won.changes_from(then).items()
        if party != VACANT and parties.get(party).is_one_party
    ]
    if not moved:
        return None
    party, _ = min(moved, key=lambda item: (-abs(item[1]), item[0]))
    return LastTime(
        standing.council.code,
        FactBasis.LAST_FOUGHT,
        35,
        party,
        won.get(party, 0),
        then.get(party, 0),
        election.last_fought_on,
    )
