"""Sessions of the gateway, and the connections that carry them.

Source: Discord's documentation, "Gateway" and "Opcodes and Status Codes".
"""

import asyncio
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

from aiohttp import web

from simulation.discord.errors import JSON
from simulation.discord.world import Guild


class Intent(IntFlag):
    """What a session may ask to be told of."""

    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
_REPLAYED = 2_000
_APPLICATION_FLAGS = {
    Intent.GUILD_PRESENCES: 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 19,
}


class Op(IntEnum):
    """The gateway's opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """The codes with which the gateway closes a connection."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Closing(Exception):  # noqa: N818 - ends a connection
    """The connection is to be closed, with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def application_flags(held: Intent) -> int:
    """Return the application's flags for the privileged intents that it holds."""
    return sum(flag for intent, flag in _APPLICATION_FLAGS.items() if intent in held)


@dataclass(eq=False, slots=True)
class Session:
    """One shard's session, which survives its connections."""

    id: str
    shard: int
    shards: int
    intents: Intent
    sequence: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_REPLAYED))
    connection: "Connection | None" = None

    def covers(self, guild: Guild | None) -> bool:
        """Whether events of a guild (None: direct messages) belong to this shard."""
        return self.shard == (0 if guild is None else (guild.id >> 22) % self.shards)

    def dispatch(self, name: str, data: JSON) -> None:
        """Number an event, keep it for a resume, and send it if a client is connected."""
        self.sequence += 1
        text = json.dumps({"op": Op.DISPATCH, "t": name, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def missed_since(self, sequence: int) -> list[str] | None:
        """Return the events after `sequence`, or None if they are no longer all kept."""
        missed = [text for number, text in self.sent if number > sequence]
        return missed if len(missed) == self.sequence - sequence else None


class Connection:
    """One WebSocket, written by one task in the order of the sends.

    `packed`: all messages make one zlib stream, flushed after each.
    """

    def __init__(self, socket: web.WebSocketResponse, *, packed: bool) -> None:
        self._socket = socket
        self._stream = zlib.compressobj() if packed else None
        self._outbox: asyncio.Queue[str | Closing] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())
        self.session: Session | None = None
        self.finished = asyncio.Event()

    def send(self, op: Op, data: Any = None) -> None:
        """Queue a message other than an event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, text: str) -> None:
        """Queue a message that is JSON already."""
        self._outbox.put_nowait(text)

    def close(self, code: int, reason: str = "") -> None:
        """Queue the close of the connection, after everything queued before it."""
        self._outbox.put_nowait(Closing(code, reason))

    async def finish(self) -> None:
        """Stop writing; for when the socket is closed."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        self.finished.set()

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            if isinstance(item, Closing):
                await self._socket.close(code=item.code, message=item.reason.encode())
                return
            try:
                if self._stream is None:
                    await self._socket.send_str(item)
                else:
                    packed = self._stream.compress(item.encode())
                    await self._socket.send_bytes(packed + self._stream.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                return
