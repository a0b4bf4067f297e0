"""The picture of votes: each party's share as a bar, and its change since the last contest."""

from __future__ import annotations

from datetime import date

from bot.election.parties import Parties
from bot.election.votes import Votes
from bot.pictures.canvas import HEADING, HIGH, LABEL, MARGIN, RIGHT, ROOM, Canvas
from bot.pictures.colours import outline_of
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Picture, imprint_from, slug
from bot.pictures.rows import Rows
from bot.wording.phrases import day
from bot.wording.sources import feed_name
from bot.wording.text import plain
from bot.wording.votes import points, since_years

_MOST = 6
_FEWEST_PER_CENT = 0.5
_NAMES = 540
"""The most room for the names, left of the bars."""
_LEAST = 4
_GAP = 28


def votes_picture(title: str, votes: Votes, parties: Parties, night: date) -> Picture | None:
    """Return the shares of the vote with their changes; None while too few votes are known.

    *title* is the finding, as on the card.
    """
    if not votes.is_enough:
        return None
    shown = [one for one in votes.shares if one.per_cent >= _FEWEST_PER_CENT][:_MOST]
    palette = Palette(parties, [one.party for one in shown])
    canvas = Canvas()
    label = _label(votes)
    y = canvas.headline(plain(title), label)
    rows = Rows.within(y + 6, HIGH - MARGIN - LABEL, len(shown))
    names = [palette.name(one.party) for one in shown]
    changes = ["" if one.change is None else points(one.change) for one in shown]
    figures = [f"{one.per_cent:.1f}%" for one in shown]
    left = MARGIN + min(_NAMES, max(width_of(one, LABEL) for one in names) + _GAP)
    ends = max((width_of(one, HEADING) for one in changes if one), default=-_GAP)
    widest = max(width_of(one, HEADING, Weight.BOLD) for one in figures)
    room = RIGHT - left - widest - ends - 2 * _GAP
    told = []
    for place, (one, name, change) in enumerate(zip(shown, names, changes, strict=True)):
        fill, (top, high), base = palette.fill(one.party), rows.bar(place), rows.base(place)
        length = max(_LEAST, room * one.per_cent / shown[0].per_cent)
        canvas.text((MARGIN, base), name, size=LABEL, room=left - MARGIN - _GAP)
        canvas.rect((left, top), length, high, fill, stroke=outline_of(fill))
        canvas.heading((left + length + _GAP / 2, base), figures[place])
        canvas.text((RIGHT, base), change, size=HEADING, anchor="end")
        told.append(f"{name} {figures[place]}{f' ({change})' if change else ''}")
    canvas.imprint(HIGH, _imprint(votes, night))
    alt = f"{plain(title)}. {label}: {', '.join(told)}."
    return canvas.finished(f"votes-{slug(plain(title))}", HIGH, alt)


def _imprint(votes: Votes, night: date) -> str:
    """Return the night and the sources, as short as the line needs."""
    whole = imprint_from(night, votes.feeds)
    if width_of(whole, LABEL) <= ROOM:
        return whole
    names = sorted({plain(feed_name(feed)) for feed in votes.feeds})
    return f"{day(night)} · {', '.join(names)}"


def _label(votes: Votes) -> str:
    """Return what is drawn: the method, and from what changes are counted; the latter first."""
    shares = f"Share of the vote, {votes.method}"
    if not votes.compared:
        return shares
    same = "" if len(votes.compared) == votes.known else " in the same wards"
    change = f"change in points {since_years(votes.fought_on)}{same}"
    whole = f"{shares}; {change}"
    return whole if width_of(whole, LABEL) <= ROOM else f"Share of the vote; {change}"
