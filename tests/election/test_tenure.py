"""Since when a council has been under one control: of elections and citations, not of snapshots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.election.almanac import Almanac, CitedFact, CitedKind, ElectionYears, YearOfControl
from bot.election.control import Control
from bot.election.history import tenure_of
from bot.election.seats import Composition
from bot.wording.councils import past_of_change, since_when
from tests.support.tables import shipped

NIGHT = date(2022, 5, 5)
ALMANAC = shipped()


def after(code: str, runs: dict[int, str | None], *cited: CitedFact, starts: int = 1973) -> Almanac:
    """Our tables with another history of a council: who controls it from each year on, to 2021."""
    years, holder = [], None
    for year in range(min(runs), 2022):
        holder = runs.get(year, holder)
        years.append(YearOfControl(year, Composition({"Lab": 30, "Con": 30}), Control(holder)))
    return replace(ALMANAC, history={code: years}, cited={code: cited}, history_starts=starts)


def said(code: str, holder: str | None, almanac: Almanac, night: date = NIGHT) -> str:
    found = tenure_of(almanac.councils.get(code), Control(holder), night, almanac)
    return "" if found is None else since_when(found)


@pytest.mark.parametrize(
    ("code", "runs", "words"),
    [
        ("DND", {2000: "SNP", 2017: None}, "since 2017"),
        ("DND", {2000: "SNP", 2019: None}, "since before May 2019"),
        ("CRY", {2000: "Con", 2018: None}, "since 2018"),
        ("CRY", {2000: "Con", 2017: None}, "since before May 2017"),
        ("BOL", {2000: "Lab", 2017: None}, "since before May 2017"),
        ("BOL", {2000: "Lab", 2020: None}, "since before May 2020"),
        ("BOL", {2000: "Lab", 2021: None}, "since 2021"),
        ("HAV", {2000: "Con", 2014: "Ind", 2018: None}, "since at least 2018"),
        ("BOL", {1973: None}, "since at least 1973"),
        ("NTL", {1995: None}, "since its first election in 1995"),
    ],
)
def test_years_between_two_elections_are_never_stated_as_known(
    code: str, runs: dict[int, str | None], words: str
) -> None:
    assert said(code, None, after(code, runs)) == words


def test_a_cited_moment_goes_before_the_snapshots_on_its_night_alone() -> None:
    fact = CitedFact("BOL", NIGHT, CitedKind.SINCE, "NOC", 2020, "a report", 11)
    almanac = after("BOL", {2000: "Lab", 2021: None}, fact)
    assert said("BOL", None, almanac) == "since November 2020"
    assert said("BOL", "Lab", almanac) == ""
    assert said("BOL", None, almanac, date(2022, 11, 3)) == "since 2021"


@pytest.mark.parametrize(
    ("code", "holder", "words"),
    [
        ("DND", None, "since May 2017"),
        ("HAV", None, "since May 2014"),
        ("KIR", None, "since November 2020"),
        ("HRW", "Lab", "since May 2014"),
        ("NTL", "Lab", "since its first election in 1995"),
        ("KHL", "Lab", "since 2011"),
    ],
)
def test_the_councils_of_2022_are_told_as_cited(code: str, holder: str | None, words: str) -> None:
    assert said(code, holder, ALMANAC) == words


def test_a_gain_after_defections_is_told_as_both_and_as_no_first_majority() -> None:
    council = ALMANAC.councils.get("NEC")
    told = " ".join(past_of_change(council, Control(None), Control("Con"), NIGHT, ALMANAC))
    assert "by changes of side the Conservatives had had a majority since 2021" in told
    assert "also said to have retained it" in told
    assert "first majority" not in told


def test_no_council_votes_in_the_year_that_put_its_elections_off() -> None:
    years = ALMANAC.election_years
    assert not any(
        years.may_have_voted(ALMANAC.councils.get(code), 2020) for code in ("KHL", "CRY")
    )


def test_the_years_of_elections_are_the_tables_and_not_the_codes() -> None:
    leeds, cardiff = (ALMANAC.councils.get(code) for code in ("LDS", "CRF"))
    shipped, silent = ALMANAC.election_years, ElectionYears()
    assert [shipped.may_have_voted(leeds, year) for year in (2016, 2017, 2020, 2021)] == [
        True, False, False, True,
    ]  # fmt: skip
    assert [shipped.may_have_voted(cardiff, year) for year in (2016, 2017, 2027)] == [
        False, True, True,
    ]  # fmt: skip
    assert silent.may_have_voted(leeds, 2017)
    assert silent.may_have_voted(cardiff, 2016)
