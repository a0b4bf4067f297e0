from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.alert_kinds import MilestoneKind
from bot.election.almanac import CitedFact, CitedKind, CouncilList, ListedCouncil
from bot.election.claims import ClaimState, Milestone
from bot.election.control import NOC
from bot.election.milestones import milestones
from bot.election.reports import Proportion
from bot.election.seats import Composition
from bot.election.standings import WardStanding
from tests.cards.nights import ALMANAC, AT_0232, HULL, NIGHT, PA, a_night, seats, standing, years

FLAGSHIPS = CouncilList("f", "Flagships", "", (ListedCouncil("WSM", "why"),), flagships=True)
WESTMINSTER = standing("WSM", "Con", seats("Lab 31 Con 23"), held=seats("Con 41 Lab 13"))


def kinds(found):
    return {each.milestone for each in found.values() if each is not None}


def told(found):
    return [each for each in found.values() if each is not None]


def lost(code, number, minutes, to="Lab"):
    """A council where the Conservatives lose *number* seats to another party."""
    return standing(
        code,
        "Con",
        {"Con": 500 - number, to: 100 + number},
        held={"Con": 500, to: 100},
        at=AT_0232 + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize(("declared", "says"), [(3, False), (4, True), (8, True)])
def test_half_is_said_when_half_of_those_that_vote_have_declared(declared, says):
    codes = ("KHL", "WSM", "TOW", "WOR", "SND", "BOL", "CAS", "MON")
    night = [
        standing(code, NOC, seats("Lab 20 Con 20") if n < declared else None)
        for n, code in enumerate(codes)
    ]
    half = Milestone(MilestoneKind.HALF_DECLARED, figure=4)
    assert (milestones(night, ALMANAC).get(half.key) == half) is says


def test_a_figure_once_passed_stays_when_later_councils_undo_it():
    night = [lost("KHL", 60, 0), lost("WSM", 45, 1), lost("TOW", -70, 2)]
    found = {(each.party, each.figure) for each in told(milestones(night, ALMANAC)) if each.party}
    assert {("Con", -50), ("Con", -100), ("Lab", 50), ("Lab", 100)} <= found
    assert not found & {("Con", -250), ("Con", 50)}


def test_a_figure_is_taken_back_when_what_it_rested_on_is_corrected():
    before = milestones([lost("KHL", 60, 0), lost("WSM", 45, 1)], ALMANAC)
    after = milestones([lost("KHL", 40, 0), lost("WSM", 45, 1)], ALMANAC, told(before))
    key = Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-100, since="eve").key
    assert before[key] is not None
    assert key in after
    assert after[key] is None
    assert (
        after[Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-50, since="eve").key]
        is not None
    )


def test_independents_together_pass_no_figure():
    found = told(milestones([lost("KHL", 60, 0, to="Ind")], ALMANAC))
    assert {each.party for each in found if each.milestone is MilestoneKind.NET_SEATS} == {"Con"}


@pytest.mark.parametrize(
    "unclaimed", [{"version": None, "state": None}, {"state": ClaimState.RETRACTED}]
)
def test_what_is_not_claimed_makes_no_milestone(unclaimed):
    shown = replace(WESTMINSTER, declared=replace(WESTMINSTER.declared, **unclaimed))
    assert not told(milestones([shown], ALMANAC))


def test_a_flagship_that_changes_hands_after_decades_is_both():
    night = replace(ALMANAC, lists={"f": FLAGSHIPS})
    found = milestones([WESTMINSTER, HULL], night)
    assert Milestone(MilestoneKind.FLAGSHIP, "WSM", "Lab") in told(found)
    assert Milestone(MilestoneKind.FIRST_IN_DECADES, "WSM", "Lab", 2022) in told(found)
    assert {each.council for each in told(found) if each.council} == {"WSM"}


@pytest.mark.parametrize(("year", "says"), [(1964, True), (2002, True), (2003, False)])
def test_a_cited_fact_makes_a_first_in_decades_where_the_table_does_not_reach(year, says):
    fact = CitedFact("TOW", NIGHT, CitedKind.NEVER_SINCE, "Lab", year, "a source")
    taken = standing("TOW", "Con", seats("Lab 24 Con 21"))
    found = milestones([taken], replace(ALMANAC, cited={"TOW": (fact,)}))
    assert (MilestoneKind.FIRST_IN_DECADES in kinds(found)) is says


def test_a_party_that_the_table_has_no_column_for_is_no_first():
    history = {"TOW": years("Lab", 1973, 2021)}
    short = {"TOW": (*years("Con", 1973, 2017), *years("Lab", 2018, 2021))}
    aspire = standing("TOW", "Lab", seats("Asp 24 Lab 21"))
    assert MilestoneKind.FIRST_IN_DECADES in kinds(
        milestones([aspire], replace(ALMANAC, history=history))  # Labour had held it for so long
    )
    assert MilestoneKind.FIRST_IN_DECADES not in kinds(
        milestones([aspire], replace(ALMANAC, history=short))
    )


def ward(number, party=None, seats_up=1):
    won = Composition({party: seats_up} if party else {})
    return WardStanding(str(number), "Ward", None, seats_up, party is not None, True, won, PA)


def counting(*wards):
    return standing("KHL", "Lab", proportion=Proportion.ALL, wards=wards, ward_count=len(wards))


CERTAIN = Milestone(MilestoneKind.CERTAIN, "KHL", "LD")
OPEN = counting(ward(1, "LD", 28), ward(2, None, 1), ward(3, None, 28))
SETTLED = counting(ward(1, "LD", 28), ward(2, "LD", 1), ward(3, None, 28))


def test_certain_control_is_told_before_the_last_ward_and_not_after():
    assert CERTAIN.key not in milestones([OPEN], ALMANAC)
    assert milestones([SETTLED], ALMANAC)[CERTAIN.key] == CERTAIN
    everything = counting(ward(1, "LD", 28), ward(2, "LD", 1), ward(3, "Lab", 28))
    assert CERTAIN.key not in milestones([everything], ALMANAC)
    assert milestones([everything], ALMANAC, [CERTAIN])[CERTAIN.key] == CERTAIN


def test_independents_together_neither_win_a_council_nor_leave_it_hung():
    settled = counting(ward(1, "Ind", 30), ward(2, None, 27))
    assert not told(milestones([settled], ALMANAC))
    hung = Milestone(MilestoneKind.CERTAIN, "KHL", None)
    theirs = standing("KHL", "Lab", seats("Ind 30 LD 27"))
    assert milestones([theirs], ALMANAC, [hung])[hung.key] is None, "it is taken back"


def test_certain_control_stands_if_it_came_true_and_is_taken_back_if_not():
    assert CERTAIN.key not in milestones([HULL], ALMANAC)
    assert milestones([HULL], ALMANAC, [CERTAIN])[CERTAIN.key] == CERTAIN
    other = standing("KHL", "Lab", seats("Lab 30 LD 27"))
    assert milestones([other], ALMANAC, [CERTAIN])[CERTAIN.key] is None
    unconfirmed = replace(other, declared=replace(other.declared, version=None, state=None))
    assert milestones([unconfirmed], ALMANAC, [CERTAIN])[CERTAIN.key] == CERTAIN
    assert milestones([OPEN], ALMANAC, [CERTAIN])[CERTAIN.key] is None


@given(st.permutations(a_night()))
def test_the_order_of_the_councils_is_of_no_account(night):
    assert milestones(night, ALMANAC) == milestones(a_night(), ALMANAC)


@given(st.permutations(["KHL", "WSM", "TOW", "WOR"]), st.data())
def test_asked_after_each_declaration_nothing_is_taken_back_and_the_end_is_the_same(order, data):
    """In the order of declaration, with what was told before given back each time."""
    moves = data.draw(st.lists(st.integers(-99, 99), min_size=4, max_size=4))
    night = [lost(code, move, n) for n, (code, move) in enumerate(zip(order, moves, strict=True))]
    so_far: dict[str, Milestone] = {}
    for number in range(1, len(night) + 1):
        shown = [*night[:number], *(replace(each, declared=None) for each in night[number:])]
        found = milestones(shown, ALMANAC, so_far.values())
        assert None not in found.values()
        so_far = dict(found)
    assert so_far == milestones(night, ALMANAC)


def test_a_loss_to_nobody_after_decades_is_one_too_and_a_short_tenure_is_none():
    lost_to_nobody = standing("WSM", "Con", seats("Lab 27 Con 27"))
    first = Milestone(MilestoneKind.FIRST_IN_DECADES, "WSM", None, 2022)
    assert told(milestones([lost_to_nobody], ALMANAC))[-1] == first
    assert MilestoneKind.FIRST_IN_DECADES not in kinds(milestones([HULL], ALMANAC))
