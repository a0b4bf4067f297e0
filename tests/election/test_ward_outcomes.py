"""What became of a ward's seats, and when somebody was elected in one of several counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.election.parties import WireParty
from bot.election.reports import Candidate, WardReport
from bot.election.seats import Composition
from bot.election.ward_outcomes import seat_outcome, told_courses, ward_outcome
from bot.wording.ballots import are_independents, seats_sentence
from tests.cards.nights import PARTIES, seats
from tests.election.build import wire
from tests.support.small_night import ward_report


@pytest.mark.parametrize(
    ("won", "previous", "sentence"),
    [
        ("Lab 1", "Con 1", "Labour gain from Conservatives"),
        ("Lab 1", "Lab 1", "Labour hold"),
        ("Lab 3", "Lab 3", "Labour hold 3"),
        (
            "Lab 2 Con 1",
            "Con 3",
            "Labour gain 2 from Conservatives, Conservatives hold 1",
        ),
        (
            "Lab 3",
            "Con 2 LD 1",
            "Labour gain 2 from Conservatives, Labour gain 1 from Lib Dems",
        ),
        (
            "Lab 1 Green 1 PC 1",
            "Con 1 LD 1 PC 1",
            "Greens gain 1, Labour gain 1, Conservatives lose 1, "
            "Lib Dems lose 1, Plaid Cymru hold 1",
        ),
    ],
)
def test_seats_are_held_and_gained(won: str, previous: str, sentence: str) -> None:
    outcome = seat_outcome(Composition(seats(won)), Composition(seats(previous)))
    assert outcome is not None
    assert seats_sentence(outcome, PARTIES) == sentence


def test_other_seats_than_were_fought_have_no_outcome() -> None:
    assert seat_outcome(Composition({"Lab": 2}), Composition({"Con": 3})) is None
    assert seat_outcome(Composition({"Lab": 2}), None) is None


def test_a_ward_that_is_not_declared_or_not_of_the_night_has_no_outcome() -> None:
    report = ward_report("KHL", "Avenue", {"Lab": True, "Con": False})
    before = Composition({"Con": 1})
    assert ward_outcome(report, before, PARTIES) is not None
    assert ward_outcome(replace(report, by_election=True), before, PARTIES) is None
    assert ward_outcome(replace(report, cancelled=True), before, PARTIES) is None
    open_still = ward_report("KHL", "Avenue", {"Lab": None, "Con": None})
    assert ward_outcome(open_still, before, PARTIES) is None


@pytest.mark.parametrize(
    ("won", "before", "known"),
    [
        ({"Asp": True}, {"Ind": 1}, False),  # Aspire may be the other of before
        ({"Ind": True}, {"Asp": 1}, False),
        ({"Asp": True}, {"Asp": 1}, True),
        ({"Asp": True}, {"Con": 1}, True),
        ({"Green": True}, {"Ind": 1}, True),  # a national party is never among the others
    ],
)
def test_a_local_party_takes_no_seat_from_those_it_may_have_been_among(
    won: dict[str, bool | None], before: dict[str, int], known: bool
) -> None:
    report = ward_report("KHL", "Avenue", won)
    assert (ward_outcome(report, Composition(before), PARTIES) is not None) is known


@pytest.mark.parametrize(
    ("won", "before", "said"),
    [
        ("Ind 1", "Lab 1", "an independent gains from Labour"),
        ("Ind 1", "Ind 1", "an independent holds"),
        ("Ind 2 Lab 1", "Lab 3", "independents gain 2 from Labour, Labour hold 1"),
        ("Lab 1", "Ind 1", "Labour gain from independents and others"),
    ],
)
def test_who_is_elected_as_an_independent_is_called_so(won: str, before: str, said: str) -> None:
    outcome = seat_outcome(Composition(seats(won)), Composition(seats(before)))
    assert outcome is not None
    assert seats_sentence(outcome, PARTIES, independents=True) == said
    assert "independents and others" in seats_sentence(outcome, PARTIES)


def test_independents_are_those_whose_reports_say_so() -> None:
    one = ward_report("KHL", "Avenue", {"Ind": True})
    assert are_independents(one, PARTIES)
    folded = replace(one.candidates[0], party=WireParty("Independent/Other", "Ind"))
    assert not are_independents(replace(one, candidates=(folded,)), PARTIES)


def stv(*counts: tuple[bool, Sequence[float]]) -> WardReport:
    candidates = tuple(
        Candidate(f"Person {place}", wire("SNP"), tuple(votes), elected)
        for place, (elected, votes) in enumerate(counts)
    )
    return replace(ward_report("ABD", "Ward", {"Con": True}), seats=2, candidates=candidates)


def stages(report: WardReport) -> list[int | None]:
    return [one.elected_at for one in told_courses(report.candidates, report.seats)]


def test_who_reaches_the_quota_is_elected_then_and_the_rest_at_the_end() -> None:
    report = stv(
        (True, (400, 334, 334)), (True, (250, 290, 320.5)), (False, (200, 210)), (False, (150,))
    )
    assert stages(report) == [1, 3, None, None]


def test_without_counts_only_the_first_is_plain() -> None:
    told = stv((True, (400,)), (True, (250,)), (False, (200,)), (False, (150,)))
    assert stages(told) == [1, None, None, None]
    unknown = tuple(replace(one, votes=()) for one in told.candidates)
    assert stages(replace(told, candidates=unknown)) == [None] * 4
