"""Serves a night's feeds over HTTP on this machine, as they are at the clock's time."""

from __future__ import annotations

import asyncio
import hashlib
import json
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Generic, Self, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from bot.clock import ScaledClock
from simulation.wire.democracy_club import Ballots
from simulation.wire.faults import Fault, with_faults
from simulation.wire.made_up import night_to_rehearse
from simulation.wire.night import Night
from simulation.wire.script import Count, Publication, Script

_HOST = "127.0.0.1"
_PAGE_SIZE = 100
_HANGS_FOR = 5.0
_RETRY_AFTER = "2"
_CLOCK = "/clock"
_LEAD_TIME = timedelta(minutes=1)
_LAST_PORT, _FIRST_OF_OTHERS = 65_535, 30_000


class Rehearsal:
    """A night's feeds on loopback. An async context manager; its addresses hold inside.

    `port` 0 takes a free one. *hangs_for* is how many real seconds a hanging server keeps a request
    before it drops it.
    """

    def __init__(
        self,
        night: Night,
        clock: ScaledClock,
        *,
        faults: Iterable[Fault] = (),
        seed: int = 0,
        port: int = 0,
        page_size: int = _PAGE_SIZE,
        hangs_for: float = _HANGS_FOR,
    ) -> None:
        self.night = night
        self.clock = clock
        self.script = with_faults(Script.of(night), faults, seed)
        self._ballots = Ballots(night, self.script.ballots)
        self._folder = _Folder(self.script.publications, clock)
        self._counts = _Folder(self.script.counts, clock)
        self._page_size = page_size
        self._hangs_for = hangs_for
        self._port = port
        self._base = URL()
        self._runner: web.AppRunner | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """Every moment at which a feed changes, in order: the steps of a replay at full speed."""
        return self.script.moments

    def continue_with(self, script: Script) -> None:
        """Continue with another *script*; what has been published stays."""
        self.script = script
        self._ballots = Ballots(self.night, script.ballots)
        self._folder.continue_with(script.publications)
        self._counts.continue_with(script.counts)

    @property
    def pa_url(self) -> str:
        """The address of PA's folder."""
        return str(self._base / "pa" / "")

    @property
    def pa_json_url(self) -> str:
        """The address of all PA documents as one array of JSON."""
        return str(self._base / "pa.json")

    @property
    def wire_url(self) -> str:
        """The address of the wire, in the form in which the night's documents come."""
        return self.pa_json_url if self.night.comes_as_array else self.pa_url

    @property
    def wire_setting(self) -> str:
        """The setting for the address of the wire."""
        return "pa_json_urls" if self.night.comes_as_array else "pa_urls"

    @property
    def counts_url(self) -> str:
        """The address of the counting officers' folder, in NIST's format."""
        return str(self._base / "counts" / "")

    @property
    def clock_url(self) -> str:
        """The address of the rehearsal's clock."""
        return str(self._base.with_path(_CLOCK))

    @property
    def dc_url(self) -> str:
        """The base address of Democracy Club's site."""
        return str(self._base)

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._unless_out])
        for path, folder in (("/pa/", self._folder), ("/counts/", self._counts)):
            app.router.add_get(path, folder.serve_listing)
            app.router.add_get(f"{path}.timestamp", folder.serve_timestamp)
            app.router.add_get(f"{path}{{name}}", folder.serve_file)
        app.router.add_get("/pa.json", self._array)
        app.router.add_get("/api/next/ballots/", self._ballots_page)
        app.router.add_get(_CLOCK, self._clock)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self._base = URL.build(scheme="http", host=_HOST, port=port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _unless_out(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        outage = self.script.outage_at(self.clock.now(), request.path)
        if outage is None or request.path == _CLOCK:  # which is no feed
            return await handler(request)
        if outage.hangs:
            await asyncio.sleep(self._hangs_for)
            if request.transport is not None:
                request.transport.abort()
        return web.Response(
            status=503,
            headers={"Retry-After": _RETRY_AFTER},
            text="<html><head><title>503 Service Unavailable</title></head></html>",
            content_type="text/html",
        )

    async def _clock(self, _: web.Request) -> web.StreamResponse:
        """Serve the simulated time, and its speed relative to real time."""
        return web.json_response({"now": self.clock.now().isoformat(), "speed": self.clock.speed})

    async def _array(self, request: web.Request) -> web.StreamResponse:
        whole = (file for file in self._folder.files().values() if not file.cut)
        body = b"[" + b",\n".join(publication.json for publication in whole) + b"]"
        modified = self._folder.last_change() or self.clock.now()
        return _conditional(request, body, modified, content_type="application/json")

    async def _ballots_page(self, request: web.Request) -> web.StreamResponse:
        try:
            since = _moment(request.query.get("last_updated"))
            number = int(request.query.get("page", "1"))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        now = self.clock.now()
        count, ballots = 0, list[dict[str, object]]()
        if request.query.get("election_date", self.night.date) == self.night.date:
            count, ballots = self._ballots.page(now, since, number, self._page_size)
        before = request.url.update_query(page=str(number - 1))
        after = request.url.update_query(page=str(number + 1))
        body = {
            "count": count,
            "next": str(after) if number * self._page_size < count else None,
            "previous": str(before) if number > 1 else None,
            "results": ballots,
        }
        return _conditional(
            request,
            json.dumps(body, ensure_ascii=False).encode(),
            self._ballots.last_change(now) or now,
            content_type="application/json",
        )


def port_of(night: date, after: int = 0) -> int:
    """Return the port at which a night is served: its day, month and year.

    *after* tells several ports of a night apart. Dates that are no port give one all the same.
    """
    number = int(f"{night.day}{night.month}{night:%y}") + after
    return number if number <= _LAST_PORT else _FIRST_OF_OTHERS + number % _FIRST_OF_OTHERS


F = TypeVar("F", Publication, Count)


class _Folder(Generic[F]):
    """A folder: which files are in it now. Time is expected to go forward."""

    def __init__(self, files: tuple[F, ...], clock: ScaledClock) -> None:
        self._clock = clock
        self._all: tuple[F, ...] = files
        self._times = [file.at for file in files]
        self._taken = 0
        self._files: dict[str, F] = {}
        self._entries: dict[str, bytes] = {}

    def continue_with(self, files: tuple[F, ...]) -> None:
        """Let other files appear from now on."""
        now = self._clock.now()
        to_come = files[bisect_right([file.at for file in files], now) :]
        self._all = self._all[: bisect_right(self._times, now)] + to_come
        self._times = [file.at for file in self._all]

    def last_change(self) -> datetime | None:
        count = bisect_right(self._times, self._clock.now())
        return self._times[count - 1] if count else None

    def files(self) -> dict[str, F]:
        """Return the files by name."""
        count = bisect_right(self._times, self._clock.now())
        for file in self._all[self._taken : count]:
            self._files[file.name] = file
            self._entries[file.name] = _listing_entry(file)
        self._taken = max(self._taken, count)
        return self._files

    async def serve_listing(self, request: web.Request) -> web.StreamResponse:
        """Serve the listing, in the JSON that nginx writes."""
        self.files()
        body = b"[\n" + b",\n".join(self._entries.values()) + b"\n]\n"
        modified = self.last_change() or self._clock.now()
        return _conditional(request, body, modified, content_type="application/json")

    async def serve_timestamp(self, request: web.Request) -> web.StreamResponse:
        """Serve the time of the last change."""
        if (last := self.last_change()) is None:
            raise web.HTTPNotFound
        return _conditional(request, f"{last.timestamp():.6f}\n".encode(), last)

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        """Serve a file."""
        if (file := self.files().get(request.match_info["name"])) is None:
            raise web.HTTPNotFound
        kind = f"application/{file.name.rpartition('.')[2]}"
        return _conditional(request, file.body, file.at, content_type=kind)


def _listing_entry(file: Publication | Count) -> bytes:
    return json.dumps(
        {
            "name": file.name,
            "type": "file",
            "mtime": _http_date(file.at),
            "size": len(file.body),
        }
    ).encode()


def _conditional(
    request: web.Request,
    body: bytes,
    modified: datetime,
    *,
    content_type: str = "text/plain",
) -> web.Response:
    """Return the body, or 304 where the client has it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": etag, "Last-Modified": _http_date(modified)}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type=content_type)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


async def serve(
    night: str,
    *,
    speed: float = 1.0,
    faults: Iterable[Fault] = (),
    seed: int = 0,
    port: int | None = 0,
    folder: Path | None = None,
    prepared: Path | None = None,
    on_ready: Callable[[Rehearsal], Awaitable[None]],
) -> None:
    """Serve a night at *speed* times real time, from just before its first document on.

    A night of the operator's, in the folder *prepared*, has made-up results. *on_ready* is called
    once the addresses are valid. *port* None is made from the night's date. Ends when cancelled.
    Raises `TablesError` for a night that cannot be served, `OSError` for a port that is taken.
    """
    recorded = night_to_rehearse(night, folder, prepared)
    start = min(row.at for row in recorded.timetable) - _LEAD_TIME
    if port is None:
        port = port_of(recorded.polling_day, after=1)
    async with Rehearsal(
        recorded, ScaledClock(start, speed), faults=faults, seed=seed, port=port
    ) as rehearsal:
        await on_ready(rehearsal)
        await asyncio.Event().wait()
