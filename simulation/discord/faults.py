"""Faults on demand between a client and Discord."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Moment(Enum):
    """When a fault happens in the handling of a request."""

    BEFORE_APPLYING = "before"
    AFTER_APPLYING = "after"


class ConnectionDropped(Exception):  # noqa: N818 - an event, not an error of the program
    """Cut the connection without an answer."""


@dataclass(frozen=True, slots=True)
class CannedAnswer(Exception):  # noqa: N818
    """Answer the request with this, and do not apply it."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Chance = Callable[[str, str, Moment], Awaitable[None]]


class Hold:
    """Requests that wait: `reached` is set when one arrives, `release` lets all continue."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let the held requests, and later ones, continue."""
        self._released.set()

    async def __call__(self) -> None:
        """Wait until released."""
        self.reached.set()
        await self._released.wait()


@dataclass(slots=True)
class _Fault:
    method: str
    path: re.Pattern[str]
    moment: Moment
    strike: Callable[[], Awaitable[None]]
    times: int


class Faults:
    """The pending faults. A `path` pattern is below the API's base: `/channels/*/messages`.

    `*` stands for one segment, `**` for any number; the method `*` for any. A fault affects so many
    `times` requests; each request meets the oldest fault that fits.
    """

    def __init__(self) -> None:
        self._waiting: list[_Fault] = []
        self.at_every_request: Chance | None = None
        """Called at each moment of each request, with method and path; it may raise a fault."""
        self.gateway_down = False
        """While true, new gateway connections are refused (open ones stay: see `Gateway.close`)."""
        self.gateway_silent = False
        """While true, new gateway connections are accepted and stay silent."""
        self.unanswered_sessions = 0
        """How many of the next sessions get no answer to their identify."""
        self.invalid_sessions = 0
        """How many of the next sessions are invalid at once."""
        self.refused_resumes = 0
        """How many of the next resumes are answered as invalid but resumable."""
        self.session_starts_left: int | None = None
        """What `/gateway/bot` says instead of the true number of sessions left."""

    def drop_before_applying(self, method: str, path: str, times: int = 1) -> None:
        """Cut the connection when the request has come, without applying it."""
        self._add(method, path, Moment.BEFORE_APPLYING, _drop, times)

    def drop_answer_after_applying(self, method: str, path: str, times: int = 1) -> None:
        """Apply the request, then cut the connection instead of answering."""
        self._add(method, path, Moment.AFTER_APPLYING, _drop, times)

    def answer(
        self,
        method: str,
        path: str,
        status: int,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        times: int = 1,
        moment: Moment = Moment.BEFORE_APPLYING,
    ) -> None:
        """Answer with `status` and `body` (JSON, or text as HTML) without applying the request.

        Or after it, at the other *moment*.
        """

        async def strike() -> None:
            raise CannedAnswer(status, body, headers or {})

        self._add(method, path, moment, strike, times)

    def delay(self, method: str, path: str, seconds: float, times: int = 1) -> None:
        """Delay the request."""

        async def strike() -> None:
            await asyncio.sleep(seconds)

        self._add(method, path, Moment.BEFORE_APPLYING, strike, times)

    def hold(
        self,
        method: str,
        path: str,
        moment: Moment = Moment.BEFORE_APPLYING,
        times: int = 1,
    ) -> Hold:
        """Hold the request, before or after it is applied, until released."""
        hold = Hold()
        self._add(method, path, moment, hold, times)
        return hold

    def clear(self) -> None:
        """Remove every pending fault."""
        self._waiting.clear()
        self.at_every_request = None
        self.gateway_down = self.gateway_silent = False
        self.invalid_sessions = self.refused_resumes = self.unanswered_sessions = 0
        self.session_starts_left = None

    def _add(
        self,
        method: str,
        path: str,
        moment: Moment,
        strike: Callable[[], Awaitable[None]],
        times: int,
    ) -> None:
        pattern = re.escape(path).replace(r"\*\*", ".+").replace(r"\*", "[^/]+")
        self._waiting.append(_Fault(method.upper(), re.compile(pattern), moment, strike, times))

    async def strike(self, method: str, path: str, moment: Moment) -> None:
        """Apply the oldest pending fault for this request at this moment, if there is one."""
        if self.at_every_request is not None:
            await self.at_every_request(method, path, moment)
        for fault in self._waiting:
            if (
                fault.moment is moment
                and fault.method in ("*", method)
                and fault.path.fullmatch(path)
            ):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                await fault.strike()
                return


async def _drop() -> None:
    raise ConnectionDropped
