"""The axis of hours: round times wherever results came in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LONDON
from bot.pictures.hours import Hours

START = datetime(2022, 5, 5, 23, 0, tzinfo=LONDON)


def labels(*minutes: int) -> list[str]:
    axis = Hours.of((START + timedelta(minutes=one) for one in minutes), 100, 900)
    return [hour for _, hour, _ in axis.labels()]


@given(st.lists(st.integers(0, 4_000), min_size=2, unique=True))
def test_a_label_is_a_round_time_of_the_axis(minutes: list[int]) -> None:
    first, last = min(minutes), max(minutes)
    found = labels(*minutes)
    assert found
    if last - first > 600:
        assert all(hour.endswith(":00") for hour in found)
    axis = Hours.of((START + timedelta(minutes=one) for one in minutes), 100, 900)
    assert all(99.9 < x < 900.1 for x, _, _ in axis.labels())


@pytest.mark.parametrize(
    ("minutes", "first", "last"),
    [((59, 600, 779, 1_200), "00:00", "19:00"), ((64, 67), "00:04", "00:07")],
)
def test_the_ends_have_the_round_times_next_to_them(
    minutes: tuple[int, ...], first: str, last: str
) -> None:
    found = labels(*minutes)
    assert (found[0], found[-1]) == (first, last)
