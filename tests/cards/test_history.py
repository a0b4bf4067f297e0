"""A council's past, on its card and in an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.cards.history import history_card, seats_line
from bot.election.almanac import (
    Almanac,
    AsElected,
    CitedFact,
    CitedKind,
    CouncilElection,
    FormerName,
)
from bot.election.control import NOC, Control
from bot.election.history import YearOfControl
from bot.election.reports import Proportion
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.wording.councils import past_of_change
from tests.cards.nights import (
    ALMANAC,
    AT_0232,
    COUNCILS,
    ENDED,
    HULL,
    NIGHT,
    seats,
    standing,
    years,
)

LABOUR, CONSERVATIVE, GREEN = Control("Lab"), Control("Con"), Control("Green")
CREATED = CitedFact("WSM", NIGHT, CitedKind.NEVER_SINCE, "Lab", 1964, "a *news* report")
CITED = replace(ALMANAC, cited={"WSM": (CREATED,)})


def text_of(one: CouncilStanding, almanac: Almanac = ALMANAC, page: int = 1) -> str:
    return history_card(one, almanac, AT_0232, page=page).card.to_text()


def past(code: str, before: Control | None, after: Control, almanac: Almanac) -> list[str]:
    return past_of_change(COUNCILS.get(code), before, after, NIGHT, almanac)


def test_the_history_of_a_council_that_changed_hands(snapshot: SnapshotAssertion) -> None:
    assert text_of(HULL) == snapshot


def test_a_cited_fact_is_shown_with_its_source() -> None:
    text = text_of(standing("WSM", "Con", {"Lab": 31, "Con": 23}), CITED)
    assert "Labour control it for the first time since the council's creation in 1964." in text
    assert "The Conservatives had controlled it since at least 1973." in text
    assert "(a *news* report)" in text
    assert "No change of control since records start in 1973: the Conservatives." in text
    assert "1973–2021 Conservatives: Con 10" in text


@pytest.mark.parametrize(
    ("code", "before", "after", "almanac", "first"),
    [
        (
            "WSM",
            CONSERVATIVE,
            LABOUR,
            ALMANAC,
            "It is Labour's first majority there in records going back to 1973.",
        ),
        (
            "WSM",
            CONSERVATIVE,
            LABOUR,
            CITED,
            "Labour control it for the first time since the council's creation in 1964.",
        ),
        (
            "WSM",
            CONSERVATIVE,
            GREEN,
            CITED,
            "The Conservatives had controlled it since at least 1973.",
        ),
        ("KHL", LABOUR, Control("LD"), ALMANAC, "Labour had controlled it since 2011."),
        ("WOR", CONSERVATIVE, NOC, ALMANAC, "The Conservatives had controlled it since 2019."),
    ],
)
def test_the_past_of_a_change(
    code: str, before: Control, after: Control, almanac: Almanac, first: str
) -> None:
    assert past(code, before, after, almanac)[0] == first


def test_a_cited_fact_of_who_held_it_goes_before_the_table() -> None:
    since = CitedFact("KHL", NIGHT, CitedKind.SINCE, "Lab", 1950, "a report")
    almanac = replace(ALMANAC, cited={"KHL": (since,)})
    assert past("KHL", LABOUR, NOC, almanac) == ["Labour had controlled it since 1950."]
    both = past("KHL", LABOUR, CONSERVATIVE, almanac)
    assert both == [
        "Labour had controlled it since 1950.",
        "It is the Conservatives' first majority there in records going back to 2007.",
    ]


def test_a_regained_council_is_a_first_after_decades_alone() -> None:
    def after(last: int) -> list[str]:
        history = (*years("Lab", 1973, last), *years("Con", last + 1, 2021))
        return past("WSM", CONSERVATIVE, LABOUR, replace(ALMANAC, history={"WSM": history}))

    assert after(1990)[0] == "It is Labour's first majority there since 1990."
    assert after(2010) == ["The Conservatives had controlled it since 2011."]


def test_nothing_is_said_of_what_does_not_change_or_has_no_row() -> None:
    assert past("WSM", CONSERVATIVE, CONSERVATIVE, CITED) == []
    assert past("SND", LABOUR, NOC, ALMANAC) == []
    assert past("CMD", None, LABOUR, ALMANAC) == []


def test_a_new_council_points_to_those_that_it_replaces() -> None:
    election = CouncilElection("CMD", Proportion.ALL, 46, 46, True, False, None, ("CAR",))
    night = replace(ALMANAC.night(NIGHT), elections={"CMD": election})
    almanac = replace(ALMANAC, nights={NIGHT: night})
    text = text_of(standing("CMD", None, {"Lab": 30, "Con": 16}, new=True), almanac)
    assert "5 May 2022: Labour, a first election." in text
    assert "A new council, which replaces Carlisle." in text
    assert "Source" not in text


@pytest.mark.parametrize(
    ("until", "line"),
    [
        (NIGHT, "Until 5 May 2022 it was called Old Hull."),
        (
            date(2030, 4, 1),
            "It is called Old Hull; Kingston upon Hull is its name from 1 April 2030",
        ),
    ],
)
def test_a_council_is_called_what_it_was_called_on_the_night(until: date, line: str) -> None:
    almanac = replace(ALMANAC, former_names={"KHL": FormerName("KHL", "Old Hull", until)})
    assert line in text_of(HULL, almanac)


def test_an_abolished_council_keeps_its_past() -> None:
    text = text_of(CouncilStanding(NIGHT, ENDED))
    assert "It was abolished on 1 April 2022; its area now belongs to Cumberland." in text
    assert "2019: from Labour to no overall control" in text


def test_a_council_without_a_row_says_so() -> None:
    assert "Our table has no year of it." in text_of(CouncilStanding(NIGHT, COUNCILS.get("SND")))


def test_a_long_past_has_pages() -> None:
    runs = (entry for year in range(1973, 2022) for entry in years("LC"[year % 2], year, year))
    almanac = replace(ALMANAC, history={"WSM": tuple(runs)})
    shown = history_card(CouncilStanding(NIGHT, COUNCILS.get("WSM")), almanac, AT_0232, page=9)
    assert shown.number == shown.pages == 3
    assert shown.card.footer.startswith("Page 3 of 3 · Source: Open Council Data UK")


def test_the_others_of_a_snapshot_are_not_called_independents() -> None:
    """The snapshots have the Greens among them until 2015."""
    assert seats_line(AsElected(NIGHT, seats("Lab 21 Ind 15"), LABOUR), ALMANAC.parties) == (
        "Labour: Lab 21, others 15"
    )


@pytest.mark.parametrize(("odd", "marked"), [(41, True), (49, False), (51, False)])
def test_seats_of_a_year_that_do_not_add_up_are_marked_as_the_source_s(
    odd: int, marked: bool
) -> None:
    sizes = {2017: 51, 2018: odd, 2019: 51}
    past_years = tuple(
        YearOfControl(year, Composition({"Lab": many}), LABOUR) for year, many in sizes.items()
    )
    text = text_of(HULL, replace(ALMANAC, history={"KHL": past_years}))
    assert ("2018 Labour: Lab 41 (so in the source, 41 in all)" in text) is marked
    assert text.count("so in the source") == marked
