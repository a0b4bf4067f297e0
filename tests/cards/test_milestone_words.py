"""Milestones in words: each says what makes it one, by the shipped tables."""

from __future__ import annotations

import pytest

from bot.cards.notices import notice_title
from bot.election.almanac import Almanac
from bot.election.notices import Milestone, MilestoneKind
from bot.tables import load_almanac


@pytest.fixture(scope="module")
def almanac() -> Almanac:
    return load_almanac()


@pytest.mark.parametrize(
    ("council", "party", "says"),
    [
        ("WSM", "Lab", "Labour take Westminster, for the first time since it was created in 1964"),
        ("WND", "Lab", "Labour take Wandsworth, Conservative since 1978"),
        ("HUN", None, "Huntingdonshire falls to no overall control, Conservative since 1976"),
        # Conservative for twelve years only: the winner's absence is what is long.
        ("GOS", "LD", "Liberal Democrats take Gosport, for the first time since 1997"),
        ("AGY", "PC", "Plaid Cymru take Isle of Anglesey, for the first time since at least 1995"),
    ],
)
def test_a_first_in_decades_says_since_when(
    council: str, party: str | None, says: str, almanac: Almanac
) -> None:
    milestone = Milestone(MilestoneKind.FIRST_IN_DECADES, council, party, 2022)
    assert notice_title(milestone, almanac, {}) == says


def test_figures_are_the_round_ones(almanac: Almanac) -> None:
    lost = Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-250, since="snapshot:2021-05-06")
    assert notice_title(lost, almanac, {}) == (
        "The Conservatives have lost 250 seats or more net since May 2021"
    )
    half = Milestone(MilestoneKind.HALF_DECLARED, figure=100)
    assert notice_title(half, almanac, {}) == "Half of the councils have declared, 100 of them"
