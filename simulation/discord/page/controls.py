"""What the page's control bar may do with the night that is replayed behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Jump:
    """A moment of the night that the bar offers to jump to."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Injection:
    """Something that the bar can let go wrong, or put right: `key` names it, `hint` explains it."""

    key: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class NightState:
    """The night as the bar shows it: its time, and how it runs.

    `speed` is how many times as fast as the wall it runs; `status` is one line about the count.
    """

    now: datetime
    paused: bool
    speed: float
    ended: bool
    status: str


class ControlRefused(Exception):  # noqa: N818 - a refusal, as in `people`
    """A control cannot be used now; the text says why and what to do."""


class NightControls(Protocol):
    """The hands on a replayed night. Every method but the properties may raise `ControlRefused`."""

    @property
    def jumps(self) -> Sequence[Jump]:
        """The moments worth jumping to, the earliest first."""
        ...

    @property
    def injections(self) -> Sequence[Injection]:
        """What can be injected."""
        ...

    def state(self) -> NightState:
        """Return how the night stands."""
        ...

    async def pause(self) -> None:
        """Let the night stand still."""
        ...

    async def resume(self) -> None:
        """Let it run on."""
        ...

    async def set_speed(self, speed: float) -> None:
        """Let it run *speed* times as fast as the wall."""
        ...

    async def jump(self, to: datetime) -> None:
        """Run the night to *to* as fast as it goes, never back, and go on from there as before."""
        ...

    async def inject(self, key: str) -> None:
        """Let the injection of that key happen."""
        ...
