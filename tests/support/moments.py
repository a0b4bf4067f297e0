"""How the night of 5 May 2022 stood at some moments, and what the bot was asked then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.app import App
from bot.chat.terminal import answer_at_terminal
from bot.clock import LONDON
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.councils import Council
from bot.election.reports import WardReport
from bot.election.standings import CouncilStanding, DeskNote

NIGHT = date(2022, 5, 5)
AT_71 = "at 71 councils"
END = "Saturday's end"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 5, day, hour, minute, tzinfo=LONDON)


MOMENTS = {
    "before the close": at(5, 21, 59),
    "Thursday 22:30": at(5, 22, 30),
    "Friday 00:30": at(6, 0, 30),
    "Friday 02:45": at(6, 2, 45),
    "Friday 04:00": at(6, 4),
    "Friday 07:00": at(6, 7),
    "Friday 09:00": at(6, 9),
    "Friday 17:00": at(6, 17),
    "Friday 22:00": at(6, 22),
    END: at(7, 22),
}


QUESTIONS = {
    AT_71: (
        "/night changes party:Conservative",
        "/party Conservative",
        "/party Labour",
        "/party Liberal Democrat",
        "/party Green",
    ),
    "Friday 09:00": (
        *(
            f"/council {name}"
            for name in (
                "Wandsworth",
                "Westminster",
                "Barnet",
                "Hull",
                "Southampton",
                "Worcester",
                "West Oxfordshire",
                "Cumberland",
                "Portsmouth",
                "Rutland",
                "Somerset",
                "Wolverhampton",
            )
        ),
        "/referendum Bristol",
        "/night next",
        "/night changes party:Conservative",
        "/party Conservative",
        "/party Labour",
        "/party Liberal Democrat",
        "/party Green",
    ),
    END: ("/council Somerset", "/assembly", "/night headline"),
}
"""What the bot is asked at a moment."""


@dataclass(frozen=True)
class Moment:
    """All that a summary is made from, as it stood at a moment, and what the bot was asked then.

    `wards` are those of a few councils, at the end of all.
    """

    at: datetime
    standings: Sequence[CouncilStanding]
    almanac: Almanac
    reconciled: bool
    wards: dict[str, list[WardReport]]
    ballots: Sequence[BallotStanding]
    notes: Sequence[tuple[Council, DeskNote]]
    answers: dict[str, str]


async def how_it_stands(app: App, name: str) -> Moment:
    """Return how the night stands now, at the moment of a *name*, and what the bot answers."""
    services = app.services
    standings = services.reader.councils(NIGHT)
    every = [one.council.code for one in standings]
    return Moment(
        services.clock.now(),
        standings,
        services.almanac_of(NIGHT),
        services.is_reconciled(NIGHT),
        {
            code: [one.report for one in services.reader.wards(NIGHT, code)]
            for code in (every if name == END else ("WLV", "KHL"))
        },
        services.reader.ballots(NIGHT),
        services.reader.desk_notes(NIGHT),
        {one: await answer_at_terminal(services, one) for one in QUESTIONS.get(name, ())},
    )
