"""The README's pictures are those that are drawn, and say in words what they show."""

from __future__ import annotations

import pytest

from tests.showcase.page import screenshots
from tests.showcase.pictures import FOLDER, README, block_of, drawn, in_readme, state_in

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

AGAIN = "run `make pictures`"
KILOBYTE = 1024


def test_the_files_show_what_is_drawn_now() -> None:
    for one in drawn():
        assert one.picture is not None
        png = (FOLDER / one.file_name).read_bytes()
        assert state_in(png) == one.picture.state, f"{one.file_name} is out of date: {AGAIN}"


def test_the_readme_has_them_all_with_their_words() -> None:
    pictures = drawn()
    assert block_of(README.read_text()) == in_readme([*screenshots(), *pictures]), AGAIN
    titles = {one.picture.title for one in pictures if one.picture is not None}
    assert any("Kingston upon Hull" in title for title in titles)


def test_the_files_are_few_and_small() -> None:
    files = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert files.keys() == {one.file_name for one in (*screenshots(), *drawn())}
    assert max(files.values()) <= 280 * KILOBYTE
    assert sum(files.values()) <= 1_200 * KILOBYTE
