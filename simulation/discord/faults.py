"""Faults on demand: what goes wrong between a client and Discord, at the moment a test asks."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

JSON = dict[str, Any]


class Moment(Enum):
    """When, in the handling of a request, a fault strikes."""

    BEFORE_APPLYING = "before"
    AFTER_APPLYING = "after"


class ConnectionDropped(Exception):  # noqa: N818 - an event, not an error of the program
    """The connection is to be cut without an answer."""


@dataclass(frozen=True, slots=True)
class CannedAnswer(Exception):  # noqa: N818
    """The request is to be answered with this, and not applied."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Chance = Callable[[str, str, Moment], Awaitable[None]]


class Hold:
    """Requests that stand still: `reached` is set when one arrives, `release` lets them go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let what is held, and what comes later, go on."""
        self._released.set()

    async def __call__(self) -> None:
        """Stand still until released."""
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
    """The faults in waiting. A `path` pattern is below the API's base: `/channels/*/messages`.

    `*` stands for one segment, `**` for any number; the method `*` for any. `times` says how
    many requests a fault strikes; the oldest fault that fits strikes first, each alone.
    """

    def __init__(self) -> None:
        self._waiting: list[_Fault] = []
        self.at_every_request: Chance | None = None
        """Called at each moment of each request, with method and path; it may raise a fault."""
        self.gateway_down = False
        """While true, no gateway connection is taken (those open stay: see `Gateway.close`)."""
        self.gateway_silent = False
        """While true, gateway connections are taken and nothing is said or heard on them."""
        self.unanswered_sessions = 0
        """How many of the sessions that are begun next get no answer, on connections that live."""
        self.invalid_sessions = 0
        """How many of the sessions that are begun next are invalid at once."""
        self.refused_resumes = 0
        """How many of the sessions that are resumed next are called invalid, and can be resumed."""
        self.session_starts_left: int | None = None
        """What `/gateway/bot` says in place of the true number of sessions that may begin."""

    def drop_before_applying(self, method: str, path: str, times: int = 1) -> None:
        """Cut the connection when the request has come; nothing is done."""
        self._add(method, path, Moment.BEFORE_APPLYING, _drop, times)

    def drop_answer_after_applying(self, method: str, path: str, times: int = 1) -> None:
        """Do what is asked, then cut the connection instead of answering."""
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
    ) -> None:
        """Answer with `status` and `body` (JSON, or text as HTML) instead of doing anything."""

        async def strike() -> None:
            raise CannedAnswer(status, body, headers or {})

        self._add(method, path, Moment.BEFORE_APPLYING, strike, times)

    def delay(self, method: str, path: str, seconds: float, times: int = 1) -> None:
        """Let the request wait before it is done."""

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
        """Let the request stand still, before or after it is done, until released."""
        hold = Hold()
        self._add(method, path, moment, hold, times)
        return hold

    def clear(self) -> None:
        """Forget every fault that has not struck."""
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
        """Apply the oldest fault that waits for this request at this moment, if there is one."""
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
