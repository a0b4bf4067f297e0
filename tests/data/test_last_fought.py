"""Who won tonight's seats when they were last fought."""

from __future__ import annotations

from datetime import date

from bot.election.seats import Composition
from tests.support.tables import shipped


def test_portsmouth_s_third_was_six_conservative_seats_in_2018() -> None:
    night = shipped().nights[date(2022, 5, 5)]
    portsmouth = night.elections["POR"]
    assert portsmouth.last_fought_on == date(2018, 5, 3)
    assert portsmouth.last_fought == Composition({"Con": 6, "LD": 4, "Lab": 4})


def test_one_of_a_wards_seats_was_its_party_s_where_one_party_had_won_them_all() -> None:
    night = shipped().nights[date(2022, 5, 5)]
    hull = {ward.name: ward.previous for ward in night.wards["KHL"]}
    assert hull["Sutton"] == Composition({"Lab": 1})  # all three of 2018
    assert hull["Avenue"] is None  # two parties shared them


def test_a_council_whose_boundaries_moved_is_not_compared() -> None:
    night = shipped().nights[date(2022, 5, 5)]
    assert night.elections["WND"].last_fought is None
    assert night.elections["WND"].last_fought_on is None
    assert all(ward.previous is None for ward in night.wards["WND"])


def test_what_is_compared_fills_the_same_seats() -> None:
    night = shipped().nights[date(2022, 5, 5)]
    wards = [ward for council in night.wards.values() for ward in council]
    compared = [ward for ward in wards if ward.previous is not None]
    assert len(wards) == 3_965
    assert len(compared) == 2_069
    assert all(ward.previous and ward.previous.total == ward.seats for ward in compared)
    councils = [one for one in night.elections.values() if one.last_fought is not None]
    assert all(one.last_fought and one.last_fought.total == one.seats_up for one in councils)
    assert len(councils) >= 60


def test_votes_of_the_last_contest_are_of_the_same_ward_as_its_share_counts_them() -> None:
    last = shipped().nights[date(2022, 5, 5)].last_votes
    buckingham = last["local.adur.buckingham.2022-05-05"]
    assert buckingham.fought_on == date(2018, 5, 3)
    assert buckingham.votes == {"Con": 634, "Lab": 315, "Green": 105, "LD": 67}
    assert len(last) == 2_098
    nights = shipped().nights[date(2022, 5, 5)]
    new = {code for code, one in nights.elections.items() if one.new_council}
    assert not {seat.key for code in new for seat in nights.wards[code]} & last.keys()
