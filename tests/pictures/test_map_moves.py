"""Who took what from whom by move: each with its number, names as far as there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.election.standings import CouncilStanding
from bot.election.tally import state_of_parties
from bot.pictures.canvas import Canvas
from bot.pictures.map_key import Key
from bot.pictures.map_moves import draw_moves
from bot.pictures.map_sheet import Sheet
from bot.pictures.picture import Box, Field
from tests.cards.nights import HULL, PARTIES


def taken(councils: int) -> list[CouncilStanding]:
    return [
        replace(HULL, council=replace(HULL.council, code=f"X{n}", name=f"Fenland {chr(65 + n)}"))
        for n in range(councils)
    ]


def written(councils: int, fields: list[Field]) -> tuple[list[Box], list[float] | None]:
    night, canvas = taken(councils), Canvas()
    key = Key.of(night, state_of_parties(night), PARTIES)
    lowest = draw_moves(Sheet(canvas, key, ""), fields, night)
    boxes = canvas.finished("moves", 675, "Moves.").boxes
    for box in boxes:
        assert any(
            field.left <= box.left and box.right <= field.right and box.bottom <= field.bottom
            for field in fields
        ), box
    return list(boxes), lowest


@pytest.mark.parametrize("councils", [1, 3, 8, 12])
def test_every_council_is_named_under_its_move(councils: int) -> None:
    boxes, _ = written(councils, [Field(48, 100, 500, 150), Field(540, 100, 1_152, 500)])
    said = " ".join(box.text for box in boxes)
    assert f"Lab→LD {councils}:" in said
    assert said.count("Fenland") == councils


def test_a_move_without_room_for_names_has_its_number() -> None:
    boxes, lowest = written(12, [Field(48, 100, 500, 150)])
    assert [box.text for box in boxes] == ["Lab→LD 12"]
    assert lowest == [143]


def test_nothing_is_written_where_not_even_numbers_fit() -> None:
    assert written(3, [Field(48, 100, 500, 120)]) == ([], None)
