"""What the table of control shows of a council's past, and no more."""

from __future__ import annotations

from bot.election.almanac import YearOfControl
from bot.election.control import NOC, Control
from bot.election.history import FirstSince, changes_of_control, first_since
from bot.election.seats import Composition

LABOUR, CONSERVATIVE = Control("Lab"), Control("Con")


def years(*runs: tuple[Control, int, int]) -> list[YearOfControl]:
    seats = Composition({"Ind": 10})
    return [
        YearOfControl(year, seats, control)
        for control, first, last in runs
        for year in range(first, last + 1)
    ]


MIXED = years((LABOUR, 1973, 1990), (NOC, 1991, 2000), (CONSERVATIVE, 2001, 2021))


def test_changes_are_told_newest_first_and_only_those_before_the_night() -> None:
    found = changes_of_control(list(reversed(MIXED)), 2022)
    assert [(one.year, one.before, one.after) for one in found] == [
        (2001, NOC, CONSERVATIVE),
        (1991, LABOUR, NOC),
    ]
    assert [one.year for one in changes_of_control(MIXED, 2001)] == [1991]
    assert changes_of_control([], 2022) == ()


def test_a_change_across_missing_years_names_the_last_that_is_known() -> None:
    gap = years((LABOUR, 1973, 1980), (CONSERVATIVE, 1985, 2021))
    (change,) = changes_of_control(gap, 2022)
    assert (change.last_seen, change.year) == (1980, 1985)


def test_a_first_majority_is_since_the_last_one_or_since_the_table_starts() -> None:
    assert first_since(MIXED, LABOUR, 2022) == FirstSince(1990, at_least=False)
    always = years((CONSERVATIVE, 1973, 2021))
    assert first_since(always, LABOUR, 2022) == FirstSince(1973, at_least=True)
    later = [*always, *years((LABOUR, 2022, 2026))]
    assert first_since(later, LABOUR, 2022) == FirstSince(1973, at_least=True)


def test_nothing_is_said_that_the_table_does_not_show() -> None:
    always = years((CONSERVATIVE, 1973, 2021))
    assert first_since(always, CONSERVATIVE, 2022) is None, "it holds on"
    assert first_since(always, NOC, 2022) is None
    assert first_since([], LABOUR, 2022) is None, "no row of the council"
    assert first_since(always, LABOUR, 2024) is None, "the year before is missing"
    assert first_since(always, Control("Green"), 2022) is None, "in the bucket before 2016"
    gap = years((CONSERVATIVE, 1973, 1980), (CONSERVATIVE, 1985, 2021))
    assert first_since(gap, LABOUR, 2022) is None, "it may have been theirs in between"
