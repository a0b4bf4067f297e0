"""The summary at ten moments of the night of 5 May 2022, read whole, and its limits at any."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.cards.card import MESSAGE_CARDS, MESSAGE_CHARACTERS, Card
from bot.cards.council import council_card
from bot.cards.night import next_card
from bot.cards.summary import summary_cards
from bot.election.almanac import LONDON
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.schedule.summaries import as_it_was, ballots_as_they_were
from bot.wording.night import NightView
from bot.wording.sources import FeedAges
from tests.support.moments import AT_71, MOMENTS, Moment
from tests.support.whole_night import moments

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

LENSES = (
    WHOLE_NIGHT,
    Lens(party="Lab"),
    Lens(party="Asp"),
    Lens(nation="Wales"),
    Lens(region="London"),
    Lens(council="KHL"),
)
SQUARES = "🟥🟧🟨🟩🟦🟪🟫⬛⬜🔴🟠🟡🟢🔵🟣🟤⚫⚪"


def cards_at(moment: Moment, lens: Lens = WHOLE_NIGHT) -> tuple[Card, ...]:
    return summary_cards(
        NightView(
            moment.standings,
            moment.almanac,
            moment.at,
            ballots=moment.ballots,
            lens=lens,
            feeds=FeedAges(moment.at),
        ),
        reconciled=moment.reconciled,
        notes=moment.notes,
        reference="EN-00000",
    )


def text_of(cards: tuple[Card, ...]) -> str:
    return "\n\n".join(card.to_text() for card in cards)


def check(cards: tuple[Card, ...]) -> None:
    """Fail where a summary breaks a limit, has an empty section or a party without its colour."""
    assert 1 <= len(cards) <= MESSAGE_CARDS
    assert sum(card.length for card in cards) <= MESSAGE_CHARACTERS
    for card in cards:
        assert card.description or card.fields
        for field in card.fields:
            assert field.name.strip()
            assert field.value.strip()
            if field.name.startswith("Councils and seats won"):
                lines = [line for line in field.value.splitlines() if "**" in line]
                assert lines
                assert all(line[0] in SQUARES or "Other parties" in line for line in lines)
    text = text_of(cards)
    assert not re.search(r"\b1 (councils|seats|wards|mayors|constituencies)\b", text)
    assert not re.search(r"[(]-\d", text)
    assert "None" not in text


@pytest.mark.parametrize("name", MOMENTS)
def test_the_summary_of_a_moment(name: str, snapshot: SnapshotAssertion) -> None:
    cards = cards_at(moments()[name])
    check(cards)
    assert text_of(cards) == snapshot


@pytest.mark.parametrize("lens", LENSES[1:], ids=str)
def test_the_summary_of_a_part_of_the_night(lens: Lens, snapshot: SnapshotAssertion) -> None:
    cards = cards_at(moments()["Friday 09:00"], lens)
    check(cards)
    assert text_of(cards) == snapshot


def test_before_polls_close_nothing_is_said_that_could_forecast() -> None:
    before = moments()["before the close"]
    for lens in LENSES:
        text = text_of(cards_at(before, lens))
        for word in ("majority", "gain", "lost", "not at stake", "seats won"):
            assert word not in text


@given(
    minutes=st.integers(0, 60 * 56),
    lens=st.sampled_from(LENSES),
)
@settings(max_examples=60, deadline=None)
def test_at_any_moment_it_is_within_the_limits(minutes: int, lens: Lens) -> None:
    end = moments()["Saturday's end"]
    then = MOMENTS["before the close"].astimezone(LONDON)
    moment = then + (MOMENTS["Saturday's end"] - then) * (minutes / (60 * 56))
    then_known = replace(
        end,
        at=moment,
        standings=as_it_was(end.standings, moment),
        ballots=ballots_as_they_were(end.ballots, moment),
    )
    check(cards_at(then_known, lens))


def test_before_a_council_declares_its_card_says_how_many_seats_are_up() -> None:
    moment = moments()["Thursday 22:30"]
    for one in moment.standings:
        assert one.seats_up and one.size, one.council.name
        assert 0 < one.seats_up <= one.size, (one.council.name, one.seats_up, one.size)
    somerset = next(one for one in moment.standings if one.council.code == "SMT")
    text = council_card(somerset, moment.almanac, moment.at).to_text()
    assert "110 seats, all up, 56 needed for a majority." in text


def test_the_timetable_says_how_far_each_nation_is() -> None:
    moment = moments()["Friday 09:00"]
    page = next_card(NightView(moment.standings, moment.almanac, moment.at, ballots=moment.ballots))
    text = page.card.to_text()
    for line in (
        "England has been counting since 22:00 on Thursday 5 May: 75 of 146 councils declared.",
        "Scotland has been counting since 09:00 on Friday 6 May: 0 of 32 councils declared.",
        "Northern Ireland has been counting since 08:00 on Friday 6 May: 0 of 90 seats of the "
        "Assembly filled.",
    ):
        assert line in text
    end = moments()["Saturday's end"]
    last = next_card(NightView(end.standings, end.almanac, end.at, ballots=end.ballots))
    assert "counting" not in last.card.to_text()


def test_the_night_goes_on() -> None:
    declared = [
        sum(one.is_declared for one in moment.standings)
        for name, moment in moments().items()
        if name != AT_71
    ]
    assert declared == sorted(declared)
    assert (declared[0], declared[-1]) == (0, 200)
