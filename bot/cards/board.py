"""The board: how the night stands, in one message that is edited as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum

from bot.cards.card import Card, Field, one_message
from bot.cards.night import CHANGES, newest_first, result_lines
from bot.cards.summary import leading_colour, lens_words, state_fields, to_come_card
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.headlines import Lens
from bot.election.standings import CouncilStanding
from bot.election.superlatives import inexact_parties
from bot.wording.figures import common_baseline, declared_of
from bot.wording.headline import headline, state_through
from bot.wording.phrases import count, day, sentence_case
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import ago, clock_time, listed

_LATEST = 6
_LONGEST_LIST = 1_000


class Phase(Enum):
    """Where a night is; the value stands in the board's title."""

    RUNNING = ""
    OVER = ", the end of the night"
    """It is over, and something is still open: undeclared, unconfirmed or not compared."""
    FINAL = ", final"


_NOTES = {
    Phase.RUNNING: "Updated {when}. This message is edited as results come in.",
    Phase.OVER: "The night is over: it stood so at {when}. What comes later is added here.",
    Phase.FINAL: "The night is over: it stood so at {when}. A correction is still made here.",
}
_ENDED = "This board has ended, it is edited no more: this is how the night stood at {when}."


def board_cards(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    phase: Phase,
    reconciled: bool,
    ballots: Sequence[BallotStanding] = (),
    lens: Lens,
) -> tuple[Card, ...]:
    """Return what a board says of a night, or of a nation or region of it.

    It says nothing of when it says so: that is for `dated`. Before polls close it has no figures.
    *standings* are the councils that vote, all of one night.
    """
    if not standings:
        return (Card("No council votes on this night."),)
    seen, ballots_seen = lens.councils(standings), lens.ballots(ballots)
    state = state_through(lens, standings, almanac)
    night = standings[0].night
    closing = almanac.night(night).polls_close
    place = lens_words(lens, almanac)
    how_far = f"polls close at {clock_time(closing)}"
    fields: tuple[Field, ...] = ()
    if now >= closing:
        how_far = declared_of(state)
        fields = (
            *state_fields(
                state,
                common_baseline(seen),
                almanac.parties,
                inexact=inexact_parties(seen, almanac.parties),
            ),
            *_latest_changes(seen, almanac),
        )
    lead = Card(
        title=f"Elections of {day(night)}{place and ', '}{place}{phase.value}: {how_far}",
        description=" ".join(headline(standings, ballots, almanac, now, lens)),
        fields=fields,
        colour=leading_colour(state, lens, almanac.parties),
    )
    compared = reconciled or not lens.is_whole_night
    to_come = to_come_card(seen, state, now, compared, ballots_seen)
    return (lead,) if to_come is None else (lead, to_come)


def dated(
    cards: Sequence[Card],
    now: datetime,
    *,
    phase: Phase,
    ended: bool,
    reference: str,
    feeds: FeedAges | None,
    standings: Sequence[CouncilStanding],
) -> tuple[Card, ...]:
    """Return a board's cards as one message: as of when, whether it goes on, and whose figures.

    *ended*: it is edited no more. It ends in *reference*, by which it is found again.
    """
    first, *rest = cards
    note = (_ENDED if ended else _NOTES[phase]).format(when=ago(now))
    first = replace(first, description=f"{first.description}\n{note}".strip())
    last = rest.pop() if rest else first
    last = replace(last, footer=as_of(now, feeds, standings), reference=reference)
    return one_message([first, *rest, last] if len(cards) > 1 else [last])


def _latest_changes(seen: Sequence[CouncilStanding], almanac: Almanac) -> tuple[Field, ...]:
    changed = [(one, result) for one, result in newest_first(seen) if result.outcome in CHANGES]
    if not changed:
        return ()
    shown = result_lines(changed[:_LATEST], almanac.parties)
    more = len(changed) - _LATEST
    heading = f"Latest of {count(len(changed), 'change of hands', 'changes of hands')}"
    if more <= 0:
        heading = sentence_case(count(len(changed), "change of hands", "changes of hands"))
    return (Field(heading, listed(shown, _LONGEST_LIST)),)
