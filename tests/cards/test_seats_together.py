"""A change that might be a loss or a gain is told of those parties together, exactly."""

from __future__ import annotations

import pytest

from bot.wording.figures import party_lines
from tests.cards.nights import PARTIES

_TOGETHER = "Change for independents and smaller parties together:"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [("Lab", 2, (-6, -6)), ("Asp", 6, (-24, 6)), ("Ind", 0, (-30, 0))],
            ["Labour 2 (−6)", "Aspire 6", f"{_TOGETHER} −24"],
        ),
        (
            [("Asp", 1, (-2, 1)), ("Ind", 4, (1, 4))],
            ["Aspire 1", "Independents and others 4", f"{_TOGETHER} +2"],
        ),
        ([("Asp", 24, (22, 24)), ("Ind", 0, (-2, 0))], ["Aspire 24 (at least +22)"]),
        ([("Lab", 3, None), ("Vac", 1, None)], ["Labour 3", "Vacant 1"]),
    ],
)
def test_what_each_party_is_told_to_have_lost_or_gained(
    rows: list[tuple[str, int, tuple[int, int] | None]], told: list[str]
) -> None:
    assert party_lines(rows, PARTIES) == told
