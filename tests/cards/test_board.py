"""The board: what it says before, in and after a night, within one message at any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.board import Phase, board_cards, board_message
from bot.cards.card import Card, broken_limit
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.wording.night import NightView
from bot.wording.sources import FeedAges
from tests.cards.nights import ALMANAC, AT_0232, a_night
from tests.support.moments import MOMENTS, Moment
from tests.support.whole_night import moments

CLOSING = ALMANAC.night(a_night()[0].night).polls_close


def board(lens: Lens = WHOLE_NIGHT, phase: Phase = Phase.RUNNING, **given: object) -> str:
    options = {"reconciled": True, "now": AT_0232, "ended": False, **given}
    now, standings = options["now"], a_night()
    cards = board_cards(
        NightView(standings, ALMANAC, now, lens=lens), phase=phase, reconciled=options["reconciled"]
    )
    shown = board_message(
        cards,
        now,
        phase=phase,
        ended=options["ended"],
        reference="BD-00001",
        feeds=FeedAges(now),
        standings=standings,
    )
    assert shown[-1].footer_text.endswith("BD-00001")
    return "\n".join(card.to_text() for card in shown)


def test_in_the_night_it_has_the_state_the_latest_changes_and_what_is_next() -> None:
    text = board()
    assert "Councils and seats won, 8 of 9 councils declared" in text
    assert "changes of hands" in text
    assert "1 council is still to declare: Bolton." in text
    assert "Updated 02:32. Results appear here as they come in." in text
    assert "As of 02:32 on Friday 6 May" in text


def test_before_polls_close_it_has_no_figures_though_some_are_known() -> None:
    text = board(now=CLOSING - timedelta(minutes=1))
    assert text.startswith("Elections of 5 May 2022\n9 councils vote, polls close at 22:00\n")
    assert "declared" not in text
    assert "gain" not in text
    assert "seats won" not in text
    assert "declared" in board(now=CLOSING)


def test_it_says_when_the_night_is_over_and_when_it_is_edited_no_more() -> None:
    assert ", not final: " in board(phase=Phase.OVER)
    assert "Later results will appear here." in board(phase=Phase.OVER)
    assert ", final: " in board(phase=Phase.FINAL)
    assert "Corrections will appear here." in board(phase=Phase.FINAL)
    ended = board(phase=Phase.FINAL, ended=True)
    assert "Board ended 02:32 and is no longer updated" in ended
    assert "orrection" not in ended


def test_what_it_says_does_not_hang_on_the_minute() -> None:
    def cards(minutes: int) -> tuple[Card, ...]:
        now = AT_0232 + timedelta(minutes=minutes)
        return board_cards(
            NightView(a_night(), ALMANAC, now, lens=WHOLE_NIGHT),
            phase=Phase.RUNNING,
            reconciled=True,
        )

    assert cards(0) == cards(1)


def _places(moment: Moment) -> list[Lens]:
    councils = [one.council for one in moment.standings]
    nations = sorted({one.nation for one in councils if one.nation})
    regions = sorted({one.region for one in councils if one.region})
    return [
        WHOLE_NIGHT,
        *(Lens(nation=name) for name in nations),
        *(Lens(region=name) for name in regions),
    ]


@pytest.mark.night
@pytest.mark.parametrize("name", MOMENTS)
def test_at_any_moment_of_the_real_night_it_is_one_message_with_nothing_cut(name: str) -> None:
    moment = moments()[name]
    for lens in _places(moment):
        for phase in Phase:
            cards = board_cards(
                NightView(
                    moment.standings, moment.almanac, moment.at, ballots=moment.ballots, lens=lens
                ),
                phase=phase,
                reconciled=moment.reconciled,
            )
            shown = board_message(
                cards,
                moment.at,
                phase=phase,
                ended=False,
                reference="BD-00001",
                feeds=FeedAges(moment.at),
                standings=lens.councils(moment.standings),
            )
            assert broken_limit({"embeds": [card.to_embed_dict() for card in shown]}) is None
            kept = [replace(card, footer="", reference="") for card in shown]
            assert [card.fields for card in kept] == [card.fields for card in cards]
