"""Who took what from whom: bands from the holders before to the holders now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.election.flows import Counted, Flows, council_flows, seat_flows
from bot.election.parties import VACANT
from bot.pictures.canvas import FOOT, HEADING, HIGH, LABEL, MARGIN, Canvas, Point
from bot.pictures.colours import FAINT, NOC_FILL, outline_of, tinted
from bot.pictures.lettering import Weight, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import (
    ROOM_FOR_NAMES,
    Picture,
    imprint_of,
    in_place,
    night_and_sources,
    slug_of,
)
from bot.wording.figures import declared_of
from bot.wording.night import NightView
from bot.wording.night_findings import flow_found
from bot.wording.phrases import NO_OVERALL_CONTROL, count, members, number, sentence_case
from bot.wording.text import listed, plain, shortened

_MOST_LOSERS, _MOST_GAINERS = 3, 4
_SMALL = 0.04
"""A smaller part of all than this is joined with others as small."""
_HEADS = 46
_SLOT, _GAP = 44, 10
"""The least height of a holder, so that its name has room, and what is between two."""
_BAR = 26
_LEFT, _RIGHT = 452, 748
"""The outer edges of the two columns of bars."""
_LABELLED = 38
"""The least thickness of a band with its figure."""
_STEPS = 24
_LONGEST_NAME = 24
_MOST_SMALL = 4
_LEAST_KNOWN = 0.25
"""The part of all seats lost whose takers have to be known."""

Side = str | None
Sums = Mapping[Side, int]
_OTHERS = "\0others"
"""Stands for several small parties joined."""


def councils_flow_picture(view: NightView) -> Picture | None:
    """Return which holders took councils from which; None before one has changed hands."""
    return _picture(council_flows(view.councils), view)


def seats_flow_picture(view: NightView) -> Picture | None:
    """Return which parties took seats from which; None where that is known of too few.

    A few seats that can be followed would not show what became of the many that cannot.
    """
    flows = seat_flows(view.councils, view.almanac)
    if flows.total < _LEAST_KNOWN * _lost(view):
        return None
    return _picture(flows, view)


def _lost(view: NightView) -> int:
    """Return how many seats parties have lost net, each council by itself."""
    changes = [one.declared.counted_changes for one in view.councils if one.declared is not None]
    return -sum(
        min(0, change)
        for of_a_council in changes
        for code, change in (of_a_council or {}).items()
        if code != VACANT
    )


def _picture(flows: Flows, view: NightView) -> Picture | None:
    if not flows.moves:
        return None
    moves, small = _joined(flows)
    codes = [code for pair in moves for code in pair if code != _OTHERS]
    names = _Names(Palette(view.parties, codes), small)
    canvas = Canvas()
    finding, label = in_place(view, flow_found(flows, view.parties)), _label(flows, view)
    y = canvas.headline(finding, label) + _HEADS
    thing = "Councils" if flows.counted is Counted.CONTROL else "Seats"
    canvas.text((_LEFT + _BAR, y - 8), f"{thing} lost", size=LABEL, fill=FAINT, anchor="end")
    canvas.text((_RIGHT - _BAR, y - 8), f"{thing} gained", size=LABEL, fill=FAINT)
    plan = _Plan.of(moves, y + 10, HIGH - FOOT)
    plan.draw(canvas, names)
    canvas.imprint(HIGH, imprint_of(view.councils), source=night_and_sources(view.councils))
    name = "councils" if flows.counted is Counted.CONTROL else "seats"
    alt = f"{finding}. {label}."
    alt += f" {plan.told(names, ROOM_FOR_NAMES - len(alt))}"
    return canvas.finished(f"flow-{name}{slug_of(view)}", HIGH, alt)


def _label(flows: Flows, view: NightView) -> str:
    """Return over what the flows are counted."""
    known = number(flows.known)
    match flows.counted:
        case Counted.CONTROL:
            words = f"{number(flows.total)} changed hands, {declared_of(view.state)}"
        case Counted.WARDS:
            words = f"in the {known} of {count(flows.of, 'ward')} whose former holder is known"
        case Counted.COUNCILS:
            councils = f"{known} of {count(flows.of, 'council')}"
            words = f"net, in the {councils} where it is clear who took them"
    return sentence_case(words)


def _joined(flows: Flows) -> tuple[dict[tuple[Side, Side], int], tuple[Sums, Sums]]:
    """Return the flows with small losers and small gainers joined as others, and those by party."""
    lost: Counter[Side] = Counter()
    gained: Counter[Side] = Counter()
    for move in flows.moves:
        lost[move.source] += move.many
        gained[move.target] += move.many
    losers, gainers = _foremost(lost, _MOST_LOSERS), _foremost(gained, _MOST_GAINERS)
    moves: Counter[tuple[Side, Side]] = Counter()
    for move in flows.moves:
        source = move.source if move.source in losers else _OTHERS
        target = move.target if move.target in gainers else _OTHERS
        moves[source, target] += move.many
    small_losers = {code: many for code, many in lost.most_common() if code not in losers}
    small_gainers = {code: many for code, many in gained.most_common() if code not in gainers}
    return dict(moves), (small_losers, small_gainers)


def _foremost(sums: Sums, most: int) -> set[Side]:
    """Return the holders that are shown by themselves: not two or more small ones, nor too many."""
    ranked = sorted(sums, key=lambda code: (-sums[code], code or ""))
    large = [code for code in ranked if sums[code] >= _SMALL * sum(sums.values())]
    if len(large) + 1 >= len(ranked):
        large = ranked
    return set(large if len(large) <= most or len(ranked) <= most + 1 else large[:most])


@dataclass(frozen=True)
class _Names:
    """The names and colours of holders and of the others, *small* losers and gainers by party."""

    palette: Palette
    small: tuple[Sums, Sums]

    def name(self, code: Side) -> str:
        """Return a holder's name."""
        name = "Other parties" if code == _OTHERS else self.palette.name(code)
        return shortened(name.replace(" and ", ", "), _LONGEST_NAME)

    def in_text(self, code: Side) -> str:
        """Return a holder's name within a sentence."""
        if code is None:
            return NO_OVERALL_CONTROL
        if code == _OTHERS:
            return "other parties"
        return shortened(plain(members(self.palette.parties.get(code))), _LONGEST_NAME)

    def each_small(self, side: int) -> str:
        """Return the small losers (side 0) or gainers (side 1), which are two at least."""
        each = [f"{self.in_text(code)} {number(many)}" for code, many in self.small[side].items()]
        if len(each) <= _MOST_SMALL:
            return ", ".join(each)
        rest = sum([*self.small[side].values()][_MOST_SMALL - 1 :])
        return f"{', '.join(each[: _MOST_SMALL - 1])}, the rest {number(rest)}"

    def fill(self, code: Side) -> str:
        """Return a holder's colour."""
        return NOC_FILL if code == _OTHERS else self.palette.fill(code)


@dataclass(frozen=True)
class _Plan:
    """Where each holder's bar and each band begins and ends."""

    moves: Mapping[tuple[Side, Side], int]
    unit: float
    sources: Mapping[Side, float]
    targets: Mapping[Side, float]

    @classmethod
    def of(cls, moves: Mapping[tuple[Side, Side], int], top: float, bottom: float) -> _Plan:
        """Return the plan that fills the height from *top* to *bottom*."""
        lost, gained = _sums(moves, 0), _sums(moves, 1)
        least, most = 0.0, (bottom - top) / sum(moves.values())
        for _ in range(30):  # the largest scale with which both columns have room
            unit = (least + most) / 2
            tall = max(_height(lost, unit), _height(gained, unit)) > bottom - top
            least, most = (least, unit) if tall else (unit, most)
        columns = [_column(sums, least, top, bottom) for sums in (lost, gained)]
        return cls(moves, least, *columns)

    def total(self, side: int, code: Side) -> int:
        """Return what a holder lost (side 0) or gained (side 1)."""
        return sum(many for pair, many in self.moves.items() if pair[side] == code)

    def draw(self, canvas: Canvas, names: _Names) -> None:
        """Draw the bands, the bars over their ends, and the names."""
        self._bands(canvas, names)
        for side, column in enumerate((self.sources, self.targets)):
            for code, top in column.items():
                total = self.total(side, code)
                high = total * self.unit
                left = _RIGHT - _BAR if side else _LEFT
                fill = names.fill(code)
                canvas.rect((left, top), _BAR, max(3.0, high), fill, stroke=outline_of(fill))
                base = top + high / 2 + LABEL * 0.34
                figure = number(total)
                wide = width_of(figure, HEADING, Weight.BOLD)
                room = _LEFT - MARGIN - wide - 28
                if side:
                    canvas.heading((_RIGHT + 14, base), figure)
                    at = (_RIGHT + 26 + wide, base)
                    canvas.text(at, names.name(code), size=LABEL, room=room)
                else:
                    canvas.heading((_LEFT - 14, base), figure, "end")
                    at = (_LEFT - 26 - wide, base)
                    canvas.text(at, names.name(code), size=LABEL, anchor="end", room=room)

    def _bands(self, canvas: Canvas, names: _Names) -> None:
        """Draw the bands, those of a holder side by side, the thick ones with their figures."""
        starts, ends = dict(self.sources), dict(self.targets)
        order = {code: place for place, code in enumerate(self.targets)}
        ranks = {code: place for place, code in enumerate(self.sources)}
        thick: list[tuple[tuple[Side, Side], float, float, float]] = []
        for pair in sorted(self.moves, key=lambda pair: (ranks[pair[0]], order[pair[1]])):
            source, target = pair
            high = self.moves[pair] * self.unit
            thick.append((pair, starts[source], ends[target], high))
            starts[source] += high
            ends[target] += high
        for pair, start, end, high in sorted(thick, key=lambda one: -one[3]):
            fill = tinted(names.fill(pair[1]))
            corners = _band((_LEFT + _BAR, start), (_RIGHT - _BAR, end), high)
            canvas.polygon(corners, fill, stroke=outline_of(names.fill(pair[1])), stroke_width=1.5)
        for pair, start, _, high in thick:
            many = self.moves[pair]
            alone = self.total(0, pair[0]) == many
            if high >= _LABELLED and not alone:
                at = (_LEFT + _BAR + 12, start + high / 2 + LABEL * 0.34)
                fill = tinted(names.fill(pair[1]))
                canvas.text(at, number(many), size=LABEL, on=fill)

    def told(self, names: _Names, room: int) -> str:
        """Return all of it as text, in about so much *room*: the largest bands of each first."""
        gained = [
            f"{names.in_text(code)} {number(self.total(1, code))}"
            f"{f' ({names.each_small(1)})' if code == _OTHERS else ''}"
            for code in self.targets
            if code is not None
        ]
        sums = [f"Gains: {', '.join(gained)}."] if gained else []
        if None in self.targets:
            sums.append(f"Lost to no overall control: {number(self.total(1, None))}.")
        # With one source the next sentence says it all.
        text = " ".join(sums) if len(self.sources) > 1 else ""
        for left, source in enumerate(self.sources):
            pairs = sorted(
                (pair for pair in self.moves if pair[0] == source),
                key=lambda pair: -self.moves[pair],
            )
            each = [f"{number(self.moves[_, to])} to {names.in_text(to)}" for _, to in pairs]
            total = f" ({number(self.total(0, source))})" if len(pairs) > 1 else ""
            if source == _OTHERS:
                total = f" ({number(self.total(0, source))}: {names.each_small(0)})"
            lost = f"{' ' if text else ''}From {names.in_text(source)}{total}: "
            share = (room - len(text)) // (len(self.sources) - left) - len(lost)
            text += f"{lost}{listed(each, share, ', ')}."
        return text


def _sums(moves: Mapping[tuple[Side, Side], int], side: int) -> dict[Side, int]:
    """Return what each holder lost or gained, most first, the others last."""
    sums: Counter[Side] = Counter()
    for pair, many in moves.items():
        sums[pair[side]] += many
    ranked = sorted(sums, key=lambda code: (code == _OTHERS, -sums[code], code or ""))
    return {code: sums[code] for code in ranked}


def _height(sums: Mapping[Side, int], unit: float) -> float:
    return sum(max(_SLOT, many * unit) + _GAP for many in sums.values()) - _GAP


def _column(sums: Mapping[Side, int], unit: float, top: float, bottom: float) -> dict[Side, float]:
    """Return the upper edge of each holder's bar, in the middle of its slot."""
    spare = max(0.0, bottom - top - _height(sums, unit)) / max(1, len(sums))
    found, y = {}, top + spare / 2
    for code, many in sums.items():
        slot = max(_SLOT, many * unit)
        found[code] = y + (slot - many * unit) / 2
        y += slot + _GAP + spare
    return found


def _band(start: Point, end: Point, high: float) -> list[Point]:
    """Return the outline of a band that leaves and arrives level."""
    (left, above), (right, below) = start, end
    upper = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        ease = t * t * (3 - 2 * t)
        upper.append((left + (right - left) * t, above + (below - above) * ease))
    return [*upper, *((x, y + high) for x, y in reversed(upper))]
