"""Arbitrary nights as they come in: any parties, names, sizes and contests, texts meant to hurt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from hypothesis import strategies as st

from bot.election.almanac import (
    Almanac,
    CouncilElection,
    CouncilList,
    Hex,
    HexLayout,
    ListedCouncil,
    NightAlmanac,
    YearOfControl,
)
from bot.election.ballots import Ballot, ReferendumAnswer
from bot.election.control import NOC, Control
from bot.election.councils import Council, Councils
from bot.election.parties import WireParty
from bot.election.reports import (
    BallotKind,
    BallotReport,
    Candidate,
    CouncilResult,
    GainOrHold,
    Nominations,
    PartyNominations,
    PartySeats,
    Proportion,
    Report,
    VotingSystem,
    WardReport,
    WireCouncil,
)
from bot.election.seats import Composition
from tests.election.build import NIGHT, PARTIES, POLLS_CLOSE

DECLARED = POLLS_CLOSE + timedelta(hours=4)
_ATTACKS = (
    "@everyone",
    "<@&1> [x](https://example.org) `**__||~~",
    "\u202e\u2066\u200b",
    "# head\n- item\n> quote",
    "`" * 300,
    "W" * 400,
    "*_" * 200,
    "Llanfair " * 60,
    "\U0001f5f3\ufe0f\U0001f469\u200d\U0001f467" * 40,
    "A" + "\u0308" * 80,
)
_TEXTS = st.one_of(
    st.text("abcdefghij klm'&-WM", min_size=1, max_size=40),
    st.sampled_from(_ATTACKS),
    st.text(min_size=1, max_size=60),
).filter(str.strip)
_KNOWN = ("Lab", "Con", "LD", "Green", "Asp", "Ind")
_PLACES = (("England", "London"), ("Wales", "Wales"), ("England", "Yorkshire and The Humber"))
_SYSTEMS = {
    BallotKind.MAYOR: VotingSystem.SUPPLEMENTARY,
    BallotKind.ASSEMBLY: VotingSystem.STV,
    BallotKind.REFERENDUM: VotingSystem.PLURALITY,
}
Seats = Mapping[WireParty, int]


@dataclass(frozen=True)
class AnyNight:
    """What the tables know of a night, and what comes in: first, and then otherwise."""

    almanac: Almanac
    first: tuple[Report, ...]
    corrected: tuple[Report, ...]


@st.composite
def any_night(draw: st.DrawFn) -> AnyNight:
    """A night of six to seventy councils and some contests; some of what is told is corrected."""
    texts = draw(st.lists(_TEXTS, min_size=8, max_size=16))
    councils = draw(st.sampled_from((70, 6, 14, 40)))
    return night_by_chance(Random(draw(st.integers(0, 2**32))), texts, councils)


def night_by_chance(chance: Random, texts: Sequence[str], size: int) -> AnyNight:
    """Return a night of a number of councils and some contests, with names and notes of *texts*."""
    make = _Night(chance, texts)
    councils = [make.council(f"C{n:02}") for n in range(size)]
    ballots = [make.ballot(kind, n) for kind in _SYSTEMS for n in range(3)]
    first: list[Report] = [make.ballot_report(one) for one in ballots[:-1]]
    corrected: list[Report] = []
    for council in councils:
        told, changed = make.told_of(council)
        first += told
        corrected += changed
    return AnyNight(make.almanac(councils, ballots), tuple(first), tuple(corrected))


class _Night:
    """Makes the parts of a night of some *texts*, by *chance*."""

    def __init__(self, chance: Random, texts: Sequence[str]) -> None:
        self.chance = chance
        self.texts = texts
        strangers = [WireParty(f"{n} {text}") for n, text in enumerate(texts[:5])]
        self.parties = [*map(WireParty, _KNOWN), *strangers]

    def text(self) -> str:
        return self.chance.choice(self.texts)

    def council(self, code: str) -> Council:
        nation, region = self.chance.choice(_PLACES)
        size = self.chance.choice((1, 9, 40, 150))
        return Council(code, f"{self.text()} {code}", nation=nation, region=region, seats=size)

    def ballot(self, kind: BallotKind, number: int) -> Ballot:
        area = f"{self.text()} {number}"
        answers = [ReferendumAnswer(f"{n} {self.text()}", self.text()) for n in range(2)]
        referendum = kind is BallotKind.REFERENDUM
        return Ballot(
            code=f"{kind}.{number}",
            kind=kind,
            name=f"{kind} {area}",
            area=area,
            nation="Northern Ireland" if kind is BallotKind.ASSEMBLY else "England",
            system=_SYSTEMS[kind],
            seats=5 if kind is BallotKind.ASSEMBLY else 1,
            electorate=10_000_000,
            sitting="Lab",
            sitting_name=self.text(),
            question=self.text() if referendum else None,
            answers=tuple(answers) if referendum else (),
        )

    def almanac(self, councils: Sequence[Council], ballots: Sequence[Ballot]) -> Almanac:
        elections = {
            one.code: CouncilElection(
                council=one.code,
                proportion=Proportion.ALL,
                seats=one.seats or 1,
                seats_up=one.seats or 1,
                new_council=False,
                boundary_change=False,
                sitting=self.chance.choice((NOC, Control("Lab"), Control("Con"))),
                expected_at=DECLARED + timedelta(hours=self.chance.randint(-2, 40)),
            )
            for one in councils
        }
        seats = Composition([("Lab", 30), ("Con", 21)])
        years = [YearOfControl(year, seats, Control("Lab")) for year in range(1973, 2022)]
        listed = tuple(ListedCouncil(one.code, self.text()) for one in councils)
        night = NightAlmanac(
            NIGHT,
            "local elections",
            elections,
            ballots={one.code: one for one in ballots},
            assembly_before=Composition([("Lab", 5), ("Con", 5)]),
        )
        cells = {one.code: Hex(place % 7, place // 7) for place, one in enumerate(councils)}
        return Almanac(
            parties=PARTIES,
            councils=Councils(councils),
            nights={NIGHT: night},
            history={one.code: years for one in councils[:2]},
            lists={"watched": CouncilList("watched", "Watched", self.text(), listed)},
            layouts=(HexLayout(0, cells),),
        )

    def told_of(self, council: Council) -> tuple[list[Report], list[Report]]:
        """Return its nominations, some wards and mostly its result; and another result."""
        wire = WireCouncil(council.name, proportion=Proportion.ALL)
        held = self._shared_out(council.seats or 1)
        nominated = [PartyNominations(party, n, n, 0, 9) for party, n in held.items()]
        told: list[Report] = [Nominations(NIGHT, wire, tuple(nominated))]
        told += [self._ward(council, n) for n in range(self.chance.randint(0, 3))]
        results = [
            self._result(wire, held, self._shared_out(council.seats or 1), revision)
            for revision in (1, 2)
        ]
        early, late = self.chance.choice(((1, 2), (1, 1), (0, 1), (0, 0)))
        return [*told, *results[:early]], [*results[early:late]]

    def _shared_out(self, size: int) -> Seats:
        parties = self.chance.sample(self.parties, self.chance.randint(1, len(self.parties)))
        cuts = sorted(self.chance.randint(0, size) for _ in parties[1:])
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
        return {party: n for party, n in zip(parties, shares, strict=True) if n}

    def _result(
        self, council: WireCouncil, held: Seats, now: Seats, revision: int
    ) -> CouncilResult:
        winner, sitting = _majority(now), _majority(held)
        if winner == sitting:
            said = GainOrHold.NO_CHANGE
        else:
            said = GainOrHold.LOSE_TO_NOC if winner is None else GainOrHold.GAIN
        return CouncilResult(
            night=NIGHT,
            council=council,
            revision=revision,
            winner=winner,
            sitting=sitting,
            gain_or_hold=said,
            elected=_lines(now),
            changes=_lines({p: now.get(p, 0) - held.get(p, 0) for p in (*now, *held)}),
            composition=_lines(now),
            note=self.text(),
        )

    def _ward(self, council: Council, place: int) -> WardReport:
        candidates = [
            Candidate(
                f"{self.text()} {n}", self.chance.choice(self.parties), (9_999 - n,), elected=n == 0
            )
            for n in range(self.chance.randint(1, 12))
        ]
        return WardReport(
            night=NIGHT,
            ballot_id=f"local.{council.code.casefold()}.{place}.{NIGHT}",
            council=WireCouncil(council.name),
            area=f"{self.text()} {place}",
            gss=None,
            seats=1,
            cancelled=False,
            uncontested=False,
            by_election=False,
            replaced_by=None,
            updated_at=DECLARED,
            candidates=tuple(candidates),
            turnout=self.chance.uniform(0, 100),
            source=self.text(),
        )

    def ballot_report(self, ballot: Ballot) -> BallotReport:
        """Return a result with its winners: the first of the candidates."""
        referendum = ballot.kind is BallotKind.REFERENDUM
        more = self.chance.randint(1, 20)
        names = [one.text for one in ballot.answers] or [
            f"{n} {self.text()}" for n in range(ballot.seats + more)
        ]
        contestants = [
            Candidate(
                name,
                None if referendum else self.chance.choice(self.parties),
                (9_999 - n,) if referendum else (9_999 - n, 10_100 - n if n < 2 else None),
                elected=n < ballot.seats,
            )
            for n, name in enumerate(names)
        ]
        return BallotReport(
            night=NIGHT,
            kind=ballot.kind,
            area=ballot.area,
            gss=None,
            seats=ballot.seats,
            candidates=tuple(contestants),
            complete=True,
            revision=1,
            question=ballot.question,
            turnout=self.chance.uniform(0, 100),
            valid=sum(9_999 - n for n in range(len(names))),
            note=self.text(),
            source=self.text(),
        )


def _majority(seats: Seats) -> WireParty | None:
    most = max(seats, key=lambda party: seats[party])
    return most if 2 * seats[most] > sum(seats.values()) and most.name != "Ind" else None


def _lines(seats: Seats) -> tuple[PartySeats, ...]:
    return tuple(PartySeats(party, number) for party, number in seats.items())
