"""What the chat page's control bar does with the replayed night."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.chat.services import Services
from bot.clock import LONDON
from bot.wording.phrases import count
from simulation.demo.replay import Replay
from simulation.discord.page.controls import ControlRefused, Injection, Jump, NightState
from simulation.wire import injections
from simulation.wire.injections import Injector, NothingToInject

SLOWEST, FASTEST = 0.1, 3600.0
_AHEAD = timedelta(minutes=1)
"""A jump to a result ends so long before it, so that people see it arrive."""

_FAULTS: dict[str, tuple[Injection, Injector]] = {
    injection.key: (injection, injector)
    for injection, injector in (
        (
            Injection(
                "correction",
                "Correct a result",
                "The wire changes who controls a council that has declared: what was told is "
                "struck and corrected. It is put right 20 minutes later.",
            ),
            injections.correction,
        ),
        (
            Injection(
                "retraction",
                "Take a result back",
                "A council's winners are entered too early and taken back after 6 minutes: what "
                "was told is struck and retracted.",
            ),
            injections.retraction,
        ),
        (
            Injection(
                "broken",
                "Break a document",
                "The last result's file is served half: it is rejected, what was told stands.",
            ),
            injections.broken,
        ),
        (
            Injection(
                "outage",
                "Take the wire down",
                "The Press Association's server fails for 5 minutes: answers say how old its word "
                "is, and what it missed comes after that.",
            ),
            injections.outage,
        ),
        (
            Injection(
                "duplicate",
                "Repeat a document",
                "The last result comes again as another file: nobody is told twice.",
            ),
            injections.duplicate,
        ),
    )
}
_RESTART = Injection(
    "restart",
    "Restart the bot",
    "The bot's connection to Discord ends in the middle; a new one takes up what was under way.",
)


@dataclass
class ReplayControls:
    """The controls of a replay; see `NightControls`.

    *restart* ends the bot's client, which another one replaces. *since* is when the night is first
    shown: earlier moments cannot be jumped to.
    """

    replay: Replay
    services: Services
    restart: Callable[[], Awaitable[None]]
    since: datetime

    def __post_init__(self) -> None:
        self._jumps = [jump for jump in _jumps(self.replay) if jump.at > self.since]
        self._told = ("", self.since)
        self._jumping: asyncio.Task[None] | None = None
        self._at_full_speed = False

    @property
    def jumps(self) -> Sequence[Jump]:
        """The moments worth jumping to, the earliest first."""
        return self._jumps

    @property
    def injections(self) -> Sequence[Injection]:
        """The faults that can be caused."""
        return [*(injection for injection, _ in _FAULTS.values()), _RESTART]

    def state(self) -> NightState:
        """Return the state of the night."""
        replay = self.replay
        return NightState(
            now=replay.clock.now(),
            paused=replay.paused,
            speed=math.inf if self._runs_at_full_speed else replay.clock.speed,
            ended=replay.ended,
            status=self._status(),
        )

    async def pause(self) -> None:
        """Pause the night. Raises `ControlRefused` when it is over."""
        self._refuse_when_over()
        self.replay.pause()

    async def resume(self) -> None:
        """Resume it. Raises `ControlRefused` when it is over."""
        self._refuse_when_over()
        self.replay.resume()

    async def set_speed(self, speed: float) -> None:
        """Run it *speed* times as fast as real time. Raises `ControlRefused`.

        Infinite: from event to event, as fast as each is delivered, until another speed is set.
        """
        if speed == math.inf:
            self._refuse_when_over()
            self._refuse_during_a_jump()
            self._at_full_speed = True
            self.replay.resume()
            self._start(self.replay.end)
            return
        if not SLOWEST <= speed <= FASTEST:
            raise ControlRefused(f"The speed has to be from {SLOWEST:g} to {FASTEST:g}.")
        if self._runs_at_full_speed:
            self.replay.halt()
            self._at_full_speed = False
        self.replay.clock.run_at(speed)

    async def jump(self, to: datetime) -> None:
        """Run the night to *to* as fast as possible. Raises `ControlRefused`.

        Cancelling the caller does not stop it.
        """
        self._refuse_during_a_jump()
        now = self.replay.clock.now()
        if to <= now:
            raise ControlRefused(
                f"It is {now:%H:%M on %A} already, and the night never goes back: start the demo "
                "again to see it from the beginning."
            )
        await self._go_to(to)

    async def inject(self, key: str) -> None:
        """Cause the injection of that key, now. Raises `ControlRefused`."""
        if key == _RESTART.key:
            await self.restart()
            return
        if key not in _FAULTS:
            raise ControlRefused("There is nothing of that name to inject.")
        self._refuse_during_a_jump()
        _, injector = _FAULTS[key]
        rehearsal, now = self.replay.rehearsal, self.replay.clock.now()
        try:
            injected = injector(rehearsal.script, now)
        except NothingToInject as refusal:
            raise ControlRefused(str(refusal)) from None
        rehearsal.continue_with(injected.script)
        self.replay.prolong(injected.until)
        self._told = (injected.told, injected.until)
        await self._go_to(now + injections.STARTS_AFTER)

    async def close(self) -> None:
        """End a jump under way."""
        if self._jumping is not None:
            self._jumping.cancel()
            await asyncio.gather(self._jumping, return_exceptions=True)

    @property
    def _jumps_now(self) -> bool:
        return self._jumping is not None and not self._jumping.done()

    @property
    def _runs_at_full_speed(self) -> bool:
        return self._at_full_speed and self._jumps_now

    async def _go_to(self, to: datetime) -> None:
        self._at_full_speed = False
        await asyncio.shield(self._start(to))

    def _start(self, to: datetime) -> asyncio.Task[None]:
        self._jumping = asyncio.create_task(self.replay.jump(to))
        return self._jumping

    def _refuse_when_over(self) -> None:
        if self.replay.ended:
            raise ControlRefused(
                "The night is over. Ask what you like, or inject something: it goes on for that."
            )

    def _refuse_during_a_jump(self) -> None:
        if self._jumps_now:
            to = self.replay.heading_for or self.replay.clock.now()
            raise ControlRefused(
                f"The night is on its way to {to:%H:%M on %A}: wait until it is there, or pause it."
            )

    def _status(self) -> str:
        """Return in a line how many councils have declared, and what is under way."""
        standings = self.services.reader.councils(self.services.newest_night)
        declared = [one.declared for one in standings if one.declared is not None]
        changes = sum(one.outcome.changes_hands for one in declared)
        line = (
            f"{len(declared)} of {len(standings)} councils declared, "
            f"{count(changes, 'change of hands', 'changes of hands')}"
        )
        if (to := self.replay.heading_for) is not None:
            return f"{line}; on the way to {to:%H:%M on %A}"
        if self.replay.ended:
            return f"{line}; the night is over"
        told, until = self._told
        return f"{line}. {told}" if told and self.replay.clock.now() < until else line


def _jumps(replay: Replay) -> list[Jump]:
    """Return the moments worth jumping to, from the night's timetable where it has them."""
    night = replay.rehearsal.night
    results = {event.code: event.at for event in replay.rehearsal.script.results}

    def at(hour: int, minute: int = 0) -> datetime:
        return datetime.combine(night.polling_day + timedelta(days=1), time(hour, minute), LONDON)

    found = [
        Jump("Polls close", night.tables.night.polls_close),
        Jump("First result", min(results.values()) - _AHEAD),
        Jump("02:30", at(2, 30)),
        Jump("06:00", at(6)),
        Jump("Morning", at(9)),
        Jump(f"{at(15):%A} afternoon", at(15)),
        Jump("The end", replay.end),
    ]
    # A report with a recorded ruling is held when it arrives.
    found += [
        Jump(f"{night.councils[row.code].wire_name} is held", results[row.code])
        for row in night.tables.desk
        if row.revision is not None and row.code in results
    ]
    if counts := [row.at for row in night.tables.ballot_times if row.count is not None]:
        found.append(Jump("The Assembly's last count", max(counts) - _AHEAD))
    return sorted((jump for jump in found if jump.at <= replay.end), key=lambda jump: jump.at)
