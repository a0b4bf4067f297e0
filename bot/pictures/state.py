"""The state of the parties in bars: councils and seats won, each with its net change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.cards.figures import common_baseline, declared_of, left_out_words, since
from bot.cards.lead import state_through
from bot.cards.words import count, number, sentence_case
from bot.election.almanac import Almanac
from bot.election.headlines import WHOLE_NIGHT, Lens
from bot.election.parties import VACANT
from bot.election.standings import CouncilStanding
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine
from bot.pictures.bars import Bar, draw_bars
from bot.pictures.canvas import MARGIN, SMALL, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.palette import Palette
from bot.pictures.picture import Picture
from bot.pictures.words import change_in_figures, night_and_sources, of_place, slug_of

_MOST_PARTIES = 8


def state_picture(
    standings: Sequence[CouncilStanding], almanac: Almanac, lens: Lens = WHOLE_NIGHT
) -> Picture | None:
    """Return councils and seats by party with their net changes; None before any has declared.

    A *lens* of a nation or a region shows that place alone.
    """
    state, seen = state_through(lens, standings, almanac), lens.councils(standings)
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
    palette = Palette(almanac.parties, [line.party for line in (*councils, *seats)])
    baseline = common_baseline(seen)
    canvas = Canvas()
    title = f"The state of the parties{of_place(lens)}"
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.") + 24
    bars = [_bar(line, line.councils, line.council_change, palette) for line in councils]
    y = draw_bars(canvas, y, "Councils", bars, beside="net change")
    y = _others(canvas, y, rest)
    alt = f"{title}: {declared_of(state)}. Councils: {_in_words(councils, palette)}"
    alt += f", others {number(rest)}." if rest else "."
    if seats:
        inexact = inexact_parties(seen, almanac.parties)
        counted = {line.party for line in seats if baseline and line.party not in inexact}
        bars = [
            _bar(line, line.seats_won, line.seat_change if line.party in counted else None, palette)
            for line in seats
        ]
        y = draw_bars(canvas, y + 30, "Seats won", bars, beside="net change" if counted else "")
        y = _others(canvas, y, rest_won)
        alt += f" Seats won: {_won_in_words(seats, palette, counted)}"
        alt += f", others {number(rest_won)}." if rest_won else "."
    left_out = left_out_words(state) if baseline else ""
    basis = f"{sentence_case(since(baseline))}{left_out}." if baseline and seats else ""
    firsts = sum(line.first_elections for line in (*state.parties, state.noc))
    new = f"First elections ({count(firsts, 'council')}) count in no change." if firsts else ""
    height = canvas.foot(y + 6, basis, new, source=night_and_sources(seen))
    return canvas.finished(
        f"state{slug_of(lens)}", height, " ".join(filter(None, (alt, basis, new)))
    )


def _others(canvas: Canvas, y: float, value: int) -> float:
    """Write what the parties have that there is no bar for; return the lowest line used."""
    if not value:
        return y
    canvas.text((MARGIN, y + SMALL), f"Others {number(value)}", size=SMALL, fill=FAINT)
    return y + SMALL + 12


def _bar(line: PartyLine, value: int, change: int | None, palette: Palette) -> Bar:
    return Bar(
        letters=palette.letters(line.party),
        fill=palette.fill(line.party),
        name=palette.name(line.party),
        value=value,
        figure=number(value),
        beside="" if change is None else change_in_figures(change),
    )


def _in_words(lines: Sequence[PartyLine], palette: Palette) -> str:
    return ", ".join(
        f"{palette.name(line.party)} {number(line.councils)} "
        f"({change_in_figures(line.council_change)})"
        for line in lines
    )


def _won_in_words(
    lines: Sequence[PartyLine], palette: Palette, counted: Collection[str | None]
) -> str:
    return ", ".join(
        f"{palette.name(line.party)} {number(line.seats_won)}"
        + (f" ({change_in_figures(line.seat_change)})" if line.party in counted else "")
        for line in lines
    )
