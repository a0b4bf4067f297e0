"""The gateway: sessions over WebSockets, as Discord's gateway v10 keeps them.

Source: Discord's documentation, "Gateway", "Gateway Events", "Opcodes and Status Codes".
"""

import asyncio
import json
import secrets
import time
from collections.abc import Iterable
from typing import Any

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from simulation.discord import payloads
from simulation.discord.dispatches import guild_data, render
from simulation.discord.errors import JSON
from simulation.discord.faults import Faults
from simulation.discord.limits import Limits, Meter
from simulation.discord.sessions import (
    PRIVILEGED,
    Close,
    Closing,
    Connection,
    Intent,
    Op,
    Session,
    application_flags,
)
from simulation.discord.world import Event, Guild, World

_KNOWN_INTENTS = (1 << 26) - 1
_LONGEST_SEND = 4_096
_GUILDS_PER_SHARD = 2_500
IDENTIFIES_A_DAY = 1_000


class Gateway:
    """All sessions, and the dispatch of the world's events to them."""

    def __init__(
        self,
        world: World,
        token: str,
        *,
        limits: Limits,
        faults: Faults,
        held_intents: Intent,
        heartbeat_seconds: float,
    ) -> None:
        self._world = world
        self._token = token
        self._limits = limits
        self._faults = faults
        self._held_intents = held_intents
        self._heartbeat_seconds = heartbeat_seconds
        self._identifies = Meter(limits.identifies) if limits.identifies else None
        self._connections: set[Connection] = set()
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.taken = 0
        """How many connections were accepted."""
        self.begun = 0
        """How many sessions were begun, including invalid ones, as Discord counts."""
        self.address = ""
        world.listen(self._pass_on)

    # Acts of a test on the gateway.

    def close(self, code: int = Close.UNKNOWN_ERROR) -> None:
        """Close every connection with `code`; the sessions can be resumed."""
        for connection in tuple(self._connections):
            connection.close(code)

    def reconnect(self) -> None:
        """Ask every client to reconnect and resume."""
        for connection in tuple(self._connections):
            connection.send(Op.RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid; if not resumable it is forgotten."""
        for session in tuple(self.sessions.values()):
            if session.connection is not None:
                session.connection.send(Op.INVALID_SESSION, resumable)
            if not resumable:
                del self.sessions[session.id]

    @property
    def starts_left(self) -> int:
        """How many sessions may still begin today."""
        told = self._faults.session_starts_left
        return max(0, IDENTIFIES_A_DAY - self.begun) if told is None else told

    @property
    def connected(self) -> int:
        """How many sessions have a client connected."""
        return sum(session.connection is not None for session in self.sessions.values())

    def dispatch(self, name: str, guild: Guild | None, data: JSON) -> bool:
        """Send an event to the newest session of the shard; returns whether there is one."""
        for session in reversed(self.sessions.values()):
            if session.covers(guild):
                session.dispatch(name, data)
                return True
        return False

    # Connections.

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a WebSocket until either side closes it."""
        if self._faults.gateway_down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, timeout=1.0, max_msg_size=0)
        await socket.prepare(request)
        self.taken += 1
        while self._faults.gateway_silent and request.transport:  # noqa: ASYNC110 - a plain switch
            await asyncio.sleep(0.05)
        connection = Connection(socket, packed=request.query.get("compress") == "zlib-stream")
        self._connections.add(connection)
        ended_by_client = None
        try:
            ended_by_client = await self._converse(connection, socket, request.query)
        except Closing as closing:
            await socket.close(code=closing.code, message=closing.reason.encode())
        finally:
            self._connections.discard(connection)
            self._leave(connection, ended_by_client)
            await connection.finish()
        return socket

    async def shut(self) -> None:
        """Close every connection because the sandbox ends."""
        open_now = tuple(self._connections)
        self.close(WSCloseCode.GOING_AWAY)
        await asyncio.gather(*(connection.finished.wait() for connection in open_now))

    def _leave(self, connection: Connection, ended_by_client: int | None) -> None:
        """Detach a session from its connection; end it if its client closed it for good."""
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if ended_by_client in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self.sessions.pop(session.id, None)

    async def _converse(
        self, connection: Connection, socket: web.WebSocketResponse, query: Any
    ) -> int | None:
        """Answer a client until the end; returns its close code, if the client closed."""
        if query.get("v", "10") not in ("9", "10"):
            raise Closing(Close.INVALID_VERSION, "Invalid API version.")
        if query.get("encoding", "json") != "json":
            raise Closing(Close.DECODE_ERROR, "The sandbox speaks JSON only.")
        if query.get("compress", "zlib-stream") != "zlib-stream":
            raise Closing(Close.DECODE_ERROR, "The sandbox cannot compress so.")
        connection.send(Op.HELLO, {"heartbeat_interval": int(self._heartbeat_seconds * 1_000)})
        sends = Meter(self._limits.gateway_sends) if self._limits.gateway_sends else None
        last_beat = time.monotonic()
        while True:
            patience = last_beat + 1.5 * self._heartbeat_seconds - time.monotonic()
            try:
                received = await socket.receive(timeout=max(patience, 0.001))
            except TimeoutError:
                raise Closing(Close.SESSION_TIMED_OUT, "Session timed out.") from None
            if received.type is WSMsgType.CLOSE:
                return int(received.data)
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return None
            if sends is not None and not sends.take():
                raise Closing(Close.RATE_LIMITED, "Rate limited.")
            message = _decode(received)
            if message["op"] == Op.HEARTBEAT:
                last_beat = time.monotonic()
                connection.send(Op.HEARTBEAT_ACK)
            else:
                self._handle(connection, message["op"], message.get("d"))

    def _handle(self, connection: Connection, op: int, data: Any) -> None:
        if op in (Op.IDENTIFY, Op.RESUME):
            if connection.session is not None:
                raise Closing(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
            if not isinstance(data, dict):
                raise Closing(Close.DECODE_ERROR, "Error while decoding payload.")
            if data.get("token") not in (self._token, f"Bot {self._token}"):
                raise Closing(Close.AUTHENTICATION_FAILED, "Authentication failed.")
            (self._identify if op == Op.IDENTIFY else self._resume)(connection, data)
        elif connection.session is None:
            raise Closing(Close.NOT_AUTHENTICATED, "Not authenticated.")
        elif op not in (Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE):
            raise Closing(Close.UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, connection: Connection, data: JSON) -> None:
        self.begun += 1
        if self._faults.unanswered_sessions > 0:
            self._faults.unanswered_sessions -= 1
            return
        invalid = self._faults.invalid_sessions > 0
        self._faults.invalid_sessions -= invalid
        if invalid or (self._identifies is not None and not self._identifies.take()):
            connection.send(Op.INVALID_SESSION, False)
            return
        shard, shards = self._shard(data.get("shard", [0, 1]))
        intents = data.get("intents")
        if not isinstance(intents, int) or not 0 <= intents <= _KNOWN_INTENTS:
            raise Closing(Close.INVALID_INTENTS, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._held_intents:
            raise Closing(Close.DISALLOWED_INTENTS, "Disallowed intent(s).")
        session = Session(secrets.token_hex(16), shard, shards, Intent(intents))
        self._forget_abandoned(shard, shards)
        self.identified += 1
        self.sessions[session.id] = session
        self._attach(session, connection)
        guilds = [guild for guild in self._own_guilds() if session.covers(guild)]
        session.dispatch("READY", self._ready(session, guilds))
        if Intent.GUILDS in session.intents:
            for guild in guilds:
                session.dispatch("GUILD_CREATE", guild_data(session, guild))

    def _forget_abandoned(self, shard: int, shards: int) -> None:
        """Drop a shard's sessions without a client: a new one replaces them."""
        for session in tuple(self.sessions.values()):
            if session.connection is None and (session.shard, session.shards) == (shard, shards):
                del self.sessions[session.id]

    def _shard(self, given: Any) -> tuple[int, int]:
        if not (
            isinstance(given, list)
            and len(given) == 2
            and all(isinstance(number, int) for number in given)
            and 0 <= given[0] < given[1]
        ):
            raise Closing(Close.INVALID_SHARD, "Invalid shard.")
        if len(self._own_guilds()) > _GUILDS_PER_SHARD * given[1]:
            raise Closing(Close.SHARDING_REQUIRED, "Sharding required.")
        return given[0], given[1]

    def _own_guilds(self) -> list[Guild]:
        return [guild for guild in self._world.guilds.values() if guild.bot_member is not None]

    def _attach(self, session: Session, connection: Connection) -> None:
        if session.connection is not None:
            session.connection.close(Close.SESSION_TIMED_OUT, "Taken over by another connection.")
        session.connection = connection
        connection.session = session

    def _ready(self, session: Session, guilds: Iterable[Guild]) -> JSON:
        return {
            "v": 10,
            "user": payloads.own_user(self._world.bot),
            "user_settings": {},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.address,
            "shard": [session.shard, session.shards],
            "application": {
                "id": str(self._world.bot.id),
                "flags": application_flags(self._held_intents),
            },
            "_trace": ["sandbox"],
        }

    def _resume(self, connection: Connection, data: JSON) -> None:
        if self._faults.refused_resumes > 0:
            self._faults.refused_resumes -= 1
            connection.send(Op.INVALID_SESSION, True)
            return
        session = self.sessions.get(str(data.get("session_id")))
        sequence = data.get("seq")
        missed = session.missed_since(sequence) if session and isinstance(sequence, int) else None
        if session is not None and isinstance(sequence, int) and sequence > session.sequence:
            raise Closing(Close.INVALID_SEQUENCE, "Invalid seq.")
        if session is None or missed is None:
            connection.send(Op.INVALID_SESSION, False)
            return
        self._attach(session, connection)
        for text in missed:
            connection.send_text(text)
        session.dispatch("RESUMED", {"_trace": ["sandbox"]})

    # The world's events.

    def _pass_on(self, event: Event) -> None:
        for session in self.sessions.values():
            data = render(event, session)
            if data is not None:
                session.dispatch(event.name, data)


def _decode(received: WSMessage) -> JSON:
    if len(received.data) > _LONGEST_SEND:
        raise Closing(Close.DECODE_ERROR, "Error while decoding payload.")
    try:
        message = json.loads(received.data)
    except ValueError:
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("op"), int):
        raise Closing(Close.DECODE_ERROR, "Error while decoding payload.")
    return message
