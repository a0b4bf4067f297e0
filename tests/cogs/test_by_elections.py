"""What is answered on a night of nothing but by-elections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.clock import SteppedClock
from bot.election.almanac import Almanac
from bot.election.parties import VACANT
from bot.ingest.ingest import Ingest
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.writer import Writer
from tests.ingest.by_elections import CLOSE, KENT, almanac, ballot, by_election, page
from tests.support.small_night import fetch

PREPARED = almanac(
    by_election("Abc", "Con"),
    by_election("Xyz", "Lab"),
    by_election("Malling", "Con", council=KENT),
    LDS={"Lab": 30, "Con": 29, VACANT: 2},
)
ABC, XYZ = ballot("Abc", "Con", minute=1), ballot("Xyz", "Con", others="Lab")


@asynccontextmanager
async def night_of(path: Path, known: Almanac, *ballots: object) -> AsyncIterator[Services]:
    async with Writer(path) as writer:
        ingest = Ingest(writer, known, SteppedClock(CLOSE))
        await ingest.file(fetch(page(*ballots), feed="democracy_club"))
        with Reader(path, known) as reader:
            now = SteppedClock(CLOSE + timedelta(hours=4))
            yield Services(Settings(), now, known, reader)


async def test_the_night_s_answers_tell_of_by_elections_and_what_they_change(
    tmp_path: Path,
) -> None:
    async with night_of(tmp_path / "a.db", PREPARED, ABC, XYZ) as services:

        async def said(question: str) -> str:
            return await answer_at_terminal(services, question)

        for question in ("/night headline", "/night summary"):
            answer = await said(question)
            assert "Elections of 11 March 2027" in answer
            assert "2 of 3 contests declared" in answer
            assert answer.startswith("Conservatives gain Leeds from Labour\n")
            assert "Conservatives gain Xyz ward of Leeds from Labour." in answer
            assert "1 by-election is a hold." in answer
        assert "Conservatives hold Abc ward of Leeds" in await said("/night summary")
        assert "1 council has changed hands" in await said("/night changes")
        assert "Conservatives gain Leeds from Labour, 31 of 61" in await said("/night changes")
        latest = await said("/night latest")
        assert latest.index("hold Abc") < latest.index("gain Xyz")
        contests = await said("/contests")
        assert "By-elections: 2 of 3 declared" in contests
        assert "Malling division of Kent: to come" in contests
        assert "1 contest" in await said("/night next")


async def test_the_council_s_and_the_ward_s_answers(tmp_path: Path) -> None:
    async with night_of(tmp_path / "a.db", PREPARED, ABC, XYZ) as services:
        leeds = await answer_at_terminal(services, "/council Leeds")
        assert leeds.startswith("Conservatives gain Leeds from Labour")
        assert "Conservatives hold Abc ward of Leeds" in leeds
        how = await answer_at_terminal(services, "/council Leeds show:how")
        assert "and the winner of the by-election" in how
        kent = await answer_at_terminal(services, "/council Kent")
        assert kent.startswith("Kent: 1 by-election on 11 March 2027")
        assert "Malling division of Kent: to come" in kent
        assert "Con Candidate 0" in await answer_at_terminal(services, "/ward Leeds Xyz")
        wards = await answer_at_terminal(services, "/ward Kent")
        assert "Not declared: Malling (by-election)" in wards


async def test_one_by_election_alone_is_the_council_s_news(tmp_path: Path) -> None:
    async with night_of(tmp_path / "a.db", almanac(), XYZ) as services:
        leeds = await answer_at_terminal(services, "/council Leeds")
        assert leeds.startswith("Conservatives win Xyz ward of Leeds")
        assert "no council election" not in leeds
    off = ballot("Xyz", "", others="Lab", cancelled=True)
    async with night_of(tmp_path / "b.db", almanac(), off) as services:
        leeds = await answer_at_terminal(services, "/council Leeds")
        assert leeds.startswith("Leeds: 1 by-election on 11 March 2027")
        assert "Xyz ward of Leeds: election postponed" in leeds


async def test_what_is_still_to_come_is_by_elections_and_nothing_else(tmp_path: Path) -> None:
    async with night_of(tmp_path / "a.db", PREPARED, XYZ) as services:
        summary = await answer_at_terminal(services, "/night summary")
        assert "2 by-elections" in summary.partition("Other contests to declare: ")[2]
        assert "not in our tables" not in summary
    async with night_of(tmp_path / "b.db", PREPARED) as services:
        early = replace(services, clock=SteppedClock(CLOSE - timedelta(hours=3)))
        headline = await answer_at_terminal(early, "/night headline")
        assert "3 by-elections are held, polls close at 22:00" in headline
