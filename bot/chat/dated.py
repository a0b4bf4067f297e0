"""What an answer says of its night where that is not the present: nothing old is told as new."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.chat.questions import Answer
from bot.chat.services import Services
from bot.election.almanac import LONDON
from bot.election.nights import is_past
from bot.wording.phrases import day, day_and_time

_DATED_THROUGHOUT = frozenset({"history"})
"""Commands whose answers are lists of years anyway."""


def dated(answer: Answer, services: Services) -> Answer:
    """Return *answer*; one about a night long past begins with its date."""
    chosen = answer.question.options.get("night")
    if chosen is None or answer.question.command in _DATED_THROUGHOUT:
        return answer
    night = date.fromisoformat(chosen)
    if not is_past(night, services.clock.now()):
        return answer
    first, *others = answer.cards
    said = _said_of(night, services)
    first = replace(first, description="\n".join(filter(None, (said, first.description))))
    return replace(answer, cards=(first, *others))


def _said_of(night: date, services: Services) -> str:
    """Return "**Elections of 5 May 2022**, as at 21:00 on Saturday 7 May 2022."."""
    said = f"**Elections of {day(night)}**"
    news = services.last_news(night)
    if news is None:
        said += ", of which no result is kept here"
    elif is_past(night, news):
        said += f", taken in on {day(news.astimezone(LONDON).date())}"
    else:
        said += f", as at {day_and_time(news)} {news.astimezone(LONDON).year}"
    if night == services.newest_night:
        said += ". Nothing later is known here yet"
    return f"{said}."
