"""Since when a council has been under one control: of elections and citations, not of snapshots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.election.almanac import (
    Almanac,
    AsElected,
    CitedFact,
    CitedKind,
    ElectionYears,
    YearOfControl,
)
from bot.election.control import Control
from bot.election.history import Tenure, tenure_of, years_of
from bot.election.seats import Composition
from bot.wording.councils import past_of_change, since_when
from tests.support.tables import shipped

NIGHT = date(2022, 5, 5)
ALMANAC = shipped()


def after(code: str, runs: dict[int, str | None], *cited: CitedFact) -> Almanac:
    """Our tables with another history of a council: who controls it from each year on, to 2021."""
    years, holder = [], None
    for year in range(min(runs), 2022):
        holder = runs.get(year, holder)
        years.append(YearOfControl(year, Composition({"Lab": 30, "Con": 30}), Control(holder)))
    return replace(ALMANAC, history={code: years}, cited={code: cited})


def said(code: str, holder: str | None, almanac: Almanac, night: date = NIGHT) -> str:
    found = tenure_of(almanac.councils.get(code), Control(holder), night, almanac)
    return "" if found is None else since_when(found)


@pytest.mark.parametrize(
    ("code", "runs", "words"),
    [
        ("DND", {2000: "SNP", 2017: None}, "since 2017"),
        ("DND", {2000: "SNP", 2019: None}, "since 2019 at the latest"),
        ("CRY", {2000: "Con", 2018: None}, "since 2018"),
        ("CRY", {2000: "Con", 2017: None}, "since 2017 at the latest"),
        ("BOL", {2000: "Lab", 2017: None}, "since 2017 at the latest"),
        ("BOL", {2000: "Lab", 2020: None}, "since 2020 at the latest"),
        ("BOL", {2000: "Lab", 2021: None}, "since 2021"),
        ("HAV", {2000: "Con", 2014: "Ind", 2018: None}, "since at least 2018"),
        ("BOL", {1974: None}, "since at least 1974"),
        ("NTL", {1995: None}, "since its first election in 1995"),
        ("WOR", {1973: None}, "since its first election in 1973"),  # it took office in 1974
    ],
)
def test_years_between_two_elections_are_never_stated_as_known(
    code: str, runs: dict[int, str | None], words: str
) -> None:
    assert said(code, None, after(code, runs)) == words


def test_a_party_took_over_from_independents_when_it_did() -> None:
    after_them = after("HAV", {2000: "Con", 2014: "Ind", 2018: "Con"})
    assert said("HAV", "Con", after_them) == "since 2018"


def test_control_is_since_the_election_or_since_after_it() -> None:
    def of(elected: str | None, later: str | None) -> str:
        won, held = Composition({elected or "LD": 10}), Composition({later or "Green": 10})
        told = AsElected(date(2021, 5, 6), won, Control(elected))
        last = YearOfControl(2021, held, Control(later), None, told)
        almanac = after("BOL", {2000: "Con"})
        return said(
            "BOL", later, replace(almanac, history={"BOL": [*almanac.history["BOL"][:-1], last]})
        )

    assert of("Lab", "Lab") == "since 2021"
    assert of("Lab", None) == "since after the 2021 election"
    assert of("Con", "Con") == "since at least 2000"
    assert of("Lab", "Con") == "since after the 2021 election", "lost, and regained by summer"


def test_control_is_not_said_to_last_beyond_an_election_that_the_table_does_not_have() -> None:
    almanac = after("BOL", {2000: "Lab", 2021: None})
    assert said("BOL", None, almanac, date(2022, 11, 3)) == "", "it voted in May 2022"
    assert said("CRY", None, after("CRY", {2000: None}), date(2022, 11, 3)) == ""
    dundee = after("DND", {2000: None})
    assert said("DND", None, dundee, date(2021, 12, 2)) == "since at least 2000"
    assert said("DND", None, dundee, date(2023, 5, 4)) == "", "not known of 2022"


def test_a_council_whose_history_begins_late_was_not_created_then() -> None:
    assert said("BFS", None, after("BFS", {2019: None})) == "since at least 2019"
    assert said("BFS", None, after("BFS", {2014: None})) == "since its first election in 2014"


def test_a_cited_moment_holds_on_later_nights_while_control_does() -> None:
    fact = CitedFact("BOL", date(2021, 5, 6), CitedKind.SINCE, "NOC", 1999, "a report", 11)
    assert said("BOL", None, after("BOL", {2000: None}, fact)) == "since November 1999"
    assert (
        said("BOL", None, after("BOL", {2000: None, 2020: "Lab", 2021: None}, fact)) == "since 2021"
    )


def test_a_majority_by_defections_counts_from_them_on_later_nights() -> None:
    fact = CitedFact("BOL", date(2021, 5, 6), CitedKind.BY_DEFECTIONS, "Con", 2020, "a report")
    assert said("BOL", "Con", after("BOL", {2000: None, 2021: "Con"}, fact)) == "since 2020"
    lost = after("BOL", {2000: None, 2020: "Con", 2021: None}, fact)
    assert said("BOL", "Con", lost) == ""
    assert said("BOL", None, lost) == "since 2021"


def test_a_cited_moment_goes_before_the_snapshots_on_its_night_alone() -> None:
    fact = CitedFact("BOL", NIGHT, CitedKind.SINCE, "NOC", 2020, "a report", 11)
    almanac = after("BOL", {2000: "Lab", 2021: None}, fact)
    assert said("BOL", None, almanac) == "since November 2020"
    assert said("BOL", "Lab", almanac) == ""
    assert said("BOL", None, almanac, date(2022, 4, 7)) == "since 2021"


@pytest.mark.parametrize(
    ("code", "holder", "words"),
    [
        ("DND", None, "since 2017"),
        ("HAV", None, "since 2014"),
        ("KIR", None, "since November 2020"),
        ("HRW", "Lab", "since 2014"),
        ("NTL", "Lab", "since its first election in 1995"),
        ("KHL", "Lab", "since 2011"),
    ],
)
def test_the_councils_of_2022_are_told_as_cited(code: str, holder: str | None, words: str) -> None:
    assert said(code, holder, ALMANAC) == words


def test_a_gain_after_defections_is_told_as_both_and_as_no_first_majority() -> None:
    council = ALMANAC.councils.get("NEC")
    told = " ".join(past_of_change(council, Control(None), Control("Con"), NIGHT, ALMANAC))
    assert "the Conservatives had already reached a majority through defections in 2021" in told
    assert "some sources call it a hold" in told
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


@pytest.mark.parametrize(
    ("since", "month", "night", "years"),
    [
        (1978, None, date(2022, 5, 5), 44),
        (2010, 11, date(2022, 5, 5), 11),
        (2010, 5, date(2022, 5, 5), 12),
        (2010, None, date(2022, 3, 3), 11),
    ],
)
def test_years_of_control_are_full_years(
    since: int, month: int | None, night: date, years: int
) -> None:
    assert years_of(Tenure(Control("Lab"), since, month=month), night) == years
