"""The night of 2022 from two sources at once: everything is said once, and both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.clock import SteppedClock
from bot.desk import Editor
from bot.election.alert_kinds import AlertKind
from bot.election.case_file import RulingAction
from bot.election.reports import SourceKind
from bot.election.standings import CouncilStanding
from bot.settings import Settings
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal
from tests.verification.at_work import almanac

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

NIGHT = date(2022, 5, 5)
_A_LOOK = timedelta(hours=1)


def _looks(moments: Sequence[datetime], late: timedelta) -> list[datetime]:
    """Return when the feeds are looked at: at every change, but once an hour at most."""
    looks = [moments[0]]
    for moment in moments:
        if moment - looks[-1] >= _A_LOOK:
            looks.append(moment)
    return [*looks, moments[-1], moments[-1] + late]


async def _decided(app: App, night: Night, now: datetime) -> None:
    """Take the desk's recorded decisions that are due."""
    for row in night.tables.desk:
        if row.at <= now and (held := await app.ingest.find_held(row.code, row.revision, NIGHT)):
            await app.desk.rule(held.report_id, RulingAction(row.action), Editor(row.who), row.why)


@pytest.mark.parametrize(
    ("wards_first", "late"),
    [
        (True, timedelta()),
        pytest.param(False, timedelta(), marks=pytest.mark.soak),
        (False, timedelta(hours=1)),
    ],
    ids=["wards first", "the wire first", "wards an hour late"],
)
async def test_each_change_is_said_once_and_the_wards_agree(
    wards_first: bool, late: timedelta, tmp_path: Path
) -> None:
    night = Night.load(str(NIGHT))
    start = min(row.at for row in night.timetable) - timedelta(minutes=1)
    clock, behind = SteppedClock(start), SteppedClock(start - late)
    async with Rehearsal(night, clock) as wire, Rehearsal(night, behind) as wards:
        settings = Settings(
            database=tmp_path / "night.sqlite",
            pa_folders=(),
            pa_urls=(wire.pa_url,),
            pa_json_urls=(),
            democracy_club_url=wards.dc_url,
        )
        async with opened(settings, almanac(), clock) as app:
            pollers = app.pollers[::-1] if wards_first else app.pollers
            for moment in _looks(wire.moments, late):
                await clock.move_to(moment)
                await behind.move_to(moment - late)
                for poller in pollers:
                    await poller.poll_once()
                await _decided(app, night, moment)
            claims = app.services.reader.claims(NIGHT)
            standings = app.services.reader.councils(NIGHT)
    contents = [claim.version.content for claim in claims]
    told = [one for one in contents if one and one.alert_kind is not AlertKind.HOLD]
    assert len(told) == 37
    assert len(claims) == len(standings) == 200
    assert {claim.version.version for claim in claims} == {1}
    silent = set()
    for standing in standings:
        assert standing.declared is not None
        voices = {voice.kind: voice for voice in standing.declared.voices}
        assert voices[SourceKind.PA].agrees, standing.council.name
        wards_say = voices.get(SourceKind.DEMOCRACY_CLUB)
        if wards_say is None or wards_say.says is None:
            silent.add(standing.council.code)
        else:
            assert wards_say.agrees, standing.council.name
    # Of Scotland no table has wards, and Crawley's leave open what a vacant seat is to mean.
    assert silent == {one.council.code for one in standings if _is_silent(one)}


def _is_silent(standing: CouncilStanding) -> bool:
    return standing.council.nation == "Scotland" or standing.council.name == "Crawley"
