"""Votes of a council or of a whole night: shares, turnout, swing and majorities.

A party's share of the vote follows the Commons Library and the Elections Centre: where a ward fills
several seats, a voter has several votes, so that each party counts with its best-placed candidate;
where it fills one, every candidate's votes count. Under the single transferable vote first
preferences count. The plain sum of all votes is given beside it, under its own name. Candidates of
no party are rivals of each other: they are grouped by what the ballot paper calls them, and are
never taken for one party. Nothing is projected from the places that vote to a nation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from bot.election.almanac import EarlierPoll, NightAlmanac
from bot.election.councils import Council
from bot.election.parties import Parties, PartyKind
from bot.election.party_names import spelt
from bot.election.reports import Candidate, WardReport
from bot.election.seats import Composition
from bot.election.ward_outcomes import is_transferable, winners_by_party


class ShareMethod(StrEnum):
    """How a party's votes are added up."""

    TOP_CANDIDATE = "top candidate per ward"
    FIRST_PREFERENCES = "first preferences"
    MIXED = "top candidate per ward, first preferences under STV"


@dataclass(frozen=True, slots=True)
class Stood:
    """A candidate in a ward: the party's code, the votes, whether elected."""

    party: str
    votes: int
    elected: bool


@dataclass(frozen=True, slots=True)
class Margin:
    """A ward's majority: the votes between the last elected and the first not elected.

    `winner` and `runner_up` are the parties of these two, `called` what the ballot paper calls them
    where they are of no party; `per_cent` is of the votes that the shares count, which in a ward of
    one seat are all valid votes. With no votes between them, the seat was drawn by lot.
    """

    council: str
    ward: str
    seats: int
    winner: str
    runner_up: str
    polled: int
    votes: int
    per_cent: float
    called: tuple[str, str] = ("", "")
    between_parties: bool = True

    @property
    def by_lot(self) -> bool:
        """Whether the last seat was drawn by lot."""
        return self.votes == 0


@dataclass(frozen=True, slots=True)
class WardVotes:
    """A ward in which every candidate's votes are known.

    `best` and `plain` are the votes by party for its share and as the plain sum. `earlier` is the
    last contest of the same ward, None where the ward is another or its votes are not known.
    """

    key: str
    name: str
    seats: int
    transferable: bool
    candidates: tuple[Stood, ...]
    best: Mapping[str, int]
    plain: Mapping[str, int]
    margin: Margin | None
    earlier: EarlierPoll | None


@dataclass(frozen=True, slots=True)
class Share:
    """A party's votes and its share in per cent; the change in points where that is known."""

    party: str
    votes: int
    per_cent: float
    change: float | None = None


@dataclass(frozen=True, slots=True)
class Swing:
    """Half of what the first party's share has gained on the second's, in points (Butler).

    Between the two parties that are first and second now, in the same wards then and now.
    """

    gainer: str
    loser: str
    points: float


@dataclass(frozen=True, slots=True)
class Polled:
    """The turnout in per cent over *wards* that give it with their electorates."""

    per_cent: float
    electorate: int
    wards: int


@dataclass(frozen=True, slots=True)
class _Register:
    """A ward's electorate and its turnout as declared."""

    electorate: int
    turnout: float


@dataclass(frozen=True, eq=False)
class Votes:
    """The votes of a council, or of several.

    `wards` are those with all votes known of `polls` that were held; `uncontested` had none, and
    `unopposed` are their winners by party. `feeds` are what told of the wards.
    `is_whole` is False where nothing says that these are all the wards.
    """

    parties: Parties
    wards: tuple[WardVotes, ...] = ()
    polls: int = 0
    uncontested: int = 0
    unopposed: Composition = field(default_factory=Composition)
    registers: tuple[_Register, ...] = ()
    feeds: frozenset[str] = frozenset()
    is_whole: bool = True

    @property
    def known(self) -> int:
        """In how many wards all votes are known."""
        return len(self.wards)

    @property
    def is_complete(self) -> bool:
        """Whether the votes of every poll are known."""
        return self.is_whole and 0 < self.known == self.polls

    @property
    def is_enough(self) -> bool:
        """Whether the votes of at least half of the polls are known: fewer are not shown."""
        return self.is_whole and self.known > 0 and 2 * self.known >= self.polls

    @property
    def method(self) -> ShareMethod:
        """How the shares are counted."""
        transferable = {ward.transferable for ward in self.wards}
        if transferable == {True, False}:
            return ShareMethod.MIXED
        stv = transferable == {True}
        return ShareMethod.FIRST_PREFERENCES if stv else ShareMethod.TOP_CANDIDATE

    @cached_property
    def compared(self) -> tuple[WardVotes, ...]:
        """The wards whose last contest is known; none if they are fewer than half."""
        found = tuple(ward for ward in self.wards if ward.earlier is not None)
        return found if 2 * len(found) >= self.known else ()

    @property
    def fought_on(self) -> frozenset[date]:
        """When the compared wards were last fought."""
        return frozenset(ward.earlier.fought_on for ward in self.compared if ward.earlier)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """Each party's share of the vote and its change in the compared wards, the largest first.

        A party of several places that stood then and stands no more has none now.
        """
        now, before = self._compared_shares
        found = _shares(ward.best for ward in self.wards)
        gone = {one for one in before if one not in found and self._is_known_then(one)}
        return tuple(
            Share(
                one,
                found.get(one, (0, 0.0))[0],
                found.get(one, (0, 0.0))[1],
                now.get(one, (0, 0.0))[1] - before.get(one, (0, 0.0))[1]
                if self._is_known_then(one)
                else None,
            )
            for one in (*found, *sorted(gone))
        )

    @cached_property
    def plain_shares(self) -> tuple[Share, ...]:
        """Each party's share of all votes added up, the largest first."""
        found = _shares(ward.plain for ward in self.wards)
        return tuple(Share(party, votes, share) for party, (votes, share) in found.items())

    @cached_property
    def _compared_shares(
        self,
    ) -> tuple[dict[str, tuple[int, float]], dict[str, tuple[int, float]]]:
        now = _shares(ward.best for ward in self.compared)
        then = (ward.earlier.votes for ward in self.compared if ward.earlier)
        return now, _shares(then)

    def _is_known_then(self, party: str) -> bool:
        """Whether the earlier votes tell of a party: of any national one, which else had none."""
        if not self.compared:
            return False
        known = self.parties.get(party)
        national = known.known and known.kind is PartyKind.PARTY
        return national or (known.is_one_party and party in self._compared_shares[1])

    @property
    def largest(self) -> Share | None:
        """The party with most votes; candidates of no party are not one."""
        of_parties = (one for one in self.shares if self.parties.get(one.party).is_one_party)
        return next((one for one in of_parties if one.votes), None)

    @property
    def is_led(self) -> bool:
        """Whether one party has more votes than any other, and than all candidates of no party."""
        most = [one.party for one in self.shares if one.votes == self.shares[0].votes]
        return len(most) == 1 and self.parties.get(most[0]).is_one_party

    @cached_property
    def swing(self) -> Swing | None:
        """The swing between the first and the second; None unless both stood both times."""
        first, second = (*self.shares[:2], None, None)[:2]
        before = self._compared_shares[1]
        if first is None or second is None or not second.votes:
            return None
        if first.change is None or second.change is None:
            return None
        if not all(before.get(one.party, (0, 0))[0] for one in (first, second)):
            return None
        points = (first.change - second.change) / 2
        if points < 0:
            return Swing(second.party, first.party, -points)
        return Swing(first.party, second.party, points)

    @cached_property
    def turnout(self) -> Polled | None:
        """The turnout as the wards declare it, weighted by their electorates.

        As a rule it counts all ballot papers in the boxes, rejected ones too.
        """
        electorate = sum(one.electorate for one in self.registers)
        if not electorate:
            return None
        voted = sum(one.electorate * one.turnout for one in self.registers)
        return Polled(voted / electorate, electorate, len(self.registers))

    @property
    def valid(self) -> int | None:
        """The valid votes; None where voters had several each, so that they tell no papers."""
        if not self.wards or any(ward.seats > 1 and not ward.transferable for ward in self.wards):
            return None
        return sum(sum(ward.plain.values()) for ward in self.wards)

    @property
    def margins(self) -> list[Margin]:
        """The majorities of the wards, the closest first.

        One between two candidates of a party decides nothing between parties, and is left out.
        """
        every = (ward.margin for ward in self.wards)
        found = [one for one in every if one is not None and one.between_parties]
        return sorted(found, key=lambda one: (one.votes, one.per_cent, one.council, one.ward))

    @property
    def within_a_party(self) -> int:
        """In how many wards the last seat lay between two candidates of one party."""
        every = (ward.margin for ward in self.wards)
        return sum(one is not None and not one.between_parties for one in every)


def votes_of(
    council: Council,
    reports: Mapping[str, WardReport],
    night: NightAlmanac,
    parties: Parties,
    *,
    new_council: bool = False,
    feeds: frozenset[str] = frozenset(),
    seats_up: int | None = None,
) -> Votes:
    """Return the votes of a council from its ward reports in force, by ward key.

    Where our table does not list the wards, they are all there once they fill the *seats up*.

    A new council is compared with nothing.
    """
    ours = {key: one for key, one in reports.items() if not (one.by_election or one.put_off)}
    ours = {key: one for key, one in ours.items() if one.replaced_by is None}
    off = {key for key, one in reports.items() if one.put_off}
    listed = {seat.key for seat in night.wards.get(council.code, ()) if not seat.put_off} - off
    unopposed = [one for one in ours.values() if one.uncontested]
    wards = []
    for key, report in ours.items():
        earlier = None if new_council else night.last_votes.get(key)
        ward = ward_votes(council, key, report, parties, earlier)
        if ward is not None:
            wards.append(ward)
    return Votes(
        parties=parties,
        wards=tuple(wards),
        polls=len(listed | ours.keys()) - len(unopposed),
        uncontested=len(unopposed),
        unopposed=winners_by_party(unopposed, parties),
        registers=tuple(
            _Register(one.electorate, one.turnout)
            for one in ours.values()
            if one.electorate and one.turnout is not None and not one.uncontested
        ),
        feeds=feeds,
        is_whole=bool(listed)
        or (seats_up is not None and sum(one.seats for one in ours.values()) >= seats_up),
    )


def ward_votes(
    council: Council,
    key: str,
    report: WardReport,
    parties: Parties,
    earlier: EarlierPoll | None = None,
) -> WardVotes | None:
    """Return a ward's votes, None unless it has declared a poll with every candidate's votes."""
    stv = is_transferable(council)
    firsts = [one.first_preferences for one in report.candidates]
    if report.uncontested or not report.declared or None in firsts or not any(firsts):
        return None
    if any(one.party is None for one in report.candidates):
        return None
    if len(report.candidates) <= report.seats:
        return None  # somebody lost in a poll, and is not listed
    best, plain = _by_party(report.candidates, report.seats, parties, stv=stv)
    return WardVotes(
        key=key,
        name=report.area,
        seats=report.seats,
        transferable=stv,
        candidates=tuple(
            Stood(parties.resolve(one.party).code, one.first_preferences or 0, bool(one.elected))
            for one in report.candidates
            if one.party is not None
        ),
        best=best,
        plain=plain,
        margin=None if stv else _margin(council.code, report, parties, sum(best.values())),
        earlier=earlier,
    )


def _by_party(
    candidates: Iterable[Candidate], seats: int, parties: Parties, *, stv: bool
) -> tuple[Counter[str], Counter[str]]:
    """Return the votes by party for its share of the vote, and as the plain sum."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for one in candidates:
        if one.party is not None:
            party = parties.resolve(one.party)
            called = "" if party.is_one_party else spelt(one.party.name)
            groups[party.code, called].append(one.first_preferences or 0)
    best: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for (code, _), votes in groups.items():
        best[code] += sum(votes) if stv or seats == 1 else max(votes)
        plain[code] += sum(votes)
    return best, plain


def _margin(council: str, report: WardReport, parties: Parties, counted: int) -> Margin | None:
    """Return a ward's majority; None where nobody lost or the winners are not those with most."""
    losers = [one for one in report.candidates if not one.elected]
    if not losers or not report.winners or not counted:
        return None
    last = min(report.winners, key=_first)
    first_out = max(losers, key=_first)
    votes = _first(last) - _first(first_out)
    if votes < 0 or last.party is None or first_out.party is None:
        return None
    winner, runner_up = (parties.resolve(one) for one in (last.party, first_out.party))
    return Margin(
        council,
        report.area,
        report.seats,
        winner.code,
        runner_up.code,
        _first(last),
        votes,
        100 * votes / counted,
        (
            "" if winner.is_one_party else last.party.name,
            "" if runner_up.is_one_party else first_out.party.name,
        ),
        not (winner.is_one_party and winner == runner_up),
    )


def _first(candidate: Candidate) -> int:
    return candidate.first_preferences or 0


def _shares(
    wards: Iterable[Mapping[str, int]],
) -> dict[str, tuple[int, float]]:
    """Return votes and share in per cent by party over wards, the largest first."""
    sums: Counter[str] = Counter()
    for votes in wards:
        sums.update(votes)
    total = sum(sums.values())
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return {party: (votes, 100 * votes / total) for party, votes in ranked if votes and total}


def together(councils: Iterable[Votes], parties: Parties) -> Votes:
    """Return the votes of several councils as one, each of which should be complete."""
    listed = list(councils)
    return Votes(
        parties=parties,
        wards=tuple(ward for one in listed for ward in one.wards),
        polls=sum(one.polls for one in listed),
        uncontested=sum(one.uncontested for one in listed),
        unopposed=Composition(seat for one in listed for seat in one.unopposed.items()),
        registers=tuple(register for one in listed for register in one.registers),
        feeds=frozenset(feed for one in listed for feed in one.feeds),
    )
