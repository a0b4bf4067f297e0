"""A party's picture: its councils before and now, its seats, its gains and losses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.parties import Party
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, state_of_night
from bot.pictures.bars import Bar, draw_bars
from bot.pictures.canvas import HEADING, MARGIN, RIGHT, ROOM, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.party_colours import MARK_WIDTH, Palette, mark
from bot.pictures.picture import (
    ROOM_FOR_NAMES,
    Picture,
    change_in_figures,
    joined,
    night_and_sources,
    slug,
)
from bot.wording.councils import Moves
from bot.wording.figures import common_baseline, councils_words, declared_of, left_out_words, since
from bot.wording.night import NightView
from bot.wording.phrases import count, number, sentence_case
from bot.wording.text import listed, plain

_MOST_NAMED = 12
_ROW = 54
_GUTTER = 40
_NO_MOVES = "No council gained or lost."


def party_picture(party: Party, view: NightView) -> Picture | None:
    """Return how *party* does over all councils that vote.

    None before any has declared, or if the party has neither won nor lost anything.
    """
    standings, state = view.standings, state_of_night(view.standings, view.almanac)
    line, baseline = state.line(party.code), common_baseline(standings)
    if party.code in inexact_parties(standings, view.parties):
        baseline = None
    before = line.of_the_same - line.council_change
    if not state.declared or not (before or line.councils or line.seats_won):
        return None
    moves = _Moves(Moves.of(party, standings))
    palette = Palette(view.parties, [party.code, *(code for code, _ in moves.every)])
    name = palette.name(party.code)
    canvas = Canvas()
    has_councils = bool(before or line.councils)
    title = f"{name}: {councils_words(line)}"
    if not has_councils:
        title = f"{name}: {count(line.seats_won, 'seat')} won, no council"
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.") + 20
    alt, basis = f"{title}: {declared_of(state)}.", ""
    if has_councils:
        bars = _before_and_now(line, before, palette)
        y = draw_bars(canvas, y, "Councils, of those declared", bars)
        same = number(line.of_the_same)
        alt += f" Councils before {number(before)}, of the same councils now {same}."
    if line.seats_given:
        won = sentence_case(f"{count(line.seats_won, 'seat')} won")
        if baseline is not None:
            basis = f"{sentence_case(since(baseline))}{left_out_words(state)}."
            won += f", net change {change_in_figures(line.seat_change)}"
        left = float(MARGIN)
        if not has_councils:
            mark(canvas, (left, y + 16), palette, party.code)
            left += MARK_WIDTH + 16
        canvas.heading((left, y + 48), won)
        alt += f" {won}."
        y += 70
    y = moves.draw(canvas, y + 20, palette)
    height = canvas.foot(y, basis, source=night_and_sources(standings))
    alt = joined(alt, basis)
    alt += moves.in_words(palette, ROOM_FOR_NAMES - len(alt))
    return canvas.finished(f"party-{slug(party.name)}", height, alt)


def _before_and_now(line: PartyLine, before: int, palette: Palette) -> list[Bar]:
    """Return bars that add up: councils that count in no change have bars of their own."""
    letters, fill = palette.letters(line.party), palette.fill(line.party)
    same, firsts = line.of_the_same, line.first_elections
    now = "Now" if same == line.councils else "Now, of the same councils"
    bars = [
        Bar(letters, fill, "Before", before, number(before), first=0),
        Bar(letters, fill, now, same, number(same)),
    ]
    if firsts:
        bars.append(Bar(letters, fill, "At first elections", firsts, number(firsts)))
    if unknown := line.before_not_known:
        bars.append(Bar(letters, fill, "Before not known", unknown, number(unknown)))
    return bars


class _Moves:
    """The councils that a party gained, lost or won anew, with the other holder's code."""

    def __init__(self, moves: Moves) -> None:
        self.gains = [(other.holder, plain(name)) for name, other in moves.gains]
        self.losses = [(other.holder, plain(name)) for name, other in moves.losses]
        self.firsts = [plain(name) for name in moves.firsts]

    @property
    def every(self) -> Sequence[tuple[str | None, str]]:
        """All councils with a mark in the picture."""
        return (*self.gains, *self.losses)

    @property
    def _sides(self) -> Sequence[tuple[str, str, Sequence[tuple[str | None, str]]]]:
        return (("Gained", "from", self.gains), ("Lost", "to", self.losses))

    def draw(self, canvas: Canvas, y: float, palette: Palette) -> float:
        """Write gains on the left and losses on the right; return the lowest y used."""
        room = (ROOM - _GUTTER) / 2
        lowest = y
        if not self.every and not self.firsts:
            canvas.text((MARGIN, y + HEADING), _NO_MOVES, fill=FAINT)
            return y + HEADING + 24
        for place, (heading, joint, moved) in enumerate(self._sides):
            left, at = MARGIN + place * (room + _GUTTER), y + HEADING
            canvas.heading((left, at), f"{heading} {number(len(moved))}")
            if moved:
                canvas.small((left + room, at), joint, "end")
            for holder, name in moved[:_MOST_NAMED]:
                at += _ROW
                mark(canvas, (left + room - MARK_WIDTH, at - 29), palette, holder)
                canvas.text((left, at), name, room=room - MARK_WIDTH - 16)
            if (more := len(moved) - _MOST_NAMED) > 0:
                at += _ROW
                canvas.text((left, at), f"and {number(more)} more", fill=FAINT)
            lowest = max(lowest, at)
        if self.firsts:
            names = listed(self.firsts, 120, ", ")
            words = f"Won at first elections ({number(len(self.firsts))}): {names}."
            lowest = canvas.paragraph((MARGIN, lowest + 64), words, RIGHT - MARGIN)
        return lowest + 24

    def in_words(self, palette: Palette, room: int) -> str:
        """Return them as text, starting with a space, in at most *room* characters."""
        if not self.every and not self.firsts:
            return f" {_NO_MOVES}"
        text = ""
        for heading, joint, moved in self._sides:
            names = [f"{name} {joint} {palette.name(holder)}" for holder, name in moved]
            text += f" {heading} {number(len(moved))}"
            text += f": {listed(names, room // 3, ', ')}." if names else "."
        if self.firsts:
            text += f" Won at first elections ({number(len(self.firsts))}): "
            text += f"{listed(self.firsts, room // 6, ', ')}."
        return text
