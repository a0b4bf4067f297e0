"""Cards of votes, on made-up nights: what they say, what they leave out, and in which style."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import Card
from bot.cards.votes import (
    CouncilVotes,
    calls_card,
    margins_card,
    night_votes_card,
    votes_card,
)
from bot.election.control import NOC
from bot.election.facts import VoteShare, vote_facts
from bot.election.parties import WireParty
from bot.election.reports import Candidate, WardReport
from bot.election.vote_changes import close_call
from bot.election.votes import Votes, together
from bot.wording.facts import fact_sentence
from tests.cards.nights import ALMANAC, AT_0232, PARTIES, seats, standing
from tests.election.polls import HULL, SCOTTISH, polled, votes, ward
from tests.style.rules import Said, check

WORCESTER = ALMANAC.councils.get("WOR")
CLOSE = {"Lab": (401, True), "Con": (399, False), "Green": (200, False)}


def card_of(of: Votes, council=HULL) -> Card:
    return votes_card(CouncilVotes(council, of, None), PARTIES, AT_0232)


def in_style(card: Card) -> Card:
    """Fail where a card breaks the house style; return it."""
    titles = (Said(field.name, card.title, is_title=True) for field in card.fields)
    check([Said(card.title, "a title", is_title=True), Said(card.to_text(), card.title), *titles])
    return card


def test_a_council_s_card_names_method_turnout_and_what_is_compared() -> None:
    of = votes(
        ward(CLOSE, "Avenue"),
        ward({"Lab": (700, True), "Con": (300, False)}, "Ings"),
        ward({"Lab": (None, True)}, "Holderness", uncontested=True),
        before={"Avenue": {"Lab": 300, "Con": 500, "UKIP": 200}},
    )
    card = in_style(card_of(replace(of, feeds=frozenset({"democracy_club"}))))
    assert card.title == "Kingston upon Hull: Labour won most votes, 55.0%"
    assert card.description.splitlines() == [
        "🟥 Labour 55.0% (+10.1), 1,101 votes",
        "🟦 Conservatives 35.0% (−10.1), 699 votes",
        "🟩 Greens 10.0% (+20.0), 200 votes",
        "🟪 UKIP did not stand (−20.0)",
        "",
        "Top candidate per ward, both wards. Changes since 2018 in the 1 ward that can be compared."
        " 1 ward had no poll.",
        "Turnout 40.0%, electorate 2,000, 2,000 valid votes.",
        "A swing of 10.1 points from the Conservatives to Labour since 2018.",
    ]
    assert card.footer.startswith("Source: Democracy Club (CC BY 4.0) · As of")


def test_all_votes_are_given_where_they_are_other_shares() -> None:
    several = {"Lab": (600, True), "Lab 2": (400, True), "LD": (400, False)}
    assert "valid votes" not in card_of(polled(several)).description
    (field,) = [one for one in card_of(polled(several)).fields if one.name == "All votes"]
    assert field.value == "Labour 71.4%, Lib Dems 28.6%"
    assert "All votes" not in [one.name for one in card_of(polled(CLOSE)).fields]


def test_what_is_not_known_is_said() -> None:
    nothing = in_style(card_of(votes()))
    assert nothing.title == "Kingston upon Hull: votes not known"
    alone = votes(ward({"Lab": (None, True)}, uncontested=True))
    assert in_style(card_of(alone)).title == "Kingston upon Hull: no poll"
    few = in_style(card_of(votes(ward(CLOSE), listed=4)))
    assert few.title == "Kingston upon Hull: votes known in 1 of 5 wards"
    assert "%" not in few.to_text()
    half = in_style(card_of(votes(ward(CLOSE), listed=1)))
    assert half.title == "Kingston upon Hull: Labour have most votes, 40.1% in 1 of 2 wards"


def test_independents_are_not_the_party_with_most_votes() -> None:
    of = polled({"Ind": (505, True), "Lab": (395, False)})
    card = in_style(card_of(of))
    assert card.title == "Kingston upon Hull: Labour largest party by votes, 43.9%"
    assert "Closest: an independent by 110 votes (12.2%) over Labour in Drypool" in card.to_text()
    alone = in_style(card_of(polled({"Ind": (505, True), "Ind 2": (95, False)})))
    assert alone.title == "Kingston upon Hull: votes of 1 ward"


def test_parties_that_are_level_have_not_each_won_most_votes() -> None:
    of = polled({"Lab": (400, True), "Con": (400, False), "LD": (200, False)})
    card = in_style(card_of(of))
    assert card.title == ("Kingston upon Hull: Conservatives and Labour level on votes, 40.0% each")
    led = (of, polled({"Ind": (505, True), "Lab": (395, False)}))
    assert not any(one.is_led for one in led)
    for one in led:
        assert not any(isinstance(fact, VoteShare) for fact in vote_facts(standing("KHL"), one))


def test_a_night_counts_whole_councils_and_projects_nothing() -> None:
    close = replace(standing("WOR", NOC, seats("Lab 18 Con 17"), won=seats("Lab 1")))
    of = [
        CouncilVotes(HULL, polled({"Lab": (60, True), "Con": (40, False)}), None),
        CouncilVotes(WORCESTER, polled(CLOSE), close_call(close, polled(CLOSE))),
    ]
    card = in_style(
        night_votes_card(of, together((one.votes for one in of), PARTIES), 9, PARTIES, AT_0232)
    )
    assert card.title == "Votes known in 2 of 9 councils: Labour 41.9%, Conservatives 39.9%"
    assert "nothing is projected" in card.description
    assert "Closest councils" in [field.name for field in card.fields]
    assert (
        "Worcester: a switch of 2 votes in 1 ward would have ended Labour's majority"
        in card.to_text()
    )
    none = in_style(night_votes_card([], together([], PARTIES), 9, PARTIES, AT_0232, place="Wales"))
    assert none.title == "Wales: votes known in 0 of 9 councils"


def test_lists_are_of_the_closest_and_the_biggest() -> None:
    of = CouncilVotes(HULL, votes(ward(CLOSE, "A"), ward(CLOSE, "B")), None)
    shown = margins_card(of.votes.margins, [of], "closest ward", PARTIES, AT_0232)
    card = in_style(shown.card)
    assert (
        card.title
        == "Closest ward: Labour by 2 votes (0.2%) over Conservatives in A, Kingston upon Hull"
    )
    assert card.footer.startswith("Votes known in 2 of 2 wards")
    stv = CouncilVotes(SCOTTISH, votes(ward(CLOSE), council=SCOTTISH), None)
    empty = margins_card([], [stv], "closest ward", PARTIES, AT_0232).card
    assert (
        in_style(empty).description
        == "Councillors are elected by single transferable vote: no ward has a majority."
    )
    assert (
        in_style(calls_card([stv], PARTIES, AT_0232).card).title == "Closest councils: none known"
    )


@st.composite
def any_ward(draw: st.DrawFn) -> WardReport:
    """Draw a ward with whatever may be known of it."""
    parties = draw(
        st.lists(
            st.sampled_from(("Lab", "Con", "LD", "Green", "Ind", "Asp", "Some Local Party")),
            min_size=1,
            max_size=6,
        )
    )
    numbers = draw(
        st.lists(st.none() | st.integers(0, 9_000), min_size=len(parties), max_size=len(parties))
    )
    up = draw(st.integers(1, 3))
    order = sorted(range(len(parties)), key=lambda place: -(numbers[place] or 0))[:up]
    return replace(
        ward({"Lab": (1, True), "Con": (0, False)}, draw(st.sampled_from("ABCDEFGH"))),
        seats=up,
        candidates=tuple(
            Candidate(
                f"C{place}",
                WireParty(party),
                () if numbers[place] is None else (numbers[place],),
                place in order if draw(st.integers(0, 9)) else None,
            )
            for place, party in enumerate(parties)
        ),
        electorate=draw(st.none() | st.integers(0, 20_000)),
        turnout=draw(st.none() | st.floats(0, 100)),
        uncontested=draw(st.booleans()) and len(parties) <= up,
        cancelled=draw(st.integers(0, 9)) == 0,
        by_election=draw(st.integers(0, 9)) == 0,
    )


@given(
    st.lists(any_ward(), max_size=6),
    st.integers(0, 3),
    st.dictionaries(
        st.sampled_from("ABCD"),
        st.dictionaries(
            st.sampled_from(("Lab", "Con", "UKIP", "Ind")), st.integers(1, 5_000), min_size=1
        ),
    ),
    st.sampled_from((HULL, SCOTTISH)),
)
def test_whatever_a_night_brings_figures_add_up_and_words_keep_the_style(
    wards: list[WardReport], listed: int, before: dict[str, dict[str, int]], council
) -> None:
    of = votes(*wards, listed=listed, before=before, council=council)
    assert 0 <= of.known <= of.polls
    for shares in (of.shares, of.plain_shares):
        assert not shares or abs(sum(one.per_cent for one in shares) - 100) < 1e-6
    assert sum(one.votes for one in of.plain_shares) == sum(
        one.votes for each in of.wards for one in each.candidates
    )
    changes = [one.change for one in of.shares if one.change is not None]
    assert all(-100 <= one <= 100 for one in changes)
    if of.swing is not None:
        assert of.swing.gainer != of.swing.loser
        assert 0 <= of.swing.points <= 100
    assert all(one.votes >= 0 and 0 <= one.per_cent <= 100 for one in of.margins)
    if of.turnout is not None:
        assert 0 <= of.turnout.per_cent <= 100
    one = CouncilVotes(council, of, None)
    in_style(votes_card(one, PARTIES, AT_0232))
    in_style(night_votes_card([one] if of.is_complete else [], of, 9, PARTIES, AT_0232))
    in_style(margins_card(of.margins, [one], "closest ward", PARTIES, AT_0232).card)


def test_a_change_in_some_of_the_wards_says_so() -> None:
    wards = (ward(CLOSE, "Avenue"), ward({"Lab": (700, True), "Con": (300, False)}, "Ings"))
    then = {"Avenue": {"Lab": 300, "Con": 500}}
    everywhere = votes(*wards, before={**then, "Ings": {"Lab": 600, "Con": 500}})
    for of, said in ((votes(*wards, before=then), 2), (everywhere, 0)):
        told = [fact_sentence(one, PARTIES) for one in vote_facts(standing("KHL"), of)]
        assert len([one for one in told if "since 2018" in one]) == 2
        assert len([one for one in told if "in the same wards" in one]) == said
