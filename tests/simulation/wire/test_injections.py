"""What goes wrong in the middle of a night takes back nothing that appeared, and ends true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.clock import LONDON, SteppedClock
from bot.election.reports import CouncilResult, WardReport
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.feed import FeedUnavailable
from bot.feeds.folders import HttpFolder
from bot.feeds.http import PoliteClient
from simulation.wire import injections
from simulation.wire.democracy_club import Ballots
from simulation.wire.injections import Injected, NothingToInject
from simulation.wire.night import Night
from simulation.wire.script import ResultEvent, Script
from simulation.wire.server import Rehearsal

EVERY = (
    injections.correction,
    injections.retraction,
    injections.broken,
    injections.duplicate,
    injections.outage,
)
Injector = Callable[[Script, datetime], Injected]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 5, day, hour, minute, tzinfo=LONDON)


THREE = at(6, 3)


def files_by(script: Script, moment: datetime) -> list[tuple[datetime, str]]:
    return [(file.at, file.name) for file in script.publications if file.at <= moment]


def last_word(script: Script) -> dict[str, ResultEvent]:
    return {
        event.code: event
        for event in sorted(script.results, key=lambda event: (event.revision, event.at))
    }


@pytest.mark.parametrize("injector", EVERY)
@pytest.mark.parametrize("now", [at(6, 1, 45), THREE, at(6, 8, 59)])
def test_what_was_said_stays_and_the_night_ends_true(
    script: Script, injector: Injector, now: datetime
) -> None:
    injected = injector(script, now)
    after = injected.script
    assert after != script
    assert files_by(after, now) == files_by(script, now)
    assert now < injected.until <= now + timedelta(minutes=21)
    figures = {code: event.figures for code, event in last_word(after).items()}
    assert figures == dict(script.night.figures)
    whole = {file.name: file for file in after.publications}
    assert not any(file.cut for file in whole.values())
    end = at(8, 0)
    assert after.outage_at(end, "/pa/") is None
    _, rows = Ballots(script.night, after.ballots).page(end, None, 1, 10_000)
    _, true = Ballots(script.night, script.ballots).page(end, None, 1, 10_000)
    elected = [
        {row["ballot_paper_id"]: row["candidacies"] for row in said} for said in (rows, true)
    ]
    assert elected[0] == elected[1]


@pytest.mark.parametrize("injector", EVERY)
def test_it_can_be_done_again_and_again(script: Script, injector: Injector) -> None:
    now = THREE
    for _ in range(3):
        injected = injector(script, now)
        assert injected.script != script
        script, now = injected.script, injected.until + timedelta(minutes=1)


def test_the_last_change_of_hands_is_corrected_and_put_right(script: Script) -> None:
    after = injections.correction(script, THREE).script
    wrong, right = sorted(set(after.results) - set(script.results), key=lambda event: event.at)
    true = script.night.figures[wrong.code]
    # Kingston upon Hull changed hands at 02:34; Cumberland, which came after it, is new.
    assert (wrong.code, wrong.revision, right.revision) == ("KHL", 2, 3)
    assert wrong.figures.winner != true.winner
    assert right.figures == true
    assert right.at - wrong.at == timedelta(minutes=20)


def test_a_council_whose_wards_are_still_out_is_entered_too_early(script: Script) -> None:
    after = injections.retraction(script, THREE).script
    entered = {version.ward for version in set(after.ballots) - set(script.ballots)}
    (code,) = {script.night.wards[ward].code for ward in entered}
    own = [
        version.at
        for version in script.ballots
        if version.ward in entered and version.at > at(5, 22)
    ]
    assert min(own) > THREE + timedelta(minutes=20)
    assert last_word(script)[code].at > max(own)


@pytest.mark.parametrize("injector", [*EVERY[:1], *EVERY[2:4]])
def test_nothing_can_be_done_to_results_before_there_are_any(
    script: Script, injector: Injector
) -> None:
    with pytest.raises(NothingToInject, match="jump to"):
        injector(script, at(5, 23))


def test_nobody_is_entered_before_polls_close_or_when_all_have_begun(script: Script) -> None:
    with pytest.raises(NothingToInject, match="before polls close"):
        injections.retraction(script, at(5, 21, 59))
    with pytest.raises(NothingToInject, match="nothing is left to enter"):
        injections.retraction(script, at(7, 18))


def test_one_outage_at_a_time(script: Script) -> None:
    out = injections.outage(script, THREE)
    with pytest.raises(NothingToInject, match="out already"):
        injections.outage(out.script, THREE + timedelta(minutes=4))
    assert out.script.outage_at(THREE + timedelta(minutes=1), "/api/next/ballots/") is None


async def test_the_night_goes_on_with_another_script_over_http(night: Night) -> None:
    clock = SteppedClock(at(5, 21))
    async with Rehearsal(night, clock) as rehearsal, PoliteClient() as client:
        wire = HttpFolder("pa", rehearsal.pa_url, client, clock)
        ballots = DemocracyClubBallots("dc", rehearsal.dc_url, date(2022, 5, 5), client, clock)
        await clock.move_to(THREE)
        state, entered = (await wire.fetch({})).state, (await ballots.fetch({})).state
        rehearsal.continue_with(injections.correction(rehearsal.script, THREE).script)
        rehearsal.continue_with(injections.broken(rehearsal.script, THREE).script)
        rehearsal.continue_with(injections.retraction(rehearsal.script, THREE).script)
        assert (await wire.fetch(state)).readings == ()
        await clock.move_to(THREE + injections.STARTS_AFTER)
        news = await wire.fetch(state)
        broken = [reading for reading in news.readings if reading.faults]
        results = [
            report
            for reading in news.readings
            for report in reading.reports
            if isinstance(report, CouncilResult)
        ]
        assert [(one.council.name, one.revision) for one in results] == [("Kingston-upon-Hull", 2)]
        assert len(broken) == 1
        assert "breaks off" in broken[0].faults[0]
        wards = [
            report
            for reading in (await ballots.fetch(entered)).readings
            for report in reading.reports
            if isinstance(report, WardReport)
        ]
        assert wards
        assert all(ward.winners for ward in wards)
        rehearsal.continue_with(injections.outage(rehearsal.script, clock.now()).script)
        await clock.move_to(clock.now() + injections.STARTS_AFTER)
        with pytest.raises(FeedUnavailable, match="503"):
            await wire.fetch(news.state)
        await ballots.fetch(entered)
