"""The layouts of the hex map agree with their sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.sources import WITH_SOURCES

from bot.almanac.tables import Tables
from tools.data import hexes
from tools.data.sources import Sources

pytestmark = WITH_SOURCES


@pytest.fixture
def sources() -> Sources:
    return Sources(Path(os.environ["ELECTION_SOURCES"]))


def test_the_layouts_of_2023_and_2025_place_the_same_councils_alike(sources: Sources) -> None:
    layouts = [hexes._cells(sources.layout(name), hexes._code_of(sources)) for name in hexes.LAYOUTS.values()]
    assert len(layouts) == 2
    assert layouts[0] == layouts[1], "README.md says so, and only the first is written"
    assert {row.layout for row in Tables().hexes} == {min(hexes.LAYOUTS)}


def test_a_later_layout_is_written_where_it_differs(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = {key: dict(cell) for key, cell in sources.layout(hexes.LAYOUTS[2025]).items()}
    moved["E06000001"]["q"] = 99
    known = Sources.layout
    monkeypatch.setattr(
        Sources,
        "layout",
        lambda self, name: moved if name == hexes.LAYOUTS[2025] else known(self, name),
    )
    years = [row["layout"] for row in hexes.hex_rows(sources)]
    assert (years.count(2023), years.count(2025)) == (361, 361)


def test_wales_stands_as_in_its_own_layout() -> None:
    """Neighbours by land are neighbours on the map, and nobody lies where the whole had them."""
    places = {row.code: (row.q + row.r % 2 / 2, row.r) for row in Tables().hexes}

    def touch(one: str, other: str) -> bool:
        (x, y), (left, down) = places[one], places[other]
        return abs(x - left) + abs(y - down) / 2 <= 1 and abs(y - down) <= 1

    for pair in ("MON HEF", "MON TOF", "MON BGW", "BGW MTY", "NWP CRF", "WRX DEN", "SWA CMN", "VGL CRF"):
        assert touch(*pair.split()), pair
    for pair in ("BGW POW", "BGW WRX", "MON MTY", "MTY NEC"):
        assert not touch(*pair.split()), pair


def test_a_block_moves_to_the_nearest_free_place() -> None:
    whole = {"A": (0, 0), "B": (1, 0), "C": (2, 0), "D": (0, 1)}
    assert hexes.moved_into(whole, {"B": (11, 4), "A": (10, 4)}) == {"A": (0, 0), "B": (1, 0)}
    turned = hexes.moved_into(whole, {"B": (10, 4), "A": (11, 4)})
    assert turned["A"] != turned["B"]
    assert {*turned.values()}.isdisjoint({(2, 0), (0, 1)})
    with pytest.raises(ValueError, match="lacks E"):
        hexes.moved_into(whole, {"E": (0, 0)})


def test_a_county_in_another_region_than_its_districts_is_refused(sources: Sources) -> None:
    sources.registry["DBY"] |= {"region": "West Midlands"}
    with pytest.raises(ValueError, match="is in East Midlands and its county Derbyshire in West"):
        hexes.district_rows(sources)
