"""Every sentence of the recorded nights keeps the house style: posts, answers at several hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median

import pytest

from bot.election.almanac import LONDON
from tests.style.rules import check
from tests.style.texts import Shown, answers, posted
from tests.support.moments import NIGHT
from tests.support.tables import shipped
from tests.support.whole_night import moments, whole_night, whole_night_of

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

LATER = date(2026, 5, 7)
MOMENTS = ("Thursday 22:30", "Friday 02:45", "Friday 17:00", "Saturday's end")
HOURS = (27.0, 71.0)
"""From midnight of polling day, on the later night."""
_MEDIAN = 500
"""Characters of a council's card; it was about 750 before there was a house style."""


def check_answers(shown: Sequence[Shown]) -> None:
    assert len(shown) > 200
    check(said for each in shown for said in each.said)
    councils = [len(each.cards[0]) for each in shown if each.question.command == "council"]
    assert median(councils) <= _MEDIAN


def test_every_post() -> None:
    said = list(posted(whole_night().database))
    assert len(said) > 500
    check(said)


def test_every_post_of_the_later_night() -> None:
    said = list(posted(whole_night_of(LATER).database))
    assert len(said) > 500
    check(said)


@pytest.mark.parametrize("name", MOMENTS)
async def test_every_answer_at_a_moment(name: str) -> None:
    kept = moments()[name]
    database = whole_night().database
    drawn = name == MOMENTS[-1]
    check_answers(await answers(database, shipped(), NIGHT, kept.at, kept=kept, pictures=drawn))


@pytest.mark.parametrize("hours", HOURS)
async def test_every_answer_of_the_later_night(hours: float) -> None:
    moment = datetime(LATER.year, LATER.month, LATER.day, tzinfo=LONDON) + timedelta(hours=hours)
    drawn = hours == HOURS[-1]
    check_answers(
        await answers(whole_night_of(LATER).database, shipped(), LATER, moment, pictures=drawn)
    )
