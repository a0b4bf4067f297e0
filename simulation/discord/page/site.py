"""The page's web site: its files and its socket, for requests from this machine only."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from simulation.discord.commands import CommandRegistry
from simulation.discord.errors import JSON
from simulation.discord.gateway import Gateway
from simulation.discord.page.acts import Acts
from simulation.discord.page.controls import NightControls
from simulation.discord.page.socket import SPEEDS, Socket, closed
from simulation.discord.page.views import Persona, Prompt, Viewer
from simulation.discord.people import People
from simulation.discord.world import Event, World

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class Page:
    """The chat page; it is served from `open` on."""

    def __init__(
        self, world: World, people: People, registry: CommandRegistry, gateway: Gateway
    ) -> None:
        self._world = world
        self._people = people
        self._registry = registry
        self._gateway = gateway
        self._controls: NightControls | None = None
        self._personas: dict[str, Persona] = {}
        self._prompts: Sequence[Prompt] = ()
        self._viewers: dict[str, Viewer] = {}
        self._times: dict[int, tuple[datetime, datetime | None]] = {}
        self._sockets: set[Socket] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._files = {path.name: path for path in _STATIC.iterdir()}

    def open(
        self,
        controls: NightControls | None,
        people: Sequence[Persona],
        prompts: Sequence[Prompt] = (),
    ) -> None:
        """Open the page to `people`. Raises ValueError for none, and for two with one key."""
        personas = {persona.key: persona for persona in people}
        if not personas or len(personas) != len(people):
            raise ValueError("the page needs people, each with a key of their own")
        if self._personas:
            raise ValueError("the page is open already")
        self._personas, self._controls, self._prompts = personas, controls, prompts
        for key, persona in personas.items():
            self._world.direct_channel(self._world.bot, persona.user)
            self._viewers[key] = Viewer(self._world, persona.user, self._times)
        self._world.listen(self._note_time)

    def install(self, app: web.Application) -> None:
        """Add the page's routes to the sandbox's application."""
        app.router.add_get("/", self._index)
        app.router.add_get("/page/socket", self._socket)
        app.router.add_get("/page/{name}", self._file)

    async def close(self) -> None:
        """Close every connection because the sandbox ends."""
        await closed(self._sockets)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _note_time(self, event: Event) -> None:
        """Record a message's simulated time: its identifier carries the real one."""
        if self._controls is None or event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return
        now, message = self._controls.state().now, event.subject
        posted, _ = self._times.get(message.id, (now, None))
        self._times[message.id] = (posted, now)

    # Requests.

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return self._served(request, "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return self._served(request, request.match_info["name"])

    def _served(self, request: web.Request, name: str) -> web.StreamResponse:
        self._check_host(request)
        path = self._files.get(name)
        if path is None:
            raise web.HTTPNotFound(text="There is no such file.", headers=_HEADERS)
        headers = _HEADERS | {"Content-Type": _TYPES[path.suffix]}
        return web.FileResponse(path, headers=headers)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self._check_host(request)
        if request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text="Only the page itself may connect here.")
        key = request.query.get("as", "")
        if key not in self._personas:
            key = next(iter(self._personas))
        viewer = self._viewers[key]
        acts = Acts(self._world, self._people, self._registry, viewer, self._controls)
        socket = Socket(
            self._world,
            viewer,
            acts,
            self._controls,
            online=lambda: self._gateway.connected > 0,
            start=self._start,
        )
        self._sockets.add(socket)
        try:
            return await socket.serve(request, self._greeting(key))
        finally:
            self._sockets.discard(socket)

    def _check_host(self, request: web.Request) -> None:
        """Raise HTTPForbidden for another host name, as of a web site whose name points here."""
        if not self._personas:
            raise web.HTTPNotFound(text="No chat page is open here.")
        transport = request.transport
        port = transport.get_extra_info("sockname")[1] if transport else 0
        if request.host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            raise web.HTTPForbidden(text="This page is for this machine only.")

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task that outlives the browser's connection."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _greeting(self, key: str) -> JSON:
        controls = self._controls
        return {
            "as": key,
            "me": {"id": str(self._personas[key].user.id), "name": self._personas[key].user.name},
            "bot": {"id": str(self._world.bot.id), "name": self._world.bot.name},
            "personas": [
                {"key": each.key, "name": each.user.name, "description": each.description}
                for each in self._personas.values()
            ],
            "prompts": [{"label": each.label, "text": each.text} for each in self._prompts],
            "controls": None
            if controls is None
            else {
                "speeds": SPEEDS,
                "jumps": [
                    {"label": each.label, "at": each.at.isoformat()} for each in controls.jumps
                ],
                "injections": [
                    {"key": each.key, "label": each.label, "hint": each.hint}
                    for each in controls.injections
                ],
            },
        }
