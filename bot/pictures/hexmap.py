"""The map as a channel shows it: every council a hexagon, the news as its title.

Beside the map stands what its colours mean with the number of councils; below that a region and
the layer of county councils are drawn larger, or what changed hands in a nation or region is named.
`large_map.py` draws the same with every council's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bot.election.standings import CouncilStanding
from bot.election.tally import all_are_known
from bot.pictures.canvas import HIGH, HIGHEST, LABEL, MARGIN, RIGHT, Canvas
from bot.pictures.colours import FAINT
from bot.pictures.few_councils import MOST_LISTED, draw_few
from bot.pictures.hex_places import Places, Spot, places_of
from bot.pictures.hexagon import Look, draw_hexagon
from bot.pictures.large_map import draw_large, heading_above, unplaced_in_words
from bot.pictures.lettering import DESCENT, Weight, width_of
from bot.pictures.map_key import Key, changes_in_words, from_to
from bot.pictures.map_layout import Layout, label_fields, without_outliers
from bot.pictures.map_moves import draw_moves
from bot.pictures.map_sheet import MARK, ROW, Sheet, draw_layout
from bot.pictures.picture import (
    LONGEST_ALT,
    ROOM_FOR_NAMES,
    Field,
    Picture,
    imprint_of,
    joined,
    night_and_sources,
    slug_of,
)
from bot.wording.figures import declared_of
from bot.wording.findings import finding_of
from bot.wording.night import NightView
from bot.wording.phrases import name_of, number
from bot.wording.text import plain

_IMPRINT = MARGIN + LABEL * 0.7
_FOOT = _IMPRINT + LABEL
"""How much of the height the two lines at the foot take."""
_ABOUT = "Each hexagon is a council, near where it lies; all are equal."
_ZOOM = 1.5
_LARGEST = 96.0
_SHARE, _LEAST_SHARE, _SHARE_OF_TWO = 0.57, 0.44, 0.52
"""How much of the width the map takes: at most, beside long names, beside two insets."""
_GUTTER = 36.0
_MOST_ROWS = 8
_LEAST_ROWS = 3
"""The fewest rows for which a list goes on under the map."""
_DENSE = "London"
"""The region that is too small to see on the map of all councils."""


def map_picture(view: NightView, *, large: bool = False) -> Picture | None:
    """Return the map of all councils, or of a nation or region; None if there is none.

    A *large* one has every council's name, and is opened on purpose.
    """
    seen, almanac = view.councils, view.almanac
    night = view.standings[0].night if view.standings else view.now.date()
    places = places_of(seen, almanac, night, view.lens.nation or view.lens.region)
    if not places.every and not seen:
        return None
    title, key = plain(finding_of(view)), Key.of(seen, view.state, view.parties)
    known = all_are_known(view.standings, almanac)
    silent = "no election" if known else "not heard of"
    placed = {one.council.code for one in places.every if one.standing is not None}
    unplaced = [one for one in seen if one.council.code not in placed]
    name = f"map{slug_of(view)}"
    canvas, height = Canvas(_ZOOM if large and places.every else 1, large=large), float(HIGHEST)
    source = night_and_sources(seen)
    top = canvas.headline(title, _label(view))
    sheet = Sheet(canvas, key, silent if len(placed) < len(places.every) else "")
    places = _cropped(places, view) if known else places
    if large:
        lowest = draw_large(sheet, top, places, unplaced)
        about = _ABOUT if places.every else ""
        height = canvas.foot(lowest, sheet.explained, about, source=source)
    else:
        land = {*almanac.layout(night).values()}
        words = f"Not on the map: {number(len(unplaced))}." if unplaced else ""
        least = float(HIGH)
        if known and view.place and 0 < len(seen) <= MOST_LISTED:
            sheet, words, least = Sheet(canvas, key, ""), "", 0.0
            lowest = draw_few(sheet, Field(MARGIN, top, RIGHT, HIGH - _FOOT), seen)
        else:
            nearer = Places(without_outliers(places.districts, land), places.above)
            lowest = _draw(sheet, top, nearer, seen, unplaced)
        height = max(least, min(HIGHEST, lowest + _FOOT))
        explained = joined(words, sheet.explained if places.every else "")
        at = (MARGIN, height - _IMPRINT)
        canvas.text(at, explained, size=LABEL, fill=FAINT, room=RIGHT - MARGIN)
        canvas.imprint(height, imprint_of(seen), source=source)
    alt, place = "", plain(view.place)
    where = f"{place}: " if place and not title.startswith(place) else ""
    for short in (False, True):  # the short words where the plain ones leave out names
        alt = joined(f"{title}: {where}{declared_of(view.state)}.", key.in_words(short=short))
        alt += unplaced_in_words(unplaced, key.palette, (ROOM_FOR_NAMES - len(alt)) // 2)
        room = LONGEST_ALT - len(alt) - len(source) - 2
        changes = changes_in_words(seen, key.palette, room, short=short)
        alt += changes
        if not changes.endswith(" more."):
            break
    return canvas.finished(f"large-{name}" if large else name, height, alt)


def _label(view: NightView) -> str:
    what = f"Control of councils, {view.place}" if view.place else "Control of councils"
    return f"{plain(what)}: {declared_of(view.state).replace(' councils ', ' ')}"


def _cropped(places: Places, view: NightView) -> Places:
    """Return the places without the nations in which no council votes."""
    nations = {one.council.nation for one in view.councils}

    def votes(spots: Sequence[Spot]) -> list[Spot]:
        return [spot for spot in spots if spot.council.nation in nations]

    return Places(votes(places.districts), votes(places.above))


def _draw(
    sheet: Sheet,
    top: float,
    places: Places,
    seen: Sequence[CouncilStanding],
    unplaced: Sequence[CouncilStanding],
) -> float:
    """Draw the map on the left, and beside it the table and what is drawn larger or named.

    Returns the lowest y used.
    """
    floor = HIGHEST - _FOOT
    main = places.districts
    if not any(one.standing is not None for one in main) and places.above:
        main = places.above  # only counties vote
    insets = [] if main is places.above else _insets(places)
    named = unplaced if not main else _named(seen)
    left, bottom = float(MARGIN), top
    if main:
        share = _SHARE_OF_TWO if len(insets) > 1 else _share(sheet, [] if insets else named)
        room = (RIGHT - MARGIN) * share
        field = Field(MARGIN, top, MARGIN + room, floor)
        layout = Layout.within(main, field, _LARGEST)
        draw_layout(sheet, layout)
        left = layout.field.right + _GUTTER
        bottom = _name_nations(sheet.canvas, layout, top, floor)
    high = (floor - top) * (0.55 if insets else 1)
    most = int(high // ROW) - (0 if main else 4)
    lowest = sheet.table(Field(left, top, RIGHT, floor), sheet.rows(min(_MOST_ROWS, most)))
    whole = len({spot.council.region for spot in main}) > 1
    if insets:
        below = floor if whole or not named else lowest + (floor - lowest) * _SHARE
        lowest = _draw_insets(sheet, insets, Field(left, lowest + 14, RIGHT, below))
    if not (insets and whole):
        beside = Field(left, lowest + (14 if insets else 0), RIGHT, floor)
        under = Field(MARGIN, bottom + 14, left - _GUTTER, floor)
        lowest, bottom = _changes(sheet, beside, under if main else None, named, (lowest, bottom))
    return max(lowest, bottom)


def _changes(
    sheet: Sheet,
    beside: Field,
    under: Field | None,
    named: Sequence[CouncilStanding],
    used: tuple[float, float],
) -> tuple[float, float]:
    """Name councils beside the map and under it, by move where they have no line each.

    Returns the lowest y used beside and under it, at least those *used* before.
    """
    lowest, bottom = used
    fit = int(beside.height // ROW)
    room = int(under.height // ROW) if under else 0
    if under and len(named) > fit:
        if len(named) > fit + (room if room >= _LEAST_ROWS else 0):
            moves = draw_moves(sheet, [under, beside], named)
            if moves is not None:
                return max(lowest, moves[1]), max(bottom, moves[0])
        if room >= _LEAST_ROWS:
            bottom = _list(sheet, under, named[fit:])
            named = named[:fit]
    return _list(sheet, beside, named), bottom


def _named(seen: Sequence[CouncilStanding]) -> list[CouncilStanding]:
    """Return the councils that changed hands, by name."""
    return sorted((one for one in seen if Look.of(one).changed), key=lambda one: one.council.name)


def _share(sheet: Sheet, named: Sequence[CouncilStanding]) -> float:
    """Return how much of the width the map has beside the names of councils."""
    palette = sheet.key.palette
    wide = max(
        (
            width_of(plain(name_of(one.council)), LABEL)
            + width_of(from_to(Look.of(one), palette), LABEL, Weight.SEMIBOLD)
            for one in named
        ),
        default=0.0,
    )
    needed = wide + 2 * MARK + 32 + _GUTTER
    return max(_LEAST_SHARE, min(_SHARE, 1 - needed / (RIGHT - MARGIN)))


def _insets(places: Places) -> list[tuple[str, list[Spot]]]:
    """Return what is drawn larger beside the map of several regions, with its heading."""
    regions = {spot.council.region for spot in places.districts}
    found = []
    dense = [spot for spot in places.districts if spot.council.region == _DENSE]
    if len(regions) > 1 and any(spot.standing is not None for spot in dense):
        found.append((_DENSE, dense))
    if places.above:
        found.append((heading_above(places.above, short=True), [*places.above]))
    return found


def _draw_insets(sheet: Sheet, insets: Sequence[tuple[str, list[Spot]]], field: Field) -> float:
    """Draw insets side by side, each under its heading; return the lowest y used."""
    wide = (field.width - _GUTTER * (len(insets) - 1)) / len(insets)
    lowest = field.top
    for place, (heading, spots) in enumerate(insets):
        left = field.left + place * (wide + _GUTTER)
        sheet.canvas.text(
            (left, field.top + LABEL * 0.8), heading, size=LABEL, weight=Weight.SEMIBOLD, room=wide
        )
        within = Field(left, field.top + LABEL + 8, left + wide, field.bottom)
        layout = Layout.within(spots, within, _LARGEST)
        draw_layout(sheet, layout)
        lowest = max(lowest, layout.field.bottom)
    return lowest


def _name_nations(canvas: Canvas, layout: Layout, top: float, floor: float) -> float:
    """Write the nations' names beside them, where there are several; return the lowest y used."""
    lowest = layout.field.bottom
    points = defaultdict(list)
    for point, spot in layout.places:
        points[plain(name) if (name := spot.council.nation) else ""].append(point)
    points.pop("", None)
    if len(points) > 1:
        within = Field(MARGIN, top, layout.field.right, floor)
        for name, at in label_fields(points, layout, within, LABEL).items():
            canvas.text(at, name, size=LABEL, weight=Weight.SEMIBOLD, fill=FAINT)
            lowest = max(lowest, at[1] + LABEL * DESCENT)
    return lowest


def _list(sheet: Sheet, field: Field, named: Sequence[CouncilStanding]) -> float:
    """Name councils from the top of a field, with who controls them and who did before.

    Returns the lowest y used.
    """
    canvas, palette = sheet.canvas, sheet.key.palette
    room = int(field.height // ROW)
    if not named or room < 1:
        return field.top
    shown = named if len(named) <= room else named[: room - 1]
    y = field.top
    for one in shown:
        look, base = Look.of(one), y + LABEL
        words = from_to(look, palette)
        wide = width_of(words, LABEL, Weight.SEMIBOLD)
        draw_hexagon(canvas, (field.left + MARK, y + LABEL * 0.66), MARK, look, palette)
        at = (field.right, base)
        canvas.text(at, words, size=LABEL, weight=Weight.SEMIBOLD, anchor="end")
        start = field.left + 2 * MARK + 12
        name = plain(name_of(one.council))
        canvas.text((start, base), name, size=LABEL, room=field.right - wide - 14 - start)
        y += ROW
    if len(named) > len(shown):
        more = f"and {number(len(named) - len(shown))} more"
        canvas.text((field.left, y + LABEL), more, size=LABEL, fill=FAINT, on_scale=True)
        y += ROW
    return y
