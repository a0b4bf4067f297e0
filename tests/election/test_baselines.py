"""What seat changes are counted from is named by what it is, and sums name each of their parts."""

from __future__ import annotations

from datetime import date

import pytest

from bot.election.baselines import Baseline, BaselineKind, baseline_of, merged
from bot.election.seats import Composition
from bot.wording.figures import baseline_sentence, counted_from, since, than

SNAPSHOT = Baseline(BaselineKind.SNAPSHOT, date(2024, 5, 2))
ELECTION = Baseline(BaselineKind.ELECTION, date(2023, 5, 4))
UPDATED = Baseline(BaselineKind.SNAPSHOT, date(2024, 5, 2), updated=True)
BEFORE = Composition({"Lab": 20, "Con": 15, "Vac": 1})


@pytest.mark.parametrize(
    ("baseline", "words", "against"),
    [
        (SNAPSHOT, "since May 2024", "than in May 2024"),
        (UPDATED, "since before the election", "than before the election"),
        (ELECTION, "since 2023", "than in 2023"),
        (Baseline.EVE_OF_POLL, "since before the election", "than before the election"),
        (
            Baseline.WIRES,
            "since before the election",
            "than before the election",
        ),
        (
            Baseline.LAST_ELECTION,
            "since the last election (notional)",
            "than at the last election (notional)",
        ),
    ],
)
def test_a_baseline_is_named_by_what_it_is_and_its_date(
    baseline: Baseline, words: str, against: str
) -> None:
    assert counted_from(baseline) == words
    assert since(baseline) == f"change {words}"
    assert than(baseline) == against
    assert Baseline.from_code(baseline.code) == baseline


@pytest.mark.parametrize("code", ["", "snapshot", "eve:2024-05-02", "mixed", "snapshot:x", "a:b:c"])
def test_a_code_of_no_baseline_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Baseline.from_code(code)


def test_a_sum_over_several_baselines_names_each_with_its_councils() -> None:
    total = merged([ELECTION, SNAPSHOT, UPDATED, Baseline.EVE_OF_POLL, SNAPSHOT])
    assert total is not None
    assert counted_from(total) == "since before the election"
    assert than(total) == "than before the election"
    assert baseline_sentence(total) == (
        "Counted from the seats held in May 2024, with some later changes (3 councils); the seats "
        "won in 2023 (1); and the seats just before the election, from a published list (1)."
    )
    with pytest.raises(ValueError, match="one baseline"):
        _ = total.code


def test_a_sum_over_one_baseline_is_that_and_over_none_is_nothing() -> None:
    assert merged([SNAPSHOT, SNAPSHOT]) == SNAPSHOT
    assert merged([SNAPSHOT, UPDATED]) == UPDATED
    assert merged([]) is None


def test_seats_that_sat_are_never_added_to_notional_ones() -> None:
    assert merged([SNAPSHOT, Baseline.LAST_ELECTION]) is None
    assert merged([Baseline.LAST_ELECTION]) == Baseline.LAST_ELECTION


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"Lab": 2, "Con": -2}, SNAPSHOT),
        ({"Lab": 2, "Con": -2, "Vac": -1, "LD": 0}, SNAPSHOT),  # a wire may leave vacancies out
        ({"Lab": 3, "Con": -3}, Baseline.WIRES),
        ({"Lab": 2, "Con": -1}, Baseline.WIRES),
        ({}, Baseline.WIRES),
    ],
)
def test_changes_have_the_name_of_the_table_only_where_they_come_from_it(
    changes: dict[str, int], named: Baseline
) -> None:
    now = Composition({"Lab": 22, "Con": 13, "Vac": 1})
    assert baseline_of(now, changes, BEFORE, SNAPSHOT) == named


def test_changes_on_a_night_without_tables_are_the_wires() -> None:
    assert baseline_of(BEFORE, {"Lab": 1}, None, None) == Baseline.WIRES
