"""What pictures say of themselves: which night and place, whose figures, changes in few letters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.cards.figures import feed_name
from bot.cards.text import escape, plain
from bot.cards.words import day, in_words, signed
from bot.election.contests import ContestStanding
from bot.election.headlines import Lens
from bot.election.standings import CouncilStanding, Source

_NOT_IN_NAMES = re.compile(r"[^0-9a-z]+")


def change_in_figures(change: int) -> str:
    """Return a change as figures alone: +3, −11, ±0."""
    return signed(change) if change else "±0"


def of_place(lens: Lens) -> str:
    """Return what a title says of a lens's place: ", Wales"."""
    place = lens.nation or lens.region
    return f", {plain(escape(place))}" if place else ""


def slug_of(lens: Lens) -> str:
    """Return what the name of a picture's file says of a lens's place: "-east-of-england"."""
    place = lens.nation or lens.region
    return f"-{slug(place)}" if place else ""


def slug(text: str) -> str:
    """Return a text in small letters, figures and hyphens, fit for the name of a file."""
    return _NOT_IN_NAMES.sub("-", text.casefold()).strip("-")[:60] or "other"


def night_and_sources(standings: Iterable[CouncilStanding | ContestStanding]) -> str:
    """Return which night's elections these are, and whose results: a picture is passed on."""
    every = list(standings)
    nights = sorted({one.night for one in every})
    feeds = {source.feed for one in every if (source := _source_of(one)) is not None}
    names = sorted({plain(feed_name(feed)) for feed in feeds})
    told = [f"Elections of {in_words([day(night) for night in nights])}."] if nights else []
    label = "Source" if len(names) == 1 else "Sources"
    return " ".join([*told, *([f"{label}: {in_words(names)}."] if names else [])])


def _source_of(one: CouncilStanding | ContestStanding) -> Source | None:
    if isinstance(one, ContestStanding):
        return one.source
    return None if one.declared is None else one.declared.source
