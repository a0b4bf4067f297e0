"""The recorded night, read once."""

from __future__ import annotations

import pytest

from simulation.wire.night import Night
from simulation.wire.script import Script


@pytest.fixture(scope="session")
def night() -> Night:
    return Night.load("2022-05-05")


@pytest.fixture(scope="session")
def script(night: Night) -> Script:
    return Script.of(night)
