"""The tables of Scotland's wards."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from bot.almanac.recorded_nights import WardStatus
from bot.almanac.tables import NightTables, load_night

COUNCIL_PARTIES = {"Lab", "Con", "LD", "Green", "SNP"}


@pytest.fixture(scope="module")
def night() -> NightTables:
    return load_night("2022-05-05")


def test_the_seats_won_are_those_of_the_councils(night: NightTables) -> None:
    council_of = {ward.ward: ward.code for ward in night.stv_wards}
    won: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in night.stv_candidates:
        if one.elected:
            party = one.party if one.party in COUNCIL_PARTIES else "Ind"
            won[council_of[one.ward]][party] += 1
    scottish = set(council_of.values())
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in night.composition:
        if row.code in scottish and row.won:
            said[row.code][row.party] = row.won
    assert len(won) == 32
    assert won == said


def test_uncontested_wards_and_unfilled_seats_are_said(night: NightTables) -> None:
    statuses = Counter(ward.status for ward in night.stv_wards)
    assert statuses == {WardStatus.CONTESTED: 347, WardStatus.UNCONTESTED: 8}
    unfilled = [(ward.code, ward.name) for ward in night.stv_wards if "unfilled" in ward.note]
    assert [code for code, _ in unfilled] == ["ELS", "ELS", "ZET"]


def test_each_contested_ward_fills_its_seats_with_votes(night: NightTables) -> None:
    standing = defaultdict(list)
    for one in night.stv_candidates:
        standing[one.ward].append(one)
    unknown = 0
    for ward in night.stv_wards:
        elected = [one for one in standing[ward.ward] if one.elected]
        if ward.status is WardStatus.CONTESTED:
            assert len(elected) == ward.seats_up < len(standing[ward.ward])
            votes = {bool(one.votes) for one in standing[ward.ward]}
            assert len(votes) == 1, ward
            unknown += votes == {False}
        else:
            assert all(not one.votes for one in standing[ward.ward])
            assert len(elected) <= ward.seats_up
    assert unknown == 28
