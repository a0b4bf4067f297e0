"""A council's wards: a cell a ward, a stripe a seat, from whom to whom it changed.

It is no map. Wards with the same change stand together under it, with their names (`ward_rows.py`)
as far as there is room: those that changed before the others. Only where not even these fit, all
are a strip of cells without names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.election.councils import Council
from bot.election.parties import VACANT, Parties
from bot.election.seats import Composition, sum_of
from bot.election.ward_outcomes import SeatOutcome, seat_outcome
from bot.pictures.canvas import HIGH, HIGHEST, LABEL, MARGIN, RIGHT, Canvas, Point
from bot.pictures.colours import EDGE, FAINT, PAPER, ink_on, outline_of
from bot.pictures.lettering import Weight, lines_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import ROOM_FOR_NAMES, Picture, imprint_from, joined, slug
from bot.pictures.symbols import draw_symbol
from bot.pictures.ward_rows import fitting_rows
from bot.wording.phrases import count, name_of, number, party_name
from bot.wording.text import escape, listed, plain

_LOWEST = 606
_HEADING_ROOM = 330
_LEFT = MARGIN + _HEADING_ROOM + 20
_LINE, _GAP, _BAND_GAP = 40, 8, 18
_SIZES = (
    (140, 116),
    (104, 92),
    (84, 80),
    (68, 70),
    (56, 60),
    (46, 52),
    (38, 46),
    (30, 40),
    (24, 34),
    (18, 30),
)
"""The widths and heights of a cell; the largest at which all wards fit is taken."""
_MOST_CHANGES, _LEGIBLE = 4, 46
"""The most kinds of change with a band of their own, if cells stay as wide as that."""
_KINDS = (6, 4, 3, 2, 1)
"""The most kinds of change with a band of their own where wards have names."""


@dataclass(frozen=True)
class WardCell:
    """A ward on the night: its name, who `won` its seats (None before), who held them before.

    `seats` is how many it fills, of which some stay `vacant`. A ward is `put_off` if its poll is
    held on another day.
    """

    name: str
    seats: int
    won: Composition | None
    previous: Composition | None
    vacant: int = 0
    put_off: bool = False

    @cached_property
    def outcome(self) -> SeatOutcome | None:
        """What became of its seats; None where they cannot be compared with those before."""
        return seat_outcome(self.won, self.previous) if self.won else None

    @property
    def changed(self) -> bool:
        """Whether its seats can be compared with those before, and differ."""
        return bool(self.outcome and self.outcome.gained)

    @property
    def held(self) -> bool:
        """Whether its seats can be compared with those before, and are the same."""
        return bool(self.outcome and not self.outcome.gained)


def wards_picture(
    council: Council, night: date, wards: Sequence[WardCell], parties: Parties, feeds: Iterable[str]
) -> Picture | None:
    """Return the strip of a council's *wards*, None before any of them has declared."""
    if not any(one.won for one in wards):
        return None
    every = sum_of(one for ward in wards for one in (ward.won, ward.previous) if one)
    palette = Palette(parties, every)
    title, canvas = plain(wards_finding(council, wards, parties)), Canvas()
    y = canvas.headline(title, _label(wards)) + 14
    bands, height = _drawn(canvas, y, wards, palette)
    imprint = imprint_from(night, feeds)
    canvas.imprint(height, imprint, source=f"{imprint}.")
    alt = joined(f"{title}.", *_told(bands))
    return canvas.finished(f"wards-{slug(council.code)}", height, alt)


def wards_finding(council: Council, wards: Sequence[WardCell], parties: Parties) -> str:
    """Return who won or lost what: "Lib Dems take 3 wards from Labour in Hull".

    Where nothing changed or none can be compared with before, the party that holds or won most
    wards outright is named. Until all have declared, the title says how many have.
    """
    name, total = name_of(council), number(len(wards))
    declared = [one for one in wards if one.won or one.put_off]
    so_far = f"{number(len(declared))} of {total}"
    whole = len(declared) == len(wards)
    if any(one.changed for one in wards):
        if told := _gains(wards, parties):
            return f"{told} in {name}" + ("" if whole else f", {so_far} wards declared")
        if whole:
            changed = sum(one.changed for one in wards)
            if changed == len(wards) > 1:
                return f"Seats change hands in {_all(changed)} {name} wards"
            return f"Seats change hands in {number(changed)} of {count(len(wards), f'{name} ward')}"
    if not whole:
        return f"{so_far} {name} wards declared"
    return _most(name, wards, parties)


def _most(name: str, wards: Sequence[WardCell], parties: Parties) -> str:
    """Return who holds or won most wards outright, where all have declared and none changed."""
    held = any(one.held for one in wards)
    alone = [next(iter(one.won)) for one in wards if one.won and len(one.won) == 1]
    most = max(map(alone.count, alone), default=0)
    first = [code for code in dict.fromkeys(alone) if alone.count(code) == most]
    if len(first) != 1 or not parties.get(first[0]).is_one_party:
        if held:
            return f"No seat changes hands in {count(len(wards), f'{name} ward')}"
        return f"{name}: {count(len(wards), 'ward')} declared"
    who = party_name(first[0], parties)
    where = f"{number(most)} of {number(len(wards))} {name} wards"
    if most == len(wards):
        where = f"the only {name} ward" if most == 1 else f"{_all(most)} {name} wards"
    if not held:
        return f"{who} win every seat in {where}"
    if all(one.held for one in wards if one.won):
        return f"{who} hold {where}, no seat changes hands"
    return f"{who} win {where}, no seat is known to change hands"


def _gains(wards: Sequence[WardCell], parties: Parties) -> str:
    """Return the largest gain or loss: "Lib Dems take 3 wards from Labour"; "" if none is."""
    known = [one for one in wards if one.changed or one.held]
    gained, lost = Counter[str](), Counter[str]()
    sources: dict[str, set[str | None]] = {}
    for outcome in filter(None, (one.outcome for one in known)):
        for gain in outcome.gained:
            gained[gain.party] += gain.seats
            sources.setdefault(gain.party, set()).add(gain.source)
            if gain.source is not None:
                lost[gain.source] += gain.seats
        lost.update(dict(outcome.lost))
    thing = "ward" if all(one.seats == 1 for one in known) else "seat"
    winner, loser = _foremost(gained, parties), _foremost(lost, parties)
    if loser and not (winner and gained[winner] >= lost[loser]):
        least = f" and gain {number(gained[loser])}" if gained[loser] else ""
        return f"{party_name(loser, parties)} lose {count(lost[loser], thing)}{least}"
    if not winner:
        return ""
    who, many = party_name(winner, parties), count(gained[winner], thing)
    [*source] = sources[winner]
    if lost[winner]:
        return f"{who} gain {many} and lose {number(lost[winner])}"
    if len(source) == 1 and source[0] is not None and parties.get(source[0]).is_one_party:
        return f"{who} take {many} from {party_name(source[0], parties)}"
    return f"{who} gain {many}"


def _foremost(seats: Counter[str], parties: Parties) -> str:
    """Return the one party with most of the seats, nothing where several have."""
    most = max(seats.values(), default=0)
    first = [code for code, many in seats.items() if many == most]
    return first[0] if len(first) == 1 and parties.get(first[0]).is_one_party else ""


def _all(many: int) -> str:
    return "both" if many == 2 else f"all {number(many)}"


def _label(wards: Sequence[WardCell]) -> str:
    """Return what is drawn."""
    several = any(one.seats > 1 for one in wards)
    what = f"A cell a ward{', a stripe a seat' if several else ''}"
    return f"{what}. Upper part: before" if any(one.changed for one in wards) else what


Bands = Mapping[str, Sequence[WardCell]]


def _drawn(
    canvas: Canvas, y: float, wards: Sequence[WardCell], palette: Palette
) -> tuple[Bands, float]:
    """Draw the wards from *y* on, by name if they fit; return their bands and the height."""
    foot = HIGH - _LOWEST
    changed = any(one.changed for one in wards)
    for most in _KINDS:
        bands = _bands(wards, palette, most)
        cells = {
            heading: [plain(escape(one.name)) for one in each] for heading, each in bands.items()
        }
        told = frozenset(heading for heading, each in bands.items() if changed and each[0].changed)
        rows = fitting_rows(cells, told, _LOWEST - y, HIGHEST - foot - y)
        if rows is not None:

            def draw(
                heading: str,
                place: int,
                corner: Point,
                size: tuple[float, float],
                of: Bands = bands,
            ) -> None:
                _cell(canvas, corner, size, of[heading][place], palette)

            rows.draw(canvas, y, draw)
            return bands, max(HIGH, y + rows.height + foot)
    strip = _fitting(wards, palette, _LOWEST - y)
    strip.draw(canvas, y, palette)
    return strip.bands, HIGH


def _bands(wards: Sequence[WardCell], palette: Palette, most: int) -> Bands:
    """Return the wards by what became of them, those that changed first, under their headings.

    At *most* so many kinds of change, of parties that hold and of winners have their own.
    """
    changed = [one for one in wards if one.changed]
    held = [one for one in wards if one.held]
    new = [one for one in wards if one.won and not (one.changed or one.held)]
    winners = _grouped(new, lambda one: _alone(one, palette), most, "Others", "Declared")
    bands = {
        **_grouped(changed, lambda one: _change(one, palette), most, "Other changes", "Changed"),
        **_grouped(
            held, lambda one: _alone(one, palette, " hold"), most, "Others, no change", "No change"
        ),
        **({"Not comparable": new} if changed or held else winners),
        "Election postponed": [one for one in wards if one.put_off and not one.won],
        "Not declared": [one for one in wards if not one.won and not one.put_off],
    }
    return {heading: sorted(each, key=_order) for heading, each in bands.items() if each}


def _grouped(
    wards: Sequence[WardCell], kind: Callable[[WardCell], str], most: int, others: str, every: str
) -> dict[str, list[WardCell]]:
    """Return wards by their *kind*, most first; those of no kind, or of too many, come last."""
    groups: dict[str, list[WardCell]] = {}
    for ward in wards:
        groups.setdefault(kind(ward), []).append(ward)
    rest = groups.pop("", [])
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    fits = len(ordered) + bool(rest) <= most
    kept = ordered if fits else ordered[: max(0, most - 1)]
    rest = [*(ward for _, each in ordered[len(kept) :] for ward in each), *rest]
    return {**dict(kept), others if kept else every: rest}


def _alone(ward: WardCell, palette: Palette, verb: str = "") -> str:
    """Return the party that has every seat of a ward, nothing where several have."""
    if ward.won is None or len(ward.won) != 1:
        return ""
    return f"{palette.name(next(iter(ward.won)))}{verb}"


def _order(ward: WardCell) -> tuple[object, ...]:
    won, before = ward.won or Composition(), ward.previous or Composition()
    return ([*won.items()], [*before.items()], ward.name)


def _change(ward: WardCell, palette: Palette) -> str:
    """Return "Conservatives → Labour" where one party took seats from one, else nothing."""
    outcome = ward.outcome
    if not outcome or len(outcome.gained) != 1 or outcome.gained[0].source is None:
        return ""
    gain = outcome.gained[0]
    return f"{palette.name(gain.source)} → {palette.name(gain.party)}"


@dataclass(frozen=True, slots=True)
class _Strip:
    """The bands with their headings in lines, and the width and height of a cell."""

    bands: Bands
    wide: float
    high: float

    @property
    def in_row(self) -> int:
        return int((RIGHT - _LEFT + _GAP) // (self.wide + _GAP))

    def heading(self, band: str) -> Sequence[str]:
        words = f"{band}: {number(len(self.bands[band]))}"
        return lines_of(words, _HEADING_ROOM, LABEL, Weight.BOLD)

    def height_of(self, band: str) -> float:
        rows = -(-len(self.bands[band]) // self.in_row)
        return max(len(self.heading(band)) * _LINE, rows * (self.high + _GAP) - _GAP)

    @property
    def height(self) -> float:
        return sum(map(self.height_of, self.bands)) + _BAND_GAP * (len(self.bands) - 1)

    def draw(self, canvas: Canvas, y: float, palette: Palette) -> None:
        for band, wards in self.bands.items():
            for place, line in enumerate(self.heading(band)):
                at = (MARGIN, y + LABEL * 0.85 + place * _LINE)
                canvas.text(at, line, size=LABEL, weight=Weight.BOLD, room=_HEADING_ROOM)
            for place, ward in enumerate(wards):
                row, column = divmod(place, self.in_row)
                corner = (_LEFT + column * (self.wide + _GAP), y + row * (self.high + _GAP))
                _cell(canvas, corner, (self.wide, self.high), ward, palette)
            y += self.height_of(band) + _BAND_GAP


def _fitting(wards: Sequence[WardCell], palette: Palette, room: float) -> _Strip:
    """Return the strip with as many kinds of change, and then as large cells, as there is room."""

    def largest(most: int) -> _Strip:
        bands = _bands(wards, palette, most)
        sizes = [_Strip(bands, *size) for size in _SIZES]
        return next((one for one in sizes if one.height <= room), sizes[-1])

    plainest = largest(0)
    least = min(_LEGIBLE, plainest.wide * 0.6)
    fuller = map(largest, range(_MOST_CHANGES, 0, -1))
    return next((one for one in fuller if one.height <= room and one.wide >= least), plainest)


def _cell(
    canvas: Canvas, corner: Point, size: tuple[float, float], ward: WardCell, palette: Palette
) -> None:
    """Draw a ward; one that changed has the seats before above those now."""
    (x, y), (wide, high) = corner, size
    if ward.won is None:
        canvas.rect(corner, wide, high, PAPER, stroke=FAINT, dashed=True)
        return
    top = 0.0
    if ward.changed and ward.previous is not None:
        top = high * 0.36
        _stripes(canvas, corner, (wide, top), ward.previous, palette)
        top += 3
    now = Composition([*ward.won.items(), (VACANT, ward.vacant)])
    _stripes(canvas, (x, y + top), (wide, high - top), now, palette)


def _stripes(
    canvas: Canvas, corner: Point, size: tuple[float, float], seats: Composition, palette: Palette
) -> None:
    (x, y), (wide, high) = corner, size
    each = wide / max(1, seats.total)
    for code in (code for code, held in seats.items() for _ in range(held)):
        vacant = code == VACANT
        fill = PAPER if vacant else palette.fill(code)
        edge = EDGE if vacant else outline_of(fill)
        canvas.rect((x, y), each - 2.5, high, fill, stroke=edge, stroke_width=1, dashed=vacant)
        radius = min(each, high) * 0.42
        if not vacant and radius >= 4:
            middle = (x + each / 2 - 1.25, y + high / 2)
            draw_symbol(canvas, middle, radius, ink_on(fill), palette.symbol(code))
        x += each


def _told(bands: Bands) -> list[str]:
    """Return each band in words, with the names of its wards as far as there is room."""
    room = max(60, (ROOM_FOR_NAMES - 120) // max(1, len(bands)))
    return [
        f"{heading}: {number(len(each))} "
        f"({listed([plain(escape(ward.name)) for ward in each], room, ', ')})."
        for heading, each in bands.items()
    ]
