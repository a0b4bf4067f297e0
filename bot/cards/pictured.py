"""A picture's card: what it shows in words, for those who do not see it, and before it is there."""

from __future__ import annotations

from datetime import datetime

from bot.cards.card import DESCRIPTION, TITLE, Card
from bot.cards.figures import Heard, as_of
from bot.cards.text import escape
from bot.cards.words import sentence_case
from bot.pictures.picture import Picture


def picture_card(picture: Picture, now: datetime, heard: Heard | None) -> Card:
    """Return what a *picture* says, with when it was asked for and how old the feeds are."""
    return Card(
        title=escape(picture.title, TITLE),
        description=sentence_case(escape(picture.words, DESCRIPTION)),
        footer=as_of(now, heard),
    )


def no_picture_card(reason: str, now: datetime, heard: Heard | None) -> Card:
    """Return that there is nothing to draw yet, and the *reason* in a sentence."""
    return Card(title="Nothing to draw yet", description=reason, footer=as_of(now, heard))
