"""What is held for one reason, confirmed together: once, and only what was shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.clock import SteppedClock
from bot.desk import Desk, DoneTogether, Editor
from bot.desk_bulk import Expected
from bot.desk_checks import DeskError
from bot.election.almanac import CouncilElection, WardSeat
from bot.election.case_file import CONTRADICTION
from bot.election.claims import ClaimContent, ClaimState
from bot.election.control import Control
from bot.election.reports import Proportion
from bot.ingest.ingest import Ingest
from bot.store.desk import DeskAction
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.election.build import POLLS_CLOSE
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    NIGHT,
    council_nominations,
    council_result,
    document,
    fetch,
    ward_report,
)
from tests.test_desk import ADA, BEN, CRAWLEY_HELD, House, house

__all__ = ["house"]  # the fixture

RULE = "council not introduced"
NAMES = ("Aldermoor", "Brightwater", "Oakmere")
LABOUR = MappingProxyType({"Lab": 30, "Con": 20})


def of(name: str, seats: dict[str, int] = LABOUR, revision: int = 1):  # type: ignore[no-untyped-def]
    return council_result("KHL", seats, name=name, revision=revision, sitting="Con")


async def all_heard(house: House) -> None:
    for name in NAMES:
        await house.hears(of(name))


def held(house: House, *names: str) -> list[int]:
    return [
        one.held.report_id
        for one in house.reader.held(NIGHT)
        if one.subject.name in (names or NAMES)
    ]


def after(one: Expected) -> Control | None:
    """Return what control a report's confirmation claims."""
    for claim in one.claims:
        assert isinstance(claim.version.content, ClaimContent)
        return claim.version.content.after
    return None


async def confirm(
    desk: Desk, reports: list[int], by: Editor = ADA, *, changed: str = ""
) -> DoneTogether:
    return await desk.confirm_together(
        RULE, reports, by, "they all vote", lambda one: one.subject.name != changed
    )


async def test_all_that_one_reason_holds_is_released_each_by_a_ruling(house: House) -> None:
    await all_heard(house)
    await house.hears(CRAWLEY_HELD)
    reports = held(house)
    shown = await house.desk.foresee_together(RULE, reports)
    assert [one.subject.name for one in shown.would] == list(NAMES)
    assert [after(one) for one in shown.would] == [Control("Lab")] * 3
    assert all(one.now is not None and one.now["Lab"] == 30 for one in shown.would)
    assert house.reader.claims(NIGHT) == []
    assert house.reader.desk_log(9) == []

    done = await confirm(house.desk, reports)
    assert (list(done.done), done.left_out) == (reports, {})
    log = house.reader.desk_log(9)
    assert [(one.action, one.report_id) for one in reversed(log)] == [
        (DeskAction.CONFIRM, report) for report in reports
    ]
    states = [state for name in NAMES for state in house.states(f"wire:{name}")]
    assert states == [ClaimState.DECLARED] * 3
    assert len(house.reader.held(NIGHT)) == 1  # Crawley's, for another reason


async def test_twice_does_it_once(house: House) -> None:
    await all_heard(house)
    reports = held(house)
    await confirm(house.desk, reports)
    again = await confirm(house.desk, reports, BEN)
    assert again.done == {}
    assert set(again.left_out.values()) == {"it is decided already"}
    assert len(house.reader.desk_log(9)) == 3
    assert len(house.reader.claims(NIGHT)) == 3


async def test_what_would_claim_something_else_by_then_is_left_out(house: House) -> None:
    await all_heard(house)
    done = await confirm(house.desk, held(house), changed="Brightwater")
    assert [house.control(f"wire:{name}") is None for name in NAMES] == [False, True, False]
    assert list(done.left_out.values()) == ["it would claim something else than was shown"]


async def test_what_was_decided_or_introduced_meanwhile_is_left_out(house: House) -> None:
    await all_heard(house)
    reports = held(house)
    await house.desk.reject(reports[0], BEN, "no such council")
    await house.hears(council_nominations("KHL", LABOUR, "Oakmere"))
    done = await confirm(house.desk, reports)
    assert list(done.done) == [reports[1]]
    assert list(done.left_out) == [reports[0], reports[2]]


@pytest.mark.parametrize("revision", [1, 2])
async def test_of_two_reports_about_one_council_neither_is_confirmed(
    house: House,
    revision: int,
) -> None:
    """A later revision that waits too, or one that contradicts the first."""
    await all_heard(house)
    reports = held(house)
    await house.hears(of("Aldermoor", {"Con": 30, "Lab": 20}, revision))
    done = await confirm(house.desk, reports)
    assert list(done.done) == reports[1:]
    assert "only one can count" in done.left_out[reports[0]]
    assert house.control("wire:Aldermoor") is None


async def test_a_report_with_another_reason_too_is_left_out(house: House) -> None:
    doubtful = replace(of("Aldermoor"), winner=None)
    await house.hears(doubtful, of("Brightwater"))
    done = await confirm(house.desk, held(house))
    assert list(done.left_out.values()) == ["it is held for another reason too"]
    assert len(done.done) == 1
    with pytest.raises(DeskError, match="one has to be chosen"):
        await house.desk.foresee_together(CONTRADICTION, held(house))


async def test_two_people_confirm_together_where_that_is_asked_for(house: House) -> None:
    await all_heard(house)
    reports = held(house)
    first = await confirm(house.two, reports)
    assert all(one.proposed for one in first.done.values())
    assert house.reader.claims(NIGHT) == []
    again = await confirm(house.two, reports)
    assert again.done == {}
    assert "A second member" in again.left_out[reports[0]]
    second = await confirm(house.two, reports, BEN)
    assert not any(one.proposed for one in second.done.values())
    assert len(house.reader.claims(NIGHT)) == 3


async def test_each_is_undone_by_itself(house: House) -> None:
    await all_heard(house)
    reports = held(house)
    done = await confirm(house.desk, reports)
    await house.desk.undo(done.done[reports[1]].number, BEN, "not that one")
    assert [house.control(f"wire:{name}") is None for name in NAMES] == [False, True, False]


async def test_wards_that_complete_a_council_only_together_are_shown_so(tmp_path: Path) -> None:
    """What the second claims follows from the first as well; without the first it claims less."""
    night = ALMANAC.night(NIGHT)
    votes = CouncilElection("WTH", Proportion.ALL, 2, 2, False, False, Control("Con"))
    wards = tuple(WardSeat(name.casefold(), name, None, 1) for name in ("Avon", "Brook"))
    night = replace(night, elections={"WTH": votes}, wards={"WTH": wards})
    almanac = replace(ALMANAC, nights={NIGHT: night})
    rule, early = "winners after polls closed", POLLS_CLOSE - timedelta(hours=1)
    clock = SteppedClock(AFTER_CLOSE)
    async with Writer(tmp_path / "night.db") as writer:
        with Reader(tmp_path / "night.db", almanac) as reader:
            ingest = Ingest(writer, almanac, clock)
            desk = Desk(writer, ingest, almanac, clock)
            for name in ("Avon", "Brook"):
                ward = ward_report("WTH", name, {"Lab": True, "Con": False})
                await ingest.file(fetch(document(ward, at=early)))
            reports = [one.held.report_id for one in reader.held(NIGHT)]
            shown = await desk.foresee_together(rule, reports)
            assert [after(one) for one in shown.would] == [None, Control("Lab")]
            alone = await desk.foresee_together(rule, reports[1:])
            assert [after(one) for one in alone.would] == [None]
            # The first is decided meanwhile: the second no longer claims what was shown.
            await desk.reject(reports[0], BEN, "not yet")
            lines = {one.report: after(one) for one in shown.would}
            done = await desk.confirm_together(
                rule, reports, ADA, "early", lambda one: after(one) == lines[one.report]
            )
            assert done.done == {}
            assert reader.claims(NIGHT) == []
    assert rebuild(tmp_path / "night.db").differences == ()
