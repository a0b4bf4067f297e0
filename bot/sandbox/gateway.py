"""The gateway: sessions over WebSockets, as Discord's gateway v10 keeps them.

Source: Discord's documentation, "Gateway", "Gateway Events", "Opcodes and Status Codes".
"""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from bot.sandbox import payloads
from bot.sandbox.compression import Pack, pack_for
from bot.sandbox.faults import Faults
from bot.sandbox.limits import Limits, Meter
from bot.sandbox.world import Channel, ChannelKind, Event, Guild, Member, Message, Role, World

JSON = dict[str, Any]


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
_KNOWN_INTENTS = (1 << 26) - 1
_APPLICATION_FLAGS = {
    Intent.GUILD_PRESENCES: 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 19,
}
_LONGEST_SEND = 4_096
_REPLAYED = 2_000
_GUILDS_PER_SHARD = 2_500


class Op(IntEnum):
    """The gateway's opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
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


class _Closing(Exception):  # noqa: N818 - the way out of a connection
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def application_flags(held: Intent) -> int:
    """Return the application's flags for the privileged intents that it holds."""
    return sum(flag for intent, flag in _APPLICATION_FLAGS.items() if intent in held)


@dataclass(eq=False, slots=True)
class Session:
    """One shard's session, which outlives its connections."""

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
    """One WebSocket, written by one task in the order of the sends."""

    def __init__(self, socket: web.WebSocketResponse, pack: Pack | None) -> None:
        self._socket = socket
        self._pack = pack
        self._outbox: asyncio.Queue[str | _Closing] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())
        self.session: Session | None = None
        self.finished = asyncio.Event()

    @property
    def packs(self) -> bool:
        """Whether what is sent is compressed."""
        return self._pack is not None

    def send(self, op: Op, data: Any = None) -> None:
        """Queue a message other than an event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, text: str) -> None:
        """Queue a message that is JSON already."""
        self._outbox.put_nowait(text)

    def close(self, code: int, reason: str = "") -> None:
        """Queue the close of the connection, after everything queued before it."""
        self._outbox.put_nowait(_Closing(code, reason))

    async def finish(self) -> None:
        """Stop writing; for when the socket is closed."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        self.finished.set()

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            if isinstance(item, _Closing):
                await self._socket.close(code=item.code, message=item.reason.encode())
                return
            try:
                if self._pack is None:
                    await self._socket.send_str(item)
                else:
                    await self._socket.send_bytes(self._pack(item.encode()))
            except ConnectionError:
                return


class Gateway:
    """All sessions, and the way of the world's events to them."""

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
        self.address = ""
        self.cdn = ""
        world.listen(self._pass_on)

    # What a test or the operator of the sandbox does to the gateway.

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
        """Take a WebSocket and keep it until either side closes it."""
        if self._faults.gateway_down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, timeout=1.0, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, pack_for(request.query.get("compress", "")))
        self._connections.add(connection)
        ended_by_client = None
        try:
            ended_by_client = await self._converse(connection, socket, request.query)
        except _Closing as closing:
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
        """Let a session go on without a connection, unless its client closed it for good."""
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if ended_by_client in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self.sessions.pop(session.id, None)

    async def _converse(
        self, connection: Connection, socket: web.WebSocketResponse, query: Any
    ) -> int | None:
        """Answer a client until the end; returns its close code, if it was the client's end."""
        if query.get("v", "10") not in ("9", "10"):
            raise _Closing(Close.INVALID_VERSION, "Invalid API version.")
        if query.get("encoding", "json") != "json":
            raise _Closing(Close.DECODE_ERROR, "The sandbox speaks JSON only.")
        if query.get("compress") and not connection.packs:
            raise _Closing(Close.DECODE_ERROR, "The sandbox cannot compress so.")
        connection.send(Op.HELLO, {"heartbeat_interval": int(self._heartbeat_seconds * 1_000)})
        sends = Meter(self._limits.gateway_sends) if self._limits.gateway_sends else None
        last_beat = time.monotonic()
        while True:
            patience = last_beat + 1.5 * self._heartbeat_seconds - time.monotonic()
            try:
                received = await socket.receive(timeout=max(patience, 0.001))
            except TimeoutError:
                raise _Closing(Close.SESSION_TIMED_OUT, "Session timed out.") from None
            if received.type is WSMsgType.CLOSE:
                return int(received.data)
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return None
            if sends is not None and not sends.take():
                raise _Closing(Close.RATE_LIMITED, "Rate limited.")
            message = _decode(received)
            if message["op"] == Op.HEARTBEAT:
                last_beat = time.monotonic()
                connection.send(Op.HEARTBEAT_ACK)
            else:
                self._handle(connection, message["op"], message.get("d"))

    def _handle(self, connection: Connection, op: int, data: Any) -> None:
        if op in (Op.IDENTIFY, Op.RESUME):
            if connection.session is not None:
                raise _Closing(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
            if not isinstance(data, dict):
                raise _Closing(Close.DECODE_ERROR, "Error while decoding payload.")
            if data.get("token") not in (self._token, f"Bot {self._token}"):
                raise _Closing(Close.AUTHENTICATION_FAILED, "Authentication failed.")
            (self._identify if op == Op.IDENTIFY else self._resume)(connection, data)
        elif connection.session is None:
            raise _Closing(Close.NOT_AUTHENTICATED, "Not authenticated.")
        elif op == Op.REQUEST_GUILD_MEMBERS:
            self._send_members(connection.session, data)
        elif op not in (Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE):
            raise _Closing(Close.UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, connection: Connection, data: JSON) -> None:
        if self._identifies is not None and not self._identifies.take():
            connection.send(Op.INVALID_SESSION, False)
            return
        shard, shards = self._shard(data.get("shard", [0, 1]))
        intents = data.get("intents")
        if not isinstance(intents, int) or not 0 <= intents <= _KNOWN_INTENTS:
            raise _Closing(Close.INVALID_INTENTS, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._held_intents:
            raise _Closing(Close.DISALLOWED_INTENTS, "Disallowed intent(s).")
        session = Session(secrets.token_hex(16), shard, shards, Intent(intents))
        self._forget_abandoned(shard, shards)
        self.identified += 1
        self.sessions[session.id] = session
        self._attach(session, connection)
        guilds = [guild for guild in self._own_guilds() if session.covers(guild)]
        session.dispatch("READY", self._ready(session, guilds))
        if Intent.GUILDS in session.intents:
            for guild in guilds:
                session.dispatch("GUILD_CREATE", _guild_for(session, guild))

    def _forget_abandoned(self, shard: int, shards: int) -> None:
        """Drop the sessions of a shard that nobody is connected to: a new one replaces them."""
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
            raise _Closing(Close.INVALID_SHARD, "Invalid shard.")
        if len(self._own_guilds()) > _GUILDS_PER_SHARD * given[1]:
            raise _Closing(Close.SHARDING_REQUIRED, "Sharding required.")
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
        session = self.sessions.get(str(data.get("session_id")))
        sequence = data.get("seq")
        missed = session.missed_since(sequence) if session and isinstance(sequence, int) else None
        if session is not None and isinstance(sequence, int) and sequence > session.sequence:
            raise _Closing(Close.INVALID_SEQUENCE, "Invalid seq.")
        if session is None or missed is None:
            connection.send(Op.INVALID_SESSION, False)
            return
        self._attach(session, connection)
        for text in missed:
            connection.send_text(text)
        session.dispatch("RESUMED", {"_trace": ["sandbox"]})

    def _send_members(self, session: Session, data: JSON) -> None:
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None or not session.covers(guild):
            return
        wanted = {int(each) for each in _listed(data.get("user_ids"))}
        prefix, limit = str(data.get("query") or "").lower(), data.get("limit") or None
        found = [
            member
            for member in guild.members.values()
            if (member.user.id in wanted if wanted else member.user.name.lower().startswith(prefix))
        ]
        chunk: JSON = {
            "guild_id": str(guild.id),
            "members": [payloads.member(member) for member in found[:limit]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(each) for each in wanted - guild.members.keys()],
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    # The world's events.

    def _pass_on(self, event: Event) -> None:
        for session in self.sessions.values():
            render = _RENDERERS[event.name]
            data = render(self, session, event)
            if data is not None:
                session.dispatch(event.name, data)

    def guild_event(self, session: Session, event: Event) -> JSON | None:
        """Render GUILD_CREATE and GUILD_DELETE."""
        guild: Guild = event.subject
        if not session.covers(guild) or Intent.GUILDS not in session.intents:
            return None
        return _guild_for(session, guild) if event.name == "GUILD_CREATE" else {"id": str(guild.id)}

    def channel_event(self, session: Session, event: Event) -> JSON | None:
        """Render CHANNEL_*."""
        channel: Channel = event.subject
        if not _told_of(session, channel.guild, Intent.GUILDS):
            return None
        return payloads.channel(channel, seen_by=self._world.bot)

    def pins_event(self, session: Session, event: Event) -> JSON | None:
        """Render CHANNEL_PINS_UPDATE."""
        channel: Channel = event.subject
        needed = Intent.DIRECT_MESSAGES if channel.guild is None else Intent.GUILDS
        if needed not in session.intents or not session.covers(channel.guild):
            return None
        return _place(channel) | {"last_pin_timestamp": payloads.timestamp(channel.last_pin_at)}

    def bulk_event(self, session: Session, event: Event) -> JSON | None:
        """Render MESSAGE_DELETE_BULK."""
        messages: list[Message] = event.subject
        channel = messages[0].channel
        if not _told_of(session, channel.guild, Intent.GUILD_MESSAGES) or not self._sees(channel):
            return None
        return _place(channel) | {"ids": [str(message.id) for message in messages]}

    def role_event(self, session: Session, event: Event) -> JSON | None:
        """Render GUILD_ROLE_*."""
        guild, role = event.subject
        if not _told_of(session, guild, Intent.GUILDS):
            return None
        return _role_data(guild, role, deleted=event.name == "GUILD_ROLE_DELETE")

    def member_event(self, session: Session, event: Event) -> JSON | None:
        """Render GUILD_MEMBER_*; the bot's own changes come without the intent."""
        guild, member = event.subject
        own = member.user is self._world.bot
        needed = Intent.GUILDS if own else Intent.GUILD_MEMBERS
        if not _told_of(session, guild, needed):
            return None
        return _member_data(guild, member, left=event.name == "GUILD_MEMBER_REMOVE")

    def message_event(self, session: Session, event: Event) -> JSON | None:
        """Render MESSAGE_*: as far as the intents go, and nothing that is ephemeral."""
        message: Message = event.subject
        channel = message.channel
        direct = channel.kind is ChannelKind.DIRECT
        if message.ephemeral or not self._sees(channel):
            return None
        needed = Intent.DIRECT_MESSAGES if direct else Intent.GUILD_MESSAGES
        if needed not in session.intents or not session.covers(channel.guild):
            return None
        if event.name == "MESSAGE_DELETE":
            return {"id": str(message.id)} | _place(channel)
        with_nonce = event.name == "MESSAGE_CREATE"
        data = payloads.message(message, self.cdn, with_nonce=with_nonce) | _place(channel)
        author = channel.guild.members.get(message.author.id) if channel.guild else None
        if author is not None and not message.by_webhook:
            data["member"] = payloads.member(author, with_user=False)
        return data if self._reads(session, message) else data | _WITHOUT_CONTENT

    def _sees(self, channel: Channel) -> bool:
        return bool(channel.permissions_of(self._world.bot))

    def _reads(self, session: Session, message: Message) -> bool:
        bot = self._world.bot
        return (
            Intent.MESSAGE_CONTENT in session.intents
            or message.author is bot
            or message.channel.guild is None
            or bot.id in message.mentions.users
        )


def _place(channel: Channel) -> JSON:
    place: JSON = {"channel_id": str(channel.id)}
    return place | {"guild_id": str(channel.guild.id)} if channel.guild else place


_WITHOUT_CONTENT: JSON = {"content": "", "embeds": [], "attachments": [], "components": []}

_RENDERERS: dict[str, Callable[[Gateway, Session, Event], JSON | None]] = {
    **dict.fromkeys(("GUILD_CREATE", "GUILD_DELETE"), Gateway.guild_event),
    **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"), Gateway.channel_event),
    **dict.fromkeys(
        ("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"), Gateway.role_event
    ),
    **dict.fromkeys(
        ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"), Gateway.member_event
    ),
    "CHANNEL_PINS_UPDATE": Gateway.pins_event,
    "MESSAGE_DELETE_BULK": Gateway.bulk_event,
    **dict.fromkeys(("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"), Gateway.message_event),
}


def _told_of(session: Session, guild: Guild | None, needed: Intent) -> bool:
    return (
        guild is not None
        and guild.bot_member is not None
        and session.covers(guild)
        and needed in session.intents
    )


def _guild_for(session: Session, guild: Guild) -> JSON:
    return payloads.gateway_guild(guild, all_members=Intent.GUILD_MEMBERS in session.intents)


def _role_data(guild: Guild, role: Role, *, deleted: bool) -> JSON:
    if deleted:
        return {"guild_id": str(guild.id), "role_id": str(role.id)}
    return {"guild_id": str(guild.id), "role": payloads.role(role)}


def _member_data(guild: Guild, member: Member, *, left: bool) -> JSON:
    if left:
        return {"guild_id": str(guild.id), "user": payloads.user(member.user)}
    return payloads.member(member) | {"guild_id": str(guild.id)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _decode(received: WSMessage) -> JSON:
    if len(received.data) > _LONGEST_SEND:
        raise _Closing(Close.DECODE_ERROR, "Error while decoding payload.")
    try:
        message = json.loads(received.data)
    except ValueError:
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("op"), int):
        raise _Closing(Close.DECODE_ERROR, "Error while decoding payload.")
    return message
