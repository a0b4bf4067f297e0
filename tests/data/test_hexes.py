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
    assert {row.layout for row in Tables().hexes if not row.area} == {min(hexes.LAYOUTS)}


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
    years = [row["layout"] for row in hexes.hex_rows(sources) if not row["area"]]
    assert (years.count(2023), years.count(2025)) == (361, 361)


def test_a_county_in_another_region_than_its_districts_is_refused(sources: Sources) -> None:
    sources.registry["DBY"] |= {"region": "West Midlands"}
    with pytest.raises(ValueError, match="is in East Midlands and its county Derbyshire in West"):
        hexes.district_rows(sources)
