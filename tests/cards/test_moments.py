"""The summary at ten moments of the night of 5 May 2022, read whole, and its limits at any."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.cards.card import MESSAGE_CARDS, MESSAGE_CHARACTERS, Card
from bot.cards.figures import Heard
from bot.cards.summary import summary_cards
from bot.election.almanac import LONDON
from bot.election.headlines import WHOLE_NIGHT, Lens
from bot.nightwatch import as_it_was, contests_as_they_were
from tests.support.moments import AT_71, MOMENTS, Moment, moments

pytestmark = [pytest.mark.night, pytest.mark.timeout(120)]

LENSES = (
    WHOLE_NIGHT,
    Lens(party="Lab"),
    Lens(party="Asp"),
    Lens(nation="Wales"),
    Lens(region="London"),
    Lens(council="KHL"),
)
SQUARES = "🟥🟧🟨🟩🟦🟪🟫⬛⬜"


def cards_at(moment: Moment, lens: Lens = WHOLE_NIGHT) -> tuple[Card, ...]:
    return summary_cards(
        moment.standings,
        moment.almanac,
        moment.at,
        reconciled=moment.reconciled,
        contests=moment.contests,
        notes=moment.notes,
        lens=lens,
        heard=Heard(moment.at),
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
        for word in ("majority", "gain", "lost", "could not change", "seats won"):
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
        contests=contests_as_they_were(end.contests, moment),
    )
    check(cards_at(then_known, lens))


def test_the_night_goes_on() -> None:
    declared = [
        sum(one.is_declared for one in moment.standings)
        for name, moment in moments().items()
        if name != AT_71
    ]
    assert declared == sorted(declared)
    assert (declared[0], declared[-1]) == (0, 200)
