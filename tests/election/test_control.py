from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.claims import ClaimContent, ClaimState, ClaimVersion, next_version
from bot.election.control import (
    NOC,
    Control,
    Outcome,
    control_of,
    control_of_filled,
    majority_of,
    outcome_of,
)
from bot.election.parties import VACANT
from bot.election.seats import Composition

CODES = ["Lab", "Con", "LD", "Green", "Ind", VACANT]
compositions = st.dictionaries(st.sampled_from(CODES), st.integers(0, 130)).map(Composition)
controls = st.sampled_from([NOC, Control("Lab"), Control("Con"), Control("Ind")])


@pytest.mark.parametrize(
    ("seats", "holder"),
    [
        ({"LD": 29, "Lab": 27, "Ind": 1}, "LD"),
        ({"Con": 30, "Lab": 30}, None),
        ({"Con": 21, "Lab": 20, "LD": 1}, None),
        ({"Lab": 19, "Con": 19}, None),
        ({"Lab": 18, "Con": 17, "Vac": 1}, None),
        ({"Ind": 26, "Con": 15}, "Ind"),
        ({}, None),
        ({"Vac": 3}, None),
    ],
)
def test_control_takes_more_than_half_of_all_seats(
    seats: dict[str, int], holder: str | None
) -> None:
    assert control_of(Composition(seats)) == Control(holder)


def test_newsrooms_count_filled_seats() -> None:
    crawley = Composition({"Lab": 18, "Con": 17, "Vac": 1})
    assert control_of_filled(crawley) == Control("Lab")


@given(st.integers(0, 1000))
def test_a_majority_is_the_least_number_above_half(total: int) -> None:
    majority = majority_of(total)
    assert 2 * majority > total
    assert 2 * (majority - 1) <= total


@given(compositions)
def test_control_is_the_one_party_above_half_or_nobody(seats: Composition) -> None:
    above = [code for code, n in seats.items() if code != VACANT and 2 * n > seats.total]
    assert control_of(seats).holder == (above[0] if above else None)
    assert len(above) <= 1


@given(st.none() | controls, controls, st.booleans())
def test_any_two_controls_have_exactly_one_outcome(
    before: Control | None, after: Control, new: bool
) -> None:
    gained = before is not None and before != after and not after.is_noc
    expected = {
        Outcome.FIRST_ELECTION: before is None and new,
        Outcome.BEFORE_NOT_KNOWN: before is None and not new,
        Outcome.HOLD: before == after and not after.is_noc,
        Outcome.STAYS_NOC: before == after and after.is_noc,
        Outcome.LOSS_TO_NOC: before is not None and before != after and after.is_noc,
        Outcome.GAIN_FROM_NOC: gained and before == NOC,
        Outcome.GAIN: gained and before != NOC,
    }
    assert [outcome for outcome, applies in expected.items() if applies] == [
        outcome_of(before, after, new_council=new)
    ]


def test_only_a_move_of_control_changes_hands() -> None:
    assert {outcome for outcome in Outcome if outcome.changes_hands} == {
        Outcome.GAIN,
        Outcome.GAIN_FROM_NOC,
        Outcome.LOSS_TO_NOC,
    }


@given(compositions)
def test_seats_are_the_sum_of_their_parts(seats: Composition) -> None:
    assert seats.total == sum(seats.values()) == seats.filled + seats.vacant
    assert all(number > 0 for number in seats.values())


@given(compositions, compositions)
def test_changes_lead_from_one_composition_to_the_other(a: Composition, b: Composition) -> None:
    changes = b.changes_from(a)
    assert Composition((c, a.get(c, 0) + changes.get(c, 0)) for c in {**a, **b}) == b


def test_one_party_under_two_names_is_summed() -> None:
    assert Composition([("UKIP", 2), ("UKIP", 3)])["UKIP"] == 5


@pytest.mark.parametrize("number", [-1, 1001])
def test_impossible_seats_cannot_be_made(number: int) -> None:
    with pytest.raises(ValueError, match="cannot have"):
        Composition({"Lab": number})


def test_the_largest_party_is_nobody_where_two_are_level() -> None:
    assert Composition({"Lab": 9, "Con": 9, "Vac": 20}).largest is None
    assert Composition({"Lab": 9, "Con": 8, "Vac": 20}).largest == "Lab"
    assert Composition({"Vac": 20}).largest is None


@given(st.lists(st.none() | st.tuples(st.none() | controls, controls), max_size=12))
def test_a_claims_versions_follow_each_other_without_gap_and_without_repeat(
    decided: list[tuple[Control | None, Control] | None],
) -> None:
    latest: ClaimVersion | None = None
    said: list[ClaimVersion] = []
    for pair in decided:
        content = None if pair is None else ClaimContent.of(*pair)
        version = next_version(latest, content)
        if version is not None:
            said.append(version)
            latest = version
        assert (latest.content if latest else None) == content
    assert [version.version for version in said] == list(range(1, len(said) + 1))
    for one, two in pairwise(said):
        assert one.content != two.content
        assert (two.state is ClaimState.RETRACTED) == (two.content is None)
        completes = two.content is not None and two.content.completes(one.content)
        assert (two.state is ClaimState.COMPLETED) == completes
        assert (two.state is ClaimState.CORRECTED) == (
            one.content is not None and two.content is not None and not completes
        )


LD, LAB = Control("LD"), Control("Lab")
OPEN = ClaimContent.of(None, LD)
FIRST = ClaimContent.of(None, LD, new_council=True)


@pytest.mark.parametrize("known", [ClaimContent.of(LAB, LD), ClaimContent.of(LD, LD), FIRST])
def test_a_claim_is_completed_by_who_had_control_before(known: ClaimContent) -> None:
    declared = ClaimVersion(1, ClaimState.DECLARED, OPEN)
    assert next_version(declared, known) == ClaimVersion(2, ClaimState.COMPLETED, known)
    assert next_version(declared, OPEN) is None


def test_what_says_anything_else_corrects() -> None:
    """Also what takes back who had control before, and what names another."""
    for said, decided in (
        (OPEN, ClaimContent.of(LAB, NOC)),
        (OPEN, ClaimContent.of(None, NOC)),
        (ClaimContent.of(LAB, LD), OPEN),
        (ClaimContent.of(LAB, LD), ClaimContent.of(NOC, LD)),
        (FIRST, OPEN),
    ):
        version = next_version(ClaimVersion(1, ClaimState.DECLARED, said), decided)
        assert version == ClaimVersion(2, ClaimState.CORRECTED, decided)


def test_a_claim_cannot_contradict_itself() -> None:
    with pytest.raises(ValueError, match="is not a"):
        ClaimContent(Control("Lab"), Control("LD"), Outcome.HOLD)
    with pytest.raises(ValueError, match="retraction"):
        ClaimVersion(1, ClaimState.DECLARED, None)
