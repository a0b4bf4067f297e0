"""The sizes at which all pictures are written, and their sheets."""

from __future__ import annotations

import pytest

from bot.pictures.canvas import BOX, WIDTH
from bot.pictures.night import state_picture
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureRenderer
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, AT_0232, a_night
from tests.pictures.checks import decoded
from tests.showcase.every import END, PHONE, at_moment, of_a_moment, sheet_of, widths

VIEW = NightView(a_night(), ALMANAC, AT_0232)


def state() -> Picture:
    picture = state_picture(VIEW)
    assert picture is not None
    return picture


def test_a_picture_is_as_wide_as_it_is_shown() -> None:
    shown = widths(state())
    assert (shown["full"].width, shown["phone"].width) == (WIDTH, PHONE)
    channel = shown["channel"]
    assert (channel.width, channel.height) == (BOX[0], round(BOX[0] / WIDTH * state().height))
    renderer = PictureRenderer()
    for one in shown.values():
        assert decoded(renderer.draw(one))[:2] == (one.width, one.height)
    renderer.close()


@pytest.mark.parametrize("many", [1, 3, 9])
def test_a_sheet_has_every_picture(many: int) -> None:
    sheet = sheet_of([state()] * many, "channel")
    assert sheet.svg.count("<title>") == many
    renderer = PictureRenderer()
    assert decoded(renderer.draw(sheet))[:2] == (sheet.width, sheet.height)
    renderer.close()


def test_a_moment_knows_nothing_later() -> None:
    times = sorted(one.declared.declared_at for one in VIEW.standings if one.declared)
    before = at_moment(VIEW, times[1])
    assert sum(one.is_declared for one in before.standings) == times.count(times[0]) + (
        times.count(times[1]) if times[1] != times[0] else 0
    )
    assert {one.group for one in of_a_moment(END, VIEW)} >= {"night", "places", "parties"}
