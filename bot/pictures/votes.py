"""The picture of votes: each party's share as a bar, and its change since the last contest."""

from __future__ import annotations

from datetime import date

from bot.election.parties import Parties
from bot.election.votes import Votes
from bot.pictures.canvas import HIGH, LABEL, MARGIN, RIGHT, Canvas
from bot.pictures.colours import outline_of
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Picture, slug
from bot.wording.phrases import day, in_words, sentence_case
from bot.wording.sources import feed_name
from bot.wording.text import plain
from bot.wording.votes import points, since_years

_MOST = 6
_FEWEST_PER_CENT = 0.5
_FIGURE = 40
_NAMES = 330
"""The room for the names, left of the bars."""
_LEAST = 4


def votes_picture(title: str, votes: Votes, parties: Parties, night: date) -> Picture | None:
    """Return the shares of the vote with their changes; None while too few votes are known.

    *title* is the finding, as on the card.
    """
    if not votes.is_enough:
        return None
    shown = [one for one in votes.shares if one.per_cent >= _FEWEST_PER_CENT][:_MOST]
    palette = Palette(parties, [one.party for one in shown])
    canvas = Canvas()
    label = sentence_case(f"share of the vote, {votes.method}")
    if votes.compared:
        label = f"{label}; change in points {since_years(votes.fought_on)}"
    y = canvas.headline(plain(title), _fitting(label, votes))
    changes = [points(one.change) if one.change is not None else "" for one in shown]
    ends = max((width_of(one, _FIGURE) for one in changes), default=0.0)
    figures = max(width_of(f"{one.per_cent:.1f}%", _FIGURE, Weight.BOLD) for one in shown)
    left = MARGIN + _NAMES
    room = RIGHT - left - figures - ends - 70
    most = max(one.per_cent for one in shown)
    row = min(100.0, (HIGH - MARGIN - LABEL - 20 - y) / len(shown))
    told = []
    for one, change in zip(shown, changes, strict=True):
        fill, name = palette.fill(one.party), palette.name(one.party)
        base = y + row * 0.5 + _FIGURE * 0.33
        length = max(_LEAST, room * one.per_cent / most)
        canvas.text((MARGIN, base), name, size=LABEL, room=_NAMES - 20)
        canvas.rect((left, y + row * 0.16), length, row * 0.68, fill, stroke=outline_of(fill))
        share = f"{one.per_cent:.1f}%"
        canvas.text((left + length + 18, base), share, size=_FIGURE, weight=Weight.BOLD)
        canvas.text((RIGHT, base), change, size=_FIGURE, anchor="end")
        told.append(f"{name} {share}{f' ({change})' if change else ''}")
        y += row
    names = sorted(plain(feed_name(feed)) for feed in votes.feeds)
    imprint = f"Elections of {day(night)}"
    if names:
        imprint += f" · Source: {in_words(names)}"
    canvas.imprint(HIGH, imprint)
    alt = f"{plain(title)}. {label}: {', '.join(told)}."
    return canvas.finished(f"votes-{slug(plain(title))}", HIGH, alt)


def _fitting(label: str, votes: Votes) -> str:
    """Return the label, without the method's name where both have no room."""
    if width_of(label, LABEL) <= RIGHT - MARGIN or not votes.compared:
        return label
    return f"Share of the vote; change in points {since_years(votes.fought_on)}"
