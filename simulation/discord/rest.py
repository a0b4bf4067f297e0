"""The REST API: authorises, limits, applies, answers and records requests."""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from simulation.discord import bodies
from simulation.discord.bodies import Body
from simulation.discord.errors import DiscordError, invalid_form, unauthorised
from simulation.discord.faults import CannedAnswer, ConnectionDropped, Faults, Moment
from simulation.discord.limits import VIA, RateLimiter, Verdict

BASE = "/api/v10"
_MAJOR = ("channel_id", "guild_id", "token")
_INVALID = (401, 403, 429)
_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a route sees it."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Body

    def snowflake(self, name: str) -> int:
        """Return an identifier from the path; raises 400/50035 if it is none."""
        return snowflake((name,), self.params[name])


@dataclass(frozen=True, slots=True)
class Answered:
    """What a route answers with; None as the body is an answer without one."""

    body: Any = None
    status: int = 200


NO_CONTENT = Answered(status=204)


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path (below the base) with what serves it.

    `bucket` names its rate limit. `with_token`: the path holds a token of its own, so the bot's
    is not asked for, and the limit over all routes does not count it.
    """

    method: str
    path: str
    serve: Callable[[Call], Answered]
    bucket: str | None = None
    with_token: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `route` is the path's template, `status` 0 a cut connection."""

    method: str
    route: str
    path: str
    query: Mapping[str, str]
    request: Any
    files: int
    status: int
    response: Any
    at: datetime
    seconds: float


def snowflake(path: tuple[str | int, ...], value: object) -> int:
    """Return an identifier that was sent as text or number; raises 400/50035 if it is none."""
    if isinstance(value, str | int) and str(value).isdigit() and int(value) < 1 << 63:
        return int(value)
    raise invalid_form(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


class Rest:
    """Serves routes, and records the traffic."""

    def __init__(
        self, routes: Sequence[Route], token: str, limiter: RateLimiter, faults: Faults
    ) -> None:
        self._routes = routes
        self._authorisation = f"Bot {token}"
        self._limiter = limiter
        self._faults = faults
        self._observers: list[Callable[[Exchange], None]] = []
        self.exchanges: deque[Exchange] = deque(maxlen=_REMEMBERED)
        self.rate_limited = 0
        self.invalid = 0

    def observe(self, observer: Callable[[Exchange], None]) -> Callable[[], None]:
        """Call `observer` with every exchange from now on; returns what stops it."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def install(self, app: web.Application) -> None:
        """Add the routes to an application, and Discord's 404 for every other."""
        for route in self._routes:
            app.router.add_route(route.method, BASE + route.path, self._handler(route))
        nowhere = Route("*", "", _not_found, with_token=True)
        app.router.add_route("*", BASE + "/{tail:.*}", self._handler(nowhere))

    def _handler(self, route: Route) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(route, request)

        return handle

    async def _handle(self, route: Route, request: web.Request) -> web.StreamResponse:
        started, at = time.perf_counter(), datetime.now(UTC)
        path = request.path.removeprefix(BASE)
        body, headers = Body(), dict[str, str]()
        try:
            body = await bodies.read(request)
            verdict = self._admit(route, request)
            headers = verdict.headers
            if verdict.refusal is not None:
                answered = Answered(verdict.refusal, 429)
            else:
                answered = await self._apply(route, request, path, body)
        except DiscordError as error:
            answered = Answered(error.body, error.status)
        except CannedAnswer as canned:
            answered = Answered(canned.body, canned.status)
            headers = headers | _passed_by(canned) | canned.headers
        except ConnectionDropped:
            answered = Answered(status=0)
        self._count(answered.status)
        self._tell(
            Exchange(
                request.method,
                route.path,
                path,
                request.query,
                body.value,
                len(body.files),
                answered.status,
                answered.body,
                at,
                time.perf_counter() - started,
            )
        )
        if answered.status == 0:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return _response(answered, headers)

    def _admit(self, route: Route, request: web.Request) -> Verdict:
        if not route.with_token and request.headers.get("Authorization") != self._authorisation:
            raise unauthorised()
        params = request.match_info
        major = next((params[name] for name in _MAJOR if name in params), "")
        return self._limiter.judge(route.bucket, major, exempt_overall=route.with_token)

    async def _apply(self, route: Route, request: web.Request, path: str, body: Body) -> Answered:
        await self._faults.strike(request.method, path, Moment.BEFORE_APPLYING)
        answered = route.serve(Call(request.match_info, request.query, body))
        await self._faults.strike(request.method, path, Moment.AFTER_APPLYING)
        return answered

    def _count(self, status: int) -> None:
        self.rate_limited += status == 429
        self.invalid += status in _INVALID

    def _tell(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        for observer in tuple(self._observers):
            observer(exchange)


def _passed_by(canned: CannedAnswer) -> dict[str, str]:
    """Return the header of Discord's own 429; HTML instead of JSON is a proxy's ban."""
    return VIA if canned.status == 429 and not isinstance(canned.body, str) else {}


def _not_found(call: Call) -> Answered:
    raise DiscordError(404, 0, "404: Not Found")


def _response(answered: Answered, headers: Mapping[str, str]) -> web.Response:
    if answered.status == 204:
        return web.Response(status=204, headers=headers)
    if isinstance(answered.body, str):
        html = {"Content-Type": "text/html; charset=utf-8"}
        return web.Response(
            body=answered.body.encode(), status=answered.status, headers=html | dict(headers)
        )
    return web.Response(
        body=json.dumps(answered.body).encode(),
        status=answered.status,
        headers=headers,
        content_type="application/json",
    )
