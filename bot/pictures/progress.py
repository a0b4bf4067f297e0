"""How far the count is: each nation and region, who leads there, what changed hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.standings import CouncilStanding
from bot.election.tally import all_are_known, by_nation, by_region, state_of_night
from bot.pictures.canvas import FOOT, HIGH, LABEL, MARGIN, RIGHT, Canvas
from bot.pictures.colours import EDGE, FAINT, NO_ELECTION, PAPER, ink_on, outline_of
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Picture, imprint_of, night_and_sources
from bot.pictures.rows import NAMES, Rows
from bot.pictures.symbols import draw_symbol
from bot.wording.figures import declared_of
from bot.wording.night import NightView
from bot.wording.night_findings import count_found
from bot.wording.phrases import number, sentence_case
from bot.wording.text import escape, plain, shortened

_MOST_PLACES = 12
_LEAST_ROW = 47
_INDENT = 26
_LEFT = NAMES + 16
_COLUMN = 190
_PAD = 10
_LONGEST_NAME = 26
_NARROWEST = 24
"""The least width of a part that shows a party by its symbol."""


@dataclass(frozen=True)
class _Place:
    """A nation, or a region of it, with its councils."""

    name: str
    councils: Sequence[CouncilStanding]
    is_nation: bool

    @property
    def declared(self) -> int:
        """How many have declared."""
        return sum(one.is_declared for one in self.councils)

    @property
    def changed(self) -> int:
        """How many have changed hands."""
        results = [one.declared for one in self.councils if one.declared is not None]
        return sum(one.outcome.changes_hands for one in results)

    @property
    def held(self) -> list[tuple[str | None, int]]:
        """How many each holder controls, most first."""
        results = [one.declared for one in self.councils if one.declared is not None]
        held = Counter(one.after.holder for one in results)
        return sorted(held.items(), key=lambda one: (-one[1], one[0] is None, one[0] or ""))

    @property
    def leader(self) -> tuple[str | None, int] | None:
        """Who controls more councils than any other, and how many."""
        first, *others = self.held or [(None, 0)]
        return first if first[1] and not (others and others[0][1] == first[1]) else None


def progress_picture(view: NightView) -> Picture | None:
    """Return how far the count is in each place and who leads; None if that is not known."""
    standings = view.standings
    if not standings or not all_are_known(standings, view.almanac):
        return None
    state = state_of_night(standings, view.almanac)
    places = _places(standings)
    codes = [code for place in places for code, _ in place.held]
    palette = Palette(view.parties, codes)
    changed = sum(place.changed for place in places if place.is_nation)
    regions = by_region(standings)
    finding = count_found(state, regions if len(regions) > 1 else by_nation(standings), changed)
    canvas, label = Canvas(), f"Who controls the councils · {declared_of(state)}"
    y = canvas.headline(finding, label) + 40
    grid = Rows.within(y, HIGH - FOOT, len(places), least=_LEAST_ROW)
    right = RIGHT - _COLUMN * (2 - state.is_complete)
    for at, words in ((right + _COLUMN, "Declared"), (RIGHT, "Changed")):
        if words == "Changed" or not state.is_complete:
            canvas.text((at, y - 6), words, size=LABEL, fill=FAINT, anchor="end")
    for row, place in enumerate(places):
        _name_and_figures(canvas, grid.base(row), place, right)
        _bar(canvas, (grid.bar(row), grid.base(row)), place, palette, right)
    height = max(HIGH, grid.end(len(places)) + FOOT)
    canvas.imprint(height, imprint_of(standings), source=night_and_sources(standings))
    told = ". ".join(_told(place, palette) for place in places)
    alt = f"{finding}. {sentence_case(declared_of(state))}. {told}."
    return canvas.finished("progress", height, alt)


def _places(standings: Sequence[CouncilStanding]) -> list[_Place]:
    """Return nations, the largest first, each followed by its regions."""
    found = []
    nations = Counter(one.council.nation for one in standings)
    for nation, _ in sorted(nations.items(), key=lambda one: (-one[1], one[0])):
        here = [one for one in standings if one.council.nation == nation]
        found.append(_Place(_name(nation, "Nation"), here, is_nation=True))
        regions = sorted({one.council.region for one in here})
        if len(regions) > 1:
            found += [
                _Place(
                    _name(region, "Region"),
                    [one for one in here if one.council.region == region],
                    is_nation=False,
                )
                for region in regions
            ]
    if (more := len(found) - _MOST_PLACES) > 0:
        kept = [place for place in found if place.is_nation]
        return kept[:_MOST_PLACES] if more else kept
    return found


def _name(name: str, kind: str) -> str:
    return shortened(plain(escape(name)), _LONGEST_NAME) or f"{kind} not known"


def _name_and_figures(canvas: Canvas, base: float, place: _Place, right: float) -> None:
    """Write a place's name, how many of its councils have declared and how many changed hands."""
    left = MARGIN + (0 if place.is_nation else _INDENT)
    weight = Weight.BOLD if place.is_nation else Weight.REGULAR
    canvas.text((left, base), place.name, size=LABEL, weight=weight, room=NAMES - left)
    if right + _COLUMN < RIGHT:
        words = f"{number(place.declared)} of {number(len(place.councils))}"
        canvas.text((right + _COLUMN, base), words, size=LABEL, weight=weight, anchor="end")
    words = number(place.changed) if place.declared else "–"
    canvas.text((RIGHT, base), words, size=LABEL, weight=weight, anchor="end")


def _bar(
    canvas: Canvas,
    at: tuple[tuple[float, float], float],
    place: _Place,
    palette: Palette,
    right: float,
) -> None:
    """Draw who controls a place's councils, a part for each holder with its letters.

    A part too narrow for letters has the party's symbol, and those too narrow for that are one.
    *at* are the upper edge and the height of the bar, and the baseline of its letters.
    """
    (top, high), base = at
    room, total = right - _LEFT, len(place.councils)
    canvas.rect((_LEFT, top), room, high, PAPER, stroke=EDGE, dashed=True)
    x, small = float(_LEFT), 0
    for code, many in place.held:
        wide = room * many / total
        letters = palette.letters(code)
        shown = [f"{letters} {number(many)}"] if (code, many) == place.leader else []
        fits = [
            words
            for words in (*shown, letters)
            if width_of(words, LABEL, Weight.SEMIBOLD) + _PAD <= wide
        ]
        if not fits and (code is None or wide < _NARROWEST):
            small += many
            continue
        fill = palette.fill(code)
        canvas.rect((x, top), wide, high, fill, stroke=outline_of(fill))
        if fits:
            canvas.lettered((x + wide / 2, base), fits[0], LABEL, fill, Weight.SEMIBOLD)
        elif code is not None:
            middle = (x + wide / 2, top + high / 2)
            draw_symbol(canvas, middle, _NARROWEST / 2, ink_on(fill), palette.symbol(code))
        x += wide
    if small:
        canvas.rect((x, top), room * small / total, high, NO_ELECTION, stroke=EDGE)


def _told(place: _Place, palette: Palette) -> str:
    """Return "London 32 of 32, Labour 21, 4 changed hands"."""
    text = f"{place.name} {number(place.declared)} of {number(len(place.councils))}"
    if place.leader is not None:
        code, many = place.leader
        who = f"{number(many)} hung" if code is None else f"{palette.name(code)} {number(many)}"
        text += f", {who}"
    if place.changed or place.declared:
        text += f", {number(place.changed)} changed"
    return text
