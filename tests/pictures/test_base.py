"""The base of every picture: what a channel can read, the head and the foot, the symbols."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.parties import Parties
from bot.pictures.canvas import HIGH, HIGHEST, LABEL, WIDTH, Canvas
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Picture
from bot.pictures.symbols import SYMBOLS, draw_symbol
from tests.pictures.checks import check_in_chat
from tests.pictures.nights import any_parties
from tests.support.tables import shipped

TITLES = st.text("abcdefghij WMil", min_size=1, max_size=160).filter(str.strip)


@given(TITLES, TITLES)
def test_head_and_foot_of_any_length_are_read_in_a_channel(finding: str, label: str) -> None:
    canvas = Canvas()
    lowest = canvas.headline(finding, label)
    assert lowest < HIGH / 3
    canvas.imprint(HIGH, f"{label} {label}", source=f"At length: {label} {label}.")
    picture = check_in_chat(canvas.finished("any", HIGH, finding))
    assert picture.alt.startswith(finding.strip()[:100].rstrip()) or len(finding) > 100
    assert (picture.width, picture.height) == (WIDTH, HIGH)


@pytest.mark.parametrize(("size", "height"), [(LABEL - 6, HIGH), (LABEL, HIGHEST + 200)])
def test_what_a_channel_cannot_read_is_found(size: float, height: int) -> None:
    canvas = Canvas()
    canvas.headline("Labour win", "Councils")
    canvas.text((100, 400), "small", size=size)
    with pytest.raises(AssertionError):
        check_in_chat(canvas.finished("small", height, "small"))


def test_a_large_picture_stays_large_when_it_is_stored() -> None:
    canvas = Canvas(large=True)
    canvas.headline("Labour win", "Councils")
    kept = Picture.from_json(canvas.finished("large", 2_000, "large").to_json())
    assert kept.large


@given(any_parties())
def test_parties_of_a_picture_have_symbols_of_their_own(parties: Parties) -> None:
    rows = parties.rows[:SYMBOLS]
    palette = Palette(parties, [one.code for one in rows])
    assert len({palette.symbol(one.code) for one in rows}) == len(rows)


def test_a_party_has_its_symbol_in_every_picture() -> None:
    parties = shipped().parties
    alone = {code: Palette(parties, [code]).symbol(code) for code in ("Lab", "Con", "LD", "Ind")}
    palette = Palette(parties, ["Ind", "LD", "Con", "Lab", "Green", "wire:Stranger"])
    assert {code: palette.symbol(code) for code in alone} == alone


def test_symbols_differ() -> None:
    def drawn(which: int) -> str:
        canvas = Canvas()
        draw_symbol(canvas, (100, 100), 10, "#000000", which)
        return re.sub(r"<title>.*</title>", "", canvas.finished("one", HIGH, "one").svg)

    assert len({drawn(which) for which in range(SYMBOLS)}) == SYMBOLS
