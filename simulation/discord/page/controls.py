"""What the page's control bar can do with the replayed night."""

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
    """A fault that the bar can cause: `key` names it, `hint` explains it."""

    key: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class NightState:
    """The night as the bar shows it: its time, and how it runs.

    `speed` is how many times as fast as real time it runs; `status` is one line about the count.
    """

    now: datetime
    paused: bool
    speed: float
    ended: bool
    status: str


class ControlRefused(Exception):  # noqa: N818 - a refusal, as in `people`
    """A control cannot be used now; the text says why and what to do."""


class NightControls(Protocol):
    """Controls of a replayed night. Every method may raise `ControlRefused`."""

    @property
    def jumps(self) -> Sequence[Jump]:
        """The moments worth jumping to, the earliest first."""
        ...

    @property
    def injections(self) -> Sequence[Injection]:
        """What can be injected."""
        ...

    def state(self) -> NightState:
        """Return the state of the night."""
        ...

    async def pause(self) -> None:
        """Pause the night."""
        ...

    async def resume(self) -> None:
        """Resume it."""
        ...

    async def set_speed(self, speed: float) -> None:
        """Run it *speed* times as fast as real time."""
        ...

    async def jump(self, to: datetime) -> None:
        """Run the night to *to* as fast as possible, never back, and continue as before."""
        ...

    async def inject(self, key: str) -> None:
        """Cause the injection of that key."""
        ...
