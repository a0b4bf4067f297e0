"""The Northern Ireland Assembly during the count: seats, shares and the largest party."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.parties import INDEPENDENT, Parties
from bot.election.reports import BallotKind, BallotReport
from bot.election.seats import Composition


@dataclass(frozen=True, slots=True)
class AssemblyLine:
    """A party's line in the state of the Assembly.

    `before` is its number of seats in the last Assembly, None where that is not known. `change` is
    None until every seat is filled, since before then it would only show how far the count has got.
    `share` is of the first preferences counted so far, in per cent. `possible` is the greatest
    number of seats that the party can still end up with.
    """

    party: str
    seats: int
    possible: int
    before: int | None
    change: int | None
    first_preferences: int
    share: float | None


@dataclass(frozen=True, slots=True)
class AssemblyState:
    """The state of the Assembly.

    `declared` counts the constituencies with all seats filled, `filled` the seats filled, and
    `counted` the constituencies whose first preferences are known. `leaders` are the parties with
    most seats so far. `settled` is the party that is certain to be the largest; None while another
    could overtake it or draw level.
    """

    constituencies: int
    declared: int
    seats: int
    filled: int
    counted: int
    lines: tuple[AssemblyLine, ...]
    leaders: tuple[str, ...]
    settled: str | None

    def line(self, party: str) -> AssemblyLine | None:
        """Return a party's line, or None."""
        return next((one for one in self.lines if one.party == party), None)

    @property
    def largest_before(self) -> AssemblyLine | None:
        """The line of the last Assembly's largest party; None if unknown or if two were level."""
        known = [one for one in self.lines if one.before and _is_party(one.party)]
        most = max((one.before or 0 for one in known), default=0)
        largest = [one for one in known if one.before == most]
        return largest[0] if len(largest) == 1 else None

    @property
    def overtaken(self) -> AssemblyLine | None:
        """The line of the last Assembly's largest party, once another is certain to be largest."""
        before = self.largest_before
        if self.settled is None or before is None or before.party == self.settled:
            return None
        return before


def assembly_of(ballots: Iterable[BallotStanding], almanac: Almanac) -> AssemblyState:
    """Return the state of the Assembly from a night's *ballots*."""
    ours = [one for one in ballots if one.ballot.kind is BallotKind.ASSEMBLY]
    before = almanac.night(ours[0].night).assembly_before if ours else None
    return assembly_state(ours, almanac.parties, before)


def assembly_state(
    standings: Iterable[BallotStanding], parties: Parties, before: Composition | None = None
) -> AssemblyState:
    """Return the state of the Assembly over its constituencies; other ballots are ignored.

    *before* gives the seats of the last Assembly. Independents fill seats, but they are not one
    party and so never the largest.
    """
    every = [one for one in standings if one.ballot.kind is BallotKind.ASSEMBLY]
    won: Counter[str] = Counter()
    votes: Counter[str] = Counter()
    open_to: Counter[str] = Counter()
    unknown = counted = 0
    for one in every:
        won.update(_elected(one.report, parties))
        first_preferences = _first_preferences(one.report, parties)
        votes.update(first_preferences)
        counted += any(first_preferences.values())
        left = one.ballot.seats - (len(one.report.winners) if one.report else 0)
        if left <= 0:
            continue
        if one.report is None or not one.report.candidates:
            unknown += left  # the candidates are not known, so any party may win them
        else:
            open_to.update(_continuing(one.report, parties, left))
    filled, total = sum(won.values()), sum(one.ballot.seats for one in every)
    codes = dict.fromkeys((*won, *votes, *open_to, *(before or ())))
    possible = {code: won[code] + open_to[code] + unknown for code in codes}
    all_votes = sum(votes.values())
    lines = tuple(
        AssemblyLine(
            party=code,
            seats=won[code],
            possible=possible[code],
            before=None if before is None else before.get(code, 0),
            change=won[code] - before.get(code, 0)
            if before is not None and filled == total
            else None,
            first_preferences=votes[code],
            share=100 * votes[code] / all_votes if all_votes else None,
        )
        for code in sorted(codes, key=lambda code: (-won[code], -votes[code], code))
    )
    most = max((won[code] for code in codes if _is_party(code)), default=0)
    leaders = tuple(code for code in codes if _is_party(code) and won[code] == most and most)
    return AssemblyState(
        constituencies=len(every),
        declared=sum(one.is_declared for one in every),
        seats=total,
        filled=filled,
        counted=counted,
        lines=lines,
        leaders=leaders,
        settled=_settled(leaders, won, possible, unknown),
    )


def _settled(
    leaders: tuple[str, ...], won: Counter[str], possible: Mapping[str, int], unknown: int
) -> str | None:
    """Return the leader that no other party can draw level with, or None."""
    if len(leaders) != 1:
        return None
    (leader,) = leaders
    others = [most for code, most in possible.items() if code != leader and _is_party(code)]
    return leader if won[leader] > max([*others, unknown], default=0) else None


def _is_party(code: str) -> bool:
    return code != INDEPENDENT


def _elected(report: BallotReport | None, parties: Parties) -> Counter[str]:
    elected = report.winners if report is not None else ()
    return Counter(parties.resolve(one.party).code for one in elected if one.party)


def _first_preferences(report: BallotReport | None, parties: Parties) -> Counter[str]:
    votes: Counter[str] = Counter()
    for one in report.candidates if report is not None else ():
        if one.party is not None:
            votes[parties.resolve(one.party).code] += one.first_preferences or 0
    return votes


def _continuing(report: BallotReport, parties: Parties, left: int) -> Counter[str]:
    """Return how many of the seats *left* each party can win with its continuing candidates."""
    counts = report.counts
    still_in: Counter[str] = Counter()
    for one in report.candidates:
        gone = counts > 1 and (len(one.votes) < counts or one.votes[-1] == 0)
        gone = gone or one.elected is False or one.excluded_at is not None
        if one.party is not None and not one.elected and not gone:
            still_in[parties.resolve(one.party).code] += 1
    return Counter({code: min(number, left) for code, number in still_in.items()})
