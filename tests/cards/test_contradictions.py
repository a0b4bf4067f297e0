"""Figures that are not known or do not agree are left out, and nothing is said twice or wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.cards.council import council_card, no_council_card
from bot.cards.how_we_know import how_a_council_is_known
from bot.cards.night import changes_card, next_card
from bot.cards.party import party_card
from bot.cards.summary import summary_cards
from bot.chat.lookups import party_named
from bot.chat.questions import CannotAnswer
from bot.election.almanac import LONDON
from bot.election.control import NOC, Control
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.wording.councils import majority_line
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, COUNCILS, ENDED, HULL, NIGHT, PARTIES, standing

NOW = datetime(2022, 5, 6, 9, 0, tzinfo=LONDON)


def told(one: CouncilStanding) -> str:
    return council_card(one, ALMANAC, NOW).to_text()


def without_won(one: CouncilStanding) -> CouncilStanding:
    assert one.declared is not None
    return replace(one, declared=replace(one.declared, won=None))


def test_seats_that_nobody_gave_are_not_said_to_be_none() -> None:
    hull = without_won(HULL)
    summary = summary_cards(NightView([hull], ALMANAC, NOW), reconciled=True)[0].to_text()
    assert "Lib Dems 1 council (+1)\n" in summary
    assert "Labour no councils (−1) · seats won not given" in summary
    assert "no seats" not in summary
    party = party_card(PARTIES.get("LD"), NightView([hull], ALMANAC, NOW)).to_text()
    assert "seats won not given" in party
    assert "no seats" not in party.casefold()


def test_seats_that_some_did_not_give_are_counted_as_missing() -> None:
    worcester = standing("WOR", "Con", {"Lab": 18, "Con": 17}, held={"Con": 19, "Lab": 16})
    party = party_card(
        PARTIES.get("LD"), NightView([HULL, without_won(worcester)], ALMANAC, NOW)
    ).to_text()
    assert "12 seats (+3 since before the election)" in party
    assert "seats won not known in 1 council" in party


def test_a_change_that_contradicts_the_seats_is_left_out() -> None:
    one = standing(
        "MON",
        "Con",
        {"Lab": 30, "Con": 20, "Ind": 4},
        held={"Con": 30, "Lab": 15, "Ind": 6, "Vac": 3},
    )
    assert one.declared is not None
    gappy = replace(
        one.declared, changes={"Lab": 15, "Con": -10}, won=Composition({"Lab": 40, "Con": 20})
    )
    text = told(replace(one, declared=gappy))
    assert "Labour 30 (+15)\nConservatives 20 (−10)\nIndependents and others 4\n" in text
    assert "Vacant" not in text
    text = how_a_council_is_known(replace(one, declared=gappy), ALMANAC, NOW).to_text()
    assert "Labour 30 (+15), 15 before\n" in text
    assert "Conservatives 20 (−10), 30 before, 20 won tonight" in text
    assert "Independents and others 4, 6 before" in text
    assert "Vacant 0, 3 before" in text


def test_a_new_council_has_no_seats_before() -> None:
    cumberland = standing("CMD", None, {"Lab": 30, "Con": 16}, held={"Lab": 1}, new=True)
    assert cumberland.declared is not None
    bare = replace(cumberland, declared=replace(cumberland.declared, changes=None))
    assert "Seats:\nLabour 30\nConservatives 16" in told(bare)


def test_independents_with_most_seats_are_together() -> None:
    line = majority_line(NOC, Composition({"Ind": 26, "Con": 15}), PARTIES)
    assert line == "Independents and others together 26 of 41, 21 needed for a majority"
    assert majority_line(NOC, Composition({"Con": 14, "Lab": 13, "LD": 2}), PARTIES) == (
        "Conservatives largest party: 14 of 29, 15 needed"
    )


def test_a_majority_of_the_filled_seats_is_told_as_that() -> None:
    filled = Composition({"Lab": 18, "Con": 17, "Vac": 1})
    assert majority_line(Control("Lab"), filled, PARTIES) == (
        "**18 of 35 filled seats** (36 in all)"
    )
    crawley = replace(standing("WOR", NOC, {"Lab": 19, "Con": 17}))
    assert crawley.declared is not None
    by_filled = replace(crawley, declared=replace(crawley.declared, now=filled))
    card = changes_card(NightView([by_filled], ALMANAC, NOW)).card.to_text()
    assert "18 of 35 filled seats" in card
    assert "18 of 36" not in card


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2022, 5, 6, 5, 30, tzinfo=LONDON), "xpected at 03:30, 2 hours late"),
        (datetime(2026, 11, 21, 12, 0, tzinfo=LONDON), "xpected on 6 May 2022"),
    ],
)
def test_nothing_is_days_late(now: datetime, said: str) -> None:
    expected = datetime(2022, 5, 6, 3, 30, tzinfo=LONDON)
    waiting = standing("KHL", "Lab", held={"Lab": 57}, expected_at=expected)
    assert said in next_card(NightView([waiting], ALMANAC, now)).card.to_text()
    assert said in council_card(waiting, ALMANAC, now).to_text()


def test_a_declaration_has_its_day() -> None:
    assert HULL.declared is not None
    later = replace(HULL.declared, declared_at=HULL.declared.declared_at + timedelta(days=1))
    assert "Declared 02:32 on Saturday 7 May" in told(replace(HULL, declared=later))


def test_a_council_that_still_exists_has_what_it_has() -> None:
    lasting = replace(ENDED, ends=date(2023, 4, 1))
    assert "It has been under no overall control since 2019" in told(
        CouncilStanding(NIGHT, lasting)
    )
    assert "It had been" in told(CouncilStanding(NIGHT, ENDED))


def test_an_empty_name_is_asked_for() -> None:
    card = no_council_card(" ", ())
    assert (card.title, card.description) == (
        "Which council?",
        "Give its name: /council name:Hull.",
    )
    assert COUNCILS.find("", NIGHT).council is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Nonsense", "No party called “Nonsense”. Start typing and pick from the list."),
        ("NOC", "No overall control is no party: /night changes kind:lost"),
        ("Labur", "Did you mean Labour?"),
    ],
)
def test_a_party_that_is_none_gets_a_helpful_word(asked: str, said: str) -> None:
    with pytest.raises(CannotAnswer) as refused:
        party_named(ALMANAC, asked)
    assert said in str(refused.value)
