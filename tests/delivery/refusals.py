"""Every class of answer, at random, to a share of all requests: what a hostile Discord may say."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from bot.delivery.discord_errors import TABLE, About
from simulation.discord.faults import CannedAnswer, ConnectionDropped, Moment

PAGE = "<html><body>Access denied</body></html>"
HANGS = 2.0
_STATUS = {
    About.DESTINATION: 403,
    About.PAYLOAD: 400,
    About.MESSAGE: 404,
    About.INTERACTION: 404,
    About.LATER: 429,
    About.EVERYWHERE: 403,
}
_UNSPECIFIC: tuple[tuple[int, Any], ...] = (
    (401, {"message": "401: Unauthorized", "code": 0}),
    (401, PAGE),
    (403, {"message": "403: Forbidden", "code": 0}),
    (403, PAGE),
    (404, {"message": "404: Not Found", "code": 0}),
    (404, PAGE),
    (400, PAGE),
    (403, {"message": "What is new", "code": 987_654}),
    (302, PAGE),
)
_FAULTS: tuple[tuple[int, Any], ...] = (
    (500, {"message": "500: Internal Server Error", "code": 0}),
    (502, PAGE),
    (503, PAGE),
    (503, {"message": "Service unavailable", "code": 0}),
    (520, PAGE),
)
_NO_MESSAGES: tuple[tuple[int, Any], ...] = (
    (200, PAGE),
    (200, {}),
    (200, []),
    (200, {"id": None}),
    (204, None),
)


class Refusals:
    """Answers a share of all requests with a class of answers that is drawn, and one of its kind.

    `drawn` counts how often each was.
    """

    def __init__(self, seed: int, share: float = 0.1) -> None:
        self._fate = random.Random(seed)
        self._share = share
        self._after: dict[asyncio.Task[Any] | None, Exception] = {}
        self.drawn: dict[str, int] = {}
        self._ways: Mapping[str, Callable[[], Exception | None]] = {
            **{f"code about {about.name}": self._coded(about) for about in About},
            "unspecific": lambda: self._one_of(_UNSPECIFIC),
            "fault": lambda: self._one_of(_FAULTS),
            "no message": lambda: self._one_of(_NO_MESSAGES),
            "limited": lambda: self._limited("user"),
            "limited with others": lambda: self._limited("shared"),
            "limited everywhere": lambda: self._limited("global"),
            "banned": lambda: CannedAnswer(429, PAGE),
            "dropped": ConnectionDropped,
            "hangs": lambda: None,
        }

    async def __call__(self, method: str, path: str, moment: Moment) -> None:
        task = asyncio.current_task()
        if moment is Moment.AFTER_APPLYING:
            if late := self._after.pop(task, None):
                raise late
            return
        self._after.pop(task, None)
        if self._fate.random() >= self._share:
            return
        way = self._fate.choice(tuple(self._ways))
        self.drawn[way] = self.drawn.get(way, 0) + 1
        fault = self._ways[way]()
        if fault is None:
            await asyncio.sleep(HANGS)
        elif self._fate.random() < 0.5 and way in ("dropped", "fault", "no message"):
            self._after[task] = fault  # it is done all the same
        else:
            raise fault

    def _coded(self, about: About) -> Callable[[], Exception]:
        codes = [code for code, answer in TABLE.items() if answer.about is about]

        def coded() -> Exception:
            code = self._fate.choice(codes)
            body = {"message": TABLE[code].sentence, "code": code}
            return CannedAnswer(_STATUS[about], body | self._wait(), {"Via": ""})

        return coded

    def _one_of(self, answers: tuple[tuple[int, Any], ...]) -> Exception:
        return CannedAnswer(*self._fate.choice(answers))

    def _limited(self, scope: str) -> Exception:
        body = {"message": "You are being rate limited.", "global": scope == "global"}
        return CannedAnswer(429, body | self._wait(), {"X-RateLimit-Scope": scope})

    def _wait(self) -> dict[str, Any]:
        return {"retry_after": self._fate.uniform(0.01, 0.3)}
