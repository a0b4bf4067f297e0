"""The script makes the shipped tables again, byte for byte, from the sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.sources import WITH_SOURCES

from bot.almanac.tables import data_folder
from tools.data.__main__ import build


@WITH_SOURCES
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = build(Path(os.environ["ELECTION_SOURCES"]), tmp_path)
    shipped = {path.relative_to(data_folder()).as_posix() for path in data_folder().rglob("*.csv")}
    assert rows.keys() == shipped
    for name in sorted(shipped):
        assert (tmp_path / name).read_bytes() == (data_folder() / name).read_bytes(), name
