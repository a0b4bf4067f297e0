"""Pictures of shares of the vote, with their changes, on made-up polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.parties import WireParty
from bot.election.reports import Candidate
from bot.election.votes import Votes
from bot.pictures.picture import Picture
from bot.pictures.votes import votes_picture
from tests.cards.nights import NIGHT, PARTIES
from tests.election.polls import polled, votes, ward
from tests.pictures.checks import beside, check_in_chat, texts_of

NAMES = st.text("abcdefghijklmnop '-MW", min_size=1, max_size=60).filter(str.strip)


def drawn(of: Votes, title: str = "Hull: Labour won most votes, 60.0%") -> Picture:
    picture = votes_picture(title, of, PARTIES, NIGHT)
    assert picture is not None
    return check_in_chat(picture)


def test_each_party_stands_beside_its_share_and_its_change() -> None:
    of = votes(
        ward({"Lab": (600, True), "Con": (300, False), "Ind": (100, False)}),
        before={"Drypool": {"Lab": 500, "Con": 500}},
    )
    picture = drawn(replace(of, feeds=frozenset({"democracy_club"})))
    assert beside(picture, "Labour") == ["Labour", "60.0%", "+10.0"]
    assert beside(picture, "Conservatives") == ["Conservatives", "30.0%", "−20.0"]
    assert beside(picture, "Independents and others") == ["Independents and others", "10.0%"]
    assert "change in points since 2018" in picture.alt
    assert "Labour 60.0% (+10.0)" in picture.alt
    assert texts_of(picture)[-1].endswith("Source: Democracy Club (CC BY 4.0)")


def test_without_an_earlier_contest_no_change_is_spoken_of() -> None:
    picture = drawn(polled({"Lab": (600, True), "Con": (400, False)}))
    assert "change" not in picture.alt
    assert beside(picture, "Labour") == ["Labour", "60.0%"]


def test_too_little_is_not_drawn() -> None:
    few = votes(ward({"Lab": (600, True), "Con": (400, False)}), listed=3)
    assert votes_picture("Hull", few, PARTIES, NIGHT) is None
    assert votes_picture("Hull", votes(), PARTIES, NIGHT) is None


@pytest.mark.parametrize("feeds", [(), ("pa",), ("pa", "nist"), ("democracy_club", "nist", "pa")])
def test_sources_keep_to_their_line(feeds: tuple[str, ...]) -> None:
    of = polled({"Lab": (600, True), "Con": (400, False)})
    drawn(replace(of, feeds=frozenset(feeds)))


@given(
    st.lists(st.tuples(NAMES, st.integers(1, 99_999)), min_size=2, max_size=12),
    NAMES,
    st.booleans(),
)
def test_whoever_stands_the_picture_keeps_every_rule(
    stand: list[tuple[str, int]], place: str, has_before: bool
) -> None:
    one = ward({"Lab": (1, True), "Con": (0, False)})
    most = max(range(len(stand)), key=lambda at: stand[at][1])
    candidates = tuple(
        Candidate(name, WireParty(name), (number,), at == most)
        for at, (name, number) in enumerate(stand)
    )
    before = {"Drypool": {"Lab": 700, "Con": 300}} if has_before else None
    of = votes(
        replace(one, candidates=candidates, seats=1), before=before, fought_on=date(2018, 5, 3)
    )
    drawn(of, f"{place}: {place} won most votes, 45.3%")
