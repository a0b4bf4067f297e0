"""The recorded nights as a whole, each replayed once in a run of the tests, whoever asks for it.

A night is replayed by the command `demo` as a newcomer runs it, in a process of its own. That of
5 May 2022 is stopped at some moments to keep how it stands then.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from bot.__main__ import main
from bot.cli.ask import ask
from bot.settings import Settings
from simulation.demo.replay import Replay
from tests.support.moments import AT_71, MOMENTS, NIGHT, Moment, how_it_stands
from tests.support.shared import made_once, shared_folder
from tests.support.tables import shipped

_ROOT = Path(__file__).parents[2]
_KEPT = "moments.pickle"


@dataclass(frozen=True)
class WholeNight:
    """What a replay leaves: its folder, the state that it printed, and how it stood at moments."""

    folder: Path
    state: dict[str, Any]
    moments: dict[str, Moment] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The demo's file as the night ended."""
        return self.folder / "var" / "election-night-demo.sqlite"


@cache
def whole_night() -> WholeNight:
    """Return the replayed night, which all processes of a run share. Nobody may change it."""
    return made_once("whole-night", _replayed)


@cache
def whole_night_of(night: date) -> WholeNight:
    """Return another replayed night as it ended, which all processes of a run share."""
    return made_once(f"whole-night-{night}", partial(_replayed_to_its_end, night))


def asked(night: WholeNight, question: str) -> str:
    """Return the answer of `ask` to a question about a replayed night."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert asyncio.run(ask(question, Settings(database=night.database), shipped())) == 0
    return printed.getvalue()


def moments() -> dict[str, Moment]:
    """Return the night at each of `MOMENTS` by name, and when 71 councils had declared."""
    return whole_night().moments


def _replayed() -> WholeNight:
    night = _demo("from tests.support.whole_night import demo_with_moments as run")
    return replace(night, moments=pickle.loads((night.folder / _KEPT).read_bytes()))


def _replayed_to_its_end(night: date) -> WholeNight:
    command = "from bot.__main__ import main; run = lambda: sys.exit(main(sys.argv[1:]))"
    return _demo(command, "--night", night.isoformat())


def _demo(imports: str, *more: str) -> WholeNight:
    folder = shared_folder() or Path(tempfile.mkdtemp(prefix="election-night-"))
    demo = ("demo", "--headless", "--speed", "max", "--json", *more)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(_ROOT)!r})\n"
         f"{imports}; run()", *demo],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,  # a test waits no longer than its own limit
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return WholeNight(folder, json.loads(done.stdout.splitlines()[-1]))


def demo_with_moments() -> None:
    """Run the command that the arguments say, and keep how its night stands at each moment."""
    kept = _Kept()
    step, moments_of = Replay._step, Replay._moments.fget  # type: ignore[attr-defined]

    async def step_and_keep(replay: Replay) -> None:
        await step(replay)
        await kept.look(replay)

    def with_ours(replay: Replay) -> list[datetime]:
        return sorted({*moments_of(replay), *MOMENTS.values()})

    Replay._step = step_and_keep  # type: ignore[method-assign]
    Replay._moments = property(with_ours)  # type: ignore[assignment,method-assign]
    status = main(sys.argv[1:])
    Path(_KEPT).write_bytes(pickle.dumps(kept.moments))
    sys.exit(status)


class _Kept:
    """How a night stood at the moments that it has come to."""

    def __init__(self) -> None:
        self.moments: dict[str, Moment] = {}
        self._names = {moment: name for name, moment in MOMENTS.items()}

    async def look(self, replay: Replay) -> None:
        name = self._names.get(replay.clock.now())
        if name is not None and name not in self.moments:
            self.moments[name] = await how_it_stands(replay.app, name)
        declared = sum(one.is_declared for one in replay.app.services.reader.councils(NIGHT))
        if AT_71 not in self.moments and declared >= 71:
            self.moments[AT_71] = await how_it_stands(replay.app, AT_71)
