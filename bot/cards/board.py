"""The board: the state of the night in one message that is edited as the night goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum

from bot.cards.card import Card, Field, one_message
from bot.cards.night import CHANGES, newest_first, result_lines
from bot.cards.summary import leading_colour, state_fields
from bot.election.standings import CouncilStanding
from bot.wording.article import article, still_to_come
from bot.wording.figures import declared_of
from bot.wording.night import NightView
from bot.wording.phrases import count, day, sentence_case
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import at

_LATEST = 6


class Phase(Enum):
    """The phase of a night; the value is part of the board's title."""

    RUNNING = ""
    OVER = ", not final"
    """It is over, and something is still open: undeclared, unconfirmed or not compared."""
    FINAL = ", final"


_NOTES = {
    Phase.RUNNING: "Updated {when}. Results appear here as they come in.",
    Phase.OVER: "Updated {when}. Later results will appear here.",
    Phase.FINAL: "Final, {when}. Corrections will appear here.",
}
_ENDED = "Board ended {when} and is no longer updated."


def board_cards(view: NightView, *, phase: Phase, reconciled: bool) -> tuple[Card, ...]:
    """Return a board of a night, or of one nation or region.

    `board_message` adds the time. Before polls close it has no figures.
    """
    if not view.standings:
        return (Card("No council votes on this night"),)
    how_far = ""  # the headline says when polls close
    fields: tuple[Field, ...] = ()
    if view.is_counting:
        how_far = f": {declared_of(view.state)}"
        fields = (*state_fields(view), *_latest_changes(view))
    told = article(view)
    where = f"{view.shown and ', '}{view.shown}"
    lead = Card(
        title=f"Elections of {day(view.standings[0].night)}{where}{phase.value}{how_far}",
        description="\n".join(filter(None, (f"**{told.headline}**", told.lead))),
        fields=fields,
        colour=leading_colour(view),
    )
    to_come = still_to_come(view, reconciled=reconciled) if view.is_counting else []
    return (lead, Card("Still to come", "\n".join(to_come))) if to_come else (lead,)


def board_message(
    cards: Sequence[Card],
    now: datetime,
    *,
    phase: Phase,
    ended: bool,
    reference: str,
    feeds: FeedAges | None,
    standings: Sequence[CouncilStanding],
) -> tuple[Card, ...]:
    """Return a board's cards as one message with its time, what happens next and its sources.

    *ended* means that it is no longer edited. It ends in *reference*, by which it is found again.
    """
    first, *rest = cards
    note = (_ENDED if ended else _NOTES[phase]).format(when=at(now))
    first = replace(first, description=f"{first.description}\n{note}".strip())
    last = rest.pop() if rest else first
    last = replace(last, footer=as_of(now, feeds, standings), reference=reference)
    return one_message([first, *rest, last] if len(cards) > 1 else [last])


def _latest_changes(view: NightView) -> tuple[Field, ...]:
    changed = [pair for pair in newest_first(view.councils) if pair[1].outcome in CHANGES]
    if not changed:
        return ()
    heading = count(len(changed), "change of hands", "changes of hands")
    heading = f"Latest of {heading}" if len(changed) > _LATEST else sentence_case(heading)
    return (Field.of(heading, result_lines(changed[:_LATEST], view.parties)),)
