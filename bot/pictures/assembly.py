"""The Assembly's picture: seats filled so far, the last Assembly, first preferences.

Nobody controls an Assembly, so the largest party is reported.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.assembly import AssemblyLine, AssemblyState, assembly_of
from bot.election.ballots import BallotStanding
from bot.election.parties import VACANT, Parties
from bot.election.reports import BallotKind
from bot.election.seats import Composition
from bot.pictures.canvas import MARGIN, RIGHT, WIDTH, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.hemicycle import Chamber
from bot.pictures.party_colours import Palette, mark
from bot.pictures.picture import Picture, change_in_figures, night_and_sources
from bot.wording.phrases import count, in_words, number, sentence_case, the_party

_RADIUS = 470
_ROW = 58
_MOST_ROWS = 9
_NAME = "Northern Ireland Assembly"
_SEATS_END, _BEFORE_END, _CHANGE_END = 620, 800, 930
"""Where columns of the table end; the last one ends at the margin."""


def assembly_picture(ballots: Sequence[BallotStanding], almanac: Almanac) -> Picture | None:
    """Return the Assembly's state from a night's *ballots*; None before any count."""
    ours = [one for one in ballots if one.ballot.kind is BallotKind.ASSEMBLY]
    state, parties = assembly_of(ours, almanac), almanac.parties
    if not (state.filled or state.counted):
        return None
    lines = [line for line in state.lines if line.seats or line.before or line.first_preferences]
    palette = Palette(parties, [line.party for line in lines])
    title = _title(state, parties)
    beneath = (
        f"{number(state.declared)} of "
        f"{count(state.constituencies, 'constituency', 'constituencies')} declared, "
        f"{number(state.filled)} of {count(state.seats, 'seat')} filled"
    )
    canvas = Canvas()
    y = canvas.head(title, beneath) + _RADIUS + 60
    won = [(line.party, line.seats) for line in lines]
    seats = Composition([*won, (VACANT, state.seats - state.filled)])
    Chamber(seats, _RADIUS, palette).draw(canvas, (WIDTH / 2, y), majority=False)
    words = f"{number(state.filled)} of {number(state.seats)}"
    canvas.heading((WIDTH / 2, y - 12), words, "middle")
    y = _table(canvas, y + 108, lines, palette)
    basis = "Shares are of the first preferences" if state.counted else ""
    if 0 < state.counted < state.constituencies:
        basis += f" in {number(state.counted)} of {number(state.constituencies)} constituencies"
    basis = basis and f"{basis}."
    complete = state.filled == state.seats
    against = "Changes against the last Assembly." if complete else "Hollow: not filled yet."
    height = canvas.foot(
        y + 16, "Each dot is a seat.", against, basis, source=night_and_sources(ours)
    )
    told = title if _NAME in title else f"{_NAME}. {title}"
    alt = f"{told}: {beneath}. {_in_words(lines, palette)}. {basis}".strip()
    return canvas.finished("assembly", height, alt)


def _title(state: AssemblyState, parties: Parties) -> str:
    if state.settled is not None:
        certain = "" if state.filled == state.seats else "certain to be "
        who = sentence_case(the_party(state.settled, parties))
        return f"{who} are {certain}the largest party in the Assembly"
    if not state.leaders:
        return f"{_NAME}: no seat is filled yet"
    led = [the_party(code, parties) for code in state.leaders[:3]]
    if len(led) > 1:
        return f"{_NAME}: {in_words(led)} are level"
    verb = "are ahead" if state.filled < state.seats else "have most seats"
    return f"{_NAME}: {led[0]} {verb}"


def _table(canvas: Canvas, top: float, lines: Sequence[AssemblyLine], palette: Palette) -> float:
    """Write a row for each party; return the lowest y used."""
    changed = any(line.change is not None for line in lines)
    columns = [(_SEATS_END, "seats"), (_BEFORE_END, "last Assembly")]
    columns += [(_CHANGE_END, "change")] if changed else []
    columns.append((RIGHT, "first preferences"))
    for end, heading in columns:
        canvas.small((end, top - 34), heading, "end")
    y = top
    for line in lines[:_MOST_ROWS]:
        mark(canvas, (MARGIN, y - 18), palette, line.party)
        canvas.text((MARGIN + 100, y + 12), palette.name(line.party), room=390)
        cells = ["–" if line.before is None else number(line.before)]
        if changed:
            cells.append("" if line.change is None else change_in_figures(line.change))
        cells.append("–" if line.share is None else _share(line.share))
        canvas.heading((_SEATS_END, y + 12), number(line.seats), "end")
        for (end, _), words in zip(columns[1:], cells, strict=True):
            canvas.text((end, y + 12), words, anchor="end")
        canvas.rule(y + 32)
        y += _ROW
    if rest := lines[_MOST_ROWS:]:
        canvas.text((MARGIN + 100, y + 12), _rest(rest), fill=FAINT)
        y += _ROW
    return y - _ROW + 32


def _share(share: float) -> str:
    return f"{share:.1f}%"


def _rest(lines: Sequence[AssemblyLine]) -> str:
    seats = sum(line.seats for line in lines)
    return f"{count(len(lines), 'more party', 'more parties')}: {count(seats, 'seat')}"


def _in_words(lines: Sequence[AssemblyLine], palette: Palette) -> str:
    told = []
    for line in lines[:_MOST_ROWS]:
        words = f"{palette.name(line.party)} {number(line.seats)}"
        words += "" if line.before is None else f", {number(line.before)} before"
        words += "" if line.change is None else f" ({change_in_figures(line.change)})"
        words += "" if line.share is None else f", {_share(line.share)}"
        told.append(words)
    rest = lines[_MOST_ROWS:]
    return "; ".join([*told, _rest(rest)] if rest else told)
