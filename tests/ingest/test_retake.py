"""What a fault of the program turned away is kept, and taken again."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.feeds.pa.documents
import bot.ingest.decider
import bot.ingest.ingest
from bot.__main__ import main
from bot.clock import SteppedClock
from bot.election.case_file import CaseFile, VerdictStatus
from bot.election.decide_council import Decision, decide
from bot.election.parties import Parties
from bot.feeds.formats import read
from bot.ingest.filing import Filing
from bot.ingest.ingest import Ingest
from bot.ingest.retake import Retake, Retaken, turned_away
from bot.schedule.night_log import NightLog
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.feeds.documents import HULL
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    NIGHT,
    council_result,
    document,
    fetch,
    ward_report,
)
from tests.support.tables import shipped

HULL_TO_LD = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, won={"LD": 12, "Lab": 7})
WORCESTER = council_result("WOR", {"Con": 17, "Lab": 18})


@dataclass
class Bot:
    """Ingest over one file, as each version of the program would have it."""

    path: Path

    async def file(self, version: str, *readings: Any) -> Filing:
        async with Writer(self.path) as writer:
            ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE), program=version)
            return await ingest.file(fetch(*readings))

    async def retake(
        self, version: str, *, by_itself: bool = False, later: timedelta = timedelta()
    ) -> Retaken:
        async with Writer(self.path) as writer:
            clock = SteppedClock(AFTER_CLOSE + later)
            ingest = Ingest(writer, ALMANAC, clock, program=version)
            retake = Retake(writer, ingest, ALMANAC, clock, program=version)
            return await (retake.after_an_update() if by_itself else retake.everything())

    def lost(self) -> list[tuple[str, str]]:
        with closing(open_for_reading(self.path)) as db:
            return [(row["name"], row["program"]) for row in turned_away(db)]

    def standing(self, *, of: str = "KHL") -> str | None:
        with Reader(self.path, ALMANAC) as reader:
            found = reader.council(NIGHT, of)
            assert found is None or found.declared is None or found.declared.after is not None
            return found and found.declared and found.declared.after.holder

    def check(self) -> None:
        assert rebuild(self.path).differences == ()


@pytest.fixture
def old(tmp_path: Path) -> Bot:
    return Bot(tmp_path / "night.db")


def _fragile(case: CaseFile, parties: Parties) -> Decision:
    if case.council.code == "KHL" and (case.results or case.wards):
        raise ZeroDivisionError("seats")
    return decide(case, parties)


def _breaks(real: Callable[..., Any], which: type) -> Callable[..., Any]:
    def broken(report: Any) -> Any:
        if isinstance(report, which):
            raise KeyError("seats")
        return real(report)

    return broken


async def test_a_report_that_broke_the_rules_is_taken_again_by_the_version_that_mends_them(
    old: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bug:
        bug.setattr(bot.ingest.decider, "decide", _fragile)
        filing = await old.file("1", document(HULL_TO_LD), document(WORCESTER))
        assert filing.counts[VerdictStatus.REJECTED] == 1
        assert [version for _, version in old.lost()] == ["1"]
        assert await old.retake("1", by_itself=True) == Retaken(0, 0)
        assert (await old.retake("2", by_itself=True)).failing == 1
        assert [version for _, version in old.lost()] == ["2"]
        assert await old.retake("2", by_itself=True) == Retaken(0, 0)
        old.check()
    retaken = await old.retake("3", by_itself=True)
    assert (retaken.tried, retaken.failing, len(retaken.claims)) == (1, 0, 1)
    assert (old.standing(), old.lost()) == ("LD", [])
    assert await old.retake("4", by_itself=True) == Retaken(0, 0)
    old.check()


async def test_what_was_taken_again_stands_as_if_it_had_never_been_turned_away(
    old: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its place: what came after it and counts more still does."""
    newer = council_result("KHL", {"Lab": 30, "LD": 27}, revision=2)
    with monkeypatch.context() as bug:
        bug.setattr(bot.ingest.decider, "decide", _fragile)
        await old.file("1", document(HULL_TO_LD, name="1.xml"))
    await old.file("2", document(newer, name="2.xml"))
    await old.retake("2")
    plain = Bot(tmp_path / "plain.db")
    await plain.file("2", document(HULL_TO_LD, name="1.xml"))
    await plain.file("2", document(newer, name="2.xml"))
    query = "SELECT kind, council, revision, verdict, considered FROM reports ORDER BY id"
    both = []
    for each in (old, plain):
        with closing(open_for_reading(each.path)) as db:
            both.append([tuple(row) for row in db.execute(query)])
        assert each.standing() == "Lab"
    assert both[0] == both[1]
    old.check()


async def test_reports_that_could_not_be_written_down_are_taken_again_beside_their_neighbours(
    old: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = document(
        ward_report("KHL", "Avenue", {"LD": True, "Lab": False}), WORCESTER, name="both.xml"
    )
    with monkeypatch.context() as bug:
        real = bot.ingest.ingest.encode
        bug.setattr(bot.ingest.ingest, "encode", _breaks(real, type(WORCESTER)))
        filing = await old.file("1", both)
        assert +Counter(filing.counts) == {VerdictStatus.ACCEPTED: 1, VerdictStatus.REJECTED: 1}
        assert old.lost() == [("both.xml", "1")]

    def once_more(*args: Any, **kwargs: Any) -> Any:
        return both

    monkeypatch.setattr("bot.ingest.retake.read", once_more)  # no wire format has the two together
    assert (await old.retake("2")).failing == 0
    with closing(open_for_reading(old.path)) as db:
        verdicts = [tuple(row) for row in db.execute("SELECT kind, verdict FROM reports")]
        (faults,) = db.execute("SELECT faults FROM readings").fetchone()
    assert verdicts == [("ward", "accepted"), ("result", "accepted")]
    assert faults == "[]"
    old.check()


async def test_a_document_that_broke_its_reader_stops_no_feed_and_is_read_again(
    old: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(*args: Any) -> Any:
        raise AttributeError("no seats")

    with monkeypatch.context() as bug:
        bug.setattr(bot.feeds.pa.documents, "parse", buggy)
        reading = read("pa", "hull.xml", HULL.encode(), AFTER_CLOSE)
        filing = await old.file("1", reading)
    assert "AttributeError" in filing.problems[0].reasons[0]
    assert old.lost() == [("hull.xml", "1")]
    retaken = await old.retake("2", by_itself=True)
    assert (retaken.tried, retaken.failing) == (1, 0)
    assert (old.standing(), old.lost()) == ("LD", [])
    old.check()


@pytest.mark.parametrize("is_older", [False, True])
async def test_what_became_of_it_when_it_was_taken_again_is_in_the_log_once(
    old: Bot, is_older: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.schedule.night_log")
    with monkeypatch.context() as bug:
        bug.setattr(bot.feeds.pa.documents, "parse", lambda *_: {}["seats"])
        await old.file("1", read("pa", "hull.xml", HULL.encode(), AFTER_CLOSE))
    if is_older:
        await old.file("1", document(WORCESTER))
    async with Writer(old.path) as writer:
        with Reader(old.path, ALMANAC) as reader:
            nightlog, clock = NightLog(writer, reader), SteppedClock(AFTER_CLOSE)
            ingest = Ingest(writer, ALMANAC, clock, program="2")
            await Retake(writer, ingest, ALMANAC, clock, program="2").after_an_update()
            nightlog.look()
            nightlog.look()
    said = [one.getMessage() for one in caplog.records if one.name == "bot.schedule.night_log"]
    assert said[0] == "Result of Kingston upon Hull: accepted (hull.xml of pa)"
    assert len([line for line in said if line.startswith("Result")]) == 1


async def test_of_a_night_long_past_nobody_is_told_by_an_update(
    old: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bug:
        bug.setattr(bot.ingest.decider, "decide", _fragile)
        await old.file("1", document(HULL_TO_LD))
    later = timedelta(days=300)
    assert await old.retake("2", by_itself=True, later=later) == Retaken(0, 0)
    assert (await old.retake("2", later=later)).tried == 1


async def test_what_cannot_even_be_read_back_stays_turned_away_and_stops_nothing(
    old: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bug:
        bug.setattr(bot.ingest.decider, "decide", _fragile)
        await old.file("1", document(HULL_TO_LD))

    def unknown(*args: Any) -> Any:
        raise ValueError("no such form")

    monkeypatch.setattr("bot.ingest.retake.filed_of", unknown)
    assert (await old.retake("2", by_itself=True)).failing == 1
    assert [version for _, version in old.lost()] == ["2"]
    old.check()


def test_the_command_and_the_doctor_say_what_was_turned_away(
    old: Bot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "Local_result_Hull_1.xml").write_text(HULL)
    monkeypatch.chdir(tmp_path)
    db = ["--db", str(old.path)]
    assert main(["retake", *db]) == 2
    with monkeypatch.context() as bug:
        bug.setattr(bot.ingest.decider, "decide", _fragile)
        assert main(["ingest", *db, "Local_result_Hull_1.xml"]) == 1
        assert main(["retake", *db]) == 1
        assert "Fail still: 1" in capsys.readouterr().err
        main(["doctor", *db])
        assert "1 were turned away by a fault of the program" in capsys.readouterr().out
    assert main(["retake", *db]) == 0
    assert "Taken again: 1" in capsys.readouterr().out
    assert main(["retake", *db]) == 0
    assert "Nothing was turned away" in capsys.readouterr().out
    with Reader(old.path, shipped()) as reader:
        assert reader.claims(NIGHT)
