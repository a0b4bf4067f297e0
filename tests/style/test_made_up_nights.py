"""Every sentence of made-up nights keeps the house style, whatever is declared on them."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from simulation.discord import Limits, Sandbox
from tests.election.build import NIGHT, POLLS_CLOSE
from tests.style.rules import Said, check
from tests.style.texts import answers, posted
from tests.support.any_night import DECLARED, AnyNight, night_by_chance
from tests.support.living_night import file_all, running

_NAMES = ("Aldermoor", "Brackwater", "Cold Ashby", "Elmsea", "Grimsdyke", "Kelverton", "Lundy Vale")


@pytest.mark.parametrize(("seed", "councils"), [(1, 40), (2, 14), (3, 70), (4, 6)])
async def test_every_sentence(seed: int, councils: int) -> None:
    said = await _lived_through(night_by_chance(Random(seed), _NAMES, councils))
    assert len(said) > 300
    check(said)


async def _lived_through(night: AnyNight) -> list[Said]:
    """Return all that is said when results come in, and once some of them were corrected."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "night.sqlite"
        later = POLLS_CLOSE + timedelta(days=3)
        async with (
            Sandbox(limits=Limits.none()) as sandbox,
            running(Path(folder), sandbox, night) as (app, _),
        ):
            await file_all(app, night.first)
            shown = await answers(database, night.almanac, NIGHT, DECLARED)
            await file_all(app, night.corrected)
            await app.services.clock.move_to(later)
            await app.summaries.look()
            await app.alerts.drained()
        shown += await answers(database, night.almanac, NIGHT, later, pictures=True)
        return [*posted(database), *(said for each in shown for said in each.said)]
