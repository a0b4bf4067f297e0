"""Councils that came and went, as a reader asks for them on nights before, between and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.clock import LONDON, SteppedClock
from bot.delivery.watch_lists import KnownLists
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from tests.cogs.chat import almanac

ELECTED, AFTER = date(2026, 6, 18), date(2027, 5, 6)
"""After East and West Surrey were elected in May 2026, and after they took office in April 2027."""


@contextmanager
def following(night: date, database: Path) -> Iterator[Services]:
    clock = SteppedClock(datetime(night.year, night.month, night.day, 23, 30, tzinfo=LONDON))
    with Reader(database, almanac()) as reader, closing(open_for_reading(database)) as db:
        lists = KnownLists(db, almanac())
        yield Services(Settings(night=night), clock, almanac(), reader, lists=lists)


async def said(night: date, question: str, database: Path) -> str:
    with following(night, database) as services:
        try:
            return await answer_at_terminal(services, question)
        except CannotAnswer as refusal:
            return str(refusal)


async def test_a_county_between_the_election_and_the_office_of_its_successors(
    database: Path,
) -> None:
    surrey = await said(ELECTED, "/council Surrey", database)
    assert "It is abolished on 1 April 2027, when East Surrey and West Surrey take over" in surrey
    assert "East Surrey and West Surrey, elected on 7 May 2026, take office then." in surrey
    assert "East Surrey: /council" in surrey and "West Surrey: /council" in surrey
    east = await said(ELECTED, "/council East Surrey", database)
    assert "It takes office on 1 April 2027; until then its predecessors remain in office." in east
    assert "Control after May 2026: the Liberal Democrats." in east


async def test_a_county_that_is_no_more_names_the_two_that_took_over(database: Path) -> None:
    surrey = await said(AFTER, "/council Surrey", database)
    assert surrey.startswith("Surrey no longer exists")
    assert (
        "It was abolished on 1 April 2027; its area now belongs to East Surrey and West Surrey"
        in surrey
    )
    assert "East Surrey: /council" in surrey and "West Surrey: /council" in surrey
    east = await said(AFTER, "/council East Surrey", database)
    assert "takes office" not in east
    assert "controlled it since its first election in 2026." in east
    history = await said(AFTER, "/history Surrey", database)
    assert "Surrey: who has controlled it" in history and "1973" in history
    headline = await said(AFTER, "/night headline council:Surrey", database)
    assert "Surrey was abolished on 1 April 2027" in headline
    assert "Choose East Surrey or West Surrey." in headline


@pytest.mark.parametrize(
    ("night", "asked", "answered"),
    [
        (date(2022, 5, 5), "Carlisle", "Carlisle had no council election on 5 May 2022"),
        (date(2023, 5, 4), "Carlisle", "Cumberland: nothing has come in"),
        (date(2023, 5, 4), "Taunton", "Somerset: nothing has come in"),
        (date(2022, 10, 6), "Taunton", "Somerset West and Taunton: nothing has come in"),
        (AFTER, "Woking", "West Surrey: nothing has come in"),
        (AFTER, "Salisbury", "Wiltshire: nothing has come in"),
    ],
)
async def test_a_name_finds_the_council_of_the_date(
    night: date, asked: str, answered: str, database: Path
) -> None:
    assert answered in await said(night, f"/council {asked}", database)


async def test_who_followed_is_said_where_a_name_is_no_more(database: Path) -> None:
    cumberland = await said(AFTER, "/council Carlisle", database)
    assert (
        "Carlisle was abolished on 1 April 2023; its area now belongs to Cumberland." in cumberland
    )
    somerset = await said(AFTER, "/council Taunton Deane", database)
    assert (
        "Taunton Deane was abolished on 1 April 2019; its area now belongs to Somerset." in somerset
    )
    history = await said(AFTER, "/history Carlisle", database)
    assert history.startswith("Carlisle: who has controlled it")
    assert "It was abolished on 1 April 2023; its area now belongs to Cumberland." in history
    assert "each May to 2021" in history
    ours = await said(AFTER, "/history Cumberland", database)
    assert "It took over from Allerdale, Carlisle, Cumbria and Copeland on 1 April 2023." in ours


async def test_what_was_elected_and_the_snapshot_after_it_are_told_apart(database: Path) -> None:
    history = await said(AFTER, "/history Croydon", database)
    assert "2026, later that year: no overall control: Lab 30, Con 28, Green 7" in history
    assert "2026, as elected on 7 May 2026: no overall control: Lab 30, Con 28, Green 8" in history
    assert "each May to 2026" in history
    known = await said(AFTER, "/council Croydon show:how", database)
    assert "As elected on 7 May 2026, before later changes:" in known and "Green 8" in known
    assert "Greens 7" in await said(AFTER, "/council Croydon", database)
    summer = await said(ELECTED, "/history Croydon", database)
    assert "2026 no overall control: Lab 30, Con 28, Green 8" in summer, "no snapshot yet"
    assert "to 2025, results of 7 May 2026" in summer


async def test_no_answer_about_a_night_tells_what_came_after_it(database: Path) -> None:
    for asked in ("Croydon", "Wandsworth", "Tower Hamlets", "Kent", "Somerset", "Hull", "Barnet"):
        history = await said(date(2022, 5, 5), f"/history {asked}", database)
        history = history.replace("It takes office on 1 April 2023", "")
        assert not any(year in history for year in ("2023", "2024", "2025", "2026")), asked
        assert "Reform" not in history and "as elected" not in history, asked
