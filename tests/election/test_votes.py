"""Shares, turnout, swing and majorities, on made-up polls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.election.facts import Lot, Turnout, VoteShare, VoteSwing, council_facts
from bot.election.parties import WireParty
from bot.election.votes import Polled, ShareMethod, Swing, together
from bot.wording.facts import fact_sentence
from tests.cards.nights import ALMANAC, PARTIES, seats, standing
from tests.election.polls import SCOTTISH, polled, votes, ward
from tests.election.test_facts import of_kind

WON = standing("KHL", "Lab", seats("Lab 5 LD 4"))
THREE_SEATS = {"Lab": (600, True), "Lab 2": (400, True), "LD": (390, True), "Con": (90, False)}


def shown(found) -> dict[str, float]:
    return {one.party: round(one.per_cent, 1) for one in found}


def test_a_party_counts_with_its_best_candidate_where_voters_have_several_votes():
    found = polled(THREE_SEATS)
    assert shown(found.shares) == {"Lab": 55.6, "LD": 36.1, "Con": 8.3}
    assert shown(found.plain_shares) == {"Lab": 67.6, "LD": 26.4, "Con": 6.1}
    assert found.method is ShareMethod.TOP_CANDIDATE
    (fact,) = of_kind(council_facts(WON, ALMANAC, found), VoteShare)
    assert fact_sentence(fact, PARTIES) == (
        "Labour won most votes: 55.6% (top candidate per ward)."
    )


def test_under_stv_first_preferences_count_and_there_is_no_majority_and_no_lot():
    tied = ward({"SNP": (500, True), "SNP 2": (300, True), "Lab": (300, False)}, seats=2)
    found = votes(tied, council=SCOTTISH)
    assert shown(found.shares) == {"SNP": 72.7, "Lab": 27.3}
    assert found.method is ShareMethod.FIRST_PREFERENCES
    assert found.margins == []
    both = together([found, polled(THREE_SEATS)], PARTIES)
    assert both.method is ShareMethod.MIXED
    assert both.polls == 2


def test_independents_are_no_party_and_each_stands_alone_where_one_seat_is_filled():
    one_seat = polled({"Ind": (505, True), "Ind 2": (100, False), "Lab": (395, False)})
    assert shown(one_seat.shares) == {"Ind": 60.5, "Lab": 39.5}
    assert one_seat.largest is not None
    assert one_seat.largest.party == "Lab"
    several = polled({"Ind": (505, True), "Ind 2": (100, True), "Lab": (395, False)})
    assert shown(several.shares) == {"Ind": 56.1, "Lab": 43.9}
    alone = polled({"Ind": (505, True), "Ind 2": (95, False)})
    assert alone.largest is None
    assert of_kind(council_facts(WON, ALMANAC, alone), VoteShare) == []


def test_candidates_of_no_party_are_grouped_by_what_the_ballot_paper_calls_them():
    one = ward({"Ind": (300, True), "Lab": (470, True), "Con": (100, False)})
    nameless = replace(
        one.candidates[0], name="X", party=WireParty("Independent/Other"), votes=(130,)
    )
    found = votes(replace(one, candidates=(*one.candidates, nameless), seats=3))
    assert shown(found.shares) == {"Lab": 47.0, "Ind": 43.0, "Con": 10.0}


def test_a_party_with_two_codes_is_one():
    one = ward({"Lab": (300, True), "Con": (100, False)})
    joint = replace(one.candidates[0], party=WireParty("Labour and Co-operative", "Lab"))
    found = votes(
        replace(one, candidates=(joint, one.candidates[1])),
        ward({"Lab": (100, True), "Con": (300, False)}, "Avenue"),
    )
    assert shown(found.shares) == {"Con": 50.0, "Lab": 50.0}


@pytest.mark.parametrize(
    "other",
    [
        ward({"Lab": (None, True), "Con": (300, False)}, "Avenue"),  # somebody's are missing
        ward({"Lab": (None, True), "Con": (None, False)}, "Avenue"),
        ward({"Lab": (0, True), "Con": (0, False)}, "Avenue"),
        ward({"Lab": (9, False), "Con": (300, False)}, "Avenue", seats=1),  # no winner yet
    ],
)
def test_a_ward_whose_votes_are_not_all_known_is_a_poll_and_no_more(other):
    found = votes(ward({"Lab": (300, True), "Con": (100, False)}), other)
    assert (found.known, found.polls, found.is_complete, found.is_enough) == (1, 2, False, True)
    assert shown(found.shares) == {"Lab": 75.0, "Con": 25.0}
    assert not votes(other).is_enough
    assert votes(other).shares == ()


def test_no_poll_is_no_poll():
    alone = ward({"Lab": (None, True)}, "Avenue", uncontested=True)
    short = ward({"Lab": (None, True)}, "Marfleet", uncontested=True, seats=3)
    off = ward({"Lab": (50, False), "LD": (9, False)}, "Ings", cancelled=True, seats=1)
    by_election = ward({"Con": (900, True), "Lab": (1, False)}, "Holderness", by_election=True)
    moved = ward({"LD": (9, True)}, "Bricknell", replaced_by="local.hull.x.2022-06-23")
    same_day = ward({"LD": (9, True)}, "Derringham", replaced_by="local.hull.x.2022-05-05")
    found = votes(
        ward({"Lab": (300, True), "Con": (100, False)}),
        *(alone, short, off, by_election, moved, same_day),
    )
    assert (found.known, found.polls, found.uncontested) == (1, 1, 2)
    assert found.unopposed == seats("Lab 2")
    assert shown(found.shares) == {"Lab": 75.0, "Con": 25.0}
    nothing = votes(alone, off)
    assert (nothing.known, nothing.polls, nothing.is_complete) == (0, 0, False)
    assert (nothing.turnout, nothing.swing, nothing.largest) == (None, None, None)


def test_wards_not_heard_of_are_polls_and_little_is_not_enough():
    one = ward({"Lab": (300, True), "Con": (100, False)})
    assert votes(one, listed=1).is_enough
    few = votes(one, listed=2)
    assert (few.known, few.polls, few.is_enough) == (1, 3, False)
    assert of_kind(council_facts(WON, ALMANAC, few), VoteShare) == []


def test_turnout_is_weighted_by_electorate_over_the_wards_that_give_it():
    poll = {"Lab": (1, True), "Con": (0, False)}
    found = votes(
        ward(poll, "A", electorate=3_000, turnout=30.0),
        ward(poll, "B", electorate=1_000, turnout=50.0),
        ward(poll, "C", electorate=None),
        ward(poll, "D", electorate=0),
    )
    assert found.turnout == Polled(35.0, 4_000, 2)
    (fact,) = of_kind(council_facts(WON, ALMANAC, found), Turnout)
    assert fact_sentence(fact, PARTIES) == "Turnout 35.0% (2 of 4 wards)."
    assert votes(ward(poll, electorate=0)).turnout is None
    fewer = votes(ward(poll, "A"), *(ward(poll, name, turnout=None) for name in "BC"))
    assert of_kind(council_facts(WON, ALMANAC, fewer), Turnout) == []


def test_a_change_and_a_swing_are_of_the_same_wards():
    now = {"Lab": (600, True), "Con": (300, False), "Green": (100, False)}
    other = {"Lab": (900, True), "Con": (100, False)}
    found = votes(
        ward(now, "Avenue"),
        ward(other, "Ings"),
        before={"Avenue": {"Lab": 500, "Con": 400, "UKIP": 100}},
    )
    changes = {one.party: one.change and round(one.change, 1) for one in found.shares}
    assert shown(found.shares)["Lab"] == 75.0
    assert changes == {"Lab": 10.0, "Con": -10.0, "Green": 10.0, "UKIP": -10.0}
    assert found.swing == Swing("Lab", "Con", pytest.approx(10.0))
    assert len(found.compared) == 1
    (most,) = of_kind(council_facts(WON, ALMANAC, found), VoteShare)
    assert fact_sentence(most, PARTIES) == (
        "Labour won most votes: 75.0%, up 10.0 points since 2018 in the same wards"
        " (top candidate per ward)."
    )
    (fact,) = of_kind(council_facts(WON, ALMANAC, found), VoteSwing)
    assert fact_sentence(fact, PARTIES) == (
        "A swing of 10.0 points from the Conservatives to Labour since 2018 in the same wards."
    )


def test_a_swing_against_the_first_party_goes_to_the_second():
    found = votes(
        ward({"Lab": (550, True), "Con": (450, False)}),
        before={"Drypool": {"Lab": 700, "Con": 300}},
    )
    assert found.swing == Swing("Con", "Lab", pytest.approx(15.0))


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"Lab": (5, True), "Con": (4, False)}, {"Lab": 5, "Green": 4}),  # did not stand then
        ({"Lab": (5, True), "Ind": (4, False)}, {"Lab": 5, "Ind": 4}),  # no party
        ({"Lab": (5, True), "Asp": (4, False)}, {"Lab": 5, "Ind": 4}),  # may be among them
        ({"Lab": (5, True), "Lab 2": (4, False)}, {"Lab": 5}),  # no second
    ],
)
def test_no_swing_where_one_of_the_two_is_not_known_then(now, before):
    assert votes(ward(now), before={"Drypool": before}).swing is None


def test_what_is_not_known_then_has_no_change():
    now = {"Asp": (50, True), "Ind": (30, False), "Green": (20, False)}
    found = votes(ward(now), before={"Drypool": {"Lab": 60, "Ind": 40}})
    changes = {one.party: one.change for one in found.shares}
    assert changes == {"Asp": None, "Ind": None, "Green": 20.0, "Lab": -60.0}
    told = votes(ward(now), before={"Drypool": {"Lab": 60, "Asp": 40}})
    assert {one.party: one.change for one in told.shares}["Asp"] == pytest.approx(10.0)


def test_nothing_is_compared_in_a_new_council_or_over_few_wards():
    now = {"Lab": (600, True), "Con": (400, False)}
    before = {"Avenue": {"Lab": 1, "Con": 1}}
    assert votes(ward(now, "Avenue"), before=before, new_council=True).compared == ()
    three = votes(ward(now, "Avenue"), ward(now, "Ings"), ward(now, "Holderness"), before=before)
    assert three.compared == ()
    assert all(one.change is None for one in three.shares)


def test_a_majority_is_of_the_last_elected_over_the_first_who_is_not():
    (margin,) = polled(THREE_SEATS).margins
    assert (margin.winner, margin.runner_up, margin.votes) == ("LD", "Con", 300)
    assert margin.per_cent == pytest.approx(100 * 300 / 1_080)  # of the votes that shares count
    (single,) = polled({"Lab": (60, True), "Con": (40, False)}).margins
    assert (single.votes, single.per_cent) == (20, 20.0)
    everybody = polled({"Lab": (60, True), "Con": (40, True)})
    assert everybody.margins == []
    otherwise = polled({"Lab": (60, False), "Con": (40, True)})  # not by the votes
    assert otherwise.margins == []


def test_equal_votes_were_decided_by_lot():
    tied = polled({"Lab": (500, True), "LD": (499, True), "Con": (499, False), "Green": (9, False)})
    (margin,) = tied.margins
    assert margin.by_lot
    (fact,) = of_kind(council_facts(WON, ALMANAC, tied), Lot)
    assert (fact.winner, fact.loser, fact.votes) == ("LD", "Con", 499)


def test_a_recount_revises_all_that_follows_from_votes():
    first = polled({"Lab": (500, True), "Con": (499, False)})
    recount = polled({"Lab": (499, False), "Con": (500, True)})
    assert first.largest != recount.largest
    assert recount.margins[0].winner == "Con"


@pytest.mark.parametrize(("seats_up", "whole"), [(2, True), (3, False), (None, False)])
def test_where_no_table_lists_the_wards_they_are_all_there_once_they_fill_the_seats(
    seats_up, whole
):
    poll = {"Lab": (60, True), "Con": (40, False)}
    found = votes(ward(poll, "Avenue"), ward(poll, "Ings"), seats_up=seats_up)
    assert (found.is_complete, found.is_enough) == (whole, whole)
    assert bool(of_kind(council_facts(WON, ALMANAC, found), VoteShare)) is whole
    listed = votes(ward(poll, "w0"), listed=1, seats_up=None)
    assert listed.is_complete
