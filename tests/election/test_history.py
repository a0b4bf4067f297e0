"""What the table of control shows of a council's past, and no more."""

from __future__ import annotations

from datetime import date

from bot.election.almanac import AsElected, YearOfControl
from bot.election.control import NOC, Control
from bot.election.history import (
    FirstSince,
    changes_of_control,
    first_since,
    history_before,
    ordinary_day,
)
from bot.election.seats import Composition

NIGHT = date(2022, 5, 5)
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
    found = changes_of_control(list(reversed(MIXED)), NIGHT)
    assert [(one.year, one.before, one.after) for one in found] == [
        (2001, NOC, CONSERVATIVE),
        (1991, LABOUR, NOC),
    ]
    assert [one.year for one in changes_of_control(MIXED, ordinary_day(2001))] == [1991]
    assert changes_of_control([], NIGHT) == ()


def test_a_change_across_missing_years_names_the_last_that_is_known() -> None:
    gap = years((LABOUR, 1973, 1980), (CONSERVATIVE, 1985, 2021))
    (change,) = changes_of_control(gap, NIGHT)
    assert (change.last_seen, change.year) == (1980, 1985)


def test_a_first_majority_is_since_the_last_one_or_since_the_table_starts() -> None:
    assert first_since(MIXED, LABOUR, NIGHT) == FirstSince(1990, at_least=False)
    always = years((CONSERVATIVE, 1973, 2021))
    assert first_since(always, LABOUR, NIGHT) == FirstSince(1973, at_least=True)
    later = [*always, *years((LABOUR, 2022, 2026))]
    assert first_since(later, LABOUR, NIGHT) == FirstSince(1973, at_least=True)


def test_nothing_is_said_that_the_table_does_not_show() -> None:
    always = years((CONSERVATIVE, 1973, 2021))
    assert first_since(always, CONSERVATIVE, NIGHT) is None, "it holds on"
    assert first_since(always, NOC, NIGHT) is None
    assert first_since([], LABOUR, NIGHT) is None, "no row of the council"
    assert first_since(always, LABOUR, ordinary_day(2024)) is None, "the year before is missing"
    assert first_since(always, Control("Green"), NIGHT) is None, "in the bucket before 2016"
    gap = years((CONSERVATIVE, 1973, 1980), (CONSERVATIVE, 1985, 2021))
    assert first_since(gap, LABOUR, NIGHT) is None, "it may have been theirs in between"


# What was elected, and the snapshot of the same year.


def test_the_ordinary_day_is_the_first_thursday_in_may() -> None:
    days = {year: ordinary_day(year) for year in (2021, 2022, 2025, 2026, 2027)}
    assert {year: day.day for year, day in days.items()} == {
        2021: 6, 2022: 5, 2025: 1, 2026: 7, 2027: 6,
    }  # fmt: skip
    assert {day.weekday() for day in days.values()} == {3}


def in_two_ways(
    year: int, elected: str | None, later: str | None, local: str = ""
) -> YearOfControl:
    won = Composition({local or elected or "Ind": 10})
    return YearOfControl(
        year,
        Composition({later or "Ind": 10}),
        Control(later),
        date(year, 8, 31),
        AsElected(date(year, 5, 4), won, Control(elected)),
    )


def test_what_a_night_knows_is_what_was_stated_before_it() -> None:
    table = [
        *years((LABOUR, 2020, 2023)),
        in_two_ways(2024, "Con", None),
        *years((NOC, 2025, 2026)),
    ]

    def last(night: date) -> tuple[int, str | None]:
        known = history_before(table, night)[-1]
        return known.year, known.control.holder

    assert last(date(2024, 5, 4)) == (2023, "Lab")
    assert last(date(2024, 5, 5)) == (2024, "Con"), "elected the day before, no snapshot yet"
    assert last(date(2024, 8, 31)) == (2024, "Con")
    assert last(date(2024, 9, 1)) == (2024, None)
    assert last(date(2025, 12, 31)) == (2024, None), "when 2025's was taken is not known"
    assert history_before(table, date(2020, 5, 7)) == []


def test_control_lost_between_the_election_and_the_snapshot_is_a_change_of_its_own() -> None:
    table = [*years((LABOUR, 2020, 2023)), in_two_ways(2024, "Con", None)]
    told = changes_of_control(table, date(2025, 5, 1))
    assert [(one.year, one.before, one.after, one.after_election) for one in told] == [
        (2024, CONSERVATIVE, NOC, True),
        (2024, LABOUR, CONSERVATIVE, False),
    ]
    first = first_since(table, CONSERVATIVE, date(2025, 5, 1))
    assert first == FirstSince(2024, at_least=False), "it had won the last election"


def test_a_local_party_in_the_bucket_of_the_snapshots_has_not_lost_control() -> None:
    bucket = years((Control("Ind"), 2025, 2026))
    table = [*years((LABOUR, 2020, 2023)), in_two_ways(2024, "Asp", "Ind"), *bucket]
    told = changes_of_control(table, date(2027, 5, 6))
    assert [(one.before, one.after) for one in told] == [(LABOUR, Control("Asp"))]


def test_nothing_is_first_after_an_election_that_the_table_does_not_have() -> None:
    always = years((CONSERVATIVE, 1973, 2021))
    assert first_since(always, LABOUR, date(2022, 4, 7)) == FirstSince(1973, at_least=True)
    assert first_since(always, LABOUR, date(2022, 11, 3)) is None
