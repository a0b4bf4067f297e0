"""The night of 5 May 2022 replayed once without a chat, and how it stood at some moments."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.app import App, opened
from bot.chat.terminal import answer_at_terminal
from bot.clock import LONDON, SteppedClock
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.councils import Council
from bot.election.reports import WardReport
from bot.election.standings import CouncilStanding, DeskNote
from bot.settings import Settings
from simulation.demo.replay import Replay
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.support.shared import made_once
from tests.support.tables import shipped

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


@cache
def moments() -> dict[str, Moment]:
    """Return the night at each moment by name, and when 71 councils had declared."""
    return made_once("moments", lambda: asyncio.run(_replayed()))


async def _replayed() -> dict[str, Moment]:
    night = Night.load(NIGHT.isoformat())
    start = min(row.at for row in night.timetable) - timedelta(minutes=1)
    clock = SteppedClock(start)
    found: dict[str, Moment] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with Rehearsal(night, clock) as rehearsal:
            settings = Settings(
                database=Path(folder) / "night.sqlite",
                pa_urls=(rehearsal.pa_url,),
                democracy_club_url=rehearsal.dc_url,
                nist_urls=(rehearsal.counts_url,),
                night=NIGHT,
            )
            async with opened(settings, shipped(), clock) as app:
                replay = Replay(app, rehearsal, clock, None, lambda: None)
                everything = sorted({*replay._moments, *MOMENTS.values()})
                names = {moment: name for name, moment in MOMENTS.items()}
                for moment in everything:
                    await clock.move_to(moment)
                    await replay._take_in()
                    if moment in names:
                        found[names[moment]] = await _now(app, names[moment])
                    declared = sum(one.is_declared for one in app.services.reader.councils(NIGHT))
                    if AT_71 not in found and declared >= 71:
                        found[AT_71] = await _now(app, AT_71)
    return found


async def _now(app: App, name: str) -> Moment:
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
