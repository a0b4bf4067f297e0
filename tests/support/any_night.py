"""Arbitrary nights as they come in: any parties, names, sizes and contests, texts meant to hurt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from bot.election.almanac import (
    Almanac,
    CouncilElection,
    CouncilList,
    Hex,
    ListedCouncil,
    NightAlmanac,
    YearOfControl,
)
from bot.election.contests import Answer, Contest, VotingSystem
from bot.election.control import NOC, Control
from bot.election.councils import Council, Councils
from bot.election.parties import WireParty
from bot.election.reports import (
    Candidate,
    Contestant,
    ContestKind,
    ContestReport,
    CouncilResult,
    GainOrHold,
    Nominations,
    PartyNominations,
    PartySeats,
    Proportion,
    Report,
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
    "🗳️👩‍👩‍👧‍👦" * 40,
    "Ά" + "̈" * 80,
)
TEXTS = st.one_of(
    st.text("abcdefghij klm'&-WM", min_size=1, max_size=40),
    st.sampled_from(_ATTACKS),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60),
).filter(str.strip)
_KNOWN = ("Lab", "Con", "LD", "Green", "Asp", "Ind")
_PLACES = (("England", "London"), ("Wales", "Wales"), ("England", "Yorkshire and The Humber"))


@dataclass(frozen=True)
class AnyNight:
    """What the tables know of a night, and what comes in: first, and then otherwise."""

    almanac: Almanac
    first: tuple[Report, ...]
    corrected: tuple[Report, ...]


@st.composite
def any_night(draw: st.DrawFn) -> AnyNight:
    """A night of a few councils and contests; some of what is told of them changes."""
    strangers = [f"{place} {draw(TEXTS)}" for place in range(draw(st.integers(2, 6)))]
    parties = [WireParty(name) for name in (*_KNOWN, *strangers)]
    councils = [draw(_council(f"C{n:02}")) for n in range(draw(st.integers(5, 14)))]
    contests = [draw(_contest(kind, n)) for kind in ContestKind for n in range(2)]
    almanac = _almanac(draw, councils, contests)
    first: list[Report] = []
    corrected: list[Report] = []
    for council in councils:
        told, changed = draw(_told_of_council(council, parties))
        first += told
        corrected += changed
    for contest in contests:
        if draw(st.sampled_from((True, True, False))):
            first.append(draw(_contest_report(contest, parties)))
    return AnyNight(almanac, tuple(first), tuple(corrected))


@st.composite
def _council(draw: st.DrawFn, code: str) -> Council:
    nation, region = draw(st.sampled_from(_PLACES))
    name = f"{draw(TEXTS)} {code}"
    return Council(code, name, nation=nation, region=region, seats=draw(st.integers(1, 150)))


def _almanac(draw: st.DrawFn, councils: Sequence[Council], contests: Sequence[Contest]) -> Almanac:
    elections = {
        one.code: CouncilElection(
            council=one.code,
            proportion=Proportion.ALL,
            seats=one.seats or 1,
            seats_up=one.seats or 1,
            new_council=False,
            boundary_change=False,
            sitting=draw(st.sampled_from((NOC, Control("Lab"), Control("Con")))),
            expected_at=DECLARED + timedelta(hours=draw(st.integers(-2, 40))),
        )
        for one in councils
    }
    listed = tuple(ListedCouncil(one.code, draw(TEXTS)) for one in councils)
    seats = Composition([("Lab", 30), ("Con", 21)])
    return Almanac(
        parties=PARTIES,
        councils=Councils(councils),
        nights={
            NIGHT: NightAlmanac(
                NIGHT,
                "local elections",
                elections,
                contests={one.code: one for one in contests},
                assembly_before=Composition([("Lab", 5), ("Con", 5)]),
            )
        },
        history={
            one.code: [YearOfControl(year, seats, Control("Lab")) for year in range(1973, 2022)]
            for one in councils[:2]
        },
        lists={"battlegrounds": CouncilList("battlegrounds", "Battlegrounds", "x", listed)},
        hexes={one.code: Hex(place % 7, place // 7) for place, one in enumerate(councils)},
    )


@st.composite
def _told_of_council(
    draw: st.DrawFn, council: Council, parties: Sequence[WireParty]
) -> tuple[list[Report], list[Report]]:
    """A council's nominations, its wards, its result if there is one yet; and another result."""
    size = council.seats or 1
    held = draw(_shared_out(size, parties))
    wire = WireCouncil(council.name, proportion=Proportion.ALL)
    told: list[Report] = [
        Nominations(
            NIGHT,
            wire,
            tuple(PartyNominations(party, seats, seats, 0, 9) for party, seats in held.items()),
        )
    ]
    wards = draw(st.integers(0, 4))
    told += [draw(_ward(council, place, parties)) for place in range(wards)]
    results = [
        _result(wire, held, draw(_shared_out(size, parties)), revision, draw(TEXTS))
        for revision in (1, 2)
    ]
    early, late = draw(st.sampled_from(((1, 2), (1, 1), (0, 1))))
    return [*told, *results[:early]], list(results[early:late])


@st.composite
def _shared_out(draw: st.DrawFn, size: int, parties: Sequence[WireParty]) -> dict[WireParty, int]:
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=len(parties) - 1)))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
    order = draw(st.permutations(parties))
    return {party: n for party, n in zip(order, shares, strict=False) if n}


def _majority(seats: dict[WireParty, int]) -> WireParty | None:
    most = max(seats, key=lambda party: seats[party])
    return most if 2 * seats[most] > sum(seats.values()) and most.name != "Ind" else None


def _result(
    council: WireCouncil,
    held: dict[WireParty, int],
    now: dict[WireParty, int],
    revision: int,
    note: str,
) -> CouncilResult:
    winner, sitting = _majority(now), _majority(held)
    if winner == sitting:
        said = GainOrHold.NO_CHANGE
    else:
        said = GainOrHold.LOSE_TO_NOC if winner is None else GainOrHold.GAIN
    changes = {party: now.get(party, 0) - held.get(party, 0) for party in (*now, *held)}
    return CouncilResult(
        night=NIGHT,
        council=council,
        revision=revision,
        winner=winner,
        sitting=sitting,
        gain_or_hold=said,
        elected=_lines(now),
        changes=_lines(changes),
        composition=_lines(now),
        note=note,
    )


def _lines(seats: dict[WireParty, int]) -> tuple[PartySeats, ...]:
    return tuple(PartySeats(party, number) for party, number in seats.items())


@st.composite
def _ward(
    draw: st.DrawFn, council: Council, place: int, parties: Sequence[WireParty]
) -> WardReport:
    people = draw(st.integers(1, 12))
    return WardReport(
        night=NIGHT,
        ballot_id=f"local.{council.code.casefold()}.{place}.{NIGHT}",
        council=WireCouncil(council.name),
        ward=f"{draw(TEXTS)} {place}",
        ward_gss=None,
        seats=1,
        cancelled=False,
        uncontested=False,
        by_election=False,
        replaced_by=None,
        updated_at=DECLARED,
        candidates=tuple(
            Candidate(
                f"{draw(TEXTS)} {n}", draw(st.sampled_from(parties)), 9_999 - n, elected=n == 0
            )
            for n in range(people)
        ),
        turnout=draw(st.floats(0, 100)),
        source=draw(TEXTS),
    )


@st.composite
def _contest(draw: st.DrawFn, kind: ContestKind, number: int) -> Contest:
    system = {
        ContestKind.MAYOR: VotingSystem.SUPPLEMENTARY,
        ContestKind.ASSEMBLY: VotingSystem.STV,
    }.get(kind, VotingSystem.PLURALITY)
    area = f"{draw(TEXTS)} {number}"
    return Contest(
        code=f"{kind}.{number}",
        kind=kind,
        name=f"{kind} {area}",
        area=area,
        nation="Northern Ireland" if kind is ContestKind.ASSEMBLY else "England",
        system=system,
        seats=5 if kind is ContestKind.ASSEMBLY else 1,
        electorate=10_000_000,
        sitting="Lab",
        sitting_name=draw(TEXTS),
        question=draw(TEXTS) if kind is ContestKind.REFERENDUM else None,
        answers=tuple(Answer(f"{n} {draw(TEXTS)}", draw(TEXTS)) for n in range(2))
        if kind is ContestKind.REFERENDUM
        else (),
    )


@st.composite
def _contest_report(
    draw: st.DrawFn, contest: Contest, parties: Sequence[WireParty]
) -> ContestReport:
    referendum = contest.kind is ContestKind.REFERENDUM
    names = [one.text for one in contest.answers] or [
        f"{n} {draw(TEXTS)}" for n in range(contest.seats + draw(st.integers(1, 20)))
    ]
    contestants = []
    for place, name in enumerate(names):
        votes = (99_999 - place, 100_100 - place if place < 2 else None)
        contestants.append(
            Contestant(
                name,
                None if referendum else draw(st.sampled_from(parties)),
                votes[:1] if referendum else votes,
                elected=place < contest.seats,
            )
        )
    return ContestReport(
        night=NIGHT,
        kind=contest.kind,
        area=contest.area,
        gss=None,
        seats=contest.seats,
        contestants=tuple(contestants),
        complete=True,
        revision=1,
        question=contest.question,
        turnout=draw(st.floats(0, 100)),
        valid=sum(99_999 - place for place in range(len(names))),
        note=draw(TEXTS),
        source=draw(TEXTS),
    )
