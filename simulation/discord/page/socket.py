"""One browser's connection: it receives what its person sees, and sends what they do."""

import asyncio
import json
import logging
import math
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from simulation.discord.errors import JSON, Refused
from simulation.discord.page.acts import Acts
from simulation.discord.page.controls import NightControls
from simulation.discord.page.requests import Request
from simulation.discord.page.views import Viewer
from simulation.discord.world import Event, Message, World

_log = logging.getLogger(__name__)

SPEEDS: tuple[float | None, ...] = (1, 60, 600, 3_600, None)
"""How many times as fast as real time a night may run; None: as fast as possible."""
_LONGEST_REQUEST = 64 * 1024
_MOST_WAITING = 5_000
"""Messages that may queue for a slow browser before it is disconnected; it then reconnects."""
_PULSE_SECONDS = 0.5

_PLACES = object()


def night_json(controls: NightControls | None) -> JSON | None:
    """Return the state of the night; `speed` None: as fast as possible."""
    if controls is None:
        return None
    state = controls.state()
    return {
        "now": state.now.isoformat(),
        "paused": state.paused,
        "speed": state.speed if math.isfinite(state.speed) else None,
        "ended": state.ended,
        "status": state.status,
    }


class Socket:
    """A WebSocket of the page, written by one task in the order of events."""

    def __init__(
        self,
        world: World,
        viewer: Viewer,
        acts: Acts,
        controls: NightControls | None,
        *,
        online: Callable[[], bool],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """`online` tells whether the bot is connected; `start` runs what outlives a request."""
        self._world = world
        self._viewer = viewer
        self._acts = acts
        self._controls = controls
        self._online = online
        self._start = start
        self._socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=_LONGEST_REQUEST)
        self._outbox: asyncio.Queue[JSON | object] = asyncio.Queue()
        self._known: set[str] = set()
        self._places_wanted = False

    async def serve(self, request: web.Request, greeting: JSON) -> web.WebSocketResponse:
        """Send the state, then pass on events and requests until either side closes."""
        await self._socket.prepare(request)
        stop = self._world.listen(self._on_event)
        pulse = self._pulse()
        self._send(greeting | {"event": "state", "places": self._places(), **pulse})
        tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._beat(pulse))]
        try:
            async for received in self._socket:
                if received.type is WSMsgType.TEXT:
                    self._take(received.data)
        finally:
            stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self._socket

    async def close(self) -> None:
        """Close the connection because the sandbox ends."""
        await self._socket.close(code=1001)

    # To the browser.

    def _send(self, message: JSON | object) -> None:
        self._outbox.put_nowait(message)
        if self._outbox.qsize() > _MOST_WAITING:
            self._start(self.close())

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            if item is _PLACES:
                self._places_wanted = False
                item = {"event": "places", "places": self._places()}
            try:
                await self._socket.send_str(json.dumps(item))
            except ConnectionError:
                return

    async def _beat(self, before: JSON) -> None:
        """Send the state of the night, and whether the bot is online, whenever that changes."""
        while True:
            await asyncio.sleep(_PULSE_SECONDS)
            pulse = self._pulse()
            if pulse != before:
                self._send({"event": "pulse", **pulse})
                before = pulse

    def _pulse(self) -> JSON:
        return {"night": night_json(self._controls), "online": self._online()}

    def _places(self) -> JSON:
        places = self._viewer.places()
        listed = [channel for guild in places["guilds"] for channel in guild["channels"]]
        self._known = {channel["id"] for channel in [*listed, *places["direct"]]}
        return places

    def _on_event(self, event: Event) -> None:
        if event.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            self._on_message(event.subject, new=event.name == "MESSAGE_CREATE")
        elif event.name == "MESSAGE_DELETE":
            message = event.subject
            if self._viewer.sees(message):
                gone = {"channel": str(message.channel.id), "ids": [str(message.id)]}
                self._send({"event": "gone", **gone})
        elif event.name == "CHANNEL_PINS_UPDATE":
            if str(event.subject.id) in self._known:
                pins = len(event.subject.pins)
                self._send({"event": "pins", "channel": str(event.subject.id), "pins": pins})
        elif not self._places_wanted:
            self._places_wanted = True
            self._send(_PLACES)

    def _on_message(self, message: Message, *, new: bool) -> None:
        if not self._viewer.sees(message):
            return
        if str(message.channel.id) not in self._known:
            self._send({"event": "places", "places": self._places()})
        self._send({"event": "message", "new": new, "message": self._viewer.message(message)})

    # From the browser.

    def _take(self, text: str) -> None:
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if isinstance(fields, dict):
            self._start(self._answer(fields))

    async def _answer(self, fields: JSON) -> None:
        try:
            answer = await self._acts.do(str(fields.get("do")), Request(fields))
        except Refused as refusal:
            answer = {"refused": str(refusal)}
        except Exception:
            _log.exception("the page's request %r failed", fields.get("do"))
            answer = {"refused": "The sandbox failed at this; its log says why."}
        self._send({"re": fields.get("id"), **answer})


async def closed(sockets: set[Socket]) -> None:
    """Close every connection."""
    with suppress(ConnectionError):
        await asyncio.gather(*(socket.close() for socket in sockets))
