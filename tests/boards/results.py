"""Results that come in while a board stands."""

from __future__ import annotations

from dataclasses import replace

from bot.election.reports import GainOrHold
from tests.cogs.chat import result_of

SUNDERLAND = replace(
    result_of(
        "Sunderland",
        {"Lab": 43, "Con": 19, "LD": 12, "Green": 1},
        {"Con": 1, "Green": 1},
        {"Lab": 14, "Con": 7, "LD": 4},
        winner="Lab",
        sitting="Lab",
    ),
    gain_or_hold=GainOrHold.NO_CHANGE,
)
HULL = replace(
    result_of(
        "Kingston-upon-Hull",
        {"Lab": 29, "LD": 27, "Ind": 1},
        {"LD": 1, "Lab": -1},
        {"LD": 10, "Lab": 9},
        winner="Lab",
        sitting="Lab",
    ),
    revision=2,
    gain_or_hold=GainOrHold.NO_CHANGE,
)
