"""Pictures of a whole night: the state of the parties, and the progress of the count."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.parties import VACANT
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, all_are_known, by_region, state_of_night
from bot.pictures.bars import Bar, draw_bars
from bot.pictures.canvas import MARGIN, RIGHT, SMALL, Canvas
from bot.pictures.colours import EDGE, FILLED, PAPER
from bot.pictures.council import council_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.lettering import Weight
from bot.pictures.party import party_picture
from bot.pictures.party_colours import LONGEST_NAME, Palette
from bot.pictures.picture import (
    Picture,
    change_in_figures,
    joined,
    night_and_sources,
    of_place,
    slug_of,
)
from bot.wording.figures import before_not_known_words, declared_of, left_out_words, since
from bot.wording.night import NightView
from bot.wording.phrases import count, in_words, number, sentence_case
from bot.wording.text import escape, plain, shortened

_MOST_PARTIES = 8
_ROW, _BAR = 84, 28
_MOST_PLACES = 14


def picture_through(view: NightView) -> Picture | None:
    """Return the picture for a lens: a party's, a council's, else the map; None without one."""
    if view.lens.party is not None:
        return party_picture(view.parties.get(view.lens.party), view)
    if view.lens.council is not None:
        return council_picture(view.councils[0], view.almanac) if view.councils else None
    return map_picture(view)


def state_picture(view: NightView) -> Picture | None:
    """Return councils and seats by party with their net changes; None before a result."""
    state, seen, baseline = view.state, view.councils, view.baseline
    if not state.declared:
        return None
    lines = [line for line in state.parties if line.party != VACANT]
    councils = [line for line in lines if line.councils or line.council_change]
    seats = sorted((line for line in lines if line.seats_won), key=lambda line: -line.seats_won)
    rest = sum(line.councils for line in councils[_MOST_PARTIES:])
    rest_won = sum(line.seats_won for line in seats[_MOST_PARTIES:])
    councils, seats = councils[:_MOST_PARTIES], seats[:_MOST_PARTIES]
    if state.noc.councils or state.noc.council_change:
        councils = [*councils, state.noc]
    palette = Palette(view.parties, [line.party for line in (*councils, *seats)])
    inexact = inexact_parties(seen, view.parties)
    canvas = Canvas()
    title = f"The state of the parties{of_place(view)}"
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.") + 24
    bars = [_bar(line, line.councils, line.council_change, palette) for line in councils]
    y, told = _drawn(canvas, y, "Councils", bars, rest, changes=True)
    if seats:
        bars = [
            _bar(
                line,
                line.seats_won,
                line.seat_change if baseline and line.party not in inexact else None,
                palette,
            )
            for line in seats
        ]
        counted = any(bar.beside for bar in bars)
        y, won = _drawn(canvas, y + 30, "Seats won", bars, rest_won, changes=counted)
        told += f" {won}"
    left_out = left_out_words(state) if baseline else ""
    basis = f"{sentence_case(since(baseline))}{left_out}." if baseline and seats else ""
    firsts = sum(line.first_elections for line in (*state.parties, state.noc))
    new = f"First elections ({count(firsts, 'council')}) count in no change." if firsts else ""
    unknown = sum(line.before_not_known for line in (*state.parties, state.noc))
    if unknown:
        new = f"{new} {sentence_case(before_not_known_words(unknown))}.".strip()
    height = canvas.foot(y + 6, basis, new, source=night_and_sources(seen))
    alt = joined(f"{title}: {declared_of(state)}.", told, basis, new)
    return canvas.finished(f"state{slug_of(view)}", height, alt)


def _drawn(
    canvas: Canvas, y: float, heading: str, bars: Sequence[Bar], rest: int, *, changes: bool
) -> tuple[float, str]:
    """Draw *bars* and the *rest*; return the lowest y used, and the same as text."""
    y = draw_bars(canvas, y, heading, bars, beside="net change" if changes else "")
    if rest:
        canvas.small((MARGIN, y + SMALL), f"Others {number(rest)}")
        y += SMALL + 12
    told = [f"{bar.name} {bar.figure}{f' ({bar.beside})' if bar.beside else ''}" for bar in bars]
    others = f", others {number(rest)}" if rest else ""
    return y, f"{heading}: {', '.join(told)}{others}."


def _bar(line: PartyLine, value: int, change: int | None, palette: Palette) -> Bar:
    return Bar(
        letters=palette.letters(line.party),
        fill=palette.fill(line.party),
        name=palette.name(line.party),
        value=value,
        figure=number(value),
        beside="" if change is None else change_in_figures(change),
    )


def progress_picture(view: NightView) -> Picture | None:
    """Return how many councils of each region have declared; None if that is not known."""
    standings = view.standings
    if not standings or not all_are_known(standings, view.almanac):
        return None
    state = state_of_night(standings, view.almanac)
    places = sorted(by_region(standings).items(), key=lambda one: -one[1].declared / one[1].total)
    shown = [
        (
            shortened(plain(escape(name)), LONGEST_NAME) or "Region not known",
            one.declared,
            one.total,
        )
        for name, one in places[:_MOST_PLACES]
    ]
    if rest := [each for _, each in places[_MOST_PLACES:]]:
        declared, total = sum(one.declared for one in rest), sum(one.total for one in rest)
        shown.append((f"{number(len(rest))} more places", declared, total))
    canvas = Canvas()
    title = "How far the count is"
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.") + 24
    room = RIGHT - MARGIN - 210
    told = []
    for name, declared, total in shown:
        canvas.small((MARGIN, y + 22), name, room=room)
        canvas.rect((MARGIN, y + 34), room, _BAR, PAPER, stroke=EDGE)
        if declared:
            canvas.rect((MARGIN, y + 34), room * declared / total, _BAR, FILLED, stroke=FILLED)
        words = f"{number(declared)} of {number(total)}"
        canvas.text((RIGHT, y + 60), words, weight=Weight.BOLD, anchor="end")
        told.append(f"{name} {words}")
        y += _ROW
    small_print = "Councils that have declared, of all that vote there."
    height = canvas.foot(y, small_print, source=night_and_sources(standings))
    return canvas.finished("progress", height, f"{title}: {declared_of(state)}. {in_words(told)}.")
