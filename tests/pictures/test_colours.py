"""Colours: what can be read, and what is told without them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac
from bot.election.control import NOC
from bot.election.parties import Parties, Party, PartyKind
from bot.election.standings import CouncilStanding
from bot.pictures.canvas import Canvas
from bot.pictures.colours import PAPER, SHAPE_CONTRAST, TEXT_CONTRAST, contrast, ink_on, outline_of
from bot.pictures.hemicycle import seat
from bot.pictures.hexmap import map_picture
from bot.pictures.party_colours import Palette
from bot.wording.night import NightView
from tests.cards.nights import AT_0232, NIGHT, PARTIES
from tests.pictures.checks import (
    Meaning,
    confused,
    deuteranopia,
    hexagons_of,
    protanopia,
    told_apart,
)
from tests.pictures.nights import any_night
from tests.support.tables import shipped

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#E4003B", "#E4003B") == 1


@given(COLOURS)
def test_any_colour_can_be_written_on_and_set_off(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= TEXT_CONTRAST
    assert contrast(outline_of(colour), PAPER) >= SHAPE_CONTRAST


def test_a_simulated_reader_confuses_red_and_green_of_one_brightness() -> None:
    assert confused("#C00000", "#6A6A00", protanopia) or confused(
        "#C00000", "#6A6A00", deuteranopia
    )
    assert not confused("#0087DC", "#FAA61A", protanopia)
    assert not confused("#0087DC", "#FAA61A", deuteranopia)


def test_the_shipped_parties_are_told_apart_without_their_colours() -> None:
    parties = shipped().parties
    codes = [party.code for party in parties.rows if party.kind is not PartyKind.VACANT]
    palette = Palette(parties, codes)
    meanings = {Meaning(c, palette.fill(c), palette.letters(c)) for c in (*codes, None)}
    assert told_apart(meanings) > 20, "the palette has colours that need their letters"
    letters = {code: palette.letters(code) for code in ("Lab", "Con", "LD", "Green", "SNP")}
    assert letters == {"Lab": "Lab", "Con": "Con", "LD": "LD", "Green": "Grn", "SNP": "SNP"}


@given(any_night())
def test_the_map_says_nothing_by_colour_alone(
    night: tuple[list[CouncilStanding], Almanac],
) -> None:
    standings, almanac = night
    picture = map_picture(NightView(standings, almanac, AT_0232), large=True)
    assert picture is not None
    found = {one.council.code: one for one in standings}
    meanings = set()
    cells = hexagons_of(picture)[: len(almanac.layout(NIGHT))]
    for code, cell in zip(almanac.layout(NIGHT), cells, strict=False):
        standing = found.get(code)
        after = standing and standing.declared and standing.declared.after
        largest = None
        if standing and standing.declared and after == NOC:
            largest = standing.declared.now.largest
        changed = bool(standing and standing.declared and standing.declared.outcome.changes_hands)
        letters = cell.texts[-1] if after and cell.texts else ""
        sign = (letters, len(cell.shapes), "stroke" in cell.shapes[0].attrib, cell.stripes > 1)
        what = (standing is not None, after or None, largest, changed)
        meanings.add(Meaning(what, cell.fill, sign))
        if after is not None:
            assert (cell.stripes > 1) == (after == NOC), "only hung councils are striped"
    told_apart(meanings)


def without_colour(svg: str) -> str:
    return re.sub(r"#[0-9A-Fa-f]{6}", "", svg)


def dot_of(palette: Palette, code: str) -> str:
    canvas = Canvas()
    seat(canvas, (100, 100), 10, palette, code)
    return without_colour("".join(canvas.finished("dot", 200, "dot").svg.split("</title>")[1:]))


def test_seats_of_a_chamber_differ_without_their_colours() -> None:
    codes = ("Lab", "Con", "LD", "Green", "PC", "SNP", "Ind", "Vac")
    dots = [dot_of(Palette(PARTIES, codes), code) for code in codes]
    assert len({*dots}) == len(codes)


def test_a_seat_looks_the_same_in_every_chamber() -> None:
    parties = shipped().parties
    for codes in (("Lab", "Con"), ("Con", "Lab", "Vac", "Ind", "RA"), ("Asp", "Lab", "LD", "Ind")):
        palette = Palette(parties, codes)
        assert dot_of(palette, "Lab") == dot_of(Palette(parties, ["Lab"]), "Lab")


def test_letters_where_names_are_alike() -> None:
    alike = [
        Party(f"wire:{n}", f"Independent Party {n}", "Independent", known=False) for n in "ABC"
    ]
    palette = Palette(Parties([]), [])
    assert palette.letters(None) == "Hung"
    parties = Parties([alike[0]])
    assert Palette(parties, ["wire:A"]).letters("wire:A") == "IPA"
    many = [f"wire:Union {number}" for number in range(12)]
    letters = [Palette(Parties([]), many).letters(code) for code in many]
    assert len({*letters}) == 12
    dashes = [f"wire:{'-' * number}" for number in range(1, 40)]
    letters = [Palette(Parties([]), dashes).letters(code) for code in dashes]
    assert len({*letters}) == len(dashes)
    assert not any(map(str.isdigit, "".join(letters))), "“-2” would be read as a change"
