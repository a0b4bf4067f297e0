import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.control import NOC, Control
from bot.election.headlines import StoryKind, stories
from bot.election.tenure import Tenure, tenure
from tests.cards.nights import ALMANAC, HULL, a_night, seats, standing, years


def test_the_flagship_leads_over_the_newest_change():
    night = [HULL, standing("WSM", "Con", seats("Lab 31 Con 23"), held=seats("Con 41 Lab 13"))]
    first, *_ = stories(night, ALMANAC)
    assert (first.kind, first.councils) == (StoryKind.COUNCIL, ("WSM",))
    assert first.basis == {
        "seats": 5,
        "years of control": 49,
        "majority lost": 14,
        "to another party": 5,
    }
    assert first.score == 73
    assert first.tenure == Tenure(Control("Con"), 1973, at_least=True)


def test_many_losses_lead_over_any_one_council():
    fallen = [
        standing(code, "Con", seats("Lab 31 Con 23"))
        for code in ("WSM", "WOR", "SND", "BOL", "TOW", "CAS", "MON")
    ]
    first, *others = stories(fallen, ALMANAC)
    assert (first.kind, first.party, first.net) == (StoryKind.PARTY_DOWN, "Con", -7)
    assert first.basis == {"net councils": 70, "changes": 7, "foremost councils": 27}
    assert first.councils[0] == "WSM"
    assert next(one for one in others if one.kind is StoryKind.PARTY_UP).net == 7


def test_a_party_that_gains_as_much_as_it_loses_is_no_story():
    night = [
        standing("KHL", "Lab", seats("LD 30 Lab 27")),
        standing("BOL", NOC, seats("Lab 31 Con 29")),
    ]
    assert "Lab" not in {one.party for one in stories(night, ALMANAC) if one.net}


def test_first_elections_are_stories_of_their_own():
    firsts = [one for one in stories(a_night(), ALMANAC) if one.kind is StoryKind.FIRST_ELECTION]
    assert [(one.councils, one.party, one.net) for one in firsts] == [(("CMD",), "Lab", 0)]


def test_holds_and_undeclared_councils_make_no_story():
    told = {code for one in stories(a_night(), ALMANAC) for code in one.councils}
    assert not told & {"SND", "BOL"}


def test_a_party_with_one_change_has_no_story_beside_the_councils():
    assert [one.kind for one in stories([HULL], ALMANAC)] == [StoryKind.COUNCIL]


def test_independents_together_neither_rise_nor_fall():
    gained = [standing(code, "Lab", seats("Ind 30 Lab 10")) for code in ("BOL", "SND", "KHL")]
    assert {one.party for one in stories(gained, ALMANAC) if one.net} == {"Lab"}


@given(st.permutations(a_night()))
def test_the_order_of_councils_makes_no_difference(night):
    assert stories(night, ALMANAC) == stories(a_night(), ALMANAC)


def test_every_storys_score_is_its_basis_and_they_are_in_order():
    ranked = stories(a_night(), ALMANAC)
    assert [one.score for one in ranked] == sorted(sum(s.basis.values()) for s in ranked)[::-1]


@pytest.mark.parametrize(
    ("history", "since", "at_least"),
    [
        (years("Con", 1973, 2021), 1973, True),
        ((*years("Lab", 1973, 1977), *years("Con", 1978, 2021)), 1978, False),
        ((*years("Con", 1973, 1990), *years("Con", 1992, 2021)), 1992, True),
        (years("Con", 2021, 2022), 2021, True),
    ],
)
def test_tenure_is_unbroken_years(history, since, at_least):
    assert tenure(history, Control("Con"), 2022) == Tenure(Control("Con"), since, at_least)


@pytest.mark.parametrize(
    "history", [(), years("Lab", 1973, 2021), years("Con", 1973, 2020), years(None, 2000, 2021)]
)
def test_no_tenure_where_the_table_does_not_show_it(history):
    assert tenure(history, Control("Con"), 2022) is None
