"""Running `prepare` as an operator does, and reading what it made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.almanac.tables import NightTables
from bot.election.almanac import NightAlmanac
from tests.prepare.pages import NIGHT, InTheSpring
from tests.support.tables import shipped


@dataclass(frozen=True)
class Run:
    """What a run of the command printed and wrote."""

    status: int
    said: str
    complained: str
    folder: Path

    @property
    def night(self) -> NightAlmanac:
        known = shipped()
        return NightTables(self.folder).almanac(known.councils, known.voting_systems)

    def about(self, council: str) -> str:
        """Return the paragraph on a council."""
        lines = self.said.splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith(f"{council}: "))
        found = [lines[first]]
        for line in lines[first + 1 :]:
            if not line.startswith("  "):
                break
            found.append(line)
        return "\n".join(found)

    def cells(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


Prepare = Callable[..., Run]


@pytest.fixture
def prepare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Prepare:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.cli.prepare.load_almanac", lambda prepared: shipped())  # read once
    monkeypatch.setattr("bot.cli.prepare.RealClock", InTheSpring)
    monkeypatch.setenv("ELECTION_NIGHT_NIGHTS", str(tmp_path / "nights"))

    def run(*arguments: str) -> Run:
        capsys.readouterr()
        status = main(["prepare", NIGHT.isoformat(), *arguments])
        out, err = capsys.readouterr()
        return Run(status, out, err, tmp_path / "nights" / NIGHT.isoformat())

    return run
