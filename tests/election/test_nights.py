"""Which night is followed: the running one, else the next, else what there is."""

from datetime import date, datetime

import pytest

from bot.clock import LONDON
from bot.election.nights import is_past, night_followed

TUESDAY = date(2026, 5, 5)
OLD, SPRING, AUTUMN = date(2022, 5, 5), date(2026, 5, 7), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("prepared", "in_force", "today", "followed"),
    [
        ([OLD], [OLD], (2022, 5, 6), OLD),
        ([OLD], [], (2026, 5, 7), OLD),  # nothing else is known
        ([OLD, SPRING], [OLD], (2026, 5, 1), SPRING),  # the next one, before its first document
        ([OLD], [OLD, SPRING], (2026, 5, 7), SPRING),  # the feed's own
        ([OLD, SPRING, AUTUMN], [SPRING], (2026, 5, 9), SPRING),  # it is still running
        ([OLD, SPRING, AUTUMN], [SPRING], (2026, 8, 1), AUTUMN),
        ([SPRING], [OLD], (2022, 5, 5), OLD),
        ([OLD], [SPRING], (2026, 8, 1), SPRING),  # past, but the newest that came in
        ([], [], (2026, 5, 7), None),
    ],
)
def test_the_night_that_runs_or_comes_next_is_followed_before_any_that_is_past(
    prepared: list[date], in_force: list[date], today: tuple[int, int, int], followed: date | None
) -> None:
    assert night_followed(prepared, in_force, datetime(*today, 12, tzinfo=LONDON)) == followed


def test_a_night_runs_for_a_week_by_the_calendar_of_london() -> None:
    assert not is_past(SPRING, datetime(2026, 5, 13, 23, 59, tzinfo=LONDON))
    assert is_past(SPRING, datetime(2026, 5, 14, 0, 0, tzinfo=LONDON))


@pytest.mark.parametrize(
    ("prepared", "in_force", "today", "followed"),
    [
        ([AUTUMN], [SPRING], (2026, 5, 8), AUTUMN),  # before what the feeds bring meanwhile
        ([SPRING, AUTUMN], [OLD], (2026, 5, 8), SPRING),  # it is running
        ([SPRING, AUTUMN], [SPRING], (2026, 5, 14), AUTUMN),
        ([OLD], [SPRING], (2026, 5, 8), SPRING),  # what was prepared is over
        ([TUESDAY, SPRING], [TUESDAY], (2026, 5, 6), TUESDAY),
        ([TUESDAY, SPRING], [TUESDAY], (2026, 5, 7), SPRING),  # though the other's week goes on
    ],
)
def test_a_night_that_was_prepared_is_followed_before_what_the_feeds_bring(
    prepared: list[date], in_force: list[date], today: tuple[int, int, int], followed: date
) -> None:
    now = datetime(*today, 12, tzinfo=LONDON)
    assert night_followed([OLD, *prepared], in_force, now, prepared) == followed
