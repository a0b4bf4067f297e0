from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import CitedFact, CitedKind, CouncilList, ListedCouncil
from bot.election.ballots import Ballot, BallotStanding
from bot.election.baselines import Baseline
from bot.election.control import NOC, Control
from bot.election.history import Start, Tenure, tenure
from bot.election.movers import movers, moves, net_seats
from bot.election.parties import WireParty
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.election.stories import Lens, StoryKind, stories
from bot.wording.article import article
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, AT_0232, HULL, NIGHT, a_night, seats, standing, years


def told_of(view: NightView) -> str:
    """Return the article on a night as one text."""
    told = article(view)
    return "\n".join([told.headline, *told.paragraphs])


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
    assert first.tenure == Tenure(Control("Con"), 1973, Start.AT_LEAST)


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


DEBOUNCE = standing("WSM", "Con", seats("Con 40 Lab 40"), held=seats("Con 64 Lab 15 Green 1"))
"""Nobody's council any more, and seats moved by many."""


def test_many_seats_make_a_party_s_story_bigger():
    assert [one.kind for one in stories([DEBOUNCE], ALMANAC)] == [StoryKind.COUNCIL]
    other = standing("WOR", "Con", seats("Con 16 Lab 13 Green 6"), held=seats("Con 19 Lab 16"))
    found = stories([DEBOUNCE, other], ALMANAC)
    (down,) = (one for one in found if one.kind is StoryKind.PARTY_DOWN)
    assert down.basis["net seats"] == 5
    moved = moves([DEBOUNCE, other], ALMANAC.parties)
    assert [(one.party, one.councils, one.seats) for one in moved.values()] == [
        ("Con", -2, -27),
        ("Lab", 0, 22),
        ("Green", 0, 5),
    ]
    assert [one.party for one in movers(moved.values())] == ["Con", "Lab"]


def test_seats_are_not_summed_up_where_a_council_s_changes_are_not_known():
    notional = replace(DEBOUNCE.declared, baseline=Baseline.LAST_ELECTION)
    unknown = replace(DEBOUNCE.declared, changes=None)
    for declared in (notional, unknown):
        assert not net_seats([replace(DEBOUNCE, declared=declared)], ALMANAC.parties)
    assert net_seats([DEBOUNCE], ALMANAC.parties)


def test_a_party_without_a_council_is_not_said_to_have_none_where_it_is_news_elsewhere():
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "SNP", nation="Northern Ireland")
    told = article(NightView([HULL], ALMANAC, AT_0232, [assembly], Lens(party="SNP"))).lead
    assert told.startswith("In the Northern Ireland Assembly") or "largest party" in told
    none = article(NightView([HULL], ALMANAC, AT_0232, (), Lens(party="SNP"))).lead
    assert none == "The SNP control no councils and have won no seats."


def test_a_council_that_does_not_vote_says_so_by_its_name():
    elsewhere = [one for one in a_night() if one.council.code != "BOL"]
    told = article(NightView(elsewhere, ALMANAC, AT_0232, (), Lens(council="BOL")))
    assert (told.headline, told.lead) == ("Bolton has no election on this night", "")


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
    assert tenure(history, Control("Con"), NIGHT) == Tenure(
        Control("Con"), since, Start.AT_LEAST if at_least else Start.ELECTION
    )


@pytest.mark.parametrize(
    "history", [(), years("Lab", 1973, 2021), years("Con", 1973, 2020), years(None, 2000, 2021)]
)
def test_no_tenure_where_the_table_does_not_show_it(history):
    assert tenure(history, Control("Con"), NIGHT) is None


LISTED = replace(
    ALMANAC,
    lists={
        "watch": CouncilList("watch", "To watch", "", (ListedCouncil("WOR"),), flagships=True),
        "other": CouncilList("other", "Others", "", (ListedCouncil("WSM"),)),
    },
    cited={"WSM": (CitedFact("WSM", NIGHT, CitedKind.NEVER_SINCE, "Lab", 1964, "a report"),)},
)


def ballot(code, kind, elected, party=None, sitting=None, council=None, nation="England"):
    report = BallotReport(
        night=NIGHT,
        kind=kind,
        area=code,
        gss=None,
        seats=1,
        candidates=(
            Candidate(elected, party and WireParty(party), (100, 120), elected=True),
            Candidate("the other", party and WireParty("Green"), (90, 80), elected=False),
        ),
        complete=True,
    )
    system = VotingSystem.SUPPLEMENTARY
    known = Ballot(code, kind, code, code, nation, system, council=council, sitting=sitting)
    return BallotStanding(NIGHT, known, report)


CONTESTS = (
    ballot("mayor.croydon", BallotKind.MAYOR, "Jason Perry", "Con", "Lab"),
    ballot("mayor.newham", BallotKind.MAYOR, "Rokhsana Fiaz", "Lab", "Lab"),
    ballot("referendum.bristol", BallotKind.REFERENDUM, "A committee system", nation="Bristol"),
)


def test_flagships_and_firsts_are_bigger_news():
    night = [
        standing("WSM", "Con", seats("Lab 31 Con 23")),
        standing("WOR", "Con", seats("Con 16 Lab 13 Green 6")),
    ]
    by_code = {one.councils: one for one in stories(night, LISTED) if not one.net}
    assert by_code["WSM",].basis["never before"] == 20
    assert "flagship" not in by_code["WSM",].basis
    assert by_code["WOR",].basis["flagship"] == 30
    told = told_of(NightView(night[:1], LISTED, AT_0232))
    assert " for the first time since it was created in 1964." in told


def test_a_mayor_who_changes_party_and_a_referendum_are_stories_a_hold_is_none():
    found = {one.ballot: one for one in stories([HULL], ALMANAC, CONTESTS) if one.ballot}
    assert set(found) == {"mayor.croydon", "referendum.bristol"}
    assert (found["mayor.croydon"].party, found["mayor.croydon"].loser) == ("Con", "Lab")
    told = told_of(NightView([HULL], ALMANAC, AT_0232, CONTESTS))
    assert "Jason Perry (Conservative) is elected mayor.croydon, gaining the post from L" in told
    assert "voters choose “A committee system”, by 120 to 80." in told
    assert "Labour hold the mayor.newham mayoralty." in told


def test_the_assembly_is_told_by_its_seats_and_never_as_control():
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "LD", nation="Northern Ireland")
    (story,) = stories([], ALMANAC, [assembly])
    assert (story.kind, story.party) == (StoryKind.ASSEMBLY, "LD")
    told = told_of(NightView([HULL], ALMANAC, AT_0232, [assembly]))
    assert "the largest party in the Northern Ireland Assembly" in told


def test_a_lens_shows_what_concerns_it():
    night = a_night()
    for_labour = stories(night, ALMANAC, CONTESTS, Lens(party="Lab"))
    assert for_labour
    assert all("Lab" in story.parties for story in for_labour)
    in_london = stories(night, ALMANAC, lens=Lens(region="London"))
    assert {code for one in in_london for code in one.councils} == {"WSM", "TOW"}
    (still,) = stories(night, ALMANAC, lens=Lens(council="SND"))
    assert still.kind is StoryKind.STANDING_STILL
    still_there = NightView(night, ALMANAC, AT_0232, (), Lens(council="SND"))
    assert article(still_there).headline == "Labour hold Sunderland"
    with pytest.raises(ValueError, match="one lens"):
        Lens(party="Lab", nation="Wales")


def test_before_polls_close_a_headline_says_only_what_is_known():
    before = AT_0232.replace(day=5, hour=21)
    told = article(NightView(a_night(), ALMANAC, before, CONTESTS))
    assert told.headline == "9 councils vote, polls close at 22:00"
    assert told.lead.startswith("Expected next: ")
