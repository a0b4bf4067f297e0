"""The Assembly's state and its race for largest party."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.almanac.tables import Tables
from bot.election.assembly import assembly_state
from bot.election.ballots import Ballot, BallotStanding
from bot.election.parties import Parties, WireParty
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.election.seats import Composition
from tests.election.build import NIGHT

PARTIES = Parties(Tables().parties)

CODES = ("SF", "DUP", "All", "Ind")


def constituency(number: int, seats: int = 5) -> Ballot:
    name = f"Place {number}"
    return Ballot(
        f"assembly.{number}", BallotKind.ASSEMBLY, name, name, "NI", VotingSystem.STV, seats=seats
    )


def standing(number: int, candidates: list[tuple[str, bool | None]], seats: int) -> BallotStanding:
    report = BallotReport(
        night=NIGHT,
        kind=BallotKind.ASSEMBLY,
        area=f"Place {number}",
        gss=None,
        seats=seats,
        candidates=tuple(
            Candidate(f"Person {place}", WireParty(party), (10 + place,), elected)
            for place, (party, elected) in enumerate(candidates)
        ),
        complete=False,
    )
    return BallotStanding(NIGHT, constituency(number, seats), report)


def test_nothing_counted_is_nobody_s() -> None:
    state = assembly_state([BallotStanding(NIGHT, constituency(1))], PARTIES)
    assert (state.filled, state.seats, state.declared, state.leaders) == (0, 5, 0, ())
    assert state.settled is None


def test_shares_are_of_what_is_counted_and_changes_wait_for_the_end() -> None:
    part = standing(1, [("SF", True), ("DUP", None), ("All", None)], 2)
    state = assembly_state([part, BallotStanding(NIGHT, constituency(2))], PARTIES, BEFORE)
    (sinn_fein,) = (one for one in state.lines if one.party == "SF")
    assert (state.counted, state.constituencies) == (1, 2)
    assert (sinn_fein.seats, sinn_fein.before, sinn_fein.change) == (1, 27, None)
    assert sinn_fein.share is not None and round(sinn_fein.share, 1) == 30.3
    whole = assembly_state([standing(1, [("SF", True), ("DUP", True)], 2)], PARTIES, BEFORE)
    assert {one.party: one.change for one in whole.lines} == {"SF": -26, "DUP": -27}


BEFORE = Composition({"SF": 27, "DUP": 28})


def test_who_is_out_of_the_count_wins_nothing_more() -> None:
    both_in = standing(1, [("SF", True), ("SF", True), ("DUP", None), ("DUP", None)], 4)
    assert assembly_state([both_in], PARTIES).settled is None
    report = both_in.report
    assert report is not None
    one_out = tuple(
        replace(one, votes=(10, 12) if place < 3 else (10,))
        for place, one in enumerate(report.candidates)
    )
    state = assembly_state([replace(both_in, report=replace(report, candidates=one_out))], PARTIES)
    assert state.settled == "SF"


def test_level_is_not_the_largest() -> None:
    level = standing(1, [("SF", True), ("DUP", True)], 2)
    state = assembly_state([level], PARTIES)
    assert (set(state.leaders), state.settled) == ({"SF", "DUP"}, None)


def test_independents_are_no_party() -> None:
    state = assembly_state([standing(1, [("Ind", True), ("Ind", True), ("SF", True)], 3)], PARTIES)
    assert (state.leaders, state.settled) == (("SF",), "SF")


@st.composite
def counts(draw: st.DrawFn) -> list[list[tuple[str, bool | None]]]:
    """Constituencies of three seats, in each of which some candidates are elected already."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        parties = draw(st.lists(st.sampled_from(CODES), min_size=3, max_size=6))
        elected = draw(st.integers(0, 3))
        found.append([(party, True if n < elected else None) for n, party in enumerate(parties)])
    return found


@given(counts(), st.data())
def test_once_settled_no_end_of_the_count_changes_it(
    places: list[list[tuple[str, bool | None]]], data: st.DataObject
) -> None:
    state = assembly_state([standing(n, one, 3) for n, one in enumerate(places)], PARTIES)
    ended = []
    for number, place in enumerate(places):
        left = 3 - sum(bool(elected) for _, elected in place)
        continuing = [n for n, (_, elected) in enumerate(place) if not elected]
        winners = set(data.draw(st.permutations(continuing))[:left])
        final = [(party, bool(elected) or n in winners) for n, (party, elected) in enumerate(place)]
        ended.append(standing(number, list(final), 3))
    end = assembly_state(ended, PARTIES)
    if state.settled is not None:
        assert end.leaders == (state.settled,)
    for one in end.lines:
        before = state.line(one.party)
        assert before is not None and before.seats <= one.seats <= before.possible
